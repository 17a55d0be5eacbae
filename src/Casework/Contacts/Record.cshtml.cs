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

namespace VictimSupport.Casework.Contacts;

/// <summary>Records a contact: with whom, where, how long, what was given, and what comes next. One that was planned is held by it, or missed. The first one held ends the wait for a first contact.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Record(IMediator pipeline, UnderWay underWay, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>The appointment that took place, or was missed; null: it was not planned.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Appointment { get; set; }

    /// <summary>Where it is held, when that is known before: somebody came to the desk. It is only filled in.</summary>
    [BindProperty(SupportsGet = true)] public Place? Place { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Persons { get; private set; } = [];
    public IReadOnlyList<Choice> Places => Choice.All<Place>(Words.Of);
    public IReadOnlyList<Choice> Services => Choice.All<ServiceKind>(Words.Of);
    public IReadOnlyList<Choice> Acts => Choice.All<ActKind>(Words.Of);
    public IReadOnlyList<Choice> Counterparts => Choice.All<Counterpart>(Words.Of);
    public IReadOnlyList<Choice> Topics => Choice.All<Topic>(Words.Of);

    /// <summary>What was asked for the person is unfolded: it is for them, or something stands there.</summary>
    public bool AsksForThem => Form.ForThem || !Form.Asked.IsEmpty || ModelState.Any(f => f.Key.StartsWith("Form.ToldOn", StringComparison.Ordinal) && f.Value?.Errors.Count > 0);

    public async Task OnGetAsync(CancellationToken ct) => Form = await Fill(ct) ?? new Command { Place = Place, At = clock.GetUtcNow(), Minutes = 15, Persons = [.. Persons.Take(1).Select(p => Guid.Parse(p.Value))] };

    public Task ShowAgain(CancellationToken ct) => Fill(ct);

    private async Task<Command?> Fill(CancellationToken ct)
    {
        var (persons, planned) = await pipeline.Send(new Query(Dossier, Appointment), ct);
        Persons = [.. persons.Select(p => new Choice(p.Id.ToString(), p.Name))];
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
    internal sealed record Answer(IReadOnlyList<(Guid Id, string Name)> Persons, Command? Planned);

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
        public ActKind? Next { get; init; }
        public DateTimeOffset? Due { get; init; }
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
            RuleFor(c => c.With).IsInEnum().WithMessage(_ => Words.ChooseCounterpart);
            RuleFor(c => c.Question).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong).Must((c, _) => c.ForThem || c.Asked.IsEmpty).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Answer).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ToldOn).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Next).IsInEnum().WithMessage(_ => Words.NextActLabel);
            RuleFor(c => c.Due).NotNull().When(c => c.Next is not null).WithMessage(_ => Words.EnterDue);
            RuleFor(c => c.Due).Must(due => due is null || due > clock.GetUtcNow().AddMinutes(-5)).When(c => c.Next is not null).WithMessage(_ => Words.DueInPast);
            RuleFor(c => c.Due).Must(due => due is null || due < clock.GetUtcNow().AddYears(3)).WithMessage(_ => Words.TooFarAway);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
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
            });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
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
            if (contact is null)
            {
                contact = Contact.Record(dossier.Id, took, caller.Self, now, Countersigning.Of(caller));
                zone.Add(contact);
            }
            else
            {
                contact.MustStand(nameof(Command.At));
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
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = contact.Id });
            return contact.Id;
        }
    }
}
