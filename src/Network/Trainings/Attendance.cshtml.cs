using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Trainings;

/// <summary>Who was at a session, ticked from the signed list. Who waited and came all the same had a seat.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Attendance(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Session { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> People => [.. View.People.Select(p => new Choice(p.Id.ToString(), $"{p.FullName} ({p.UnitAndZone})", p.State == ParticipantState.Waiting ? Words.Of(p.State) : null))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Training, Session), ct);
        Form = new Command { Present = [.. View.People.Where(p => p.Attended.Contains(Session)).Select(p => p.Id)], Turn = View.Training.Turn };
    }

    // What was ticked stays; over what stands there now it may be saved.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Training, Session), ct);
        Form = Form with { Turn = View.Training.Turn };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.TrainingAttendanceSaved(await pipeline.Send(Form with { Training = Training, Session = Session }, ct));
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    /// <param name="People">Whoever has a seat or waits, by name.</param>
    internal sealed record Answer(Training Training, TrainingSession Session, IReadOnlyList<Participant> People)
    {
        /// <exception cref="RefusedException">There is no such session.</exception>
        public static async Task<Answer> Of(ZoneDbContext zone, Guid training, Guid session, CancellationToken ct)
        {
            var known = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == training, ct) ?? throw new RefusedException("absent", training);
            var sitting = await zone.Set<TrainingSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == session && s.TrainingId == training, ct) ?? throw new RefusedException("absent", session);
            var people = await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training && p.State != ParticipantState.Withdrawn).ToListAsync(ct);
            return new Answer(known, sitting, [.. people.OrderBy(p => p.FullName, StringComparer.CurrentCulture).ThenBy(p => p.Number)]);
        }
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training, Guid Session) : IQuery<Answer>;

    /// <returns>How many were there.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<int>
    {
        /// <summary>Who was there; whoever is not named was not.</summary>
        public List<Guid> Present { get; init; } = [];

        /// <summary>The list over which it was ticked.</summary>
        public int Turn { get; init; }
        internal Guid Training { get; init; }
        internal Guid Session { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, int>
    {
        public Task<Answer> Handle(Query query, CancellationToken ct) => Answer.Of(zone, query.Training, query.Session, ct);

        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            if (!await Trainings.Training.TakeTurn(zone, form.Training, clock.GetUtcNow(), ct)) throw new RefusedException("absent", form.Training);
            var training = await zone.Set<Training>().AsNoTracking().SingleAsync(t => t.Id == form.Training, ct);
            var session = await zone.Set<TrainingSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Session && s.TrainingId == form.Training, ct) ?? throw new RefusedException("absent", form.Session);
            // Somebody was entered, withdrew or was ticked meanwhile: the list that was looked at is another.
            if (form.Turn != training.Turn - 1) throw Wrong(Words.ChangedMeanwhile);
            if (session.Start > clock.GetUtcNow()) throw Wrong(Words.TrainingNotYet);
            var (seats, present) = (await Seats.Of(zone, training, ct), form.Present.ToHashSet());
            foreach (var one in seats.All.Where(p => p.State != ParticipantState.Withdrawn)) one.Attends(session.Id, present.Contains(one.Id));
            return seats.All.Count(p => p.Attended.Contains(session.Id));

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.Present), said)]);
        }
    }
}
