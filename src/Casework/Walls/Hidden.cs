using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Walls;

/// <summary>What does not exist for a reader: dossiers behind a wall, sealed ones they are not named for, and the walls that would tell of them.</summary>
internal sealed class Hidden(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IHideDossiers, INameDossiers
{
    public async Task<IReadOnlySet<Guid>> From(Caller caller, CancellationToken ct)
    {
        if (caller.Account is not { } self) return new HashSet<Guid>();
        var hidden = (await zone.Set<WalledOff>().AsNoTracking().Where(w => w.Account == self).Select(w => w.DossierId).ToListAsync(ct)).ToHashSet();
        if (!caller.Is(Role.DataProtectionOfficer)) hidden.UnionWith(await SealedTo(self, ct));
        var ids = hidden.ToList();
        var telling = (await zone.Set<WalledOff>().AsNoTracking().Where(w => ids.Contains(w.DossierId)).Select(w => w.Wall).ToListAsync(ct)).ToHashSet();
        var walls = await zone.Set<Wall>().AsNoTracking().ToListAsync(ct);
        await keys.Fetch(walls.Where(w => w.Person is not null).Select(w => w.Id), ct);
        var about = walls.Where(w => w.Account == self && w.Person is not null).Select(w => w.Person!.Value).ToList();
        // A wall between a colleague and the same person would tell that this person is known here. To whoever built it, it is its going away that would.
        hidden.UnionWith(walls.Where(w => w.Account == self || (w.DossierId is { } round && hidden.Contains(round))
            || (w.Person is { } person && w.By != self && (telling.Contains(w.Id) || about.Any(a => SamePerson.May(a, person.Value) || SamePerson.May(person.Value, a))))).Select(w => w.Id));
        return hidden;
    }

    public async Task<IReadOnlyDictionary<Guid, string>> Numbers(IEnumerable<Guid> dossiers, CancellationToken ct)
    {
        var numbers = new Dictionary<Guid, string>();
        foreach (var some in dossiers.Distinct().Chunk(400))
        {
            var ids = some.ToList();
            foreach (var (id, number) in await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).Select(d => new ValueTuple<Guid, string>(d.Id, d.Number)).ToListAsync(ct)) numbers[id] = number;
        }
        return numbers;
    }

    private async Task<List<Guid>> SealedTo(Guid self, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await zone.Set<Dossier>().AsNoTracking().Where(d => d.Protection == Protection.Sealed
            && !zone.Set<Grant>().Any(g => g.DossierId == d.Id && g.Account == self && (g.Kind == GrantKind.Named || g.Kind == GrantKind.StandIn) && g.From <= now && (g.Until == null || g.Until > now))).Select(d => d.Id).ToListAsync(ct);
    }
}
