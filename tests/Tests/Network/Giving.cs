using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Network;

/// <summary>Trainings, their sessions and who takes part, through the same requests as people use.</summary>
internal static class Giving
{
    /// <summary>A training that is in order; a test changes what it is about.</summary>
    public static Edit.Command Plan(string subject = "Annoncer un décès", int? capacity = null, string topic = "DEATH") => new() { Subject = subject, Topic = topic, Kind = TrainingKind.Training, Trainers = "Claire Exemple", Capacity = capacity };

    /// <summary>Three hours and a half, so many days from today.</summary>
    public static Session.Command Sitting(this TestZone zone, Guid training, int days) => new() { Training = training, Day = zone.Today().AddDays(days), From = new TimeOnly(9, 0), Until = new TimeOnly(12, 30), Place = "Salle 2" };

    public static AddSlides.Command Slides(Guid training, byte[]? content = null) => new() { About = training, Title = "Slides", Content = content ?? Files.Pdf, FileName = "slides.pdf" };

    public static Show.Command Colleague(Guid training, string name, string unit = "Intervention", string? mailbox = null, string language = "fr") => new() { Training = training, FullName = name, Unit = unit, Mailbox = mailbox, Language = language };

    public static async Task<Guid> Enters(this Person by, Guid training, string name, string unit = "Intervention", string? mailbox = null, string language = "fr")
    {
        await by.Send(Colleague(training, name, unit, mailbox, language));
        return (await by.Of(training)).Single(p => p.FullName == name && p.State != ParticipantState.Withdrawn).Id;
    }

    public static async Task<IReadOnlyList<Participant>> Of(this Person by, Guid training) => (await by.Send(new Show.Query(training))).People;

    /// <summary>Who was at a session, and nobody else.</summary>
    public static async Task<int> Notes(this Person by, Guid training, Guid session, params Guid[] present) =>
        await by.Send(new Attendance.Command { Training = training, Session = session, Turn = (await by.Send(new Attendance.Query(training, session))).Training.Turn, Present = [.. present] });

    /// <summary>A training that was held yesterday with these colleagues, all of whom were there.</summary>
    public static async Task<(Guid Training, Guid Session, Guid[] People)> Gave(this Person by, TestZone zone, Edit.Command plan, int days, params Show.Command[] colleagues)
    {
        var training = await by.Send(plan);
        var session = await by.Send(zone.Sitting(training, days));
        foreach (var one in colleagues) await by.Send(one with { Training = training });
        var people = (await by.Of(training)).OrderBy(p => p.Number).Select(p => p.Id).ToArray();
        await by.Notes(training, session, people);
        return (training, session, people);
    }
}
