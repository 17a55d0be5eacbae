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
