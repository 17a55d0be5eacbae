using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.CallOuts;

/// <summary>A call-out on one page, filled in on a telephone at night and again towards morning: who called, when and where, who is there, what was done, what is left to the day team. Nothing is asked for but the
/// kind of facts and somebody; what is missing is said afterwards. At the end it is handed over.</summary>
[Requires(May.WorkOnCallOuts)]
internal sealed class Enter(IMediator pipeline, IEnumerable<IKnowCallOuts> pools, TimeProvider clock) : PageModel, IShowAgain
{
    /// <summary>null: a new one of the zone's own.</summary>
    [BindProperty(Name = "callOut", SupportsGet = true)] public Guid? Id { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public View Now { get; private set; } = null!;

    /// <summary>It was begun from a pool: another may go in their place.</summary>
    public bool OfAPool { get; private set; }
    public IReadOnlyList<Choice> Callers => Choice.All<CalledBy>(Words.Of);
    public IReadOnlyList<Choice> ActsOffered => Choice.All<CallOutAct>(Words.Of);
    public IReadOnlyList<Choice> TasksOffered => Choice.All<DayTask>(Words.Of);
    public IReadOnlyList<Choice> CapacitiesOffered => ShippedCodes.Choices<Capacity>(Moment.Day(clock.GetUtcNow()));
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public bool IsWrong(int row) => ModelState.Any(f => f.Key.StartsWith($"Form.Persons[{row}]", StringComparison.Ordinal) && f.Value?.Errors.Count > 0);

    public bool IsTyped(int row) => ModelState.Any(f => f.Key.StartsWith($"Form.Persons[{row}]", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(f.Value?.AttemptedValue));

    /// <summary>What a text that was typed before and is shown again was typed over: sent over what was saved meanwhile it is told. Shown again because of that, it is over the latest.</summary>
    public string Over => HttpMethods.IsGet(Request.Method) && ModelState["Form.Version"]?.AttemptedValue is { } then ? then : Form.Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Rows for as many as were filled in, also by somebody who has not sent them.</summary>
    public IReadOnlyList<PersonRow> RoomForTyped()
    {
        while (Form.Persons.Count < Command.MostRows && ModelState.Keys.Any(k => k.StartsWith($"Form.Persons[{Form.Persons.Count}].", StringComparison.Ordinal))) Form.Persons.Add(new PersonRow());
        return Form.Persons;
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Id), ct);
        Form = Now.Form;
        await Rows(ct);
    }

    // What was typed stays; the next press saves it over what was saved meanwhile.
    public async Task ShowAgain(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Id, Once), ct);
        Form = Form with { Version = Now.Form.Version };
        await Rows(ct);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Save(handsOver: false, ct);
    public Task<IActionResult> OnPostHandOverAsync(CancellationToken ct) => Save(handsOver: true, ct);

    private async Task<IActionResult> Save(bool handsOver, CancellationToken ct)
    {
        var saved = await pipeline.Send(Form with { CallOut = Id, Once = Once, HandsOver = handsOver }, ct);
        if (saved is { From: { } from, To: { } to })
            foreach (var pool in pools) await pool.Took(saved.Id, from, to, ct);
        TempData["Done"] = !handsOver ? Words.CallOutSaved : saved.IsHeavy ? $"{Words.CallOutClosed}. {Words.HeavyCallOut}" : Words.CallOutClosed;
        return await pipeline.Send(new StillTheirs(saved.Id), ct) ? RedirectToPage(new { callOut = (Guid?)saved.Id }) : RedirectToPage("/Casework/CallOuts/Mine");
    }

    // Everybody who is known, and room for two more, but for four at least.
    private async Task Rows(CancellationToken ct)
    {
        if (Id is { } id)
            foreach (var pool in pools) OfAPool |= await pool.Of(id, ct) is not null;
        while (Form.Persons.Count < Command.FewestRows || (Form.Persons.Count < Command.MostRows && Form.Persons.Count(p => !p.IsFilled && p.Id is null) < 2)) Form.Persons.Add(new PersonRow());
    }

    internal sealed record PersonRow
    {
        /// <summary>Somebody who was entered before; null: new.</summary>
        public Guid? Id { get; init; }
        public string? GivenName { get; init; }
        public string? FamilyName { get; init; }
        public bool Unknown { get; init; }

        /// <summary>null: as the kind of facts presets.</summary>
        public Capacity? Capacity { get; init; }
        public string? Relation { get; init; }
        public string? Phone { get; init; }

        public bool HasName => !string.IsNullOrWhiteSpace(GivenName) || !string.IsNullOrWhiteSpace(FamilyName);
        public bool IsFilled => HasName || Unknown || Capacity is not null || !string.IsNullOrWhiteSpace(Relation) || !string.IsNullOrWhiteSpace(Phone);
        public Particulars Identity => new(FamilyName?.Trim() ?? "", GivenName?.Trim() ?? "", string.IsNullOrWhiteSpace(Phone) ? null : Phone.Trim());
    }

    /// <param name="From">How long it took, where both ends are known.</param>
    internal sealed record Saved(Guid Id, DateTimeOffset? From, DateTimeOffset? To)
    {
        /// <summary>Somebody died: whoever was there is told that they need not carry it alone.</summary>
        public bool IsHeavy { get; init; }
    }

    /// <param name="Number">Of the dossier; null: it has not been entered yet.</param>
    /// <param name="Names">Those whose name is known: they are put right in the dossier and not here.</param>
    /// <param name="Planned">What is left to the day team and not done.</param>
    /// <param name="AtTheDoor">What other dossiers tell of the address that was saved, for a visitor as for anybody: what waits there, of nobody.</param>
    internal sealed record View(Command Form, string? Number, DateTimeOffset? HandedOver, DateTimeOffset? Until, IReadOnlyList<string> Missing, IReadOnlyList<string> Reports, IReadOnlyDictionary<Guid, string> Names,
        IReadOnlyList<(string What, DateTimeOffset Due)> Planned, IReadOnlyList<Choice> Facts, Danger AtTheDoor = Danger.None);

    /// <param name="Once">The form's one-time id: by it one that began the call-out before finds it again.</param>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record Query(Guid? CallOut, Guid Once = default) : IQuery<View>;

    /// <summary>Is it still there for the caller? Somebody who was entered may be walled off from them.</summary>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record StillTheirs(Guid CallOut) : IQuery<bool>;

    [Requires(May.WorkOnCallOuts)]
    internal sealed record Command : ICommand<Saved>
    {
        public const int FewestRows = 4, MostRows = 20;

        public string SubKind { get; init; } = "";

        /// <summary>What stood in the dossier when the form was filled in; null: nothing did.</summary>
        public string? SubKindWas { get; init; }
        public string? MunicipalityWas { get; init; }
        public CalledBy? By { get; init; }
        public DateTimeOffset? CalledAt { get; init; }
        public DateTimeOffset? Arrived { get; init; }
        public DateTimeOffset? Ended { get; init; }
        public string? Municipality { get; init; }
        public string? Scene { get; init; }

        /// <summary>A number to be added; those entered before stay.</summary>
        public string? Report { get; init; }
        public bool ReportToFollow { get; init; }
        public string Language { get; init; } = "";
        public List<PersonRow> Persons { get; init; } = [];
        public List<CallOutAct> Acts { get; init; } = [];
        public string? Note { get; init; }
        public List<DayTask> Tasks { get; init; } = [];
        public string? OwnTask { get; init; }
        public DateTimeOffset? OwnDue { get; init; }
        public int Version { get; init; }
        internal Guid? CallOut { get; init; }
        internal bool HandsOver { get; init; }
        internal Guid Once { get; init; }

        /// <summary>Says the form another kind, or another place, than it was given? Else what stands there stays, whoever wrote it.</summary>
        internal bool TurnsIt => SubKind != SubKindWas;
        internal bool MovesIt => SubKindWas is null || (Municipality?.Trim() ?? "") != (MunicipalityWas ?? "");

        // What somebody typed stands in no log.
        public override string ToString() => "•••";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.SubKind).Must(code => SubKinds.Find(code) is not null || OwnCode.IdOf(code) is not null).WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.By).IsInEnum().WithMessage(_ => Words.ChooseCaller);
            RuleFor(c => c.CalledAt).Must(InTime).WithMessage(_ => Words.NotSoLongAgo);
            RuleFor(c => c.Arrived).Must(InTime).WithMessage(_ => Words.NotSoLongAgo).Must((c, at) => at is null || c.CalledAt is null || at >= c.CalledAt).WithMessage(_ => Words.BeforeTheCall);
            RuleFor(c => c.Ended).Must(InTime).WithMessage(_ => Words.NotSoLongAgo).Must((c, at) => at is null || (c.Arrived ?? c.CalledAt) is not { } from || at >= from).WithMessage(_ => Words.BeforeTheCall)
                // Such as the end of another day: what zones settle with each other rests on it.
                .Must((c, at) => at is null || (c.Arrived ?? c.CalledAt) is not { } from || at <= from.AddHours(24)).WithMessage(_ => Words.EndWithinADay);
            RuleFor(c => c.Municipality).MaximumLength(80).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Scene).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Report).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Language).Must(Languages.All.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Persons).Must(rows => rows.Count <= Command.MostRows).WithMessage(_ => Words.TooLong);
            RuleForEach(c => c.Persons).ChildRules(row =>
            {
                row.RuleFor(p => p.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong).Must((p, _) => !p.IsFilled || p.Id is not null || p.HasName || p.Unknown).WithMessage(_ => Words.NameOrUnknown);
                row.RuleFor(p => p.FamilyName).MaximumLength(200).WithMessage(_ => Words.TooLong);
                row.RuleFor(p => p.Capacity).IsInEnum().WithMessage(_ => Words.ChooseCapacity);
                row.RuleFor(p => p.Relation).MaximumLength(200).WithMessage(_ => Words.TooLong);
                row.RuleFor(p => p.Phone).Must(p => string.IsNullOrWhiteSpace(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            });
            RuleForEach(c => c.Acts).IsInEnum().WithMessage(_ => Words.ChooseAct);
            RuleFor(c => c.Note).MaximumLength(20_000).WithMessage(_ => Words.TooLong);
            RuleForEach(c => c.Tasks).IsInEnum().WithMessage(_ => Words.ChooseAct);
            RuleFor(c => c.OwnTask).MaximumLength(500).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OwnDue).Must(due => due is null || (due > clock.GetUtcNow().AddMinutes(-5) && due < clock.GetUtcNow().AddYears(1))).When(c => !string.IsNullOrWhiteSpace(c.OwnTask)).WithMessage(_ => Words.DueInPast);

            bool InTime(DateTimeOffset? at) => at is null || (at <= clock.GetUtcNow().AddHours(1) && at > clock.GetUtcNow().AddDays(-60));
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Leaves leaves, Doors doors, Keyring keys, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>, IRequestHandler<StillTheirs, bool>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (now, self) = (clock.GetUtcNow(), caller.Self);
            var asked = query.CallOut ?? (query.Once == default ? null : (await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == query.Once, ct))?.Made);
            if (asked is not { } id || await zone.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct) is not { } known)
            {
                var leave = query.CallOut is { } begun ? await leaves.For(begun, ct) : await leaves.ForOwn(ct);
                return new View(new Command { Language = here.InZone.Record.FirstLanguage, CalledAt = now }, null, null, leave.Until, [], [], new Dictionary<Guid, string>(), [], await Offer(null));
            }
            if (known.Performer != self) throw new RefusedException("absent", id);
            await leaves.MustStillVisit(id, ct);
            var dossier = await guard.Read(known.DossierId, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
            var names = people.ToDictionary(p => p.Id, p => p.Identity.Value);
            var reports = (await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderBy(r => r.Id).ToListAsync(ct)).ConvertAll(r => r.Number.Value);
            var planned = await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier.Id && f.By == self && f.Done == null && f.Kind != ActKind.FirstContact).OrderBy(f => f.DueAt).ToListAsync(ct);
            var note = known.Note is { } noted ? await zone.Set<Note>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == noted, ct) : null;
            var until = (await zone.Set<Grant>().AsNoTracking().Where(g => g.Account == self && g.DossierId == dossier.Id && g.Kind == GrantKind.CallOut).ToListAsync(ct)).Where(g => g.Counts(now)).Max(g => g.Until);
            // Their rules stand on no page of whoever is a visitor: a number nobody may dial is not there for them.
            var barred = await zone.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier.Id && s.Call == Rule.Never).Select(s => s.Id).ToListAsync(ct);
            var form = new Command
            {
                SubKind = dossier.FactsCode, SubKindWas = dossier.FactsCode, MunicipalityWas = dossier.Municipality, By = known.CalledBy, CalledAt = known.CalledAt, Arrived = known.Arrived, Ended = known.Ended, Municipality = dossier.Municipality, Scene = known.Scene?.Value, ReportToFollow = known.ReportToFollow,
                Language = people.FirstOrDefault(p => p.Id == dossier.Lead)?.Language ?? here.InZone.Record.FirstLanguage, Acts = [.. known.Acts], Note = note?.Text.Value, Tasks = [.. known.Tasks], Version = known.Version,
                Persons = [.. people.Select(p => new PersonRow { Id = p.Id, Unknown = names[p.Id].FullName == Particulars.Nameless, Capacity = p.Capacity, Phone = barred.Contains(p.Id) ? null : names[p.Id].Phone })],
            };
            return new View(form, dossier.Number, known.HandedOver, until, [.. Missing(known, dossier, reports, names.Values)], reports, names.Where(n => n.Value.FullName != Particulars.Nameless).ToDictionary(n => n.Key, n => n.Value.FullName),
                [.. planned.Select(f => (f.Text?.Value ?? Words.Of(f.Kind), f.DueAt))], await Offer(dossier.FactsCode),
                // The town is typed with the street, or in its own field.
                await doors.At(dossier, [known.Scene?.Value, $"{known.Scene?.Value} {dossier.Municipality}"], ct));

            Task<IReadOnlyList<Choice>> Offer(string? kept) => Offered.Handler.On(zone, Moment.Day(now), new Offered.Query(CodeList.SubKind, kept), ct);
        }

        public async Task<bool> Handle(StillTheirs query, CancellationToken ct) =>
            await zone.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == query.CallOut, ct) is { } known && known.Performer == caller.Self && await guard.Sees(known.DossierId, ct);

        private static IEnumerable<string> Missing(CallOut known, Dossier dossier, List<string> reports, IEnumerable<Particulars> people)
        {
            if (known.CalledBy is null) yield return Words.CalledByLabel;
            if (known.CalledAt is null) yield return Words.CalledAtLabel;
            if (known.Arrived is null) yield return Words.ArrivedLabel;
            if (known.Ended is null) yield return Words.EndedLabel;
            if (dossier.Municipality.Length == 0) yield return Words.WhereLabel;
            if (known.Scene is null) yield return Words.SceneLabel;
            if (reports.Count == 0) yield return Words.ReportLabel;
            if (people.Any(p => p.FullName == Particulars.Nameless)) yield return Words.NameOfSomebody;
            if (known.Acts.Count == 0) yield return Words.CallOutActsLabel;
        }
    }
}
