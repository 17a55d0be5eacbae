using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Whose call-out it is, as whose colleague, until when.</summary>
internal sealed record Leave(Guid Employer, DateTimeOffset Until);

/// <summary>The one place that says whether the caller may enter a call-out in this zone. One that was begun from a pool is whose it was begun for, in the zone for which it was, until its end; a visitor has no other.
/// The zone's own people may enter one that was begun nowhere.</summary>
internal sealed class Leaves(IEnumerable<IKnowCallOuts> pools, IVisits visits, IZoneSettings settings, UseCase here, Caller caller, TimeProvider clock)
{
    /// <exception cref="RefusedException">It is not theirs, not here, or no longer.</exception>
    public async Task<Leave> For(Guid callOut, CancellationToken ct)
    {
        var (now, zone) = (clock.GetUtcNow(), here.InZone.Id);
        foreach (var pool in pools)
        {
            if (await pool.Of(callOut, ct) is not { } begun) continue;
            if (begun.Account != caller.Self || begun.Zone != zone || begun.Until <= now) break;
            if (caller.May(May.OpenCallOuts) || await Visits(callOut, ct)) return new Leave(begun.Employer, begun.Until);
        }
        throw new RefusedException("absent", callOut);
    }

    /// <summary>One of the zone's own, begun nowhere: theirs for as long as the zone lets call-outs be seen.</summary>
    /// <exception cref="RefusedException">A visitor begins none.</exception>
    public async Task<Leave> ForOwn(CancellationToken ct) => caller.May(May.OpenCallOuts)
        ? new Leave(here.InZone.Id, clock.GetUtcNow() + (await settings.Of(here.InZone.Id, ct)).CallOutWindow)
        : throw new RefusedException("absent");

    /// <summary>A call-out that has been entered: does the caller, where they are no more than a visitor, still visit for it?</summary>
    public async Task MustStillVisit(Guid callOut, CancellationToken ct)
    {
        if (!caller.May(May.OpenCallOuts) && !await Visits(callOut, ct)) throw new RefusedException("absent", callOut);
    }

    /// <summary>Begun for the caller in this zone and still theirs.</summary>
    public async Task<IReadOnlyList<BegunCallOut>> Begun(CancellationToken ct)
    {
        var all = new List<BegunCallOut>();
        foreach (var pool in pools) all.AddRange(await pool.Of(caller.Self, here.InZone.Id, ct));
        return all;
    }

    private async Task<bool> Visits(Guid callOut, CancellationToken ct) => (await visits.Of(caller.Self, here.InZone.Id, ct)).Any(v => v.Kind == VisitKind.CallOut && v.About == callOut);
}
