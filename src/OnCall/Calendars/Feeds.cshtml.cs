using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.Calendars;

/// <summary>One's own address for calendar programs: made, shown once, made anew, revoked.</summary>
[Requires(May.TakeShifts)]
internal sealed class Feeds(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel
{
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Since when there is one; null: there is none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The whole address, in the answer to the press that made it and never again.</summary>
    public string? Made { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => Since = await pipeline.Send(new Query(), ct);

    // Not by a redirect: the address would have to be kept somewhere meanwhile.
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new Make(Once), ct) is { } token) Made = portal.To($"/{who.Zone!.Code}/on-call/feed/{token}.ics");
        await OnGetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await pipeline.Send(new Revoke(), ct);
        TempData["Done"] = Words.FeedRevoked;
        return RedirectToPage();
    }

    [Requires(May.TakeShifts)]
    internal sealed record Query : ICatalogQuery<DateTimeOffset?>;

    [Requires(May.TakeShifts)]
    internal sealed record Make(Guid Once) : ICatalogCommand<string?>;

    [Requires(May.TakeShifts)]
    internal sealed record Revoke : ICatalogCommand<bool>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Query, DateTimeOffset?>, IRequestHandler<Make, string?>, IRequestHandler<Revoke, bool>
    {
        public async Task<DateTimeOffset?> Handle(Query query, CancellationToken ct) => await Mine().AsNoTracking().OrderByDescending(f => f.Made).Select(f => (DateTimeOffset?)f.Made).FirstOrDefaultAsync(ct);

        // The same press sent again makes no second one: what was shown the first time stays good.
        public async Task<string?> Handle(Make command, CancellationToken ct)
        {
            var (zone, self) = (here.InZone.Id, caller.Self);
            if (command.Once != default && await house.Set<DutyFeed>().AnyAsync(f => f.Account == self && f.Once == command.Once, ct)) return null;
            await End(ct);
            var (feed, token) = DutyFeed.Make(zone, self, command.Once, clock.GetUtcNow());
            house.Add(feed);
            return token;
        }

        public Task<bool> Handle(Revoke command, CancellationToken ct) => End(ct);

        private async Task<bool> End(CancellationToken ct)
        {
            var open = await Mine().ToListAsync(ct);
            foreach (var feed in open) feed.Revoke(clock.GetUtcNow());
            return open.Count > 0;
        }

        private IQueryable<DutyFeed> Mine()
        {
            var (zone, self) = (here.InZone.Id, caller.Self);
            return house.Set<DutyFeed>().Where(f => f.Zone == zone && f.Account == self && f.Revoked == null);
        }
    }
}
