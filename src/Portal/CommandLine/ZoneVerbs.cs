using System.CommandLine;
using System.Text.RegularExpressions;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static partial class ZoneVerbs
{
    public static Command Verb(Verbs verbs) => new("zone", "The zones of the platform.") { Add(verbs), Import(verbs), List(verbs) };

    private static Command Add(Verbs verbs)
    {
        var code = new Option<string>("--code") { Required = true, Description = "Four digits." };
        var fr = new Option<string?>("--name-fr") { Description = "Name in French; the zone then works in French." };
        var nl = new Option<string?>("--name-nl") { Description = "Name in Dutch." };
        var de = new Option<string?>("--name-de") { Description = "Name in German." };
        var admin = new Option<string?>("--admin") { Description = "E-mail address of the first administrator; invited only where the zone has none." };
        var command = new Command("add", "Makes a zone: database, keys, seal. May be repeated; a run that was killed is finished by the next.") { code, fr, nl, de, admin };
        command.Validators.Add(result =>
        {
            if (!FourDigits().IsMatch(result.GetValue(code) ?? "")) result.AddError("--code: four digits.");
            if ((result.GetValue(fr) ?? result.GetValue(nl) ?? result.GetValue(de)) is null) result.AddError("Give a name in at least one language: --name-fr, --name-nl or --name-de.");
            if (result.GetValue(admin) is { } mail && !mail.Contains('@', StringComparison.Ordinal)) result.AddError("--admin: an e-mail address.");
        });
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            (string Language, string? Name)[] names = [("fr", parsed.GetValue(fr)), ("nl", parsed.GetValue(nl)), ("de", parsed.GetValue(de))];
            var path = await services.GetRequiredService<IAddZones>().Add(parsed.GetRequiredValue(code), names[0].Name, names[1].Name, names[2].Name,
                [.. names.Where(n => n.Name is not null).Select(n => n.Language)], parsed.GetValue(admin), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(code)}\tready");
            if (path is not null) await output.WriteLineAsync($"invitation\t{path}");
            else if (parsed.GetValue(admin) is not null) throw new StartRefusedException("Nobody was invited: the zone has an administrator, or one is invited already.");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Import(Verbs verbs)
    {
        var file = new Argument<FileInfo>("FILE.csv") { Description = "UTF-8, RFC 4180; columns code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities, and perhaps places." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what it would do, and writes nothing." };
        var skip = new Option<bool>("--skip-bad-lines") { Description = "Leaves lines with a fault out; without it one bad line keeps all of them out." };
        var command = new Command("import", "Makes or changes the zones of a file. All faults are shown in one run. May be repeated; a run that was killed is finished by the next.") { file, dryRun, skip };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var import = services.GetRequiredService<IImportZones>();
            var found = await import.Check(await File.ReadAllBytesAsync(parsed.GetRequiredValue(file).FullName, ct), ct);
            var errors = parsed.InvocationConfiguration.Error;
            foreach (var fault in found.Faults) await errors.WriteLineAsync(fault.ToString());
            if (found.Faults.Count > 0 && !parsed.GetValue(skip)) throw new StartRefusedException($"{found.Faults.Count} faults; nothing was written.");
            foreach (var (zone, fate) in found.Lines.Where(l => l.Fate != ZoneFate.Unchanged)) await output.WriteLineAsync($"{zone.Code}\t{fate.ToString().ToLowerInvariant()}");
            await output.WriteLineAsync($"{found.Lines.Count(l => l.Fate == ZoneFate.New)} new, {found.Lines.Count(l => l.Fate == ZoneFate.Changed)} changed, {found.Lines.Count(l => l.Fate == ZoneFate.Unchanged)} unchanged");
            if (parsed.GetValue(dryRun)) return Verbs.Good;
            var zones = found.Lines.Select(l => l.Zone).ToList();
            await import.Note(zones, ct);
            var bar = new ProgressBar(errors, zones.Count);
            await foreach (var code in import.Make(zones, ct)) await bar.Next(code);
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command List(Verbs verbs)
    {
        var command = new Command("list", "One line a zone: code, name, languages, state; tab-separated.");
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            foreach (var zone in await services.GetRequiredService<Provisioning>().Zones(ct))
                await output.WriteLineAsync($"{zone.Code}\t{zone.NameIn(zone.FirstLanguage)}\t{zone.Languages}\t{zone.State.ToString().ToLowerInvariant()}");
            return Verbs.Good;
        }, ct));
        return command;
    }

    [GeneratedRegex(@"^\d{4}$", RegexOptions.None, 1000)]
    private static partial Regex FourDigits();
}
