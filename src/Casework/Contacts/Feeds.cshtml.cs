using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Contacts;

/// <summary>One's own address for calendar programs: made, shown once, made anew, revoked. Only where the zone allows it.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Feeds(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel
{
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>Since when there is one; null: there is none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The whole address, in the answer to the press that made it and never again.</summary>
    public string? Made { get; private set; }

    /// <summary>Whether the zone wants such addresses.</summary>
    public bool Allowed { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Since, Allowed) = await pipeline.Send(new Query(), ct);

    // Not by a redirect: the address would have to be kept somewhere meanwhile.
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pipeline.Send(new Make(Once), ct) is { } token) Made = portal.To($"/{who.Zone!.Code}/agenda/feed/{token}.ics");
        await OnGetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await pipeline.Send(new Revoke(), ct);
        TempData["Done"] = Words.FeedRevoked;
        return RedirectToPage();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<(DateTimeOffset? Since, bool Allowed)>;

    /// <returns>null: it was made already, or the zone wants none.</returns>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Make(Guid Once) : ICommand<string?>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Revoke : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, (DateTimeOffset? Since, bool Allowed)>, IRequestHandler<Make, string?>, IRequestHandler<Revoke, bool>
    {
        public async Task<(DateTimeOffset? Since, bool Allowed)> Handle(Query query, CancellationToken ct) =>
            (await zone.Set<Feed>().AsNoTracking().Where(f => f.Account == caller.Self && f.Revoked == null).OrderByDescending(f => f.Made).Select(f => (DateTimeOffset?)f.Made).FirstOrDefaultAsync(ct), await Allowed(ct));

        // The same press sent again makes no second one: what was shown the first time stays good.
        public async Task<string?> Handle(Make command, CancellationToken ct)
        {
            if (!await Allowed(ct)) return null;
            if (command.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == command.Once, ct)) return null;
            await End(ct);
            var (feed, token) = Feed.Make(caller.Self, clock.GetUtcNow());
            zone.Add(feed);
            if (command.Once != default) zone.Add(new Submission { Id = command.Once, Made = feed.Id });
            return token;
        }

        public Task<bool> Handle(Revoke command, CancellationToken ct) => End(ct);

        private async Task<bool> Allowed(CancellationToken ct) => (await settings.Of(here.InZone.Id, ct)).CalendarFeeds;

        private async Task<bool> End(CancellationToken ct)
        {
            var open = await zone.Set<Feed>().Where(f => f.Account == caller.Self && f.Revoked == null).ToListAsync(ct);
            foreach (var feed in open) feed.Revoke(clock.GetUtcNow());
            return open.Count > 0;
        }
    }
}
