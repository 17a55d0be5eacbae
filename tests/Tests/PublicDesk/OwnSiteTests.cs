using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;
using VictimSupport.PublicDesk;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>A form for anybody has no cookie and no token: where it comes from, the browser says.</summary>
public sealed class OwnSiteTests(Platforms platforms)
{
    [Theory]
    [InlineData("same-origin", null, true), InlineData("same-origin", "null", true), InlineData("same-origin", "http://localhost", true), InlineData(null, "http://localhost", true), InlineData(null, "HTTP://LOCALHOST", true)]
    [InlineData(null, null, false), InlineData(null, "null", false), InlineData("cross-site", null, false), InlineData("same-site", "http://localhost", false), InlineData("none", null, false), InlineData("", null, false)]
    [InlineData("same-origin", "http://evil.example", false), InlineData(null, "http://localhost.evil.example", false), InlineData(null, "https://localhost", false), InlineData(null, "http://localhost:81", false), InlineData("cross-site", "http://localhost", false)]
    public async Task A_form_is_taken_only_where_the_browser_says_it_is_ours(string? site, string? origin, bool taken)
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        passer.Client.DefaultRequestHeaders.Remove(Visit.FetchSite);
        if (site is not null) passer.Client.DefaultRequestHeaders.TryAddWithoutValidation(Visit.FetchSite, site);
        if (origin is not null) passer.Client.DefaultRequestHeaders.TryAddWithoutValidation("Origin", origin);
        var answer = await passer.Forge("/fr/feedback", ("Form.Text", "Un mot"));
        Assert.Equal(taken ? HttpStatusCode.Redirect : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(taken ? 1 : 0, await zone.Look(z => z.Set<FeedbackNote>().CountAsync()));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public void Every_form_for_anybody_is_known_by_it()
    {
        Assert.Empty(Unguarded(typeof(PublicDeskModule).Assembly.GetTypes()));
        Assert.Equal([nameof(PlantedForm)], Unguarded([typeof(PlantedForm), typeof(PlantedSign), typeof(PlantedStaffForm)]));
    }

    [Fact]
    public void Two_that_speak_at_once_are_not_believed()
    {
        var http = new DefaultHttpContext();
        (http.Request.Scheme, http.Request.Host) = ("http", new HostString("localhost"));
        http.Request.Headers["Sec-Fetch-Site"] = new(["same-origin", "cross-site"]);
        Assert.False(Hosts.IsOurs(http.Request));
    }

    // Anybody's pages that take a form and do not ask where it comes from.
    private static IEnumerable<string> Unguarded(IEnumerable<Type> types) => types.Where(t => typeof(PageModel).IsAssignableFrom(t) && t.GetCustomAttribute<OpenAttribute>() is not null
        && t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(m => m.Name.StartsWith("OnPost", StringComparison.Ordinal)) && t.GetCustomAttribute<OwnSiteAttribute>() is null).Select(t => t.Name);

    [Open("planted")]
    private sealed class PlantedForm : PageModel
    {
        public void OnPostAsync() => Page();
    }

    [Open("planted")]
    private sealed class PlantedSign : PageModel
    {
        public void OnGet() => Page();
    }

    [Requires(May.SetUpTheZone)]
    private sealed class PlantedStaffForm : PageModel
    {
        public void OnPost() => Page();
    }
}
