using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Puts a milestone right: what, until when, and on which day it was reached. One that never was one is taken out.</summary>
[Requires(May.KeepBodies)]
internal sealed class EditMilestone(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Project { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Milestone { get; set; }
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public string Title { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct) => (Title, Form) = await pipeline.Send(new Query(Project, Milestone), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        (Title, var now) = await pipeline.Send(new Query(Project, Milestone), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Do(Form with { Project = Project, Milestone = Milestone }, Words.MilestoneCorrected, ct);
    public Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct) => Do(new TakeOut(Project, Milestone), Words.ActivityTakenOut, ct);

    private async Task<IActionResult> Do(IRequest<bool> deed, string done, CancellationToken ct)
    {
        await pipeline.Send(deed, ct);
        TempData["Done"] = done;
        return RedirectToPage("/Network/Bodies/ShowProject", new { Project });
    }

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid Project, Guid Milestone) : IQuery<(string Title, Command Form)>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<bool>
    {
        public string Title { get; init; } = "";
        public DateOnly? Due { get; init; }

        /// <summary>null: not reached.</summary>
        public DateOnly? Reached { get; init; }

        /// <summary>Of the project.</summary>
        public int Version { get; init; }
        internal Guid Project { get; init; }
        internal Guid Milestone { get; init; }
    }

    /// <summary>It was written down by mistake.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record TakeOut(Guid Project, Guid Milestone) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterMilestone).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Due).NotNull().WithMessage(_ => Words.EnterPointDue).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
            RuleFor(c => c.Reached).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay).Must(day => day is null || day <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.BodyDayAhead);
        }
    }

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, (string Title, Command Form)>, IRequestHandler<Command, bool>, IRequestHandler<TakeOut, bool>
    {
        public async Task<(string Title, Command Form)> Handle(Query query, CancellationToken ct)
        {
            var (project, milestone) = await Of(query.Project, query.Milestone, ct);
            return (project.Title, new Command { Title = milestone.Title, Due = milestone.DueOn, Reached = milestone.DoneOn, Version = project.Version });
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (project, milestone) = await Of(form.Project, form.Milestone, ct);
            if (project.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Title), Words.ChangedMeanwhile)]);
            milestone.Correct(form.Title, form.Due!.Value, form.Reached);
            project.Turn();
            return true;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            var (project, milestone) = await Of(command.Project, command.Milestone, ct);
            zone.Remove(milestone);
            project.Turn();
            return true;
        }

        private async Task<(Project Project, ProjectMilestone Milestone)> Of(Guid project, Guid milestone, CancellationToken ct) =>
            (await zone.Set<Project>().SingleOrDefaultAsync(p => p.Id == project, ct) ?? throw new RefusedException("absent", project),
            await zone.Set<ProjectMilestone>().SingleOrDefaultAsync(m => m.Id == milestone && m.ProjectId == project, ct) ?? throw new RefusedException("absent", milestone));
    }
}
