using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>What awaits whoever goes to a house, from any dossier with somebody at that address: the danger alone, never whose it is. Of what is sealed, or walled off from who asks, nothing.</summary>
internal sealed class Doors(ZoneDbContext zone, Guard guard, UseCase here, Keyring keys)
{
    private const int Most = 500;

    // An address that is secret, a child in the house: these are about a person, not about what waits behind the door.
    private const Danger AtTheDoor = Danger.AtHome | Danger.AuthorAtLarge | Danger.DangerousDog;

    /// <summary>Dangers at the addresses of these people that other dossiers tell of.</summary>
    public async Task<Danger> Of(Dossier dossier, IEnumerable<Person> people, CancellationToken ct) => await At(dossier, people.Select(p => p.Identity.Value.Address), ct) & ~dossier.Danger;

    /// <summary>Dangers at these addresses that other dossiers than this one tell of, also where this one says them too.</summary>
    public async Task<Danger> At(Dossier dossier, IEnumerable<string?> addresses, CancellationToken ct)
    {
        var houses = addresses.Select(Address.Part).OfType<SearchPart>().Distinct().ToList();
        if (houses.Count == 0) return Danger.None;
        var ids = (await SearchToken.OwnersOf(zone, here.InZone.Keys.Search, houses, Most, ct)).ToList();
        var neighbours = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id) && p.DossierId != dossier.Id)
            .Join(zone.Set<Dossier>().Where(await guard.Exists(ct)).Where(d => d.Danger != Danger.None), p => p.DossierId, d => d.Id, (person, other) => new { person, other.Danger }).ToListAsync(ct);
        await keys.Fetch(neighbours.Select(n => n.person.KeyOwner), ct);
        // Tokens collide: whoever lives elsewhere brings nothing here.
        return neighbours.Where(n => Address.Part(n.person.Identity.Value.Address) is { } house && houses.Contains(house)).Aggregate(Danger.None, (all, n) => all | n.Danger) & AtTheDoor;
    }
}
