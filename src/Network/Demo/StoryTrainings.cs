using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Demo;

/// <summary>Fictitious trainings, told through the same requests as people use: one that was held, and one to come with a waiting list.</summary>
internal sealed class StoryTrainings(TimeProvider clock) : ITellTrainings
{
    private static readonly string[] Names = ["Ann Exemple", "Bas Voorbeeld", "Cédric Fictif", "Dora Muster", "Eline Démo", "Fons Oefening"];

    public async Task Tell(IMediator pipeline, string language, CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        if (await pipeline.Send(new List.Query(today.Year, null), ct) is { Rows.Count: > 0 } or { Years.Count: > 1 }) return;
        string Said(string fr, string nl, string de) => language == "nl" ? nl : language == "de" ? de : fr;
        var unit = (string[])[Said("Intervention", "Interventie", "Einsatz"), Said("Quartier", "Wijk", "Viertel"), Said("Recherche locale", "Lokale recherche", "Lokale Ermittlung")];
        var held = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Annoncer un décès", "Een overlijden melden", "Eine Todesnachricht überbringen"), Topic = "DEATH", Kind = TrainingKind.Training, Audience = Said("Équipes d’intervention", "Interventieploegen", "Einsatzteams"), Trainers = "Claire Démo", Capacity = 20,
        }, ct);
        var sitting = await pipeline.Send(new Session.Command { Training = held, Day = today.AddDays(-20), From = new TimeOnly(9, 0), Until = new TimeOnly(12, 30), Place = Said("Salle 2", "Zaal 2", "Saal 2") }, ct);
        await Enter(held, 6);
        var list = await pipeline.Send(new Attendance.Query(held, sitting), ct);
        await pipeline.Send(new Attendance.Command { Training = held, Session = sitting, Turn = list.Training.Turn, Present = [.. list.People.Take(5).Select(p => p.Id)] }, ct);
        foreach (var (one, mark) in list.People.Take(5).Select((one, i) => (one, 5 - (i % 3))))
        {
            if (await pipeline.Send(new Evaluations.Paper(held, one.Id), ct) is { } link) await pipeline.Send(new Evaluate.Command { Token = link.Token, Useful = mark, Clear = 4, Trainer = 5, Organised = mark, Remark = mark == 4 && one.Number < 3 ? Said("Davantage d’exercices.", "Meer oefeningen.", "Mehr Übungen.") : null }, ct);
        }
        var coming = await pipeline.Send(new Edit.Command
        {
            Subject = Said("Accueillir une victime au guichet", "Een slachtoffer aan het onthaal ontvangen", "Ein Opfer am Schalter empfangen"), Topic = "RECEPTION", Kind = TrainingKind.Awareness, Audience = Said("Accueil", "Onthaal", "Empfang"), Trainers = "Claire Démo", Capacity = 4,
        }, ct);
        foreach (var days in (int[])[25, 32]) await pipeline.Send(new Session.Command { Training = coming, Day = today.AddDays(days), From = new TimeOnly(13, 30), Until = new TimeOnly(16, 0), Place = Said("Salle 2", "Zaal 2", "Saal 2") }, ct);
        await Enter(coming, 6);

        async Task Enter(Guid training, int many)
        {
            foreach (var (name, i) in Names.Take(many).Select((name, i) => (name, i)))
                await pipeline.Send(new Show.Command { Training = training, FullName = name, Unit = unit[i % unit.Length], Mailbox = i % 2 == 0 ? $"officer{i + 1}@police.example" : null, Language = language }, ct);
        }
    }
}
