using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.Now;

/// <summary>The zone's address of the duty number: made, shown once, made anew, revoked. A new one ends the old.</summary>
[Requires(May.KeepRota)]
internal sealed class Address(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel
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
        if (await pipeline.Send(new Command(Once), ct) is { } token) Made = portal.To($"/{who.Zone!.Code}/duty/{token}");
        await OnGetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await pipeline.Send(new Revoke(), ct);
        TempData["Done"] = Words.DutyLinkRevoked;
        return RedirectToPage();
    }

    [Requires(May.KeepRota)]
    internal sealed record Query : ICatalogQuery<DateTimeOffset?>;

    [Requires(May.KeepRota)]
    internal sealed record Command(Guid Once) : ICatalogCommand<string?>;

    [Requires(May.KeepRota)]
    internal sealed record Revoke : ICatalogCommand<bool>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Query, DateTimeOffset?>, IRequestHandler<Command, string?>, IRequestHandler<Revoke, bool>
    {
        public async Task<DateTimeOffset?> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            return await house.Set<DutyLink>().AsNoTracking().Where(l => l.Zone == zone && l.Revoked == null).OrderByDescending(l => l.Made).Select(l => (DateTimeOffset?)l.Made).FirstOrDefaultAsync(ct);
        }

        // The same press sent again makes no second one: what was shown the first time stays good.
        public async Task<string?> Handle(Command command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            if (command.Once != default && await house.Set<DutyLink>().AnyAsync(l => l.Zone == zone && l.Once == command.Once, ct)) return null;
            await End(ct);
            var (link, token) = DutyLink.Make(zone, caller.Self, command.Once, clock.GetUtcNow());
            house.Add(link);
            return token;
        }

        public Task<bool> Handle(Revoke command, CancellationToken ct) => End(ct);

        private async Task<bool> End(CancellationToken ct)
        {
            var zone = here.InZone.Id;
            trail.Because("duty-link", zone);
            var open = await house.Set<DutyLink>().Where(l => l.Zone == zone && l.Revoked == null).ToListAsync(ct);
            foreach (var link in open) link.Revoke(clock.GetUtcNow());
            return open.Count > 0;
        }
    }
}
