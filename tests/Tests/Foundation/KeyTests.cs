using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class KeyTests(Platforms platforms)
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32), Other = RandomNumberGenerator.GetBytes(32), Here = "zone|field|row"u8.ToArray();

    [Fact]
    public void A_box_opens_with_its_key_in_its_place_only()
    {
        var box = Box.Seal("Ægidius Łukasz"u8, Key, Guid.NewGuid(), Here);
        Assert.Equal("Ægidius Łukasz"u8.ToArray(), Box.Open(box, Key, Here));
        Assert.Throws<SealBrokenException>(() => Box.Open(box, Other, Here));
        Assert.Throws<SealBrokenException>(() => Box.Open(box, Key, "zone|field|other row"u8));
        box[^1] ^= 1;
        Assert.Throws<SealBrokenException>(() => Box.Open(box, Key, Here));
        Assert.Throws<SealBrokenException>(() => Box.Open([1, 2, 3], Key, Here));
    }

    [Theory, EveryEngine]
    public async Task A_zones_key_can_be_changed_while_it_is_open(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var (before, care) = (zone.Handle.Keys.NumberKey, platform.Services.GetRequiredService<KeyCare>());
        var stale = zone.Handle.Keys; // another process, which has not heard of it
        Assert.Equal(2, (await care.Rotate(zone.Code, default)).Version);
        Assert.Equal(3, (await care.Rotate(zone.Code, default)).Version);
        Assert.Equal(before, zone.Handle.Keys.NumberKey);
        Assert.Empty((await care.Verify(zone.Code, default)).Faults);
        Assert.NotNull(new ZoneKeys(zone.Id, () => Placements(platform, zone), stale.Store).Find(zone.Id));
    }

    [Fact]
    public void The_master_key_leaves_only_under_two_passphrases()
    {
        var master = new MasterKey(Key);
        var care = new KeyCare(null!, null!, null!, master);
        var file = care.Export("first passphrase", "second passphrase");
        Assert.Equal(Key, KeyCare.Import(file, "first passphrase", "second passphrase"));
        Assert.Throws<StartRefusedException>(() => KeyCare.Import(file, "second passphrase", "first passphrase"));
        Assert.Throws<StartRefusedException>(() => KeyCare.Import(file, "first passphrase", "wrong passphrase"));
        Assert.Throws<StartRefusedException>(() => KeyCare.Import([1, 2, 3], "first passphrase", "second passphrase"));
    }

    [Fact]
    public void Outside_development_a_missing_key_stops_the_start() =>
        Assert.Contains("Keys:MasterFile", Assert.Throws<StartRefusedException>(() => MasterKey.Read(Settings(), Folder(), development: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_file_that_others_can_read_stops_the_start()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Convert.ToHexString(Key));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("read by others", Assert.Throws<StartRefusedException>(() => MasterKey.Read(Settings(("Keys:MasterFile", file)), Folder(), development: false)).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Equal(Key, MasterKey.Read(Settings(("Keys:MasterFile", file)), Folder(), development: false).Key);
        File.Delete(file);
    }

    [Theory, EveryEngine]
    public async Task Another_master_key_than_the_catalogues_stops_the_start(string engine)
    {
        var services = (await platforms.On(engine)).Services;
        var provisioning = new VictimSupport.Foundation.Zones.Provisioning(services.GetRequiredService<VictimSupport.Foundation.Persistence.Engines.Engine>(), services.GetRequiredService<CatalogDatabase>(),
            services.GetRequiredService<VictimSupport.Foundation.Zones.ZoneRegistry>(), new MasterKey(Other), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => provisioning.PrepareHouse(TestContext.Current.CancellationToken));
        Assert.Contains("Put the right key in place", refused.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ZoneKey> Placements(Platform platform, TestZone zone)
    {
        using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return VictimSupport.Foundation.Zones.Placements.KeysOf(house, zone.Id, platform.Services.GetRequiredService<IHoldTheMasterKey>());
    }

    private static IConfiguration Settings(params (string, string)[] values) => new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => v.Item1, v => (string?)v.Item2)).Build();
    private static DataFolder Folder() => new(Settings(("Data:Directory", Path.Combine(Path.GetTempPath(), "vs-" + Guid.NewGuid()))));
}
