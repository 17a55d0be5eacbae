using FluentValidation;
using FluentValidation.Results;
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

/// <summary>Adds a session to a training, moves one, or takes away one at which nobody was.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Session(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }

    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "session")] public Guid? Known { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public string Subject { get; private set; } = "";

    /// <summary>What stands there now, where somebody else moved it while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Subject, Form) = await pipeline.Send(new Query(Training, Known), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Training, Known), ct);
        (Subject, Form) = (now.Subject, Form == new Command() ? now.Form : Form); // by the other button nothing was typed
        if (Known is not null && Form.Seen != now.Form.Seen) (Meanwhile, Form) = (now.Form, Form with { Seen = now.Form.Seen });
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Do(Form with { Training = Training, Session = Known, Once = Once }, Words.TrainingSessionSaved, ct);
    public Task<IActionResult> OnPostRemoveAsync(CancellationToken ct) => Do(new Remove(Training, Known ?? default), Words.TrainingSessionRemoved, ct);

    private async Task<IActionResult> Do<T>(IRequest<T> deed, string done, CancellationToken ct)
    {
        await pipeline.Send(deed, ct);
        TempData["Done"] = done;
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training, Guid? Session) : IQuery<(string Subject, Command Form)>;

    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<Guid>
    {
        public DateOnly? Day { get; init; }
        public TimeOnly? From { get; init; }
        public TimeOnly? Until { get; init; }
        public string Place { get; init; } = "";

        /// <summary>The print of what stood there when the form was opened.</summary>
        public string? Seen { get; init; }
        internal Guid Training { get; init; }
        internal Guid? Session { get; init; }
        internal Guid Once { get; init; }
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Remove(Guid Training, Guid Session) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Day).NotNull().WithMessage(_ => Words.TrainingEnterDay).Must(d => d is null or { Year: >= YearOfTrainings.First and < YearOfTrainings.Last }).WithMessage(_ => Words.TrainingDayRange);
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.TrainingEnterHours);
            RuleFor(c => c.Until).NotNull().WithMessage(_ => Words.TrainingEnterHours).Must((c, until) => until is null || c.From is null || until > c.From).WithMessage(_ => Words.TrainingEndsBefore);
            RuleFor(c => c.Place).NotEmpty().WithMessage(_ => Words.TrainingEnterPlace).MaximumLength(160).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, (string Subject, Command Form)>
    {
        public async Task<(string Subject, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            if (query.Session is not { } id) return (training.Subject, new Command());
            var known = await zone.Set<TrainingSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.TrainingId == training.Id, ct) ?? throw new RefusedException("absent", id);
            return (training.Subject, new Command { Day = known.Day, From = TimeOnly.FromDateTime(Moment.Local(known.Start)), Until = TimeOnly.FromDateTime(Moment.Local(known.End)), Place = known.Place, Seen = known.Print() });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<Remove, bool>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (!await Trainings.Training.TakeTurn(zone, form.Training, clock.GetUtcNow(), ct)) throw new RefusedException("absent", form.Training);
            var (start, end) = (Moment.Instant(form.Day!.Value.ToDateTime(form.From!.Value)), Moment.Instant(form.Day.Value.ToDateTime(form.Until!.Value)));
            // In the night in which the clock is put forward an hour is missing.
            if (end <= start) throw Wrong(nameof(Command.Until), Words.TrainingEndsBefore);
            if (form.Session is { } id)
            {
                var known = await Found(form.Training, id, ct);
                if (known.Print() != form.Seen) throw Wrong(nameof(Command.Day), Words.ChangedMeanwhile);
                var (before, ahead) = (form.Seen, known.End > clock.GetUtcNow() || end > clock.GetUtcNow());
                known.Change(start, end, form.Place);
                if (ahead && known.Print() != before) await Tell(form.Training, ct);
                return known.Id;
            }
            if (form.Once != default && await zone.Set<TrainingSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Once == form.Once, ct) is { } made) return made.Id;
            if (await zone.Set<TrainingSession>().CountAsync(s => s.TrainingId == form.Training, ct) >= Trainings.Training.MostSessions) throw Wrong(nameof(Command.Day), Words.TrainingTooManySessions(Trainings.Training.MostSessions));
            var session = TrainingSession.Of(form.Training, start, end, form.Place, form.Once, clock.GetUtcNow());
            zone.Add(session);
            if (end > clock.GetUtcNow()) await Tell(form.Training, ct);
            return session.Id;
        }

        public async Task<bool> Handle(Remove command, CancellationToken ct)
        {
            if (!await Trainings.Training.TakeTurn(zone, command.Training, clock.GetUtcNow(), ct)) throw new RefusedException("absent", command.Training);
            var known = await Found(command.Training, command.Session, ct);
            if ((await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == command.Training).ToListAsync(ct)).Exists(p => p.Attended.Contains(known.Id))) throw Wrong(nameof(Command.Day), Words.TrainingSomebodyWasThere);
            zone.Remove(known);
            if (known.End > clock.GetUtcNow()) await Tell(command.Training, ct);
            return true;
        }

        // Of what does not take place nobody is told when.
        private async Task Tell(Guid training, CancellationToken ct)
        {
            if (await zone.Set<Training>().AnyAsync(t => t.Id == training && t.Cancelled == null, ct)) await ChangedMail.Tell(zone, training, clock.GetUtcNow(), ct);
        }

        private async Task<TrainingSession> Found(Guid training, Guid session, CancellationToken ct) => await zone.Set<TrainingSession>().SingleOrDefaultAsync(s => s.Id == session && s.TrainingId == training, ct) ?? throw new RefusedException("absent", session);

        private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
    }
}
