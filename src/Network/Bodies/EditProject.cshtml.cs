using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Adds a project or changes it; its milestones are kept on its own page.</summary>
[Requires(May.KeepBodies)]
internal sealed class EditProject(IMediator pipeline) : PageModel, IShowAgain
{
    /// <summary>null: a new one.</summary>
    [BindProperty(SupportsGet = true)] public Guid? Project { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Bodies { get; private set; } = [];
    public IReadOnlyList<Choice> Partners { get; private set; } = [];
    public IReadOnlyList<Choice> States => Choice.All<ProjectState>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Project), ct);
        (Form, Bodies, Partners) = (view.Form, view.Bodies, view.Partners);
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var view = await pipeline.Send(new Query(Project), ct);
        (Bodies, Partners) = (view.Bodies, view.Partners);
        if (Project is not null && view.Form.Version != Form.Version) (Meanwhile, Form) = (view.Form, Form with { Version = view.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var project = await pipeline.Send(Form with { Project = Project, Once = Once }, ct);
        TempData["Done"] = Words.ProjectSaved;
        return RedirectToPage("/Network/Bodies/ShowProject", new { project });
    }

    public async Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct)
    {
        await pipeline.Send(new TakeOut(Project ?? default), ct);
        TempData["Done"] = Words.ActivityTakenOut;
        return RedirectToPage("/Network/Bodies/Projects");
    }

    internal sealed record View(Command Form, IReadOnlyList<Choice> Bodies, IReadOnlyList<Choice> Partners);

    [Requires(May.KeepBodies)]
    internal sealed record Query(Guid? Project) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record Command : ICommand<Guid>
    {
        public string Title { get; init; } = "";
        public string? About { get; init; }

        /// <summary>The body it comes from; null: none.</summary>
        public Guid? Body { get; init; }
        public List<Guid> Partners { get; init; } = [];
        public ProjectState? State { get; init; }
        public DateOnly? Begins { get; init; }

        /// <summary>When it was finished or stopped; null: today, where it was.</summary>
        public DateOnly? Ended { get; init; }
        public int Version { get; init; }
        internal Guid? Project { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>It was written down by mistake: nothing of it is kept.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record TakeOut(Guid Project) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterProjectTitle).MaximumLength(160).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.About).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Partners).Must(l => l.Count <= Network.Bodies.Body.MostPeople).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.State).NotNull().WithMessage(_ => Words.ChooseProjectState).IsInEnum().WithMessage(_ => Words.ChooseProjectState);
            RuleFor(c => c.Begins).NotNull().WithMessage(_ => Words.EnterProjectBegins).Must(day => day is null || Ours.IsLikely(day.Value)).WithMessage(_ => Words.BodyUnlikelyDay);
            RuleFor(c => c.Ended).Must(day => day is null || day <= Moment.Day(clock.GetUtcNow())).WithMessage(_ => Words.BodyDayAhead)
                .Must((c, day) => day is null || c.Begins is null || c.State is not (ProjectState.Finished or ProjectState.Stopped) || day >= c.Begins).WithMessage(_ => Words.AgreementEndsBefore);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var form = new Command { State = ProjectState.Running, Begins = Moment.Day(clock.GetUtcNow()) };
            if (query.Project is { } id)
            {
                var now = await zone.Set<Project>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw new RefusedException("absent", id);
                form = new Command { Title = now.Title, About = now.About?.Value, Body = now.BodyId, Partners = now.Partners, State = now.State, Begins = now.Begins, Ended = now.EndedOn, Version = now.Version };
            }
            var bodies = await zone.Set<Body>().Where(b => b.Ended == null || b.Id == form.Body).Select(b => new { b.Id, b.Title }).ToListAsync(ct);
            return new View(form, [.. bodies.OrderBy(b => b.Title, StringComparer.CurrentCulture).Select(b => new Choice(b.Id.ToString(), b.Title))], await Ours.Partners(zone, form.Partners, ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<TakeOut, bool>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            Project? known = form.Project is { } id ? await zone.Set<Project>().SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw new RefusedException("absent", id) : null;
            // The same form sent again makes no second project.
            if (known is null && form.Once != default && await zone.Set<Project>().AsNoTracking().SingleOrDefaultAsync(p => p.Once == form.Once, ct) is { } before) return before.Id;
            if (known is not null && known.Version != form.Version) throw new ValidationException([new ValidationFailure(nameof(Command.Title), Words.ChangedMeanwhile)]);
            if (form.Body is { } body && body != known?.BodyId && !await zone.Set<Body>().AnyAsync(b => b.Id == body && b.Ended == null, ct)) throw new ValidationException([new ValidationFailure(nameof(Command.Body), Words.ChooseBody)]);
            if (await Ours.FaultOfPartners(zone, nameof(Command.Partners), form.Partners.Distinct(), known?.Partners ?? [], ct) is { } wrong) throw new ValidationException([wrong]);
            var what = new Project.Particulars(form.Title, form.About, form.Body, form.Partners, form.State!.Value, form.Begins!.Value, form.Ended);
            if (known is not null)
            {
                known.Change(what, Moment.Day(now));
                return known.Id;
            }
            var project = Network.Bodies.Project.Add(what, form.Once, Moment.Day(now), now);
            zone.Add(project);
            return project.Id;
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            zone.Remove(await zone.Set<Project>().SingleOrDefaultAsync(p => p.Id == command.Project, ct) ?? throw new RefusedException("absent", command.Project));
            zone.RemoveRange(await zone.Set<ProjectMilestone>().Where(m => m.ProjectId == command.Project).ToListAsync(ct));
            zone.Add(OutboxMessage.New($"{ProjectGone.KindName} {command.Project}", ProjectGone.KindName, command.Project, null, clock.GetUtcNow()));
            return true;
        }
    }
}
