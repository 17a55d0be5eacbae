using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Reminding;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Contacts;

/// <summary>Plans an appointment, or moves one: who goes, when, where, with whom. What is in its way is said once and does not prevent it; a visit that the person never wants is.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Plan(IMediator pipeline, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>The appointment that is moved; null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Contact { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Persons => [.. View.People.Select(p => new Choice(p.Id.ToString(), p.Name))];
    public IReadOnlyList<Choice> Places => [.. ShippedCodes.Choices(Moment.Day(clock.GetUtcNow()), View.Planned?.Place).Where(c => c.Value != nameof(Place.Written))];
    public IReadOnlyList<Choice> Counterparts => Choice.All<Counterpart>(Words.Of);
    public IReadOnlyList<Choice> Workers { get; private set; } = [];

    /// <summary>What may be ticked, and what was ticked before it closed: that stays, for its error to stand at.</summary>
    public IReadOnlyList<Choice> Reminders => [.. View.MayRemind.Concat(Form.Remind.Select(Reminder.Read).OfType<Reminder>()).Distinct().Join(View.People, r => r.Person, p => p.Id, (r, p) => new Choice(r.ToString(), Words.ChannelRule(p.Name, Words.Of(r.Channel)), p.ReviewBy is { } by ? Words.RemindOnlyIfAskedBy(Moment.ShowLong(Moment.Day(by))) : null))];

    /// <summary>Something was found in its way: now it can be planned all the same.</summary>
    public bool IsInTheWay => Form.Despite || (ModelState.TryGetValue("Form.Despite", out var said) && said.Errors.Count > 0);

    /// <summary>The appointment as it stands now, where somebody else moved it while this form was filled in.</summary>
    public Meanwhile? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        await Fill(ct);
        Form = View.Planned is { } planned
            ? new Command
            {
                Persons = planned.Persons, At = planned.At, Minutes = planned.Minutes, Place = planned.Place, Room = planned.Room, Travel = planned.Travel == 0 ? null : planned.Travel, ForThem = planned.ForThem, With = planned.With, Worker = planned.Worker, Companion = planned.Companion,
                Note = planned.Note?.Value, Remind = [.. View.Reminded.Select(r => r.ToString())], Version = planned.Version,
            }
            : new Command { Persons = Concerned.TheOnlyOne(View.People.Select(p => p.Id)), Minutes = 60, Worker = who.Caller.Account };
    }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        await Fill(ct);
        if (View.Planned is { } now && now.Version != Form.Version) (Meanwhile, Form) = (await Contacts.Meanwhile.Of(now, View.People.Where(p => now.Persons.Contains(p.Id)).Select(p => p.Name), accounts, ct), Form with { Version = now.Version });
    }

    private async Task Fill(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        Workers = [.. (await accounts.Named(View.MayGo, ct)).Values.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await pipeline.Send(Form with { Dossier = Dossier, Contact = Contact, Once = Once }, ct);
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is { } bar)
        {
            // Recorded; what was typed stays, and the page says why.
            if (refused.Field is { } field) ModelState.AddModelError("Form." + field, Words.Of(bar));
            else ModelState.AddModelError(bar == Bar.Hours ? "Form.At" : "Form.Place", bar == Bar.Never ? Words.NeverAtHome : Words.Of(bar));
            await ShowAgain(ct);
            return Page();
        }
        TempData["Done"] = Contact is null ? Words.AppointmentPlanned : Words.AppointmentMoved;
        // Whoever sees it because they go, and put somebody else in their place, sees it no more.
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    /// <param name="Visit">May they be visited?</param>
    /// <param name="ReviewBy">A reminder after that day goes only if the rules were asked again; null: they are to be asked now.</param>
    internal sealed record Helped(Guid Id, string Name, bool IsMinor, Rule Visit, SafeDetails Details, DateTimeOffset? ReviewBy);

    /// <param name="AtTheDoor">What other dossiers tell of these addresses.</param>
    /// <param name="Planned">null: a new one.</param>
    /// <param name="MayRemind">The ways on which a reminder may be offered.</param>
    /// <param name="Reminded">Those that wait to go.</param>
    /// <param name="Rooms">Those of the zone; another may be typed.</param>
    internal sealed record Answer(Danger Danger, Danger AtTheDoor, IReadOnlyList<Helped> People, IReadOnlyList<Guid> MayGo, Contact? Planned, IReadOnlyList<Reminder> MayRemind, IReadOnlyList<Reminder> Reminded, IReadOnlyList<string> Rooms);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid? Contact) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public List<Guid> Persons { get; init; } = [];
        public DateTimeOffset? At { get; init; }
        public int? Minutes { get; init; }
        public Place? Place { get; init; }
        public string? Room { get; init; }
        public int? Travel { get; init; }
        public bool ForThem { get; init; }
        public Counterpart? With { get; init; }
        public Guid? Worker { get; init; }
        public Guid? Companion { get; init; }
        public string? Note { get; init; }

        /// <summary>Who is reminded and by what, each as <see cref="Reminder"/> writes it; nobody, unless ticked.</summary>
        public List<string> Remind { get; init; } = [];

        /// <summary>It was said what is in its way.</summary>
        public bool Despite { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid? Contact { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddMinutes(-5)).WithMessage(_ => Words.AppointmentInPast);
            RuleFor(c => c.At).Must(at => at is null || at < clock.GetUtcNow().AddYears(3)).WithMessage(_ => Words.TooFarAway);
            RuleFor(c => c.Minutes).Must(m => m is > 0 and <= 24 * 60).WithMessage(_ => Words.NoMinutes);
            RuleFor(c => c.Place).NotNull().WithMessage(_ => Words.ChoosePlace).IsInEnum().WithMessage(_ => Words.ChoosePlace);
            RuleFor(c => c.Room).MaximumLength(ZoneSettings.LongestRoom).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Travel).Must(t => t is null or (>= 0 and <= 12 * 60)).WithMessage(_ => Words.NoTravel);
            RuleFor(c => c.With).IsInEnum().WithMessage(_ => Words.ChooseCounterpart).Must((c, with) => with is null || c.ForThem).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Worker).NotEmpty().WithMessage(_ => Words.ChooseColleague);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Remind).Must(r => r.Select(Reminder.Read).ToList() is var read && !read.Contains(null) && read.DistinctBy(one => one!.Person).Count() == read.Count).WithMessage(_ => Words.RemindOneWay);
            RuleFor(c => c.Remind).Must((c, r) => r.Count == 0 || (!c.ForThem && r.Select(Reminder.Read).OfType<Reminder>().All(one => c.Persons.Contains(one.Person)))).WithMessage(_ => Words.RemindWhoIsMet);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Nevers nevers, Diary diary, Doors doors, AppointmentReminders reminders, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var planned = query.Contact is { } id ? await Appointments.Find(zone.Set<Contact>().AsNoTracking(), dossier.Id, id, ct) : null;
            var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
            await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
            var rules = (await zone.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier.Id).ToListAsync(ct)).ToDictionary(s => s.Id);
            var closed = await nevers.Closed(people.Select(p => (p, Of(p))), ct);
            return new Answer(dossier.Danger, await doors.Of(dossier, people, ct), [.. people.Select(p => Seen(p, Of(p), closed.GetValueOrDefault(p.Id), clock.GetUtcNow()))], await diary.WhoMayGo(dossier, planned, ct), planned,
                await reminders.May(dossier, rules.Values, ct), planned is null ? [] : await AppointmentReminders.Waiting(zone, planned.Id, ct), await diary.Rooms(ct));

            SafeContact Of(Person person) => rules.GetValueOrDefault(person.Id) ?? SafeContact.For(person);
        }

        private static Helped Seen(Person person, SafeContact safe, ClosedChannels? closed, DateTimeOffset now) => new(person.Id, person.Identity.Value.FullName, person.IsMinorAt(now), closed?.Contains(Channel.Visit) == true ? Rule.Never : safe.Visit, safe.Details.Value, safe.ReviewBy);
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Diary diary, Going going, AppointmentReminders reminders, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct); // two who take one room at once: the second is told
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var planned = form.Contact is { } id ? await Appointments.Find(zone.Set<Contact>(), dossier.Id, id, ct) : null;
            planned?.MustStand(nameof(Command.At));
            planned?.MustNotBeGoingOn(caller.Self, nameof(Command.At));
            planned?.MustNotHaveBegun(nameof(Command.At));
            if (!dossier.IsOpen) throw Wrong(nameof(Command.At), Words.ClosedNoAct);
            planned?.MustBeAsRead(form.Version, nameof(Command.At));
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Place), Words.ChoosePlace, form.Place, planned?.Place);
            var agreed = new Agreed(await Concerned.Of(zone, dossier.Id, form.Persons, ct), form.At!.Value, form.Minutes!.Value, form.Place!.Value, await Room(form.Room, ct), form.Travel ?? 0, form.Worker!.Value, form.Companion, form.ForThem, form.With, form.Note);
            await MayBe(dossier, agreed, planned, ct);
            if (!form.Despite && await diary.Warnings(agreed, planned?.Id, ct) is { Count: > 0 } warnings) throw new ValidationException(warnings.Distinct().Select(w => new ValidationFailure(nameof(Command.Despite), w)));
            if (planned is not null) await reminders.TellAnew(planned, planned.At != agreed.At || (agreed.ForThem && !planned.ForThem) ? null : [.. planned.Persons.Except(agreed.Persons)], ct);
            var stood = planned is null ? Going.Agreement.None : Going.Agreement.Of(planned);
            if (planned is null) zone.Add(planned = Contacts.Contact.Plan(dossier.Id, agreed, caller.Self, now));
            else planned.Agree(agreed, caller.Self);
            await going.Tell(planned, stood, ct);
            await going.Settle(dossier, ct, [.. new[] { planned.Worker, planned.Companion }.OfType<Guid>()]);
            await reminders.Settle(dossier, planned, await Wanted(dossier, form, ct), ct);
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = planned.Id });
            return planned.Id;
        }

        // A room of the zone is called as the zone calls it.
        private async Task<string?> Room(string? typed, CancellationToken ct) => (await diary.Rooms(ct)).FirstOrDefault(room => Appointments.SameRoom(room, typed)) ?? typed;

        // Of a row that was merged away meanwhile the one that stayed is reminded, in one way.
        private async Task<IReadOnlyList<Reminder>> Wanted(Dossier dossier, Command form, CancellationToken ct)
        {
            var wanted = form.Remind.Select(Reminder.Read).OfType<Reminder>().ToList();
            if (wanted.Count == 0) return wanted;
            var stayed = await Concerned.WhoStayed(zone, dossier.Id, wanted.ConvertAll(r => r.Person), ct);
            return [.. wanted.Select((r, i) => r with { Person = stayed[i] }).DistinctBy(r => r.Person)];
        }

        private async Task MayBe(Dossier dossier, Agreed agreed, Contact? planned, CancellationToken ct)
        {
            var persons = agreed.Persons.ToList();
            if ((await zone.Set<Person>().AsNoTracking().Where(p => persons.Contains(p.Id)).ToListAsync(ct)).Any(p => !p.IsHelped)) throw new RefusedException("mentioned", dossier.Id);
            var mayGo = await diary.WhoMayGo(dossier, planned, ct);
            if (!mayGo.Contains(agreed.Worker)) throw Wrong(nameof(Command.Worker), Words.ChooseColleague);
            if (agreed.Companion is { } companion && !mayGo.Contains(companion)) throw Wrong(nameof(Command.Companion), Words.ChooseColleague);
            await gate.PassVisit(dossier, persons, agreed.Place, agreed.ForThem, agreed.At, ct);
        }

        private static ValidationException Wrong(string field, string say) => new([new ValidationFailure(field, say)]);
    }
}
