using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.OnCall.Pools;

/// <summary>An administrator proposes a pool to other zones: whoever proposes has agreed, each other zone agrees for itself.</summary>
[Requires(May.KeepPools), FreshFactor]
internal sealed class Propose(IMediator pipeline) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var pool = await pipeline.Send(Form with { Once = Once }, ct);
        TempData["Done"] = Words.PoolProposed;
        return RedirectToPage("/OnCall/Pools/Show", new { pool });
    }

    [Requires(May.KeepPools), FreshFactor]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        public string Title { get; init; } = "";
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }

        /// <summary>Codes of zones on the platform, parted by commas, spaces or lines.</summary>
        public string? Zones { get; init; }

        /// <summary>Zones that are not on the platform, one on a line.</summary>
        public string? Outside { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public const int MostZones = 20, FarthestYears = 5;

        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Title).NotEmpty().WithMessage(_ => Words.EnterPoolName).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.EnterDay).Must(d => d is null || (d >= Design.Html.Moment.Day(clock.GetUtcNow()) && d <= Design.Html.Moment.Day(clock.GetUtcNow()).AddYears(FarthestYears))).WithMessage(_ => Words.DayFromToday);
            RuleFor(c => c.Until).Must((c, d) => d is null || c.From is null || (d >= c.From && d <= c.From.Value.AddYears(FarthestYears))).WithMessage(_ => Words.LastBeforeFirst);
            RuleFor(c => c.Zones).MaximumLength(400).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Outside).MaximumLength(2000).WithMessage(_ => Words.TooLong).Must(o => Lines(o).All(l => l.Length <= 100) && Lines(o).Count <= MostZones).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Zones).Must((c, z) => Codes(z).Count + Lines(c.Outside).Count > 0).WithMessage(_ => Words.NameAZone);
        }

        internal static IReadOnlyList<string> Codes(string? typed) => [.. (typed ?? "").Split([',', ';', ' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
        internal static IReadOnlyList<string> Lines(string? typed) => [.. (typed ?? "").Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.CurrentCultureIgnoreCase)];
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            // The same form sent again makes no second pool.
            if (form.Once != default && await house.Set<Pool>().AsNoTracking().Where(p => p.Once == form.Once).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(ct) is { } before) return before;
            var (self, now, from) = (here.InZone.Id, clock.GetUtcNow(), form.From!.Value);
            var asked = await Asking.Find(house, Rules.Codes(form.Zones), self, nameof(Command.Zones), ct);
            var pool = new Pool { Id = Guid.CreateVersion7(now), Name = form.Title.Trim(), From = from, Until = form.Until, Once = form.Once == default ? Guid.CreateVersion7(now) : form.Once };
            var own = new PoolMember { Id = Guid.CreateVersion7(now), Pool = pool.Id, Zone = self, From = from, Asked = now, AskedBy = self };
            own.Answer(agrees: true, caller.Self, now);
            house.AddRange(pool, own);
            foreach (var zone in asked) Asking.Ask(house, pool.Id, zone.Id, self, from, now);
            foreach (var name in Rules.Lines(form.Outside)) house.Add(new OutsideMember { Id = Guid.CreateVersion7(now), Pool = pool.Id, Zone = name, From = from });
            trail.Because("pool", self);
            return pool.Id;
        }
    }
}

/// <summary>Another zone is asked into a pool: its administrators are told.</summary>
internal static class Asking
{
    /// <summary>The zones of these codes.</summary>
    /// <exception cref="ValidationException">A code is no zone's that is at work, or one's own.</exception>
    public static async Task<IReadOnlyList<ZoneRecord>> Find(CatalogDbContext house, IReadOnlyList<string> codes, Guid self, string field, CancellationToken ct)
    {
        if (codes.Count > Propose.Rules.MostZones) throw Wrong(Words.TooLong);
        var found = await house.Set<ZoneRecord>().AsNoTracking().Where(z => codes.Contains(z.Code) && z.State == ZoneState.Active).ToListAsync(ct);
        if (codes.FirstOrDefault(c => found.All(z => z.Code != c)) is { } unknown) throw Wrong(Words.NoSuchZone(unknown.Length > 10 ? unknown[..10] : unknown));
        return found.Exists(z => z.Id == self) ? throw Wrong(Words.OwnZone) : found;

        ValidationException Wrong(string said) => new([new ValidationFailure(field, said)]);
    }

    public static void Ask(CatalogDbContext house, Guid pool, Guid zone, Guid by, DateOnly from, DateTimeOffset now)
    {
        var member = new PoolMember { Id = Guid.CreateVersion7(now), Pool = pool, Zone = zone, From = from, Asked = now, AskedBy = by };
        house.Add(member);
        house.Add(OutboxMessage.New($"{PoolAskedMail.KindName} {member.Id}", PoolAskedMail.KindName, pool, null, now, zone));
    }
}
