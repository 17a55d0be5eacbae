using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Closes a dossier with a reason and an outcome. What the figures would miss is shown, and never blocks.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class Close(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<string> Gaps { get; private set; } = [];
    public IReadOnlyList<Choice> Reasons => Choice.All<ClosingReason>(Words.Of);
    public IReadOnlyList<Choice> Outcomes => Choice.All<Outcome>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Gaps = [.. (await pipeline.Send(new Query(Dossier), ct)).Select(g => Words.Of("Gap_" + g))];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier }, ct);
        TempData["Done"] = Words.DossierClosed;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <summary>What the figures need and the dossier lacks, as codes.</summary>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<string>>;

    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<bool>
    {
        public ClosingReason? Reason { get; init; }
        public Outcome? Outcome { get; init; }
        internal Guid Dossier { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Reason).NotNull().WithMessage(_ => Words.ChooseReason).IsInEnum().WithMessage(_ => Words.ChooseReason);
            RuleFor(c => c.Outcome).NotNull().WithMessage(_ => Words.ChooseOutcome).IsInEnum().WithMessage(_ => Words.ChooseOutcome);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, IReadOnlyList<string>>
    {
        public async Task<IReadOnlyList<string>> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            var helped = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
            var gaps = new List<string>();
            if (dossier.FactsAt is null) gaps.Add("When");
            if (dossier.Municipality.Length == 0) gaps.Add("Where");
            if (dossier.FirstContact is null) gaps.Add("FirstContact");
            if (helped.Count == 0) gaps.Add("Nobody");
            if (helped.Any(p => p.Sex == Sex.NotSaid)) gaps.Add("Sex");
            if (helped.Any(p => p.Damage == Damage.None)) gaps.Add("Damage");
            return gaps;
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            if (!dossier.IsOpen)
            {
                // Sent twice it is done; closed otherwise by somebody else, one is told how.
                if (dossier.Reason == form.Reason && dossier.Outcome == form.Outcome) return false;
                throw new ValidationException([new ValidationFailure(nameof(Command.Reason), Words.ClosedMeanwhile(Words.Of(dossier.Reason!.Value), Words.Of(dossier.Outcome!.Value)))]);
            }
            foreach (var act in await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).ToListAsync(ct)) act.Complete(caller.Self, now);
            foreach (var planned in await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && c.State == ContactState.Planned && c.CheckedIn == null).ToListAsync(ct)) planned.Cancel(CancelReason.DossierClosed, caller.Self, now);
            dossier.Close(form.Reason!.Value, form.Outcome!.Value, now);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Closed, caller.Self, now, code: (int)form.Reason.Value));
            return true;
        }
    }
}
