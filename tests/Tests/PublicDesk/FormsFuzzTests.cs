using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Persistence;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Requests;
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

    /// <summary>With a ticket that counts: what is hostile comes as far as the rules of the form, and what they let through is sent.</summary>
    [Fact]
    public async Task Hostile_answers_with_a_good_ticket_meet_the_rules_and_what_passes_them_is_one_request()
    {
        var (platform, address) = Platform.Listen("sqlite", new() { ["Logging:LogLevel:Default"] = "Error", ["Logging:LogLevel:Microsoft"] = "Error", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Error" });
        await using var _ = platform;
        var (zone, silent) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        var (before, untouched, seal, random) = (await Rows(zone), await Rows(silent), platform.Services.GetRequiredService<Seal>(), new Random(20261128));
        using var everybody = new HttpClient(Fuzz.FromEverywhere(address)) { BaseAddress = address };
        everybody.DefaultRequestHeaders.Add(Visit.FetchSite, "same-origin");
        var (statuses, faults, sent, posts, fetched) = (new SortedDictionary<int, int>(), new List<string>(), 0, 0, 0);
        for (var n = 0; n < Count; n++)
        {
            var ticket = seal.New();
            platform.Clock.Advance(TimeSpan.FromSeconds(4)); // nobody is faster
            var fields = Asking.Filled().Select(f => (f.Key, Value: Hostile.Bytes(f.Value))).ToList();
            fields[fields.FindIndex(f => f.Key == "Form.Way")] = ("Form.Way", Hostile.Bytes(Enum.GetNames<Way>()[random.Next(Enum.GetValues<Way>().Length)]));
            for (var hurt = random.Next(4); hurt > 0; hurt--)
            {
                var at = random.Next(fields.Count);
                fields[at] = (fields[at].Key, Hostile.Value(random));
            }
            if (random.Next(10) == 0) fields.RemoveAt(random.Next(fields.Count));
            if (random.Next(10) == 0) fields.Insert(random.Next(fields.Count), (fields[random.Next(fields.Count)].Key, Hostile.Value(random)));
            var page = await Post("", [.. fields, ("state", Hostile.Bytes(seal.Close(zone.Id, ticket)))]);
            if (page?.QuerySelector($"{Asking.Check} [name=state]")?.GetAttribute("value") is not { } state) continue;
            var firsts = fields.DistinctBy(f => f.Key).ToDictionary(f => f.Key, f => Encoding.UTF8.GetString(f.Value).Trim(), StringComparer.Ordinal);
            Assert.InRange(firsts["Form.Called"].Length, 1, 100);
            Assert.InRange(firsts.GetValueOrDefault("Form.More", "").Length, 0, 2000);
            if ((await Post("?handler=Send", [("state", Hostile.Bytes(state))]))?.QuerySelector(".vs-ask__sign") is not null) sent++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count} posts of answers, {sent} requests sent, {fetched} answers fetched without script; by status {string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value}"))}");
        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(15)));
        Assert.True(fetched > Count / 5 && statuses[422] > Count / 5 && sent > Count / 50, $"Hardly anything reached the rules or passed them: {sent}, {string.Join(", ", statuses)}");
        var after = await Rows(zone);
        Assert.Equal((sent, sent), await zone.Look(async z => (await z.Set<Slip>().CountAsync(), await z.Set<TrayEntry>().CountAsync(t => t.FromPublic))));
        var grown = after.Where(t => t.Value.Rows != before[t.Key].Rows && t.Value.Of is not ("VictimSupport.PublicDesk" or "VictimSupport.Foundation")).Select(t => t.Key).ToList();
        Assert.Equal(["tray_entry"], grown);
        Assert.Equal(untouched, await Rows(silent));

        async Task<AngleSharp.Html.Dom.IHtmlDocument?> Post(string handler, IReadOnlyList<(string Key, byte[] Value)> fields)
        {
            using var body = new StringContent(string.Join('&', fields.Select(f => f.Key + "=" + Escaped(f.Value))), Encoding.ASCII, "application/x-www-form-urlencoded");
            // Every other one as a browser without script does it: the answer is fetched.
            using var post = new HttpRequestMessage(HttpMethod.Post, $"/{zone.Code}/en/appointment{handler}") { Content = body };
            if (posts++ % 2 == 0) post.Headers.TryAddWithoutValidation("Accept", "text/html");
            HttpResponseMessage answer;
            try
            {
                answer = await everybody.SendAsync(post, TestContext.Current.CancellationToken);
                if (answer.StatusCode == System.Net.HttpStatusCode.SeeOther && answer.Headers.Location is { } shown)
                {
                    answer.Dispose();
                    fetched++;
                    answer = await everybody.GetAsync(shown, TestContext.Current.CancellationToken);
                }
            }
            catch (HttpRequestException) when (body.Headers.ContentLength > 12_000_000)
            {
                statuses[0] = statuses.GetValueOrDefault(0) + 1; // it hung up on so much, as it should
                return null;
            }
            using var received = answer;
            var status = (int)answer.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if (status >= 500) faults.Add($"{status} to {string.Join(", ", fields.Select(f => f.Key + "=" + Encoding.UTF8.GetString(f.Value.AsSpan(0, Math.Min(80, f.Value.Length)))))}");
            return status == 200 ? await Visit.Read(answer) : null;
        }
    }

    private static string Escaped(byte[] value) => string.Create(value.Length * 3, value, static (text, bytes) =>
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            text[i * 3] = '%';
            bytes[i].TryFormat(text[((i * 3) + 1)..], out _, "X2", CultureInfo.InvariantCulture);
        }
    });

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
