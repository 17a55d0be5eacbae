using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Portal;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>When the database is away: an answer in time, and nothing of what was typed is lost.</summary>
public sealed class AwayTests(Platforms platforms)
{
    private const string Note = "Elle attend chez la voisine,\nau deuxième étage; le chien est <gentil>.";

    [Theory, EveryEngine]
    public async Task What_was_typed_stands_on_the_page_that_says_so_and_can_be_sent_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        await using var attacker = await zone.Break();
        var page = await visit.Page("/intake");
        await attacker.Do("ALTER TABLE submission RENAME TO gone");
        var away = await Types(visit, page);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal("no-store", away.Headers.CacheControl!.ToString());
        var said = await Visit.Read(away);
        Assert.Equal(Note, said.QuerySelectorAll("main textarea").OfType<IHtmlTextAreaElement>().Single().Value);
        await attacker.Do("ALTER TABLE gone RENAME TO submission");

        var form = said.QuerySelectorAll("main form[method=post]").OfType<IHtmlFormElement>().Single();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/intake", form, [])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/intake", form, [])).StatusCode); // an impatient thumb
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
        Assert.Equal(1, await zone.Look(z => z.Set<Note>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_full_disk_is_said_and_what_was_typed_is_kept(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        await using var attacker = await zone.Break();
        var page = await visit.Page("/intake");
        await attacker.Do(engine == "sqlite"
            ? "CREATE TRIGGER no_room BEFORE INSERT ON submission BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            : "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$; CREATE TRIGGER no_room BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION no_room()");
        var full = await Types(visit, page);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        var said = await Visit.Read(full);
        Assert.Equal(Note, said.QuerySelectorAll("main textarea").OfType<IHtmlTextAreaElement>().Single().Value);
        await attacker.Do(engine == "sqlite" ? "DROP TRIGGER no_room" : "DROP FUNCTION no_room() CASCADE");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/intake", said.QuerySelectorAll("main form[method=post]").OfType<IHtmlFormElement>().Single(), [])).StatusCode);
    }

    [Fact]
    public async Task The_page_needs_no_database()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var visit = zone.Visit(Role.Caseworker);
        await visit.Page("/worklist");
        await using var attacker = new SqliteConnection($"Data Source={Path.Combine(platform.Folder, "catalog.db")};Pooling=False");
        await attacker.OpenAsync(TestContext.Current.CancellationToken);
        await attacker.Do("ALTER TABLE account RENAME TO gone");
        platform.Clock.Advance(TimeSpan.FromMinutes(1)); // what is remembered is forgotten
        var away = await visit.Get("/worklist");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull((await Visit.Read(away)).QuerySelector("main h1"));
    }

    [Theory]
    [InlineData("/9901", "/intake", "f=x", true)]
    [InlineData("/9901", "/intake", "other=x", false)]
    [InlineData("", "/account/sign-in", "f=x", false)]
    public async Task What_a_stranger_sends_and_what_is_secret_is_not_shown(string zone, string path, string cookie, bool shown)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.PathBase = zone;
        http.Request.Path = path;
        http.Request.Headers.Cookie = cookie;
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Body = new MemoryStream("Form.Note=a"u8.ToArray());
        Assert.Equal(shown, await Typed.Of(http) is { } typed && typed.To == zone + path && typed.Fields is [{ Key: "Form.Note", Value: "a" }]);
    }

    [Theory]
    [InlineData("/9901/fr/appointment?handler=Send", "same-origin", true), InlineData("/9901/contact", "same-origin", true), InlineData("/9901/fr/appointment", "cross-site", false), InlineData("/9901/fr/appointment", "", false), InlineData("/9901/fr/status", "same-origin", false), InlineData("/9901/fr/status/", "same-origin", false), InlineData("/9901/fr/STATUS?handler=Withdraw", "same-origin", false)]
    [InlineData("/9901/intake", "same-origin", false), InlineData("/9901/partners/%00", "same-origin", false), InlineData("/operator/zones", "same-origin", false), InlineData("", "same-origin", false), InlineData("contact", "same-origin", false)]
    public async Task What_anybody_typed_is_shown_where_the_browser_says_it_is_ours_and_on_pages_for_anybody_alone(string to, string site, bool shown)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.ContentType = "application/x-www-form-urlencoded";
        (http.Request.Headers["Sec-Fetch-Site"], http.Request.ContentLength, http.Request.Body) = (site, 11, new MemoryStream("Form.Note=a"u8.ToArray()));
        Assert.Equal(shown, await Typed.Of(http, to) is not null);
    }

    [Fact]
    public async Task Whoever_waits_for_a_silent_server_is_told_within_five_seconds()
    {
        var (silence, server) = (new TaskCompletionSource<int>(), new TaskCompletionSource());
        var pulse = new Pulse(() => server.Task);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAsync<SilentDatabaseException>(() => pulse.Wait(silence.Task));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        watch.Restart();
        await Assert.ThrowsAsync<SilentDatabaseException>(() => pulse.Wait(silence.Task)); // it is known by now
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        server.SetResult();
        var slow = pulse.Wait(silence.Task);
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        silence.SetResult(7);
        Assert.Equal(7, await slow); // slow, but alive
    }

    [Fact]
    public async Task Work_that_ends_when_patience_does_has_ended()
    {
        var pulse = new Pulse(() => Task.CompletedTask);
        // So many that for some both fall into one moment.
        var all = Enumerable.Range(0, 4000).Select(i => pulse.Wait(Ends(TimeSpan.FromMilliseconds(1490 + (i % 20))))).ToList();
        Assert.All(await Task.WhenAll(all), said => Assert.Equal(7, said));

        static async Task<int> Ends(TimeSpan after)
        {
            await Task.Delay(after, TestContext.Current.CancellationToken);
            return 7;
        }
    }

    private static Task<HttpResponseMessage> Types(Visit visit, AngleSharp.Dom.IDocument page) => visit.Send("/intake", (IHtmlFormElement)page.QuerySelector("main form[method=post]")!, new Dictionary<string, string>
    {
        ["Form.Trigger"] = "Patrol", ["Form.SubKind"] = "Burglary", ["Form.FamilyName"] = "Exemple", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr", ["Form.Note"] = Note,
    });
}
