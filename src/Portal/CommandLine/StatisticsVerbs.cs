using System.CommandLine;
using System.Globalization;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static class StatisticsVerbs
{
    public static Command Verb(Verbs verbs) => new("statistics", "The figures over all zones.") { Release(verbs), Lines(verbs, "status", "What is out and what is to come.", (f, ct) => f.Status(ct)), Lines(verbs, "ledger", "What was spent on the cases of each month.", (f, ct) => f.Ledger(ct)), Check(verbs), Export(verbs), Withdraw(verbs), Place(verbs), Move(verbs), Leave(verbs), Stay(verbs), Inhabitants(verbs), Campaign(verbs), Programs(verbs) };

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
        var command = new Command("check", "What would hold back the releases that are due and the next one: places of zones, areas with too few, the budget, zones that do not answer. Exit 1 when anything does.");
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
        var format = new Option<string>("--format") { DefaultValueFactory = _ => "csv", Description = "csv, xlsx or json-stat." };
        format.AcceptOnlyFromAmong("csv", "xlsx", "json-stat");
        var directory = new Option<DirectoryInfo>("--out") { Required = true, Description = "Folder to write to; made where it is missing." };
        var structural = new Option<bool>("--structural") { Description = "The structural work that came out with a final release instead of its cases; csv or xlsx." };
        var command = new Command("export", "Writes the figures of a release to a file: what is shown, and nothing else.") { release, format, directory, structural };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var (figures, id, folder, form) = (services.GetRequiredService<IReleaseFigures>(), parsed.GetRequiredValue(release), parsed.GetRequiredValue(directory).FullName, parsed.GetRequiredValue(format));
            await output.WriteLineAsync(await (parsed.GetValue(structural) ? figures.ExportStructuralWork(id, folder, form, ct) : figures.Export(id, folder, form, ct)));
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Withdraw(Verbs verbs)
    {
        var release = new Option<string>("--release") { Required = true, Description = "Such as 2026-Q2-P." };
        var fault = new Option<string>("--fault") { Required = true, Description = "What is wrong: Counting, Zones, Data or Noise." };
        fault.AcceptOnlyFromAmong("Counting", "Zones", "Data", "Noise");
        var by = new Option<string>("--by") { Required = true, Description = "E-mail address of the account that proposes it." };
        var command = new Command("withdraw", "Proposes that a release be taken back because it is wrong. A second operator confirms it at /operator/confirmations; it stays citeable, marked, and what was spent on it stays spent.") { release, fault, by };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await services.GetRequiredService<IReleaseFigures>().Withdraw(parsed.GetRequiredValue(release), parsed.GetRequiredValue(fault), parsed.GetRequiredValue(by), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(release)}\twaits for a second operator");
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
        var zone = Zone();
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

    private static Command Leave(Verbs verbs)
    {
        var zone = Zone();
        var from = Day("First day of a quarter that is still to come: from it on the zone is in no figure.");
        var command = new Command("leave", "A zone ceases, goes up in another, or gives no figures any more. What it registered before stays in the figures of its time; until the last of them is out it must not be suspended.") { zone, from };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var last = await services.GetRequiredService<IReleaseFigures>().LeaveZone(parsed.GetRequiredValue(zone), Read(parsed.GetRequiredValue(from)), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(zone)}\tcounted until {Read(parsed.GetRequiredValue(from)).AddDays(-1):yyyy-MM-dd}\tdo not suspend it before {last} is out");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Stay(Verbs verbs)
    {
        var zone = Zone();
        var command = new Command("stay", "A zone that was to leave the figures stays in them.") { zone };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await services.GetRequiredService<IReleaseFigures>().StayZone(parsed.GetRequiredValue(zone), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(zone)}\tstays");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Inhabitants(Verbs verbs)
    {
        var file = new Option<FileInfo>("--file") { Required = true, Description = "A line for each municipality of the country: NIS code;inhabitants." };
        var day = Day("Of which day the numbers are, such as 2026-01-01.", "--day");
        var command = new Command("inhabitants", "Reads how many people live in each municipality. Releases to come say which share of them lives in their zones; what is out stays as it is.") { file, day };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            if (!parsed.GetRequiredValue(file).Exists) throw new StartRefusedException($"There is no file {parsed.GetRequiredValue(file).FullName}.");
            var (municipalities, all) = await services.GetRequiredService<IReleaseFigures>().TakeInhabitants(Read(parsed.GetRequiredValue(day)), await File.ReadAllLinesAsync(parsed.GetRequiredValue(file).FullName, ct), ct);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{municipalities} municipalities\t{all} inhabitants"));
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Campaign(Verbs verbs)
    {
        var year = new Option<int>("--year") { Required = true, Description = "The year that is over." };
        var deadline = Day("A day to come, before that of the final figures.", "--deadline");
        var open = new Command("open", "Asks every zone that takes part to look at its figures of a year. Those that do not answer are asked again each hour; coordinators who did not look are reminded. Opened again, it adds the zones that came in since and moves the deadline. No release waits for it.") { year, deadline };
        open.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var line in await services.GetRequiredService<IRunCampaigns>().Open(parsed.GetRequiredValue(year), Read(parsed.GetRequiredValue(deadline)), ct)) await output.WriteLineAsync(line);
            return Verbs.Good;
        }, ct));
        var status = new Command("status", "How many zones looked, and which did not yet.");
        status.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var line in await services.GetRequiredService<IRunCampaigns>().Status(ct)) await output.WriteLineAsync(line);
            return Verbs.Good;
        }, ct));
        return new Command("campaign", "The yearly look of the zones at their figures.") { open, status };
    }

    // Programs that read what is published: they belong to no zone, so the platform lets them in.
    private static Command Programs(Verbs verbs)
    {
        var name = new Option<string>("--name") { Required = true, Description = "What it is called in the audit, such as the name of the institution." };
        name.Validators.Add(result => { if (result.GetValueOrDefault<string>() is not { } said || string.IsNullOrWhiteSpace(said) || said.Length > 100) result.AddError("--name: 1 to 100 characters."); });
        var add = new Command("add", "Registers a program that may ask /api/figures/v1 and prints its id and its secret, once. Tokens come from /figures/connect/token.") { name };
        add.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var (made, secret) = await services.GetRequiredService<IProgramsOfThePlatform>().Register(parsed.GetRequiredValue(name), "figures", ct);
            await output.WriteLineAsync($"{made}\t{secret}");
            return Verbs.Good;
        }, ct));
        var id = new Option<Guid>("--id") { Required = true, Description = "Its id." };
        var end = new Command("end", "Ends a program: what tokens it holds are worth nothing within seconds.") { id };
        end.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            if (!await services.GetRequiredService<IProgramsOfThePlatform>().End(parsed.GetRequiredValue(id), ct)) throw new StartRefusedException("There is no such program, or it has ended.");
            await output.WriteLineAsync($"{parsed.GetRequiredValue(id)}\tended");
            return Verbs.Good;
        }, ct));
        var list = new Command("list", "Programs that may, or might once, read what is published.");
        list.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var program in await services.GetRequiredService<IProgramsOfThePlatform>().All(ct))
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{program.Id}\t{program.Name}\tsince {program.Created:yyyy-MM-dd}\t{(program.LastUsed is { } used ? $"last asked {used:yyyy-MM-dd}" : "never asked")}{(program.Ended is { } ended ? $"\tended {ended:yyyy-MM-dd}" : "")}"));
            return Verbs.Good;
        }, ct));
        return new Command("program", "Programs of other institutions that read what is published.") { add, end, list };
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

    private static Option<string> Zone() => new("--zone") { Required = true, Description = "Code of the zone." };

    private static Option<string> Day(string description, string name = "--from")
    {
        var day = new Option<string>(name) { Required = true, Description = description };
        day.Validators.Add(result => { if (!DateOnly.TryParseExact(result.GetValueOrDefault<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) result.AddError(name + ": a day such as 2026-01-01."); });
        return day;
    }

    private static DateOnly Read(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
