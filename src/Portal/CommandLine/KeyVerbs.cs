using System.CommandLine;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.CommandLine;

internal static class KeyVerbs
{
    public static Command Verb(Verbs verbs) => new("keys", "The keys: master, zones, data keys.") { Rotate(verbs), Verify(verbs), Export(verbs), Import(), EndTokens(verbs) };

    private static Command Rotate(Verbs verbs)
    {
        var zone = new Option<string>("--zone") { Required = true, Description = "Code of the zone." };
        var command = new Command("rotate", "Gives a zone a new key and wraps its data keys anew. A run that was killed is finished by the next.") { zone };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var (version, keys) = await services.GetRequiredService<KeyCare>().Rotate(parsed.GetRequiredValue(zone), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(zone)}\tzone key {version}\t{keys} data keys wrapped");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command EndTokens(Verbs verbs)
    {
        var command = new Command("end-tokens", "Ends the keys of the token server, and with them every token of other programs: after a theft. New keys are made when they are needed.");
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await output.WriteLineAsync($"{await services.GetRequiredService<VictimSupport.Identity.Contracts.IEndTokenKeys>().EndAll(ct)} keys ended");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Verify(Verbs verbs)
    {
        var zone = new Option<string?>("--zone") { Description = "Code of one zone; without it, every zone." };
        var command = new Command("verify", "Unwraps every data key and opens every sealed field; prints ids, never content. Exit 1 when one does not open.") { zone };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var codes = parsed.GetValue(zone) is { } one ? [one] : (await services.GetRequiredService<Provisioning>().Zones(ct)).Where(z => z.State is ZoneState.Active or ZoneState.FiguresOnly).Select(z => z.Code).ToList();
            var good = true;
            foreach (var code in codes)
            {
                var report = await services.GetRequiredService<KeyCare>().Verify(code, ct);
                good &= report.Faults.Count == 0;
                await output.WriteLineAsync($"{report.Zone}\t{report.DataKeys} data keys\t{report.Boxes} sealed fields\t{(report.Faults.Count == 0 ? "all open" : "DO NOT OPEN: " + string.Join(", ", report.Faults.Take(20)))}");
            }
            return good ? Verbs.Good : Verbs.Refused;
        }, ct));
        return command;
    }

    private static Command Export(Verbs verbs)
    {
        var isSealed = new Option<bool>("--sealed") { Required = true, Description = "Required: a master key leaves only sealed, under two passphrases read from VS_PASSPHRASE_1 and VS_PASSPHRASE_2." };
        var file = new Option<FileInfo>("--out") { Required = true, Description = "File to write; must not exist." };
        var command = new Command("export", "Writes the master key for the safe.") { isSealed, file };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var (first, second) = Passphrases();
            await using var stream = new FileStream(parsed.GetRequiredValue(file).FullName, FileMode.CreateNew);
            await stream.WriteAsync(services.GetRequiredService<KeyCare>().Export(first, second), ct);
            await output.WriteLineAsync($"{parsed.GetRequiredValue(file).FullName}\tfingerprint {services.GetRequiredService<IHoldTheMasterKey>().Fingerprint}");
            return Verbs.Good;
        }, ct));
        return command;
    }

    private static Command Import()
    {
        var isSealed = new Option<FileInfo>("--sealed") { Required = true, Description = "File written by keys export; both passphrases from VS_PASSPHRASE_1 and VS_PASSPHRASE_2." };
        var file = new Option<FileInfo>("--out") { Required = true, Description = "Master key file to write, mode 0600; must not exist." };
        var command = new Command("import", "Opens an exported master key and writes the key file that Keys:MasterFile names.") { isSealed, file };
        command.SetAction(async (parsed, ct) =>
        {
            var (first, second) = Passphrases();
            var key = KeyCare.Import(await File.ReadAllBytesAsync(parsed.GetRequiredValue(isSealed).FullName, ct), first, second);
            MasterKeyFile.Write(parsed.GetRequiredValue(file).FullName, key);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{parsed.GetRequiredValue(file).FullName}\tfingerprint {new MasterKey(key).Fingerprint}");
            return Verbs.Good;
        });
        return command;
    }

    private static (string First, string Second) Passphrases()
    {
        var (first, second) = (Environment.GetEnvironmentVariable("VS_PASSPHRASE_1"), Environment.GetEnvironmentVariable("VS_PASSPHRASE_2"));
        if (first is not { Length: >= 12 } || second is not { Length: >= 12 } || first == second)
            throw new StartRefusedException("VS_PASSPHRASE_1 and VS_PASSPHRASE_2 must be set, differ, and have at least 12 characters each.");
        return (first, second);
    }
}
