using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class IdleZoneTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_zone_that_nobody_used_is_closed_and_opens_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var zones = zone.Platform.Services.GetRequiredService<ZoneRegistry>();
        var before = (await zones.Find(zone.Code))!;
        Assert.False(zones.LetGoIfIdle(zone.Code, TimeSpan.FromMinutes(5)), "it was used this moment");
        Assert.Same(before, await zones.Find(zone.Code));
        Assert.True(zones.LetGoIfIdle(zone.Code, TimeSpan.Zero));
        Assert.False(zones.LetGoIfIdle(zone.Code, TimeSpan.Zero), "it is closed already");
        var after = (await zones.Find(zone.Code))!;
        Assert.NotSame(before, after);
        var (old, fresh) = (await before.Database.Head(default), await after.Database.Head(default)); // whoever is still inside may end
        Assert.Equal((old.Seq, Convert.ToHexString(old.Mac)), (fresh.Seq, Convert.ToHexString(fresh.Mac)));
    }

    [Theory, EveryEngine]
    public async Task Only_so_many_zones_are_open_at_once_and_none_is_closed_in_which_somebody_stands(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zones = platform.Services.GetRequiredService<ZoneRegistry>();
        var all = new List<TestZone>();
        for (var i = 0; i < 6; i++) all.Add(await platform.Zone());
        zones.Most = 3;
        await using var scope = platform.Services.CreateAsyncScope();
        var stands = scope.ServiceProvider.GetRequiredService<VictimSupport.Foundation.Pipeline.WhereAndWho>();
        stands.Zone = await zones.Find(all[0].Code);
        for (var round = 0; round < 2; round++)
        {
            foreach (var zone in all.Skip(1))
            {
                await zone.As(Role.Coordinator).Registers(Cases.Intake(zone));
                await Task.Delay(1_100);
            }
        }
        Assert.InRange(zones.Count, 3, 4); // the one that was opened last made it one too many until the next
        Assert.Same(stands.Zone, await zones.Find(all[0].Code)); // rested longest, and somebody stands in it
        Assert.All(await Task.WhenAll(all.Skip(1).Select(z => z.Look(x => x.Set<VictimSupport.Casework.Dossiers.Dossier>().CountAsync()))), count => Assert.Equal(2, count));
        // Closed behind whoever left, and its files with it.
        stands.Zone = null;
        Assert.True(zones.LetGoIfIdle(all[0].Code, TimeSpan.Zero));
    }

    [Theory, EveryEngine]
    public async Task Zones_are_not_opened_faster_than_they_are_closed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zones = platform.Services.GetRequiredService<ZoneRegistry>();
        var all = new List<TestZone>();
        for (var i = 0; i < 8; i++) all.Add(await platform.Zone());
        foreach (var zone in all) await zones.Forget(zone.Code);
        zones.Most = 2;
        foreach (var zone in all)
        {
            Assert.NotNull(await zones.Find(zone.Code));
            Assert.InRange(zones.Held, 1, 3);
        }
    }

    [Fact]
    public async Task A_zone_that_was_just_made_or_is_closed_holds_no_file()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        Assert.Empty(Held(zone));
        await zone.As(Role.Coordinator).Registers(Cases.Intake(zone, "Maes", "Els"));
        Assert.Contains(Held(zone), f => f.EndsWith(".keys.db", StringComparison.Ordinal));
        await zone.Platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
        Assert.Empty(Held(zone));
    }

    [Fact]
    public void What_was_freed_outside_the_runtime_is_given_back()
    {
        // In pieces, one of sixteen of which is kept: what lies between them the library gives back by no other call.
        var pieces = Enumerable.Range(0, 20_000).Select(_ => System.Runtime.InteropServices.Marshal.AllocHGlobal(8_000)).ToList();
        foreach (var piece in pieces) System.Runtime.InteropServices.Marshal.WriteByte(piece, 7_999, 1);
        foreach (var piece in pieces.Where((_, i) => i % 16 != 0)) System.Runtime.InteropServices.Marshal.FreeHGlobal(piece);
        var before = Own();
        Assert.True(IdleZones.GiveBack());
        var after = Own();
        foreach (var piece in pieces.Where((_, i) => i % 16 == 0)) System.Runtime.InteropServices.Marshal.FreeHGlobal(piece);
        Assert.True(after < before - 50_000, $"{before} KB before, {after} KB after");

        static long Own() => long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static List<string> Held(TestZone zone) =>
        [.. Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget).OfType<string>().Where(f => f.StartsWith(Path.Combine(zone.Platform.Folder, "zones", zone.Code + "."), StringComparison.Ordinal))];

    [Theory, EveryEngine]
    public async Task Looking_reading_and_writing_all_count_as_use(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var zones = zone.Platform.Services.GetRequiredService<ZoneRegistry>();
        var handle = (await zones.Find(zone.Code))!;
        var deeds = new Dictionary<string, Func<Task>>
        {
            ["found"] = async () => await zones.Find(zone.Code),
            ["read"] = async () => { await using var context = handle.Database.Lease(new Keyring(handle.Keys)); },
            ["written"] = () => handle.Database.Write(new Keyring(handle.Keys), _ => Task.FromResult(new Written<bool>(true, null)), default),
        };
        foreach (var (what, deed) in deeds)
        {
            await Task.Delay(400);
            var rested = handle.Idle;
            await deed();
            Assert.True(handle.Idle < rested, $"{what}, and yet idle");
        }
    }
}
