using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>Two rows of one person in one dossier become one, field by field; of their rules of safe contact the stricter holds. It can be undone. One person in two dossiers stays two rows with a key each: a link would reveal one dossier in the other.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Merge(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }

    /// <summary>Who stays.</summary>
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }

    /// <summary>Who goes; null: not chosen yet.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Other { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await Find(ct);
        Form = AsItComes();
    }

    /// <summary>Somebody else changed the dossier while this form was filled in.</summary>
    public bool IsOvertaken { get; private set; }

    // What was chosen stays; the next press takes it from the rows as they are now, which are seen.
    public async Task ShowAgain(CancellationToken ct)
    {
        await Find(ct);
        // A merger is undone without the form.
        if (Form.Name == default) Form = AsItComes();
        else if (Form.Version != View.Version) (IsOvertaken, Form) = (true, Form with { Version = View.Version });
    }

    private Command AsItComes()
    {
        return new Command { Version = View.Version, Name = First(Field.Name), Capacity = First(Field.Capacity), Sex = First(Field.Sex), Birth = First(Field.Birth), Language = First(Field.Language), Phone = First(Field.Phone), Mail = First(Field.Mail), Address = First(Field.Address) };

        Row First(Field field) => View.Values.FirstOrDefault(v => v.Field == field) is { Kept.Length: 0, Gone.Length: > 0 } ? Row.Gone : Row.Kept;
    }

    private async Task Find(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person, Other), ct);
        Names = await accounts.Named(View.Mergers.Select(m => m.By), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Other is not { } other) return RedirectToPage(new { Dossier, Person });
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person, Other = other }, ct);
        TempData["Done"] = Words.Merged;
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    public async Task<IActionResult> OnPostUndoAsync(Guid merger, CancellationToken ct)
    {
        await pipeline.Send(new UndoMerge.Command(Dossier, merger), ct);
        TempData["Done"] = Words.MergeUndone;
        return await pipeline.Send(new StillMine.Query(Dossier), ct) ? RedirectToPage("/Casework/Dossiers/Show", new { Dossier }) : RedirectToPage("/Casework/Worklist/Mine");
    }

    public string NameOf(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    /// <summary>Which of the two rows a field is taken from.</summary>
    internal enum Row { Kept = 1, Gone = 2 }

    /// <summary>What is chosen field by field; damages and the need of an interpreter are those of both.</summary>
    internal enum Field { Name = 1, Capacity, Sex, Birth, Language, Phone, Mail, Address }

    /// <summary>What the two rows say.</summary>
    internal sealed record Value(Field Field, string Kept, string Gone)
    {
        public bool Differs => Kept != Gone;
        public IReadOnlyList<Choice> Choices => [new(nameof(Row.Kept), Kept.Length > 0 ? Kept : "–"), new(nameof(Row.Gone), Gone.Length > 0 ? Gone : "–")];
    }

    /// <param name="Others">Who could be the same.</param>
    /// <param name="Values">Empty: the other was not chosen yet.</param>
    /// <param name="Rules">What will hold of each channel.</param>
    /// <param name="Mergers">Those into this person that were not undone, the latest first.</param>
    internal sealed record Answer(string Name, string? Other, IReadOnlyList<(Guid Id, string Name, Capacity Capacity)> Others, IReadOnlyList<Value> Values, IReadOnlyList<(Channel Channel, Rule Rule)> Rules, IReadOnlyList<Merger> Mergers, int Version);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person, Guid? Other) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>, ISensitive
    {
        public Row Name { get; init; }
        public Row Capacity { get; init; }
        public Row Sex { get; init; }
        public Row Birth { get; init; }
        public Row Language { get; init; }
        public Row Phone { get; init; }
        public Row Mail { get; init; }
        public Row Address { get; init; }

        /// <summary>Of the dossier when the form was shown.</summary>
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
        internal Guid Other { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Name).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Capacity).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Sex).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Birth).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Language).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Phone).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Mail).IsInEnum().WithMessage(_ => Words.ChooseRow);
            RuleFor(c => c.Address).IsInEnum().WithMessage(_ => Words.ChooseRow);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Keyring keys, Found found, Gate gate, Joining joining, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            var kept = people.Find(p => p.Id == query.Person) ?? throw new RefusedException("absent", dossier.Id);
            var gone = query.Other is { } id ? people.Find(p => p.Id == id && p.Id != kept.Id) ?? throw new RefusedException("absent", dossier.Id) : null;
            var mergers = await zone.Set<Merger>().AsNoTracking().Where(m => m.Kept == kept.Id && m.Undone == null).OrderByDescending(m => m.Id).ToListAsync(ct);
            var rules = new List<(Channel, Rule)>();
            if (gone is not null)
            {
                var (one, other) = (await RulesOf(kept, ct), await RulesOf(gone, ct));
                rules.AddRange(Enum.GetValues<Channel>().Select(c => (c, SafeContact.Stricter(c, one.Of(c), other.Of(c)))));
            }
            return new Answer(kept.Identity.Value.FullName, gone?.Identity.Value.FullName, [.. people.Where(p => p.Id != kept.Id).Select(p => (p.Id, p.Identity.Value.FullName, p.Capacity))], gone is null ? [] : [.. ValuesOf(kept, gone)], rules, mergers, dossier.Version);
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var people = await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            var kept = people.Find(p => p.Id == form.Person) ?? throw new RefusedException("absent", dossier.Id);
            var gone = people.Find(p => p.Id == form.Other && p.Id != kept.Id) ?? throw new RefusedException("absent", dossier.Id);
            if (form.Version != dossier.Version) throw Wrong(nameof(Command.Name), Words.ChangedMeanwhile);
            await keys.Fetch([kept.Id, gone.Id, dossier.Id], ct);
            // An alleged perpetrator is nobody's second row: whoever thinks so puts the capacity right first.
            if ((kept.Capacity == Capacity.AllegedAuthor) != (gone.Capacity == Capacity.AllegedAuthor)) throw Wrong(nameof(Command.Capacity), Words.MergeAuthor);
            var standings = await zone.Set<Standing>().Where(s => s.DossierId == dossier.Id && (s.WhoId == kept.Id || s.WhoId == gone.Id || s.PersonId == kept.Id || s.PersonId == gone.Id)).OrderBy(s => s.Id).ToListAsync(ct);
            if (standings.Exists(s => (s.WhoId == kept.Id && s.PersonId == gone.Id) || (s.WhoId == gone.Id && s.PersonId == kept.Id))) throw Wrong(nameof(Command.Name), Words.MergeStanding);

            // Before anything changes owner: what waits to go out bears the name and the place of one of the two.
            await gate.TakeBack([kept.Id, gone.Id], Bar.Changed, ct);
            var (was, before, standingsBefore) = (gone.Keep(), kept.Keep(), standings.Select(s => s.Keep()).ToList());
            kept.Take(Chosen(form, before, was, now));
            var (safe, other) = (await zone.Set<SafeContact>().SingleAsync(s => s.Id == kept.Id, ct), await zone.Set<SafeContact>().SingleAsync(s => s.Id == gone.Id, ct));
            var (rules, goneRules) = (safe.Now(), other.Now());
            safe.Join(goneRules);
            NeverElsewhere.Queue(zone, safe, now);
            zone.Add(RuleChange.Of(safe, rules, caller.Self, now));
            await gate.GiveBackVisits(dossier, safe, rules, ct);
            await gate.GiveBackVisits(dossier, safe, goneRules, ct, gone.Id);
            var interpreters = await zone.Set<Interpreter>().Where(i => i.Id == kept.Id || i.Id == gone.Id).ToListAsync(ct);
            var (interpreter, goneInterpreter) = (interpreters.Find(i => i.Id == kept.Id)?.Keep(), interpreters.Find(i => i.Id == gone.Id)?.Keep());
            if (interpreter is null && goneInterpreter is not null) zone.Add(Interpreter.Of(kept.Id, dossier.Id, goneInterpreter));
            Restand(standings, kept.Id, gone.Id);
            var pointers = await new Pointers(zone).Turn(dossier.Id, gone.Id, kept.Id, ct);
            var consents = await zone.Set<Consent>().Where(c => c.DossierId == dossier.Id && c.Representative == gone.Id).ToListAsync(ct);
            foreach (var consent in consents) consent.AgreedIn(kept.Id);
            var ended = await joining.WaitsNoMore(dossier, kept, ct);
            zone.RemoveRange(interpreters.Where(i => i.Id == gone.Id));
            zone.RemoveRange(other, gone);
            var lead = dossier.Lead;
            if (lead == gone.Id) dossier.Lead = kept.Id;
            if (dossier.Lead == kept.Id && !kept.IsHelped) dossier.Lead = people.Find(p => p.Id != kept.Id && p.Id != gone.Id && p.IsHelped)?.Id ?? dossier.Lead;
            var after = zone.ChangeTracker.Entries<Standing>().Where(e => e.State is not (EntityState.Deleted or EntityState.Detached)).Select(e => e.Entity.Keep()).OrderBy(s => s.Id).ToList();
            zone.AddRange(Merger.Of(dossier.Id, kept.Id, gone.Id, new WhatWas(was, before, kept.Keep(), goneRules, rules, safe.Now(), goneInterpreter, interpreter, interpreter ?? goneInterpreter, standingsBefore, after, pointers, lead) { Agreed = [.. consents.Select(c => c.Id)], Ended = ended }, caller.Self, now),
                Milestone.Reached(dossier.Id, MilestoneKind.Merged, caller.Self, now));
            await found.ByName(dossier, kept, ct);
            await SearchToken.Replace(zone, here.InZone.Keys.Search, dossier.Id, gone.Id, [], ct);
            await gate.AskConsentAnew([kept.Id, gone.Id, .. consents.Select(c => c.PersonId)], Bar.Changed, ct);
            dossier.Touch();
            return kept.Id;
        }

        private void Restand(List<Standing> standings, Guid kept, Guid gone)
        {
            foreach (var group in standings.Select(s => (Row: s, Was: s.Keep())).GroupBy(s => (Who: To(s.Was.Who), Person: To(s.Was.Person))))
            {
                var first = group.OrderBy(s => s.Was.Who == gone || s.Was.Person == gone).First();
                var joined = group.Where(s => s.Row != first.Row).Aggregate(first.Was, (one, other) => one.With(other.Was));
                first.Row.Take(joined with { Who = group.Key.Who, Person = group.Key.Person });
                zone.RemoveRange(group.Where(s => s.Row != first.Row).Select(s => s.Row));
            }

            Guid To(Guid id) => id == gone ? kept : id;
        }

        private async Task<SafeContact> RulesOf(Person person, CancellationToken ct) => await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person);

        private static Person.Kept Chosen(Command form, Person.Kept kept, Person.Kept gone, DateTimeOffset now)
        {
            Person.Kept From(Row row) => row == Row.Gone ? gone : kept;
            var (name, birth) = (From(form.Name).Identity, From(form.Birth).Identity);
            var identity = new Particulars(name.FamilyName, name.GivenName, From(form.Phone).Identity.Phone, From(form.Mail).Identity.Mail, From(form.Address).Identity.Address, birth.BirthDate, birth.EstimatedAge);
            // A minor where either row says so, unless the day of birth that was chosen says otherwise.
            var minor = birth.MinorAt(now) ?? (kept.IsMinor || gone.IsMinor);
            return new Person.Kept(From(form.Capacity).Capacity, kept.Damage | gone.Damage, From(form.Sex).Sex, From(form.Language).Language, kept.NeedsInterpreter || gone.NeedsInterpreter, minor, kept.Added < gone.Added ? kept.Added : gone.Added, identity);
        }

        private static IEnumerable<Value> ValuesOf(Person kept, Person gone)
        {
            var (one, other) = (kept.Identity.Value, gone.Identity.Value);
            yield return new Value(Field.Name, one.FullName, other.FullName);
            yield return new Value(Field.Capacity, Words.Of(kept.Capacity), Words.Of(gone.Capacity));
            yield return new Value(Field.Sex, Words.Of(kept.Sex), Words.Of(gone.Sex));
            yield return new Value(Field.Birth, Birth(one), Birth(other));
            yield return new Value(Field.Language, Words.Of("Language_" + kept.Language), Words.Of("Language_" + gone.Language));
            yield return new Value(Field.Phone, one.Phone ?? "", other.Phone ?? "");
            yield return new Value(Field.Mail, one.Mail ?? "", other.Mail ?? "");
            yield return new Value(Field.Address, one.Address ?? "", other.Address ?? "");

            static string Birth(Particulars who) => who.BirthDate is { } born ? Moment.Show(born) : who.EstimatedAge is { } age ? Words.YearsOld(age) : "";
        }

        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
