using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Trainings;

/// <summary>The trainings of a year, those that are planned and those that were held, and what the year came to.</summary>
[Requires(May.SeeTrainings)]
internal sealed class List(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    /// <summary>null, or one that no calendar has: this year.</summary>
    [BindProperty(SupportsGet = true)] public int? Year { get; set; }

    /// <summary>null: all.</summary>
    [BindProperty(SupportsGet = true)] public TrainingState? State { get; set; }
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepTrainings);
    public IReadOnlyList<Choice> States => Choice.All<TrainingState>(Words.Of);
    public IReadOnlyList<Choice> Years => [.. View.Years.Select(y => new Choice(y.ToString(CultureInfo.InvariantCulture), y.ToString(CultureInfo.InvariantCulture)))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Year = Year is >= YearOfTrainings.First and <= YearOfTrainings.Last ? Year : Moment.Day(clock.GetUtcNow()).Year;
        View = await pipeline.Send(new Query(Year.Value, State), ct);
    }

    /// <param name="Taking">With a seat.</param>
    internal sealed record Row(Training Training, IReadOnlyList<TrainingSession> Sessions, TrainingState State, int Taking, int Waiting, int Present);

    /// <param name="Years">In which there is something, and the one that is shown.</param>
    internal sealed record Answer(IReadOnlyList<Row> Rows, YearOfTrainings Given, IReadOnlyList<int> Years);

    [Requires(May.SeeTrainings)]
    internal sealed record Query(int Year, TrainingState? State) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            // A zone gives some dozens a year.
            var sessions = (await zone.Set<TrainingSession>().AsNoTracking().OrderBy(s => s.Start).ToListAsync(ct)).ToLookup(s => s.TrainingId);
            var all = await zone.Set<Training>().AsNoTracking().ToListAsync(ct);
            var shown = all.Where(t => YearsOf(t).Contains(query.Year)).ToList();
            var ids = shown.Select(t => t.Id).ToList();
            var people = (await zone.Set<Participant>().AsNoTracking().Where(p => ids.Contains(p.TrainingId)).ToListAsync(ct)).ToLookup(p => p.TrainingId);
            var rows = shown.Select(t => new Row(t, [.. sessions[t.Id]], t.StateAt([.. sessions[t.Id]], now), people[t.Id].Count(p => p.State == ParticipantState.Registered), people[t.Id].Count(p => p.State == ParticipantState.Waiting), people[t.Id].Count(p => p.WasThere)));
            return new Answer([.. rows.Where(r => query.State is null || r.State == query.State).OrderByDescending(r => r.Sessions.Count > 0 ? r.Sessions[0].Start : DateTimeOffset.MaxValue).ThenBy(r => r.Training.Subject, StringComparer.CurrentCulture)],
                await YearOfTrainings.Of(zone, query.Year, now, ct), [.. all.SelectMany(YearsOf).Append(query.Year).Append(Moment.Day(now).Year).Distinct().OrderDescending()]);

            // Without a session yet it is of the year in which it was planned.
            IEnumerable<int> YearsOf(Training t) => sessions[t.Id].Select(s => s.Day.Year).DefaultIfEmpty(Moment.Day(t.Added).Year);
        }
    }
}
