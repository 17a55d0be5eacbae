using System.CommandLine;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.CommandLine;

internal static class Migrate
{
    public static Command Verb(Verbs verbs)
    {
        var all = new Option<bool>("--all") { Description = "The databases of all zones too; one line a zone. A run that was killed is resumed by the next." };
        var command = new Command("migrate", "Creates or upgrades the catalogue and the figures database.") { all };
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            await output.WriteLineAsync("catalogue\tready");
            if (!parsed.GetValue(all)) return Verbs.Good;
            var provisioning = services.GetRequiredService<Provisioning>();
            foreach (var zone in await provisioning.Zones(ct))
            {
                if (zone.State == ZoneState.Preparing) await provisioning.Make(zone, ct);
                else await provisioning.MigrateZone(zone, ct);
                await output.WriteLineAsync($"{zone.Code}\tready");
            }
            return Verbs.Good;
        }, ct));
        return command;
    }
}
