using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Zones.GoLive;

/// <summary>From a new zone to a live one: what is done, what is missing, where it is done; then the switch.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Checklist(IMediator pipeline, InForce inForce, WhereAndWho who) : PageModel, IShowAgain
{
    public IReadOnlyList<LiveTask> Tasks { get; private set; } = [];
    public DateTimeOffset? Live { get; private set; }
    public bool MaySwitch => Live is null && who.Caller.May(May.BringStaffIn);
    public int Missing => Tasks.Count(t => t is { Needed: true, Done: false });

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var (tasks, live) = await pipeline.Send(new Query(), ct);
        (Tasks, Live) = (tasks, live?.At);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command(), ct);
        inForce.Forget(who.Zone!.Id);
        TempData["Done"] = Words.WentLive;
        return RedirectToPage();
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<LiveTask> Tasks, ZoneStep? Live)>;

    [Requires(May.BringStaffIn)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive;

    internal sealed class QueryHandler(Readiness readiness, UseCase here) : IRequestHandler<Query, (IReadOnlyList<LiveTask> Tasks, ZoneStep? Live)>
    {
        public Task<(IReadOnlyList<LiveTask> Tasks, ZoneStep? Live)> Handle(Query query, CancellationToken ct) => readiness.Of(here.InZone.Id, ct);
    }

    internal sealed class Handler(CatalogDbContext house, Readiness readiness, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (tasks, live) = await readiness.Of(here.InZone.Id, ct);
            if (live is not null) return false;
            if (tasks.Any(t => t is { Needed: true, Done: false })) throw new ValidationException([new ValidationFailure("", Words.NotReady)]);
            house.Add(new ZoneStep { Zone = here.InZone.Id, Step = ZoneStep.Live, By = caller.Self, At = clock.GetUtcNow() });
            return true;
        }
    }
}

internal sealed class ChecklistInMenu : IInMenu
{
    public int Order => 820;
    public May Deed => May.SetUpTheZone;
    public string Path => "/admin/checklist";
    public string Text => Words.ChecklistTitle;
}
