using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>A release that was found wrong: two operators take it back, it is marked wherever it is met and met nowhere by itself, and what was spent stays spent.</summary>
public sealed class WithdrawalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task It_takes_two_and_the_one_who_proposes_is_not_the_second(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P");
        var (desk, first, second) = (world.Platform.Services.GetRequiredService<IReleaseFigures>(), await Account(world, "first@platform.example"), await Account(world, "second@platform.example"));
        foreach (var (release, fault, mail) in new[] { ("2026-Q2-P", "Data", "first@platform.example"), ("2026-Q3-P", "Mood", "first@platform.example"), ("2026-Q3-P", "2", "first@platform.example"), ("2026-Q3-P", "Data", "nobody@platform.example") })
            await Assert.ThrowsAsync<StartRefusedException>(() => desk.Withdraw(release, fault, mail, Ct));
        await desk.Withdraw("2026-Q3-P", "Data", "first@platform.example", Ct);
        await Assert.ThrowsAsync<StartRefusedException>(() => desk.Withdraw("2026-Q3-P", "Noise", "second@platform.example", Ct)); // one question at a time
        Assert.DoesNotContain(await desk.Status(Ct), l => l.Contains("withdrawn", StringComparison.Ordinal));

        // Who proposed it sees that it waits, and has nothing to press; no zone can decide it.
        using var one = new Visit(world.Platform, Pass.OperatorPlace, first, Role.Operator);
        var page = await one.Page("/operator/confirmations");
        Assert.Contains("Withdraw the release 2026-Q3-P", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("input[value=withdrawal]"));
        var id = (await Waiting(world)).Id;
        Assert.Equal("own", await Refused(world, id, first));
        Assert.Equal("absent", await Refused(world, id, second, world.Zones[0].Id)); // it is no zone's to decide
        Assert.Equal("absent", await Refused(world, Guid.NewGuid(), second));
        Assert.DoesNotContain(await desk.Status(Ct), l => l.Contains("withdrawn", StringComparison.Ordinal));

        // Refused, it is as if nobody had asked; asked again and confirmed, it counts.
        using var two = new Visit(world.Platform, Pass.OperatorPlace, second, Role.Operator);
        Assert.Equal(HttpStatusCode.Redirect, (await two.Submit("/operator/confirmations", [], "main form[action*=Refuse]")).StatusCode);
        Assert.DoesNotContain(await desk.Status(Ct), l => l.Contains("withdrawn", StringComparison.Ordinal));
        await desk.Withdraw("2026-Q3-P", "Zones", "first@platform.example", Ct);
        Assert.Equal(HttpStatusCode.Redirect, (await two.Submit("/operator/confirmations", [], "main form[method=post]:not([action*=Refuse])")).StatusCode);
        Assert.Contains(await desk.Status(Ct), l => l.StartsWith("2026-Q3-P\tout ", StringComparison.Ordinal) && l.EndsWith("withdrawn 2026-11-25, Zones", StringComparison.Ordinal));
        await Assert.ThrowsAsync<StartRefusedException>(() => desk.Withdraw("2026-Q3-P", "Data", "first@platform.example", Ct));
        Assert.Equal("absent", await Refused(world, id, second)); // decided is decided

        // Who proposed and who confirmed stands in the catalogue and in its audit.
        await using var house = world.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Equal([(first, second, (bool?)false), (first, second, true)], (await house.Set<ProposedWithdrawal>().AsNoTracking().OrderBy(p => p.Agreed).ToListAsync(Ct)).Select(p => (p.ProposedBy, p.DecidedBy!.Value, p.Agreed)));
        var acts = await house.Set<AuditRow>().AsNoTracking().ToListAsync(Ct);
        Assert.Equal(2, acts.Count(a => a.Act == "Statistics.ProposeWithdrawal" && a.Actor == first));
        Assert.True(acts.Count(a => a.Actor == second && a.Act.StartsWith("Zones.Confirmations.Platform", StringComparison.Ordinal)) >= 2);

        // It cannot be taken away again, nor can the mark be changed.
        foreach (var sql in new[] { "DELETE FROM withdrawal", "UPDATE withdrawal SET release_id = release_id", "DELETE FROM published_release", "DELETE FROM ledger" })
            await Assert.ThrowsAnyAsync<Exception>(() => world.Platform.Services.GetRequiredService<FiguresDatabase>().Write(store => store.Database.ExecuteSqlRawAsync(sql, Ct), Ct));
    }

    [Theory, EveryEngine]
    public async Task It_stays_citeable_with_its_mark_and_is_shown_nowhere_as_if_it_stood(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P", "2026-Q4-P");
        var desk = world.Platform.Services.GetRequiredService<IReleaseFigures>();
        using var analyst = world.Analyst();
        var (cite, pivot) = ("/figures/cite/2026-Q4-P/T1/" + Uri.EscapeDataString("BE|2026-Q4|Offence"), "/figures/pivot?table=T1&rows=category&columns=area");
        var before = (await analyst.Page(cite)).QuerySelector(".vs-figure")!.TextContent;
        Assert.Contains(Leads(await analyst.Page("/figures")), a => a.Contains("/cite/2026-Q4-P/", StringComparison.Ordinal));
        var ledger = await desk.Ledger(Ct);

        await world.Withdraws("2026-Q4-P", Fault.Counting);
        // Nowhere by itself: not on the overview, the map, or in the pivot; a zone's own page has nothing of it beside its figures.
        foreach (var path in new[] { "/figures", "/figures/map", pivot, "/figures/pivot?table=T1&rows=category&columns=period&span=quarter" })
        {
            var leads = Leads(await analyst.Page(path));
            Assert.DoesNotContain(leads, a => a.Contains("/cite/2026-Q4-P/", StringComparison.Ordinal));
            Assert.Contains(leads, a => a.Contains("/cite/2026-Q3-P/", StringComparison.Ordinal));
        }
        var chief = world.Zones[0].As(Role.Coordinator);
        Assert.Null(await chief.Send(new VictimSupport.Statistics.Own.Beside.Query(VictimSupport.Statistics.Own.Interval.Parse("2026-Q4")!)));
        Assert.Equal("2026-Q3", (await chief.Send(new VictimSupport.Statistics.Own.Beside.Last()))!.Code);

        // Whoever names it finds it, with its mark: the same figure as before, the sign, the sentence in the citation and under it.
        var cited = await analyst.Page(cite);
        Assert.Equal(before, cited.QuerySelector(".vs-figure")!.TextContent);
        Assert.Contains("Release withdrawn on 15/02/2027: other files were counted than those described.", cited.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("withdrawn on 15/02/2027", cited.QuerySelector("#citation")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("w: Withdrawn release", cited.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var named = await analyst.Page(pivot + "&release=2026-Q4-P");
        Assert.NotEmpty(named.QuerySelectorAll("[role=alert]"));
        Assert.Contains(named.QuerySelectorAll(".vs-grid sup"), s => s.TextContent == "w");
        Assert.Contains("first release, withdrawn", (await analyst.Page("/figures/calendar")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        foreach (var language in new[] { "fr", "nl", "de" })
        {
            using var reader = world.Analyst(language);
            Assert.NotEqual("", (await reader.Page(cite)).QuerySelector("[role=alert]")!.TextContent.Trim());
        }

        // In every file and answer, at every figure.
        var folder = Path.Combine(world.Platform.Folder, "out");
        var csv = (await File.ReadAllTextAsync(await desk.Export("2026-Q4-P", folder, Ct), Ct)).TrimEnd().Split("\r\n").Skip(1).Select(l => l.Split(';')).ToList();
        Assert.True(csv.Count > 100);
        Assert.All(csv, l => Assert.Contains("w", l[^1].Split(' ')));
        Assert.All(csv, l => Assert.Matches(@"^2027-02-\d\d [A-Z][a-z]+$", l[^4])); // when, and why
        Assert.All((await File.ReadAllTextAsync(await desk.Export("2026-Q3-P", folder, Ct), Ct)).TrimEnd().Split("\r\n").Skip(1), l => Assert.DoesNotContain("w", l.Split(';')[^1].Split(' ')));
        Assert.Contains("withdrawn on 15/02/2027", Encoding.UTF8.GetString(await (await analyst.Get(pivot + "&release=2026-Q4-P&handler=Export&format=csv")).Content.ReadAsByteArrayAsync(Ct)), StringComparison.Ordinal);
        var stat = JsonDocument.Parse(await (await analyst.Get(pivot + "&release=2026-Q4-P&handler=Export&format=json-stat")).Content.ReadAsStringAsync(Ct)).RootElement;
        Assert.All(stat.GetProperty("status").EnumerateObject(), s => Assert.Contains("w", s.Value.GetString()!.Split(' ')));

        // What was spent stays spent, it is not announced anew, and nobody can draw it again.
        Assert.Equal(ledger, await desk.Ledger(Ct));
        Assert.DoesNotContain(await desk.Status(Ct), l => l.StartsWith("2026-Q4-P\tdue", StringComparison.Ordinal));
        await Assert.ThrowsAsync<StartRefusedException>(() => desk.Release("P", "2026-Q4", (_, _) => Task.CompletedTask, Ct));
        // The final release of the year stands by itself.
        await world.Release("2026-F");
        Assert.Contains(Leads(await analyst.Page(pivot + "&period=2026-Q4")), a => a.Contains("/cite/2026-F/", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Leads(IHtmlDocument page) => [.. page.QuerySelectorAll<IHtmlAnchorElement>("main a").Select(a => a.GetAttribute("href") ?? "")];

    private static async Task<ProposedWithdrawal> Waiting(FiguresWorld world)
    {
        await using var house = world.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<ProposedWithdrawal>().AsNoTracking().SingleAsync(p => p.Decided == null, Ct);
    }

    private static Task<Guid> Account(FiguresWorld world, string mail) => world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        Task.FromResult(world.Platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, mail, "Somebody " + mail.Split('@')[0], "en", world.Platform.Clock.GetUtcNow())), Ct);

    // Straight at the rule, past every page.
    private static async Task<string> Refused(FiguresWorld world, Guid id, Guid by, Guid? zone = null)
    {
        using var scope = world.Platform.Services.CreateScope();
        var rule = scope.ServiceProvider.GetServices<IAwaitASecondPerson>().Single(k => k.Kind == "withdrawal");
        return (await Assert.ThrowsAsync<RefusedException>(() => world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house => rule.Decide(house, id, zone, true, by, Ct), Ct))).Code;
    }
}
