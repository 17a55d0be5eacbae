using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Puts an action point off to another day; it is reminded of anew then.</summary>
[Requires(May.SeeBodies)]
internal sealed class Later(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Point { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string What { get; private set; } = "";
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Point), ct);
        (What, Form) = (view.What, new Command { Due = view.Due });
    }

    public async Task ShowAgain(CancellationToken ct) => What = (await pipeline.Send(new Query(Point), ct)).What;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Point = Point }, ct);
        TempData["Done"] = Words.PointPostponed;
        return RedirectToPage("/Network/Bodies/Points");
    }

    internal sealed record View(string What, DateOnly Due);

    [Requires(May.SeeBodies)]
    internal sealed record Query(Guid Point) : IQuery<View>;

    [Requires(May.SeeBodies)]
    internal sealed record Command : ICommand<bool>
    {
        public DateOnly? Due { get; init; }
        internal Guid Point { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock) =>
            RuleFor(c => c.Due).NotNull().WithMessage(_ => Words.EnterPointDue).Must(day => day is null || (Ours.IsLikely(day.Value) && day >= Moment.Day(clock.GetUtcNow()))).WithMessage(_ => Words.PointNotInThePast);
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller) : IRequestHandler<Query, View>, IRequestHandler<Command, bool>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var point = await Open(query.Point, ct);
            return new View(point.What.Value, point.DueOn);
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            (await Open(command.Point, ct)).Postpone(command.Due!.Value);
            return true;
        }

        // Of one that is done there is nothing to put off.
        private async Task<ActionPoint> Open(Guid id, CancellationToken ct) => await Points.Handler.OneOf(zone, caller, id, ct) is { State: PointState.Open } point ? point : throw new RefusedException("absent", id);
    }
}
