using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Invitations;

/// <summary>A training of another zone of a pool: what it is, and this zone's own people there. They are registered and withdrawn here; whether there is a seat the giving zone says.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Show(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Invited { get; set; }
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

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Invited), ct);

    public async Task<IActionResult> OnPostRegisterAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Invitation = Invited, Once = Once }, ct);
        TempData["Done"] = Words.TrainingRegistrationSent;
        return RedirectToPage(new { Invited });
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid registration, CancellationToken ct)
    {
        await pipeline.Send(new Withdraw(Invited, registration), ct);
        TempData["Done"] = Words.TrainingWithdrawalSent;
        return RedirectToPage(new { Invited });
    }

    /// <summary>Its day and hours, on a Belgian clock.</summary>
    public static string When(Sitting sitting) => $"{Moment.Show(Moment.Day(sitting.Start))} {Moment.Clock(sitting.Start)}–{Moment.Clock(sitting.End)}";

    /// <summary>Whether somebody may be registered, and until when; or why not.</summary>
    public static string Standing(Invitation one, bool takes) => takes ? Words.TrainingUntilDay(Words.Of(one.Seats), Moment.Show(one.RegisterUntil)) : one.IsCancelled ? Words.TrainingState_Cancelled : Words.TrainingTakesNobody;

    /// <param name="Ours">By name.</param>
    internal sealed record Answer(Invitation Invitation, string Zone, bool Takes, IReadOnlyList<Registration> Ours);

    [Requires(May.SeeTrainings)]
    internal sealed record Query(Guid Invitation) : IQuery<Answer>;

    /// <summary>Registers a colleague; whether there is a seat comes later.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record Command : ICommand<Guid>
    {
        public string FullName { get; init; } = "";
        public string Unit { get; init; } = "";
        public RankGroup? Rank { get; init; }
        public string? Mailbox { get; init; }
        public string Language { get; init; } = "";
        internal Guid Invitation { get; init; }
        internal Guid Once { get; init; }
        internal Participant.Person Person => new(FullName, Unit, Mailbox, Language, Rank);
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Withdraw(Guid Invitation, Guid Registration) : ICommand<bool>;

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

    internal sealed class QueryHandler(ZoneDbContext zone, UseCase here, IKnowPools pools, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var one = await zone.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == query.Invitation, ct) ?? throw new RefusedException("absent", query.Invitation);
            var names = await Neighbours.Of(pools, here.InZone.Id, ct);
            var ours = await zone.Set<Registration>().AsNoTracking().Where(r => r.InvitationId == one.Id).ToListAsync(ct);
            // Once the pool is over, only what was begun is still there.
            if (ours.Count == 0 && (one.IsClosed || !names.ContainsKey(one.From))) throw new RefusedException("absent", query.Invitation);
            return new Answer(one, Neighbours.Say(names, one.From), one.Takes(clock.GetUtcNow()) && names.ContainsKey(one.From), [.. ours.OrderBy(r => r.FullName, StringComparer.CurrentCulture).ThenBy(r => r.Added)]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, Post post, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<Withdraw, bool>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (one, now) = (await Found(form.Invitation, ct), clock.GetUtcNow());
            // The same form sent again registers nobody twice.
            if (form.Once != default && await zone.Set<Registration>().AsNoTracking().SingleOrDefaultAsync(r => r.Once == form.Once, ct) is { } before) return before.Id;
            if (!(await Neighbours.Of(pools, here.InZone.Id, ct)).ContainsKey(one.From)) throw new RefusedException("absent", one.Id);
            if (!one.Takes(now)) throw Wrong(one.IsCancelled ? Words.TrainingIsCancelled : Words.TrainingTakesNobody);
            var ours = await zone.Set<Registration>().Where(r => r.InvitationId == one.Id).ToListAsync(ct);
            var who = form.Person;
            if (ours.Exists(r => r.IsLive && r.Is(who))) throw Wrong(Words.TrainingKnownAlready);
            if (ours.Count >= Training.MostSeats) throw Wrong(Words.TrainingTooMany(Training.MostSeats));
            var made = Registration.Ask(one.Id, who, form.Once, caller.Self, now);
            zone.Add(made);
            await post.Send(one.From, TrainingAsk.ParcelKind, one.Id, new TrainingAsk(made.Id, made.Person), ct);
            return made.Id;

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Command.FullName), said)]);
        }

        public async Task<bool> Handle(Withdraw command, CancellationToken ct)
        {
            var one = await Found(command.Invitation, ct);
            var who = await zone.Set<Registration>().SingleOrDefaultAsync(r => r.Id == command.Registration && r.InvitationId == one.Id, ct) ?? throw new RefusedException("absent", command.Registration);
            if (!who.Withdraw()) return false;
            await post.Send(one.From, TrainingAsk.ParcelKind, one.Id, new TrainingAsk(who.Id, null), ct);
            return true;
        }

        private async Task<Invitation> Found(Guid invitation, CancellationToken ct) => await zone.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == invitation, ct) ?? throw new RefusedException("absent", invitation);
    }
}
