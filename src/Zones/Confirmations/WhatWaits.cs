using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Confirmations;

/// <summary>All that waits for a second person, of every kind and from every module, in a zone or on the platform.</summary>
internal sealed class WhatWaits(CatalogDbContext house, Caller caller, IAccounts accounts, IEnumerable<IAwaitASecondPerson> kinds)
{
    public async Task<IReadOnlyList<WaitingRow>> In(Guid? zone, CancellationToken ct)
    {
        var found = new List<(string Kind, Waiting Waiting)>();
        foreach (var kind in kinds) found.AddRange((await kind.In(house, zone, ct)).Select(w => (kind.Kind, w)));
        var names = await accounts.Named(found.SelectMany(f => new[] { f.Waiting.About, f.Waiting.AskedBy }).OfType<Guid>(), ct);
        return [.. found.OrderBy(f => f.Waiting.Since).Select(f => new WaitingRow(f.Kind, f.Waiting.Id, f.Waiting.What, Of(f.Waiting.About), Of(f.Waiting.AskedBy)?.DisplayName, f.Waiting.Since, !f.Waiting.Mine.Contains(caller.Self)))];

        Colleague? Of(Guid? id) => id is { } one && names.TryGetValue(one, out var colleague) ? colleague : null;
    }

    /// <returns>The account whose standing changes by it, where one does.</returns>
    /// <exception cref="RefusedException">It does not wait there, or is not the caller's to decide.</exception>
    public Task<Guid?> Decide(string kind, Guid id, Guid? zone, bool confirms, CancellationToken ct) =>
        (kinds.SingleOrDefault(k => k.Kind == kind) ?? throw new RefusedException("absent", id)).Decide(house, id, zone, confirms, caller.Self, ct);
}

/// <param name="About">Whose account, with the address: whoever confirms must be able to tell whom.</param>
/// <param name="May">The reader may decide it.</param>
internal sealed record WaitingRow(string Kind, Guid Id, string What, Colleague? About, string? AskedBy, DateTimeOffset Since, bool May);
