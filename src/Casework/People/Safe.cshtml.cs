using System.Globalization;
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
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>What a person has said about being reached: a rule for each channel, and the words behind it.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Safe(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    private IReadOnlyDictionary<Guid, Colleague> names = new Dictionary<Guid, Colleague>();

    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string Name { get; private set; } = "";
    public bool IsMinor { get; private set; }

    /// <summary>A never of somebody else closes the telephone.</summary>
    public bool NotAtTheNumber { get; private set; }
    public IReadOnlyList<RuleChange> History { get; private set; } = [];
    public string NameOf(Guid account) => names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;
    public IReadOnlyList<Choice> RulesOffered => Choice.All<Rule>(Words.Of);

    /// <summary>Only whoever leads the dossier decides as a coordinator; what a coordinator decided before stays to be seen.</summary>
    public IReadOnlyList<Choice> Deciders { get; private set; } = [];

    /// <summary>The rules as they stand now, where somebody else agreed on them while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => Form = await Load(ct);

    // What was chosen stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await Load(ct);
        if (now.Asked != Form.Asked) (Meanwhile, Form) = (now, Form with { Asked = now.Asked });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person }, ct);
        TempData["Done"] = Words.RulesSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    private async Task<Command> Load(CancellationToken ct)
    {
        var current = await pipeline.Send(new Query(Dossier, Person), ct);
        (Name, IsMinor, NotAtTheNumber, History) = (current.Name, current.IsMinor, current.NotAtTheNumber, current.History);
        names = await accounts.Named(History.Select(h => h.By), ct);
        Deciders = [.. Choice.All<Decider>(Words.Of).Where(d => current.MayDecide || d.Value != nameof(Decider.Coordinator) || Decider.Coordinator == current.Form.LettersHome)];
        return current.Form;
    }

    /// <param name="History">What held before, the latest first.</param>
    internal sealed record Current(string Name, Command Form, bool IsMinor, bool NotAtTheNumber, bool MayDecide, IReadOnlyList<RuleChange> History);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Current>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public Rule Call { get; init; }
        public Rule Sms { get; init; }
        public Rule Mail { get; init; }
        public Rule Letter { get; init; }
        public Rule Visit { get; init; }

        /// <summary>Where an SMS goes instead of to the telephone.</summary>
        public string? SmsNumber { get; init; }
        public string? Hours { get; init; }
        public string? WhoMayAnswer { get; init; }
        public string? WhatMayBeSaid { get; init; }
        public string? CodeWord { get; init; }
        public string? ThirdPerson { get; init; }
        public TimeOnly? From { get; init; }
        public TimeOnly? Until { get; init; }
        public bool Weekdays { get; init; }

        /// <summary>Of a minor only.</summary>
        public Decider LettersHome { get; init; }
        public string? MinorReason { get; init; }

        /// <summary>A mark of all that this form showed: what was agreed, the violence since, and what a never elsewhere closes. 0: nobody has asked yet, and nothing is known. Where it is another now, what is saved was not agreed over that.</summary>
        public long Asked { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Call).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Sms).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Mail).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Letter).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Visit).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.SmsNumber).Must(p => !Said(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            RuleFor(c => c.Hours).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.WhoMayAnswer).MaximumLength(300).WithMessage(_ => Words.TooLong);
            // "Only if" means nothing without saying what.
            RuleFor(c => c.WhatMayBeSaid).Must((c, _) => !new[] { c.Call, c.Sms, c.Mail, c.Letter, c.Visit }.Contains(Rule.OnlyIf) || Said(c.WhatMayBeSaid) || Said(c.Hours) || Said(c.WhoMayAnswer) || c.From is not null || c.Weekdays).WithMessage(_ => Words.OnlyIfWhat);
            RuleFor(c => c.Until).Must((c, until) => (until is null) == (c.From is null) && (until is null || until != c.From)).WithMessage(_ => Words.HoursBoth);
            RuleFor(c => c.LettersHome).IsInEnum().WithMessage(_ => Words.ChooseDecider);
            RuleFor(c => c.MinorReason).Must((c, why) => c.LettersHome == Decider.Nobody || Said(why)).WithMessage(_ => Words.SayWhy).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.WhatMayBeSaid).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.CodeWord).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ThirdPerson).MaximumLength(300).WithMessage(_ => Words.TooLong);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    // The same in every process: a draft is filled in again after a restart.
    private static long MarkOf(SafeContact safe, ClosedChannels elsewhere)
    {
        var (theirs, atTheNumber) = (elsewhere.Theirs.Sum(c => 1L << (int)c), elsewhere.AtTheNumber.Sum(c => 1L << (int)c));
        return new[] { safe.Checked?.UtcTicks ?? 0, safe.Revision, safe.ViolenceAt?.UtcTicks ?? 0, theirs, atTheNumber }.Aggregate(0L, (mark, part) => unchecked((mark * 31) + part));
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Gate gate, TimeProvider clock) : IRequestHandler<Query, Current>
    {
        private const int Most = 50;

        public async Task<Current> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            // A never that was said in another dossier stands here as never: whoever opens it has asked. One of somebody else at the same number is not theirs, and is asked about.
            var whom = await gate.Of(dossier, query.Person, first: false, ct);
            var (person, safe, details) = (whom.Person, whom.Safe, whom.Safe.Details.Value);
            Rule Shown(Channel channel) => whom.ClosedElsewhere.Theirs.Contains(channel) ? Rule.Never : whom.ClosedElsewhere.AtTheNumber.Contains(channel) && safe.Of(channel) != Rule.Never ? Rule.NotAsked : safe.Of(channel);
            return new Current(person.Identity.Value.FullName, new Command
            {
                Call = Shown(Channel.Call), Sms = Shown(Channel.Sms), Mail = Shown(Channel.Mail), Letter = Shown(Channel.Letter), Visit = Shown(Channel.Visit), SmsNumber = details.SmsNumber, Hours = details.Hours, WhoMayAnswer = details.WhoMayAnswer, WhatMayBeSaid = details.WhatMayBeSaid, CodeWord = details.CodeWord, ThirdPerson = details.ThirdPerson,
                From = details.From, Until = details.Until, Weekdays = details.Weekdays, LettersHome = safe.LettersHome, MinorReason = details.MinorReason,
                Asked = MarkOf(safe, whom.ClosedElsewhere),
            }, person.IsMinorAt(clock.GetUtcNow()), whom.ClosedElsewhere.AtTheNumber.Count > 0, await guard.Leads(dossier, ct), await zone.Set<RuleChange>().AsNoTracking().Where(c => c.PersonId == person.Id).OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(Most).ToListAsync(ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Gate gate, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var safe = await zone.Set<SafeContact>().SingleOrDefaultAsync(s => s.Id == form.Person && s.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            if (form.Asked != MarkOf(safe, (await gate.Of(dossier, safe.Id, first: false, ct)).ClosedElsewhere)) throw Wrong(nameof(Command.Call), Words.ChangedMeanwhile);
            var before = safe.Now();
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            var minor = people.Single(p => p.Id == form.Person).IsMinorAt(now);
            var decided = minor ? form.LettersHome : Decider.Nobody;
            var authors = people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value).ToList();
            if (PhoneNumber.ToE164(form.SmsNumber) is { } second && authors.Exists(a => PhoneNumber.ToE164(a.Phone) == second)) throw Wrong(nameof(Command.SmsNumber), Words.NeverTheAuthor);
            if (Authors.Named(authors, form.WhoMayAnswer)) throw Wrong(nameof(Command.WhoMayAnswer), Words.NeverTheAuthor);
            if (Authors.Named(authors, form.ThirdPerson)) throw Wrong(nameof(Command.ThirdPerson), Words.NeverTheAuthor);
            // A coordinator's decision, and the reason given for it, are the coordinator's.
            var leads = await guard.Leads(dossier, ct);
            if (!leads && Newly(before.LettersHome, decided)) throw Wrong(nameof(Command.LettersHome), Words.CoordinatorDecides);
            if (!leads && decided == Decider.Coordinator && Said(form.MinorReason) != safe.Details.Value.MinorReason) throw Wrong(nameof(Command.MinorReason), Words.CoordinatorDecides);
            var reason = minor ? Said(form.MinorReason) : null;
            var details = new SafeDetails(Said(form.Hours), Said(form.WhoMayAnswer), Said(form.WhatMayBeSaid), Said(form.CodeWord), Said(form.ThirdPerson), form.From, form.Until, form.Weekdays, reason, Said(form.SmsNumber));
            safe.Agree(form.Call, form.Sms, form.Mail, form.Letter, form.Visit, details, caller.Self, now);
            safe.Decide(decided);
            await SearchToken.FindAgain(zone, here.InZone.Keys.Search, people.Single(p => p.Id == form.Person), ct);
            NeverElsewhere.Queue(zone, safe, now);
            if (before.LettersHome != decided) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.MinorDecided, caller.Self, now));
            if (safe.Revision != before.Revision)
            {
                zone.Add(RuleChange.Of(safe, before, caller.Self, now));
                await gate.TakeBack([safe.Id], Bar.RuleChanged, ct);
                await gate.GiveBackVisits(dossier, safe, before, ct);
            }
            dossier.Touch();
            return true;
        }

        private static bool Newly(Decider before, Decider after) => after == Decider.Coordinator && before != Decider.Coordinator;
        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}

/// <summary>One tap: asked again, still valid.</summary>
internal static class StillGood
{
    [Requires(May.ChangeDossiers)]
    /// <param name="Read">The revision of the rules that stood above the button.</param>
    /// <returns>false: they changed since, or the person said never in another dossier; what is valid was not read.</returns>
    internal sealed record Command(Guid Dossier, Guid Person, int Read) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            var now = clock.GetUtcNow();
            return await Say(zone, gate, dossier, command, caller.Self, now, now, ct);
        }
    }

    /// <summary>The same within another deed of a dossier that is open for change: a contact at which it was asked.</summary>
    /// <param name="asked">When: a talk is often entered days later, and what became known since was not asked about.</param>
    internal static async Task<bool> Say(ZoneDbContext zone, Gate gate, Dossier dossier, Command said, Guid by, DateTimeOffset asked, DateTimeOffset now, CancellationToken ct)
    {
        var safe = await zone.Set<SafeContact>().SingleOrDefaultAsync(s => s.Id == said.Person && s.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
        if (safe.Revision != said.Read) return false;
        var whom = await gate.Of(dossier, safe.Id, first: false, ct);
        if (Enum.GetValues<Channel>().Any(c => whom.ClosedElsewhere.Contains(c) && safe.Of(c) != Rule.Never)) return false;
        if (safe.Checked >= asked) return true;
        safe.StillGood(by, asked);
        NeverElsewhere.Queue(zone, safe, now);
        return true;
    }

    /// <summary>As a box of a form names it: whose rules, and which revision of them stood there.</summary>
    internal static string Key(Guid person, int read) => string.Create(CultureInfo.InvariantCulture, $"{person:N} {read}");

    /// <returns>null: no page of ours wrote that.</returns>
    internal static Command? Read(Guid dossier, string? key) =>
        key?.Split(' ') is [{ Length: 32 } person, var read] && Guid.TryParseExact(person, "N", out var id) && int.TryParse(read, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? new Command(dossier, id, revision) : null;
}
