using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>What was written down of a contact is put right: with whom and for whom, when and where, held or in vain. What stood before is kept and read beside it; delays, waits and figures follow. Under what has a second name, whoever countersigns here puts it right and puts their own there.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Correct(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Contact { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Persons => [.. View.Persons.Select(p => new Choice(p.Id.ToString(), p.Name))];
    public IReadOnlyList<Choice> Counterparts => Choice.All<Counterpart>(Words.Of);
    public IReadOnlyList<Choice> Places => ShippedCodes.Choices<Place>(Moment.Day(clock.GetUtcNow()), View.Form.Place);
    public IReadOnlyList<Choice> Services => ShippedCodes.Choices<ServiceKind>(Moment.Day(clock.GetUtcNow()), View.Form.Services);
    public IReadOnlyList<Choice> Topics => ShippedCodes.Choices<Topic>(Moment.Day(clock.GetUtcNow()), View.Form.Informed);

    /// <summary>The contact as it stands now, where somebody else corrected it while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        Form = View.Form;
    }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Contact), ct);
        if (View.Form.Version != Form.Version) (Meanwhile, Form) = (View.Form, Form with { Version = View.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Contact = Contact }, ct);
        TempData["Done"] = Words.ContactSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Persons">Those who may be contacted, and those it was said to concern.</param>
    internal sealed record Answer(IReadOnlyList<(Guid Id, string Name)> Persons, Command Form);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Contact) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public List<Guid> Persons { get; init; } = [];
        public bool ForThem { get; init; }
        public Counterpart? With { get; init; }
        public bool Missed { get; init; }
        public bool OnCall { get; init; }
        public Place? Place { get; init; }
        public DateTimeOffset? At { get; init; }
        public int? Minutes { get; init; }
        public List<ServiceKind> Services { get; init; } = [];
        public List<Topic> Informed { get; init; } = [];
        public string? Note { get; init; }
        public string? Question { get; init; }
        public string? Answer { get; init; }
        public DateOnly? ToldOn { get; init; }
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Contact { get; init; }
        internal AskedForThem Asked => new(Question, Answer, ToldOn);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Persons).NotEmpty().WithMessage(_ => Words.ChoosePerson);
            RuleFor(c => c.With).IsInEnum().WithMessage(_ => Words.ChooseCounterpart).Must((c, with) => with is null || c.ForThem).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Services).Must((c, s) => c.Missed || s.Count > 0).WithMessage(_ => Words.ChooseService);
            RuleFor(c => c.Question).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong).Must((c, _) => c.ForThem || c.Asked.IsEmpty).WithMessage(_ => Words.OnlyForThem);
            RuleFor(c => c.Answer).MaximumLength(AskedForThem.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ToldOn).Must(on => on is null || on <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.Place).NotNull().WithMessage(_ => Words.ChoosePlace).IsInEnum().WithMessage(_ => Words.ChoosePlace);
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterWhen);
            RuleFor(c => c.At).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.At).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Minutes).Must(m => m is >= 0 and <= 24 * 60).WithMessage(_ => Words.NoMinutes);
            RuleForEach(c => c.Services).IsInEnum().WithMessage(_ => Words.ChooseService);
            RuleForEach(c => c.Informed).IsInEnum().WithMessage(_ => Words.ChooseTopic);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Entries entries, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var contact = await Find(zone.Set<Contact>().AsNoTracking(), dossier, query.Contact, entries, caller, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            return new Answer([.. people.Where(p => p.IsHelped || contact.Persons.Contains(p.Id)).Select(p => (p.Id, p.Identity.Value.FullName))], new Command
            {
                Persons = contact.Persons, ForThem = contact.ForThem, With = contact.With, Missed = !contact.Held, OnCall = contact.OnCall, Place = contact.Place, At = contact.At, Minutes = contact.Minutes, Services = contact.Services, Informed = contact.Informed,
                Note = contact.Note?.Value, Question = contact.Question?.Value, Answer = contact.Answer?.Value, ToldOn = contact.ToldOn, Version = contact.Version,
            });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Entries entries, AfterCorrection after, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var contact = await Find(zone.Set<Contact>(), dossier, form.Contact, entries, caller, ct);
            if (contact.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Note), Words.ChangedMeanwhile)]);
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Place), Words.ChoosePlace, form.Place, contact.Place);
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Services), Words.ChooseService, form.Services, contact.Services);
            ShippedCodes.Must(Moment.Day(now), nameof(Command.Informed), Words.ChooseTopic, form.Informed, contact.Informed);
            var (before, reached) = (contact.Persons.ToList(), contact.ReachedThem);
            var persons = await Concerned.Of(zone, dossier.Id, form.Persons, ct);
            var came = persons.Except(before).ToList();
            if (await zone.Set<Person>().AsNoTracking().Where(p => came.Contains(p.Id)).ToListAsync(ct) is var people && people.Any(p => !p.IsHelped)) throw new RefusedException("mentioned", dossier.Id);
            var took = new Took(persons, form.At!.Value, form.Minutes!.Value, form.Place!.Value, form.ForThem, form.With, form.OnCall, !form.Missed, form.Services, form.Informed, form.Note) { Asked = form.Asked };
            ContactChange.Keep(zone, contact, caller.Self, now, () => contact.PutRight(took));
            if (contact.Signing == Signing.Signed) contact.Sign(caller.Self, now);
            await after.Follow(dossier, contact, before, reached, ct);
            dossier.Touch();
            return true;
        }
    }

    /// <exception cref="RefusedException">There is none, it has not taken place, it waits for a second name, or has one and is not this caller's to sign.</exception>
    private static async Task<Contact> Find(IQueryable<Contact> contacts, Dossier dossier, Guid id, Entries entries, Caller caller, CancellationToken ct)
    {
        var contact = await contacts.SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier.Id && (c.State == ContactState.Held || c.State == ContactState.Missed), ct);
        return contact is not null && contact.Counts() && (contact.Signing == Signing.NotNeeded || (contact.By != caller.Account && await entries.MaySign(dossier, ct))) ? contact : throw new RefusedException("absent", dossier.Id);
    }
}
