using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Tray;

namespace VictimSupport.Casework.Demo;

/// <summary>Two people at the desk this morning: one asks to be called on a condition, one only wants to know where to go.</summary>
internal static class TwoMessages
{
    // The same forms each time: a start that comes again adds nothing.
    private static readonly Guid First = new("00000000-0000-0000-0000-00000000d0c1"), Second = new("00000000-0000-0000-0000-00000000d0c2");

    public static async Task Leave(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromMinutes(130));
        await pipeline.Send(new Put.Command
        {
            Once = First, GivenName = "Gaëlle", FamilyName = "Démo", Phone = "0473 10 20 30", MayCall = Rule.Safe, Language = language, Urgency = Urgency.Ordinary,
            About = Told.In(language, "Cambriolage la semaine passée. Demande à qui s'adresser pour l'assurance.", "Inbraak vorige week. Vraagt bij wie hij terechtkan voor de verzekering.", "Einbruch letzte Woche. Fragt, an wen man sich wegen der Versicherung wendet."), OfficialReport = "VC.11.L1.002468/2026",
        }, ct);
        stand(TimeSpan.FromMinutes(35));
        await pipeline.Send(new Put.Command
        {
            Once = Second, GivenName = "Hugo", FamilyName = "Beispiel", Phone = "0474 40 50 60", MayCall = Rule.OnlyIf, Language = language, Urgency = Urgency.Urgent,
            Condition = Told.In(language, "après 17 h, ne rien dire à sa compagne", "na 17 uur, niets zeggen aan zijn vriendin", "nach 17 Uhr, seiner Partnerin nichts sagen"),
            About = Told.In(language, "Témoin d'un accident ce matin. Tremble encore, souhaite parler aujourd'hui.", "Getuige van een ongeval vanmorgen. Beeft nog, wil vandaag praten.", "Zeuge eines Unfalls heute Morgen. Zittert noch, möchte heute sprechen."),
        }, ct);
        stand(TimeSpan.Zero);
    }
}
