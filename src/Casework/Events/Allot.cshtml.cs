using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>People of the list become dossiers, one each, which say where they come from. Nobody becomes two: a line that was allotted is done.</summary>
[Requires(May.LeadEvents)]
internal sealed class Allot(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Event), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.EventAllotted(await pipeline.Send(Form with { Event = Event }, ct));
        return RedirectToPage(new { Event });
    }

    /// <param name="Waiting">Who can be allotted.</param>
    /// <param name="Done">Who was.</param>
    internal sealed record Answer(EventHead Head, IReadOnlyList<LineRow> Waiting, IReadOnlyList<LineRow> Done);

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event) : IQuery<Answer>;

    /// <returns>How many dossiers were made.</returns>
    [Requires(May.LeadEvents)]
    internal sealed record Command : ICommand<int>
    {
        public List<Guid> Chosen { get; init; } = [];
        internal Guid Event { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        private const int AtOnce = 200;

        public Rules() => RuleFor(c => c.Chosen).Must(l => l.Count is > 0 and <= AtOnce).WithMessage(_ => Words.EventChooseLines);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var rows = LineRow.Of(await at.Lines(ev.Id, ct), ev.Says.Value);
            return new Answer(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Allot" }, [.. rows.Where(MayBeAllotted)], [.. rows.Where(r => r.Line.Home is not null)]);
        }
    }

    // Whoever died is helped no more: those close to them are. A line under one behind a wall is no line of its own.
    private static bool MayBeAllotted(LineRow row) => row.Line is { Home: null, SameAs: null } && !row.Died;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, AtEvent at, Joining joining, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (ev, _) = await at.Write(form.Event, 0, ct);
            var rows = LineRow.Of(await at.Lines(ev.Id, ct), ev.Says.Value).ToDictionary(r => r.Line.Id);
            var (within, made) = ((await settings.Of(here.InZone.Id, ct)).FirstContactWithin, 0);
            foreach (var id in form.Chosen.Distinct())
            {
                if (!rows.TryGetValue(id, out var row)) throw new RefusedException("absent", id);
                // Sent twice, or allotted by a colleague a moment ago: it is done.
                if (!MayBeAllotted(row)) continue;
                var line = await at.Line(ev.Id, id, ct);
                line.Allot(here.InZone.Record.Code, await Open(ev, row, within, ct));
                made++;
            }
            return made;
        }

        private async Task<Guid> Open(CollectiveEvent ev, LineRow row, TimeSpan within, CancellationToken ct)
        {
            var (now, says, year) = (clock.GetUtcNow(), row.Says, Moment.Day(clock.GetUtcNow()).Year);
            var number = DossierNumber.Of(year, await DossierCounter.Next(zone, year, ct), here.InZone.Keys.NumberKey);
            var dossier = Dossier.Open(number, Trigger.OtherService, SubKinds.Find(ev.SubKind)!, ev.FactsAt, ev.Municipality, caller.Self, now, ownSubKind: ev.OwnSubKind);
            var person = Person.Add(dossier.Id, says.Who, As(row.Role), row.Language ?? here.InZone.Record.FirstLanguage, now);
            if (row.Role == EventRole.Injured || row.State is EventState.LightlyHurt or EventState.SeriouslyHurt) person.Damage = Damage.Physical;
            person.IsMinor = says is { Age: < 18 };
            if (person.IsMinor) dossier.Danger |= Danger.MinorPresent;
            dossier.Lead = person.Id;
            var first = FollowUp.Plan(dossier.Id, [person.Id], ActKind.FirstContact, null, dossier.RequestedAt + within, caller.Self, now);
            dossier.Awaits(first.DueAt);
            await joining.Into(dossier, person, SafeContact.For(person), null, ct, line: row.Line.Id);
            zone.AddRange(dossier, first, Milestone.Reached(dossier.Id, MilestoneKind.Opened, caller.Self, now), Milestone.Reached(dossier.Id, MilestoneKind.FromEvent, caller.Self, now, code: row.Line.Number, about: ev.Id));
            var told = string.Join('\n', new[] { says.Note, says.Seeks is { } sought ? $"{Words.EventSeeks}: {sought}" : null, says.SoughtBy is { } by ? $"{Words.EventSoughtBy}: {by}" : null }.OfType<string>());
            if (told.Length > 0) zone.Add(Note.Write(dossier.Id, [person.Id], Layer.Assistance, told, caller.Self, now));
            var key = new SearchKey(here.InZone.Keys.SearchRoot);
            SearchToken.Add(zone, key, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
            if (ev.Says.Value.OfficialReport is { Length: > 0 } report) OfficialReport.Add(zone, key, dossier.Id, report, now);
            return dossier.Id;
        }

        private static Capacity As(EventRole role) => role switch { EventRole.Relative => Capacity.Relative, EventRole.Witness or EventRole.Helper => Capacity.Witness, _ => Capacity.Victim };
    }
}
