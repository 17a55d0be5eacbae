using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Demo;

/// <summary>A fatal crash at night: the parents are told at their door; the day team calls within a day.</summary>
internal static class DeathNotification
{
    public static async Task<Guid> Tell(IMediator pipeline, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromHours(7));
        var now = clock.GetUtcNow();
        var made = await pipeline.Send(new Register.Command
        {
            Trigger = Trigger.Patrol, When = now.AddMinutes(-50), Municipality = "Lindeberg", SubKind = "DeathNotification", GivenName = "Mireille", FamilyName = "Voorbeeld", Phone = "0471 22 33 44", Safe = Rule.NotAsked, Language = language,
            Note = Told.In(language, "Numéro de PV suit. Deux proches à la même adresse.", "PV-nummer volgt. Twee naasten op hetzelfde adres.", "Protokollnummer folgt. Zwei Angehörige an derselben Adresse."),
        }, ct);
        var mother = (await pipeline.Send(new ShowView.Query(made.Dossier), ct)).People[0].Id;
        var father = await pipeline.Send(new Edit.Command { Dossier = made.Dossier, GivenName = "Paul", FamilyName = "Voorbeeld", Capacity = Capacity.Relative, Language = language }, ct);
        await pipeline.Send(new Edit.Command { Dossier = made.Dossier, GivenName = "Tom", FamilyName = "Voorbeeld", Capacity = Capacity.Deceased, Language = language }, ct);
        await pipeline.Send(new Record.Command
        {
            Dossier = made.Dossier, Persons = [mother, father], Place = Place.Home, At = now, Minutes = 95, OnCall = true, Services = [ServiceKind.DeathNotification, ServiceKind.FirstHelp],
            Note = Told.In(language, "Parents informés avec un agent en uniforme. Une sœur reste avec eux. Souhaitent voir le corps.", "Ouders ingelicht met een agent in uniform. Een zus blijft bij hen. Willen het lichaam zien.", "Eltern mit einem Beamten in Uniform benachrichtigt. Eine Schwester bleibt bei ihnen. Möchten den Leichnam sehen."), Next = ActKind.CallBack, Due = now.AddHours(6),
        }, ct);
        return made.Dossier;
    }
}
