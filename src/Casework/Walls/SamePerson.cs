using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Walls;

/// <summary>May these be the same person? Asked of walls, so it leans to yes: the same telephone, or a name that fits and no other day of birth.</summary>
internal static class SamePerson
{
    public static bool May(Particulars walled, Particulars met)
    {
        if (PhoneNumber.ToE164(walled.Phone) is { } phone && phone == PhoneNumber.ToE164(met.Phone)) return true;
        if (walled.FamilyName.Length == 0 || walled.GivenName.Length == 0) return false;
        if (walled.BirthDate is { } born && met.BirthDate is { } other && born != other) return false;
        return Name(walled).Matches(met.FamilyName, met.GivenName);
    }

    /// <summary>The same of two rows of one dossier. A family has one telephone: of two who both have a name it says nothing, and another day of birth is somebody else.</summary>
    public static bool MayBeTwice(Particulars one, Particulars other)
    {
        if (!May(one, other) || (one.BirthDate is { } born && other.BirthDate is { } day && born != day)) return false;
        var (name, second) = (Name(one), Name(other));
        return name.IsEmpty || second.IsEmpty || name.Matches(other.FamilyName, other.GivenName) || second.Matches(one.FamilyName, one.GivenName);
    }

    /// <summary>Everybody of the zone who may be the same, in whatever dossier: found by the search tokens, opened and compared. For rules that hold beyond what their caller may see; never for a list.</summary>
    public static async Task<IReadOnlyList<Person>> Find(ZoneDbContext zone, UseCase here, Keyring keys, Particulars who, CancellationToken ct)
    {
        var found = new List<Person>();
        foreach (var some in (await Alike(zone, here, who, ct)).Chunk(400))
        {
            var ids = some.ToList();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            found.AddRange(people.Where(p => May(who, p.Identity.Value)));
        }
        return found;
    }

    /// <summary>Everybody whose search tokens fit; who is meant shows only after opening (<see cref="May"/>).</summary>
    public static async Task<IReadOnlySet<Guid>> Alike(ZoneDbContext zone, UseCase here, Particulars who, CancellationToken ct)
    {
        var key = new SearchKey(here.InZone.Keys.SearchRoot);
        var owners = new HashSet<Guid>();
        if (PhoneNumber.Part(who.Phone) is { } phone) owners.UnionWith(await SearchToken.OwnersOf(zone, key, [phone], int.MaxValue, ct));
        if (who is { FamilyName.Length: > 0, GivenName.Length: > 0 }) owners.UnionWith(await SearchToken.OwnersOfAll(zone, key, Name(who).Groups, int.MaxValue, ct));
        return owners;
    }

    public static NameQuery Name(Particulars who) => NameQuery.Parse($"{who.GivenName} {who.FamilyName}");
}

/// <summary>The tokens under which whoever may be the same as somebody is found: the telephone's, or one of each name.</summary>
internal sealed class Sought
{
    private readonly long? phone;
    private readonly IReadOnlyList<IReadOnlyList<long>> names;

    public Sought(SearchKey key, Particulars who)
    {
        phone = PhoneNumber.Part(who.Phone) is { } part ? SearchToken.Of(key, part) : null;
        names = who is { FamilyName.Length: > 0, GivenName.Length: > 0 } ? [.. SamePerson.Name(who).Groups.Select(g => (IReadOnlyList<long>)[.. g.Select(p => SearchToken.Of(key, p)).Distinct()])] : [];
    }

    /// <summary>All of them; none where neither a name nor a number is known.</summary>
    public IEnumerable<long> Tokens => names.SelectMany(g => g).Concat(phone is { } one ? [one] : []);

    /// <summary>May somebody found under these be the same? It shows only after opening (<see cref="SamePerson.May"/>).</summary>
    public bool Fits(IReadOnlySet<long> tokens) => (phone is { } one && tokens.Contains(one)) || (names.Count > 0 && names.All(g => g.Any(tokens.Contains)));
}
