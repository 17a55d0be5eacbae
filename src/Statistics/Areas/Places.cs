using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Areas;

/// <summary>In which area a zone is counted, from which day on. A zone's first place may begin with any quarter, and its last may end with any; a move to another area begins with a year, so that no year is counted on two maps.</summary>
internal sealed class PlaceOfZone : IOfZone
{
    public Guid Id { get; private set; }
    public Guid ZoneId { get; private set; }
    public string Area { get; private set; } = "";
    public DateOnly From { get; private set; }

    /// <summary>The day after its last; null: until further notice.</summary>
    public DateOnly? Until { get; private set; }
    Guid? IOfZone.Zone => ZoneId;

    public static PlaceOfZone New(Guid zone, string area, DateOnly from, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), ZoneId = zone, Area = area, From = from };

    public void End(DateOnly? day) => Until = day;

    public bool Holds(DateOnly day) => From <= day && (Until is null || day < Until);

    internal sealed class Mapping : ICatalogMapping<PlaceOfZone>
    {
        public void Configure(EntityTypeBuilder<PlaceOfZone> b)
        {
            b.ToTable("place_of_zone");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Area).HasMaxLength(3);
            b.Property(p => p.From).HasColumnName("from_day");
            b.Property(p => p.Until).HasColumnName("until_day");
            b.HasIndex(p => new { p.ZoneId, p.From }).IsUnique();
        }
    }
}

/// <summary>What an area is shown as in a year. Written with the year's first release, for good.</summary>
internal sealed class AreaOfYear
{
    public int Year { get; init; }
    public string Area { get; init; } = "";
    public string ShownAs { get; init; } = "";

    internal sealed class Mapping : ICatalogMapping<AreaOfYear>
    {
        public void Configure(EntityTypeBuilder<AreaOfYear> b)
        {
            b.ToTable("area_of_year");
            b.HasKey(a => new { a.Year, a.Area });
            b.Property(a => a.Area).HasMaxLength(3);
            b.Property(a => a.ShownAs).HasMaxLength(60);
        }
    }
}

/// <summary>Says in which area zones are counted.</summary>
internal sealed class Places(CatalogDatabase catalog, TimeProvider clock)
{
    /// <summary>Every zone with its place on a day; null: it has none then. One that is suspended now is among them: left out in silence, its area would be a part of itself.</summary>
    public async Task<IReadOnlyList<(ZoneRecord Zone, string? Area)>> On(DateOnly day, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var places = (await house.Set<PlaceOfZone>().AsNoTracking().ToListAsync(ct)).Where(p => p.Holds(day)).ToDictionary(p => p.ZoneId, p => p.Area);
        return [.. (await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State != ZoneState.Preparing).OrderBy(z => z.Code).ToListAsync(ct)).Select(z => (z, places.GetValueOrDefault(z.Id)))];
    }

    /// <summary>Gives every zone that has no place one, by its province and arrondissement.</summary>
    /// <param name="from">The first day of a quarter.</param>
    /// <param name="only">Those of this state; null: all.</param>
    /// <returns>What was given; zones of which nobody said where they lie have none.</returns>
    /// <exception cref="StartRefusedException">It is no first day of a quarter.</exception>
    public async Task<IReadOnlyList<(string Zone, string Area)>> PlaceAll(DateOnly from, CancellationToken ct, ZoneState? only = null)
    {
        if (from.Day != 1 || from.Month % 3 != 1) throw new StartRefusedException("A zone is counted from the first day of a quarter on.");
        return await catalog.WriteAsPlatform("Statistics.PlaceZones", null, async house =>
        {
            var placed = (await house.Set<PlaceOfZone>().Select(p => p.ZoneId).ToListAsync(ct)).ToHashSet();
            var given = new List<(string, string)>();
            foreach (var zone in (await house.Set<ZoneRecord>().OrderBy(z => z.Code).ToListAsync(ct)).Where(z => !placed.Contains(z.Id) && (only is null ? z.State != ZoneState.FiguresOnly : z.State == only)))
            {
                if (StatisticalAreas.Of(zone.Province, zone.Arrondissement) is not { } area) continue;
                house.Add(PlaceOfZone.New(zone.Id, area, from, clock.GetUtcNow()));
                given.Add((zone.Code, area));
            }
            return given;
        }, ct);
    }

    /// <summary>Moves a zone to another area.</summary>
    /// <exception cref="StartRefusedException">There is no such zone or area, it has no place yet, or the day is no 1 January that is still to come.</exception>
    public async Task Move(string code, string area, DateOnly from, CancellationToken ct)
    {
        if (StatisticalAreas.Find(area) is null) throw new StartRefusedException($"There is no area {area}.");
        if (from is not { Day: 1, Month: 1 } || from <= Today) throw new StartRefusedException("A zone moves to another area on a 1 January that is still to come: no year is counted on two maps.");
        await catalog.WriteAsPlatform("Statistics.MoveZone", null, async house =>
        {
            var last = await Last(house, code, ct);
            if (last.From >= from) throw new StartRefusedException($"Zone {code} moves on {last.From:yyyy-MM-dd} already.");
            if (last.Until is { } until && until > Today) throw new StartRefusedException($"Zone {code} leaves on {until:yyyy-MM-dd}. See statistics stay.");
            // One that had left comes back with the year: the time between is nobody's.
            if (last.Until is null) last.End(from);
            house.Add(PlaceOfZone.New(last.ZoneId, area, from, clock.GetUtcNow()));
            return true;
        }, ct);
    }

    /// <summary>A zone ceases, goes up in another, or gives no figures any more: from a quarter on it is in none. What it registered before is in the figures of its time, also in those that come out later.</summary>
    /// <param name="from">The first day of a quarter that is still to come.</param>
    /// <returns>The last edition that reads it: until that is out the zone must answer.</returns>
    /// <exception cref="StartRefusedException">There is no such zone or day, it has no place, or it has left.</exception>
    public async Task<Edition> Leave(string code, DateOnly from, CancellationToken ct)
    {
        if (from.Day != 1 || from.Month % 3 != 1 || from <= Today) throw new StartRefusedException("A zone leaves the figures on the first day of a quarter that is still to come: no quarter is counted with half a zone.");
        await catalog.WriteAsPlatform("Statistics.ZoneLeaves", null, async house =>
        {
            var last = await Last(house, code, ct);
            if (last.From >= from) throw new StartRefusedException($"Zone {code} has its last place from {last.From:yyyy-MM-dd} on: it cannot leave before.");
            if (last.Until <= Today) throw new StartRefusedException($"Zone {code} left on {last.Until:yyyy-MM-dd}.");
            last.End(from);
            return true;
        }, ct);
        return Edition.OfYear(from.AddDays(-1).Year);
    }

    /// <summary>It does not leave after all.</summary>
    /// <exception cref="StartRefusedException">There is no such zone, it does not leave, or it has left: what came out without it came out.</exception>
    public Task Stay(string code, CancellationToken ct) => catalog.WriteAsPlatform("Statistics.ZoneStays", null, async house =>
    {
        var last = await Last(house, code, ct);
        if (last.Until is not { } until) throw new StartRefusedException($"Zone {code} does not leave.");
        if (until <= Today) throw new StartRefusedException($"Zone {code} left on {until:yyyy-MM-dd}. It comes back with a year: see statistics move.");
        last.End(null);
        return true;
    }, ct);

    /// <summary>Zones that had left by a day and have no place after it.</summary>
    public static async Task<IReadOnlySet<Guid>> Gone(CatalogDbContext house, DateOnly day, CancellationToken ct) =>
        (await house.Set<PlaceOfZone>().AsNoTracking().ToListAsync(ct)).GroupBy(p => p.ZoneId).Where(g => g.All(p => p.Until <= day)).Select(g => g.Key).ToHashSet();

    private DateOnly Today => Moment.Day(clock.GetUtcNow());

    private static async Task<PlaceOfZone> Last(CatalogDbContext house, string code, CancellationToken ct)
    {
        var zone = await house.Set<ZoneRecord>().AsNoTracking().SingleOrDefaultAsync(z => z.Code == code, ct) ?? throw new StartRefusedException($"There is no zone {code}.");
        return await house.Set<PlaceOfZone>().Where(p => p.ZoneId == zone.Id).OrderByDescending(p => p.From).FirstOrDefaultAsync(ct) ?? throw new StartRefusedException($"Zone {code} has no place yet.");
    }
}
