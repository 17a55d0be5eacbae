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

/// <summary>Makes a tab in the worklist, one's own or the zone's, takes one away, or lets the worklist begin with it.</summary>
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

    public async Task<IActionResult> OnPostFirstAsync(Guid filter, bool on, CancellationToken ct)
    {
        await pipeline.Send(new First(filter, on), ct);
        return RedirectToPage("/Casework/Worklist/Mine", new { filter });
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

        /// <summary>For everybody of the zone.</summary>
        public bool Shared { get; init; }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Remove(Guid Filter) : ICommand<bool>;

    /// <param name="On">false: the worklist begins as it does for everybody.</param>
    [Requires(May.WorkOnDossiers)]
    internal sealed record First(Guid Filter, bool On) : ICommand<bool>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Kind).Must((c, kind) => kind is not null || c.Dangerous || c.Due != DueBy.Any || c.Worker is not null).WithMessage(_ => Words.FilterEmpty).IsInEnum().WithMessage(_ => Words.ChooseFacts);
            RuleFor(c => c.Due).IsInEnum().WithMessage(_ => Words.EnterDue);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IStaff staff, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, Guid>, IRequestHandler<Remove, bool>, IRequestHandler<First, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct) => await staff.Holding(here.InZone.Id, [Role.Coordinator, Role.Caseworker], ct);

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            if (form.Worker is { } worker && worker != Guid.Empty && !(await Handle(new Query(), ct)).Contains(worker)) throw new RefusedException("absent", worker);
            var there = await zone.Set<SavedFilter>().Where(f => f.Account == caller.Self || f.Shared).ToListAsync(ct);
            var isFull = form.Shared && there.Count(f => f.Shared) >= SavedFilter.Most;
            if (there.OrderByDescending(f => f.Account == caller.Self).FirstOrDefault(f => f.Kind == form.Kind && f.Dangerous == form.Dangerous && f.Due == form.Due && f.Worker == form.Worker) is { } same)
            {
                // Made once more the other way, one's own becomes the zone's, or one's own again.
                if (same.Account != caller.Self || same.Shared == form.Shared) return same.Id;
                if (isFull) throw Full();
                same.Shared = form.Shared;
                return same.Id;
            }
            if (there.Count(f => f.Account == caller.Self) >= SavedFilter.Most) throw new ValidationException([new ValidationFailure(nameof(Command.Kind), Words.FilterMost(SavedFilter.Most))]);
            if (isFull) throw Full();
            var made = SavedFilter.Make(form.Kind, form.Dangerous, form.Due, form.Worker, form.Shared, caller.Self, clock.GetUtcNow());
            zone.Add(made);
            return made.Id;
        }

        public async Task<bool> Handle(Remove command, CancellationToken ct)
        {
            // Pressed twice it is gone; somebody else's is gone for the caller all the same.
            if (await Seen(command.Filter, ct) is not { } tab || (tab.Account != caller.Self && !caller.May(May.OpenAnyDossierOfTheZone))) return false;
            zone.Remove(tab);
            zone.RemoveRange(await zone.Set<FirstTab>().Where(t => t.Filter == tab.Id).ToListAsync(ct));
            return true;
        }

        public async Task<bool> Handle(First command, CancellationToken ct)
        {
            var tab = await Seen(command.Filter, ct) ?? throw new RefusedException("absent", command.Filter);
            var first = await zone.Set<FirstTab>().SingleOrDefaultAsync(t => t.Id == caller.Self, ct);
            if (!command.On)
            {
                if (first?.Filter == tab.Id) zone.Remove(first);
            }
            else if (first is not null) first.Filter = tab.Id;
            else zone.Add(new FirstTab { Id = caller.Self, Filter = tab.Id });
            return true;
        }

        private static ValidationException Full() => new([new ValidationFailure(nameof(Command.Shared), Words.FilterSharedMost(SavedFilter.Most))]);

        private async Task<SavedFilter?> Seen(Guid filter, CancellationToken ct) => await zone.Set<SavedFilter>().SingleOrDefaultAsync(f => f.Id == filter && (f.Account == caller.Self || f.Shared), ct);
    }
}
