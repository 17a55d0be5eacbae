using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Audit;

/// <summary>Puts a record into the chain it belongs to: the zone's, or the catalogue's where the use case stands in no zone.</summary>
internal sealed class AuditDesk(CatalogDatabase catalog)
{
    /// <summary>Durable when the task completes.</summary>
    public Task Append(UseCase useCase, AuditRecord record, CancellationToken ct) =>
        useCase.Place is { } zone ? zone.Database.Append(record, ct) : catalog.Append(record, ct);
}
