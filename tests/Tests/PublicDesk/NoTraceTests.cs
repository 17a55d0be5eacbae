using System.Net;
using AngleSharp.Dom;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>Every page for anybody, found in the running host: no cookie, nothing kept, nothing told to another site, nothing in the tab that betrays.</summary>
public sealed class NoTraceTests(Platforms platforms)
{
    [Fact]
    public async Task No_page_for_anybody_leaves_a_trace()
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone("fr", "nl")).GoesLive();
        await Desk.Publishing.Reaches(zone, "081 00 00 01", "0470 00 00 01");
        var pages = Pages(platform);
        foreach (var needed in new[] { "contact", "leaflet", "card", "accessibility", "privacy", "feedback" }) Assert.Contains(pages, p => p.EndsWith("/" + needed, StringComparison.Ordinal));
        var faults = new List<string>();
        foreach (var path in pages.SelectMany(p => PublicContent.Languages.Select(l => $"/{zone.Code}{p.Replace("{language}", l, StringComparison.Ordinal)}")).Append("/").Append("/?lang=nl&Place=5330").Append($"/{zone.Code}/contact").Append($"/{zone.Code}/fr/nowhere").Append("/0999/fr/contact"))
        {
            using var passer = new Visit(platform, "", null);
            var answer = await passer.Get(path);
            faults.AddRange(Traces(path, answer));
            if (answer.Content.Headers.ContentType?.MediaType == "text/html") faults.AddRange(Betrayals(path, await Visit.Read(answer), zone.Code));
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(pages.Count >= 6);
    }

    [Fact]
    public async Task What_somebody_sends_leaves_no_trace_either()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        foreach (var text in new[] { "", "Un mot" })
        {
            var answer = await passer.Submit("/fr/feedback", [new("Form.Text", text)]);
            Assert.Equal(text.Length == 0 ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Empty(Traces("/fr/feedback", answer));
            Assert.DoesNotContain("mot", answer.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Planted_traces_are_found()
    {
        using var answer = new HttpResponseMessage();
        Assert.Equal(3, Traces("/x", answer).Count());
        answer.Headers.TryAddWithoutValidation("Set-Cookie", "l=fr");
        Assert.Contains(Traces("/x", answer), f => f.Contains("cookie", StringComparison.Ordinal));
        answer.Content = new StringContent("<html><head><title>Police victim support</title><meta property='og:title' content='x'><script src='https://cdn.example/a.js'></script></head><body><img src='//pixel.example/p.gif'><a href='https://help.example'>x</a></body></html>");
        Assert.Equal(5, Betrayals("/x", await Visit.Read(answer), "1234").Count());
    }

    /// <summary>Below the zone, with the language left open.</summary>
    private static IReadOnlyList<string> Pages(Platform platform) => [.. platform.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().DistinctBy(e => e.RoutePattern.RawText)
        .Where(e => e.RoutePattern.Parameters is [{ Name: "language" }] && e.RoutePattern.PathSegments[0].Parts[0].IsParameter)
        .Select(e => "/{language}" + string.Concat(e.RoutePattern.PathSegments.Skip(1).Select(s => "/" + string.Concat(s.Parts.OfType<Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart>().Select(p => p.Content)))))];

    private static IEnumerable<string> Traces(string path, HttpResponseMessage answer)
    {
        if (answer.Headers.Contains("Set-Cookie")) yield return $"{path} sets a cookie";
        if (answer.Headers.CacheControl?.NoStore != true) yield return $"{path} may be kept";
        // To another site neither says a word; to ourselves the second says where a form was filled in.
        if (!answer.Headers.TryGetValues("Referrer-Policy", out var referrer) || referrer.Single() is not ("no-referrer" or "same-origin")) yield return $"{path} may tell where one comes from";
        if (!answer.Headers.TryGetValues("X-Robots-Tag", out var robots) || !robots.Single().Contains("noindex", StringComparison.Ordinal)) yield return $"{path} may be found by a search engine";
    }

    private static IEnumerable<string> Betrayals(string path, IDocument page, string code)
    {
        var neutral = new[] { "Contact", "Kontakt", $"Contact – zone {code}", $"Kontakt – Zone {code}" };
        if (!neutral.Contains(page.Title)) yield return $"{path} is called {page.Title}";
        foreach (var meta in page.QuerySelectorAll("meta[property], meta[name^='twitter'], meta[name=description]")) yield return $"{path} has a preview: {meta.OuterHtml}";
        foreach (var attribute in page.All.SelectMany(e => e.Attributes).Where(a => a.Name is "href" or "src" or "action" or "formaction" or "srcset" or "content" or "data" or "poster"))
        {
            if (attribute.Value.Contains("://", StringComparison.Ordinal) || attribute.Value.StartsWith("//", StringComparison.Ordinal)) yield return $"{path} names another site: {attribute.Value}";
        }
    }
}
