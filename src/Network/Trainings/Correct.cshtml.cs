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

/// <summary>Puts right how a colleague of the zone was entered: name, unit, rank group, address, language. Seat, attendance and what they answered stay as they are; at another address they are asked for their evaluation anew. Whoever another zone registered is not put right here: it is that zone's colleague.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Correct(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Participant { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string Subject { get; private set; } = "";
    public IReadOnlyList<Choice> Languages => [.. PartnerLanguages.Written.Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public IReadOnlyList<Choice> Ranks => Choice.All<RankGroup>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct) => (Subject, Form) = await pipeline.Send(new Query(Training, Participant), ct);

    // What was typed stays; over what stands there now it may be saved.
    public async Task ShowAgain(CancellationToken ct)
    {
        var (subject, now) = await pipeline.Send(new Query(Training, Participant), ct);
        (Subject, Form) = (subject, Form with { Turn = now.Turn });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Training = Training, Participant = Participant }, ct);
        TempData["Done"] = Words.TrainingCorrected;
        return RedirectToPage("/Network/Trainings/Show", new { Training });
    }

    /// <summary>As it stands, to be put right.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training, Guid Participant) : IQuery<(string Subject, Command Form)>;

    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<bool>
    {
        public string FullName { get; init; } = "";
        public string Unit { get; init; } = "";
        public RankGroup? Rank { get; init; }
        public string? Mailbox { get; init; }
        public string Language { get; init; } = "";

        /// <summary>The list as it was looked at.</summary>
        public int Turn { get; init; }
        internal Guid Training { get; init; }
        internal Guid Participant { get; init; }
        internal Participant.Person Person => new(FullName, Unit, Mailbox, Language, Rank);
    }

    // The rules of the form by which somebody is entered hold here too.
    internal sealed class Rules : AbstractValidator<Command>
    {
        private static readonly Show.Rules Entering = new();

        public Rules() => RuleFor(c => c).Custom((c, context) =>
        {
            foreach (var failure in Entering.Validate(new Show.Command { FullName = c.FullName, Unit = c.Unit, Rank = c.Rank, Mailbox = c.Mailbox, Language = c.Language }).Errors) context.AddFailure(new ValidationFailure(failure.PropertyName, failure.ErrorMessage));
        });
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, (string Subject, Command Form)>, IRequestHandler<Command, bool>
    {
        public async Task<(string Subject, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            var one = await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Participant && p.TrainingId == training.Id && p.From == null, ct) is { IsNameless: false } found ? found : throw new RefusedException("absent", query.Participant);
            return (training.Subject, new Command { FullName = one.FullName, Unit = one.Unit, Rank = one.Rank, Mailbox = one.Mailbox, Language = one.Language, Turn = training.Turn });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (!await Trainings.Training.TakeTurn(zone, form.Training, now, ct)) throw new RefusedException("absent", form.Training);
            var training = await zone.Set<Training>().SingleAsync(t => t.Id == form.Training, ct);
            var seats = await Seats.Of(zone, training, ct);
            var one = seats.All.SingleOrDefault(p => p is { From: null, IsNameless: false } && p.Id == form.Participant) ?? throw new RefusedException("absent", form.Participant);
            if (form.Turn != training.Turn - 1) throw Wrong(Words.ChangedMeanwhile);
            if (seats.Known(form.Person, except: one.Id) is not null) throw Wrong(Words.TrainingKnownAlready);
            // The link lies in a mailbox that may be somebody else's.
            if (one.Correct(form.Person)) await Asking.End(zone, [one.Id], now, ct);
            return true;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.FullName), said)]);
        }
    }
}
