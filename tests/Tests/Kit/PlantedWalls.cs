using System.Collections.Concurrent;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;

namespace VictimSupport.Tests.Kit;

/// <summary>Walls that a test puts up for one account, beside those of the product: whoever reads lists and logs must leave out what either hides.</summary>
public sealed class PlantedWalls : IHideDossiers
{
    private readonly ConcurrentDictionary<Guid, HashSet<Guid>> walls = new();

    public void Build(Guid account, params Guid[] dossiers) => walls[account] = [.. dossiers];

    Task<IReadOnlySet<Guid>> IHideDossiers.From(Caller caller, CancellationToken ct) =>
        Task.FromResult<IReadOnlySet<Guid>>(caller.Account is { } account && walls.TryGetValue(account, out var hidden) ? hidden : new HashSet<Guid>());
}
