using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <summary>The number that is on duty, and the hours at which nobody need be.</summary>
[Requires(May.KeepRota)]
internal sealed class Terms(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Pool Now { get; private set; } = null!;

    /// <summary>Somebody else saved while this form was filled in.</summary>
    public bool IsStale { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Pool), ct);
        Form = new Command { Number = Now.Number, OfficeFrom = Now.OfficeFrom, OfficeTo = Now.OfficeTo, Version = Now.Version };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Pool), ct);
        if (IsStale = Now.Version != Form.Version) Form = Form with { Version = Now.Version };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Pool = Pool }, ct);
        TempData["Done"] = Words.TermsSaved;
        return RedirectToPage("/OnCall/Rotas/Show", new { Pool });
    }

    [Requires(May.KeepRota)]
    internal sealed record Query(Guid Pool) : ICatalogQuery<Pool>;

    [Requires(May.KeepRota)]
    internal sealed record Command : ICatalogCommand<bool>
    {
        public string? Number { get; init; }
        public TimeOnly? OfficeFrom { get; init; }
        public TimeOnly? OfficeTo { get; init; }
        public int Version { get; init; }
        internal Guid Pool { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Number).Must(Numbers.IsOne).WithMessage(_ => Words.NoTelephone);
            RuleFor(c => c.OfficeTo).Must((c, to) => (c.OfficeFrom is null && to is null) || (c.OfficeFrom is { } from && to > from)).WithMessage(_ => Words.OfficeHoursBoth);
        }
    }

    internal sealed class QueryHandler(OurPools pools) : IRequestHandler<Query, Pool>
    {
        public Task<Pool> Handle(Query query, CancellationToken ct) => pools.Get(query.Pool, ct);
    }

    internal sealed class Handler(OurPools pools, UseCase here, Foundation.Audit.Trail trail, Warnings.OnTheBell bell) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var pool = await pools.Get(form.Pool, ct);
            if (pool.Version != form.Version) throw Book.Wrong(nameof(Command.Number), Words.ChangedMeanwhile);
            pool.Agree(form.Number, form.OfficeFrom, form.OfficeTo);
            trail.Because("rota", here.InZone.Id);
            bell.Forget();
            return true;
        }
    }
}
