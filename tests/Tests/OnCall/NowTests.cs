using System.Net;
using System.Text;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.OnCall.Calendars;
using VictimSupport.OnCall.Now;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;
using NowShow = VictimSupport.OnCall.Now.Show;

namespace VictimSupport.Tests.OnCall;

/// <summary>Who is on call now: with a name for colleagues, as a number and a role for whoever has the address.</summary>
public sealed class NowTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_menu_leads_to_who_is_on_call_now_in_both_zones(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(new Terms.Command { Pool = two.Pool, Number = "0800 12 345" });
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 4));
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(-2), 4, Rank.BackUp) with { Number = "0470 11 22 33" });
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(2), 12));
        foreach (var zone in new[] { two.Here, two.There })
        {
            using var visit = (await zone.Hires("lotte", Role.FrontDesk)).Visit();
            var page = await visit.Page("/on-call");
            Assert.NotNull((await visit.Page("/absences")).QuerySelector("a[href$='/on-call']"));
            var text = page.QuerySelector("main")!.TextContent;
            foreach (var said in new[] { "bert", "0800 12 345", "anna", "0470 11 22 33" }) Assert.Contains(said, text, StringComparison.Ordinal);
            Assert.Null(page.QuerySelector("[data-gaps]")); // not the front desk's matter
            Assert.Null(page.QuerySelector("main form"));
        }
        using var cora = two.Cora.Visit();
        Assert.NotNull((await cora.Page("/on-call")).QuerySelector("[data-gaps]"));
        using var stranger = (await platform.Zone()).Visit(Role.Coordinator);
        Assert.DoesNotContain("bert", (await stranger.Page("/on-call")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task The_home_across_zones_says_who_is_on_call_in_each(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 4));
        using var person = await SignedIn.In(two.There, "home@z.example", Role.Caseworker);
        Assert.Contains($"On call for Pool {two.Here.Code}: bert", (await person.Own.Page("/account/home")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromHours(3));
        using var later = await SignedIn.In(two.There, "home@z.example");
        Assert.Contains($"Nobody is on call for Pool {two.Here.Code}", (await later.Own.Page("/account/home")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task The_address_shows_numbers_and_roles_only_until_it_is_revoked(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(new Terms.Command { Pool = two.Pool, Number = "0800 12 345" });
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 4));
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(-2), 4, Rank.BackUp) with { Number = "0470 11 22 33" });
        var first = await Makes(two.Cora);
        using var officer = two.Here.Passer();
        var answer = await officer.Client.GetAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.CacheControl!.NoStore));
        var page = await Visit.Read(answer);
        Assert.Equal("noindex, nofollow", page.QuerySelector("meta[name=robots]")!.GetAttribute("content"));
        Assert.Equal(["0800 12 345", "0470 11 22 33"], page.QuerySelectorAll("main dd").Select(d => d.TextContent.Trim()));
        Assert.Equal(["On duty", "Back-up"], page.QuerySelectorAll("main dt").Select(d => d.TextContent.Trim()));
        var all = page.DocumentElement.OuterHtml;
        foreach (var secret in new[] { "anna", "bert", "cora", "Pool " + two.Here.Code, two.Bert.Id.ToString(), two.Bert.Id.ToString("N"), two.Pool.ToString() }) Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
        Assert.Null(page.QuerySelector("main form"));

        // Wrong, of another zone, replaced and revoked are the same.
        var second = await Makes(two.Cora);
        var dead = await Dead(first);
        Assert.Equal(dead, await Dead($"/{two.Here.Code}/duty/{new string('A', 43)}"));
        Assert.Equal(dead, (await Dead(second.Replace("/" + two.Here.Code, "/" + two.There.Code, StringComparison.Ordinal))).Replace("2F" + two.There.Code, "2F" + two.Here.Code, StringComparison.Ordinal).Replace("/" + two.There.Code, "/" + two.Here.Code, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await officer.Client.GetAsync(second, TestContext.Current.CancellationToken)).StatusCode);
        Assert.True(await two.Cora.Send(new Address.Revoke()));
        Assert.Equal(dead, await Dead(second));
        // No log holds it, and at rest there is a hash.
        var token = second[(second.LastIndexOf('/') + 1)..];
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(token, StringComparison.Ordinal));
        Assert.Contains(Token.Hash(token), await platform.House(h => h.Set<DutyLink>().Select(l => l.TokenHash).ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.Anna.Send(new Address.Command(Guid.NewGuid())))).Code);
        var once = Guid.NewGuid();
        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => two.Cora.Send(new Address.Command(once)))));
        Assert.Single(made, t => t is not null);

        async Task<string> Dead(string address)
        {
            using var passer = two.Here.Passer();
            var gone = await passer.Client.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.NotFound, true), (gone.StatusCode, gone.Headers.CacheControl!.NoStore));
            return (await gone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(address[(address.LastIndexOf('/') + 1)..], "TOKEN", StringComparison.Ordinal);
        }
    }

    [Theory, EveryEngine]
    public async Task A_note_is_left_at_the_end_of_ones_own_shift_read_by_colleagues_and_gone_some_days_after_the_next(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(-10), 11));
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(1), 12));
        var shift = (await two.Rota())[0].Id;
        var note = new NowShow.Command { Shift = shift, Note = "Zzkanarie: car keys at the desk" };
        await Assert.ThrowsAsync<ValidationException>(() => two.Anna.Send(note with { Note = new string('x', HandoverNote.Longest + 1) }));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(note))).Code);
        await two.Anna.Send(note with { Note = "Zzfirst" });
        await two.Anna.Send(note); // in its place
        var read = Assert.Single((await two.Bert.Send(new NowShow.Query())).Rows).Notes;
        Assert.Equal(("Zzkanarie: car keys at the desk", "anna"), (Assert.Single(read).Said, read[0].By));
        Assert.Empty(Assert.Single((await two.Here.As(Role.FrontDesk).Send(new NowShow.Query())).Rows).Notes);
        // Sealed where it lies.
        var box = await platform.House(h => h.Set<HandoverNote>().Select(n => n.Box).SingleAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("Zzkanarie", Encoding.UTF8.GetString(box), StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains("Zzkanarie", StringComparison.Ordinal));
        platform.Clock.Advance(TimeSpan.FromHours(20)); // nineteen after the end
        await two.Anna.Send(note with { Note = "Zzlater" });
        platform.Clock.Advance(TimeSpan.FromHours(6));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Anna.Send(note))).Code);
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await two.Here.RunJobs();
        Assert.Single(Assert.Single((await two.Bert.Send(new NowShow.Query())).Rows).Notes);
        platform.Clock.Advance(TimeSpan.FromDays(1)); // three days after the end of the next
        Assert.Empty(Assert.Single((await two.Bert.Send(new NowShow.Query())).Rows).Notes);
        await two.Here.RunJobs();
        Assert.Equal(0, await platform.House(h => h.Set<HandoverNote>().CountAsync(TestContext.Current.CancellationToken)));
    }

    [Theory, EveryEngine]
    public async Task The_calendar_holds_ones_shifts_in_ones_language_and_nothing_of_anybody_and_ends_with_the_role(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var dora = await two.Here.Hires("dora", Role.OnCall, "nl");
        var key = $"{dora.Id:N}@{two.Here.Code}";
        await two.Cora.Send(two.Shift(key, new DateTimeOffset(2027, 3, 27, 21, 0, 0, TimeSpan.Zero), 9));
        await two.Cora.Send(two.Shift(key, new DateTimeOffset(2027, 3, 29, 21, 0, 0, TimeSpan.Zero), 9, Rank.BackUp));
        await two.Cora.Send(two.Shift(two.BertKey, new DateTimeOffset(2027, 3, 30, 21, 0, 0, TimeSpan.Zero), 9));
        using var visit = dora.Visit();
        var address = new Uri((await Visit.Read(await visit.Submit("/on-call/calendar", []))).QuerySelector("main code")!.TextContent).PathAndQuery;
        using var program = two.Here.Passer();
        var answer = await program.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/calendar"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var lines = text.Split("\r\n");
        Assert.Equal(2, lines.Count(l => l == "BEGIN:VEVENT"));
        foreach (var line in new[] { "DTSTART:20270327T210000Z", "DTEND:20270328T060000Z", "SUMMARY:Van wacht", "SUMMARY:Achterwacht" }) Assert.Contains(line, lines);
        var ids = (await two.Rota()).Select(s => s.Id.ToString("N"));
        foreach (var secret in new[] { "dora", "bert", "Pool", dora.Id.ToString("N") }.Concat(ids)) Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        await Gone(address.Replace("/" + two.Here.Code, "/" + two.There.Code, StringComparison.Ordinal));
        await Gone(address.Replace(".ics", "x.ics", StringComparison.Ordinal));
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.End", two.Here.Id, async house =>
        {
            (await house.Set<RoleGrant>().SingleAsync(g => g.Account == dora.Id)).End(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        await Gone(address);
        // Revoked, it is gone too.
        var his = (await two.Bert.Send(new Feeds.Make(Guid.NewGuid())))!;
        Assert.Equal(HttpStatusCode.OK, (await program.Client.GetAsync($"/{two.There.Code}/on-call/feed/{his}.ics", TestContext.Current.CancellationToken)).StatusCode);
        Assert.True(await two.Bert.Send(new Feeds.Revoke()));
        await Gone($"/{two.There.Code}/on-call/feed/{his}.ics");

        async Task Gone(string path) => Assert.Equal(HttpStatusCode.NotFound, (await program.Client.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
    }

    private static async Task<string> Makes(Person who)
    {
        using var visit = who.Visit();
        var answer = await visit.Submit("/admin/duty-link", []);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new Uri((await Visit.Read(answer)).QuerySelector("main code")!.TextContent).PathAndQuery;
    }

    [Theory, EveryEngine]
    public async Task The_worklist_says_who_is_on_call_now_to_whoever_works_in_a_pool(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        Assert.Contains("nobody", await Said(two.Anna), StringComparison.Ordinal);
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 4));
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(-2), 4, Rank.BackUp));
        foreach (var who in new[] { two.Cora, two.Anna, two.Bert, await two.Here.Hires("tina", Role.Trainee) }) Assert.Contains("bert", await Said(who), StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", await Said(two.Anna), StringComparison.Ordinal);
        Assert.Null(await Said(await two.Here.Hires("outside", Role.OutsideStandIn)));
        Assert.Null(await Said((await platform.Zone()).As(Role.Coordinator)));
        // In office hours this pool needs nobody: then nothing is said.
        platform.Clock.Advance(TimeSpan.FromHours(3));
        await two.Cora.Send(new Terms.Command { Pool = two.Pool, OfficeFrom = TimeOnly.MinValue, OfficeTo = new TimeOnly(23, 59) });
        Assert.Null(await Said(two.Anna));

        static async Task<string?> Said(Person who)
        {
            using var visit = who.Visit();
            return (await visit.Page("/worklist")).QuerySelector("section[aria-labelledby=on-call-now]")?.TextContent;
        }
    }
}
