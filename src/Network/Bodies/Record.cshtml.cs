using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>A meeting of a body: planned, or held with who was there, what was decided and who does what until when. One form for both: a meeting nobody planned is recorded all the same.</summary>
[Requires(May.KeepBodies)]
internal sealed class Record(IMediator pipeline, Ours ours, WhereAndWho who) : PageModel, IShowAgain
{
    /// <summary>Action points that fit on the form; more of them are added one by one.</summary>
    private const int Rows = 3;

    [BindProperty(SupportsGet = true)] public Guid Body { get; set; }

    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Meeting { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public string Title { get; private set; } = "";
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public IReadOnlyList<Choice> Partners { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body, Meeting), ct);
        Form = view.Form;
        await Offer(view, ct);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body, Meeting), ct);
        await Offer(view, ct);
        if (Meeting is not null && view.Form.Version != Form.Version) (Meanwhile, Form) = (view.Form, Form with { Version = view.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var meeting = await pipeline.Send(Form with { Body = Body, Meeting = Meeting, Once = Once }, ct);
        TempData["Done"] = Words.MeetingSaved;
        return RedirectToPage("/Network/Bodies/Minutes", new { meeting });
    }

    private async Task Offer(View view, CancellationToken ct)
    {
        (Title, Partners) = (view.Title, view.Partners);
        Colleagues = await ours.Colleagues(who.Zone!.Id, view.Form.Staff, ct);
        while (Form.Points.Count < Rows) Form.Points.Add(new Row());
    }

    internal sealed record View(string Title, Command Form, IReadOnlyList<Choice> Partners);

    /// <summary>An action point as it is typed.</summary>
    internal sealed record Row
    {
        public string? What { get; init; }
        public Guid? Owner { get; init; }

        /// <summary>Who does it, where no colleague does.</summary>
        public string? Outsider { get; init; }
        public DateOnly? Due { get; init; }
        internal bool IsEmpty => string.IsNullOrWhiteSpace(What) && Owner is null && string.IsNullOrWhiteSpace(Outsider) && Due is null;
    }

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid Body, Guid? Meeting) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<Guid>
    {
        public DateTimeOffset? At { get; init; }
        public string? Place { get; init; }

        /// <summary>Topics, one on a line.</summary>
        public string? Agenda { get; init; }
        public bool Held { get; init; }
        public List<Guid> Staff { get; init; } = [];
        public List<Guid> Partners { get; init; } = [];

        /// <summary>Others who were there, one on a line.</summary>
        public string? Outside { get; init; }

        /// <summary>One on a line.</summary>
        public string? Decisions { get; init; }
        public string? Minutes { get; init; }
        public List<Row> Points { get; init; } = [];
        public int Version { get; init; }
        internal Guid Body { get; init; }
        internal Guid? Meeting { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.At).NotNull().WithMessage(_ => Words.EnterMeetingAt).Must(at => at is null || at.Value.Year is >= 2000 and < 2100).WithMessage(_ => Words.BodyUnlikelyDay);
            RuleFor(c => c.Place).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Agenda).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Staff).Must(l => l.Count <= Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Partners).Must(l => l.Count <= Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Outside).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Decisions).MaximumLength(8000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Minutes).MaximumLength(40_000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Held).Must((c, held) => !held || c.At is null || c.At <= clock.GetUtcNow()).WithMessage(_ => Words.NotHeldYet);
            RuleFor(c => c.Held).Must((c, held) => held || (string.IsNullOrWhiteSpace(c.Decisions) && string.IsNullOrWhiteSpace(c.Minutes))).WithMessage(_ => Words.TickHeld);
            RuleFor(c => c.Points).Must(l => l.Count <= 20).WithMessage(_ => Words.TooLong);
            RuleForEach(c => c.Points).SetValidator(new RowRules());
        }
    }

    private sealed class RowRules : AbstractValidator<Row>
    {
        public RowRules() => When(r => !r.IsEmpty, () =>
        {
            RuleFor(r => r.What).NotEmpty().WithMessage(_ => Words.EnterPointWhat).MaximumLength(ActionPoint.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(r => r.Owner).Must((r, owner) => owner is null == !string.IsNullOrWhiteSpace(r.Outsider)).WithMessage(_ => Words.ChoosePointOwner);
            RuleFor(r => r.Outsider).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(r => r.Due).NotNull().WithMessage(_ => Words.EnterPointDue).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
        });
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var body = await zone.Set<Body>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == query.Body, ct) ?? throw new RefusedException("absent", query.Body);
            // Who sits in it is there, until somebody says otherwise.
            var form = new Command { Staff = body.Representing, Partners = body.Partners };
            if (query.Meeting is { } id)
            {
                var now = await zone.Set<Meeting>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id && m.BodyId == body.Id, ct) ?? throw new RefusedException("absent", id);
                var says = now.Says.Value;
                form = new Command
                {
                    At = now.At, Place = says.Place, Agenda = Lines.Typed(says.Agenda), Held = now.State == MeetingState.Held, Staff = now.Staff, Partners = now.Partners, Outside = Lines.Typed(says.Outside),
                    Decisions = Lines.Typed(says.Decisions), Minutes = says.Minutes, Version = now.Version,
                };
            }
            return new View(body.Title, form, await Ours.Partners(zone, form.Partners, ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Ours ours, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var body = await zone.Set<Body>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == form.Body, ct) ?? throw new RefusedException("absent", form.Body);
            Meeting? known = form.Meeting is { } id ? await zone.Set<Meeting>().SingleOrDefaultAsync(m => m.Id == id && m.BodyId == body.Id, ct) ?? throw new RefusedException("absent", id) : null;
            // The same form sent again makes no second meeting, and none of its action points twice.
            if (known is null && form.Once != default && await zone.Set<Meeting>().AsNoTracking().SingleOrDefaultAsync(m => m.Once == form.Once, ct) is { } before) return before.Id;
            if (known is not null && known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.At), Words.ChangedMeanwhile)]);
            List<ValidationFailure?> faults =
            [
                await ours.Fault(here.InZone.Id, nameof(Command.Staff), form.Staff, (known?.Staff ?? []).Concat(body.Staff), ct),
                await Ours.FaultOfPartners(zone, nameof(Command.Partners), form.Partners.Distinct(), (known?.Partners ?? []).Concat(body.Partners), ct),
            ];
            for (var i = 0; i < form.Points.Count; i++)
                if (form.Points[i].Owner is { } owner) faults.Add(await ours.Fault(here.InZone.Id, $"{nameof(Command.Points)}[{i}].{nameof(Row.Owner)}", [owner], [], ct));
            if (faults.OfType<ValidationFailure>().ToList() is { Count: > 0 } wrong) throw new ValidationException(wrong);

            var says = new MeetingSays(string.IsNullOrWhiteSpace(form.Place) ? null : form.Place.Trim(), Lines.Of(form.Agenda), Lines.Of(form.Decisions), string.IsNullOrWhiteSpace(form.Minutes) ? null : form.Minutes.Trim(), Lines.Of(form.Outside));
            var what = new Meeting.Particulars(form.At!.Value, form.Held, says, form.Staff, form.Partners);
            if (known is null) zone.Add(known = Bodies.Meeting.Of(body.Id, what, form.Once, caller.Self, now));
            else known.Change(what, caller.Self);
            foreach (var row in form.Points.Where(r => !r.IsEmpty)) zone.Add(ActionPoint.Of(body.Id, known.Id, new ActionPoint.Particulars(row.What!, row.Owner, row.Outsider, row.Due!.Value), default, caller.Self, now));
            return known.Id;
        }
    }
}
