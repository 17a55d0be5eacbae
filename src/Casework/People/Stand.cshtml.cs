using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.People;

/// <summary>Who stands for a helped person: as what, whether in a conflict, and who decided whether they are told or reached for them, with the reason.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Stand(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>For whom.</summary>
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }

    /// <summary>Who stands; null: somebody new.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Who { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyList<Choice> Roles => Choice.All<StandingRole>(Words.Of);
    public IReadOnlyList<Choice> Others => [.. View.Others.Select(o => new Choice(o.Id.ToString(), $"{o.Name} ({Words.Of(o.Capacity)})"))];

    /// <summary>Only whoever leads the dossier decides as a coordinator; what one decided before stays to be seen.</summary>
    public IReadOnlyList<Choice> Authorities => [.. Choice.All<Authority>(Words.Of).Where(a => View.MayDecide || a.Value != nameof(Authority.Coordinator) || View.Form.Told == Authority.Coordinator || View.Form.Reached == Authority.Coordinator)];

    /// <summary>As it stands now, where somebody else decided while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person, Who), ct);
        Form = View.Form;
    }

    // What was chosen stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person, Who), ct);
        if (View.Form.Version != Form.Version) (Meanwhile, Form) = (View.Form, Form with { Version = View.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person, Who = Who ?? Form.Chosen }, ct);
        TempData["Done"] = Words.StandingSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        await pipeline.Send(new Remove(Dossier, Person, Who ?? Guid.Empty), ct);
        TempData["Done"] = Words.StandingRemoved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal sealed record Other(Guid Id, string Name, Capacity Capacity);

    /// <param name="Name">For whom.</param>
    /// <param name="Others">Who could stand for them and does not yet.</param>
    /// <param name="Stands">Who it is about; null: somebody new.</param>
    internal sealed record Answer(string Name, bool IsMinor, IReadOnlyList<Other> Others, Other? Stands, Command Form, bool MayDecide);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person, Guid? Who) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        /// <summary>Who stands, where the address does not say it.</summary>
        public Guid? Chosen { get; init; }
        public StandingRole? Role { get; init; }
        public bool Conflict { get; init; }
        public string? ConflictWhat { get; init; }
        public Authority Told { get; init; }
        public Authority Reached { get; init; }
        public string? What { get; init; }
        public string? Reason { get; init; }
        public string? Reference { get; init; }

        /// <summary>Of the dossier when the form was shown.</summary>
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
        internal Guid? Who { get; init; }
    }

    /// <summary>They stand for the person no longer.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Remove(Guid Dossier, Guid Person, Guid Who) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Chosen).Must((c, _) => c.Who is not null).WithMessage(_ => Words.ChooseWhoStands);
            RuleFor(c => c.Role).NotNull().WithMessage(_ => Words.ChooseStandingRole).IsInEnum().WithMessage(_ => Words.ChooseStandingRole);
            RuleFor(c => c.Told).IsInEnum().WithMessage(_ => Words.ChooseDecider);
            RuleFor(c => c.Reached).IsInEnum().WithMessage(_ => Words.ChooseDecider);
            RuleFor(c => c.Told).Must((c, told) => !c.Conflict || told == Authority.Nobody).WithMessage(_ => Words.NotInAConflict);
            RuleFor(c => c.Reached).Must((c, reached) => !c.Conflict || reached == Authority.Nobody).WithMessage(_ => Words.NotInAConflict);
            RuleFor(c => c.ConflictWhat).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.What).Must((c, what) => c.Told == Authority.Nobody || Said(what)).WithMessage(_ => Words.SayWhatMayBeTold).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Reason).Must((c, why) => (c.Told == Authority.Nobody && c.Reached == Authority.Nobody) || Said(why)).WithMessage(_ => Words.SayWhy).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Reference).Must((c, reference) => (c.Told != Authority.Prosecutor && c.Reached != Authority.Prosecutor) || Said(reference)).WithMessage(_ => Words.SayTheReference).MaximumLength(100).WithMessage(_ => Words.TooLong);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>, IRequestHandler<Remove, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            var person = Helped(people, query.Person, dossier);
            var standings = await zone.Set<Standing>().AsNoTracking().Where(s => s.PersonId == person.Id).ToListAsync(ct);
            var form = new Command { Version = dossier.Version };
            Other? stands = null;
            if (query.Who is { } id)
            {
                var who = people.Find(p => p.Id == id && p.Id != person.Id) ?? throw new RefusedException("absent", dossier.Id);
                stands = Named(who);
                if (standings.Find(s => s.WhoId == id) is { } standing)
                {
                    var words = standing.Words.Value;
                    form = form with { Role = standing.Role, Conflict = standing.Conflict, ConflictWhat = words.Conflict, Told = standing.Told, Reached = standing.Reached, What = words.What, Reason = words.Reason, Reference = words.Reference };
                }
            }
            return new Answer(person.Identity.Value.FullName, person.IsMinorAt(clock.GetUtcNow()), [.. people.Where(p => p.Id != person.Id && p.Capacity != Capacity.Deceased && standings.All(s => s.WhoId != p.Id)).Select(Named)], stands, form, await guard.Leads(dossier, ct));

            static Other Named(Person p) => new(p.Id, p.Identity.Value.FullName, p.Capacity);
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            var person = Helped(people, form.Person, dossier);
            var who = people.Find(p => p.Id == form.Who && p.Id != person.Id) ?? throw new RefusedException("absent", dossier.Id);
            if (form.Version != dossier.Version) throw Wrong(nameof(Command.Role), Words.ChangedMeanwhile);
            if (who.Capacity == Capacity.Deceased) throw Wrong(nameof(Command.Chosen), Words.ChooseWhoStands);
            await Refuse(form, dossier, person, who, people, ct);
            var standings = await zone.Set<Standing>().Where(s => s.PersonId == person.Id).ToListAsync(ct);
            var standing = standings.Find(s => s.WhoId == who.Id);
            var leads = await guard.Leads(dossier, ct);
            // A coordinator's decision, and the reason given for it, are the coordinator's.
            if (!leads && form.Told == Authority.Coordinator && standing?.Told != Authority.Coordinator) throw Wrong(nameof(Command.Told), Words.CoordinatorDecides);
            if (!leads && form.Reached == Authority.Coordinator && standing?.Reached != Authority.Coordinator) throw Wrong(nameof(Command.Reached), Words.CoordinatorDecides);
            if (standing is null) zone.Add(standing = Standing.Between(dossier.Id, who.Id, person.Id, caller.Self, now));
            // One reason stands for both decisions: as long as one of them is the coordinator's, its words are too. Who writes others is told, rather than that they are saved.
            if (!leads && (form.Told == Authority.Coordinator || form.Reached == Authority.Coordinator) && Overwritten(standing.Words.Value, form).ToList() is { Count: > 0 } wrong) throw new ValidationException(wrong);
            standing.Decide(form.Role!.Value, form.Conflict || who.Capacity == Capacity.AllegedAuthor, form.Told, form.Reached, new StandingWords(Said(form.ConflictWhat), Said(form.What), Said(form.Reason), Said(form.Reference)), caller.Self, now);
            // One is reached for a person, not several.
            if (standing.Reached != Authority.Nobody) foreach (var other in standings.Where(s => s.WhoId != who.Id && s.Reached != Authority.Nobody)) other.NoLongerReached(caller.Self, now);
            await Changed(dossier, person, now, ct);
            return standing.Id;
        }

        public async Task<bool> Handle(Remove command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            var person = Helped(people, command.Person, dossier);
            zone.Remove(await zone.Set<Standing>().SingleOrDefaultAsync(s => s.PersonId == person.Id && s.WhoId == command.Who, ct) ?? throw new RefusedException("absent", dossier.Id));
            await Changed(dossier, person, now, ct);
            return true;
        }

        // The alleged perpetrator may hold parental authority, and that is noted; they are told nothing and reached for nobody.
        private async Task Refuse(Command form, Dossier dossier, Person person, Person who, List<Person> people, CancellationToken ct)
        {
            var authors = people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value).ToList();
            var isAuthor = who.Capacity == Capacity.AllegedAuthor || (!who.IsHelped && Authors.Are(authors, who.Identity.Value));
            if (isAuthor && form.Told != Authority.Nobody) throw Wrong(nameof(Command.Told), Words.NeverTheAuthor);
            // Whoever shares a telephone with the author is not reached by it, helped or not.
            if ((isAuthor || Authors.Are(authors, who.Identity.Value)) && form.Reached != Authority.Nobody) throw Wrong(nameof(Command.Reached), Words.NeverTheAuthor);
            if (isAuthor && form.Role == StandingRole.Support) throw Wrong(nameof(Command.Role), Words.NeverTheAuthor);
            if (form.Reached == Authority.Nobody) return;
            if (!person.IsMinorAt(clock.GetUtcNow())) throw Wrong(nameof(Command.Reached), Words.OnlyForAMinor);
            var stead = new Stead(Standing.Between(dossier.Id, who.Id, person.Id, caller.Self, clock.GetUtcNow()), who, await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == who.Id, ct) ?? SafeContact.For(who));
            stead.Standing.Decide(form.Role!.Value, form.Conflict, form.Told, form.Reached, new StandingWords(), caller.Self, clock.GetUtcNow());
            var whom = new Addressee(person, SafeContact.For(person), dossier, new HashSet<string>(), Stead: stead);
            // Without a number, or against what they said themselves, nobody is reached through them.
            if (Clearance.Look(whom, new Outgoing(Channel.Call, Through: who.Id), clock.GetUtcNow()).Bar is var bar and (Bar.Nowhere or Bar.Never)) throw Wrong(nameof(Command.Reached), Words.Of(bar));
        }

        private async Task Changed(Dossier dossier, Person person, DateTimeOffset now, CancellationToken ct)
        {
            (await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct)).StandingChanged();
            await gate.TakeBack([person.Id], Bar.RuleChanged, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.StandingDecided, caller.Self, now));
            dossier.Touch();
        }

        private static IEnumerable<ValidationFailure> Overwritten(StandingWords before, Command form)
        {
            if (Said(form.What) != Said(before.What)) yield return new ValidationFailure(nameof(Command.What), Words.CoordinatorDecides);
            if (Said(form.Reason) != Said(before.Reason)) yield return new ValidationFailure(nameof(Command.Reason), Words.CoordinatorDecides);
        }

        private static Person Helped(List<Person> people, Guid id, Dossier dossier) => people.Find(p => p.Id == id && p.IsHelped) ?? throw new RefusedException("absent", dossier.Id);
        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
