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
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>Opens a training to the zones of one or more pools until a day, or closes it to them: who has a seat keeps it.</summary>
[Requires(May.KeepTrainings)]
internal sealed class OpenTo(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Pools => [.. View.Pools.Select(p => new Choice(p.Id.ToString(), p.Name, string.Join(", ", p.Others.Select(z => $"{z.NameIn(System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)} ({z.Code})"))))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Pools = View.Training.OpenTo, Until = View.Training.RegisterUntil };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Training), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Training = Training }, ct);
        TempData["Done"] = Form.Pools.Count == 0 ? Words.TrainingClosedDone : Words.TrainingOpenedDone;
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    /// <param name="Pools">Those the zone is in, with another zone in them.</param>
    internal sealed record Answer(Training Training, IReadOnlyList<SharedPool> Pools);

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training) : IQuery<Answer>;

    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<bool>
    {
        /// <summary>None: it is closed to other zones.</summary>
        public List<Guid> Pools { get; init; } = [];

        /// <summary>The last day on which other zones register somebody.</summary>
        public DateOnly? Until { get; init; }
        internal Guid Training { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock) =>
            RuleFor(c => c.Until).Must(d => d is not null && d >= Moment.Day(clock.GetUtcNow()) && d.Value.Year < YearOfTrainings.Last).When(c => c.Pools.Count > 0).WithMessage(_ => Words.TrainingEnterDeadline);
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            return new Answer(training, [.. (await pools.Of(here.InZone.Id, ct)).Where(p => p.Others.Count > 0)]);
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (!await Trainings.Training.TakeTurn(zone, form.Training, now, ct)) throw new RefusedException("absent", form.Training);
            var training = await zone.Set<Training>().SingleAsync(t => t.Id == form.Training, ct);
            if (form.Pools.Count > 0 && !await Show.IsOpen(zone, training, now, ct)) throw Wrong(training.Cancelled is not null ? Words.TrainingIsCancelled : Words.TrainingIsOver);
            var own = (await pools.Of(here.InZone.Id, ct)).Select(p => p.Id).ToHashSet();
            // A pool the zone is not in is not there.
            if (form.Pools.FirstOrDefault(p => !own.Contains(p)) is var foreign && foreign != default) throw new RefusedException("absent", foreign);
            training.Open(form.Pools, form.Until);
            zone.Add(TellInvited.New(training.Id, $"{training.Turn} opened", now));
            return true;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.Pools), said)]);
        }
    }
}
