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
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Activities;

/// <summary>Notes what was done with partners, or corrects it. About working together; what was done for somebody stands in their dossier and nowhere else.</summary>
[Requires(May.KeepPartners)]
internal sealed class Record(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Activity { get; set; }

    /// <summary>Ticked on a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? With { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Choices { get; private set; } = [];
    public IReadOnlyList<Choice> Kinds => Choice.All<ActivityKind>(Words.Of);

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        (Form, Choices) = await pipeline.Send(new Query(Activity), ct);
        if (Activity is null && With is { } partner) Form = Form with { Partners = [partner] };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        (var now, Choices) = await pipeline.Send(new Query(Activity), ct);
        if (Activity is not null && now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Activity = Activity, Once = Once }, ct);
        TempData["Done"] = Words.ActivitySaved;
        return RedirectToPage("/Network/Activities/List", new { Form.On!.Value.Year });
    }

    public async Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct)
    {
        await pipeline.Send(new TakeOut(Activity ?? default), ct);
        TempData["Done"] = Words.ActivityTakenOut;
        return RedirectToPage("/Network/Activities/List");
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query(Guid? Activity) : IQuery<(Command Form, IReadOnlyList<Choice> Choices)>;

    [Requires(May.KeepPartners)]
    internal sealed record Command : ICommand<Guid>
    {
        public DateOnly? On { get; init; }
        public ActivityKind? Kind { get; init; }
        public List<Guid> Partners { get; init; } = [];
        public string Subject { get; init; } = "";
        public string? TookPart { get; init; }
        public string? Remark { get; init; }
        public int Version { get; init; }
        internal Guid? Activity { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>It was written down by mistake: nothing of it is kept.</summary>
    [Requires(May.KeepPartners)]
    internal sealed record TakeOut(Guid Activity) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        private static readonly DateOnly First = new(1990, 1, 1);

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.On).NotNull().WithMessage(_ => Words.EnterActivityOn).Must(d => d is null || d <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.ActivityAhead).Must(d => d is null || d >= First).WithMessage(_ => Words.DateTooFar);
            RuleFor(c => c.Kind).NotNull().WithMessage(_ => Words.ChooseActivityKind).IsInEnum().WithMessage(_ => Words.ChooseActivityKind);
            RuleFor(c => c.Partners).NotEmpty().WithMessage(_ => Words.ChoosePartners).Must(p => p.Count <= 50).WithMessage(_ => Words.TooManyPartners);
            RuleFor(c => c.Subject).NotEmpty().WithMessage(_ => Words.EnterActivitySubject).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.TookPart).MaximumLength(400).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Remark).MaximumLength(2000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, (Command Form, IReadOnlyList<Choice> Choices)>, IRequestHandler<Command, Guid>, IRequestHandler<TakeOut, bool>
    {
        public async Task<(Command Form, IReadOnlyList<Choice> Choices)> Handle(Query query, CancellationToken ct)
        {
            var names = await PartnerNames.Of(zone, ct);
            if (query.Activity is not { } id) return (new Command { On = Moment.Day(clock.GetUtcNow()) }, names.Choices([]));
            var activity = await Find(zone.Set<Activity>().AsNoTracking(), id, ct);
            await keys.Fetch([activity.Id], ct);
            var says = activity.Says!.Value;
            return (new Command { On = activity.On, Kind = activity.Kind, Partners = activity.Partners, Subject = says.Subject, TookPart = says.TookPart, Remark = says.Remark, Version = activity.Version }, names.Choices(activity.Partners));
        }

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            (await PartnerNames.Of(zone, ct)).Demand(form.Partners);
            var says = new ActivitySays(form.Subject.Trim(), Said(form.TookPart), Said(form.Remark));
            if (form.Activity is { } id)
            {
                var known = await Find(zone.Set<Activity>(), id, ct);
                if (known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Subject), Words.ChangedMeanwhile)]);
                known.Say(form.Kind!.Value, form.On!.Value, form.Partners, says);
                return known.Id;
            }
            // The same form sent again makes no second entry.
            if (form.Once != default && await zone.Set<Activity>().AsNoTracking().SingleOrDefaultAsync(a => a.Once == form.Once, ct) is { } before) return before.Id;
            var activity = Activities.Activity.Add(form.Once, caller.Self, clock.GetUtcNow());
            activity.Say(form.Kind!.Value, form.On!.Value, form.Partners, says);
            zone.Add(activity);
            return activity.Id;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            var activity = await zone.Set<Activity>().SingleOrDefaultAsync(a => a.Id == command.Activity, ct) ?? throw new RefusedException("absent", command.Activity);
            // Pressed twice, it is gone once.
            if (activity.Gone is null) activity.TakeOut(clock.GetUtcNow());
            return true;
        }

        private static async Task<Activity> Find(IQueryable<Activity> activities, Guid id, CancellationToken ct) => await activities.SingleOrDefaultAsync(a => a.Id == id && a.Gone == null, ct) ?? throw new RefusedException("absent", id);

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
