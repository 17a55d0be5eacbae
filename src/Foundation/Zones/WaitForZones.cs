using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Zones;

/// <summary>Something over all zones that asked them and got no answer from some: named to the operator on the page of health.</summary>
public interface IWaitForZones
{
    /// <summary>Zones that do not answer, or did not until it was too late.</summary>
    Task<IReadOnlyList<AwaitedZone>> Now(CatalogDbContext house, CancellationToken ct);
}

/// <param name="For">What asked, by its own name, such as <c>2026-Q2-P</c>.</param>
/// <param name="Zone">Code of the zone.</param>
/// <param name="Since">When it was asked first.</param>
public sealed record AwaitedZone(string For, string Zone, DateTimeOffset Since);
