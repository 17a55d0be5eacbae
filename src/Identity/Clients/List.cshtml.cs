using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Tokens;

namespace VictimSupport.Identity.Clients;

/// <summary>The programs a zone lets in: register, give a new secret, end. A secret is shown once, to whoever made it.</summary>
[Requires(May.LetProgramsIn), FreshFactor]
internal sealed class List(IMediator pipeline, IEnumerable<IOfferScope> scopes, Bearers bearers) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<ApiClient> Clients { get; private set; } = [];

    /// <summary>What was just made: shown now and never again.</summary>
    public Made? New { get; private set; }
    public IReadOnlyList<Choice> Kinds => Choice.All<ClientKind>(Words.Of);
    public IReadOnlyList<Choice> Offered => [.. scopes.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => new Choice(s.Name, s.Text, s.Name))];
    public IReadOnlyList<Choice> Keeps => [new("true", Words.ClientKeepsSecret)];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Clients = await pipeline.Send(new Query(), ct);

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => Show(Form, ct);
    public Task<IActionResult> OnPostRotateAsync(Guid client, CancellationToken ct) => Show(new RotateCommand { Client = client }, ct);

    public async Task<IActionResult> OnPostEndAsync(Guid client, CancellationToken ct)
    {
        await pipeline.Send(new EndCommand { Client = client }, ct);
        bearers.Forget();
        return RedirectToPage();
    }

    // A secret must not travel in an address or lie in a cookie: it stands in the answer to the press that made it.
    private async Task<IActionResult> Show(IRequest<Made> deed, CancellationToken ct)
    {
        New = await pipeline.Send(deed, ct);
        bearers.Forget();
        Form = new Command();
        ModelState.Clear();
        await ShowAgain(ct);
        return Page();
    }

    internal sealed record Made(Guid Client, string Name, string? Secret);

    [Requires(May.LetProgramsIn)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<ApiClient>>;

    [Requires(May.LetProgramsIn), FreshFactor]
    internal sealed record Command : ICatalogCommand<Made>, ISensitive
    {
        public string Name { get; init; } = "";
        public ClientKind? Kind { get; init; }
        public List<string> KeepsSecret { get; init; } = [];
        public string? Addresses { get; init; }
        public List<string> Scopes { get; init; } = [];
    }

    [Requires(May.LetProgramsIn), FreshFactor]
    internal sealed record RotateCommand : ICatalogCommand<Made>, ISensitive
    {
        internal Guid Client { get; init; }
    }

    [Requires(May.LetProgramsIn)]
    internal sealed record EndCommand : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Client { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(IEnumerable<IOfferScope> offered)
        {
            var names = offered.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
            RuleFor(c => c.Name).NotEmpty().WithMessage(_ => Words.EnterName).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Kind).Must(k => k is { } kind && Enum.IsDefined(kind)).WithMessage(_ => Words.ChooseOne);
            RuleFor(c => c.Scopes).Must(s => s.Count > 0 && s.All(names.Contains)).WithMessage(_ => Words.ChooseScope);
            RuleFor(c => c.Addresses).Must(a => ReturnAddress.Lines(a) is { Count: > 0 and <= ReturnAddress.Most } lines && lines.All(ReturnAddress.IsSound)).When(c => c.Kind == ClientKind.App).WithMessage(_ => Words.WrongAddress);
        }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here) : IRequestHandler<Query, IReadOnlyList<ApiClient>>
    {
        public async Task<IReadOnlyList<ApiClient>> Handle(Query query, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            return await house.Set<ApiClient>().AsNoTracking().Where(c => c.Zone == zone).OrderByDescending(c => c.Id).Take(200).ToListAsync(ct);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, Made>
    {
        public Task<Made> Handle(Command form, CancellationToken ct)
        {
            var (client, secret) = ApiClient.New(here.InZone.Id, form.Name, form.Kind!.Value, form.KeepsSecret.Count > 0, ReturnAddress.Lines(form.Addresses), form.Scopes.Distinct(), caller.Self, clock.GetUtcNow());
            house.Add(client);
            return Task.FromResult(new Made(client.Id, client.Name, secret));
        }
    }

    internal sealed class RotateHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<RotateCommand, Made>
    {
        public async Task<Made> Handle(RotateCommand command, CancellationToken ct)
        {
            var client = await house.Client(here.InZone.Id, command.Client, ct);
            return new Made(client.Id, client.Name, client.Rotate(clock.GetUtcNow()));
        }
    }

    internal sealed class EndHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<EndCommand, bool>
    {
        public async Task<bool> Handle(EndCommand command, CancellationToken ct)
        {
            var (client, now) = (await house.Client(here.InZone.Id, command.Client, ct), clock.GetUtcNow());
            client.End(now);
            foreach (var grant in await house.Set<TokenGrant>().Where(g => g.Client == client.Id && g.Ended == null).ToListAsync(ct)) grant.End(now);
            return true;
        }
    }
}

internal static class ClientsOfAZone
{
    public static async Task<ApiClient> Client(this CatalogDbContext house, Guid zone, Guid id, CancellationToken ct) =>
        await house.Set<ApiClient>().SingleOrDefaultAsync(c => c.Id == id && c.Zone == zone, ct) ?? throw new RefusedException("absent", id);
}

internal sealed class ClientsInMenu : IInMenu
{
    public int Order => 850;
    public May Deed => May.LetProgramsIn;
    public string Path => "/admin/clients";
    public string Text => Words.ClientsTitle;
}
