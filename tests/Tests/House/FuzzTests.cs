using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Whatever is sent to whatever door by whomever, the answer is never the server's fault and never late. The requests follow from the doors' own metadata:
/// a new page is in it the minute it exists. VS_TEST_SEED takes another seed, VS_TEST_FUZZ another number of requests.</summary>
public sealed class FuzzTests
{
    /// <summary>A zone is left behind after so many requests: none grows beyond what a zone is.</summary>
    private const int PerZone = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly int Seed = Number("VS_TEST_SEED") ?? 20261125;
    private static readonly int Count = Number("VS_TEST_FUZZ") ?? (Environment.GetEnvironmentVariable("VS_TEST_ALL") == "1" ? 200_000 : 3_000);

    [Fact]
    public async Task Nothing_that_is_sent_to_any_door_is_answered_with_a_fault_or_not_at_all()
    {
        var (platform, address) = Platform.Listen("sqlite", new() { ["Logging:LogLevel:Default"] = "Error", ["Logging:LogLevel:Microsoft"] = "Error", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Error" });
        await using (platform)
        {
            var doors = await Doors.Of(platform.Services);
            using var fuzz = new Fuzz(doors, address);
            var other = await World.Make(platform);
            Fuzzed? all = null;
            for (var sent = 0; sent < Count; sent += PerZone)
            {
                var around = Around(await World.Make(platform), other);
                var some = await fuzz.Run(Seed, sent, Math.Min(PerZone, Count - sent), Patience, _ => around);
                all = all is null ? some : Together(all, some);
                TestContext.Current.TestOutputHelper?.WriteLine($"{doors.Count} doors, {doors.Sum(d => d.Knocks.Count)} handlers, seed {Seed}: {all}");
                await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), "vs-fuzz.txt"), $"{doors.Count} doors, {doors.Sum(d => d.Knocks.Count)} handlers, seed {Seed}: {all}\n", TestContext.Current.CancellationToken);
            }
            Assert.True(all!.Faults.Count == 0, $"{all}\n{string.Join("\n\n", all.Faults.OrderBy(f => f.Contains(": 500 500", StringComparison.Ordinal)).Take(15))}\n{string.Join('\n', platform.Logs.Lines.Where(l => l.Contains("failed with", StringComparison.Ordinal)).Distinct().Take(20))}");
            Assert.True(all.ByStatus.GetValueOrDefault(200) > Count / 50 && all.ByStatus.GetValueOrDefault(422) > Count / 100 && all.ByStatus.GetValueOrDefault(302) > Count / 100, $"Hardly anything came past the doors: {all}");
        }
    }

    [Fact]
    public async Task A_door_that_throws_and_a_door_that_hangs_are_found()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var planted = builder.Build();
        planted.MapGet("/planted/throws", [Open("planted")] (string? name) => name?.Length > 300 ? throw new InvalidOperationException("planted") : Results.Ok());
        planted.MapGet("/planted/hangs", [Open("planted")] async (string? day, CancellationToken ct) =>
        {
            if (day == "2026-02-30") await Task.Delay(Timeout.Infinite, ct);
            return Results.Ok();
        });
        planted.MapGet("/planted/whole", [Open("planted")] (string? name, int? number) => Results.Ok(name?.Length + number));
        await planted.StartAsync(TestContext.Current.CancellationToken);
        using var fuzz = new Fuzz(await Doors.Of(planted.Services), new Uri(planted.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
        var found = await fuzz.Run(Seed, 1, 4_000, TimeSpan.FromSeconds(1), _ => ("0999", [new Sender("nobody", null, "", ("x", "x"), [])], (_, random) => Hostile.Fresh(random).ToString()));
        Assert.Contains(found.Faults, f => f.Contains("500", StringComparison.Ordinal) && f.Contains("/planted/throws", StringComparison.Ordinal));
        Assert.Contains(found.Faults, f => f.Contains("no answer within 1 s", StringComparison.Ordinal) && f.Contains("/planted/hangs", StringComparison.Ordinal));
        Assert.DoesNotContain(found.Faults, f => f.Contains("/planted/whole", StringComparison.Ordinal));
        await planted.StopAsync(new CancellationToken(canceled: true));
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_requests()
    {
        await using var platform = Platform.Start("sqlite");
        var doors = await Doors.Of(platform.Services);
        string[] Made() => [.. Enumerable.Range(0, 300).Select(n => new Random(n)).Select(random => Shot.At(doors[random.Next(doors.Count)], [new Sender("nobody", null, "", ("c", new string('t', 90)), [])], "1001", (_, r) => Hostile.Fresh(r).ToString(), random).ToString())];
        Assert.Equal(Made(), Made());
    }

    private static (string, IReadOnlyList<Sender>, Func<string, Random, string>) Around(World world, World other)
    {
        var services = world.Zone.Platform.Services;
        Sender By(string name, Guid account, string place, params Role[] roles) => new(name, $"{account};{place};{string.Join(',', roles)}", place, World.TokenOf(services, account), roles);
        List<Sender> senders =
        [
            new("nobody", null, "", World.TokenOf(services, null), []),
            .. world.Accounts.Select(a => By(a.Key.ToString(), a.Value, world.Zone.Code, a.Key)),
            By("a stranger with every role elsewhere", other.Accounts[Role.Coordinator], other.Zone.Code, [.. other.Accounts.Keys.Except([Role.Operator, Role.Analyst])]),
            By("an operator at the operator's desk", world.Accounts[Role.Operator], "operator", Role.Operator),
            By("somebody on their own pages", world.Accounts[Role.Coordinator], "account"),
        ];
        return (world.Zone.Code, senders, (name, random) => random.Next(10) switch
        {
            0 => Hostile.Fresh(random).ToString(),
            1 or 2 => Pick(other.Of(name), random),
            _ => Pick(world.Of(name), random),
        });
    }

    private static string Pick(IReadOnlyList<Guid> ids, Random random) => ids[random.Next(ids.Count)].ToString();

    private static Fuzzed Together(Fuzzed one, Fuzzed more) => new(one.Sent + more.Sent, one.Took + more.Took, one.Slowest > more.Slowest ? one.Slowest : more.Slowest,
        one.ByStatus.Concat(more.ByStatus).GroupBy(s => s.Key).ToDictionary(s => s.Key, s => s.Sum(x => x.Value)), [.. one.Faults, .. more.Faults]);

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
