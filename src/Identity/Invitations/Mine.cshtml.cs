using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Invitations;

/// <summary>Invitations to the address of somebody who has an account already, such as a colleague of another zone. Whoever invited learns only that it was taken up.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class Mine(IMediator pipeline, IHearOfInvitations told, WhereAndWho who) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(Guid invitation, CancellationToken ct)
    {
        await pipeline.Send(new TakeUp { Invitation = invitation }, ct);
        told.Kept(who.Caller.Self);
        TempData["Done"] = Words.TakenUpDone;
        return RedirectToPage("/Identity/Home/Show");
    }

    internal sealed record Row(Guid Id, string Zone, DateTimeOffset Expires);

    [Requires(May.HoldAnAccount)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>>;

    /// <summary>By the link, or from the list of one's own.</summary>
    [Requires(May.HoldAnAccount)]
    internal sealed record TakeUp : ICatalogCommand<bool>, ISensitive
    {
        internal string? Token { get; init; }
        internal Guid? Invitation { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, IHearOfInvitations told, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var (self, now) = (caller.Self, clock.GetUtcNow());
            // An address that nobody proved to own lists nothing: the link in the mail is needed.
            var mine = await house.Set<Account>().AsNoTracking().Where(a => a.Id == self && a.EmailConfirmed).Select(a => a.NormalizedEmail).SingleOrDefaultAsync(ct);
            if (mine is null) return [];
            var rows = new List<Row>();
            foreach (var found in (await house.Set<Invitation>().AsNoTracking().Where(i => i.NormalizedEmail == mine && i.TakenUp == null && i.Revoked == null).ToListAsync(ct)).Where(i => i.IsOpen(now)))
                rows.Add(new Row(found.Id, await told.NameOf(house, found.Promise, ct), found.Expires));
            return rows;
        }
    }

    internal sealed class Handler(CatalogDbContext house, Door door, IHearOfInvitations told, Caller caller, TimeProvider clock) : IRequestHandler<TakeUp, bool>
    {
        public async Task<bool> Handle(TakeUp command, CancellationToken ct)
        {
            var account = await house.Set<Account>().SingleAsync(a => a.Id == caller.Self, ct);
            var (invitation, onPaper) = command.Token is { } token
                ? await door.Find(house, token, ct) ?? throw new RefusedException("absent")
                : (await house.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == command.Invitation, ct) ?? throw new RefusedException("absent"), false);
            if (invitation.NormalizedEmail != account.NormalizedEmail || (command.Token is null && !account.EmailConfirmed)) throw new RefusedException("absent", invitation.Id);
            invitation.TakeUp(clock.GetUtcNow());
            if (command.Token is not null && !onPaper) account.EmailConfirmed = true; // whoever has the link reads that mailbox
            await told.TakenUp(house, account.Id, invitation.Promise, invitation.By, onPaper ? invitation.CodeBy!.Value : null, ct);
            return true;
        }
    }
}
