using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.OnCall.Pools;

/// <summary>A pool as an administrator of one of its zones sees it: agreed to, refused or left here, for the own zone alone; other zones are asked, outside ones named.</summary>
[Requires(May.KeepPools)]
internal sealed class Show(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }
    [BindProperty] public DateOnly? Last { get; set; }
    [BindProperty] public string? Code { get; set; }
    [BindProperty] public string? OutsideZone { get; set; }
    public View Now { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(Pool), ct);

    public async Task<IActionResult> OnPostAnswerAsync(bool agrees, CancellationToken ct)
    {
        ModelState.Clear();
        var said = Done(await pipeline.Send(new Answer { Pool = Pool, Agrees = agrees }, ct), agrees ? Words.PoolAgreed : Words.PoolRefused);
        return agrees ? said : RedirectToPage("/OnCall/Pools/List"); // who is not in it sees it no more
    }

    public async Task<IActionResult> OnPostLeaveAsync(CancellationToken ct) => Done(await pipeline.Send(new Leave { Pool = Pool, Last = Last }, ct), Words.PoolLeft);
    public async Task<IActionResult> OnPostAskAsync(CancellationToken ct) => Done(await pipeline.Send(new Ask { Pool = Pool, Code = Code }, ct), Words.PoolAsked);
    public async Task<IActionResult> OnPostOutsideAsync(CancellationToken ct) => Done(await pipeline.Send(new AddOutside { Pool = Pool, OutsideZone = OutsideZone }, ct), Words.OutsideAdded);

    public async Task<IActionResult> OnPostEndOutsideAsync(Guid outside, CancellationToken ct)
    {
        ModelState.Clear();
        return Done(await pipeline.Send(new EndOutside { Pool = Pool, Outside = outside }, ct), Words.OutsideEnded);
    }

    private RedirectToPageResult Done(bool changed, string said)
    {
        if (changed) TempData["Done"] = said;
        return RedirectToPage(new { Pool });
    }

    /// <param name="IsOwn">The zone in which it is looked at.</param>
    internal sealed record Row(string Zone, Membership State, DateOnly From, DateOnly? Until, bool IsOwn);
    internal sealed record OutsideRow(Guid Id, string Zone, DateOnly From, DateOnly? Until);
    internal sealed record View(Pool Pool, IReadOnlyList<Row> Rows, IReadOnlyList<OutsideRow> Outside, PoolMember Own, DateOnly Today)
    {
        public bool IsIn => Own.State == Membership.Agreed;
        public bool MayAnswer => Own.State == Membership.Asked;
    }

    [Requires(May.KeepPools)]
    internal sealed record Query(Guid Pool) : ICatalogQuery<View>;

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record Answer : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Pool { get; init; }
        internal bool Agrees { get; init; }
    }

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record Leave : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Pool { get; init; }
        public DateOnly? Last { get; init; }
    }

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record Ask : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Pool { get; init; }
        public string? Code { get; init; }
    }

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record AddOutside : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Pool { get; init; }
        public string? OutsideZone { get; init; }
    }

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record EndOutside : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Pool { get; init; }
        internal Guid Outside { get; init; }
    }

    internal sealed class LeaveRules : AbstractValidator<Leave>
    {
        public LeaveRules(TimeProvider clock) =>
            RuleFor(c => c.Last).NotNull().WithMessage(_ => Words.EnterDay).Must(d => d is null || (d >= Design.Html.Moment.Day(clock.GetUtcNow()) && d <= Design.Html.Moment.Day(clock.GetUtcNow()).AddYears(Propose.Rules.FarthestYears))).WithMessage(_ => Words.DayFromToday);
    }

    internal sealed class AskRules : AbstractValidator<Ask>
    {
        public AskRules() => RuleFor(c => c.Code).Must(c => Propose.Rules.Codes(c).Count == 1).WithMessage(_ => Words.EnterZoneCode);
    }

    internal sealed class OutsideRules : AbstractValidator<AddOutside>
    {
        public OutsideRules() => RuleFor(c => c.OutsideZone).Must(z => !string.IsNullOrWhiteSpace(z)).WithMessage(_ => Words.EnterZoneName).MaximumLength(100).WithMessage(_ => Words.TooLong);
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, OurPools pools) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, language) = (here.InZone.Id, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
            var own = await Own(house, zone, query.Pool, ct);
            var pool = await house.Set<Pool>().AsNoTracking().SingleAsync(p => p.Id == query.Pool, ct);
            // Who is asked must see with whom; who refused or left, or whose pool is over, has nothing more to see.
            if (pool.Until < pools.Today || (own.State != Membership.Asked && !own.IsOpen(pools.Today))) throw new RefusedException("absent", query.Pool);
            var members = await house.Set<PoolMember>().AsNoTracking().Where(m => m.Pool == query.Pool).Join(house.Set<ZoneRecord>(), m => m.Zone, z => z.Id, (m, z) => new { Member = m, Zone = z }).ToListAsync(ct);
            var outside = await house.Set<OutsideMember>().AsNoTracking().Where(m => m.Pool == query.Pool).ToListAsync(ct);
            return new View(pool, [.. members.OrderBy(m => m.Zone.Code, StringComparer.Ordinal).ThenBy(m => m.Member.From).Select(m => new Row($"{m.Zone.Code} {m.Zone.NameIn(language)}", m.Member.State, m.Member.From, m.Member.Until, m.Zone.Id == zone))],
                [.. outside.OrderBy(o => o.Zone, StringComparer.CurrentCulture).Select(o => new OutsideRow(o.Id, o.Zone, o.From, o.Until))], own, pools.Today);
        }
    }

    // As the zone stands in it now: who left and was asked again is asked.
    private static async Task<PoolMember> Own(CatalogDbContext house, Guid zone, Guid pool, CancellationToken ct) =>
        (await house.Set<PoolMember>().Where(m => m.Pool == pool && m.Zone == zone).ToListAsync(ct)).OrderByDescending(m => m.From).ThenByDescending(m => m.Asked).FirstOrDefault() ?? throw new RefusedException("absent", pool);

    internal sealed class Handler(CatalogDbContext house, UseCase here, OurPools pools, Book rota, Trail trail, Caller caller, TimeProvider clock)
        : IRequestHandler<Answer, bool>, IRequestHandler<Leave, bool>, IRequestHandler<Ask, bool>, IRequestHandler<AddOutside, bool>, IRequestHandler<EndOutside, bool>
    {
        public async Task<bool> Handle(Answer command, CancellationToken ct)
        {
            var own = await Own(house, here.InZone.Id, command.Pool, ct);
            var pool = await house.Set<Pool>().SingleAsync(p => p.Id == command.Pool, ct);
            if (own.State != Membership.Asked) return false; // said already, perhaps by another administrator
            if (pool.Until < pools.Today) throw new RefusedException("absent", command.Pool);
            own.Answer(command.Agrees, caller.Self, clock.GetUtcNow());
            Noted(pool);
            return true;
        }

        // Its people's shifts after the last day are nobody's: what that leaves open is warned of.
        public async Task<bool> Handle(Leave command, CancellationToken ct)
        {
            var pool = await pools.Get(command.Pool, ct);
            var own = await Own(house, here.InZone.Id, command.Pool, ct);
            if (command.Last < own.From) throw Wrong(nameof(Leave.Last), Words.LastBeforeFirst);
            own.Leave(command.Last!.Value);
            await rota.Release(pool, here.InZone.Id, Design.Html.Moment.Instant(command.Last.Value.AddDays(1).ToDateTime(TimeOnly.MinValue)), ct);
            Noted(pool);
            return true;
        }

        public async Task<bool> Handle(Ask command, CancellationToken ct)
        {
            var pool = await pools.Get(command.Pool, ct);
            var zone = (await Asking.Find(house, Propose.Rules.Codes(command.Code), here.InZone.Id, nameof(Ask.Code), ct))[0];
            var today = pools.Today;
            if (await house.Set<PoolMember>().AnyAsync(m => m.Pool == pool.Id && m.Zone == zone.Id && (m.State == Membership.Asked || (m.State == Membership.Agreed && (m.Until == null || m.Until >= today))), ct)) throw Wrong(nameof(Ask.Code), Words.InPoolAlready);
            Asking.Ask(house, pool.Id, zone.Id, here.InZone.Id, pool.From > today ? pool.From : today, clock.GetUtcNow());
            Noted(pool);
            return true;
        }

        public async Task<bool> Handle(AddOutside command, CancellationToken ct)
        {
            var pool = await pools.Get(command.Pool, ct);
            var name = command.OutsideZone!.Trim();
            if (await house.Set<OutsideMember>().AnyAsync(m => m.Pool == pool.Id && m.Zone == name && m.Until == null, ct)) return false;
            house.Add(new OutsideMember { Id = Guid.CreateVersion7(clock.GetUtcNow()), Pool = pool.Id, Zone = name, From = pool.From > pools.Today ? pool.From : pools.Today });
            Noted(pool);
            return true;
        }

        public async Task<bool> Handle(EndOutside command, CancellationToken ct)
        {
            var pool = await pools.Get(command.Pool, ct);
            var outside = await house.Set<OutsideMember>().SingleOrDefaultAsync(m => m.Id == command.Outside && m.Pool == pool.Id, ct) ?? throw new RefusedException("absent", command.Outside);
            outside.End(pools.Today);
            Noted(pool);
            return true;
        }

        private void Noted(Pool pool)
        {
            pool.Touch();
            trail.Because("pool", here.InZone.Id);
        }

        private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
    }
}
