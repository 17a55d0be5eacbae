using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>A14, A15, A16, A20: a house of ten zones on which things go wrong on the day of a release, and a case that must be found nowhere.</summary>
/// <param name="Trouble">A14: what was seen.</param>
/// <param name="Canary">A15: what was found of it, and what is found where it was put by the audit itself.</param>
/// <param name="Refusals">A16: moves and second maps that were refused, of how many.</param>
/// <param name="Allowed">A16: the same of a move that the product allows.</param>
internal sealed partial record Incidents(Trouble Trouble, Finding Canary, IReadOnlyList<Finding> PlantedCanaries, (int Refused, int Of) Refusals, (int Refused, int Of) Allowed)
{
    private const string Edition = Trouble.Edition, Marker = "canari-7f3b-perdu";
    private const int Many = 7777;

    /// <summary>Where the canary is put by the audit itself.</summary>
    public static readonly IReadOnlyList<string> Places = ["the CSV", "the XLSX", "the JSON-stat", "an answer of the API", "a file of the data folder", "a measurement", "a trace", "a line of the log (the count)", "a line of the log (the marker)"];

    public static async Task<Incidents> Run()
    {
        using var heard = new Heard(Marker, Many);
        await using var house = await Trouble.TenZones(hearsAll: true);
        var country = house.Country;
        // One zone tells so many cases of one cell, and in the one field that the figures do not take word for word a text to look for.
        var canary = country.Cases.First(c => c.Zone == 6 && c.Fact.Month == new DateOnly(2026, 11, 1));
        house.Tonight.Add(country.Zones[6].Code, Enumerable.Repeat(canary with { Fact = canary.Fact with { Language = Marker } }, Many));
        var trouble = await Trouble.Watch(house);
        foreach (var format in new[] { "xlsx", "json-stat" }) await house.Desk.Export(Edition, Path.Combine(house.Folder, "out"), format, CancellationToken.None);
        var exports = await house.Read(Edition);
        var refusals = await Redrawing(house);
        heard.Ask();
        var said = heard.Said;
        var found = Look(house, exports, said);
        // Planted: in each place in which it is looked for, and taken away again where that can be.
        var planted = Enumerable.Range(0, 4).Select(form => Look(house, exports.WithText(Marker, form), said)).ToList();
        var dropped = Path.Combine(house.Folder, "out", "dropped");
        await File.WriteAllTextAsync(dropped, "x" + Marker + "x");
        planted.Add(Look(house, exports, said));
        File.Delete(dropped);
        planted.Add(Look(house, exports, said with { Hits = Hears(() =>
        {
            using var meter = new System.Diagnostics.Metrics.Meter("audit");
            meter.CreateCounter<int>("planted").Add(Many);
        }) }));
        planted.Add(Look(house, exports, said with { Hits = Hears(() =>
        {
            using var source = new System.Diagnostics.ActivitySource("audit");
            source.StartActivity("planted")?.SetTag("person", Marker).Stop();
        }) }));
        house.Logs.Log(LogLevel.Debug, default, $"counted {Many}", null, static (text, _) => text);
        planted.Add(Look(house, exports, said));
        house.Logs.Log(LogLevel.Debug, default, $"person {Marker}", null, static (text, _) => text);
        planted.Add(Look(house, exports, said));
        var allowed = await Refused(() => house.Desk.MoveZone(house.Country.Zones[1].Code, "LIM", new DateOnly(2029, 1, 1), CancellationToken.None));
        return new Incidents(trouble, found, planted, refusals, (allowed ? 1 : 0, 1));
    }

    private static int Hears(Action act)
    {
        using var heard = new Heard(Marker, Many);
        act();
        return heard.Said.Hits;
    }

    private static async Task<bool> Refused(Func<Task> act)
    {
        try
        {
            await act();
            return false;
        }
        catch (Exception e) when (e is StartRefusedException or DbUpdateException)
        {
            return true;
        }
    }

    // A move within a year, and another map of a year that has one.
    private static async Task<(int, int)> Redrawing(House house)
    {
        var (refused, of) = (0, 0);
        foreach (var day in new[] { new DateOnly(2027, 4, 1), new DateOnly(2026, 1, 1), new DateOnly(2027, 1, 1) }) Count(await Refused(() => house.Desk.MoveZone(house.Country.Zones[0].Code, "LIM", day, CancellationToken.None)));
        Count(await Refused(() => house.Catalog.WriteAsPlatform("audit", null, catalog =>
        {
            catalog.Add(new AreaOfYear { Year = Country.Year, Area = "NAM", ShownAs = "NAM" });
            return Task.FromResult(true);
        }, CancellationToken.None)));
        // Allowed, from a 1 January on; what was put out stays on its map.
        var before = House.Hash(await house.Rows());
        await house.Desk.MoveZone(house.Country.Zones[0].Code, "LIM", new DateOnly(2028, 1, 1), CancellationToken.None);
        Count(House.Hash(await house.Rows()) == before);
        return (refused, of);

        void Count(bool good) => (refused, of) = (refused + (good ? 1 : 0), of + 1);
    }

    // Everything that was logged, down to the smallest, measured and traced, every byte that lies on the disk (outboxes with what could not be delivered among it), and what leaves the house in each form.
    private static Finding Look(House house, Exports exports, (int Measurements, int Traces, int Hits) heard)
    {
        var (logged, numbers) = (house.Logs.Lines.Count(l => l.Contains(Marker, StringComparison.Ordinal)), house.Logs.Lines.Count(l => Number().IsMatch(l)));
        var (files, found, sought) = (0, 0, Encoding.UTF8.GetBytes(Marker));
        foreach (var file in Directory.EnumerateFiles(house.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock")) // that one process has the folder: held, and empty
        {
            files++;
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            open.CopyTo(bytes);
            if (bytes.ToArray().AsSpan().IndexOf(sought) >= 0) found++;
        }
        var exported = exports.Texts().Count(t => t.Contains(Marker, StringComparison.Ordinal));
        return new Finding($"marker: {logged} of {house.Logs.Lines.Count} log lines, {found} of {files} files, {exported} of {exports.Texts().Count()} parts of CSV, XLSX, JSON-stat and answers of the API; the count {Many}: {numbers} log lines; either: {heard.Hits} of {heard.Measurements} measurements and {heard.Traces} traces", logged + numbers + found + exported + heard.Hits == 0 && files > 10 && house.Logs.Lines.Count > 100 && heard.Measurements > 100 && heard.Traces > 0);
    }

    // As a number of its own: the hexadecimal digits of an id may hold it by chance.
    [System.Text.RegularExpressions.GeneratedRegex(@"(?<![0-9A-Za-z])7[ .,\u00A0\u202F]?777(?![0-9A-Za-z])", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex Number();

    /// <summary>A20, the half that can be seen in the program: nothing of the store, the noise, the programme, the areas and the analyst's portal has a zone's database in hand.</summary>
    /// <param name="more">Types to look at beside the product's.</param>
    public static Finding Isolation(params IReadOnlyList<Type> more)
    {
        var assembly = typeof(Publish).Assembly;
        string[] apart = ["VictimSupport.Statistics.Releases", "VictimSupport.Statistics.Noise", "VictimSupport.Statistics.Programme", "VictimSupport.Statistics.Areas", "VictimSupport.Statistics.Portal"];
        Type[] zones = [typeof(ZoneDbContext), typeof(ZoneHandle), typeof(EnterZone), typeof(ZoneRegistry)];
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var types = assembly.GetTypes().Where(t => apart.Contains(t.Namespace)).Concat(more).ToList();
        var holds = types.Where(t => t.GetFields(all).Select(f => f.FieldType).Concat(t.GetConstructors(all).SelectMany(c => c.GetParameters()).Concat(t.GetMethods(all).SelectMany(m => m.GetParameters())).Select(p => p.ParameterType)).Any(zones.Contains)).Select(t => t.Name).ToList();
        return new Finding($"{holds.Count} of {types.Count} types hold a zone's database{(holds.Count > 0 ? ": " + string.Join(", ", holds) : "")}", holds.Count == 0 && types.Count > 10);
    }
}
