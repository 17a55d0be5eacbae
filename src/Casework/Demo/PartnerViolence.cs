using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>A woman whose partner reads her mail: no post, no voicemail, messages in office hours to a second number, a code word.</summary>
internal static class PartnerViolence
{
    public static async Task<Guid> Tell(IMediator pipeline, TimeProvider clock, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromDays(3));
        var now = clock.GetUtcNow();
        var made = await pipeline.Send(new Register.Command
        {
            Trigger = Trigger.Person, When = now.AddHours(-5), Municipality = "Hohenau", SubKind = "PartnerViolence", GivenName = "Leïla", FamilyName = "Muster", Phone = "0472 55 66 77", Safe = Rule.OnlyIf, Language = language,
            Condition = Told.In(language, "lu–ve 9–15 h, elle seule", "ma–vr 9–15 u., alleen zijzelf", "Mo–Fr 9–15 Uhr, nur sie selbst"),
        }, ct);
        var (dossier, person) = (made.Dossier, (await pipeline.Send(new ShowView.Query(made.Dossier), ct)).People[0].Id);
        await pipeline.Send((await pipeline.Send(new Safe.Query(dossier, person), ct)).Form with
        {
            Dossier = dossier, Person = person, Call = Rule.OnlyIf, Sms = Rule.OnlyIf, Mail = Rule.Never, Letter = Rule.Never, Visit = Rule.Never, SmsNumber = "0473 88 99 00", Hours = Told.In(language, "lu–ve 9–15 h", "ma–vr 9–15 u.", "Mo–Fr 9–15 Uhr"),
            WhoMayAnswer = Told.In(language, "elle seule", "alleen zijzelf", "nur sie selbst"), WhatMayBeSaid = Told.In(language, "« rappel de la bibliothèque »", "'herinnering van de bibliotheek'", "„Erinnerung der Bibliothek“"), CodeWord = "Magnolia",
            ThirdPerson = Told.In(language, "sa sœur", "haar zus", "ihre Schwester"),
        }, ct);
        await pipeline.Send((await pipeline.Send(new Facts.Query(dossier), ct)) with { Dossier = dossier, SubKind = "PartnerViolence", At = now.AddHours(-5), Municipality = "Hohenau", Dangers = [Danger.AtHome, Danger.AddressSecret, Danger.MinorPresent], OfficialReports = "HO.43.L7.004321/2026" }, ct);
        await pipeline.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = language }, ct);
        await pipeline.Send(new Record.Command
        {
            Dossier = dossier, Persons = [person], Place = Place.Office, At = now, Minutes = 70, Services = [ServiceKind.Listening, ServiceKind.Orientation, ServiceKind.PracticalHelp],
            Note = Told.In(language, "Plan de sécurité parcouru. Cherche une place en refuge.", "Veiligheidsplan overlopen. Zoekt een plaats in een vluchthuis.", "Sicherheitsplan besprochen. Sucht einen Platz im Frauenhaus."), Next = ActKind.CallBack, Due = now.AddDays(2),
        }, ct);
        await pipeline.Send(new Write.Command { Dossier = dossier, Persons = [person], Layer = Layer.Police, Text = Told.In(language, "Évaluation des risques faite par l'agent de quartier, niveau élevé.", "Risicotaxatie door de wijkagent, hoog niveau.", "Risikobewertung durch den Bezirksbeamten, hohe Stufe.") }, ct);
        return dossier;
    }
}
