using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Each broken glass is looked at afterwards and signed, by somebody who did not break it. Where one person is administrator and coordinator, the data-protection officer signs.</summary>
[Requires(May.ReviewBreakGlass)]
internal sealed class Reviews(IMediator pipeline, IAccounts accounts, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public IReadOnlyList<Choice> Findings => Choice.All<Finding>(Words.Of);
    public DateTimeOffset Now => clock.GetUtcNow();

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Rows = await pipeline.Send(new Query(), ct);
        Names = await accounts.Named(Rows.SelectMany(r => new[] { r.Account, r.SignedBy }).OfType<Guid>(), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.ReviewSigned;
        return RedirectToPage();
    }

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";

    /// <param name="MaySign">By this reader: not signed yet, and not their own.</param>
    internal sealed record Row(Guid Id, Guid Dossier, string Number, Guid? Account, DateTimeOffset From, DateTimeOffset Until, string Reason, Guid? SignedBy, DateTimeOffset? Signed, Finding? Finding, bool MaySign);

    internal sealed class Answer(IEnumerable<Row> rows) : List<Row>(rows), IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => this.Select(r => r.Dossier).Distinct();
    }

    [Requires(May.ReviewBreakGlass)]
    internal sealed record Query : IQuery<Answer>;

    [Requires(May.ReviewBreakGlass), FreshFactor]
    internal sealed record Command : ICommand<bool>, ISensitive
    {
        public Guid Grant { get; init; }
        public Finding? Finding { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Finding).NotNull().WithMessage(_ => Words.ChooseFinding).IsInEnum().WithMessage(_ => Words.ChooseFinding);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, IHideDossiers hidden, INameDossiers names, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        private const int Months = 6;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (away, since) = (await hidden.From(caller, ct), clock.GetUtcNow().AddMonths(-Months));
            var grants = (await zone.Set<Grant>().AsNoTracking().Where(g => g.Kind == GrantKind.BreakGlass && (g.Reviewed == null || g.Reviewed > since)).ToListAsync(ct)).Where(g => !away.Contains(g.DossierId)).ToList();
            await keys.Fetch(grants.Select(g => g.DossierId), ct);
            var numbers = await names.Numbers(grants.Select(g => g.DossierId), ct);
            return new Answer(grants.OrderBy(g => g.Reviewed is not null).ThenByDescending(g => g.From).Select(g =>
                new Row(g.Id, g.DossierId, numbers[g.DossierId], g.Account, g.From, g.Until!.Value, g.Reason!.Value, g.ReviewedBy, g.Reviewed, g.Finding, g.Reviewed is null && MaySign(g, caller))));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, IHideDossiers hidden, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var grant = await zone.Set<Grant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Kind == GrantKind.BreakGlass, ct);
            if (grant is null || (await hidden.From(caller, ct)).Contains(grant.DossierId)) throw new RefusedException("absent", command.Grant);
            if (!MaySign(grant, caller)) throw new RefusedException("own", grant.DossierId);
            grant.Sign(command.Finding!.Value, caller.Self, clock.GetUtcNow());
            return true;
        }
    }

    private static bool MaySign(Grant grant, Caller caller) => grant.Account != caller.Account && (caller.Is(Role.DataProtectionOfficer) || !caller.Is(Role.ZoneAdministrator));
}

internal sealed class ReviewsInMenu : IInMenu
{
    public int Order => 830;
    public May Deed => May.ReviewBreakGlass;
    public string Path => "/break-glass/reviews";
    public string Text => Words.ReviewsTitle;
}
