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
    /// <param name="message">The message it comes from: the walls round that stand round the dossier, however the name was put right.</param>
    /// <returns>Accounts for which the dossier is no longer there.</returns>
    public async Task<IReadOnlySet<Guid>> Meets(Dossier dossier, Particulars person, TrayEntry? message, CancellationToken ct)
    {
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return new HashSet<Guid>();
        await keys.Fetch(walls.Select(w => w.Id), ct);
        var round = message is null ? [] : await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == message.Id).Select(w => w.Wall).ToListAsync(ct);
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

    /// <summary>Somebody stands in the list of an event, or is called otherwise than before: for whom a wall stands round them, the line is not there. Whoever calls has taken the year's turn before.</summary>
    public async Task Meets(Events.EventLine line, CancellationToken ct)
    {
        var walls = await RoundPersons.In(zone, false, ct);
        if (walls.Count == 0) return;
        await keys.Fetch(walls.Select(w => w.Id), ct);
        await Stand(line, [.. walls.Where(w => SamePerson.May(w.Person!.Value, line.Says!.Value.Who))], ct);
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
        foreach (var line in lines.Where(l => SamePerson.May(wall.Person!.Value, l.Says!.Value.Who))) await Stand(line, [wall], ct);
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

    private async Task Stand(Events.EventLine line, IReadOnlyList<Wall> walls, CancellationToken ct)
    {
        var standing = await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == line.Id).Select(w => w.Wall).ToListAsync(ct);
        foreach (var wall in walls.Where(w => !standing.Contains(w.Id))) zone.Add(WalledOff.Of(wall, line.Id, clock.GetUtcNow()));
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
