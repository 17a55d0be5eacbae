using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Clients;

namespace VictimSupport.Identity.Tokens;

/// <summary>Looks a grant up.</summary>
internal static class Find
{
    [Open("the token that names it was checked")]
    internal sealed record Query : ICatalogQuery<TokenGrant?>
    {
        internal Guid Grant { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Query, TokenGrant?>
    {
        public Task<TokenGrant?> Handle(Query query, CancellationToken ct) => house.Set<TokenGrant>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == query.Grant, ct);
    }
}

/// <summary>Uses a code or refresh token up; one shown for the second time ends the grant, and that is saved too.</summary>
internal static class Take
{
    [Open("the token that names it was checked")]
    internal sealed record Command : ICatalogCommand<TokenGrant?>
    {
        internal Guid Grant { get; init; }
        internal int Turn { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Command, TokenGrant?>
    {
        public async Task<TokenGrant?> Handle(Command command, CancellationToken ct) =>
            await house.Set<TokenGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant, ct) is { } grant && grant.Take(command.Turn, clock.GetUtcNow()) ? grant : null;
    }
}

/// <summary>A program gives back what it was granted.</summary>
internal static class Revoke
{
    [Open("the client proved itself")]
    internal sealed record Command : ICatalogCommand<bool>
    {
        internal Guid Grant { get; init; }
        internal Guid Client { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, Bearers bearers, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (await house.Set<TokenGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Client == command.Client, ct) is not { } grant) return false;
            grant.End(clock.GetUtcNow());
            bearers.Forget();
            return true;
        }
    }
}

/// <summary>A system is given a token in its own name; recorded, and noted at the client.</summary>
internal static class Issue
{
    [Open("the client proved itself")]
    internal sealed record Command : ICatalogCommand<bool>
    {
        internal Guid Client { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            (await house.Set<ApiClient>().SingleAsync(c => c.Id == command.Client, ct)).LastUsed = clock.GetUtcNow();
            return true;
        }
    }
}
