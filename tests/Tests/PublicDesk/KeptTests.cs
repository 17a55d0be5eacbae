using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>A page that is the same for all is made once in two seconds; whatever is somebody's is never kept.</summary>
public sealed class KeptTests(Platforms platforms)
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 27, 1, 0, 0, TimeSpan.Zero));
    private int made;

    [Fact]
    public async Task Within_two_seconds_a_page_is_made_once_for_all_who_ask_and_once_for_each_zone_and_language()
    {
        var kept = await Keeper("Production");
        Assert.Equal("page 1", await Ask(kept));
        Assert.Equal("page 1", await Ask(kept));
        Assert.Equal("page 2", await Ask(kept, path: "/nl/contact"));
        Assert.Equal("page 3", await Ask(kept, zone: "/9902"));
        Assert.Equal("page 1", await Ask(kept));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("page 4", await Ask(kept));
    }

    [Fact]
    public async Task What_is_somebodys_or_was_not_said_to_be_the_same_is_made_each_time_and_kept_for_nobody()
    {
        var kept = await Keeper("Production");
        Assert.Equal("page 1", await Ask(kept));
        Assert.Equal("page 2", await Ask(kept, cookie: "l=nl"));
        Assert.Equal("page 3", await Ask(kept, query: "?open=1"));
        Assert.Equal("page 4", await Ask(kept, method: "POST"));
        Assert.Equal("page 5", await Ask(kept, same: false));
        Assert.Equal("page 6", await Ask(kept, caller: Guid.NewGuid()));
        Assert.Equal("page 7", await Ask(kept, isThere: false)); // suspended meanwhile
        Assert.Equal("page 1", await Ask(kept));
        foreach (var (path, spoil) in new (string, Action<HttpResponse>)[] { ("/fr/a", r => r.StatusCode = 422), ("/fr/b", r => r.Headers.SetCookie = "a=b"), ("/fr/c", r => r.ContentType = "text/plain") })
        {
            Assert.NotEqual(await Ask(kept, path: path, spoil: spoil), await Ask(kept, path: path, spoil: spoil));
        }
        // Two people would send one form.
        Assert.NotEqual(await Ask(kept, path: "/fr/d", form: true), await Ask(kept, path: "/fr/d", form: true));
        Assert.Equal(["page 16", "page 17"], [await Ask(await Keeper("Development")), await Ask(await Keeper("Development"))]);
    }

    [Fact]
    public async Task A_kept_page_is_the_page_with_its_headers_and_the_browser_keeps_nothing()
    {
        await using var platform = Platform.Start("sqlite", new() { ["PublicDesk:KeepSeconds"] = "60" });
        var here = await (await platform.Zone()).GoesLive();
        using var client = platform.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        foreach (var path in new[] { $"/{here.Code}/de/safety", $"/{here.Code}/fr/before" })
        {
            var (first, again) = (await client.GetAsync(path, TestContext.Current.CancellationToken), await client.GetAsync(path, TestContext.Current.CancellationToken));
            Assert.Equal(await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            string Heads(HttpResponseMessage answer) => string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Content-Length" or "Date")).OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            Assert.Equal(Heads(first), Heads(again));
            Assert.Equal("no-store", again.Headers.CacheControl!.ToString());
        }
    }

    private async Task<Kept> Keeper(string environment)
    {
        zone ??= await (await platforms.On("sqlite")).Zone();
        return new Kept(clock, new ConfigurationBuilder().Build(), new Place { EnvironmentName = environment });
    }

    private TestZone? zone;

    private async Task<string> Ask(Kept kept, string zone = "/9901", string path = "/fr/contact", string? cookie = null, string query = "", string method = "GET", bool same = true, Guid? caller = null, bool isThere = true, bool form = false, Action<HttpResponse>? spoil = null)
    {
        using var where = new WhereAndWho { Zone = isThere ? this.zone!.Handle : null };
        if (caller is { } id) where.Caller = new Caller(id, id, new HashSet<Role>());
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(where).BuildServiceProvider() };
        (http.Request.Method, http.Request.PathBase, http.Request.Path, http.Request.QueryString, http.Response.Body) = (method, zone, path, new QueryString(query), body);
        if (cookie is not null) http.Request.Headers.Cookie = cookie;
        http.SetEndpoint(new Endpoint(null, same ? new EndpointMetadataCollection(new SameForAllAttribute()) : EndpointMetadataCollection.Empty, "page"));
        await kept.Answer(http, async inner =>
        {
            inner.Response.ContentType = "text/html; charset=utf-8";
            spoil?.Invoke(inner.Response);
            await inner.Response.WriteAsync($"page {++made}{(form ? "<form>" : "")}");
        });
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private sealed class Place : IHostEnvironment
    {
        public required string EnvironmentName { get; set; }
        public string ApplicationName { get; set; } = "";
        public string ContentRootPath { get; set; } = "";
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
