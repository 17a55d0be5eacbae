using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>A burglary at an old man's house; he is called back, wants advice, and is content.</summary>
internal static class BurglaryRecontact
{
    public static async Task<Guid> Tell(IMediator pipeline, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromDays(9));
        var made = await pipeline.Send(new Register.Command
        {
            Trigger = Trigger.OfficialReport, When = clock.GetUtcNow().AddDays(-1), Municipality = "Val-Clair", SubKind = "Burglary", GivenName = "Armand", FamilyName = "Exemple", Phone = "0470 12 34 56", Safe = Rule.Safe, Language = language,
            Note = Told.In(language, "Vit seul. Ébranlé, dort mal, souhaite qu'on le rappelle.", "Woont alleen. Aangeslagen, slaapt slecht, wil teruggebeld worden.", "Lebt allein. Erschüttert, schläft schlecht, möchte zurückgerufen werden."),
        }, ct);
        var person = (await pipeline.Send(new ShowView.Query(made.Dossier), ct)).People[0].Id;
        stand(TimeSpan.FromDays(2));
        var now = clock.GetUtcNow();
        await pipeline.Send(new Record.Command
        {
            Dossier = made.Dossier, Persons = [person], Place = Place.Phone, At = now, Minutes = 20, Services = [ServiceKind.Listening, ServiceKind.Information, ServiceKind.Recontact],
            Note = Told.In(language, "Va mieux. Demande le conseiller en prévention et de l'aide pour l'assureur.", "Het gaat beter. Vraagt de preventieadviseur en hulp met de verzekeraar.", "Es geht besser. Wünscht die Präventionsberatung und Hilfe mit der Versicherung."), Next = ActKind.CallBack, Due = now.AddDays(1),
        }, ct);
        var dossier = (await pipeline.Send(new ShowView.Query(made.Dossier), ct)).Dossier;
        await pipeline.Send(new Plan.Command
        {
            Dossier = made.Dossier, Persons = [person], Place = Place.Home, At = Moment.Instant(Moment.Day(now.AddDays(4)).ToDateTime(new TimeOnly(10, 0))), Minutes = 60, Travel = 20, Worker = dossier.AssignedTo ?? dossier.OpenedBy, Despite = true,
            Note = Told.In(language, "Papiers de l'assureur sur la table. Le conseiller en prévention vient à 10 h 30.", "Papieren van de verzekeraar liggen klaar. De preventieadviseur komt om 10.30 uur.", "Papiere der Versicherung liegen bereit. Die Präventionsberatung kommt um 10.30 Uhr."),
        }, ct);
        return made.Dossier;
    }
}
