using System.Net;
using AngleSharp.Dom;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;
using VictimSupport.PublicDesk.Leaving;
using VictimSupport.Tests.House;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk.Leaving;

/// <summary>Whoever leaves is led away from the pages for anybody for ten minutes; nobody else is, and nothing else.</summary>
public sealed class ExitTests(Platforms platforms)
{
    private const string NoId = "0192f000-0000-7000-8000-00000000dead";

    [Theory]
    [InlineData("fr", "https://www.meteo.be/fr/belgique"), InlineData("nl", "https://www.meteo.be/nl/belgie"), InlineData("de", "https://www.meteo.be/de/belgien"), InlineData("en", "https://www.meteo.be/en/belgium")]
    public async Task Leaving_leads_to_the_weather_and_marks_ten_minutes(string language, string goal)
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var client = Bare(platform);
        var left = await client.GetAsync($"/{zone.Code}/x/{language}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.Equal(goal, left.Headers.Location!.OriginalString);
        Assert.Equal("\"storage\"", left.Headers.GetValues("Clear-Site-Data").Single());
        Assert.Equal("no-store", left.Headers.CacheControl!.ToString());
        // No pass, no session, no form's cookie is among them: nobody is signed out by leaving.
        var marks = left.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(["q=1", "r=1"], marks.Select(m => m.Split(';')[0]));
        Assert.All(marks, m => Assert.Contains("; max-age=600; path=/; samesite=lax", m, StringComparison.Ordinal));
        Assert.Equal([true, false], marks.Select(m => m.EndsWith("; httponly", StringComparison.Ordinal)));

        // The server keeps nothing: without the mark, ten minutes later, the page is there again.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/{zone.Code}/{language}/contact", TestContext.Current.CancellationToken)).StatusCode);
        var again = await Ask(client, HttpMethod.Get, $"/{zone.Code}/{language}/contact", "q=1");
        Assert.Equal((HttpStatusCode.Redirect, goal), (again.StatusCode, again.Headers.Location?.OriginalString));
        // A zone that does not exist answers as one that does; the directory has the same way out.
        foreach (var path in new[] { $"/0999/x/{language}", $"/x/{language}" })
        {
            var elsewhere = await client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.Redirect, goal, 2), (elsewhere.StatusCode, elsewhere.Headers.Location!.OriginalString, elsewhere.Headers.GetValues("Set-Cookie").Count()));
        }
    }

    [Fact]
    public async Task The_marks_travel_encrypted_where_the_page_did()
    {
        var platform = await platforms.On("sqlite");
        using var client = Bare(platform, "https://localhost");
        var left = await client.GetAsync("/x/fr", TestContext.Current.CancellationToken);
        Assert.All(left.Headers.GetValues("Set-Cookie"), m => Assert.Contains("; secure", m, StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_mark_lives_every_page_for_anybody_leads_away_and_no_other_door_knows_of_it()
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        var doors = await Doors.Of(platform.Services);
        var (faults, pages, others) = (new List<string>(), 0, 0);
        using var nobody = Bare(platform);
        using var somebody = Bare(platform);
        somebody.DefaultRequestHeaders.Add(Visit.Header, $"{Guid.NewGuid()};{zone.Code};{string.Join(',', Enum.GetValues<Role>())}");
        foreach (var door in doors.Where(d => d.Text != "/"))
        {
            var path = (door.IsInZone ? $"/{zone.Code}" : "") + door.Path(p => p.Name == "language" ? "fr" : NoId);
            var isForAnybody = IsForAnybody(door);
            foreach (var client in new[] { nobody, somebody })
            {
                // Where passwords are tried every post counts: those doors are left to others.
                foreach (var verb in door.IsInZone ? [HttpMethod.Get, HttpMethod.Head, HttpMethod.Post] : new[] { HttpMethod.Get, HttpMethod.Head })
                {
                    var marked = await Ask(client, verb, path, "q=1");
                    if (isForAnybody)
                    {
                        pages++;
                        if (marked.StatusCode != HttpStatusCode.Redirect || !IsWeather(marked)) faults.Add($"{verb} {path} answers {(int)marked.StatusCode} to whoever left");
                        continue;
                    }
                    others++;
                    var plain = await Ask(client, verb, path, "z=1");
                    if (marked.StatusCode == HttpStatusCode.TooManyRequests || plain.StatusCode == HttpStatusCode.TooManyRequests) continue;
                    if (marked.StatusCode != plain.StatusCode || marked.Headers.Location?.OriginalString != plain.Headers.Location?.OriginalString) faults.Add($"{verb} {path} answers {(int)marked.StatusCode}, without the mark {(int)plain.StatusCode}");
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(pages >= 3 * 6 && others > 800, $"{pages} and {others}");

        // What is not there leads away as well; and "/" is the directory outside a zone, the desk of the staff within one.
        foreach (var path in new[] { "/", "/fr", $"/{zone.Code}/contact", $"/{zone.Code}/nl", $"/{zone.Code}/FR/contact", $"/{zone.Code}/de/nothing/here", "/0999/fr/contact" })
            Assert.True(IsWeather(await Ask(nobody, HttpMethod.Get, path, "q=1")), path);
        foreach (var path in new[] { $"/{zone.Code}", $"/{zone.Code}/", $"/{zone.Code}/contacts", $"/{zone.Code}/france", $"/{zone.Code}/worklist/fr/contact", "/account/sign-in", "/health", "/error/404" })
            Assert.False(IsWeather(await Ask(nobody, HttpMethod.Get, path, "q=1")), path);
    }

    [Fact]
    public async Task No_other_site_takes_anybodys_pages_away()
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var client = Bare(platform);
        foreach (var (header, value, marks) in new[]
        {
            ("Sec-Fetch-Site", "cross-site", false), ("Sec-Fetch-Site", "same-site", false), ("Sec-Purpose", "prefetch", false), ("Sec-Purpose", "prefetch;prerender", false), ("Purpose", "prefetch", false),
            ("Sec-Fetch-Site", "same-origin", true), ("Sec-Fetch-Site", "none", true), ("Accept", "*/*", true),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/{zone.Code}/x/fr");
            request.Headers.Add(header, value);
            var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(IsWeather(answer)); // whoever was sent here is led away all the same, once
            Assert.Equal((marks, marks), (answer.Headers.Contains("Set-Cookie"), answer.Headers.Contains("Clear-Site-Data")));
        }
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync($"/{zone.Code}/x/fr", null, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_page_for_anybody_sets_no_cookie_is_kept_nowhere_and_has_the_way_out_before_all_else()
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var client = Bare(platform);
        var seen = 0;
        foreach (var door in (await Doors.Of(platform.Services)).Where(d => IsForAnybody(d) && d.Route.Parameters.All(p => p.Name == "language")))
        {
            foreach (var language in Goals.Languages)
            {
                var path = door.Text == "/" ? "/?lang=" + language : (door.IsInZone ? $"/{zone.Code}" : "") + door.Path(_ => language);
                var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
                Assert.False(answer.Headers.Contains("Set-Cookie"), path);
                Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
                if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
                var page = await Visit.Read(answer);
                var links = page.QuerySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary").Take(2).ToList();
                Assert.Equal("#main", links[0].GetAttribute("href"));
                Assert.EndsWith($"/x/{language}", links[1].GetAttribute("href"), StringComparison.Ordinal);
                Assert.Equal(2, page.QuerySelectorAll("nav a[data-leaves]").Length);
                Assert.Equal(language, page.DocumentElement.GetAttribute("lang"));
                seen++;
            }
        }
        Assert.True(seen >= 12, $"{seen} pages");
    }

    [Fact]
    public async Task A_zone_chooses_its_goal_and_a_choice_that_cannot_be_read_holds_nobody_up()
    {
        var choice = ValueTask.FromResult<string?>("Country");
        await using var platform = Platform.Start("sqlite", services: s => s.AddScoped<ChosenGoal>(_ => (_, _) => choice));
        var zone = await (await platform.Zone()).GoesLive();
        using var client = Bare(platform);
        async Task<string> Goal(string path, string cookie = "z=1") => (await Ask(client, HttpMethod.Get, path, cookie)).Headers.Location!.OriginalString;
        Assert.Equal("https://www.belgium.be/de", await Goal($"/{zone.Code}/x/de"));
        Assert.Equal("https://www.belgium.be/de", await Goal($"/{zone.Code}/de/contact", "q=1"));
        Assert.Equal("https://www.meteo.be/de/belgien", await Goal("/x/de")); // no zone, no choice
        choice = ValueTask.FromResult<string?>("https://evil.example/"); // no code that is shipped
        Assert.Equal("https://www.meteo.be/de/belgien", await Goal($"/{zone.Code}/x/de"));
        choice = ValueTask.FromException<string?>(new InvalidOperationException("away"));
        Assert.Equal("https://www.meteo.be/de/belgien", await Goal($"/{zone.Code}/x/de"));
        choice = new ValueTask<string?>(new TaskCompletionSource<string?>().Task);
        Assert.Equal("https://www.meteo.be/de/belgien", await Goal($"/{zone.Code}/x/de"));
    }

    [Fact]
    public async Task The_way_out_needs_no_database_and_a_fault_on_a_page_for_anybody_has_it()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var client = Bare(platform);
        await using var attacker = new SqliteConnection($"Data Source={Path.Combine(platform.Folder, "catalog.db")};Pooling=False");
        await attacker.OpenAsync(TestContext.Current.CancellationToken);
        await attacker.Do("ALTER TABLE zone RENAME TO gone");
        await platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
        Assert.Equal("https://www.meteo.be/nl/belgie", (await Ask(client, HttpMethod.Get, $"/{zone.Code}/x/nl", "z=1")).Headers.Location!.OriginalString);
        Assert.True(IsWeather(await Ask(client, HttpMethod.Get, $"/{zone.Code}/nl/contact", "q=1")));

        // A capital letter in the address is the same language.
        foreach (var path in new[] { "nl/contact", "NL/appointment" })
        {
            var fault = await client.GetAsync($"/{zone.Code}/{path}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, fault.StatusCode);
            var page = await Visit.Read(fault);
            Assert.Equal("nl", page.DocumentElement.GetAttribute("lang"));
            Assert.NotNull(page.QuerySelector("#vs-leave"));
            Assert.NotNull(page.QuerySelector("a[href='tel:112']"));
            Assert.Empty(page.QuerySelectorAll("a[href^='/account']"));
            Assert.DoesNotContain("Portal", page.Title!, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("fr", "Lire ces pages en sécurité"), InlineData("nl", "Deze pagina's veilig lezen"), InlineData("de", "Diese Seiten sicher lesen"), InlineData("en", "Reading these pages safely")]
    public async Task The_safety_page_says_what_leaving_does_not_do_and_how_to_come_back(string language, string title)
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var passer = zone.Passer();
        var page = await passer.Page($"/{language}/safety");
        Assert.Equal(title, page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["how", "does", "not", "back", "private", "public"], page.QuerySelectorAll("main section h2").Select(h => h.Id));
        Assert.Equal(6, page.QuerySelectorAll("section[aria-labelledby=not] li").Length); // history, spyware, accounts, bill, network, mark
        var before = await passer.Page($"/{language}/before");
        Assert.NotNull(before.QuerySelector($"main a[href='/{zone.Code}/{language}/contact']"));
        Assert.NotNull(before.QuerySelector($"main a[href='/{zone.Code}/{language}/safety']"));
        // Nothing in tab or history says what the page is about.
        Assert.All(new[] { page, before }, p => Assert.Matches($"^[KC]onta[ck]t – zone {zone.Code}$", p.Title!.Replace("Zone", "zone", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Client.GetAsync($"/0999/{language}/safety", TestContext.Current.CancellationToken)).StatusCode);
    }

    /// <summary>A page for anybody: of this module, open, and with the way out on it.</summary>
    internal static bool IsForAnybody(Door door) => door.Demand is { Deed: null } && (door.Text == "/contact" || door.Page?.Namespace?.StartsWith("VictimSupport.PublicDesk", StringComparison.Ordinal) == true);

    private static bool IsWeather(HttpResponseMessage answer) => answer.Headers.Location?.OriginalString.StartsWith("https://www.meteo.be/", StringComparison.Ordinal) == true;

    private static HttpClient Bare(Platform platform, string at = "http://localhost") => platform.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false, BaseAddress = new Uri(at) });

    private static async Task<HttpResponseMessage> Ask(HttpClient client, HttpMethod verb, string path, string cookie)
    {
        using var request = new HttpRequestMessage(verb, path);
        request.Headers.Add("Cookie", cookie);
        if (verb == HttpMethod.Post) request.Content = new FormUrlEncodedContent([]);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
