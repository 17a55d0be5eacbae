using System.Numerics;
using System.Runtime.InteropServices;
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
        var name = Name(one);
        if (!name.IsEmpty && !name.Matches(other.FamilyName, other.GivenName) && Name(other) is { IsEmpty: false } second && !second.Matches(one.FamilyName, one.GivenName)) return ShareANumber(one, other) && FirstNamesFit(one, other);
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
        var found = new List<Person>();
        foreach (var ids in (await new Sought(here.InZone.Keys.Search, [(who, null)]).In(zone, closed: false, ct)).Select(a => a.Owner).Chunk(400).Select(c => c.ToList()))
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
        var key = here.InZone.Keys.Search;
        var owners = new HashSet<Guid>();
        if (PhoneNumber.Part(who.Phone) is { } phone) owners.UnionWith(await SearchToken.OwnersOf(zone, key, [phone], int.MaxValue, ct));
        if (who is { FamilyName.Length: > 0, GivenName.Length: > 0 }) owners.UnionWith(await SearchToken.OwnersOfAll(zone, key, Name(who).Groups, int.MaxValue, ct));
        return owners;
    }

    public static NameQuery Name(Particulars who) => NameQuery.Parse($"{who.GivenName} {who.FamilyName}");
}

/// <summary>The tokens under which whoever may be the same as somebody is found, for many at once.</summary>
internal sealed class Sought
{
    // Of the names two are enough, as the other row may say fewer; a number is alone, and so is a name beside which there is none.
    private const int Enough = 1 << 16;
    private readonly Dictionary<long, List<(int Place, int Mark)>> marks = [];
    private readonly int places;

    private sealed record Row(Guid Owner, long Token);

    private static readonly Compiled<List<long>, Row> Everybody = Compiled.Query((ZoneDbContext z, List<long> tokens) => z.Set<SearchToken>().Where(t => tokens.Contains(t.Token)).Select(t => new Row(t.Owner, t.Token)));

    // From the few who closed a channel to their tokens: of a name there are as many as the zone has namesakes.
    private static readonly Compiled<List<long>, Row> Closed = Compiled.Query((ZoneDbContext z, List<long> tokens) =>
        z.Set<SafeContact>().Where(s => s.Nevers > 0).Join(z.Set<SearchToken>().Where(t => tokens.Contains(t.Token)), s => s.Id, t => t.Owner, (s, t) => new Row(t.Owner, t.Token)));

    /// <param name="some">With where their SMS go to a number of their own; null: that is not asked.</param>
    public Sought(SearchKey key, IReadOnlyList<(Particulars Who, SafeDetails? Agreed)> some)
    {
        places = some.Count;
        for (var place = 0; place < places; place++)
        {
            var (who, agreed) = some[place];
            var names = who is { FamilyName.Length: > 0, GivenName.Length: > 0 } ? SamePerson.Name(who).Groups : [];
            for (var i = 0; i < names.Count; i++) foreach (var part in names[i]) Mark(part, names.Count == 1 ? Enough : 1 << i);
            if (PhoneNumber.Part(who.Phone) is { } number) Mark(number, Enough);
            if (PhoneNumber.Part(agreed?.SmsNumber) is { } other) Mark(other, Enough);

            void Mark(SearchPart part, int mark)
            {
                ref var those = ref CollectionsMarshal.GetValueRefOrAddDefault(marks, SearchToken.Of(key, part), out _);
                (those ??= []).Add((place, mark));
            }
        }
    }

    /// <summary>Who may be one with whom, by the place in the question; themselves too, where they have a row. It shows only after opening (<see cref="SamePerson.MayBeOne"/>).</summary>
    /// <param name="closed">Only among those who closed a channel for good.</param>
    public async Task<IReadOnlyList<(int Place, Guid Owner)>> In(ZoneDbContext zone, bool closed, CancellationToken ct)
    {
        var (rows, found) = (new List<Row>(), new List<(int Place, Guid Owner)>());
        foreach (var tokens in marks.Keys.Chunk(1000)) rows.AddRange(await (closed ? Closed : Everybody).In(zone, [.. tokens], ct));
        foreach (var one in rows.GroupBy(r => r.Owner, r => r.Token))
        {
            var fits = new int[places];
            foreach (var (place, mark) in one.SelectMany(token => marks[token])) fits[place] |= mark;
            for (var place = 0; place < places; place++) if (fits[place] >= Enough || BitOperations.PopCount((uint)fits[place]) > 1) found.Add((place, one.Key));
        }
        return found;
    }
}
