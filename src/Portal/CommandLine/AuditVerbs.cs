using System.CommandLine;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.CommandLine;

internal static class AuditVerbs
{
    public static Command Verb(Verbs verbs)
    {
        var zone = new Option<string?>("--zone") { Description = "Code of one zone; without it, the catalogue and every zone." };
        var verify = new Command("verify", "Recomputes every audit chain and names the record where one is broken. Exit 1 when one is.") { zone };
        verify.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var verification = services.GetRequiredService<Verification>();
            var reports = new List<ChainReport>();
            if (parsed.GetValue(zone) is { } one) reports.Add(await verification.Zone(one, ct));
            else
            {
                reports.Add(await verification.Catalogue(ct));
                foreach (var known in await services.GetRequiredService<Provisioning>().Zones(ct))
                {
                    if (known.State is ZoneState.Active or ZoneState.FiguresOnly) reports.Add(await verification.Zone(known.Code, ct));
                }
            }
            foreach (var report in reports)
            {
                var since = report.Unproved is { } at ? $"; a tail cut after {at:u} cannot be proved" : "; never anchored: a cut tail cannot be proved";
                await output.WriteLineAsync($"{report.Name}\t{report.Rows} records\t{(report.Fault is { } fault ? "BROKEN: " + fault : "whole" + since)}");
            }
            return reports.All(r => r.Fault is null) ? Verbs.Good : Verbs.Refused;
        }, ct));
        return new Command("audit", "The audit chains.") { verify };
    }
}
