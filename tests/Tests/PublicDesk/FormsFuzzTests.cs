using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.House;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.PublicDesk.Leaving;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>Whatever anybody posts to the pages for anybody: no fault of the server's, and nothing in what the staff work with. VS_TEST_FUZZ takes another number of requests.</summary>
public sealed class FormsFuzzTests
{
    private static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("VS_TEST_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : Environment.GetEnvironmentVariable("VS_TEST_ALL") == "1" ? 10_000 : 500;

    [Fact]
    public async Task Hostile_posts_by_anybody_are_answered_without_a_fault_and_leave_nothing_among_the_dossiers()
    {
        var (platform, address) = Platform.Listen("sqlite", new() { ["Logging:LogLevel:Default"] = "Error", ["Logging:LogLevel:Microsoft"] = "Error", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Error" });
        await using (platform)
        {
            // Where a page takes posts, posts are all it gets.
            var open = (await Doors.Of(platform.Services)).Where(ExitTests.IsForAnybody).Select(d => d with { Knocks = d.Knocks.Any(k => k.Method == "POST") ? [.. d.Knocks.Where(k => k.Method == "POST")] : d.Knocks }).ToList();
            var (zone, silent) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
            var (before, untouched) = (await Rows(zone), await Rows(silent));
            var nobody = new Sender("nobody", null, "", World.TokenOf(platform.Services, null), []);
            using var fuzz = new Fuzz(open, address);
            var all = await fuzz.Run(20261127, 0, Count, TimeSpan.FromSeconds(5), _ => (zone.Code, [nobody], (name, random) => name switch
            {
                "language" => new[] { "fr", "nl", "de", "en" }[random.Next(4)],
                _ => Hostile.Fresh(random).ToString(),
            }));
            TestContext.Current.TestOutputHelper?.WriteLine($"{open.Count} doors, {open.Count(d => d.Knocks[0].Method == "POST")} that take posts: {all}");
            Assert.True(all.Faults.Count == 0, $"{all}\n{string.Join("\n\n", all.Faults.Take(15))}");
            Assert.True(all.ByStatus.GetValueOrDefault(200) + all.ByStatus.GetValueOrDefault(422) + all.ByStatus.GetValueOrDefault(302) + all.ByStatus.GetValueOrDefault(303) > Count / 10, $"Hardly anything came past the doors: {all}");

            // Of what the desk keeps there is at most one row for each post that was taken; of what is no desk's, nothing.
            var after = await Rows(zone);
            var grown = after.Where(t => t.Value.Rows != before[t.Key].Rows).ToList();
            TestContext.Current.TestOutputHelper?.WriteLine("Grown: " + string.Join(", ", grown.Select(t => $"{t.Key} {before[t.Key].Rows}→{t.Value.Rows}")));
            Assert.DoesNotContain(grown, t => t.Value.Of is not ("VictimSupport.PublicDesk" or "VictimSupport.Foundation"));
            var taken = all.ByStatus.Where(s => s.Key is 200 or 302 or 303).Sum(s => s.Value);
            Assert.All(grown.Where(t => t.Value.Of == "VictimSupport.PublicDesk"), t => Assert.InRange(t.Value.Rows - before[t.Key].Rows, 0, taken));
            Assert.Equal(untouched, await Rows(silent));
        }
    }

    /// <summary>Every table of a zone: whose it is, and how many rows it has.</summary>
#pragma warning disable EF1002, RS0030 // the names of our own tables
    private static async Task<Dictionary<string, (string Of, long Rows)>> Rows(TestZone zone) => await zone.Look(async context =>
    {
        var rows = new Dictionary<string, (string, long)>(StringComparer.Ordinal);
        foreach (var entity in context.Model.GetEntityTypes().Where(e => e.GetTableName() is not null && !e.IsOwned()))
            rows[entity.GetTableName()!] = (entity.ClrType.Assembly.GetName().Name!, await context.Database.SqlQueryRaw<long>($"SELECT count(*) AS \"Value\" FROM \"{entity.GetTableName()}\"").SingleAsync());
        return rows;
    });
#pragma warning restore EF1002, RS0030
}
