using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Statistics.Releases;

/// <summary>That a zone did not answer the question of a release. Kept with it: as long as the release waits this says for whom, and afterwards without whom it was drawn. Stands in the catalogue, for the figures know no zone.</summary>
internal sealed class Silence
{
    public string Release { get; init; } = "";
    public Guid ZoneId { get; init; }

    /// <summary>When it was asked first and did not answer.</summary>
    public DateTimeOffset Since { get; init; }

    internal sealed class Mapping : ICatalogMapping<Silence>
    {
        public void Configure(EntityTypeBuilder<Silence> b)
        {
            b.ToTable("silence_of_zone");
            b.HasKey(s => new { s.Release, s.ZoneId });
            b.Property(s => s.Release).HasMaxLength(12);
        }
    }
}

/// <summary>Which zones did not answer.</summary>
internal sealed class Silences(CatalogDatabase catalog, TimeProvider clock) : IWaitForZones
{
    /// <summary>Keeps who is silent now; whoever answered is taken out. Writes nothing where nothing changed: a release that waits asks each hour.</summary>
    public async Task Keep(string release, IReadOnlyCollection<Guid> silent, CancellationToken ct)
    {
        await using (var known = catalog.Lease())
        {
            if ((await Of(known, release).Select(s => s.ZoneId).ToListAsync(ct)).ToHashSet().SetEquals(silent)) return;
        }
        await catalog.WriteAsPlatform("Statistics.ZonesAreSilent", null, async house =>
        {
            var before = await house.Set<Silence>().Where(s => s.Release == release).ToListAsync(ct);
            house.RemoveRange(before.Where(s => !silent.Contains(s.ZoneId)));
            house.AddRange(silent.Where(z => !before.Exists(s => s.ZoneId == z)).Select(z => new Silence { Release = release, ZoneId = z, Since = clock.GetUtcNow() }));
            return true;
        }, ct);
    }

    /// <summary>Codes of the zones by release.</summary>
    public async Task<ILookup<string, (string Zone, DateTimeOffset Since)>> All(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await All(house, ct);
    }

    public async Task<IReadOnlyList<AwaitedZone>> Now(CatalogDbContext house, CancellationToken ct) => [.. (await All(house, ct)).SelectMany(r => r.Select(z => new AwaitedZone(r.Key, z.Zone, z.Since)))];

    private static IQueryable<Silence> Of(CatalogDbContext house, string release) => house.Set<Silence>().AsNoTracking().Where(s => s.Release == release);

    private static async Task<ILookup<string, (string Zone, DateTimeOffset Since)>> All(CatalogDbContext house, CancellationToken ct) =>
        (await house.Set<Silence>().AsNoTracking().Join(house.Set<ZoneRecord>(), s => s.ZoneId, z => z.Id, (s, z) => new { s.Release, z.Code, s.Since }).OrderBy(s => s.Code).ToListAsync(ct)).ToLookup(s => s.Release, s => (s.Code, s.Since), StringComparer.Ordinal);
}
