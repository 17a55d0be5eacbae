using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Passkeys;

/// <summary>A challenge for whoever sits at the sign-in page: it names nobody, so it tells nothing.</summary>
[Open("a challenge without a name")]
internal sealed record AskAnyone : ICatalogQuery<Asked>
{
    internal sealed class Handler(Ceremony ceremony) : IRequestHandler<AskAnyone, Asked>
    {
        public Task<Asked> Handle(AskAnyone query, CancellationToken ct) => ceremony.AskToShow(null);
    }
}

/// <summary>A challenge for one's own passkeys; null: there is none.</summary>
[Requires(May.HoldAnAccount)]
internal sealed record AskMe : ICatalogQuery<Asked?>
{
    internal sealed class Handler(Ceremony ceremony, CatalogDbContext house, Caller caller) : IRequestHandler<AskMe, Asked?>
    {
        public async Task<Asked?> Handle(AskMe query, CancellationToken ct)
        {
            var account = await house.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == caller.Self, ct);
            return await house.Set<Microsoft.AspNetCore.Identity.IdentityUserPasskey<Guid>>().AnyAsync(p => p.UserId == account.Id, ct) ? await ceremony.AskToShow(account) : null;
        }
    }
}
