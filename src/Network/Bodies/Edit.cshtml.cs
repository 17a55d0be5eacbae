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
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Bodies;

/// <summary>Adds a body or changes what it is and who sits in it.</summary>
[Requires(May.KeepBodies)]
internal sealed class Edit(IMediator pipeline, Ours ours, WhereAndWho who) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Body { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Kinds { get; private set; } = [];
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public IReadOnlyList<Choice> Partners { get; private set; } = [];
    public IReadOnlyList<Choice> Levels => Choice.All<BodyLevel>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body), ct);
        Form = view.Form;
        await Offer(view, ct);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Body), ct);
        await Offer(view, ct);
        if (Body is not null && view.Form.Version != Form.Version) (Meanwhile, Form) = (view.Form, Form with { Version = view.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var body = await pipeline.Send(Form with { Body = Body, Once = Once }, ct);
        TempData["Done"] = Words.BodySaved;
        return RedirectToPage("/Network/Bodies/Show", new { body });
    }

    private async Task Offer(View view, CancellationToken ct)
    {
        Kinds = [.. view.Kinds.Select(k => new Choice(k, BodyKinds.WordOf(k))).OrderBy(c => c.Value == "OTHER").ThenBy(c => c.Text, StringComparer.CurrentCulture)];
        Colleagues = await ours.Colleagues(who.Zone!.Id, view.Form.Staff, ct);
        Partners = view.Partners;
    }

    internal sealed record View(Command Form, IReadOnlyList<string> Kinds, IReadOnlyList<Choice> Partners);

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid? Body) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Title { get; init; } = "";
        public string Kind { get; init; } = "";

        /// <summary>null: the usual one of its kind.</summary>
        public BodyLevel? Level { get; init; }
        public List<Guid> Representing { get; init; } = [];
        public List<Guid> Staff { get; init; } = [];
        public List<Guid> Partners { get; init; } = [];

        /// <summary>One on a line.</summary>
        public string? Outside { get; init; }
        public int Version { get; init; }
        internal Guid? Body { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterBodyTitle).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Kind).Must(k => BodyKinds.Find(k) is not null).WithMessage(_ => Words.ChooseBodyKind);
            RuleFor(c => c.Level).IsInEnum().WithMessage(_ => Words.ChooseLevel);
            RuleFor(c => c.Representing).Must(l => l.Count <= Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Staff).Must((c, l) => l.Concat(c.Representing).Distinct().Count() <= Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Partners).Must(l => l.Count <= Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Outside).MaximumLength(4000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, UseCase here, IZoneSettings settings) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var offered = (await settings.Of(here.InZone.Id, ct)).BodyKinds;
            Body? now = query.Body is { } id ? await zone.Set<Body>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, ct) ?? throw new RefusedException("absent", id) : null;
            var form = now is null ? new Command() : new Command
            {
                Title = now.Title, Kind = now.Kind, Level = now.Level, Representing = now.Representing, Staff = now.Staff, Partners = now.Partners, Outside = Lines.Typed(now.Outside.Value.All), Version = now.Version,
            };
            return new View(form, [.. BodyKinds.All.Select(k => k.Code).Where(k => offered.Contains(k) || k == now?.Kind)], await Ours.Partners(zone, form.Partners, ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, Ours ours, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            Body? known = form.Body is { } id ? await zone.Set<Body>().SingleOrDefaultAsync(b => b.Id == id, ct) ?? throw new RefusedException("absent", id) : null;
            // The same form sent again makes no second body.
            if (known is null && form.Once != default && await zone.Set<Body>().AsNoTracking().SingleOrDefaultAsync(b => b.Once == form.Once, ct) is { } before) return before.Id;
            if (known is not null && known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Title), Words.ChangedMeanwhile)]);
            if (form.Kind != known?.Kind && !(await settings.Of(here.InZone.Id, ct)).BodyKinds.Contains(form.Kind)) throw new ValidationException([new ValidationFailure(nameof(Command.Kind), Words.ChooseBodyKind)]);
            var kept = known?.Staff ?? [];
            List<ValidationFailure?> faults =
            [
                await ours.Fault(here.InZone.Id, nameof(Command.Representing), form.Representing, kept, ct), await ours.Fault(here.InZone.Id, nameof(Command.Staff), form.Staff, kept, ct),
                await Ours.FaultOfPartners(zone, nameof(Command.Partners), form.Partners.Distinct(), known?.Partners ?? [], ct),
            ];
            if (faults.OfType<ValidationFailure>().ToList() is { Count: > 0 } wrong) throw new ValidationException(wrong);
            var what = new Body.Particulars(form.Title, form.Kind, form.Level ?? BodyKinds.Find(form.Kind)!.Level, form.Staff, form.Representing, form.Partners, Lines.Of(form.Outside));
            if (known is not null)
            {
                known.Change(what);
                return known.Id;
            }
            var body = Bodies.Body.Add(what, form.Once, clock.GetUtcNow());
            zone.Add(body);
            return body.Id;
        }
    }
}
