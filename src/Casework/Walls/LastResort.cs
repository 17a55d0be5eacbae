using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Walls;

/// <summary>A dossier that nobody of the zone may see any more goes to the outside stand-in, and the data-protection officer is told.</summary>
internal sealed class LastResort(ZoneDbContext zone, UseCase here, Guard guard, Colleagues colleagues, IStaff staff, IZoneSettings settings, Caller caller, TimeProvider clock)
{
    private static readonly Role[] Within = [Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee];

    /// <summary>Looks whether anybody is left, and hands the dossier over where nobody is.</summary>
    public async Task Reach(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        if (!await SomebodySees(dossier, walled, grants, ct)) await Hand(dossier, walled, grants, tell: true, ct);
    }

    /// <summary>A message that nobody may take any more: the data-protection officer is told, and may lift a wall.</summary>
    public async Task Reach(TrayEntry message, IReadOnlySet<Guid> walled, CancellationToken ct)
    {
        if ((await staff.Holding(here.InZone.Id, PutTo.Workers, ct)).All(walled.Contains)) await TellOfficers(message.Id, walled, ct);
    }

    /// <summary>What came from another zone and no coordinator may decide on: the same.</summary>
    public async Task Reach(Handovers.Handover handover, IReadOnlySet<Guid> walled, CancellationToken ct)
    {
        if ((await staff.Holding(here.InZone.Id, [Role.Coordinator], ct)).All(walled.Contains)) await TellOfficers(handover.Id, walled, ct);
    }

    /// <summary>To the stand-in, where one is named.</summary>
    /// <param name="tell">The officers too, whether one is named or not.</param>
    public async Task Hand(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, bool tell, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var given = await Give(dossier, walled, grants, ct);
        if (tell) await TellOfficers(dossier.Id, walled, ct);
        if (given is { } standIn) zone.Add(OutboxMessage.New($"{Notices.StandIn} {dossier.Id} {standIn} {now.UtcTicks}", Notices.StandIn, dossier.Id, standIn, now));
    }

    private async Task TellOfficers(Guid about, IReadOnlySet<Guid> walled, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var officer in (await staff.Holding(here.InZone.Id, [Role.DataProtectionOfficer], ct)).Where(o => !walled.Contains(o)))
            zone.Add(OutboxMessage.New($"{Notices.NobodySees} {about} {officer} {now.UtcTicks}", Notices.NobodySees, null, officer, now));
    }

    /// <summary>Gives this one dossier to the stand-in whom the zone named.</summary>
    /// <returns>null: nobody is named, they are walled off too, or they have it.</returns>
    public async Task<Guid?> Give(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if ((await settings.Of(here.InZone.Id, ct)).OutsideStandIn is not { } standIn || walled.Contains(standIn) || !(await StandIns(ct)).Contains(standIn)) return null;
        if (grants.Any(g => g.Account == standIn && g.Kind == GrantKind.StandIn && g.Counts(now))) return null;
        zone.Add(Grant.Give(dossier.Id, standIn, GrantKind.StandIn, now, null, caller.Account ?? Milestone.ThePlatform));
        return standIn;
    }

    public async Task<bool> SomebodySees(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct) => (await Readers(ct)).Any(r => Sight.Sees(r, dossier, walled, grants));

    /// <summary>Every dossier that nobody of the zone may see, and who of the stand-ins has it: behind walls and seals, or because the last who could has left.</summary>
    public async Task<IReadOnlyList<Lost>> All(CancellationToken ct)
    {
        var (readers, standIns, now) = (await Readers(ct), await StandIns(ct), clock.GetUtcNow());
        var led = readers.Any(r => r.Leads);
        var apart = zone.Set<Dossier>().AsNoTracking().Where(d => d.Protection == Protection.Sealed || (!led && d.Protection == Protection.Restricted) || zone.Set<WalledOff>().Any(w => w.DossierId == d.Id));
        var walled = (await zone.Set<WalledOff>().AsNoTracking().ToListAsync(ct)).ToLookup(w => w.DossierId, w => w.Account);
        var grants = (await zone.Set<Grant>().AsNoTracking().Where(g => apart.Any(d => d.Id == g.DossierId)).ToListAsync(ct)).ToLookup(g => g.DossierId);
        var lost = new List<Lost>();
        foreach (var dossier in await apart.OrderByDescending(d => d.Id).ToListAsync(ct))
        {
            var (kept, given) = (walled[dossier.Id].ToHashSet(), grants[dossier.Id].ToList());
            if (readers.Any(r => Sight.Sees(r, dossier, kept, given))) continue;
            lost.Add(new Lost(dossier, kept, given, given.FirstOrDefault(g => g.Kind == GrantKind.StandIn && g.Counts(now) && standIns.Contains(g.Account) && !kept.Contains(g.Account))?.Account));
        }
        return lost;
    }

    private async Task<IReadOnlyList<Reader>> Readers(CancellationToken ct)
    {
        var readers = new List<Reader>();
        foreach (var (account, held) in await colleagues.Holding(Within, ct)) readers.Add(await guard.As(account, held, ct));
        return readers;
    }

    private ValueTask<IReadOnlyList<Guid>> StandIns(CancellationToken ct) => staff.Holding(here.InZone.Id, [Role.OutsideStandIn], ct);

    /// <summary>A wall came down: where somebody of the zone sees the dossier again, it is the stand-in's no longer.</summary>
    public async Task Return(Guid id, Wall lifted, CancellationToken ct)
    {
        if (await zone.Set<Dossier>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is not { } dossier) return; // a message: it was never given to anybody
        var rows = await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == id && w.Wall != lifted.Id).Select(w => w.Account).ToListAsync(ct);
        var grants = await zone.Set<Grant>().Where(g => g.DossierId == id).ToListAsync(ct);
        var now = clock.GetUtcNow();
        if (!await SomebodySees(dossier, rows.ToHashSet(), grants, ct)) return;
        foreach (var grant in grants.Where(g => g.Kind == GrantKind.StandIn && g.Counts(now))) grant.End(now);
    }

    /// <summary>Who is walled off from a dossier, and to whom it is open by grant.</summary>
    public async Task<(IReadOnlySet<Guid> Walled, IReadOnlyList<Grant> Grants)> About(Guid dossier, CancellationToken ct) => (await colleagues.KeptAway(dossier, ct),
        await zone.Set<Grant>().AsNoTracking().Where(g => g.DossierId == dossier).ToListAsync(ct));
}

/// <summary>A dossier that nobody of the zone may see.</summary>
/// <param name="StandIn">Who has it; null: nobody.</param>
internal sealed record Lost(Dossier Dossier, IReadOnlySet<Guid> Walled, IReadOnlyList<Grant> Grants, Guid? StandIn);

/// <summary>A leaver, a role that ends by its date, an hour that is over: no deed says that they took the last sight of a dossier, so the zone's job looks. What no stand-in has is given to the one
/// who is named, and the officers are told; as long as nobody has it, again each month.</summary>
internal sealed class FindTheLost : IDoWhatIsDue
{
    private static readonly TimeSpan Silence = TimeSpan.FromDays(30);

    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    // The zone's rows do not know when a role ends. Whoever does brings all; an hour that is over waits for the hourly round.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, LastResort lastResort, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var (since, lost) = (clock.GetUtcNow() - Silence, (await lastResort.All(ct)).Where(l => l.StandIn is null).ToList());
            foreach (var one in lost)
            {
                var about = $"{Notices.NobodySees} {one.Dossier.Id} ";
                var told = await zone.Set<OutboxMessage>().AnyAsync(m => m.Key.StartsWith(about) && m.NotBefore > since, ct);
                await lastResort.Hand(one.Dossier, one.Walled, one.Grants, tell: !told, ct);
            }
            return lost.Count;
        }
    }
}
