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

/// <summary>Notes that the service was at an event: when, what, who went, before how many.</summary>
[Requires(May.KeepBodies)]
internal sealed class EditRepresentation(IMediator pipeline, Ours ours, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "representation")] public Guid? Known { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Form = Known is { } id ? await pipeline.Send(new Query(id), ct) : new Command { On = Moment.Day(clock.GetUtcNow()) };
        Colleagues = await ours.Colleagues(who.Zone!.Id, Form.Staff, ct);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = Known is { } id ? await pipeline.Send(new Query(id), ct) : null;
        Colleagues = await ours.Colleagues(who.Zone!.Id, now?.Staff ?? [], ct);
        if (now is not null && now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Representation = Known, Once = Once }, ct);
        TempData["Done"] = Words.RepresentationSaved;
        return RedirectToPage("/Network/Bodies/Representations", new { year = Form.On!.Value.Year });
    }

    public async Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct)
    {
        await pipeline.Send(new TakeOut(Known ?? default), ct);
        TempData["Done"] = Words.ActivityTakenOut;
        return RedirectToPage("/Network/Bodies/Representations");
    }

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid Representation) : IQuery<Command>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<Guid>
    {
        public DateOnly? On { get; init; }
        public string Title { get; init; } = "";
        public string? Place { get; init; }
        public List<Guid> Staff { get; init; } = [];
        public int? Audience { get; init; }
        public int Version { get; init; }
        internal Guid? Representation { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>It was written down by mistake.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record TakeOut(Guid Representation) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.On).NotNull().WithMessage(_ => Words.EnterRepresentationOn).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterRepresentationTitle).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Place).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Staff).NotEmpty().WithMessage(_ => Words.BodyChooseColleague).Must(l => l.Count <= Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Audience).InclusiveBetween(0, Bodies.Representation.LargestAudience).WithMessage(_ => Words.RepresentationAudienceUnlikely);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, Command>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var now = await zone.Set<Representation>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Representation, ct) ?? throw new RefusedException("absent", query.Representation);
            return new Command { On = now.On, Title = now.Title, Place = now.Place, Staff = now.Staff, Audience = now.Audience, Version = now.Version };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Ours ours, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<TakeOut, bool>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            Representation? known = form.Representation is { } id ? await zone.Set<Representation>().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RefusedException("absent", id) : null;
            // The same form sent again makes no second entry.
            if (known is null && form.Once != default && await zone.Set<Representation>().AsNoTracking().SingleOrDefaultAsync(r => r.Once == form.Once, ct) is { } before) return before.Id;
            if (known is not null && known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Title), Words.ChangedMeanwhile)]);
            if (await ours.Fault(here.InZone.Id, nameof(Command.Staff), form.Staff, known?.Staff ?? [], ct) is { } wrong) throw new ValidationException([wrong]);
            var what = new Representation.Particulars(form.On!.Value, form.Title, form.Place, form.Staff, form.Audience);
            if (known is not null)
            {
                known.Change(what);
                return known.Id;
            }
            var representation = Bodies.Representation.Add(what, form.Once, clock.GetUtcNow());
            zone.Add(representation);
            return representation.Id;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            zone.Remove(await zone.Set<Representation>().SingleOrDefaultAsync(r => r.Id == command.Representation, ct) ?? throw new RefusedException("absent", command.Representation));
            return true;
        }
    }
}
