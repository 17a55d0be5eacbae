using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>What was given in a calendar year, Brussels time. Only sessions that are over count; what was cancelled does not.</summary>
/// <param name="Trainings">Trainings with a session in the year.</param>
/// <param name="Awareness">Awareness sessions, counted apart.</param>
/// <param name="Participants">Colleagues who were at one session at least, once for each training.</param>
/// <param name="Units">The own ones of them by unit, the largest first.</param>
/// <param name="Zones">All of them by zone, where others came: null is the own one.</param>
/// <param name="Ranks">All of whom the rank group was said.</param>
/// <param name="Elsewhere">Own colleagues who were at trainings of other zones, by unit.</param>
/// <param name="Topics">Trainings and awareness sessions by code of the topic.</param>
/// <param name="Answers">Evaluations given of trainings that end in the year.</param>
/// <param name="Marked">Those of them that are shown, and in the mean.</param>
/// <param name="MarkHundredths">Mean of all marks (1 to 5) in hundredths; null: too few have answered.</param>
internal sealed record YearOfTrainings(int Year, int Trainings, int Awareness, int Sessions, int Minutes, int Participants, IReadOnlyList<(string Unit, int Count)> Units, IReadOnlyList<(string? Zone, int Count)> Zones, IReadOnlyList<(RankGroup Rank, int Count)> Ranks, IReadOnlyList<(string Unit, int Count)> Elsewhere, IReadOnlyList<(string Topic, int Count)> Topics, int Answers, int Marked, int? MarkHundredths)
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
        var marks = await zone.Set<Evaluation>().AsNoTracking().Where(e => ids.Contains(e.TrainingId)).Select(e => new { e.TrainingId, e.IsShown, Sum = e.Useful + e.Clear + e.Trainer + e.Organised }).ToListAsync(ct);
        // What was said of it counts once, in the year in which it ends, however many years its sessions are in.
        var last = await zone.Set<TrainingSession>().AsNoTracking().Where(s => ids.Contains(s.TrainingId)).GroupBy(s => s.TrainingId).Select(g => new { g.Key, Start = g.Max(s => s.Start) }).ToDictionaryAsync(g => g.Key, g => g.Start, ct);
        marks = [.. marks.Where(m => held.Contains(m.TrainingId) && last[m.TrainingId] < to)];
        var shown = marks.FindAll(m => m.IsShown);
        return new YearOfTrainings(year, trainings.Count(t => t.Kind == TrainingKind.Training), trainings.Count(t => t.Kind == TrainingKind.Awareness), sessions.Count, sessions.Sum(s => s.Minutes), present.Count,
            ByUnit(present.Where(p => p.From is null).OrderBy(p => p.Added).ThenBy(p => p.Number).Select(p => p.Unit)),
            present.TrueForAll(p => p.From is null) ? [] : [.. present.GroupBy(p => p.From).Select(g => (g.Key, g.Count())).OrderBy(z => z.Key, StringComparer.Ordinal)],
            [.. present.Where(p => p.Rank is not null).GroupBy(p => p.Rank!.Value).Select(g => (g.Key, g.Count())).OrderBy(r => r.Key)],
            await There(zone, from, to, ct),
            [.. trainings.GroupBy(t => t.Topic, StringComparer.Ordinal).Select(g => (g.Key, g.Count())).OrderByDescending(t => t.Item2).ThenBy(t => t.Key, StringComparer.Ordinal)],
            marks.Count, shown.Count, shown.Count == 0 ? null : (int)Math.Round(shown.Sum(m => m.Sum) * 25m / shown.Count, MidpointRounding.AwayFromZero));
    }

    private static async Task<IReadOnlyList<(string Unit, int Count)>> There(ZoneDbContext zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var were = (await zone.Set<Registration>().AsNoTracking().OrderBy(r => r.Added).ToListAsync(ct)).Where(r => r.WasThere).ToList();
        if (were.Count == 0) return [];
        var ids = were.Select(r => r.InvitationId).Distinct().ToList();
        var sat = (await zone.Set<Invitation>().AsNoTracking().Where(i => ids.Contains(i.Id) && !i.IsCancelled).ToListAsync(ct)).SelectMany(i => i.Sittings).Where(s => s.Start >= from && s.Start < to).Select(s => s.Id).ToHashSet();
        return ByUnit(were.Where(r => r.Attended.Exists(sat.Contains)).Select(r => r.Unit));
    }

    // However a unit is spelled it is one, called as it was first.
    private static IReadOnlyList<(string Unit, int Count)> ByUnit(IEnumerable<string> units) =>
        [.. units.GroupBy(u => Participant.Same("", u), StringComparer.Ordinal).Select(g => (Unit: g.First(), Count: g.Count())).OrderByDescending(u => u.Count).ThenBy(u => u.Unit, StringComparer.CurrentCulture)];
}

/// <summary>Trainings in the zone's structural work. Tables: <c>trainings</c> (rows <c>trainings</c>, <c>awareness</c>, <c>sessions</c>, <c>minutes</c>, <c>participants</c>, <c>evaluations</c>, and <c>mark-hundredths</c> where enough of one training have answered),
/// <c>training-topics</c> (a row for each code of a topic), <c>training-units</c> (a row for each unit of police, by the name the zone gives it), and where there are any <c>training-zones</c> (participants by code of the zone they came from, <c>own</c> among them), <c>training-ranks</c> (by rank group)
/// and <c>training-elsewhere</c> (own colleagues at trainings of other zones, by unit).</summary>
internal sealed class TrainingCounts(ZoneDbContext zone, TimeProvider clock) : ICountStructuralWork
{
    public async Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct) => Of(await YearOfTrainings.Of(zone, year, clock.GetUtcNow(), ct));

    /// <summary>A year as counts. Each table stands in <see cref="SaidStructuralWork"/>: what is not there is shown nowhere.</summary>
    internal static IReadOnlyList<StructuralCount> Of(YearOfTrainings given) =>
    [
        new("trainings", "trainings", given.Trainings), new("trainings", "awareness", given.Awareness), new("trainings", "sessions", given.Sessions), new("trainings", "minutes", given.Minutes), new("trainings", "participants", given.Participants), new("trainings", "evaluations", given.Answers),
        .. given.MarkHundredths is { } mark ? [new StructuralCount("trainings", SaidStructuralWork.Mark, mark)] : Array.Empty<StructuralCount>(),
        .. given.Topics.Select(t => new StructuralCount("training-topics", t.Topic, t.Count)),
        .. given.Units.Select(u => new StructuralCount(SaidStructuralWork.Units, u.Unit, u.Count)),
        .. given.Zones.Select(z => new StructuralCount(SaidStructuralWork.Zones, z.Zone ?? SaidStructuralWork.OwnZone, z.Count)),
        .. given.Ranks.Select(r => new StructuralCount(SaidStructuralWork.Ranks, r.Rank.ToString(), r.Count)),
        .. given.Elsewhere.Select(u => new StructuralCount(SaidStructuralWork.Elsewhere, u.Unit, u.Count)),
    ];
}
