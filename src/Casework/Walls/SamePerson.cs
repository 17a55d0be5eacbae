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

    /// <summary>May two rows be one person, whichever of them says more of the name? A family has one telephone: of two who both have a name it says nothing, unless their first names fit (she married, or was noted by her own name once).
    /// Another day of birth is somebody else.</summary>
    public static bool MayBeOne(Particulars one, Particulars other)
    {
        if (one.BirthDate is { } born && other.BirthDate is { } day && born != day) return false;
        var (name, second) = (Name(one), Name(other));
        if (!name.IsEmpty && !second.IsEmpty && !name.Matches(other.FamilyName, other.GivenName) && !second.Matches(one.FamilyName, one.GivenName)) return ShareANumber(one, other) && FirstNamesFit(one, other);
        return (IsWhole(one) && IsWhole(other)) || ShareANumber(one, other);
    }

    /// <summary>Does it ring with both?</summary>
    public static bool ShareANumber(Particulars one, Particulars other) => PhoneNumber.ToE164(one.Phone) is { } phone && phone == PhoneNumber.ToE164(other.Phone);

    /// <summary>Was a number put right, so that it rings elsewhere?</summary>
    public static bool RingsElsewhere(Particulars before, Particulars after) => PhoneNumber.ToE164(before.Phone) != PhoneNumber.ToE164(after.Phone);

    /// <summary>Do both read what comes to one mailbox?</summary>
    public static bool ShareAMailbox(Particulars one, Particulars other) => one.Mail?.Trim() is { Length: > 0 } box && string.Equals(box, other.Mail?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static bool FirstNamesFit(Particulars one, Particulars other) => one.GivenName.Length > 0 && other.GivenName.Length > 0
        && (NameQuery.Parse(one.GivenName).Matches("", other.GivenName) || NameQuery.Parse(other.GivenName).Matches("", one.GivenName));

    private static bool IsWhole(Particulars who) => who is { FamilyName.Length: > 0, GivenName.Length: > 0 };

    /// <summary>Everybody of the zone who may be one with somebody (<see cref="MayBeOne"/>), in whatever dossier. For rules that hold beyond what their caller may see; never for a list.</summary>
    public static async Task<IReadOnlyList<Person>> Rows(ZoneDbContext zone, UseCase here, Keyring keys, Particulars who, CancellationToken ct)
    {
        var (sought, tokens, found) = (new Sought(new SearchKey(here.InZone.Keys.SearchRoot), who), new List<(Guid Owner, long Token)>(), new List<Person>());
        foreach (var some in sought.Tokens.Distinct().Chunk(1000).Select(c => c.ToList()))
            tokens.AddRange((await zone.Set<SearchToken>().AsNoTracking().Where(t => some.Contains(t.Token)).Select(t => new { t.Owner, t.Token }).ToListAsync(ct)).Select(t => (t.Owner, t.Token)));
        foreach (var ids in tokens.GroupBy(t => t.Owner, t => t.Token).Where(g => sought.Fits(g.ToHashSet())).Select(g => g.Key).Chunk(400).Select(c => c.ToList()))
        {
            var people = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            found.AddRange(people.Where(p => MayBeOne(who, p.Identity.Value)));
        }
        return found;
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
    private readonly long? phone, second;
    private readonly IReadOnlyList<IReadOnlyList<long>> names;

    /// <param name="agreed">Where their SMS go to a number of their own; null: that is not asked.</param>
    public Sought(SearchKey key, Particulars who, SafeDetails? agreed = null)
    {
        second = PhoneNumber.Part(agreed?.SmsNumber) is { } also ? SearchToken.Of(key, also) : null;
        phone = PhoneNumber.Part(who.Phone) is { } part ? SearchToken.Of(key, part) : null;
        names = who is { FamilyName.Length: > 0, GivenName.Length: > 0 } ? [.. SamePerson.Name(who).Groups.Select(g => (IReadOnlyList<long>)[.. g.Select(p => SearchToken.Of(key, p)).Distinct()])] : [];
    }

    /// <summary>All of them; none where neither a name nor a number is known.</summary>
    public IEnumerable<long> Tokens => names.SelectMany(g => g).Concat(phone is { } one ? [one] : []).Concat(second is { } other ? [other] : []);

    /// <summary>May somebody found under these be the same? It shows only after opening (<see cref="SamePerson.MayBeOne"/>). Two of the names are enough: the other row may say fewer.</summary>
    public bool Fits(IReadOnlySet<long> tokens) => (phone is { } one && tokens.Contains(one)) || (second is { } other && tokens.Contains(other)) || (names.Count > 0 && names.Count(g => g.Any(tokens.Contains)) >= Math.Min(2, names.Count));
}
