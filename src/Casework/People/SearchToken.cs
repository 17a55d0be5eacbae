using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>A keyed token by which a person or dossier is found in the sealed store.</summary>
internal sealed class SearchToken : IOfDossier
{
    public PartKind Kind { get; init; }
    public long Token { get; init; }

    /// <summary>The person, or for an official report the report.</summary>
    public Guid Owner { get; init; }
    public Guid DossierId { get; init; }

    private static readonly Compiled<List<long>, int, Guid> OfOne = Compiled.Query((ZoneDbContext z, List<long> tokens, int most) => z.Set<SearchToken>().Where(t => tokens.Contains(t.Token)).Select(t => t.Owner).Distinct().OrderByDescending(o => o).Take(most));
    // PostgreSQL joins the two; SQLite would look up each of the others' tokens by its owner, and is twice as fast where it makes two lists.
    private static readonly Compiled<List<long>, List<long>, int, Guid> OfBoth = Compiled.Query(
        (ZoneDbContext z, List<long> one, List<long> two, int most) => z.Set<SearchToken>().Where(t => one.Contains(t.Token) && z.Set<SearchToken>().Where(u => two.Contains(u.Token)).Select(u => u.Owner).Contains(t.Owner))
            .Select(t => t.Owner).Distinct().OrderByDescending(o => o).Take(most),
        (z, one, two, most) => z.Set<SearchToken>().Where(t => one.Contains(t.Token)).Select(t => t.Owner).Intersect(z.Set<SearchToken>().Where(t => two.Contains(t.Token)).Select(t => t.Owner)).OrderByDescending(o => o).Take(most));

    private static readonly Compiled<List<Guid>, List<long>, Guid> OfThese = Compiled.Query((ZoneDbContext z, List<Guid> owners, List<long> tokens) => z.Set<SearchToken>().Where(t => owners.Contains(t.Owner) && tokens.Contains(t.Token)).Select(t => t.Owner).Distinct());

    /// <summary>The token of a part as it is stored: its kind above, what the key makes of it below. One number says both, so that a search asks for all its parts at once.</summary>
    public static long Of(SearchKey key, SearchPart part) => ((long)part.Kind << SearchKey.Bits) | key.Token(part);

    /// <summary>Those that have one of these parts, the latest so many. Tokens collide: who is meant shows only after opening.</summary>
    public static async Task<HashSet<Guid>> OwnersOf(ZoneDbContext zone, SearchKey key, IEnumerable<SearchPart> parts, int most, CancellationToken ct) => [.. await OfOne.In(zone, Tokens(key, parts), most, ct)];

    /// <summary>Those that have one part of each group, the latest so many.</summary>
    public static async Task<HashSet<Guid>> OwnersOfAll(ZoneDbContext zone, SearchKey key, IReadOnlyList<IReadOnlyList<SearchPart>> groups, int most, CancellationToken ct)
    {
        if (groups.Count < 2) return groups.Count == 0 ? [] : await OwnersOf(zone, key, groups[0], most, ct);
        var all = (await OfBoth.In(zone, Tokens(key, groups[0]), Tokens(key, groups[1]), most, ct)).ToHashSet();
        foreach (var group in groups.Skip(2))
        {
            var (tokens, left) = (Tokens(key, group), new HashSet<Guid>());
            foreach (var some in all.Chunk(400)) left.UnionWith(await OfThese.In(zone, [.. some], tokens, ct));
            all = left;
        }
        return all;
    }

    private static List<long> Tokens(SearchKey key, IEnumerable<SearchPart> parts) => [.. parts.Select(part => Of(key, part)).Distinct()];

    /// <summary>Replaces what is found under an owner.</summary>
    public static async Task Replace(ZoneDbContext zone, SearchKey key, Guid dossier, Guid owner, IEnumerable<SearchPart> parts, CancellationToken ct)
    {
        var old = await zone.Set<SearchToken>().Where(t => t.Owner == owner).ToListAsync(ct);
        zone.RemoveRange(old);
        Add(zone, key, dossier, owner, parts, old);
    }

    public static void Add(ZoneDbContext zone, SearchKey key, Guid dossier, Guid owner, IEnumerable<SearchPart> parts) => Add(zone, key, dossier, owner, parts, []);

    // A token that stays must not be removed and added in one go.
    private static void Add(ZoneDbContext zone, SearchKey key, Guid dossier, Guid owner, IEnumerable<SearchPart> parts, List<SearchToken> old)
    {
        foreach (var (kind, token) in parts.Select(p => (p.Kind, Token: Of(key, p))).Distinct())
        {
            if (old.Find(t => t.Kind == kind && t.Token == token) is { } same) zone.Entry(same).State = EntityState.Unchanged;
            else zone.Add(new SearchToken { Kind = kind, Token = token, Owner = owner, DossierId = dossier });
        }
    }

    /// <summary>Replaces what somebody is found under, by who they are and what they agreed to now.</summary>
    public static async Task FindAgain(ZoneDbContext zone, SearchKey key, Person person, CancellationToken ct) =>
        await Replace(zone, key, person.DossierId, person.Id, PartsOf(person.Identity.Value, (await zone.Set<SafeContact>().FindAsync([person.Id], ct))?.Details.Value), ct);

    /// <param name="agreed">The number to which their SMS go is theirs too: whoever calls from it is looked for by it.</param>
    public static IEnumerable<SearchPart> PartsOf(Particulars identity, SafeDetails? agreed) =>
        [.. NameForms.Of(identity.FamilyName, identity.GivenName), .. new[] { PhoneNumber.Part(identity.Phone), PhoneNumber.Part(agreed?.SmsNumber), Address.Part(identity.Address) }.OfType<SearchPart>().Distinct()];

    internal sealed class Mapping : IZoneMapping<SearchToken>
    {
        public void Configure(EntityTypeBuilder<SearchToken> b)
        {
            b.ToTable("search_token");
            b.HasKey(t => new { t.Token, t.Kind, t.Owner });
            b.HasIndex(t => t.Owner);
        }
    }
}
