using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Worklist;

/// <summary>Makes a tab of one's own in the worklist, or takes one away.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Filter(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Choice> Workers { get; private set; } = [];
    public IReadOnlyList<Choice> Kinds => Choice.All<KindOfEvent>(Words.Of);
    public IReadOnlyList<Choice> Dues => Choice.All<DueBy>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var names = await accounts.Named(await pipeline.Send(new Query(), ct), ct);
        Workers = [new Choice(Guid.Empty.ToString(), Words.Nobody), .. names.Values.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) => RedirectToPage("/Casework/Worklist/Mine", new { filter = await pipeline.Send(Form, ct) });

    public async Task<IActionResult> OnPostRemoveAsync(Guid filter, CancellationToken ct)
    {
        await pipeline.Send(new Remove(filter), ct);
        return RedirectToPage("/Casework/Worklist/Mine");
    }

    /// <summary>Colleagues who work on dossiers.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public KindOfEvent? Kind { get; init; }
        public bool Dangerous { get; init; }
        public DueBy Due { get; init; }

        /// <summary>null: anybody's; empty: nobody's.</summary>
        public Guid? Worker { get; init; }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Remove(Guid Filter) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Kind).Must((c, kind) => kind is not null || c.Dangerous || c.Due != DueBy.Any || c.Worker is not null).WithMessage(_ => Words.FilterEmpty).IsInEnum().WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.Due).IsInEnum().WithMessage(_ => Words.EnterDue);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IStaff staff, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, Guid>, IRequestHandler<Remove, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct) => await staff.Holding(here.InZone.Id, [Role.Coordinator, Role.Caseworker], ct);

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (form.Worker is { } worker && worker != Guid.Empty && !(await Handle(new Query(), ct)).Contains(worker)) throw new RefusedException("absent", worker);
            var own = await zone.Set<SavedFilter>().Where(f => f.Account == caller.Self).ToListAsync(ct);
            if (own.Find(f => f.Kind == form.Kind && f.Dangerous == form.Dangerous && f.Due == form.Due && f.Worker == form.Worker) is { } same) return same.Id;
            if (own.Count >= SavedFilter.Most) throw new ValidationException([new ValidationFailure(nameof(Command.Kind), Words.FilterMost(SavedFilter.Most))]);
            var made = SavedFilter.Make(form.Kind, form.Dangerous, form.Due, form.Worker, caller.Self, clock.GetUtcNow());
            zone.Add(made);
            return made.Id;
        }

        public async Task<bool> Handle(Remove command, CancellationToken ct)
        {
            // Pressed twice it is gone; somebody else's is gone for the caller all the same.
            if (await zone.Set<SavedFilter>().SingleOrDefaultAsync(f => f.Id == command.Filter && f.Account == caller.Self, ct) is not { } own) return false;
            zone.Remove(own);
            return true;
        }
    }
}
