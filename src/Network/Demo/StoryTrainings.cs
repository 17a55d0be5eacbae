using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Demo;

/// <summary>Fictitious trainings, told through the same requests as people use: two of the year that is over, one that was held this year, and one to come with a waiting list.</summary>
internal sealed class StoryTrainings(TimeProvider clock) : ITellTrainings
{
    private static readonly string[] Names = ["Ann Exemple", "Bas Voorbeeld", "Cédric Fictif", "Dora Muster", "Eline Démo", "Fons Oefening"];

    public async Task<IReadOnlyList<Guid>> Tell(IMediator pipeline, string language, CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        if (await pipeline.Send(new List.Query(today.Year, null), ct) is { Rows.Count: > 0 } or { Years.Count: > 1 }) return [];
        string Said(string fr, string nl, string de) => In(language, fr, nl, de);
        var unit = (string[])[Said("Intervention", "Interventie", "Einsatz"), Said("Quartier", "Wijk", "Viertel"), Said("Recherche locale", "Lokale recherche", "Lokale Ermittlung")];
        var held = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Annoncer un décès", "Een overlijden melden", "Eine Todesnachricht überbringen"), Topic = "DEATH", Kind = TrainingKind.Training, Audience = Said("Équipes d’intervention", "Interventieploegen", "Einsatzteams"), Trainers = "Claire Démo", Capacity = 20,
        }, ct);
        var present = await Attend(held, today.AddDays(-20), 6, 5);
        // The year that is over is held against this one.
        var rights = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Les droits des victimes", "De rechten van slachtoffers", "Die Rechte der Opfer"), Topic = "RIGHTS", Kind = TrainingKind.Training, Audience = Said("Quartier", "Wijk", "Viertel"), Trainers = "Claire Démo", Capacity = 20,
        }, ct);
        await Attend(rights, new DateOnly(today.Year - 1, 5, 14), 5, 4);
        var partner = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Violence entre partenaires : que dire, que faire", "Partnergeweld: wat zeggen, wat doen", "Gewalt in der Partnerschaft: was sagen, was tun"), Topic = "PARTNER", Kind = TrainingKind.Awareness, Audience = Said("Équipes d’intervention", "Interventieploegen", "Einsatzteams"), Trainers = "Claire Démo",
        }, ct);
        await Attend(partner, new DateOnly(today.Year - 1, 10, 8), 6, 6);
        var coming = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Accueillir une victime au guichet", "Een slachtoffer aan het onthaal ontvangen", "Ein Opfer am Schalter empfangen"), Topic = "RECEPTION", Kind = TrainingKind.Awareness, Audience = Said("Accueil", "Onthaal", "Empfang"), Trainers = "Claire Démo", Capacity = 4,
        }, ct);
        foreach (var days in (int[])[25, 32]) await pipeline.Send(new Session.Command { Training = coming, Day = today.AddDays(days), From = new TimeOnly(13, 30), Until = new TimeOnly(16, 0), Place = Said("Salle 2", "Zaal 2", "Saal 2") }, ct);
        await Enter(coming, 6);
        return present;

        async Task<IReadOnlyList<Guid>> Attend(Guid training, DateOnly day, int many, int there)
        {
            var sitting = await pipeline.Send(new Session.Command { Training = training, Day = day, From = new TimeOnly(9, 0), Until = new TimeOnly(12, 30), Place = Said("Salle 2", "Zaal 2", "Saal 2") }, ct);
            await Enter(training, many);
            var list = await pipeline.Send(new Attendance.Query(training, sitting), ct);
            List<Guid> people = [.. list.People.Take(there).Select(p => p.Id)];
            await pipeline.Send(new Attendance.Command { Training = training, Session = sitting, Turn = list.Training.Turn, Present = people }, ct);
            return people;
        }

        async Task Enter(Guid training, int many)
        {
            foreach (var (name, i) in Names.Take(many).Select((name, i) => (name, i)))
                await pipeline.Send(new Show.Command { Training = training, FullName = name, Unit = unit[i % unit.Length], Mailbox = i < 5 ? $"officer{i + 1}@police.example" : null, Language = language }, ct);
        }
    }

    public async Task Evaluate(IMediator pipeline, IReadOnlyList<Guid> participants, string language, CancellationToken ct)
    {
        foreach (var (one, i) in participants.Select((one, i) => (one, i)))
        {
            var mark = 5 - (i % 3);
            if (await pipeline.Send(new EvaluationMail.Command(one), ct) is { } mail)
                await pipeline.Send(new Trainings.Evaluate.Command { Token = mail.Link.Token, Useful = mark, Clear = 4, Trainer = 5, Organised = mark, Remark = i == 1 ? In(language, "Davantage d’exercices.", "Meer oefeningen.", "Mehr Übungen.") : null }, ct);
        }
    }

    private static string In(string language, string fr, string nl, string de) => language == "nl" ? nl : language == "de" ? de : fr;
}
