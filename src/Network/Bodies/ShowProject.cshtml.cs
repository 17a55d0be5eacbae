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

/// <summary>One project and its milestones: added here, and reached.</summary>
[Requires(May.SeeBodies)]
internal sealed class ShowProject(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Project { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public View Now { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepBodies);
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(Project), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Project = Project, Once = Once }, ct);
        TempData["Done"] = Words.MilestoneSaved;
        return RedirectToPage(new { Project });
    }

    public Task<IActionResult> OnPostReachedAsync(Guid milestone, CancellationToken ct) => Turn(new Turned(Project, milestone, Reached: true), Words.MilestoneReached, ct);
    public Task<IActionResult> OnPostReopenAsync(Guid milestone, CancellationToken ct) => Turn(new Turned(Project, milestone, Reached: false), Words.MilestoneReopened, ct);

    private async Task<IActionResult> Turn(Turned turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Project });
    }

    internal sealed record View(Project Project, string? Body, IReadOnlyList<string> Partners, IReadOnlyList<ProjectMilestone> Milestones);

    [Requires(May.SeeBodies)]
    internal sealed record Query(Guid Project) : IQuery<View>;

    /// <summary>A milestone more.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<bool>
    {
        public string Title { get; init; } = "";
        public DateOnly? Due { get; init; }
        internal Guid Project { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>A milestone reached, or not after all.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record Turned(Guid Project, Guid Milestone, bool Reached) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterMilestone).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Due).NotNull().WithMessage(_ => Words.EnterPointDue).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var project = await zone.Set<Project>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Project, ct) ?? throw new RefusedException("absent", query.Project);
            return new View(project, project.BodyId is { } body ? await zone.Set<Body>().Where(b => b.Id == body).Select(b => b.Title).SingleOrDefaultAsync(ct) : null, await Ours.PartnerNames(zone, project.Partners, ct),
                await zone.Set<ProjectMilestone>().AsNoTracking().Where(m => m.ProjectId == project.Id).OrderBy(m => m.DueOn).ThenBy(m => m.Id).ToListAsync(ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, bool>, IRequestHandler<Turned, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            if (!await zone.Set<Project>().AnyAsync(p => p.Id == form.Project, ct)) throw new RefusedException("absent", form.Project);
            if (form.Once != default && await zone.Set<ProjectMilestone>().AnyAsync(m => m.Once == form.Once, ct)) return false;
            if (await zone.Set<ProjectMilestone>().CountAsync(m => m.ProjectId == form.Project, ct) >= ProjectMilestone.Most) throw new ValidationException([new ValidationFailure(nameof(Command.Title), Words.TooManyMilestones)]);
            zone.Add(ProjectMilestone.Of(form.Project, form.Title, form.Due!.Value, form.Once, clock.GetUtcNow()));
            return true;
        }

        public async Task<bool> Handle(Turned command, CancellationToken ct)
        {
            var milestone = await zone.Set<ProjectMilestone>().SingleOrDefaultAsync(m => m.Id == command.Milestone && m.ProjectId == command.Project, ct) ?? throw new RefusedException("absent", command.Milestone);
            if (command.Reached) milestone.Reach(Moment.Day(clock.GetUtcNow()));
            else milestone.Reopen();
            (await zone.Set<Project>().SingleAsync(p => p.Id == command.Project, ct)).Turn();
            return true;
        }
    }
}
