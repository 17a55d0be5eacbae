using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>A request from the public page comes into the tray in the transaction in which it was sent: it is there at once, and walls stand round it from the first moment. Whoever takes it back erases it.</summary>
internal sealed class Arriving(ZoneDbContext zone, Masonry masonry, TimeProvider clock) : IHearRequests
{
    public async Task Came(Guid request, Asked asked, TimeSpan within, CancellationToken ct)
    {
        var entry = TrayEntry.Ask(request, asked, within, clock.GetUtcNow());
        zone.Add(entry);
        await masonry.Meets(entry, ct);
    }

    public async Task Withdrawn(Guid request, CancellationToken ct)
    {
        if (await zone.Set<TrayEntry>().SingleOrDefaultAsync(e => e.Id == request && e.FromPublic && e.Gone == null, ct) is not { } entry) return;
        var now = clock.GetUtcNow();
        entry.Forget(now);
        await Drafts.Draft.ForgetAbout(zone, request, now, ct);
        // What became a dossier is the service's record of its own work: it stays, and says that the person turned away. Whoever works on it decides what follows.
        if (entry.Dossier is not { } dossier) return;
        var worker = await zone.Set<Dossier>().AsNoTracking().Where(d => d.Id == dossier).Select(d => d.AssignedTo).SingleOrDefaultAsync(ct);
        zone.Add(Milestone.Reached(dossier, MilestoneKind.RequestWithdrawn, Milestone.ThePlatform, now));
        zone.Add(OutboxMessage.New($"{Notices.RequestWithdrawn} {request}", Notices.RequestWithdrawn, dossier, worker, now));
    }
}

/// <summary>A request from the public page waits for half of what the zone promised: whoever may take it is told, once. When the promise is over, the coordinators are (<see cref="TrayReminders"/>).</summary>
internal sealed class RequestsWaiting(UseCase here, IStaff staff) : IRemind
{
    public const string Code = "request-waits";
    public string Kind => Code;
    public bool IsToldOn => false;

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await Untold(zone).Where(e => e.NudgeAt <= now).OrderBy(e => e.NudgeAt).Take(most).Select(e => new { e.Id, e.For, NudgeAt = e.NudgeAt!.Value }).ToListAsync(ct);
        if (due.Count == 0) return [];
        var workers = await staff.Holding(here.InZone.Id, PutTo.Workers, ct);
        var ids = due.Select(e => e.Id).ToList();
        var walled = (await zone.Set<WalledOff>().AsNoTracking().Where(w => ids.Contains(w.DossierId)).Select(w => new { w.DossierId, w.Account }).ToListAsync(ct)).ToLookup(w => w.DossierId, w => w.Account);
        return [.. due.Select(e => new Fallen(e.Id, e.Id, e.For is { } colleague ? [colleague] : [.. workers.Except(walled[e.Id])], e.NudgeAt))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await Untold(zone).MinAsync(e => e.NudgeAt, ct);

    public Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    private static IQueryable<TrayEntry> Untold(ZoneDbContext zone) => zone.Set<TrayEntry>().AsNoTracking()
        .Where(e => e.State == TrayState.Waiting && e.Gone == null && e.NudgeAt != null && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == e.Id && t.DueAt == e.NudgeAt));
}

/// <summary>Tells that somebody who asked for help waits.</summary>
internal sealed class RequestWaitsMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => RequestsWaiting.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.RequestWaitsSubject, Words.RequestWaitsText));
}

/// <summary>Requests from the public page that were withdrawn, and those answered so many days ago as the zone keeps them, are forgotten, then their keys are destroyed. In two steps: a key goes only when what it sealed is durably gone,
/// and a visit that was killed in between is finished by the next.</summary>
internal sealed class ClearRequests(UseCase here, IZoneSettings settings) : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        if (await zone.Set<TrayEntry>().MinAsync(e => e.Gone, ct) is { } gone) return gone;
        return await zone.Set<TrayEntry>().Where(e => e.FromPublic).MinAsync(e => e.Closed, ct) + (await settings.Of(here.InZone.Id, ct)).RequestKept;
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Keyring keys, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 100;

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var before = now - (await settings.Of(here.InZone.Id, ct)).RequestKept;
            var old = await zone.Set<TrayEntry>().Where(e => e.FromPublic && e.Gone == null && e.Closed <= before).OrderBy(e => e.Closed).Take(InOneGo).ToListAsync(ct);
            foreach (var entry in old)
            {
                entry.Forget(now);
                await Drafts.Draft.ForgetAbout(zone, entry.Id, now, ct);
            }
            return old.Count;
        }

        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var gone = await zone.Set<TrayEntry>().Where(e => e.Gone != null).OrderBy(e => e.Gone).Take(InOneGo).ToListAsync(ct);
            if (gone.Count == 0) return 0;
            var ids = gone.Select(e => e.Id).ToList();
            await keys.Destroy(ids, ct);
            zone.RemoveRange(await zone.Set<WalledOff>().Where(w => ids.Contains(w.DossierId)).ToListAsync(ct));
            zone.RemoveRange(gone);
            return gone.Count;
        }
    }
}
