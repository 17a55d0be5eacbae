using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>People of the list become dossiers, one each, which say where they come from. Nobody becomes two: a line that was allotted is done. Whoever lives in another zone is proposed to it in the same press: until
/// it has accepted, this one answers for them.</summary>
[Requires(May.LeadEvents)]
internal sealed class Allot(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<string, string> Zones { get; private set; } = null!;
    public string Own => who.Zone!.Code;
    public IReadOnlyList<Choice> Wheres => [new("False", Words.EventHere(Zones.Say(Own))), new("True", Words.EventElsewhereZone)];
    public IReadOnlyList<Choice> Grounds => Choice.All<HandoverBasis>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => (View, Zones) = (await pipeline.Send(new Query(Event), ct), await pipeline.Send(new Neighbours.Query(), ct));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var made = await pipeline.Send(Form with { Event = Event }, ct);
        TempData["Done"] = Form.Elsewhere ? Words.EventProposed(made) : Words.EventAllotted(made);
        return RedirectToPage(new { Event });
    }

    /// <param name="Waiting">Who can be allotted.</param>
    /// <param name="Done">Who was.</param>
    /// <param name="Proposed">By dossier: the handover to the home zone that has not accepted yet.</param>
    internal sealed record Answer(EventHead Head, IReadOnlyList<LineRow> Waiting, IReadOnlyList<LineRow> Done, IReadOnlyDictionary<Guid, Handover> Proposed);

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event) : IQuery<Answer>;

    /// <returns>How many dossiers were made.</returns>
    [Requires(May.LeadEvents)]
    internal sealed record Command : ICommand<int>
    {
        public List<Guid> Chosen { get; init; } = [];

        /// <summary>They live in another zone.</summary>
        public bool Elsewhere { get; init; }

        /// <summary>Code of that zone.</summary>
        public string? Home { get; init; }
        public HandoverBasis? Basis { get; init; }

        /// <summary>Why their agreement is not there.</summary>
        public string? WithoutAgreement { get; init; }
        internal Guid Event { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        private const int AtOnce = 200;

        public Rules()
        {
            RuleFor(c => c.Chosen).Must(l => l.Count is > 0 and <= AtOnce).WithMessage(_ => Words.EventChooseLines);
            When(c => c.Elsewhere, () =>
            {
                RuleFor(c => c.Home).Must(z => z is { Length: 4 } && z.All(char.IsAsciiDigit)).WithMessage(_ => Words.ZoneHandoverChooseZone);
                RuleFor(c => c.Basis).NotNull().WithMessage(_ => Words.ChooseGround).IsInEnum().WithMessage(_ => Words.ChooseGround);
                RuleFor(c => c.WithoutAgreement).Must(why => !string.IsNullOrWhiteSpace(why)).When(c => c.Basis == HandoverBasis.WithoutAgreement).WithMessage(_ => Words.ZoneHandoverEnterWithout).MaximumLength(2000).WithMessage(_ => Words.TooLong);
            });
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var rows = LineRow.Of(await at.Lines(ev.Id, ct), ev.Says.Value);
            var dossiers = rows.Select(r => r.Line.Dossier).OfType<Guid>().ToList();
            var proposed = await zone.Set<Handover>().AsNoTracking().Where(h => !h.CameIn && h.State != HandoverState.Accepted && dossiers.Contains(h.DossierId)).OrderBy(h => h.TurnedAt).ToListAsync(ct);
            return new Answer(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Allot" }, [.. rows.Where(MayBeAllotted)], [.. rows.Where(r => r.Line.Home is not null)], proposed.GroupBy(h => h.DossierId).ToDictionary(g => g.Key, g => g.Last()));
        }
    }

    // Whoever died is helped no more: those close to them are. A line under one behind a wall is no line of its own.
    private static bool MayBeAllotted(LineRow row) => row.Line is { Home: null, SameAs: null } && !row.Died;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, AtEvent at, Joining joining, Nevers nevers, Proposals proposals, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (ev, _) = await at.Write(form.Event, 0, ct);
            // What becomes a note is read in the zone: what joined lines say is labelled in its language, whoever allots.
            var (lines, said) = (await at.Lines(ev.Id, ct), ev.Says.Value);
            var rows = Spoken.In(here.InZone.Record.FirstLanguage, () => LineRow.Of(lines, said)).ToDictionary(r => r.Line.Id);
            var (rules, made) = (await settings.Of(here.InZone.Id, ct), 0);
            foreach (var id in form.Chosen.Distinct())
            {
                if (!rows.TryGetValue(id, out var row)) throw new RefusedException("absent", id);
                // Sent twice, or allotted by a colleague a moment ago: it is done.
                if (!MayBeAllotted(row)) continue;
                var line = await at.Line(ev.Id, id, ct);
                line.Allot(here.InZone.Record.Code, await Open(ev, row, form, rules, ct));
                made++;
            }
            return made;
        }

        private async Task<Guid> Open(CollectiveEvent ev, LineRow row, Command form, ZoneSettings rules, CancellationToken ct)
        {
            var (now, says, year) = (clock.GetUtcNow(), row.Says, Moment.Day(clock.GetUtcNow()).Year);
            var number = DossierNumber.Of(year, await DossierCounter.Next(zone, year, ct), here.InZone.Keys.NumberKey);
            var dossier = Dossier.Open(number, Trigger.OtherService, SubKinds.Find(ev.SubKind)!, ev.FactsAt, ev.Municipality, caller.Self, now, ownSubKind: ev.OwnSubKind);
            var person = Person.Add(dossier.Id, says.Who, As(row.Role), row.Language ?? here.InZone.Record.FirstLanguage, now);
            if (row.Role == EventRole.Injured || row.State is EventState.LightlyHurt or EventState.SeriouslyHurt) person.Damage = Damage.Physical;
            person.IsMinor = says is { Age: < 18 };
            if (person.IsMinor) dossier.Danger |= Danger.MinorPresent;
            dossier.Lead = person.Id;
            var first = FollowUp.Plan(dossier.Id, [person.Id], ActKind.FirstContact, null, dossier.RequestedAt + rules.FirstContactWithin, caller.Self, now);
            dossier.Awaits(first.DueAt);
            var safe = SafeContact.For(person);
            await joining.Into(dossier, person, safe, null, ct, line: row.Line.Id);
            zone.AddRange(dossier, first, Milestone.Reached(dossier.Id, MilestoneKind.Opened, caller.Self, now), Milestone.Reached(dossier.Id, MilestoneKind.FromEvent, caller.Self, now, code: row.Line.Number, about: ev.Id));
            var told = Spoken.In(here.InZone.Record.FirstLanguage, () => string.Join('\n', new[] { says.Note, says.Seeks is { } sought ? $"{Words.EventSeeks}: {sought}" : null, says.SoughtBy is { } by ? $"{Words.EventSoughtBy}: {by}" : null }.OfType<string>()));
            var note = told.Length > 0 ? Note.Write(dossier.Id, [person.Id], Layer.Assistance, told, caller.Self, now) : null;
            if (note is not null) zone.Add(note);
            var key = here.InZone.Keys.Search;
            SearchToken.Add(zone, key, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
            var report = ev.Says.Value.OfficialReport is { Length: > 0 } written ? written : null;
            if (report is not null) OfficialReport.Add(zone, key, dossier.Id, report, now);
            if (form.Elsewhere) await Propose(ev, dossier, person, safe, note, report, form, rules, ct);
            return dossier.Id;
        }

        private async Task Propose(CollectiveEvent ev, Dossier dossier, Person person, SafeContact safe, Note? note, string? report, Command form, ZoneSettings rules, CancellationToken ct)
        {
            var (basis, now) = (form.Basis!.Value, clock.GetUtcNow());
            var reason = new HandoverReason(Words.EventHandedOver(ev.Says.Value.Name), basis == HandoverBasis.WithoutAgreement ? form.WithoutAgreement!.Trim() : null);
            var handover = Handover.Propose(dossier.Id, form.Home!, reason, basis, false, [person.Id], Enum.GetValues<HandedField>(), note is null ? [] : [note.Id], caller.Self, rules.HandoverAnswerWithin, now);
            try
            {
                await proposals.Propose(handover, Handing.OfEvent(dossier, person, safe, (await nevers.Closed([(person, safe)], ct)).GetValueOrDefault(person.Id, ClosedChannels.Nothing), now, note, report, reason, basis), ct);
            }
            catch (NoSuchZoneException)
            {
                throw new ValidationException([new ValidationFailure(nameof(Command.Home), Words.ZoneHandoverChooseZone)]);
            }
        }

        private static Capacity As(EventRole role) => role switch { EventRole.Relative => Capacity.Relative, EventRole.Witness or EventRole.Helper => Capacity.Witness, _ => Capacity.Victim };
    }
}
