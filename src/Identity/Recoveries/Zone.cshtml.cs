using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Recoveries;

/// <summary>Administrators and the data-protection officer of a zone help a colleague who has lost every factor: begin, confirm as the second, hand the paper code over.</summary>
[Requires(May.RecoverAccounts)]
internal sealed class Zone(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<RecoveryRow> Rows { get; private set; } = [];
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];

    /// <summary>The code for paper, shown once.</summary>
    public string? Paper { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => (Rows, Colleagues) = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
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

    [Requires(May.RecoverAccounts)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<RecoveryRow>, IReadOnlyList<Choice>)>;

    [Requires(May.RecoverAccounts), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public Guid? Account { get; init; }
    }

    [Requires(May.RecoverAccounts), FreshFactor]
    internal sealed record DecideCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Recovery { get; init; }
        internal bool Confirms { get; init; }
    }

    [Requires(May.RecoverAccounts), FreshFactor]
    internal sealed record PaperCommand : ICatalogCommand<string>, ISensitive
    {
        internal Guid Recovery { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Account).NotNull().WithMessage(_ => Words.ChooseOne);
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Caller caller, Ladder ladder, IKnowRoles roles, TimeProvider clock) : IRequestHandler<Query, (IReadOnlyList<RecoveryRow>, IReadOnlyList<Choice>)>
    {
        public async Task<(IReadOnlyList<RecoveryRow>, IReadOnlyList<Choice>)> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var staff = (await roles.StaffOf(house, zone, now, ct)).Keys.ToList();
            var names = await house.Set<Account>().AsNoTracking().Where(a => staff.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.DisplayName, ct);
            var rows = await RecoveryRow.Of(house, ladder, zone, caller.Self, staff, now, ct);
            return (rows, [.. names.Where(n => n.Key != caller.Self).OrderBy(n => n.Value, StringComparer.CurrentCulture).Select(n => new Choice(n.Key.ToString(), n.Value))]);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Ladder ladder) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct) => (await ladder.Begin(house, form.Account!.Value, here.InZone.Id, caller.Self, ct)).Id != Guid.Empty;
    }

    internal sealed class DecideHandler(CatalogDbContext house, UseCase here, Caller caller, Ladder ladder) : IRequestHandler<DecideCommand, bool>
    {
        public async Task<bool> Handle(DecideCommand command, CancellationToken ct)
        {
            await ladder.Decide(house, command.Recovery, here.InZone.Id, command.Confirms, caller.Self, ct);
            return true;
        }
    }

    internal sealed class PaperHandler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<PaperCommand, string>
    {
        public async Task<string> Handle(PaperCommand command, CancellationToken ct) =>
            (await house.Set<Recovery>().SingleOrDefaultAsync(r => r.Id == command.Recovery, ct) ?? throw new RefusedException("absent", command.Recovery)).MakePaper(caller.Self, clock.GetUtcNow());
    }
}

/// <summary>A recovery as those who may confirm it see it.</summary>
internal sealed record RecoveryRow(Guid Id, string Name, DateTimeOffset Asked, string? FirstBy, DateTimeOffset? Begins, bool MayDecide, bool MayPrint)
{
    /// <param name="staff">Accounts of the zone; null: all, for the platform.</param>
    public static async Task<IReadOnlyList<RecoveryRow>> Of(CatalogDbContext house, Ladder ladder, Guid? zone, Guid self, IReadOnlyCollection<Guid>? staff, DateTimeOffset now, CancellationToken ct)
    {
        var waiting = (await ladder.In(house, zone, ct)).ToDictionary(w => w.Id);
        var open = (await Ladder.Open(house, now, ct)).Where(r => staff is null || staff.Contains(r.Account)).ToList();
        var ids = open.Select(r => r.Account).Concat(open.Select(r => r.First).OfType<Guid>()).Distinct().ToList();
        var names = await house.Set<Account>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.DisplayName, ct);
        return [.. open.Select(r => new RecoveryRow(r.Id, names.GetValueOrDefault(r.Account, "–"), r.Asked, r.First is { } first ? names.GetValueOrDefault(first, "–") : null, r.Begins,
            waiting.TryGetValue(r.Id, out var w) && !w.Mine.Contains(self), r.Granted is not null && (r.First == self || r.Second == self)))];
    }
}

internal sealed class RecoveriesInMenu : IInMenu
{
    public int Order => 820;
    public May Deed => May.RecoverAccounts;
    public string Path => "/admin/recoveries";
    public string Text => Words.RecoveriesTitle;
}
