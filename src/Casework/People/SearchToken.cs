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

    private static readonly Compiled<long, PartKind, int, Guid> LatestOwners = Compiled.Query((ZoneDbContext z, long token, PartKind kind, int most) =>
        z.Set<SearchToken>().Where(t => t.Token == token && t.Kind == kind).OrderByDescending(t => t.Owner).Select(t => t.Owner).Take(most));

    /// <summary>Those that have one of these parts, the latest first, so many for each at most. Tokens collide: who is meant shows only after opening.</summary>
    public static async Task<HashSet<Guid>> OwnersOf(ZoneDbContext zone, SearchKey key, IEnumerable<SearchPart> parts, int most, CancellationToken ct)
    {
        var owners = new HashSet<Guid>();
        foreach (var part in parts) owners.UnionWith(await LatestOwners.In(zone, key.Token(part), part.Kind, most, ct));
        return owners;
    }

    /// <summary>Those that have one part of each group.</summary>
    public static async Task<HashSet<Guid>> OwnersOfAll(ZoneDbContext zone, SearchKey key, IEnumerable<IReadOnlyList<SearchPart>> groups, int most, CancellationToken ct)
    {
        HashSet<Guid>? all = null;
        foreach (var group in groups)
        {
            var owners = await OwnersOf(zone, key, group, most, ct);
            if (all is null) all = owners;
            else all.IntersectWith(owners);
            if (all.Count == 0) break;
        }
        return all ?? [];
    }

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
        foreach (var (kind, token) in parts.Select(p => (p.Kind, Token: key.Token(p))).Distinct())
        {
            if (old.Find(t => t.Kind == kind && t.Token == token) is { } same) zone.Entry(same).State = EntityState.Unchanged;
            else zone.Add(new SearchToken { Kind = kind, Token = token, Owner = owner, DossierId = dossier });
        }
    }

    public static IEnumerable<SearchPart> PartsOf(Particulars identity) =>
        [.. NameForms.Of(identity.FamilyName, identity.GivenName), .. PhoneNumber.Part(identity.Phone) is { } phone ? new[] { phone } : []];

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
