using System.Net;
using AngleSharp.Html.Dom;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk.Leaving;

/// <summary>Without script the answer to a form has an address of its own, and is shown there once: Back asks nobody to send again what somebody wrote.</summary>
public sealed class ShownOnceTests
{
    [Fact]
    public async Task An_answer_is_fetched_once_and_then_never_again()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        using var somebody = zone.Anybody();
        somebody.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml;q=0.9");
        var led = await somebody.Checks(platform);
        Assert.Equal((HttpStatusCode.SeeOther, ""), (led.StatusCode, await led.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        var to = led.Headers.Location!.OriginalString;
        Assert.Matches($"^/{zone.Code}/en/appointment\\?shown=[0-9a-f]{{32}}$", to);
        Assert.False(led.Headers.Contains("Set-Cookie"));

        var shown = await somebody.Get(to);
        Assert.Equal((HttpStatusCode.OK, "text/html", "same-origin", true), (shown.StatusCode, shown.Content.Headers.ContentType?.MediaType, shown.Headers.GetValues("Referrer-Policy").Single(), shown.Headers.CacheControl?.NoStore));
        Assert.True(shown.Headers.Contains("Content-Security-Policy"));
        var check = await Visit.Read(shown);
        Assert.Contains("Zzcanary", check.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Where the line broke it is fetched again, for a moment; then the address shows what anybody sees there, and no word of an answer.
        Assert.Contains("Zzcanary", (await somebody.Page(to)).DocumentElement.OuterHtml, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal((await somebody.Page("/en/appointment")).QuerySelector("main")!.TextContent, (await somebody.Page(to)).QuerySelector("main")!.TextContent);

        // The way goes on from it, and its end is shown once too.
        var done = (await somebody.Send("", (IHtmlFormElement)check.QuerySelector(Asking.Check)!, [])).Headers.Location!.OriginalString;
        Assert.Matches("^[2-9A-HJ-NP-Z]{6}$", Asking.Signs(await somebody.Page(done)).Reference);
        platform.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Empty((await somebody.Page(done)).QuerySelectorAll(".vs-ask__sign"));

        // From a link, at another host, elsewhere, too late, or after leaving it opens nothing.
        foreach (var elsewhere in new Func<string, string>[] { a => a.Replace("/en/", "/fr/", StringComparison.Ordinal), a => a.Replace(zone.Code, other.Code, StringComparison.Ordinal) })
            Assert.DoesNotContain("Zzcanary", await somebody.Client.GetStringAsync(elsewhere(await Address()), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var (name, value) in new[] { (Visit.FetchSite, "none"), (Visit.FetchSite, "cross-site"), ("Host", "portal.example") })
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, await Address());
            using var stranger = platform.CreateClient(new() { AllowAutoRedirect = false });
            asked.Headers.TryAddWithoutValidation(name, value);
            using var answer = await stranger.SendAsync(asked, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("Zzcanary", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        var late = await Address();
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("Zzcanary", (await somebody.Page(late)).DocumentElement.OuterHtml, StringComparison.Ordinal);
        var left = await Address();
        somebody.Client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", "q=1");
        Assert.StartsWith("https://www.meteo.be/", (await somebody.Get(left)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        async Task<string> Address() => (await somebody.Checks(platform)).Headers.Location!.OriginalString;
    }

    [Fact]
    public async Task What_nobody_fetches_leaves_the_memory_and_one_address_takes_the_room_of_no_other()
    {
        var (clock, served) = (new Microsoft.Extensions.Time.Testing.FakeTimeProvider(), new byte[150_000]);
        using var once = new VictimSupport.Portal.ShownOnce(clock);
        // Thirteen of these are two megabytes; the fourteenth of one address stands in the history, another address has its room.
        Assert.Equal(13, (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Sends("10.0.0.1")))).Count(held => held));
        Assert.True(await Sends("10.0.0.2"));
        served = new byte[200_001];
        Assert.False(await Sends("10.0.0.3"));
        Assert.Equal(14, Waiting());
        clock.Advance(TimeSpan.FromMinutes(2)); // and nobody comes
        Assert.Equal(0, Waiting());

        async Task<bool> Sends(string from)
        {
            var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            (http.Request.Method, http.Request.Path, http.Request.Headers.Accept, http.Connection.RemoteIpAddress, http.Response.Body) = ("POST", "/9901/en/appointment", "text/html", IPAddress.Parse(from), new MemoryStream());
            await once.Answer(http, async h => await h.Response.Body.WriteAsync(served));
            return http.Response.StatusCode == 303;
        }

        int Waiting() => ((System.Collections.ICollection)typeof(VictimSupport.Portal.ShownOnce).GetField("held", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(once)!).Count;
    }

    [Fact]
    public async Task What_is_to_be_mended_and_what_went_wrong_are_shown_so_too_and_a_script_takes_its_answer_itself()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        Assert.Equal(HttpStatusCode.OK, (await somebody.Checks(platform)).StatusCode); // the script's, which asks for anything
        somebody.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html");
        var wrong = await somebody.Checks(platform, Asking.Filled().Where(f => f.Key != "Form.Called"));
        Assert.Equal(HttpStatusCode.SeeOther, wrong.StatusCode);
        var mended = await somebody.Get(wrong.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, mended.StatusCode);
        var page = await Visit.Read(mended);
        Assert.Equal("0470 12 34 56", page.QuerySelector("[name='Form.Reach']")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector(".govuk-error-summary"));
        // An address that takes no form: what is said of it is fetched as well.
        var nothing = await somebody.Forge($"/{zone.Code}/en/nowhere", ("Form.Text", "x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await somebody.Get(nothing.Headers.Location!.OriginalString)).StatusCode);
        // Those who work here keep their answers.
        using var worker = zone.As(VictimSupport.Foundation.Access.Role.Caseworker).Visit();
        worker.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await worker.Submit("/intake", [])).StatusCode);
    }
}
