using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Recoveries;

/// <summary>The operator's half of a recovery. Alone it does nothing: the data-protection officer of the zone confirms too, a day passes, and the whole staff is told.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Operators(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<RecoveryRow> Rows { get; private set; } = [];
    public string? Paper { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.RecoveryBegunIfThere;
        return RedirectToPage();
    }

    public Task<IActionResult> OnPostConfirmAsync(Guid recovery, CancellationToken ct) => Decide(recovery, true, ct);
    public Task<IActionResult> OnPostRefuseAsync(Guid recovery, CancellationToken ct) => Decide(recovery, false, ct);

    public async Task<IActionResult> OnPostPaperAsync(Guid recovery, CancellationToken ct)
    {
        Paper = await pipeline.Send(new PaperCommand { Recovery = recovery }, ct);
        await ShowAgain(ct);
        return Page();
    }

    private async Task<IActionResult> Decide(Guid recovery, bool confirms, CancellationToken ct)
    {
        await pipeline.Send(new DecideCommand { Recovery = recovery, Confirms = confirms }, ct);
        return RedirectToPage();
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<RecoveryRow>>;

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Email { get; init; } = "";
    }

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record DecideCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Recovery { get; init; }
        internal bool Confirms { get; init; }
    }

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record PaperCommand : ICatalogCommand<string>, ISensitive
    {
        internal Guid Recovery { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Email).NotEmpty().WithMessage(_ => Words.EnterEmail).MaximumLength(256).WithMessage(_ => Words.TooLong);
    }

    internal sealed class QueryHandler(CatalogDbContext house, Caller caller, Ladder ladder, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<RecoveryRow>>
    {
        public Task<IReadOnlyList<RecoveryRow>> Handle(Query query, CancellationToken ct) => RecoveryRow.Of(house, ladder, null, caller.Self, null, clock.GetUtcNow(), ct);
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller, Ladder ladder) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var normal = Addresses.Normal(form.Email);
            if (await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == normal, ct) is not { } account) return true; // the operator learns no addresses either
            await ladder.Begin(house, account.Id, null, caller.Self, ct);
            return true;
        }
    }

    internal sealed class DecideHandler(CatalogDbContext house, Caller caller, Ladder ladder) : IRequestHandler<DecideCommand, bool>
    {
        public async Task<bool> Handle(DecideCommand command, CancellationToken ct)
        {
            await ladder.Decide(house, command.Recovery, null, command.Confirms, caller.Self, ct);
            return true;
        }
    }

    internal sealed class PaperHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<PaperCommand, string>
    {
        public async Task<string> Handle(PaperCommand command, CancellationToken ct) =>
            (await house.Set<Recovery>().SingleOrDefaultAsync(r => r.Id == command.Recovery, ct) ?? throw new RefusedException("absent", command.Recovery)).MakePaper(caller.Self, clock.GetUtcNow());
    }
}
