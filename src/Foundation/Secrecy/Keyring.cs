using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>The keys one use case works with: those of the zone, and those made for new owners until they are durable.</summary>
public sealed class Keyring : IHoldNewKeys
{
    private readonly Dictionary<Guid, DataKey> made = [];
    private readonly ZoneKeys zone;

    internal Keyring(ZoneKeys zone) => this.zone = zone;

    internal Guid Zone => zone.Zone;
    IReadOnlyList<DataKey> IHoldNewKeys.New => [.. made.Values];
    KeyStore IHoldNewKeys.Store => zone.Store;

    /// <summary>Fetches the keys of these owners in one go; call it where many boxes are about to be opened.</summary>
    public Task Fetch(IEnumerable<Guid> owners, CancellationToken ct) => zone.Fetch(owners, ct);

    /// <summary>Destroys the keys of these owners: what they sealed opens no more, here or in any backup of the zone. At once and for good, whatever becomes of the transaction around it:
    /// call it when what they sealed is durably gone. Another process may remember a key until it trims what it remembers.</summary>
    public Task Destroy(IReadOnlyCollection<Guid> owners, CancellationToken ct) => zone.Destroy(owners, ct);

    /// <exception cref="ErasedException">The owner's key was destroyed.</exception>
    internal byte[] Open(Guid owner) => made.TryGetValue(owner, out var key) ? key.Clear : zone.Find(owner) ?? throw new ErasedException(owner);

    internal async Task<byte[]> ForSealing(Guid owner, CancellationToken ct)
    {
        if (made.TryGetValue(owner, out var known)) return known.Clear;
        await zone.Fetch([owner], ct);
        if (zone.Find(owner) is { } key) return key;
        return (made[owner] = zone.Make(owner)).Clear;
    }
}
