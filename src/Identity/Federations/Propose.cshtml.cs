using System.Text;
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
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.Federations;

/// <summary>At which provider the zone's people sign in. A change waits for a second person; to end it takes one.</summary>
[Requires(May.SetUpSignIn), FreshFactor]
internal sealed class Propose(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Federation> Rows { get; private set; } = [];
    public IReadOnlyList<Choice> Allowed { get; private set; } = [];
    public IReadOnlyList<Choice> Stricter => [new("true", Words.FederationAsksMfa)];
    public string Back => Leave.Back(HttpContext);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var (rows, allowed) = await pipeline.Send(new Query(), ct);
        (Rows, Allowed) = (rows, [.. allowed.Select(p => new Choice(p.Id.ToString(), p.Name, p.Tenant.Length > 0 ? $"{p.Issuer} · {p.Tenant}" : p.Issuer))]);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndAsync(Guid federation, CancellationToken ct)
    {
        await pipeline.Send(new EndCommand { Federation = federation }, ct);
        return RedirectToPage();
    }

    [Requires(May.SetUpSignIn)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<Federation>, IReadOnlyList<AllowedProvider>)>;

    [Requires(May.SetUpSignIn), FreshFactor]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        public Guid? Provider { get; init; }
        public string Name { get; init; } = "";
        public string ClientId { get; init; } = "";
        public string Secret { get; init; } = "";
        public string? Domains { get; init; }
        public List<string> AsksMfa { get; init; } = [];
    }

    [Requires(May.SetUpSignIn), FreshFactor]
    internal sealed record EndCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Federation { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Provider).NotNull().WithMessage(_ => Words.ChooseOne);
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ClientId).NotEmpty().WithMessage(_ => Words.EnterClientId).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Secret).NotEmpty().WithMessage(_ => Words.EnterSecret).MaximumLength(400).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Domains).Must(d => Domain.Lines(d) is { Count: > 0 and <= 10 } lines && lines.All(l => Domain.Plain(l) is not null)).WithMessage(_ => Words.WrongDomains);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here) : IRequestHandler<Query, (IReadOnlyList<Federation>, IReadOnlyList<AllowedProvider>)>
    {
        public async Task<(IReadOnlyList<Federation>, IReadOnlyList<AllowedProvider>)> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            return (await house.Set<Federation>().AsNoTracking().Where(f => f.Zone == zone).OrderByDescending(f => f.Id).Take(20).ToListAsync(ct),
                await house.Set<AllowedProvider>().AsNoTracking().Where(p => p.Ended == null).OrderBy(p => p.Name).ToListAsync(ct));
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, HouseSeal seal, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var provider = await house.Set<AllowedProvider>().SingleOrDefaultAsync(p => p.Id == form.Provider && p.Ended == null, ct) ?? throw new RefusedException("provider");
            // One proposal at a time: whoever confirms must know what.
            foreach (var earlier in await house.Set<Federation>().Where(f => f.Zone == zone && f.Confirmed == null && f.Ended == null).ToListAsync(ct)) earlier.End(now);
            var id = Guid.CreateVersion7(now);
            house.Add(Federation.Propose(id, zone, form.Name, provider, form.ClientId, seal.Seal(Federation.SecretKind, id, Encoding.UTF8.GetBytes(form.Secret)),
                Domain.Lines(form.Domains).Select(d => Domain.Plain(d)!).Distinct(), form.AsksMfa.Count > 0, caller.Self, now));
            return id;
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, UseCase here, SessionBook sessions, TimeProvider clock) : IRequestHandler<EndCommand, bool>
    {
        public async Task<bool> Handle(EndCommand command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var federation = await house.Set<Federation>().SingleOrDefaultAsync(f => f.Id == command.Federation && f.Zone == zone && f.Ended == null, ct) ?? throw new RefusedException("absent", command.Federation);
            await Changes.End(house, sessions, federation, clock.GetUtcNow(), ct);
            return true;
        }
    }
}

internal sealed class FederationInMenu : IInMenu
{
    public int Order => 860;
    public May Deed => May.SetUpSignIn;
    public string Path => "/admin/federation";
    public string Text => Words.FederationMenu;
}
