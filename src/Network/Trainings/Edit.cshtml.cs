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
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Trainings;

/// <summary>Plans a training or corrects one. More seats than before let in whoever waits.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Edit(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Training { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Partners { get; private set; } = [];
    public IReadOnlyList<Choice> Topics => TrainingTopics.Choices;
    public IReadOnlyList<Choice> Kinds => Choice.All<TrainingKind>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Training), ct);
        (Form, Partners) = (now.Form, now.Partners);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Training), ct);
        Partners = now.Partners;
        if (Training is not null && now.Form.Version != Form.Version) (Meanwhile, Form) = (now.Form, Form with { Version = now.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var training = await pipeline.Send(Form with { Training = Training, Once = Once }, ct);
        TempData["Done"] = Words.TrainingSaved;
        return RedirectToPage("/Network/Trainings/Show", new { training });
    }

    /// <param name="Partners">Those that are offered, and those that were chosen before.</param>
    internal sealed record Answer(Command Form, IReadOnlyList<Choice> Partners);

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid? Training) : IQuery<Answer>;

    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Subject { get; init; } = "";
        public string Topic { get; init; } = "";
        public string? OwnTopic { get; init; }
        public TrainingKind? Kind { get; init; }
        public string? Audience { get; init; }

        /// <summary>Names, one on a line.</summary>
        public string? Trainers { get; init; }
        public List<Guid> Partners { get; init; } = [];
        public int? Capacity { get; init; }
        public int Version { get; init; }
        internal Guid? Training { get; init; }
        internal Guid Once { get; init; }
        internal IReadOnlyList<string> TrainerNames => Trainers?.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Subject).NotEmpty().WithMessage(_ => Words.TrainingEnterSubject).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Topic).Must(t => TrainingTopics.Find(t) is not null).WithMessage(_ => Words.TrainingChooseTopic);
            RuleFor(c => c.OwnTopic).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Kind).NotNull().WithMessage(_ => Words.TrainingChooseKind).IsInEnum().WithMessage(_ => Words.TrainingChooseKind);
            RuleFor(c => c.Audience).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Trainers).MaximumLength(600).WithMessage(_ => Words.TooLong).Must((c, _) => c.TrainerNames.Count <= Trainings.Training.MostTrainers).WithMessage(_ => Words.TrainingTooManyTrainers(Trainings.Training.MostTrainers));
            RuleFor(c => c.Partners).Must(p => p.Count <= Trainings.Training.MostTrainers).WithMessage(_ => Words.TrainingTooManyTrainers(Trainings.Training.MostTrainers));
            RuleFor(c => c.Capacity).InclusiveBetween(1, Trainings.Training.MostSeats).WithMessage(_ => Words.TrainingSeatsRange(Trainings.Training.MostSeats));
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var now = query.Training is { } id ? await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) ?? throw new RefusedException("absent", id) : null;
            var chosen = now?.Partners ?? [];
            var partners = (await zone.Set<Partner>().AsNoTracking().Where(p => p.Ended == null || chosen.Contains(p.Id)).ToListAsync(ct)).OrderBy(p => p.Organisation, StringComparer.CurrentCulture).Select(p => new Choice(p.Id.ToString(), p.Organisation)).ToList();
            return new Answer(now is null ? new Command { Kind = TrainingKind.Training } : new Command
            {
                Subject = now.Subject, Topic = now.Topic, OwnTopic = now.OwnTopic, Kind = now.Kind, Audience = now.Audience, Trainers = string.Join('\n', now.Trainers), Partners = now.Partners, Capacity = now.Capacity, Version = now.Version,
            }, partners);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var partners = await zone.Set<Partner>().Where(p => form.Partners.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct); // an id that is none is left out
            var what = new Training.Particulars(form.Subject, form.Topic, form.OwnTopic, form.Kind!.Value, form.Audience, form.TrainerNames, partners, form.Capacity);
            if (form.Training is { } id)
            {
                if (!await Trainings.Training.TakeTurn(zone, id, now, ct)) throw new RefusedException("absent", id);
                var known = await zone.Set<Training>().SingleAsync(t => t.Id == id, ct);
                if (known.Version != form.Version) throw Wrong(nameof(Command.Subject), Words.ChangedMeanwhile);
                var seats = await Seats.Of(zone, known, ct);
                var sitting = seats.All.Count(p => p.State == ParticipantState.Registered);
                if (form.Capacity < sitting) throw Wrong(nameof(Command.Capacity), Words.TrainingSeatsTaken(sitting));
                known.Change(what);
                if (await Show.IsOpen(zone, known, now, ct)) seats.Fill(zone, now);
                return known.Id;
            }
            // The same form sent again makes no second training.
            if (form.Once != default && await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Once == form.Once, ct) is { } before) return before.Id;
            var training = Trainings.Training.Plan(what, form.Once, caller.Self, now);
            zone.Add(training);
            return training.Id;
        }

        private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
    }
}
