using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Walls;

/// <summary>Puts walls where they belong: round a dossier, and round every dossier in which a walled person is, now or when they come into one.</summary>
internal sealed class Masonry(ZoneDbContext zone, UseCase here, Keyring keys, LastResort lastResort, TimeProvider clock)
{
    private static readonly Compiled<bool, Wall> RoundPersons = Compiled.Query((ZoneDbContext z, bool lifted) => z.Set<Wall>().AsNoTracking().Where(w => (w.Lifted != null) == lifted && w.DossierId == null));

    /// <summary>Somebody came into a dossier, or is called otherwise than before. A wall that stood because of the earlier name stays: taking it down is for whoever may.</summary>
    /// <param name="from">The message, or the line of an event, they come from: the walls round that stand round the dossier, however the name was put right.</param>
    /// <returns>Accounts for which the dossier is no longer there.</returns>
    public async Task<IReadOnlySet<Guid>> Meets(Dossier dossier, Particulars person, Guid? from, CancellationToken ct)
    {
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return new HashSet<Guid>();
        await keys.Fetch(walls.Select(w => w.Id), ct);
        var round = from is null ? [] : await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == from).Select(w => w.Wall).ToListAsync(ct);
        var meant = walls.Where(w => round.Contains(w.Id) || SamePerson.May(w.Person!.Value, person)).ToList();
        return meant.Count == 0 ? new HashSet<Guid>() : await Stand(dossier, meant, ct);
    }

    /// <summary>Somebody asks for help by a message: for whom a wall stands round them, it is not there.</summary>
    public async Task Meets(TrayEntry message, CancellationToken ct)
    {
        // A wall that is built meanwhile looks for messages too: they take turns.
        await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return;
        await keys.Fetch(walls.Select(w => w.Id), ct);
        await Stand(message, [.. walls.Where(w => SamePerson.May(w.Person!.Value, message.Message.Value.Who))], ct);
    }

    /// <summary>Somebody stands in the list of an event, or is called otherwise than before: for whom a wall stands round them, the line is not there, and no other line of the same person. Whoever calls has taken the year's turn before.</summary>
    public async Task Meets(Events.EventLine line, CancellationToken ct)
    {
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return;
        await keys.Fetch(walls.Select(w => w.Id), ct);
        var meant = walls.Where(w => SamePerson.May(w.Person!.Value, line.Says!.Value.Who)).ToList();
        if (meant.Count > 0) await Stand(await Together([line], ct), meant, ct);
    }

    /// <summary>Two lines of an event are the same person: a wall round either, or round a line under one of them, stands round all. Parted again they keep it: taking it down is for whoever may. Whoever calls has taken the year's turn before.</summary>
    public async Task Joined(Events.EventLine line, Events.EventLine other, CancellationToken ct)
    {
        var same = await Together([line, other], ct);
        var round = await zone.Set<WalledOff>().AsNoTracking().Where(w => same.Contains(w.DossierId)).Select(w => w.Wall).Distinct().ToListAsync(ct);
        if (round.Count > 0) await Stand(same, await zone.Set<Wall>().AsNoTracking().Where(w => round.Contains(w.Id)).ToListAsync(ct), ct);
    }

    /// <summary>Another zone hands people over: for whom a wall stands round one of them, that is not there.</summary>
    public async Task Meets(Handovers.Handover handover, IReadOnlyList<Particulars> people, CancellationToken ct)
    {
        await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return;
        await keys.Fetch(walls.Select(w => w.Id), ct);
        await Stand(handover, [.. walls.Where(w => people.Any(p => SamePerson.May(w.Person!.Value, p)))], ct);
    }

    /// <summary>A wall round one dossier.</summary>
    public async Task Build(Wall wall, Dossier dossier, CancellationToken ct)
    {
        zone.Add(wall);
        await Stand(dossier, [wall], ct);
    }

    /// <summary>A wall round a call-out of which nothing is written down yet.</summary>
    public void Build(Wall wall, Guid callOut)
    {
        zone.Add(wall);
        zone.Add(WalledOff.Of(wall, callOut, clock.GetUtcNow()));
    }

    /// <summary>A call-out is written down: whoever passed it on before is kept from its dossier too.</summary>
    public async Task Begins(Dossier dossier, Guid callOut, CancellationToken ct)
    {
        var round = await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == callOut).Select(w => w.Wall).ToListAsync(ct);
        if (round.Count > 0) await Stand(dossier, await zone.Set<Wall>().AsNoTracking().Where(w => round.Contains(w.Id)).ToListAsync(ct), ct);
    }

    /// <summary>A wall round a person: found by the search tokens, opened and compared.</summary>
    /// <returns>How many dossiers it stands round now.</returns>
    public async Task<int> Build(Wall wall, CancellationToken ct)
    {
        zone.Add(wall);
        var ids = await DossiersOf(wall.Person!.Value, ct);
        foreach (var dossier in await zone.Set<Dossier>().Where(d => ids.Contains(d.Id)).ToListAsync(ct)) await Stand(dossier, [wall], ct);
        var messages = await zone.Set<TrayEntry>().Where(e => e.State != TrayState.Taken).ToListAsync(ct);
        await keys.Fetch(messages.Select(e => e.Id), ct);
        foreach (var message in messages.Where(e => SamePerson.May(wall.Person!.Value, e.Message.Value.Who))) await Stand(message, [wall], ct);
        var lines = await zone.Set<Events.EventLine>().Where(l => l.Says != null).ToListAsync(ct);
        await keys.Fetch(lines.Select(l => l.Id), ct);
        foreach (var ev in lines.Where(l => SamePerson.May(wall.Person!.Value, l.Says!.Value.Who)).GroupBy(l => l.EventId)) await Stand(await Together([.. ev], ct), [wall], ct);
        var handovers = await zone.Set<Handovers.Handover>().Where(h => h.CameIn && h.Content != null).ToListAsync(ct);
        await keys.Fetch(handovers.Select(h => h.Id), ct);
        foreach (var handover in handovers.Where(h => h.Content!.Value.People.Any(p => SamePerson.May(wall.Person!.Value, p.Identity)))) await Stand(handover, [wall], ct);
        return ids.Count;
    }

    private async Task<IReadOnlySet<Guid>> Stand(Dossier dossier, IReadOnlyList<Wall> walls, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var standing = await zone.Set<WalledOff>().Where(w => w.DossierId == dossier.Id).ToListAsync(ct);
        foreach (var wall in walls.Where(w => standing.All(s => s.Wall != w.Id)))
        {
            var row = WalledOff.Of(wall, dossier.Id, now);
            standing.Add(row);
            zone.Add(row);
        }
        var kept = standing.Select(s => s.Account).ToHashSet();
        if (dossier.AssignedTo is { } worker && kept.Contains(worker))
        {
            dossier.Assign(null);
            zone.Add(OutboxMessage.New($"{Notices.Unassigned} {dossier.Id} {now.UtcTicks}", Notices.Unassigned, dossier.Id, null, now));
        }
        await lastResort.Reach(dossier, kept, await GrantsOf(dossier, ct), ct);
        return kept;
    }

    private async Task Stand(TrayEntry message, IReadOnlyList<Wall> walls, CancellationToken ct)
    {
        if (walls.Count == 0) return;
        foreach (var wall in walls) zone.Add(WalledOff.Of(wall, message.Id, clock.GetUtcNow()));
        var kept = (await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == message.Id).Select(w => w.Account).ToListAsync(ct)).Concat(walls.Select(w => w.Account)).ToHashSet();
        if (message.For is { } colleague && kept.Contains(colleague)) message.PutTo(null);
        await lastResort.Reach(message, kept, ct);
    }

    private async Task Stand(List<Guid> lines, IReadOnlyList<Wall> walls, CancellationToken ct)
    {
        var standing = (await zone.Set<WalledOff>().AsNoTracking().Where(w => lines.Contains(w.DossierId)).ToListAsync(ct)).Select(w => (w.Wall, w.DossierId)).ToHashSet();
        foreach (var line in lines)
        {
            foreach (var wall in walls.Where(w => !standing.Contains((w.Id, line)))) zone.Add(WalledOff.Of(wall, line, clock.GetUtcNow()));
        }
    }

    // Lines of one event, and all that are the same person as one of them, above and below.
    private async Task<List<Guid>> Together(IReadOnlyList<Events.EventLine> lines, CancellationToken ct)
    {
        var (ev, same) = (lines[0].EventId, lines.Select(l => l.Id).ToHashSet());
        var pairs = await zone.Set<Events.EventLine>().AsNoTracking().Where(l => l.EventId == ev && l.SameAs != null).Select(l => new { l.Id, Other = l.SameAs!.Value }).ToListAsync(ct);
        for (var before = 0; before < same.Count;)
        {
            before = same.Count;
            foreach (var pair in pairs.Where(p => same.Contains(p.Id) || same.Contains(p.Other))) same.UnionWith([pair.Id, pair.Other]);
        }
        return [.. same];
    }

    private async Task Stand(Handovers.Handover handover, IReadOnlyList<Wall> walls, CancellationToken ct)
    {
        if (walls.Count == 0) return;
        foreach (var wall in walls) zone.Add(WalledOff.Of(wall, handover.Id, clock.GetUtcNow()));
        var kept = (await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == handover.Id).Select(w => w.Account).ToListAsync(ct)).Concat(walls.Select(w => w.Account)).ToHashSet();
        await lastResort.Reach(handover, kept, ct);
    }

    private async Task<IReadOnlyList<Grant>> GrantsOf(Dossier dossier, CancellationToken ct) =>
        [.. await zone.Set<Grant>().AsNoTracking().Where(g => g.DossierId == dossier.Id).ToListAsync(ct), .. zone.Set<Grant>().Local.Where(g => g.DossierId == dossier.Id && zone.Entry(g).State == EntityState.Added)];

    private async Task<List<Guid>> DossiersOf(Particulars walled, CancellationToken ct) => [.. (await SamePerson.Find(zone, here, keys, walled, ct)).Select(p => p.DossierId).Distinct()];
}
