using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Adds an action point of a body, or changes what, whose and until when.</summary>
[Requires(May.KeepBodies)]
internal sealed class Point(IMediator pipeline, Ours ours, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Body { get; set; }

    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "point")] public Guid? Known { get; set; }

    /// <summary>The meeting that decided a new one; null: none did.</summary>
    [BindProperty(SupportsGet = true)] public Guid? After { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public string Title { get; private set; } = "";

    /// <summary>A meeting decided it: its day is the meeting's.</summary>
    public bool OfMeeting { get; private set; }

    /// <summary>It was done or dropped.</summary>
    public bool IsEnded { get; private set; }
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body, Known), ct);
        Form = view.Form;
        await Offer(view, ct);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body, Known), ct);
        await Offer(view, ct);
        if (Known is not null && view.Form.Version != Form.Version) (Meanwhile, Form) = (view.Form, Form with { Version = view.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Body = Body, Point = Known, After = After, Once = Once }, ct);
        TempData["Done"] = Words.PointSaved;
        return RedirectToPage("/Network/Bodies/Show", new { Body });
    }

    public async Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct)
    {
        await pipeline.Send(new TakeOut(Body, Known ?? default), ct);
        TempData["Done"] = Words.ActivityTakenOut;
        return RedirectToPage("/Network/Bodies/Show", new { Body });
    }

    private async Task Offer(View view, CancellationToken ct)
    {
        (Title, OfMeeting, IsEnded) = (view.Title, view.OfMeeting || After is not null, view.IsEnded);
        Colleagues = await ours.Colleagues(who.Zone!.Id, view.Form.Owner is { } owner ? [owner] : [], ct);
    }

    internal sealed record View(string Title, Command Form, bool OfMeeting = false, bool IsEnded = false);

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid Body, Guid? Point) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<Guid>
    {
        public string What { get; init; } = "";
        public Guid? Owner { get; init; }

        /// <summary>Who does it, where no colleague does.</summary>
        public string? Outsider { get; init; }
        public DateOnly? Due { get; init; }

        /// <summary>When it was agreed, where no meeting did; null: today, or as it was.</summary>
        public DateOnly? Agreed { get; init; }

        /// <summary>When it was done or dropped, where it was; null: as it is.</summary>
        public DateOnly? Ended { get; init; }
        public int Version { get; init; }
        internal Guid Body { get; init; }
        internal Guid? Point { get; init; }
        internal Guid? After { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>It was written down by mistake: nothing of it is kept.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record TakeOut(Guid Body, Guid Point) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.What).NotEmpty().WithMessage(_ => Words.EnterPointWhat).MaximumLength(ActionPoint.Longest).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Owner).Must((c, owner) => owner is null == !string.IsNullOrWhiteSpace(c.Outsider)).WithMessage(_ => Words.ChoosePointOwner);
            RuleFor(c => c.Outsider).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Due).NotNull().WithMessage(_ => Words.EnterPointDue).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
            RuleFor(c => c.Agreed).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay).Must(HasCome).WithMessage(_ => Words.BodyDayAhead);
            RuleFor(c => c.Ended).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay).Must(HasCome).WithMessage(_ => Words.BodyDayAhead);

            bool HasCome(DateOnly? day) => day is null || day <= Moment.Day(clock.GetUtcNow());
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var title = await zone.Set<Body>().Where(b => b.Id == query.Body).Select(b => b.Title).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", query.Body);
            if (query.Point is not { } id) return new View(title, new Command { Agreed = Moment.Day(clock.GetUtcNow()) });
            var now = await zone.Set<ActionPoint>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.BodyId == query.Body, ct) ?? throw new RefusedException("absent", id);
            return new View(title, new Command { What = now.What.Value, Owner = now.Owner, Outsider = now.Outsider?.Value, Due = now.DueOn, Agreed = now.MeetingId is null ? Moment.Day(now.Added) : null, Ended = now.Ended is { } ended ? Moment.Day(ended) : null, Version = now.Version }, now.MeetingId is not null, now.Ended is not null);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Ours ours, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<TakeOut, bool>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (!await zone.Set<Body>().AnyAsync(b => b.Id == form.Body, ct)) throw new RefusedException("absent", form.Body);
            ActionPoint? known = form.Point is { } id ? await zone.Set<ActionPoint>().SingleOrDefaultAsync(p => p.Id == id && p.BodyId == form.Body, ct) ?? throw new RefusedException("absent", id) : null;
            if (known is null && form.After is { } meeting && !await zone.Set<Meeting>().AnyAsync(m => m.Id == meeting && m.BodyId == form.Body, ct)) throw new RefusedException("absent", meeting);
            // The same form sent again makes no second one.
            if (known is null && form.Once != default && await zone.Set<ActionPoint>().AsNoTracking().SingleOrDefaultAsync(p => p.Once == form.Once, ct) is { } before) return before.Id;
            if (known is not null && known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.What), Words.ChangedMeanwhile)]);
            if (form.Owner is { } owner && await ours.Fault(here.InZone.Id, nameof(Command.Owner), [owner], known?.Owner is { } kept ? [kept] : [], ct) is { } wrong) throw new ValidationException([wrong]);
            var what = new ActionPoint.Particulars(form.What, form.Owner, form.Outsider, form.Due!.Value, (known is null ? form.After : known.MeetingId) is null ? form.Agreed : null, form.Ended);
            if (known is null) zone.Add(known = ActionPoint.Of(form.Body, form.After, what, form.Once, caller.Self, clock.GetUtcNow()));
            else known.Change(what);
            return known.Id;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            zone.Remove(await zone.Set<ActionPoint>().SingleOrDefaultAsync(p => p.Id == command.Point && p.BodyId == command.Body, ct) ?? throw new RefusedException("absent", command.Point));
            return true;
        }
    }
}
