using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>Says before its day what would hold a release back: of each that is due and not out, and of the next to come.</summary>
internal sealed class Checkup(Publish publish, Published published, Places places, ReadZone zones, Programmes programmes, CatalogDatabase catalog)
{
    /// <returns>Good: what is due could be drawn today with all its areas, and what comes next too if nothing changes.</returns>
    public async Task<(IReadOnlyList<string> Lines, bool Good)> Of(DateOnly today, CancellationToken ct)
    {
        var (day, lines) = (Edition.QuarterOf(today), new List<string> { $"programme\tversion {programmes.Shipped.Version}\t{programmes.Shipped.Tables.Count} tables\t{programmes.Shipped.Hash}" });
        lines.AddRange((await places.On(day, ct)).Where(z => z.Area is null).Select(z => $"zone {z.Zone.Code}\thas no place on {day:yyyy-MM-dd}: it is in no figure"));
        var coming = Coming.Of(await published.Releases(ct), today);
        var (good, looked) = (true, new List<Prospect>());
        foreach (var one in coming.Where(c => c.Opens <= today).Append(coming.First(c => c.Opens > today)))
        {
            var prospect = await publish.Foresee(one.Edition, ct);
            looked.Add(prospect);
            var isDue = one.Opens <= today;
            var said = prospect switch
            {
                // Of a time in which nobody took part yet there is nothing to hold back.
                { Zones.Count: 0 } when isDue => "no zone took part: there will be none",
                { Geography: null } => $"fewer than {StatisticalAreas.FewestZones} zones take part: nothing can be released",
                { CanBePaid: false } => "costs more than is left for the cases of a month",
                _ => null,
            };
            good &= said is null || (isDue && prospect.Zones.Count == 0);
            lines.Add($"{one.Edition.Id}\t{(isDue ? "due since" : "due on")} {one.Opens:yyyy-MM-dd}\t{prospect.Zones.Count} zones{(said is null ? "" : "\t" + said)}");
        }
        lines.AddRange(Areas(looked[^1]));
        foreach (var silent in await Silent(looked.SelectMany(p => p.Zones).Select(z => z.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), ct))
        {
            lines.Add(silent);
            good = false;
        }
        return (lines, good);
    }

    private static IEnumerable<string> Areas(Prospect next) => next.Geography is not { } map ? []
        : map.Shown.Select(s => (Shown: s, Zones: next.Zones.Count(z => map.ShownAs(z.Area) == s)))
            .Select(a => $"area {a.Shown}\t{a.Zones} zones{(a.Zones == 0 ? "\tnothing is shown of it" : a.Zones < StatisticalAreas.FewestZones ? $"\tfewer than {StatisticalAreas.FewestZones}: joined to a neighbour from 1 January on" : "")}");

    private async Task<List<string>> Silent(IEnumerable<string> codes, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var states = await house.Set<ZoneRecord>().AsNoTracking().ToDictionaryAsync(z => z.Code, z => z.State, ct);
        var silent = new List<string>();
        foreach (var code in codes)
        {
            if (await zones.Answers(code, ct)) continue;
            silent.Add($"zone {code}\t{(states[code] == ZoneState.Suspended ? "is suspended" : "does not answer")}: a release waits {Calendar.Window} working days for it, and then comes out without its area");
        }
        return silent;
    }
}
