using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>What a check of one zone's keys found.</summary>
/// <param name="DataKeys">Data keys that were unwrapped.</param>
/// <param name="Boxes">Sealed fields that were opened.</param>
/// <param name="Faults">Sealed fields and keys that did not open, by id; empty: all is well.</param>
public sealed record KeyReport(string Zone, int DataKeys, int Boxes, IReadOnlyList<string> Faults);

/// <summary>Care of the keys: rotation, verification, and a copy of the master key for the safe.</summary>
public sealed class KeyCare
{
    private const int Rounds = 600_000;
    private static readonly byte[] Magic = "VSKEY1"u8.ToArray();
    private readonly CatalogDatabase catalog;
    private readonly ZoneRegistry zones;
    private readonly Engine engine;
    private readonly IHoldTheMasterKey master;

    internal KeyCare(CatalogDatabase catalog, ZoneRegistry zones, Engine engine, IHoldTheMasterKey master) =>
        (this.catalog, this.zones, this.engine, this.master) = (catalog, zones, engine, master);

    /// <summary>Gives a zone a new key and wraps every data key anew; boxes stay as they are. Three durable steps, each of which may be repeated: a killed
    /// rotation is finished by the next run. Earlier keys stay in the catalogue, for data keys that a process wrapped before it heard of the rotation.</summary>
    /// <returns>Number of the zone's key now, and how many data keys are wrapped under it.</returns>
    public async Task<(int Version, int DataKeys)> Rotate(string code, CancellationToken ct)
    {
        var (record, next) = await catalog.WriteAsPlatform("Foundation.RotateZoneKey", null, async c =>
        {
            var zone = await c.Set<ZoneRecord>().SingleOrDefaultAsync(z => z.Code == code, ct) ?? throw new StartRefusedException($"There is no zone {code}.");
            var begun = await c.Set<ZoneKeyRecord>().SingleOrDefaultAsync(k => k.Zone == zone.Id && k.Version == zone.KeyVersion + 1, ct);
            return (zone, begun ?? c.Add(Placements.Wrap(zone.Id, new ZoneKey(zone.KeyVersion + 1, RandomNumberGenerator.GetBytes(32)), master)).Entity);
        }, ct);
        var key = Placements.Open(next, master);
        var keys = zones.KeysOf(record, zones.PlacementOf(record));
        var all = await keys.Store.All(ct);
        await keys.Store.Rewrap(all.Where(k => ZoneKeys.VersionOf(k.Wrapped) != key.Version).Select(k => (k.Id, ZoneKeys.Wrap(record.Id, key, k.Id, keys.Open(k.Id, k.Wrapped)))), ct);
        await catalog.WriteAsPlatform("Foundation.PromoteZoneKey", record.Id, async c =>
        {
            (await c.Set<ZoneRecord>().SingleAsync(z => z.Id == record.Id, ct)).KeyVersion = key.Version;
            return true;
        }, ct);
        await zones.Forget(code);
        keys.Store.LetGo();
        return (key.Version, all.Count);
    }

    /// <summary>Unwraps every data key of a zone and opens every sealed field.</summary>
    public async Task<KeyReport> Verify(string code, CancellationToken ct)
    {
        var zone = await zones.Find(code) ?? throw new StartRefusedException($"There is no active zone {code}.");
        var faults = new List<string>();
        var dataKeys = 0;
        foreach (var (id, _) in await zone.Keys.Store.All(ct))
        {
            try { _ = zone.Keys.Find(id); dataKeys++; }
            catch (SealBrokenException) { faults.Add($"data key {id}"); }
        }
        var boxes = 0;
        await using var context = zone.Database.Lease(new Keyring(zone.Keys));
        foreach (var type in context.Model.GetEntityTypes().Where(t => t.ClrType.IsAssignableTo(typeof(IHoldSealed))))
        {
            var fields = Sealing.Instance.Of(type);
            await foreach (var row in Rows(context, type.ClrType).WithCancellation(ct))
            {
                foreach (var field in fields)
                {
                    if (field.Get(row) is not { } value) continue;
                    try { value.Prove(); boxes++; }
                    catch (Exception e) when (e is SealBrokenException or ErasedException) { faults.Add($"{field.Name} of {((IHoldSealed)row).Id}"); }
                }
            }
        }
        return new KeyReport(code, dataKeys, boxes, faults);
    }

    /// <summary>The master key sealed under two passphrases, both needed to open it: for two people and a safe.</summary>
    public byte[] Export(string first, string second) => [.. Magic, .. Seal(Seal(master.Key, first), second)];

    /// <exception cref="StartRefusedException">It is no such file, or a passphrase is wrong.</exception>
    public static byte[] Import(byte[] file, string first, string second)
    {
        if (!file.AsSpan().StartsWith(Magic)) throw new StartRefusedException("This file is no exported master key.");
        try
        {
            return Open(Open(file[Magic.Length..], second), first);
        }
        catch (SealBrokenException)
        {
            throw new StartRefusedException("The file does not open: one of the two passphrases is wrong, or the file was changed.");
        }
    }

    private static byte[] Seal(byte[] clear, string passphrase)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return [.. salt, .. Box.Seal(clear, Key(passphrase, salt), Guid.Empty, "exported master key"u8)];
    }

    private static byte[] Open(byte[] box, string passphrase) => box.Length < 16 ? throw new SealBrokenException("Too short.") : Box.Open(box.AsSpan(16), Key(passphrase, box[..16]), "exported master key"u8);
    private static byte[] Key(string passphrase, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, Rounds, HashAlgorithmName.SHA256, 32);

    private static IAsyncEnumerable<object> Rows(DbContext context, Type entity) =>
        (IAsyncEnumerable<object>)typeof(KeyCare).GetMethod(nameof(RowsOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(entity).Invoke(null, [context])!;

    private static IAsyncEnumerable<object> RowsOf<T>(DbContext context) where T : class => context.Set<T>().AsNoTracking().AsAsyncEnumerable();
}
