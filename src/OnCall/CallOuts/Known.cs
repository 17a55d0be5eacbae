using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Tells the zone of the facts whose a call-out is, and hears from it how long it took.</summary>
internal sealed class Known(CatalogDatabase catalog, IMediator pipeline, TimeProvider clock) : IKnowCallOuts
{
    public async ValueTask<BegunCallOut?> Of(Guid callOut, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == callOut && c.Zone != null, ct) is { } found ? Say(found) : null;
    }

    public async ValueTask<IReadOnlyList<BegunCallOut>> Of(Guid account, Guid zone, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return [.. (await house.Set<CallOut>().AsNoTracking().Where(c => c.Account == account && c.Zone == zone && c.Until > now).OrderByDescending(c => c.Since).ToListAsync(ct)).Select(Say)];
    }

    public Task Took(Guid callOut, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => pipeline.Send(new Command(callOut, from, to), ct);

    private static BegunCallOut Say(CallOut found) => new(found.Id, found.Account, found.Zone!.Value, found.Employer, found.Since, found.Until);

    [Requires(May.WorkOnCallOuts)]
    internal sealed record Command(Guid CallOut, DateTimeOffset From, DateTimeOffset To) : ICatalogCommand<bool>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, Trail trail, Caller caller) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (self, zone) = (caller.Self, here.InZone.Id);
            trail.Because("call-out", zone);
            if (await house.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == command.CallOut && c.Account == self && c.Zone == zone, ct) is not { } found) return false;
            found.Lasted(command.From, command.To);
            return true;
        }
    }
}
