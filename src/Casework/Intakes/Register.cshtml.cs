using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Intakes;

/// <summary>The quick intake: eight fields, typed at night with one thumb. Saving opens the dossier; "save and next" offers another person of the same facts.</summary>
[Requires(May.OpenCallOuts)]
internal sealed class Register(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>The message in the tray that this intake is made from.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Tray { get; set; }

    /// <summary>Whoever was saved before this one may be known already: the dossier to look at. The next is typed first, or not.</summary>
    public Guid? ToLookAt { get; private set; }

    /// <summary>The field for it is unfolded: something stands in it, or is wrong with it.</summary>
    public bool CameEarlier => Form.RequestedAt is not null || ModelState.Any(f => f.Key.StartsWith("Form.RequestedAt", StringComparison.Ordinal) && f.Value?.Errors.Count > 0);
    public IReadOnlyList<PossibleDuplicate>? Known { get; private set; }
    public IReadOnlyList<Choice> Triggers { get; private set; } = [];
    public IReadOnlyList<Choice> Facts { get; private set; } = [];
    public IReadOnlyList<Choice> CapacitiesOffered => [.. Capacities.Helped(Design.Html.Moment.Day(clock.GetUtcNow()))];
    public IReadOnlyList<Choice> SafeRules => Choice.All<Rule>(Words.Of);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public async Task OnGetAsync(Guid? after, bool look, CancellationToken ct)
    {
        if (look) ToLookAt = after;
        Form = new Command { When = clock.GetUtcNow(), Language = who.Zone!.Record.FirstLanguage };
        if (after is { } previous) Form = await pipeline.Send(new SameFacts.Query(previous), ct);
        if (Tray is { } entry) Form = await pipeline.Send(new Prefill.Query(entry), ct);
        await ShowAgain(ct);
    }

    public async Task ShowAgain(CancellationToken ct) => (Triggers, Facts) = (await pipeline.Send(new Offered.Query(CodeList.Trigger), ct), await pipeline.Send(new Offered.Query(CodeList.SubKind), ct));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (made, look) = await Save(ct);
        if (!await pipeline.Send(new StillMine.Query(made), ct))
        {
            TempData["Done"] = Words.IntakeSaved;
            return RedirectToPage("/Casework/Worklist/Mine");
        }
        return look ? RedirectToPage("/Casework/Intakes/Known", new { dossier = made }) : RedirectToPage("/Casework/Dossiers/Show", new { dossier = made });
    }

    public async Task<IActionResult> OnPostNextAsync(CancellationToken ct)
    {
        var (made, look) = await Save(ct);
        TempData["Done"] = Words.SavedAndNext;
        return RedirectToPage(await pipeline.Send(new StillMine.Query(made), ct) ? new { after = (Guid?)made, look = look ? true : (bool?)null } : new { after = (Guid?)null, look = (bool?)null });
    }

    /// <summary>They came without an appointment and are here: the conversation is recorded next, as held in the office now.</summary>
    public async Task<IActionResult> OnPostAtTheDeskAsync(CancellationToken ct)
    {
        var (made, look) = await Save(ct);
        TempData["Done"] = Words.IntakeSaved;
        if (!await pipeline.Send(new StillMine.Query(made), ct)) return RedirectToPage("/Casework/Worklist/Mine");
        // Who may be known already is looked at first: what is known of them counts for the conversation too.
        return look ? RedirectToPage("/Casework/Intakes/Known", new { dossier = made }) : RedirectToPage("/Casework/Contacts/Record", new { dossier = made, place = Place.Office });
    }

    /// <summary>Shows possible duplicates beside the form; nothing is saved.</summary>
    public async Task<IActionResult> OnPostCheckAsync(CancellationToken ct)
    {
        Known = await pipeline.Send(new Check { FamilyName = Form.FamilyName, GivenName = Form.GivenName, Phone = Form.Phone }, ct);
        await ShowAgain(ct);
        return Page();
    }

    /// <returns>The dossier, and whether somebody alike is to be looked at.</returns>
    private async Task<(Guid Made, bool Look)> Save(CancellationToken ct)
    {
        // Looked up before the zone's writers wait for us; the night may add another alike in between, and the page that shows them looks again.
        var alike = await pipeline.Send(new Alike.Query(Form.FamilyName.Trim(), Form.GivenName.Trim(), Form.Phone), ct);
        var made = await pipeline.Send(Form with { Once = Once, Tray = Tray }, ct);
        return (made.Dossier, made.IsNew && alike);
    }

    /// <param name="IsNew">Not the same form sent again.</param>
    internal sealed record Registered(Guid Dossier, bool IsNew);

    [Requires(May.OpenCallOuts)]
    internal sealed record Command : ICommand<Registered>
    {
        public Coded<Trigger>? Trigger { get; init; }
        public DateTimeOffset? When { get; init; }
        public string Municipality { get; init; } = "";
        public string SubKind { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public string GivenName { get; init; } = "";
        public bool Unknown { get; init; }

        /// <summary>null: as the sub-kind presets.</summary>
        public Capacity? Capacity { get; init; }
        public string? Phone { get; init; }
        public Rule? Safe { get; init; }

        /// <summary>On what condition the number may be called: demanded where it is safe only if.</summary>
        public string? Condition { get; init; }
        public string Language { get; init; } = "";
        public string? Note { get; init; }

        /// <summary>When help was asked for, where that was before it is typed in; null: when the message came, or now.</summary>
        public DateTimeOffset? RequestedAt { get; init; }

        /// <summary>One-time id of the form: sent twice, it makes one dossier.</summary>
        internal Guid Once { get; init; }

        /// <summary>The message it comes from: closed in the same transaction.</summary>
        internal Guid? Tray { get; init; }

        /// <summary>What a row of a list says beside the eight fields.</summary>
        internal string? OfficialReport { get; init; }
        internal string? Address { get; init; }

        /// <summary>The officer asked that follow-up be offered.</summary>
        internal bool OfferFollowUp { get; init; }
    }

    [Requires(May.SeeSafetyCards)]
    internal sealed record Check : ICommand<IReadOnlyList<PossibleDuplicate>>, IBesideTheForm
    {
        internal string FamilyName { get; init; } = "";
        internal string GivenName { get; init; } = "";
        internal string? Phone { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Trigger).Must(t => t?.IsOne == true).WithMessage(_ => Words.ChooseTrigger);
            RuleFor(c => c.Capacity).Must(c => c is null || c.Value.IsHelped()).WithMessage(_ => Words.ChooseCapacity);
            RuleFor(c => c.Safe).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.When).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.When).Must(at => at is null || at > clock.GetUtcNow().AddYears(-60)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Municipality).MaximumLength(80).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.SubKind).Must(code => SubKinds.Find(code) is not null || OwnCode.IdOf(code) is not null).WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.FamilyName).Must((c, name) => c.Unknown || name.Trim().Length > 0 || c.GivenName.Trim().Length > 0).WithMessage(_ => Words.NameOrUnknown);
            RuleFor(c => c.FamilyName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Phone).Must(p => string.IsNullOrWhiteSpace(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            RuleFor(c => c.Safe).NotNull().When(c => !string.IsNullOrWhiteSpace(c.Phone)).WithMessage(_ => Words.ChooseSafeRule);
            // "Only if" means nothing without saying what. What comes from the tray may be longer: hours, what may be said and a code word.
            RuleFor(c => c.Condition).Must(text => !string.IsNullOrWhiteSpace(text)).When(c => c.Safe == Rule.OnlyIf).WithMessage(_ => Words.OnlyIfWhat);
            RuleFor(c => c.Condition).Must((c, text) => text is null || text.Length <= (c.Tray is null ? 300 : 600)).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Language).Must(Languages.All.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.RequestedAt).Must(at => at is null || at <= clock.GetUtcNow().AddMinutes(5)).WithMessage(_ => Words.InTheFuture);
            RuleFor(c => c.RequestedAt).Must(at => at is null || at > clock.GetUtcNow().AddYears(-20)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.OfficialReport).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Address).MaximumLength(500).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, Joining joining, Taking taking, Lists.Offering offering, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, Registered>
    {
        public async Task<Registered> Handle(Command form, CancellationToken ct)
        {
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return new Registered(before.Made, IsNew: false);
            var entry = await taking.Find(form.Tray, ct);
            if (entry?.Dossier is { } earlier) return new Registered(earlier, IsNew: false);
            var rules = await settings.Of(here.InZone.Id, ct);
            var now = clock.GetUtcNow();
            var today = Design.Html.Moment.Day(now);
            var (trigger, ownTrigger) = await OwnCodes.Resolve(zone, CodeList.Trigger, form.Trigger!, today, ct) ?? throw new ValidationException([new ValidationFailure(nameof(Command.Trigger), Words.ChooseTrigger)]);
            var (kind, ownKind) = await OwnCodes.Resolve(zone, form.SubKind, today, ct) ?? throw new ValidationException([new ValidationFailure(nameof(Command.SubKind), Words.ChooseFacts)]);
            ShippedCodes.Must(today, nameof(Command.Capacity), Words.ChooseCapacity, form.Capacity);
            var identity = form.Unknown && form.FamilyName.Trim().Length + form.GivenName.Trim().Length == 0 ? new Particulars("", "", Said(form.Phone), Address: Said(form.Address)) : new Particulars(form.FamilyName.Trim(), form.GivenName.Trim(), Said(form.Phone), Address: Said(form.Address));
            identity = Taking.Reached(entry, identity);
            var year = today.Year;
            var number = DossierNumber.Of(year, await DossierCounter.Next(zone, year, ct), here.InZone.Keys.NumberKey);
            var dossier = Dossier.Open(number, trigger, kind, form.When, form.Municipality.Trim(), caller.Self, now, ownTrigger, ownKind, form.RequestedAt ?? entry?.PutAt);
            var person = Person.Add(dossier.Id, identity, form.Capacity ?? kind.Capacity, form.Language, now);
            var safe = SafeContact.For(person);
            taking.Agrees(safe, entry, form.Safe, Said(form.Condition), trigger == Trigger.Person, now);
            taking.Interprets(entry, person);
            var first = Taking.FirstAct(entry, dossier, person, rules.FirstContactWithin, caller.Self, now);
            dossier.Lead = person.Id;
            dossier.Awaits(first.DueAt);
            // Who types a person in from whom they are walled off has helped them once; the dossier is not theirs to see again.
            var mine = !(await joining.Into(dossier, person, safe, entry, ct)).Contains(caller.Self);
            if (mine && caller.Is(Role.Caseworker) && !caller.Is(Role.Coordinator)) dossier.Assign(caller.Self);
            if (mine && caller.Is(Role.OnCall)) zone.Add(Grant.Give(dossier.Id, caller.Self, GrantKind.CallOut, now, now + rules.CallOutWindow, caller.Self));
            trail.Concerns(dossier.Id, "intake");
            zone.AddRange(dossier, first, Milestone.Reached(dossier.Id, MilestoneKind.Opened, caller.Self, now, about: entry?.Id), OutboxMessage.New($"dossier-opened {dossier.Id}", NewDossierMail.KindName, dossier.Id, dossier.AssignedTo, now));
            if (Said(form.Note) is { } note) zone.Add(Note.Write(dossier.Id, [person.Id], Layer.Assistance, note, caller.Self, now));
            if (entry is not null) await taking.Into(entry, dossier, now, ct);
            if (form.OfferFollowUp) await offering.Plan(dossier, person.Id, form.When, now, ct);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = dossier.Id });
            var key = here.InZone.Keys.Search;
            SearchToken.Add(zone, key, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
            if (Said(form.OfficialReport) is { } named) OfficialReport.Add(zone, key, dossier.Id, named, now);
            return new Registered(dossier.Id, IsNew: true);
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    internal sealed class CheckHandler(Duplicates duplicates) : IRequestHandler<Check, IReadOnlyList<PossibleDuplicate>>
    {
        public Task<IReadOnlyList<PossibleDuplicate>> Handle(Check command, CancellationToken ct) => duplicates.Of(command.FamilyName.Trim(), command.GivenName.Trim(), command.Phone, null, ct);
    }
}

/// <summary>Is somebody alike known in this zone?</summary>
internal static class Alike
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Query(string FamilyName, string GivenName, string? Phone) : IQuery<bool>;

    internal sealed class Handler(Duplicates duplicates) : IRequestHandler<Query, bool>
    {
        public Task<bool> Handle(Query query, CancellationToken ct) => duplicates.Any(query.FamilyName, query.GivenName, query.Phone, ct);
    }
}

/// <summary>The facts of an earlier intake, to register another person of the same event without typing them again.</summary>
internal static class SameFacts
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Query(Guid Dossier) : IQuery<Register.Command>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, Register.Command>
    {
        public async Task<Register.Command> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var language = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).Select(p => p.Language).FirstOrDefaultAsync(ct);
            return new Register.Command
            {
                Trigger = new Coded<Trigger>(dossier.Trigger, dossier.OwnTrigger), When = dossier.FactsAt, Municipality = dossier.Municipality, SubKind = dossier.FactsCode, Language = language ?? "", RequestedAt = dossier.RequestedAt < dossier.Opened ? dossier.RequestedAt : null,
            };
        }
    }
}
