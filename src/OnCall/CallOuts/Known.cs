using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Tells the zone of the facts whose a call-out is, and hears from it how long it took.</summary>
internal sealed class Known(CatalogDatabase catalog, IMediator pipeline, IVisits visits, IZoneSettings settings, TimeProvider clock) : IKnowCallOuts
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

    public async ValueTask<StandBy?> Behind(Guid callOut, Guid account, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        if (await house.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == callOut && c.Account == account && c.Zone != null, ct) is not { } found) return null;
        var pool = await house.Set<Pool>().AsNoTracking().SingleAsync(p => p.Id == found.Pool, ct);
        return await Behind(house, found, account, clock.GetUtcNow(), ct) is { } shift
            ? new StandBy(shift.Account, shift.Employer, shift.Number ?? (shift.Rank == Rank.Duty ? pool.Number : null), shift.End + (await settings.Of(found.Zone!.Value, ct)).CallOutWindow)
            : null;
    }

    public async Task PassOn(Guid callOut, Guid? to, CancellationToken ct)
    {
        foreach (var account in await pipeline.Send(new Onward(callOut, to), ct)) visits.Kept(account);
    }

    private static Task<Shift?> Behind(CatalogDbContext house, CallOut found, Guid self, DateTimeOffset now, CancellationToken ct) =>
        house.Set<Shift>().AsNoTracking().Where(s => s.Pool == found.Pool && s.Removed == null && s.Start <= now && now < s.End && s.Account != self).OrderByDescending(s => s.Rank).ThenByDescending(s => s.End).FirstOrDefaultAsync(ct);

    public async Task End(Guid callOut, CancellationToken ct)
    {
        foreach (var account in await pipeline.Send(new Over(callOut), ct)) visits.Kept(account);
    }

    public async Task Withdraw(Guid callOut, CancellationToken ct)
    {
        foreach (var account in await pipeline.Send(new Mistake(callOut), ct)) visits.Kept(account);
    }

    public async ValueTask<IReadOnlyList<BegunCallOut>> For(Guid zone, DateTimeOffset after, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return [.. (await house.Set<CallOut>().AsNoTracking().Where(CallOut.WasMeant).Where(c => c.Zone == zone && c.Until > after).ToListAsync(ct)).Select(Say)];
    }

    private static BegunCallOut Say(CallOut found) => new(found.Id, found.Account, found.Zone!.Value, found.Employer, found.Since, found.Until);

    [Requires(May.WorkOnCallOuts)]
    internal sealed record Command(Guid CallOut, DateTimeOffset From, DateTimeOffset To) : ICatalogCommand<bool>;

    /// <returns>Whose it was.</returns>
    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Over(Guid CallOut) : ICatalogCommand<IReadOnlyList<Guid>>;

    /// <returns>Whose it was.</returns>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record Mistake(Guid CallOut) : ICatalogCommand<IReadOnlyList<Guid>>;

    /// <returns>Whose it was, and whose it is.</returns>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record Onward(Guid CallOut, Guid? To) : ICatalogCommand<IReadOnlyList<Guid>>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, IVisits visits, IZoneSettings settings, Trail trail, Caller caller, TimeProvider clock)
        : IRequestHandler<Command, bool>, IRequestHandler<Over, IReadOnlyList<Guid>>, IRequestHandler<Onward, IReadOnlyList<Guid>>, IRequestHandler<Mistake, IReadOnlyList<Guid>>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Onward command, CancellationToken ct)
        {
            var (now, self, zone) = (clock.GetUtcNow(), caller.Self, here.InZone.Id);
            trail.Because("call-out", zone);
            var found = await house.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == command.CallOut && c.Account == self && c.Zone == zone && c.Until > now, ct) ?? throw new RefusedException("absent", command.CallOut);
            await visits.End(house, VisitKind.CallOut, found.Id, self, ct);
            if (command.To is not { } to)
            {
                found.End(now);
                // Somebody waits there all the same. It is theirs no longer, so it is told once.
                house.Add(OutboxMessage.New($"{NobodyGoesMail.KindName} {found.Id}", NobodyGoesMail.KindName, found.Id, null, now, zone));
                return [self];
            }
            // Who stands by was looked up a moment ago: it must still be so.
            var shift = await Behind(house, found, self, now, ct);
            if (shift?.Account != to) throw new RefusedException("not-on-duty", to);
            found.PassOn(to, shift.Employer, shift.End + (await settings.Of(zone, ct)).CallOutWindow);
            if (shift.Employer != zone) await visits.Begin(house, new VisitAsked(to, zone, shift.Employer, VisitKind.CallOut, found.Id, found.Until), self, ct);
            house.Add(OutboxMessage.New($"{PassedOnMail.KindName} {found.Id} {to}", PassedOnMail.KindName, found.Id, to, now, zone));
            return [self, to];
        }

        public async Task<IReadOnlyList<Guid>> Handle(Mistake command, CancellationToken ct)
        {
            var (now, self, zone) = (clock.GetUtcNow(), caller.Self, here.InZone.Id);
            trail.Because("call-out", zone);
            var found = await house.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == command.CallOut && c.Account == self && c.Zone == zone && c.Until > now, ct) ?? throw new RefusedException("absent", command.CallOut);
            found.Withdraw();
            await visits.End(house, VisitKind.CallOut, found.Id, account: null, ct);
            return [self];
        }

        public async Task<IReadOnlyList<Guid>> Handle(Over command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            trail.Because("call-out", zone);
            if (await house.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == command.CallOut && c.Zone == zone, ct) is not { } found) return [];
            found.End(clock.GetUtcNow());
            await visits.End(house, VisitKind.CallOut, found.Id, account: null, ct);
            return [found.Account];
        }

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
