using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>A call-out to a zone of the pool that is not on the platform: counted for the statement, with its hours and its kind. What happened is written down where it happened.</summary>
[Requires(May.TakeShifts)]
internal sealed class Count(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Outside { get; private set; } = [];
    public IReadOnlyList<Choice> Kinds => Choice.All<FactsKind>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Outside = [.. (await pipeline.Send(new Query(), ct)).Select(d => new Choice(d.Key, $"{d.Name} ({d.Pool.Name})"))];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Once = Once }, ct);
        TempData["Done"] = Words.Counted;
        return RedirectToPage("/OnCall/Now/Show");
    }

    [Requires(May.TakeShifts)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Destination>>;

    [Requires(May.TakeShifts)]
    internal sealed record Command : ICatalogCommand<Guid>
    {
        public string To { get; init; } = "";
        public FactsKind? Kind { get; init; }
        public DateTimeOffset? From { get; init; }
        public DateTimeOffset? Until { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.To).NotEmpty().WithMessage(_ => Words.ChooseZone).MaximumLength(80).WithMessage(_ => Words.ChooseZone);
            RuleFor(c => c.Kind).NotNull().WithMessage(_ => Words.ChooseKind).IsInEnum().WithMessage(_ => Words.ChooseKind);
            RuleFor(c => c.From).NotNull().WithMessage(_ => Words.EnterStart).Must(at => at is null || (at <= clock.GetUtcNow().AddMinutes(5) && at > clock.GetUtcNow().AddDays(-60))).WithMessage(_ => Words.NotSoLongAgo);
            RuleFor(c => c.Until).NotNull().WithMessage(_ => Words.EnterEnd).Must((c, at) => at is null || c.From is null || (at > c.From && at <= c.From.Value.AddHours(48) && at <= clock.GetUtcNow().AddMinutes(5))).WithMessage(_ => Words.EndAfterStart);
        }
    }

    internal sealed class Handler(CatalogDbContext house, Goes goes, UseCase here, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Destination>>, IRequestHandler<Command, Guid>
    {
        public async Task<IReadOnlyList<Destination>> Handle(Query query, CancellationToken ct) => [.. (await goes.For(caller.Self, [.. (await goes.All(ct)).Where(d => d.Outside is not null)], ct)).Select(g => g.To)];

        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (self, zone) = (caller.Self, here.InZone.Id);
            trail.Because("call-out", zone);
            if (form.Once != default && await house.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Once == form.Once && c.By == self && c.Outside != null, ct) is { } before) return before.Id;
            var (to, employer, _) = await goes.Must(form.To, self, null, ct);
            if (to.Outside is not { } outside) throw new RefusedException("absent", zone);
            var counted = CallOut.Count(to.Pool.Id, self, employer, outside, form.Kind!.Value, form.From!.Value, form.Until!.Value, zone, form.Once, clock.GetUtcNow());
            house.Add(counted);
            return counted.Id;
        }
    }
}
