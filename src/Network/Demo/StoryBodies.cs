using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Network.Bodies;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Demo;

/// <summary>Fictitious bodies with meetings behind and one ahead, action points, projects and events of this year and the last, added through the same requests as people use.</summary>
internal sealed class StoryBodies(TimeProvider clock) : ITellBodies
{
    public async Task Tell(IMediator pipeline, string language, IReadOnlyList<Guid> colleagues, CancellationToken ct)
    {
        if ((await pipeline.Send(new List.Query(Ended: false), ct)).Count > 0 || (await pipeline.Send(new List.Query(Ended: true), ct)).Count > 0) return;
        var (today, first, second) = (Moment.Day(clock.GetUtcNow()), colleagues[0], colleagues[Math.Min(1, colleagues.Count - 1)]);
        // Only kinds that the zone's community has; a zone that offers others still gets its story.
        var offered = (await pipeline.Send(new Edit.Query(null), ct)).Kinds;
        if (offered.Count == 0) return;
        var council = await pipeline.Send(new Edit.Command
        {
            Title = Say("Plate-forme violences intrafamiliales", "Platform intrafamiliaal geweld", "Plattform Gewalt in der Familie"), Kind = Kind("DOMESTIC_VIOLENCE"), Representing = [first], Staff = [second],
            Outside = Say("A. Fictif, parquet\nB. Inventé, CPAS", "A. Verzonnen, parket\nB. Voorbeeld, OCMW", "A. Erfunden, Staatsanwaltschaft\nB. Muster, ÖSHZ"),
        }, ct);
        await pipeline.Send(new Record.Command
        {
            Body = council, At = At(today.AddDays(-21)), Place = Say("Maison communale", "Gemeentehuis", "Gemeindehaus"), Held = true, Staff = [first, second],
            Agenda = Say("Chiffres de l’année\nParcours du signalement à l’accompagnement", "Cijfers van het jaar\nTraject van melding tot begeleiding", "Zahlen des Jahres\nWeg von der Meldung zur Begleitung"),
            Decisions = Say("Une fiche de contact commune\nUne réunion par trimestre", "Een gezamenlijke contactfiche\nEén vergadering per kwartaal", "Ein gemeinsames Kontaktblatt\nEine Sitzung im Quartal"),
            Minutes = Say("Tour de table. Les services veulent être joints plus vite le soir.", "Rondvraag. De diensten willen ’s avonds sneller bereikbaar zijn.", "Gesprächsrunde. Die Dienste möchten abends schneller erreichbar sein."),
            Points =
            [
                new Record.Row { What = Say("Préparer la fiche de contact", "De contactfiche voorbereiden", "Das Kontaktblatt vorbereiten"), Owner = second, Due = today.AddDays(9) },
                new Record.Row { What = Say("Demander les chiffres au parquet", "De cijfers bij het parket opvragen", "Die Zahlen bei der Staatsanwaltschaft erfragen"), Owner = first, Due = today.AddDays(16) },
                new Record.Row { What = Say("Inviter les services de garde", "De wachtdiensten uitnodigen", "Die Bereitschaftsdienste einladen"), Outsider = Say("B. Inventé, CPAS", "B. Voorbeeld, OCMW", "B. Muster, ÖSHZ"), Due = today.AddDays(23) },
            ],
        }, ct);
        await pipeline.Send(new Record.Command { Body = council, At = At(today.AddDays(42)), Staff = [first], Agenda = Say("La fiche de contact\nDivers", "De contactfiche\nVaria", "Das Kontaktblatt\nVerschiedenes") }, ct);
        var security = await pipeline.Send(new Edit.Command { Title = Say("Conseil zonal de sécurité", "Zonale veiligheidsraad", "Zonaler Sicherheitsrat"), Kind = Kind("SECURITY_COUNCIL"), Representing = [first] }, ct);
        await pipeline.Send(new Record.Command { Body = security, At = At(today.AddDays(-70)), Held = true, Staff = [first], Agenda = Say("Plan zonal de sécurité", "Zonaal veiligheidsplan", "Zonaler Sicherheitsplan"), Decisions = Say("L’assistance aux victimes reste une priorité", "Slachtofferbejegening blijft een prioriteit", "Die Opferbetreuung bleibt ein Schwerpunkt") }, ct);
        // The year that is over is held against this one.
        var last = today.Year - 1;
        foreach (var (body, day, decided) in new[] { (council, new DateOnly(last, 3, 12), true), (council, new DateOnly(last, 9, 17), true), (security, new DateOnly(last, 11, 19), false) })
            await pipeline.Send(new Record.Command { Body = body, At = At(day), Held = true, Staff = [first], Agenda = Say("Suivi des accords", "Opvolging van de afspraken", "Stand der Absprachen"), Decisions = decided ? Say("Les accords restent en place", "De afspraken blijven gelden", "Die Absprachen gelten weiter") : null }, ct);
        await pipeline.Send(new EditProject.Command { Title = Say("Local d’accueil discret", "Rustig onthaallokaal", "Ruhiger Empfangsraum"), State = ProjectState.Finished, Begins = new DateOnly(last, 2, 3), Ended = new DateOnly(last, 11, 28) }, ct);
        await pipeline.Send(new EditRepresentation.Command { On = new DateOnly(last, 5, 22), Title = Say("Journée des victimes", "Dag van het slachtoffer", "Tag der Opfer"), Place = "Val-Clair", Staff = [first], Audience = 45 }, ct);
        var project = await pipeline.Send(new EditProject.Command
        {
            Title = Say("Une fiche, un numéro", "Eén fiche, één nummer", "Ein Blatt, eine Nummer"), About = Say("Une fiche de contact commune aux services.", "Een contactfiche voor alle diensten.", "Ein Kontaktblatt für alle Dienste."), Body = council,
            State = ProjectState.Running, Begins = today.AddDays(-20),
        }, ct);
        foreach (var (fr, nl, de, days) in new[] { ("Premier texte", "Eerste tekst", "Erster Text", 14), ("Fiche distribuée", "Fiche verspreid", "Blatt verteilt", 60) })
            await pipeline.Send(new ShowProject.Command { Project = project, Title = Say(fr, nl, de), Due = today.AddDays(days) }, ct);
        await pipeline.Send(new EditRepresentation.Command { On = today.AddDays(-35), Title = Say("Journée des victimes", "Dag van het slachtoffer", "Tag der Opfer"), Place = "Val-Clair", Staff = [second], Audience = 60 }, ct);

        string Say(string fr, string nl, string de) => language switch { "nl" => nl, "de" => de, _ => fr };
        string Kind(string code) => offered.Contains(code) ? code : offered[0];
        static DateTimeOffset At(DateOnly day) => Moment.Instant(day.ToDateTime(new TimeOnly(10, 0)));
    }
}
