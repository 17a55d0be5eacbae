using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Offers somebody a partner, from what they need; that they refuse is a result like any other. Nothing leaves by it.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Offer(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>An earlier referral that is asked again.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Again { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Persons { get; private set; } = [];

    /// <summary>null: nobody has said yet what is needed.</summary>
    public IReadOnlyList<Choice>? Partners { get; private set; }
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Where(l => l != "other").Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public IReadOnlyList<Choice> Needs => [.. Enum.GetValues<Need>().Select(n => new Choice(n.ToString(), NetworkWords.Of(n)))];
    public IReadOnlyList<Choice> Answers => [.. new[] { ReferralState.Accepted, ReferralState.Offered, ReferralState.Refused }.Select(s => new Choice(s.ToString(), Words.Of("OfferAnswer_" + s)))];
    public IReadOnlyList<Choice> Reasons => Choice.All<RefusalReason>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var before = Again is { } again ? await pipeline.Send(new Before(Dossier, again), ct) : null;
        Form = before ?? new Command();
        await Fill(null, ct);
        if (before is null) Form = Form with { Persons = Concerned.TheOnlyOne(Persons.Select(p => Guid.Parse(p.Value))) };
    }

    public Task ShowAgain(CancellationToken ct) => Fill(new(Form.Municipality, Form.Language), ct);

    // By POST: what somebody needs stands in no address.
    public async Task<IActionResult> OnPostFindAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await Fill(new(Form.Municipality, Form.Language, Form.For), ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var made = await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        TempData["Done"] = Form.Answer == ReferralState.Refused ? Words.RefusalNoted : Words.OfferNoted;
        return made is { } referral && Form.Answer == ReferralState.Accepted ? RedirectToPage("/Casework/Referrals/Agree", new { Dossier, referral }) : RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    private async Task Fill(Sought? typed, CancellationToken ct)
    {
        var (persons, partners, sought) = await pipeline.Send(new Query(Dossier, Form.Need, [.. Form.Persons], typed, Form.Partner), ct);
        Form = Form with { Municipality = sought.Municipality, Language = sought.Language, For = sought.For };
        Persons = [.. persons.Select(p => new Choice(p.Id.ToString(), p.Name))];
        Partners = partners is null ? null : [.. partners.Select(p => new Choice(p.Id.ToString(), p.Organisation, Words.PartnerHint(p.TypeName, p.Hours ?? "–", NetworkWords.Of(p.Channel), Design.Html.Moment.Show(p.CheckedOn)) + (p.TakesForm ? $"; {Words.TakesForm}" : "") + (p.IsStale ? $"; {Words.PartnerStale}" : "")))];
    }

    /// <param name="Persons">Those who are helped: nobody else is referred.</param>
    /// <param name="Sought">Where and in which language the partners were looked for.</param>
    internal sealed record Answer(IReadOnlyList<(Guid Id, string Name)> Persons, IReadOnlyList<PartnerEntry>? Partners, Sought Sought);

    /// <summary>Where a partner shall help, and in which language.</summary>
    /// <param name="Municipality">null: anywhere.</param>
    /// <param name="Language">null: any.</param>
    /// <param name="For">For whom it was filled in before; null: it stands as it was typed.</param>
    internal sealed record Sought(string? Municipality, string? Language, Guid? For = null);

    /// <param name="Sought">null: it is filled in for the person.</param>
    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Need? Need, IReadOnlyList<Guid> Persons, Sought? Sought, Guid? Chosen = null) : IQuery<Answer>;

    /// <summary>What was offered before, to be asked again: the same person, need and partner.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Before(Guid Dossier, Guid Referral) : IQuery<Command>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid?>
    {
        public List<Guid> Persons { get; init; } = [];
        public Need? Need { get; init; }

        /// <summary>Where the partners that are shown shall help; empty: anywhere.</summary>
        public string? Municipality { get; init; }

        /// <summary>The language that the partners that are shown shall speak; empty: any.</summary>
        public string? Language { get; init; }

        /// <summary>For whom both were filled in.</summary>
        public Guid? For { get; init; }
        public Guid? Partner { get; init; }
        public ReferralState? Answer { get; init; }
        public RefusalReason Reason { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.Need).NotNull().WithMessage(_ => Words.ReferralChooseNeed).IsInEnum().WithMessage(_ => Words.ReferralChooseNeed);
            RuleFor(c => c.Municipality).MaximumLength(80).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Partner).NotNull().WithMessage(_ => Words.ChoosePartner);
            RuleFor(c => c.Answer).Must(a => a is ReferralState.Offered or ReferralState.Accepted or ReferralState.Refused).WithMessage(_ => Words.ChooseOfferAnswer);
            RuleFor(c => c.Reason).IsInEnum().WithMessage(_ => Words.ChooseReason);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, UseCase here, Guard guard, IPartners partners, Keyring keys) : IRequestHandler<Query, Answer>, IRequestHandler<Before, Command>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
            await keys.Fetch(people.Select(p => p.Id), ct);
            var whom = people.Find(p => query.Persons.Contains(p.Id)) ?? people.FirstOrDefault();
            var sought = query.Sought is { } typed && !WasFor(typed) ? typed with { For = whom?.Id } : FilledIn(whom);
            var fitting = query.Need is not { } need || !Enum.IsDefined(need) ? null : await partners.Fitting(need, sought.Language, sought.Municipality, ct);
            // One that was chosen stays in sight, whether it fits or not.
            if (fitting is not null && query.Chosen is { } chosen && fitting.All(p => p.Id != chosen) && (await partners.Of([chosen], ct)).TryGetValue(chosen, out var kept) && kept.IsOffered) fitting = [kept, .. fitting];
            return new Answer([.. people.Select(p => (p.Id, p.Identity.Value.FullName))], fitting, sought);

            // Somebody else was ticked since, and nobody typed anything over what was filled in.
            bool WasFor(Sought typed) => typed.For is { } before && before != whom?.Id && typed == FilledIn(people.Find(p => p.Id == before));

            // Help is sought where somebody lives; where that is not known, where it happened. With an interpreter any partner is as good.
            Sought FilledIn(Person? person) => new(Towns.Of(person, here.InZone.Record) ?? (dossier.Municipality.Length == 0 ? null : dossier.Municipality),
                person is null or { Language: "" or "other" } or { NeedsInterpreter: true } ? null : person.Language, person?.Id);
        }

        public async Task<Command> Handle(Before query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var before = await Found.In(zone.Set<Referral>().AsNoTracking(), dossier, query.Referral, ct);
            return new Command { Persons = [before.PersonId], Need = before.Need, Partner = before.PartnerId };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, IPartners partners, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid?>
    {
        public async Task<Guid?> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            dossier.MayPlan(ActKind.Referral);
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            if ((await zone.Set<Person>().AsNoTracking().Where(p => persons.Contains(p.Id)).ToListAsync(ct)).Exists(p => !p.IsHelped)) throw new RefusedException("mentioned", dossier.Id);
            if (!(await partners.Of([form.Partner!.Value], ct)).TryGetValue(form.Partner.Value, out var partner) || !partner.IsOffered) throw new ValidationException([new ValidationFailure(nameof(Command.Partner), Words.ChoosePartner)]);
            var made = persons.ConvertAll(person => Referral.Offer(dossier.Id, person, partner.Id, form.Need!.Value, caller.Self, now));
            foreach (var referral in made)
            {
                if (form.Answer == ReferralState.Accepted) referral.Accept(now);
                else if (form.Answer == ReferralState.Refused) referral.Refuse(form.Reason, now);
                zone.Add(referral);
                await tally.Refers(referral, ct);
                zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Referral, caller.Self, now, code: (int)referral.State, about: referral.Id));
                await Standstill.Follow(zone, dossier, referral, null, caller.Self, now, ct);
            }
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = made[0].Id });
            return made[0].Id;
        }
    }
}
