using System.CommandLine;
using System.Globalization;
using VictimSupport.Statistics.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static class StatisticsVerbs
{
    public static Command Verb(Verbs verbs) => new("statistics", "The figures over all zones.") { Release(verbs), Lines(verbs, "status", "What is out and what is to come.", (f, ct) => f.Status(ct)), Lines(verbs, "ledger", "What was spent on the cases of each month.", (f, ct) => f.Ledger(ct)), Check(verbs), Export(verbs), Place(verbs), Move(verbs) };

    private static Command Release(Verbs verbs)
    {
        var kind = new Option<string>("--kind") { Required = true, Description = "T0, the flash of a month; P, the first release of a quarter; F, the final one of a year." };
        kind.AcceptOnlyFromAmong("T0", "P", "F");
        var period = new Option<string>("--period") { Required = true, Description = "2026-05, 2026-Q2 or 2026." };
        var command = new Command("release", "Draws a release and puts it out, once. Refused before its day, a second time, and where it costs more than is left. A run that was killed leaves nothing.") { kind, period };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            ProgressBar? bar = null;
            var report = await services.GetRequiredService<IReleaseFigures>().Release(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(period), (code, of) => (bar ??= new ProgressBar(parsed.InvocationConfiguration.Error, of)).Next(code), ct);
            foreach (var zone in report.Silent) await output.WriteLineAsync($"{zone}\tdid not answer");
            await output.WriteLineAsync($"{report.Release}\t{report.Zones} zones\t{report.Cells} cells\t{report.Shown} shown{(report.Missing.Count > 0 ? "\twithout " + string.Join(' ', report.Missing) : "")}");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Check(Verbs verbs)
    {
        var command = new Command("check", "Whether a release could be made now: programme, places of zones, areas with too few. Exit 1 when it could not.");
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var (lines, good) = await services.GetRequiredService<IReleaseFigures>().Check(ct);
            foreach (var line in lines) await output.WriteLineAsync(line);
            return good ? Verbs.Good : Verbs.Refused;
        }, ct));
        return command;
    }

    private static Command Export(Verbs verbs)
    {
        var release = new Option<string>("--release") { Required = true, Description = "Such as 2026-Q2-P." };
        var format = new Option<string>("--format") { DefaultValueFactory = _ => "csv", Description = "csv." };
        format.AcceptOnlyFromAmong("csv");
        var directory = new Option<DirectoryInfo>("--out") { Required = true, Description = "Folder to write to; made where it is missing." };
        var command = new Command("export", "Writes the figures of a release to a file: what is shown, and nothing else.") { release, format, directory };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await output.WriteLineAsync(await services.GetRequiredService<IReleaseFigures>().Export(parsed.GetRequiredValue(release), parsed.GetRequiredValue(directory).FullName, ct));
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Place(Verbs verbs)
    {
        var from = Day("First day of the quarter from which they are counted, such as 2026-01-01.");
        var command = new Command("place", "Gives every zone that has none its statistical area, by province and judicial arrondissement. May be repeated.") { from };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var line in await services.GetRequiredService<IReleaseFigures>().PlaceZones(Read(parsed.GetRequiredValue(from)), ct)) await output.WriteLineAsync(line);
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Move(Verbs verbs)
    {
        var zone = new Option<string>("--zone") { Required = true, Description = "Code of the zone." };
        var area = new Option<string>("--area") { Required = true, Description = "Code of the area, such as LIE." };
        var from = Day("A 1 January that is still to come.");
        var command = new Command("move", "Counts a zone in another area from a coming year on; what is out stays as it is.") { zone, area, from };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await services.GetRequiredService<IReleaseFigures>().MoveZone(parsed.GetRequiredValue(zone), parsed.GetRequiredValue(area), Read(parsed.GetRequiredValue(from)), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(zone)}\t{parsed.GetRequiredValue(area)}");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Lines(Verbs verbs, string name, string description, Func<IReleaseFigures, CancellationToken, Task<IReadOnlyList<string>>> ask)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var line in await ask(services.GetRequiredService<IReleaseFigures>(), ct)) await output.WriteLineAsync(line);
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Option<string> Day(string description)
    {
        var day = new Option<string>("--from") { Required = true, Description = description };
        day.Validators.Add(result => { if (!DateOnly.TryParseExact(result.GetValueOrDefault<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) result.AddError("--from: a day such as 2026-01-01."); });
        return day;
    }

    private static DateOnly Read(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
