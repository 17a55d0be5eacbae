using System.Net;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.PublicDesk.Desk;

/// <summary>A zone's page for anybody: what stands there in four languages, when it is open, and that whoever asks for a page that is not there learns nothing.</summary>
public sealed class ShowTests(Platforms platforms)
{
    [Theory]
    [InlineData("fr"), InlineData("nl"), InlineData("de"), InlineData("en")]
    public async Task It_says_in_its_language_what_somebody_in_need_must_know(string language)
    {
        var zone = await (await (await platforms.On("sqlite")).Zone("fr", "nl")).GoesLive();
        await Publishing.Reaches(zone, "081 00 00 01", "0470 00 00 01");
        using var passer = zone.Passer();
        var page = await passer.Page($"/{language}/contact");
        Assert.Equal(language, page.DocumentElement.GetAttribute("lang"));
        Assert.Equal($"{(language == "de" ? "Kontakt – Zone" : "Contact – zone")} {zone.Code}", page.Title);
        Assert.Equal(["tel:112", "tel:101"], page.QuerySelectorAll(".vs-danger a").Select(a => a.GetAttribute("href")!));
        Assert.Equal([$"/{zone.Code}/{language}/appointment", "tel:081000001"], page.QuerySelectorAll(".govuk-button-group a").Select(a => a.GetAttribute("href")!));
        Assert.NotNull(page.QuerySelector("a[href='sms:0470000001']"));
        // The languages of the zone first, all four there, each said in itself.
        Assert.Equal(["fr", "nl", "de", "en"], page.QuerySelectorAll(".vs-tongues [lang]").Select(a => a.GetAttribute("lang")!));
        Assert.All(page.QuerySelectorAll(".vs-tongues a"), a => Assert.Equal(($"/{zone.Code}/{a.GetAttribute("lang")}/contact", a.GetAttribute("lang")), (a.GetAttribute("href")!, a.GetAttribute("hreflang"))));
        Assert.Equal(3, page.QuerySelectorAll(".vs-tongues a").Length);
        Assert.Equal([5, 5, 7], page.QuerySelectorAll("main ul.govuk-list--bullet").Select(list => list.Children.Length));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.True(page.QuerySelectorAll(".vs-helplines li").Length > 4);
        foreach (var below in new[] { "leaflet", "card", "accessibility", "privacy", "feedback", "safety", "status" }) Assert.NotNull(page.QuerySelector($"a[href='/{zone.Code}/{language}/{below}']"));
        foreach (var below in new[] { "leaflet", "card", "accessibility", "privacy", "feedback" }) Assert.Equal(language, (await passer.Page($"/{language}/{below}")).DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task The_languages_of_a_dutch_speaking_zone_come_dutch_first_and_its_helplines_too()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone("nl")).GoesLive();
        using var passer = zone.Passer();
        var page = await passer.Page("/nl/contact");
        Assert.Equal("nl", page.QuerySelector(".vs-tongues [lang]")!.GetAttribute("lang"));
        var lines = page.QuerySelectorAll(".vs-helplines a").Select(a => a.TextContent).ToList();
        Assert.Equal("1712", lines[0]);
        Assert.DoesNotContain("107", lines);
        // Somebody who speaks French in Flanders finds both: first who answers in it, then who is near.
        lines = [.. (await passer.Page("/fr/contact")).QuerySelectorAll(".vs-helplines a").Select(a => a.TextContent)];
        Assert.True(lines.IndexOf("0800 30 030") < lines.IndexOf("1712"));
        Assert.Contains("Répond en néerlandais", (await passer.Page("/fr/contact")).QuerySelector(".vs-helplines")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_is_unknown_suspended_for_the_figures_or_not_live_answers_the_same(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (notLive, suspended) = (await platform.Zone(), await (await platform.Zone()).GoesLive());
        var provisioning = platform.Services.GetRequiredService<Provisioning>();
        await provisioning.AddZoneForFigures(new ZoneFacts("9911", "Zone fictive", null, null, ["fr"], null, null, []), TestContext.Current.CancellationToken);
        using var passer = new Visit(platform, "", null);
        Assert.Equal(HttpStatusCode.OK, (await passer.Get($"/{suspended.Code}/fr/contact")).StatusCode);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Suspend", suspended.Id, async house => (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == suspended.Id)).State = ZoneState.Suspended, CancellationToken.None);
        platform.Services.GetRequiredService<ZoneRegistry>().LetGo(suspended.Code);
        foreach (var path in new[] { "/fr/contact", "/nl/leaflet", "/de/card", "/en/privacy", "/fr/accessibility", "/fr/feedback", "/contact", "/logo" })
        {
            var answers = new List<string>();
            foreach (var code in new[] { "0999", notLive.Code, suspended.Code, "9911" })
            {
                var answer = await passer.Get($"/{code}{path}");
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                Assert.False(answer.Headers.Contains("Set-Cookie"));
                var body = System.Text.RegularExpressions.Regex.Replace(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "[0-9a-f]{12,32}", "mark", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
                Assert.DoesNotContain("Zone fictive", body, StringComparison.Ordinal);
                answers.Add(body.Replace(code, "0000", StringComparison.Ordinal));
            }
            Assert.Single(answers.Distinct());
        }
    }

    [Theory]
    [InlineData("nl-BE,nl;q=0.9,fr;q=0.5", "nl"), InlineData("ar,de;q=0.5", "de"), InlineData("", "fr"), InlineData("ar", "fr"), InlineData("en;q=0.2,fr;q=0.8", "fr"), InlineData(";;,q=,-", "fr")]
    public async Task Without_a_language_it_leads_to_the_readers_and_keeps_no_cookie(string wished, string language)
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        passer.Client.DefaultRequestHeaders.AcceptLanguage.Clear();
        passer.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", wished);
        var answer = await passer.Get("/contact");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/{zone.Code}/{language}/contact", answer.Headers.Location!.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    // 24 November 2026 is a Tuesday; Belgium is an hour ahead of UTC.
    [InlineData("2026-11-24T09:00:00Z", "open until 12:00"), InlineData("2026-11-24T11:30:00Z", "Tuesday 13:00"), InlineData("2026-11-24T16:00:00Z", "Wednesday 08:30")]
    [InlineData("2026-11-27T17:00:00Z", "Monday 08:30"), InlineData("2026-11-24T11:00:00Z", "Tuesday 13:00"), InlineData("2026-11-24T07:29:59Z", "Tuesday 08:30"), InlineData("2026-11-24T07:30:00Z", "open until 12:00")]
    [InlineData("2026-07-01T06:30:00Z", "open until 12:00"), InlineData("2026-07-01T06:29:00Z", "Wednesday 08:30")] // summer: two hours ahead
    public void Whether_it_is_open_is_read_off_a_belgian_clock(string now, string said)
    {
        var state = OpenState.At(OpeningHours.Read("08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;;")!, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(said, state is { IsOpen: true, Until: { } until } ? until.ToString("'open until' HH:mm", System.Globalization.CultureInfo.InvariantCulture) : state.Next!.Value.ToString("dddd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(OpenState.At(OpeningHours.Unknown, DateTimeOffset.UnixEpoch).IsKnown);
        Assert.Null(OpenState.At(OpeningHours.Unknown, DateTimeOffset.UnixEpoch).InWords);
    }

    [Fact]
    public async Task The_page_says_when_somebody_answers()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var passer = zone.Passer();
        Assert.Null((await passer.Page("/en/contact")).QuerySelector("[data-open]"));
        await zone.As(Role.Coordinator).Send(new Change.Command { Setting = SettingCode.Hours, Days = ["0:00-23:59", "0:00-23:59", "0:00-23:59", "0:00-23:59", "0:00-23:59", "0:00-23:59", "0:00-23:59"], From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Services.GetRequiredService<InForce>().Forget(zone.Id);
        zone.Platform.Services.GetRequiredService<PublicPages>().Forget(zone.Id);
        Assert.Equal("Open now, until 23:59.", (await passer.Page("/en/contact")).QuerySelector("[data-open=yes]")!.TextContent);
    }

    [Fact]
    public async Task The_card_names_neither_the_police_nor_the_zone_nor_what_it_is_for()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        await Publishing.Reaches(zone, "081 00 00 01", null);
        using var passer = zone.Passer();
        foreach (var language in PublicContent.Languages)
        {
            var card = (await passer.Page($"/{language}/card")).QuerySelector("[data-card]")!.TextContent;
            Assert.Contains("081 00 00 01", card, StringComparison.Ordinal);
            foreach (var word in new[] { "polic", "polit", "poliz", "victim", "slachtoffer", "Opfer", "violen", "geweld", "Gewalt", "zone", "101", zone.Code }) Assert.DoesNotContain(word, card, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Helplines_say_since_when_they_are_known_and_what_is_old_is_called_old()
    {
        var day = new DateOnly(2026, 11, 24);
        Assert.All(Helplines.All, h => Assert.Equal(h.Checked is null, h.Source is null));
        Assert.All(Helplines.All, h => Assert.Matches("^[0-9 ]+$", h.Number));
        Assert.True(Helplines.All[0].IsOld(day.AddMonths(6).AddDays(1)));
        Assert.False(Helplines.All[0].IsOld(day.AddMonths(6)));
        Assert.True((Helplines.All[0] with { Checked = null }).IsOld(day));
        foreach (var language in PublicContent.Languages) Assert.NotEmpty(Helplines.For(language, new HashSet<string> { "DG", "BE" }));
        Assert.Equal("108", Helplines.For("de", new HashSet<string> { "DG", "BE" })[0].Number);
    }
}
