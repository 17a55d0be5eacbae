using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Opens a collective event, or changes what is said of it: what, when, where, in which places, and until when others may work on it.</summary>
[Requires(May.LeadEvents)]
internal sealed class Edit(IMediator pipeline, IVisits visits, TimeProvider clock) : PageModel, IShowAgain
{
    // Empty rows at the end, for places that come.
    private const int Spare = 3;

    [BindProperty(SupportsGet = true)] public Guid? Event { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public EventHead? Head { get; private set; }
    public IReadOnlyList<Choice> Facts { get; private set; } = [];
    public IReadOnlyList<Choice> Kinds => Choice.All<EventPlace>(Words.Of);

    /// <summary>As saved now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (Event is { } id) (Head, Form) = await pipeline.Send(new Query(id), ct);
        else Form = new Command { FactsAt = clock.GetUtcNow(), Until = clock.GetUtcNow().AddDays(14), Places = [new PlaceForm { Kind = EventPlace.ReceptionCentre }, new PlaceForm { Kind = EventPlace.RelativesCentre }, new PlaceForm { Kind = EventPlace.CallCentre }] };
        Form = WithSpare(Form);
        Facts = await pipeline.Send(new Offered.Query(CodeList.SubKind, Form.SubKind), ct);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        (Head, var now) = Event is { } id ? await pipeline.Send(new Query(id), ct) : (null, null);
        Facts = await pipeline.Send(new Offered.Query(CodeList.SubKind, now?.SubKind), ct);
        if (now is null) return;
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var ev = await pipeline.Send(Form with { Event = Event, Once = Once }, ct);
        if (Event is not null) await pipeline.Send(new Visiting.PutOff(ev, Form.Until!.Value), ct);
        TempData["Done"] = Words.EventSaved;
        return RedirectToPage("/Casework/Events/Show", new { @event = ev });
    }

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken ct)
    {
        if (Event is not { } id) return NotFound();
        await pipeline.Send(new Close.Command(id), ct);
        foreach (var account in await pipeline.Send(new Visiting.End(id), ct)) visits.Kept(account);
        TempData["Done"] = Words.EventClosed;
        return RedirectToPage("/Casework/Events/Show", new { @event = id });
    }

    public string FactsOf(string code) => Facts.FirstOrDefault(f => f.Value == code)?.Text ?? Words.Of("SubKind_" + code);

    private static Command WithSpare(Command form) => form with { Places = [.. form.Places, .. Enumerable.Range(0, Spare).Select(_ => new PlaceForm())] };

    internal sealed record PlaceForm
    {
        /// <summary>null: it is new.</summary>
        public Guid? Id { get; init; }
        public EventPlace? Kind { get; init; }
        public string? Called { get; init; }
    }

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event) : IQuery<(EventHead Head, Command Form)>;

    [Requires(May.LeadEvents)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Called { get; init; } = "";
        public string SubKind { get; init; } = "";
        public DateTimeOffset? FactsAt { get; init; }
        public string Municipality { get; init; } = "";
        public string? OfficialReport { get; init; }
        public DateTimeOffset? Until { get; init; }
        public List<PlaceForm> Places { get; init; } = [];

        /// <summary>Of the event when the form was shown.</summary>
        public int Version { get; init; }

        /// <summary>null: it is opened.</summary>
        internal Guid? Event { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        private const int MostPlaces = 40;

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Called).Must(n => n.Trim().Length > 0).WithMessage(_ => Words.EventEnterName).MaximumLength(120).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.SubKind).Must(code => SubKinds.Find(code) is not null || OwnCode.IdOf(code) is not null).WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.FactsAt).NotNull().WithMessage(_ => Words.EventEnterWhen).Must(at => at is null || at <= clock.GetUtcNow().AddHours(1)).WithMessage(_ => Words.InTheFuture).Must(at => at is null || at > clock.GetUtcNow().AddYears(-5)).WithMessage(_ => Words.TooLongAgo);
            RuleFor(c => c.Municipality).MaximumLength(80).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficialReport).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Until).Must(at => at is { } end && end > clock.GetUtcNow() && end - clock.GetUtcNow() <= CollectiveEvent.Longest).WithMessage(_ => Words.EventEnterUntil((int)CollectiveEvent.Longest.TotalDays));
            RuleFor(c => c.Places).Must(p => p.Count <= MostPlaces).WithMessage(_ => Words.TooLong);
            RuleForEach(c => c.Places).ChildRules(place =>
            {
                place.RuleFor(p => p.Kind).Must((p, kind) => kind is null ? string.IsNullOrWhiteSpace(p.Called) : Enum.IsDefined(kind.Value)).WithMessage(_ => Words.EventChooseKind);
                place.RuleFor(p => p.Called).MaximumLength(80).WithMessage(_ => Words.TooLong);
            });
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, (EventHead Head, Command Form)>
    {
        public async Task<(EventHead Head, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var says = ev.Says.Value;
            return (await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Edit" }, new Command
            {
                Called = says.Name, SubKind = ev.FactsCode, FactsAt = ev.FactsAt, Municipality = ev.Municipality, OfficialReport = says.OfficialReport, Until = ev.Until, Version = ev.Version,
                Places = [.. says.Places.Select(p => new PlaceForm { Id = p.Id, Kind = p.Kind, Called = p.Name })],
            });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (form.Event is null && form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.Made;
            var ev = form.Event is { } id ? await at.Change(id, ct) : CollectiveEvent.Open(caller.Self, now);
            if (form.Event is not null && form.Version != ev.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Called), Words.ChangedMeanwhile)]);
            var (kind, own) = await OwnCodes.Resolve(zone, form.SubKind, Moment.Day(now), ct, ev.OwnSubKind, ev.SubKind) ?? throw new ValidationException([new ValidationFailure(nameof(Command.SubKind), Words.ChooseFacts)]);
            ev.Say(new EventSays(form.Called.Trim(), form.OfficialReport?.Trim() ?? "", Places(form, form.Event is null ? [] : ev.Says.Value.Places, now)), kind, own, form.FactsAt!.Value, form.Municipality.Trim(), form.Until!.Value);
            // Who puts the end of a closed event off wants it to run again.
            if (ev.Closed is not null) ev.Reopen();
            if (form.Event is not null) return ev.Id;
            zone.Add(ev);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = ev.Id });
            return ev.Id;
        }

        // Lines stand in places that were there: none goes, and an id that is none of this event's is a new place.
        private static IReadOnlyList<PlaceOfEvent> Places(Command form, IReadOnlyList<PlaceOfEvent> known, DateTimeOffset now)
        {
            var typed = form.Places.Where(p => p.Id is { } id && known.Any(k => k.Id == id)).DistinctBy(p => p.Id).ToDictionary(p => p.Id!.Value);
            return [.. known.Select(k => typed.TryGetValue(k.Id, out var p) && p.Kind is { } kind ? new PlaceOfEvent(k.Id, kind, p.Called?.Trim() ?? "") : k),
                .. form.Places.Where(p => p.Kind is not null && (p.Id is not { } id || !typed.ContainsKey(id))).Select(p => new PlaceOfEvent(Guid.CreateVersion7(now), p.Kind!.Value, p.Called?.Trim() ?? ""))];
        }
    }
}

/// <summary>Ends an event now: from this instant it is there for the coordinators of the zone alone.</summary>
internal static class Close
{
    [Requires(May.LeadEvents)]
    internal sealed record Command(Guid Event) : ICommand<bool>;

    internal sealed class Handler(AtEvent at, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            (await at.Change(command.Event, ct)).Close(clock.GetUtcNow());
            return true;
        }
    }
}
