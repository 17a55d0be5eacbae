using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Operator;

/// <summary>Where the operator starts: every zone with its state and the number of its staff, never their names; suspend a zone, take it up again.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Home(IMediator pipeline, ZoneRegistry registry) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public IReadOnlyList<Choice> Zones => [.. Rows.Where(r => r.State is ZoneState.Active or ZoneState.Suspended).Select(r => new Choice(r.Code, $"{r.Code} · {r.Name}"))];
    public IReadOnlyList<Choice> Reasons => Choice.All<StateReason>(Words.Of);
    public IReadOnlyList<Choice> Turns => [new(nameof(ZoneState.Suspended), Words.StateSuspend), new(nameof(ZoneState.Active), Words.StateResume)];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        // Closed at once to whoever knocks; who is inside may end.
        if (Form.To == ZoneState.Suspended) registry.LetGo(Form.Code);
        else await registry.Forget(Form.Code);
        TempData["Done"] = Form.To == ZoneState.Suspended ? Words.StateSuspended(Form.Code) : Words.StateResumed(Form.Code);
        return RedirectToPage();
    }

    internal sealed record Row(string Code, string Name, ZoneState State, int Staff);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>>;

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string Code { get; init; } = "";
        public ZoneState? To { get; init; }
        public StateReason? Reason { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Code).NotEmpty().WithMessage(_ => Words.ChooseZone);
            RuleFor(c => c.To).Must(to => to is ZoneState.Suspended or ZoneState.Active).WithMessage(_ => Words.ChooseState);
            RuleFor(c => c.Reason).Must(reason => reason is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.ChooseReason);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var (now, language) = (clock.GetUtcNow(), CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
            var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone != null && g.From <= now && (g.To == null || g.To > now)).ToListAsync(ct);
            var staff = grants.Where(g => g.Counts(now)).GroupBy(g => g.Zone!.Value).ToDictionary(g => g.Key, g => g.Select(one => one.Account).Distinct().Count());
            return [.. (await house.Set<ZoneRecord>().AsNoTracking().OrderBy(z => z.Code).ToListAsync(ct)).Select(z => new Row(z.Code, z.NameIn(language), z.State, staff.GetValueOrDefault(z.Id)))];
        }
    }

    internal sealed class Handler(CatalogDbContext house, Trail trail) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var zone = await house.Set<ZoneRecord>().SingleOrDefaultAsync(z => z.Code == command.Code, ct) ?? throw new RefusedException("absent");
            if (zone.State == ZoneState.FiguresOnly) throw new RefusedException("absent", zone.Id);
            if (zone.State == ZoneState.Preparing) throw new ValidationException([new ValidationFailure(nameof(Command.Code), Words.StateNotMade)]);
            trail.Because(command.Reason!.Value.ToString(), zone.Id);
            zone.State = command.To!.Value;
            return true;
        }
    }
}

/// <summary>Why a zone is suspended or taken up again: a code for the audit, nothing in free words.</summary>
internal enum StateReason { ZoneAsked = 1, Incident = 2, Maintenance = 3, Leaving = 4, Settled = 5 }
