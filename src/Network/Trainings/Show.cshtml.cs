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
using VictimSupport.Network.Papers;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Trainings;

/// <summary>A training: its sessions, who takes part and who waits. The coordinator enters colleagues here; who withdraws lets in whoever has waited longest.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Show(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepTrainings);
    public IReadOnlyList<Choice> Languages => [.. PartnerLanguages.Written.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public IReadOnlyList<Choice> Ranks => Choice.All<RankGroup>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Language = who.Zone!.Record.FirstLanguage };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Training), ct);

    public async Task<IActionResult> OnPostRegisterAsync(CancellationToken ct)
    {
        var state = await pipeline.Send(Form with { Training = Training, Once = Once }, ct);
        TempData["Done"] = state == ParticipantState.Waiting ? Words.TrainingEnteredWaiting : Words.TrainingEntered;
        return RedirectToPage(new { Training });
    }

    public Task<IActionResult> OnPostWithdrawAsync(Guid participant, CancellationToken ct) => Turn(new Withdraw(Training, participant), Words.TrainingWithdrawn, ct);
    public Task<IActionResult> OnPostTakeOutAsync(Guid slides, CancellationToken ct) => Turn(new TakeOut(Training, slides), Words.AgreementFileTakenOut, ct);
    public Task<IActionResult> OnPostCancelAsync(CancellationToken ct) => Turn(new Cancel(Training), Words.TrainingCancelDone, ct);
    public Task<IActionResult> OnPostReviveAsync(CancellationToken ct) => Turn(new Revive(Training), Words.TrainingReviveDone, ct);

    private async Task<IActionResult> Turn(IRequest<bool> turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Training });
    }

    /// <summary>Does it still take place, so that seats are given?</summary>
    public static async Task<bool> IsOpen(ZoneDbContext zone, Training training, DateTimeOffset now, CancellationToken ct) =>
        training.StateAt(await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).ToListAsync(ct), now) == TrainingState.Planned;

    /// <param name="Partners">Names of the partners that give it too.</param>
    /// <param name="Invited">Codes of the zones that may register somebody.</param>
    /// <param name="People">Those with a seat, then those who wait, then those who withdrew, each in the order of coming.</param>
    internal sealed record Answer(Training Training, TrainingState State, IReadOnlyList<TrainingSession> Sessions, IReadOnlyList<string> Partners, IReadOnlyList<Participant> People, IReadOnlyList<string> Invited, IReadOnlyList<PaperRow> Slides)
    {
        public int Taking => People.Count(p => p.State == ParticipantState.Registered);
        public int Waiting => People.Count(p => p.State == ParticipantState.Waiting);
        public int Present => People.Count(p => p.WasThere);
    }

    [Requires(May.SeeTrainings)]
    internal sealed record Query(Guid Training) : IQuery<Answer>;

    /// <summary>Enters a colleague; answers whether there was a seat.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<ParticipantState>
    {
        public string FullName { get; init; } = "";
        public string Unit { get; init; } = "";
        public RankGroup? Rank { get; init; }
        public string? Mailbox { get; init; }
        public string Language { get; init; } = "";
        internal Guid Training { get; init; }
        internal Guid Once { get; init; }
        internal Participant.Person Person => new(FullName, Unit, Mailbox, Language, Rank);
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Withdraw(Guid Training, Guid Participant) : ICommand<bool>;

    /// <summary>Takes out slides that were put to it.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record TakeOut(Guid Training, Guid Slides) : ICommand<bool>;

    [Requires(May.KeepTrainings)]
    internal sealed record Cancel(Guid Training) : ICommand<bool>;

    [Requires(May.KeepTrainings)]
    internal sealed record Revive(Guid Training) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.FullName).NotEmpty().WithMessage(_ => Words.TrainingEnterName).MaximumLength(Participant.LongestName).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Unit).NotEmpty().WithMessage(_ => Words.TrainingEnterUnit).MaximumLength(Participant.LongestUnit).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Rank).IsInEnum().WithMessage(_ => Words.TrainingChooseRank);
            RuleFor(c => c.Mailbox).Must(m => string.IsNullOrWhiteSpace(m) || Participant.IsMailbox(m)).WithMessage(_ => Words.NoMailbox).MaximumLength(Participant.LongestMailbox).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Language).Must(l => PartnerLanguages.Written.Contains(l)).WithMessage(_ => Words.ChooseLanguage);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Cabinet cabinet, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            var sessions = await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).OrderBy(s => s.Start).ToListAsync(ct);
            var people = await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training.Id).OrderBy(p => p.State).ThenBy(p => p.Number).ToListAsync(ct);
            var partners = await zone.Set<Partner>().AsNoTracking().Where(p => training.Partners.Contains(p.Id)).Select(p => p.Organisation).ToListAsync(ct);
            return new Answer(training, training.StateAt(sessions, clock.GetUtcNow()), sessions, [.. partners.Order(StringComparer.CurrentCulture)], people,
                training.RegisterUntil is null ? [] : await zone.Set<Invited>().AsNoTracking().Where(i => i.TrainingId == training.Id && !i.IsClosed).OrderBy(i => i.Zone).Select(i => i.Zone).ToListAsync(ct), await cabinet.Of(training.Id, ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Cabinet cabinet, TimeProvider clock) : IRequestHandler<Command, ParticipantState>, IRequestHandler<TakeOut, bool>, IRequestHandler<Withdraw, bool>, IRequestHandler<Cancel, bool>, IRequestHandler<Revive, bool>
    {
        public async Task<ParticipantState> Handle(Command form, CancellationToken ct)
        {
            var (training, now) = (await Taken(form.Training, ct), clock.GetUtcNow());
            // The same form sent again takes no second seat.
            if (form.Once != default && await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Once == form.Once, ct) is { } before) return before.State;
            if (training.Cancelled is not null) throw Wrong(Words.TrainingIsCancelled);
            var seats = await Seats.Of(zone, training, ct);
            if (seats.Known(form.Person) is not null) throw Wrong(Words.TrainingKnownAlready);
            if (seats.All.Count >= Trainings.Training.MostSeats * 2) throw Wrong(Words.TrainingTooMany(Trainings.Training.MostSeats * 2));
            if (await IsOpen(zone, training, now, ct)) seats.Fill(zone, now); // nobody comes in before those who wait
            var one = seats.Enter(form.Person, form.Once, now);
            zone.Add(one);
            return one.State;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.FullName), said)]);
        }

        public async Task<bool> Handle(Withdraw command, CancellationToken ct)
        {
            var (training, now) = (await Taken(command.Training, ct), clock.GetUtcNow());
            var seats = await Seats.Of(zone, training, ct);
            var one = seats.All.SingleOrDefault(p => p.Id == command.Participant) ?? throw new RefusedException("absent", command.Participant);
            if (!one.Withdraw()) return false;
            await Asking.End(zone, [one.Id], now, ct);
            if (await IsOpen(zone, training, now, ct)) seats.Fill(zone, now);
            return true;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            await cabinet.TakeOut<Training>(command.Training, command.Slides, ct);
            return true;
        }

        public async Task<bool> Handle(Cancel command, CancellationToken ct)
        {
            var (training, now) = (await Taken(command.Training, ct), clock.GetUtcNow());
            var ahead = await IsOpen(zone, training, now, ct);
            training.Cancel(now);
            if (ahead) await ChangedMail.Tell(zone, training.Id, now, ct);
            return true;
        }

        public async Task<bool> Handle(Revive command, CancellationToken ct)
        {
            var (training, now) = (await Taken(command.Training, ct), clock.GetUtcNow());
            var cancelled = training.Cancelled is not null;
            training.Revive();
            if (!await IsOpen(zone, training, now, ct)) return true;
            if (cancelled) await ChangedMail.Tell(zone, training.Id, now, ct);
            (await Seats.Of(zone, training, ct)).Fill(zone, now);
            return true;
        }

        private async Task<Training> Taken(Guid training, CancellationToken ct) =>
            await Trainings.Training.TakeTurn(zone, training, clock.GetUtcNow(), ct) ? await zone.Set<Training>().SingleAsync(t => t.Id == training, ct) : throw new RefusedException("absent", training);
    }
}
