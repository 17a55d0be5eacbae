using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Contacts;

/// <summary>Records a contact: with whom, where, how long, what was given, and what comes next. One that was planned is held by it, or missed. The first one held ends the wait for a first contact.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Record(IMediator pipeline, UnderWay underWay, IAccounts accounts, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>The appointment that took place, or was missed; null: it was not planned.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Appointment { get; set; }

    /// <summary>Where it is held, when that is known before: somebody came to the desk. It is only filled in.</summary>
    [BindProperty(SupportsGet = true)] public Place? Place { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Persons { get; private set; } = [];
    public IReadOnlyList<Choice> Places => ShippedCodes.Choices(Moment.Day(clock.GetUtcNow()), Agreed?.Place);
    public IReadOnlyList<Choice> Services => ShippedCodes.Choices<ServiceKind>(Moment.Day(clock.GetUtcNow()));
    public IReadOnlyList<Choice> Acts => Choice.All<ActKind>(Words.Of);
    public IReadOnlyList<Choice> Counterparts => Choice.All<Counterpart>(Words.Of);
    public IReadOnlyList<Choice> Topics => ShippedCodes.Choices<Topic>(Moment.Day(clock.GetUtcNow()));

    /// <summary>What was asked for the person is unfolded: it is for them, or something stands there.</summary>
    public bool AsksForThem => Form.ForThem || !Form.Asked.IsEmpty || ModelState.Any(f => f.Key.StartsWith("Form.ToldOn", StringComparison.Ordinal) && f.Value?.Errors.Count > 0);

    public async Task OnGetAsync(CancellationToken ct) => Form = await Fill(ct) ?? new Command { Place = Place, At = clock.GetUtcNow(), Minutes = 15, Persons = Concerned.TheOnlyOne(Persons.Select(p => Guid.Parse(p.Value))) };

    // What was typed stays; the next press records it of what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        await Fill(ct);
        if (Agreed is { } now && now.Version != Form.Version) (Meanwhile, Form) = (await Contacts.Meanwhile.Of(now, Persons.Where(p => now.Persons.Contains(Guid.Parse(p.Value))).Select(p => p.Text), accounts, ct), Form with { Version = now.Version });
    }

    /// <summary>The appointment, where it is one that took place or was missed.</summary>
    private Contact? Agreed { get; set; }

    /// <summary>The appointment as it stands now, where somebody changed it while this form was filled in.</summary>
    public Meanwhile? Meanwhile { get; private set; }

    /// <summary>Whose rules of safe contact can be called still valid here: they are asked at each contact.</summary>
    public IReadOnlyList<Choice> AskedAgain { get; private set; } = [];

    private async Task<Command?> Fill(CancellationToken ct)
    {
        var (persons, planned, agreed, rules) = await pipeline.Send(new Query(Dossier, Appointment), ct);
        (Persons, Agreed) = ([.. persons.Select(p => new Choice(p.Id.ToString(), p.Name))], agreed);
        AskedAgain = [.. rules.Select(r => new Choice(StillGood.Key(r.Person, r.Revision), Words.ChannelRule(r.Name, r.Channels), r.Agreed))];
        return planned;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Appointment = Appointment, Once = Once }, ct);
        underWay.Forget(who);
        TempData["Done"] = Words.ContactSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Persons">Those who may be contacted: the helped persons of the dossier.</param>
    /// <param name="Planned">As it was agreed, or as the visit went.</param>
    /// <param name="Agreed">The same as it stands; null: it was not planned.</param>
    /// <param name="Rules">Of those whose rules may be called still valid by whoever records the contact.</param>
    internal sealed record Answer(IReadOnlyList<(Guid Id, string Name)> Persons, Command? Planned, Contact? Agreed, IReadOnlyList<RulesNow> Rules);

    /// <param name="Channels">What holds of each, in words.</param>
    /// <param name="Agreed">What else was agreed; null: nothing.</param>
    internal sealed record RulesNow(Guid Person, string Name, int Revision, string Channels, string? Agreed);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid? Appointment = null) : IQuery<Answer>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public List<Guid> Persons { get; init; } = [];
        public Place? Place { get; init; }
        public bool ForThem { get; init; }
        public Counterpart? With { get; init; }
        public string? Question { get; init; }
        public string? Answer { get; init; }
        public DateOnly? ToldOn { get; init; }
        public bool Missed { get; init; }
        public DateTimeOffset? At { get; init; }
        public int? Minutes { get; init; }
        public bool OnCall { get; init; }
        public List<ServiceKind> Services { get; init; } = [];
        public List<Topic> Informed { get; init; } = [];
        public string? Note { get; init; }

        /// <summary>Whose rules of safe contact were asked again and are still valid, each with the revision that was read.</summary>
        public List<string> StillValid { get; init; } = [];
        public ActKind? Next { get; init; }
        public DateTimeOffset? Due { get; init; }

        /// <summary>Of the appointment; 0: it was not planned.</summary>
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid? Appointment { get; init; }
        internal Guid Once { get; init; }
        internal AskedForThem Asked => new(Question, Answer, ToldOn);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.Place).NotNull().WithMessage(_ => Words.ChoosePlace).IsInEnum().WithMessage(_ => Words.ChoosePlace);
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.At).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Minutes).Must(m => m is >= 0 and <= 24 * 60).WithMessage(_ => Words.NoMinutes);
            RuleFor(c => c.Services).Must((c, s) => c.Missed || s.Count > 0).WithMessage(_ => Words.ChooseService);
            RuleForEach(c => c.Services).IsInEnum().WithMessage(_ => Words.ChooseService);
            RuleForEach(c => c.Informed).IsInEnum().WithMessage(_ => Words.ChooseTopic);
            RuleFor(c => c.With).IsInEnum().WithMessage(_ => Words.ChooseCounterpart).Must((c, with) => with is null || c.ForThem).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Question).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong).Must((c, _) => c.ForThem || c.Asked.IsEmpty).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Answer).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ToldOn).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            // Only whoever was there can say of their own rules that they hold.
            RuleFor(c => c.StillValid).Must((c, keys) => keys.Count == 0 || (!c.Missed && !c.ForThem && keys.TrueForAll(k => StillGood.Read(c.Dossier, k) is not { } said || c.Persons.Contains(said.Person)))).WithMessage(_ => Words.StillValidOfWhom);
            RuleFor(c => c.Next).IsInEnum().WithMessage(_ => Words.NextActLabel).Must((c, next) => next is not null || c.Due is null).WithMessage(_ => Words.ActForThisDate);
            RuleFor(c => c.Due).NotNull().When(c => c.Next is not null).WithMessage(_ => Words.EnterDue);
            RuleFor(c => c.Due).Must(due => due is null || due > clock.GetUtcNow().AddMinutes(-5)).When(c => c.Next is not null).WithMessage(_ => Words.DueInPast);
            RuleFor(c => c.Due).Must(due => due is null || due < clock.GetUtcNow().AddYears(3)).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Gate gate, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            var planned = query.Appointment is { } id ? await Appointments.Ended(zone.Set<Contact>().AsNoTracking(), dossier.Id, id, caller, ct) : null;
            return new Answer([.. people.Where(p => p.IsHelped).Select(p => (p.Id, p.Identity.Value.FullName))], planned is null ? null : new Command
            {
                Persons = planned.Persons, Place = planned.Place, ForThem = planned.ForThem, With = planned.With, At = planned.CheckedIn ?? planned.At, Note = planned.Note?.Value,
                Minutes = planned is { CheckedIn: { } from, CheckedOut: { } to } ? (int)Math.Min(24 * 60, Math.Round((to - from).TotalMinutes)) : planned.Minutes,
                Version = planned.Version,
            }, planned, caller.May(May.ChangeDossiers) ? await RulesOf(dossier, people, ct) : []);
        }

        // Only what one can say of: something was agreed, it does not name the alleged perpetrator, and no dossier says otherwise.
        private async Task<IReadOnlyList<RulesNow>> RulesOf(Dossier dossier, List<Person> people, CancellationToken ct)
        {
            var rules = new List<RulesNow>();
            foreach (var person in people.Where(p => p.IsHelped))
            {
                var whom = await gate.Of(dossier, person.Id, first: false, ct);
                if (whom.Safe.Checked is null || whom.NamesAuthor || Enum.GetValues<Channel>().Any(c => whom.Of(c) != whom.Safe.Of(c))) continue;
                var agreed = string.Join("; ", new[] { whom.Agreed.Hours, whom.Agreed.WhoMayAnswer, whom.Agreed.WhatMayBeSaid, whom.Agreed.ThirdPerson }.Where(a => !string.IsNullOrWhiteSpace(a)));
                rules.Add(new RulesNow(person.Id, person.Identity.Value.FullName, whom.Safe.Revision, string.Join(", ", Enum.GetValues<Channel>().Select(c => Words.ChannelRule(Words.Of(c), Words.Of(whom.Of(c))))), agreed.Length == 0 ? null : agreed));
            }
            return rules;
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            dossier.MayPlan(form.Next);
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            if (await zone.Set<Person>().AsNoTracking().Where(p => persons.Contains(p.Id)).ToListAsync(ct) is var people && people.Any(p => !p.IsHelped)) throw new RefusedException("mentioned", dossier.Id);
            var took = new Took(persons, form.At!.Value, form.Minutes!.Value, form.Place!.Value, form.ForThem, form.With, form.OnCall, !form.Missed, form.Services, form.Informed, form.Note) { Asked = form.Asked };
            var contact = form.Appointment is { } planned ? await Appointments.Ended(zone.Set<Contact>(), dossier.Id, planned, caller, ct) : null;
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Place), Words.ChoosePlace, form.Place, contact?.Place);
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Services), Words.ChooseService, form.Services, []);
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Informed), Words.ChooseTopic, form.Informed, []);
            if (contact is null)
            {
                contact = Contact.Record(dossier.Id, took, caller.Self, now, Countersigning.Of(caller));
                zone.Add(contact);
            }
            else
            {
                contact.MustStand(nameof(Command.At));
                contact.MustNotBeGoingOn(caller.Self, nameof(Command.At));
                contact.MustBeAsRead(form.Version, nameof(Command.At));
                contact.Happens(took, caller.Self, now, Countersigning.Of(caller));
                await AppointmentReminders.TakeBack(zone, contact.Id, now, ct);
            }
            var open = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).ToListAsync(ct);
            contact.EndsTheWait(dossier, open, now);
            await tally.Gives(contact, ct);
            if (form.Next is { } kind)
            {
                zone.Add(FollowUp.Plan(dossier.Id, persons, kind, null, form.Due!.Value, caller.Self, now));
            }
            // What changed meanwhile was not read: it stays to be asked, and the dossier's page says so.
            if (caller.May(May.ChangeDossiers))
                foreach (var said in await StillThere(dossier, form, ct)) await StillGood.Say(zone, gate, dossier, said, caller.Self, form.At!.Value < now ? form.At.Value : now, now, ct);
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = contact.Id });
            return contact.Id;
        }

        // What holds of one into whom another was merged meanwhile nobody has read: of the row that went nothing is still valid.
        private async Task<IReadOnlyList<StillGood.Command>> StillThere(Dossier dossier, Command form, CancellationToken ct)
        {
            var said = form.StillValid.Select(key => StillGood.Read(dossier.Id, key)).OfType<StillGood.Command>().ToList();
            if (said.Count == 0) return said;
            var stayed = await Concerned.WhoStayed(zone, dossier.Id, said.ConvertAll(s => s.Person), ct);
            return [.. said.Where((s, i) => stayed[i] == s.Person)];
        }
    }
}
