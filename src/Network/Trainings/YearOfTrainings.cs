using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>What was given in a calendar year, Brussels time. Only sessions that are over count; what was cancelled does not.</summary>
/// <param name="Trainings">Trainings with a session in the year.</param>
/// <param name="Awareness">Awareness sessions, counted apart.</param>
/// <param name="Participants">Colleagues who were at one session at least, once for each training.</param>
/// <param name="Units">The same by unit, the largest first.</param>
/// <param name="Topics">Trainings and awareness sessions by code of the topic.</param>
/// <param name="Answers">Evaluations given.</param>
/// <param name="MarkHundredths">Mean of all marks (1 to 5) in hundredths; null: too few have answered.</param>
internal sealed record YearOfTrainings(int Year, int Trainings, int Awareness, int Sessions, int Minutes, int Participants, IReadOnlyList<(string Unit, int Count)> Units, IReadOnlyList<(string Topic, int Count)> Topics, int Answers, int? MarkHundredths)
{
    public const int First = 2000, Last = 2100;

    public string Hours => (Minutes / 60m).ToString("0.#", CultureInfo.CurrentCulture);
    public string? Mark => MarkHundredths is { } hundredths ? (hundredths / 100m).ToString("0.0", CultureInfo.CurrentCulture) : null;

    /// <summary>First instant of a year, and the first that is no longer of it.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Span(int year) => (Moment.Instant(new DateTime(year, 1, 1)), Moment.Instant(new DateTime(year + 1, 1, 1)));

    public static async Task<YearOfTrainings> Of(ZoneDbContext zone, int year, DateTimeOffset now, CancellationToken ct)
    {
        var (from, to) = Span(year);
        var sessions = await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.Start >= from && s.Start < to && s.End <= now).ToListAsync(ct);
        var ids = sessions.Select(s => s.TrainingId).Distinct().ToList();
        var trainings = await zone.Set<Training>().AsNoTracking().Where(t => ids.Contains(t.Id) && t.Cancelled == null).ToListAsync(ct);
        var held = trainings.Select(t => t.Id).ToHashSet();
        sessions = [.. sessions.Where(s => held.Contains(s.TrainingId))];
        var sat = sessions.Select(s => s.Id).ToHashSet();
        var present = (await zone.Set<Participant>().AsNoTracking().Where(p => ids.Contains(p.TrainingId)).ToListAsync(ct)).Where(p => held.Contains(p.TrainingId) && p.Attended.Exists(sat.Contains)).ToList();
        var marks = await zone.Set<Evaluation>().AsNoTracking().Where(e => ids.Contains(e.TrainingId)).Select(e => new { e.TrainingId, Sum = e.Useful + e.Clear + e.Trainer + e.Organised }).ToListAsync(ct);
        marks = [.. marks.Where(m => held.Contains(m.TrainingId))];
        return new YearOfTrainings(year, trainings.Count(t => t.Kind == TrainingKind.Training), trainings.Count(t => t.Kind == TrainingKind.Awareness), sessions.Count, sessions.Sum(s => s.Minutes), present.Count,
            [.. present.GroupBy(p => Participant.Same("", p.Unit), StringComparer.Ordinal).Select(g => (g.OrderBy(p => p.Added).ThenBy(p => p.Number).First().Unit, g.Count())).OrderByDescending(u => u.Item2).ThenBy(u => u.Unit, StringComparer.CurrentCulture)],
            [.. trainings.GroupBy(t => t.Topic, StringComparer.Ordinal).Select(g => (g.Key, g.Count())).OrderByDescending(t => t.Item2).ThenBy(t => t.Key, StringComparer.Ordinal)],
            marks.Count, marks.Count < Evaluation.FewestShown ? null : (int)Math.Round(marks.Sum(m => m.Sum) * 25m / marks.Count, MidpointRounding.AwayFromZero));
    }
}

/// <summary>Trainings in the zone's structural work. Tables: <c>trainings</c> (rows <c>trainings</c>, <c>awareness</c>, <c>sessions</c>, <c>minutes</c>, <c>participants</c>, <c>evaluations</c>, and <c>mark-hundredths</c> where enough have answered),
/// <c>training-topics</c> (a row for each code of a topic) and <c>training-units</c> (a row for each unit of police, by the name the zone gives it).</summary>
internal sealed class TrainingCounts(ZoneDbContext zone, TimeProvider clock) : ICountStructuralWork
{
    public async Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct)
    {
        var given = await YearOfTrainings.Of(zone, year, clock.GetUtcNow(), ct);
        List<StructuralCount> counts =
        [
            new("trainings", "trainings", given.Trainings), new("trainings", "awareness", given.Awareness), new("trainings", "sessions", given.Sessions), new("trainings", "minutes", given.Minutes), new("trainings", "participants", given.Participants), new("trainings", "evaluations", given.Answers),
        ];
        if (given.MarkHundredths is { } mark) counts.Add(new("trainings", "mark-hundredths", mark));
        return [.. counts, .. given.Topics.Select(t => new StructuralCount("training-topics", t.Topic, t.Count)), .. given.Units.Select(u => new StructuralCount("training-units", u.Unit, u.Count))];
    }
}
