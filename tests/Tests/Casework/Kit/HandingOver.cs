using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Handovers;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Handovers between zones, through the same requests as people use.</summary>
internal static class HandingOver
{
    /// <summary>As the page proposes it, seen before: everybody who is helped, the minimum, no note.</summary>
    public static async Task<Propose.Command> Handing(this Person by, Guid dossier, TestZone to, Func<Propose.Command, Propose.Command>? otherwise = null)
    {
        var page = await by.Send(new Propose.Query(dossier));
        var form = new Propose.Command
        {
            Dossier = dossier, Once = Guid.NewGuid(), Zone = to.Code, Persons = [.. page.Persons.Select(p => p.Id)], Fields = [.. page.Minimum], Reason = "She lives there", Basis = HandoverBasis.TheyAgree, Told = false,
        };
        form = otherwise?.Invoke(form) ?? form;
        return form with { Shown = (await by.Send(new Propose.Look { Dossier = dossier, What = form })).Print() };
    }

    /// <summary>Proposes, and brings it there.</summary>
    public static async Task<Guid> HandsOver(this Person by, Guid dossier, TestZone to, Func<Propose.Command, Propose.Command>? otherwise = null)
    {
        var handover = await by.Send(await by.Handing(dossier, to, otherwise));
        await by.Zone.RunJobs();
        return handover;
    }

    public static Task<Guid?> Accepts(this Person by, Guid handover, Guid? worker = null, VictimSupport.Casework.Contacts.Reminder? tell = null) =>
        by.Send(new Decide.Command { Handover = handover, Decision = Decision.Accept, Worker = worker, Tell = tell is null ? [] : [tell.ToString()], Once = Guid.NewGuid() });
    public static Task<Guid?> Refuses(this Person by, Guid handover, string why = "Not ours") => by.Send(new Decide.Command { Handover = handover, Decision = Decision.Refuse, Reason = why, Once = Guid.NewGuid() });
    public static Task<Guid?> AsksAbout(this Person by, Guid handover, string what = "Since when?") => by.Send(new Decide.Command { Handover = handover, Decision = Decision.Ask, Question = what, Once = Guid.NewGuid() });
    public static async Task<HandoverState> StateOf(this Person by, Guid handover) => (await by.Send(new Show.Query(handover))).Handover.State;
}
