using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.Federations;

/// <summary>Providers and tenants that the platform trusts. What is taken off the list vouches for nobody from that moment.</summary>
[Requires(May.RunThePlatform), FreshFactor]
internal sealed class Allow(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<AllowedProvider> Rows { get; private set; } = [];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndAsync(Guid provider, CancellationToken ct)
    {
        await pipeline.Send(new EndCommand { Provider = provider }, ct);
        return RedirectToPage();
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<AllowedProvider>>;

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        public string Name { get; init; } = "";
        public string Issuer { get; init; } = "";
        public string? Tenant { get; init; }
    }

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record EndCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Provider { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(Providers providers)
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Issuer).Must(i => providers.IsSound(i.Trim())).WithMessage(_ => Words.WrongIssuer);
            RuleFor(c => c.Tenant).Must(t => string.IsNullOrWhiteSpace(t) || Guid.TryParse(t.Trim(), out _)).WithMessage(_ => Words.WrongTenant);
            // At a provider of many tenants the issuer alone names nobody's people.
            RuleFor(c => c.Tenant).NotEmpty().When(c => c.Issuer.Contains("login.microsoftonline.com", StringComparison.OrdinalIgnoreCase)).WithMessage(_ => Words.WrongTenant);
            RuleFor(c => c.Issuer).Must((c, i) => c.Tenant is { Length: > 0 } tenant && i.Contains(tenant.Trim(), StringComparison.OrdinalIgnoreCase)).When(c => c.Issuer.Contains("login.microsoftonline.com", StringComparison.OrdinalIgnoreCase)).WithMessage(_ => Words.WrongIssuer);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house) : IRequestHandler<Query, IReadOnlyList<AllowedProvider>>
    {
        public async Task<IReadOnlyList<AllowedProvider>> Handle(Query query, CancellationToken ct) => await house.Set<AllowedProvider>().AsNoTracking().OrderBy(p => p.Name).ToListAsync(ct);
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var provider = AllowedProvider.Add(form.Name, form.Issuer, form.Tenant, caller.Self, clock.GetUtcNow());
            house.Add(provider);
            return Task.FromResult(provider.Id);
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, SessionBook sessions, TimeProvider clock) : IRequestHandler<EndCommand, bool>
    {
        public async Task<bool> Handle(EndCommand command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var provider = await house.Set<AllowedProvider>().SingleOrDefaultAsync(p => p.Id == command.Provider && p.Ended == null, ct) ?? throw new RefusedException("absent", command.Provider);
            provider.End(now);
            foreach (var federation in await house.Set<Federation>().Where(f => f.Issuer == provider.Issuer && f.Tenant == provider.Tenant && f.Ended == null).ToListAsync(ct)) await Changes.End(house, sessions, federation, now, ct);
            return true;
        }
    }
}
