using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Zones;

/// <summary>Makes the house and its zones ready. Every step may be repeated: a run that was killed is finished by the next.</summary>
public sealed class Provisioning
{
    private const string FingerprintFact = "master key fingerprint";
    private static readonly TimeSpan InHand = TimeSpan.FromMinutes(2);
    private readonly Engine engine;
    private readonly CatalogDatabase catalog;
    private readonly ZoneRegistry zones;
    private readonly IHoldTheMasterKey master;
    private readonly TimeProvider clock;

    internal Provisioning(Engine engine, CatalogDatabase catalog, ZoneRegistry zones, IHoldTheMasterKey master, TimeProvider clock) =>
        (this.engine, this.catalog, this.zones, this.master, this.clock) = (engine, catalog, zones, master, clock);

    /// <summary>Embedded mode: this process alone may work on the data folder, until the result is disposed. null on server engines.</summary>
    public IDisposable? TakeTheHouse(DataFolder folder) => engine.IsEmbedded ? new OneProcess(folder) : null;

    /// <summary>Creates or upgrades the catalogue and the figures database, and checks the master key against the catalogue.</summary>
    /// <exception cref="StartRefusedException">The catalogue was made with another master key, or by another version before 1.0.</exception>
    public async Task PrepareHouse(CancellationToken ct)
    {
        await engine.MigrateHouse(ct);
        await using var house = catalog.Lease();
        var known = await house.Set<PlatformFact>().AsNoTracking().SingleOrDefaultAsync(f => f.Name == FingerprintFact, ct);
        if (known is null)
        {
            await catalog.WriteAsPlatform("Foundation.PrepareHouse", null, c => Task.FromResult(c.Add(new PlatformFact { Name = FingerprintFact, Value = master.Fingerprint }).Entity), ct);
        }
        else if (known.Value != master.Fingerprint)
        {
            throw new StartRefusedException($"The catalogue was made with the master key {known.Value}, but this one is {master.Fingerprint}. Nothing it sealed would open. Put the right key in place, or another data folder.");
        }
    }

    /// <summary>The zone with this code, made if it is missing: record, database, key store, seal.</summary>
    public async Task<ZoneRecord> AddZone(string code, string? fr, string? nl, string? de, IReadOnlyList<string> languages, CancellationToken ct)
    {
        var record = await catalog.WriteAsPlatform("Foundation.AddZone", null, async c =>
            await c.Set<ZoneRecord>().SingleOrDefaultAsync(z => z.Code == code, ct) ?? Note(c, new ZoneFacts(code, fr, nl, de, languages, null, null, []), taken: true), ct);
        if (record.State == ZoneState.FiguresOnly) throw new StartRefusedException($"Zone {code} is there for the figures only.");
        await Make(record, ct);
        return record;
    }

    /// <summary>A zone that has cases for the figures and nothing else, made if it is missing. It is that from its first row on: however early a run is killed, it is never open to anybody.</summary>
    /// <exception cref="StartRefusedException">The code is another zone's.</exception>
    public async Task<ZoneRecord> AddZoneForFigures(ZoneFacts facts, CancellationToken ct)
    {
        var record = await catalog.WriteAsPlatform("Foundation.AddZoneForFigures", null, async c =>
        {
            if (await c.Set<ZoneRecord>().SingleOrDefaultAsync(z => z.Code == facts.Code, ct) is { } there) return there;
            var noted = Note(c, facts);
            noted.State = ZoneState.FiguresOnly;
            return noted;
        }, ct);
        if (record.State != ZoneState.FiguresOnly) throw new StartRefusedException($"Zone {facts.Code} is there already, and not for the figures only.");
        await MakeDatabase(record, ZoneState.FiguresOnly, ct);
        return record;
    }

    /// <summary>Notes a new zone and its key in the catalogue; its database is made afterwards, by whoever takes it in hand.</summary>
    /// <param name="taken">The caller makes the database itself, at once.</param>
    public ZoneRecord Note(CatalogDbContext house, ZoneFacts facts, bool taken = false)
    {
        var made = ZoneRecord.New(facts, clock.GetUtcNow());
        if (taken) made.NextDue = clock.GetUtcNow() + InHand;
        house.Add(made);
        house.Add(Placements.Wrap(made.Id, new ZoneKey(1, RandomNumberGenerator.GetBytes(32)), master));
        return made;
    }

    /// <summary>Takes a noted zone in hand for two minutes, so that no other process makes it meanwhile; null: it is made, or in another's hand. In embedded mode there is no other.</summary>
    public Task<ZoneRecord?> Take(string code, CancellationToken ct) => catalog.WriteAsPlatform("Foundation.TakeZone", null, async c =>
    {
        var now = clock.GetUtcNow();
        var zone = await c.Set<ZoneRecord>().SingleOrDefaultAsync(z => z.Code == code && z.State == ZoneState.Preparing, ct);
        if (zone is null || (zone.NextDue > now && !engine.IsEmbedded)) return null;
        zone.NextDue = now + InHand;
        return zone;
    }, ct);

    /// <summary>Makes the database, key store and seal of a zone that is noted; may be repeated.</summary>
    public async Task Make(ZoneRecord record, CancellationToken ct)
    {
        if (record.State == ZoneState.Preparing) await MakeDatabase(record, ZoneState.Active, ct);
    }

    private async Task MakeDatabase(ZoneRecord record, ZoneState becomes, CancellationToken ct)
    {
        var code = record.Code;
        var placement = await engine.CreateZone(code, Placements.Open(record, master), ct);
        var store = engine.KeysOf(placement);
        if (store.Find(record.Id) is null)
        {
            var secret = RandomNumberGenerator.GetBytes(32);
            await using var house = catalog.Lease();
            await store.Add([new DataKey(record.Id, secret, ZoneKeys.Wrap(record.Id, Placements.KeysOf(house, record.Id, master)[0], record.Id, secret))], ct);
        }
        await Seal(code, record.Id, placement, ct);
        await catalog.WriteAsPlatform("Foundation.ActivateZone", record.Id, async c =>
        {
            var zone = await c.Set<ZoneRecord>().SingleAsync(z => z.Id == record.Id, ct);
            if (engine.DefaultPlacement(code) is null) Placements.Put(zone, placement, master);
            (zone.State, zone.NextDue) = (becomes, null);
            return zone;
        }, ct);
        await zones.Forget(code);
        store.LetGo(); // thousands are made one after the other
    }

    /// <summary>Brings one zone's database to the current schema.</summary>
    public async Task MigrateZone(ZoneRecord record, CancellationToken ct)
    {
        var placement = zones.PlacementOf(record);
        await engine.MigrateZone(record.Code, placement, ct);
        await zones.Forget(record.Code);
    }

    /// <summary>Every zone of the catalogue, by code.</summary>
    public async Task<IReadOnlyList<ZoneRecord>> Zones(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().OrderBy(z => z.Code).ToListAsync(ct);
    }

    private async Task Seal(string code, Guid zone, Placement placement, CancellationToken ct)
    {
        await using var database = engine.AdministerAsOwner(code, placement);
        if (await database.Set<Seal>().AnyAsync(ct)) return;
        await database.Database.ExecuteSqlAsync($"INSERT INTO seal (\"Id\", \"Zone\") VALUES (1, {zone})", ct);
    }
}
