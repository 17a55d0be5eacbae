using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Now;

/// <summary>Who is on call now for a zone, by colleague's name, on the home of whoever works there: a line for each pool in force.</summary>
internal sealed class AtHome(CatalogDatabase catalog, UseCase here, IAccounts accounts, Caller caller, TimeProvider clock) : ITellAtHome
{
    public int Order => 20;

    public async ValueTask<IReadOnlyList<HomeLine>> Lines(CancellationToken ct)
    {
        if (!caller.May(May.SeeWhoIsOnCall)) return [];
        await using var house = catalog.Lease();
        var duties = await OnDuty.At(house, await new OurPools(house, here, clock).All(ct), clock.GetUtcNow(), ct);
        var names = await accounts.Named(duties.Select(d => d.Duty?.Account).OfType<Guid>(), ct);
        return [.. duties.Select(d => new HomeLine(d.Duty is { } duty && names.TryGetValue(duty.Account, out var colleague) ? Words.AtHomeDuty(d.Pool.Name, colleague.DisplayName) : Words.AtHomeNobody(d.Pool.Name), "/on-call", Presses: d.Duty is null))];
    }
}
