using System.CommandLine;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static class AccountVerbs
{
    public static Command Verb(Verbs verbs)
    {
        var mail = new Option<string>("--mail") { Required = true, Description = "E-mail address of the first operator." };
        var command = new Command("operator", "Prints the one-time link of the platform's first operator; refused once there is one.") { mail };
        command.Validators.Add(result => { if (result.GetValue(mail)?.Contains('@', StringComparison.Ordinal) != true) result.AddError("--mail: an e-mail address."); });
        command.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            var path = await services.GetRequiredService<IAddZones>().InviteOperator(parsed.GetRequiredValue(mail), ct)
                ?? throw new StartRefusedException("Nobody was invited: the platform has an operator, or one is invited already.");
            await output.WriteLineAsync(path);
            return Verbs.Good;
        }, ct));
        var whom = new Option<string>("--mail") { Required = true, Description = "E-mail address of the second operator, who has taken the invitation up." };
        var confirm = new Command("confirm", "Confirms the second operator; refused once there are two, who then confirm each other's invitations.") { whom };
        confirm.SetAction((parsed, ct) => verbs.Run(parsed, async (services, output) =>
        {
            if (!await services.GetRequiredService<IAddZones>().ConfirmOperator(parsed.GetRequiredValue(whom), ct)) throw new StartRefusedException("Nobody was confirmed: nobody with this address waits, or there are two operators already.");
            await output.WriteLineAsync("confirmed");
            return Verbs.Good;
        }, ct));
        return new Command("account", "Accounts of the platform.") { command, confirm };
    }
}
