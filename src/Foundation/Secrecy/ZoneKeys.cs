using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>A data key: one per person, dossier or tray request; its id is its owner's id.</summary>
/// <param name="Wrapped">The key sealed under the zone's key; what the key store holds.</param>
public sealed record DataKey(Guid Id, byte[] Clear, byte[] Wrapped);

/// <summary>A zone's key with its number; a rotation makes a new one and wraps every data key anew. Boxes stay as they are.</summary>
internal sealed record ZoneKey(int Version, byte[] Key);

/// <summary>The keys of one zone: the middle of the tree master → zone → data key.</summary>
public sealed class ZoneKeys
{
    /// <summary>Opened data keys kept in memory, at most; a page needs some tens.</summary>
    private const int Kept = 4096;
    private readonly ConcurrentDictionary<Guid, byte[]> opened = new();
    private int kept;
    private readonly Func<IReadOnlyList<ZoneKey>> reload;
    private volatile IReadOnlyList<ZoneKey> known;

    /// <param name="reload">The zone's keys as the catalogue has them now, the current one first: asked again when a data key is wrapped under a number not known yet, as another process may have rotated.</param>
    internal ZoneKeys(Guid zone, Func<IReadOnlyList<ZoneKey>> reload, KeyStore store)
    {
        Zone = zone;
        this.reload = reload;
        known = reload();
        Store = store;
        // The zone's own secrets (search, chain, numbers) hang under one data key whose id is the zone's id: a rotation leaves them alone.
        var root = Find(zone) ?? throw new StartRefusedException($"The key store of zone {zone} does not hold the zone's own secret.");
        ChainKey = Derive(root, "audit chain");
        NumberKey = Derive(root, "dossier numbers");
        SearchRoot = Derive(root, "search tokens");
        Search = new SearchKey(SearchRoot);
        CaseKey = Derive(root, "counted cases");
    }

    internal Guid Zone { get; }
    internal KeyStore Store { get; }
    internal byte[] ChainKey { get; }

    /// <summary>Keys the permutation that makes dossier numbers not consecutive to the eye.</summary>
    public byte[] NumberKey { get; }

    /// <summary>Keys the marks by which a person is recognised within a year, so that the figures count at most so many of their cases.</summary>
    public byte[] CaseKey { get; }

    /// <summary>Keys the slips of those who asked for help without an account; <see cref="Search"/> hangs under it.</summary>
    public byte[] SearchRoot { get; }

    /// <summary>Keys the tokens by which people are found in the sealed store.</summary>
    public SearchKey Search { get; }

    /// <summary>From memory, else from the key store; null: there is no such key.</summary>
    internal byte[]? Find(Guid id) => opened.TryGetValue(id, out var key) ? key : Store.FindWaiting(id) is { } young ? Open(id, young) : Keep(id, Store.Find(id));

    /// <summary>Fetches keys ahead, so that opening boxes does not wait for the store one by one.</summary>
    internal async Task Fetch(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var missing = ids.Where(id => !opened.ContainsKey(id)).Distinct().ToList();
        if (missing.Count == 0) return;
        foreach (var (id, wrapped) in await Store.Find(missing, ct)) Keep(id, wrapped);
    }

    internal DataKey Make(Guid id)
    {
        var clear = RandomNumberGenerator.GetBytes(32);
        return new DataKey(id, clear, Wrap(Zone, known[0], id, clear));
    }

    internal void Remember(DataKey key) => Trim()[key.Id] = key.Clear;

    internal async Task Destroy(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (ids.Contains(Zone)) throw new InvalidOperationException("The zone's own secret goes with the zone.");
        await Store.Remove(ids, ct);
        foreach (var id in ids) opened.TryRemove(id, out _);
    }

    private byte[]? Keep(Guid id, byte[]? wrapped) => wrapped is null ? null : Trim()[id] = Open(id, wrapped);

    internal byte[] Open(Guid id, byte[] wrapped) => Unwrap(Zone, Under(wrapped), id, wrapped);

    private ZoneKey Under(byte[] wrapped)
    {
        var version = VersionOf(wrapped);
        return known.FirstOrDefault(k => k.Version == version) ?? (known = reload()).FirstOrDefault(k => k.Version == version)
            ?? throw new SealBrokenException($"A data key is wrapped under zone key {version}, which the catalogue does not have.");
    }

    // The dictionary's own count takes all its locks: with a hundred thousand people it was an eighth of a search.
    private ConcurrentDictionary<Guid, byte[]> Trim()
    {
        if (Interlocked.Increment(ref kept) > Kept)
        {
            opened.Clear();
            Volatile.Write(ref kept, 0);
        }
        return opened;
    }

    internal static byte[] Wrap(Guid zone, ZoneKey under, Guid id, byte[] clear) => Box.Seal(clear, under.Key, KeyIdOf(under.Version), PlaceOf(zone, id));
    internal static byte[] Unwrap(Guid zone, ZoneKey under, Guid id, byte[] wrapped) => Box.Open(wrapped, under.Key, PlaceOf(zone, id));

    /// <summary>Under which of the zone's keys a data key is wrapped.</summary>
    internal static int VersionOf(byte[] wrapped) => BitConverter.ToInt32(Box.KeyOf(wrapped).ToByteArray(), 0);

    private static Guid KeyIdOf(int version) => new(version, 0, 0, new byte[8]);
    private static byte[] PlaceOf(Guid zone, Guid id) => [.. "data key"u8, .. zone.ToByteArray(), .. id.ToByteArray()];
    private static byte[] Derive(byte[] root, string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.ASCII.GetBytes(use));
}
