using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>Adds a person to a dossier, or corrects one: identity, capacity, damage, language.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Edit(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid? Person { get; set; }
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Choice> CapacitiesOffered => ShippedCodes.Choices(Moment.Day(clock.GetUtcNow()), Stands.Capacity);
    public IReadOnlyList<Choice> DamagesOffered => ShippedCodes.Choices(Moment.Day(clock.GetUtcNow()), Stands.Damages);
    public IReadOnlyList<Choice> Sexes => ShippedCodes.Choices<Sex>(Moment.Day(clock.GetUtcNow()), Person is null ? null : Stands.Sex);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    /// <summary>The person as they are in the dossier; somebody new is nothing yet.</summary>
    private Command Stands { get; set; } = new();

    /// <summary>The person as saved now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => Form = Stands = await pipeline.Send(new Query(Dossier, Person, who.Zone!.Record.FirstLanguage), ct);

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        if (Person is null) return;
        var now = Stands = await pipeline.Send(new Query(Dossier, Person, who.Zone!.Record.FirstLanguage), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person, Once = Once }, ct);
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid? Person, string Language) : IQuery<Command>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public string FamilyName { get; init; } = "";
        public string GivenName { get; init; } = "";
        public Capacity? Capacity { get; init; }
        public List<Damage> Damages { get; init; } = [];
        public Sex Sex { get; init; }
        public DateOnly? BirthDate { get; init; }
        public int? EstimatedAge { get; init; }
        public bool IsMinor { get; init; }
        public string Language { get; init; } = "";
        public bool NeedsInterpreter { get; init; }
        public string? Phone { get; init; }
        public string? Mail { get; init; }
        public string? Address { get; init; }

        /// <summary>Of the dossier when the form was shown. Somebody who joins overwrites nobody: not asked for then.</summary>
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid? Person { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.FamilyName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Capacity).NotNull().WithMessage(_ => Words.ChooseCapacity).IsInEnum().WithMessage(_ => Words.ChooseCapacity);
            RuleFor(c => c.Sex).IsInEnum().WithMessage(_ => Words.ChooseSex);
            RuleFor(c => c.Language).Must(Languages.All.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.BirthDate).Must(d => d is null || (d <= DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) && d > new DateOnly(1900, 1, 1))).WithMessage(_ => Words.NoBirthDate);
            RuleFor(c => c.EstimatedAge).Must(a => a is null or (>= 0 and <= 120)).WithMessage(_ => Words.NoAge);
            RuleFor(c => c.Phone).Must(p => string.IsNullOrWhiteSpace(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            RuleFor(c => c.Mail).EmailAddress().When(c => !string.IsNullOrWhiteSpace(c.Mail)).WithMessage(_ => Words.NoMail).MaximumLength(256).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Address).MaximumLength(500).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, TimeProvider clock) : IRequestHandler<Query, Command>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            if (query.Person is not { } id) return new Command { Language = query.Language };
            var person = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            var identity = person.Identity.Value;
            return new Command
            {
                FamilyName = identity.FamilyName, GivenName = identity.GivenName, Capacity = person.Capacity, Damages = [.. person.Damage.Each()], Sex = person.Sex,
                BirthDate = identity.BirthDate, EstimatedAge = identity.EstimatedAge, IsMinor = person.IsMinorAt(clock.GetUtcNow()), Language = person.Language, NeedsInterpreter = person.NeedsInterpreter, Phone = identity.Phone, Mail = identity.Mail, Address = identity.Address,
                Version = dossier.Version,
            };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Found found, Joining joining, Gate gate, Aftermath aftermath, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var identity = new Particulars(form.FamilyName.Trim(), form.GivenName.Trim(), Said(form.Phone), Said(form.Mail), Said(form.Address), form.BirthDate, form.EstimatedAge);
            var person = form.Person is { } id
                ? await zone.Set<Person>().SingleOrDefaultAsync(p => p.Id == id && p.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id)
                : People.Person.Add(dossier.Id, identity, form.Capacity!.Value, form.Language, now);
            if (form.Capacity is Capacity.Representative or Capacity.SupportPerson && Authors.Are(await AuthorsOf(dossier, person, ct), identity)) throw new ValidationException([new ValidationFailure(nameof(Command.Capacity), Words.NeverTheAuthor)]);
            // After the person was found: an id that is nobody's here is refused, never told that something changed.
            if (form.Person is not null && form.Version != dossier.Version) throw new ValidationException([new ValidationFailure(nameof(Command.GivenName), Words.ChangedMeanwhile)]);
            var (today, joins) = (Moment.Day(now), form.Person is null);
            ShippedCodes.Must(today, nameof(Command.Capacity), Words.ChooseCapacity, form.Capacity, joins ? null : person.Capacity);
            ShippedCodes.Must<Sex>(today, nameof(Command.Sex), Words.ChooseSex, form.Sex, joins ? null : person.Sex);
            ShippedCodes.Must(today, nameof(Command.Damages), Words.ChooseDamage, form.Damages, person.Damage.Each());
            var was = (person.Identity.Value.FullName, (Capacity?)person.Capacity);
            var (phone, helped) = (person.Identity.Value.Phone, person.IsHelped);
            if (form.Person is not null) await AskAgain(person, identity, form, now, ct);
            (person.Identity, person.Capacity, person.Sex, person.Language, person.NeedsInterpreter) = (identity, form.Capacity!.Value, form.Sex, form.Language, form.NeedsInterpreter);
            person.Damage = form.Damages.Aggregate(Damage.None, (all, one) => all | one);
            person.IsMinor = IsMinor(form, identity, now);
            if (person.IsMinor && person.IsHelped) dossier.Danger |= Danger.MinorPresent;
            if (form.Person is not null && person.Capacity is Capacity.AllegedAuthor or Capacity.Deceased) await StandsNoMore(person, now, ct);
            if (form.Person is null) await joining.Into(dossier, person, SafeContact.For(person), null, ct);
            else await IsPutRight(dossier, person, ct);
            // After they stand in the dossier as what they are: what others would be told of everybody in it depends on it. Who came in is known by then.
            if (form.Person is not null && person.Capacity == Capacity.AllegedAuthor) await gate.AuthorCame(dossier, identity, ct);
            if (form.Person is not null) await gate.AskConsentAnew(was.Item2 == Capacity.AllegedAuthor ? await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).Select(p => p.Id).ToListAsync(ct) : [person.Id], Bar.Changed, ct);
            // Now it is known whom it happened to: what they agreed to elsewhere is to be asked again, as when they had come in by that name.
            if (form.Person is not null && person.IsHelped && dossier.IsViolenceAtHome && (!helped || was.FullName != identity.FullName || PhoneNumber.ToE164(phone) != PhoneNumber.ToE164(identity.Phone)))
                await aftermath.Reaches(identity, ct, except: person.Id);
            await Lead(dossier, person, ct);
            if (form.Person is null || !helped) await joining.Waits(dossier, person, ct);
            if (form.Person is not null && was != (identity.FullName, form.Capacity)) await joining.CheckInterpretersAgain(dossier, ct);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = person.Id });
            dossier.Touch();
            return person.Id;
        }

        // What was decided while they were somebody else's support ends the moment they are the alleged perpetrator.
        private async Task StandsNoMore(Person person, DateTimeOffset now, CancellationToken ct)
        {
            foreach (var standing in await zone.Set<Standing>().Where(s => s.WhoId == person.Id && !s.Conflict).ToListAsync(ct))
            {
                standing.Decide(standing.Role, conflict: true, Authority.Nobody, Authority.Nobody, standing.Words.Value, caller.Self, now);
                (await zone.Set<SafeContact>().SingleAsync(s => s.Id == standing.PersonId, ct)).StandingChanged();
                await gate.TakeBack([standing.PersonId], Bar.RuleChanged, ct);
            }
        }

        private async Task<IReadOnlyList<Particulars>> AuthorsOf(Dossier dossier, Person except, CancellationToken ct) =>
            [.. (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && p.Id != except.Id && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct)).Select(p => p.Identity.Value)];

        // Safe was said of the old number or address; of one that comes only now nobody said anything.
        private async Task AskAgain(Person person, Particulars after, Command form, DateTimeOffset now, CancellationToken ct)
        {
            var (before, safe) = (person.Identity.Value, await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct));
            var rules = safe.Now();
            if (PhoneNumber.ToE164(before.Phone) != PhoneNumber.ToE164(after.Phone)) safe.Moved(Channel.Call, Channel.Sms);
            if (!string.Equals(before.Mail, after.Mail, StringComparison.OrdinalIgnoreCase)) safe.Moved(Channel.Mail);
            if (before.Address != after.Address) safe.Moved(Channel.Letter, Channel.Visit);
            NeverElsewhere.Meets(zone, safe, rules, before, after, caller.Self, now);
            // What is written already bears the old name and goes to the old place, or to somebody whom nothing may reach any more.
            if ((before.FullName, before.Phone, before.Mail, before.Address) != (after.FullName, after.Phone, after.Mail, after.Address) || person.IsHelped != form.Capacity!.Value.IsHelped() || person.IsMinor != IsMinor(form, after, now)) await gate.TakeBack([person.Id], Bar.Changed, ct);
        }

        // The box stays ticked from one year to the next: a day of birth says more.
        private static bool IsMinor(Command form, Particulars identity, DateTimeOffset now) => identity.MinorAt(now) ?? (form.IsMinor || form.EstimatedAge < 18);

        // Somebody who is only mentioned gives the lead to the first who is helped, where there is one.
        private async Task Lead(Dossier dossier, Person person, CancellationToken ct)
        {
            if (dossier.Lead is null && person.IsHelped) dossier.Lead = person.Id;
            if (dossier.Lead != person.Id || person.IsHelped) return;
            var others = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && p.Id != person.Id).OrderBy(p => p.Id).Select(p => new { p.Id, p.Capacity }).ToListAsync(ct);
            dossier.Lead = others.Find(p => p.Capacity.IsHelped())?.Id ?? dossier.Lead;
        }

        private async Task IsPutRight(Dossier dossier, Person person, CancellationToken ct)
        {
            await tally.IsPutRight(person, person.Identity.Value, ct);
            await found.ByName(dossier, person, ct);
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
