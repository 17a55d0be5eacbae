using System.Net;
using System.Text;
using AngleSharp.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.PublicDesk.Demo;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk.Desk;

/// <summary>The zone words its own page: over the house's words, looked at before it is published, one version after another, and nobody writes over a colleague.</summary>
public sealed class EditTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task What_is_published_is_read_at_once_and_every_version_can_be_said_again(string engine)
    {
        var zone = await (await (await platforms.On(engine)).Zone("fr")).GoesLive();
        var (chief, passer) = (zone.As(Role.Coordinator), zone.Passer());
        using var visit = chief.Visit();
        Assert.Contains("We are here to listen", (await passer.Page("/en/contact")).QuerySelector(".vs-lead")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/public-page/texts/en", [new("Form.Intro", "First\r\n\r\nSecond <b>"), new("Form.Reach", "Rue 1")])).StatusCode);
        Assert.Equal(["First", "Second <b>"], (await passer.Page("/en/contact")).QuerySelectorAll(".vs-lead p").Select(p => p.TextContent));
        // Where nothing is said in a language the house speaks; an address is shown in the language it has, and says which.
        Assert.Contains("Wij zijn er", (await passer.Page("/nl/contact")).QuerySelector(".vs-lead")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Rue 1", (await passer.Page("/nl/contact")).QuerySelector("main p[lang=en]")!.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/public-page/texts/en", [new("Form.Intro", "Later"), new("Form.Reach", "")])).StatusCode);
        Assert.Equal("Later", (await passer.Page("/en/contact")).QuerySelector(".vs-lead")!.TextContent.Trim());

        var page = await visit.Page("/admin/public-page");
        Assert.Equal(["2", "1"], page.QuerySelectorAll("tbody tr td:first-child").Select(d => d.TextContent.Trim()));
        await visit.Submit("/admin/public-page", [], "main tbody tr:last-child form[method=post]");
        Assert.Equal(["First", "Second <b>"], (await passer.Page("/en/contact")).QuerySelectorAll(".vs-lead p").Select(p => p.TextContent));
        Assert.Equal(3, (await chief.Send(new Edit.Query())).Versions[0].Version);
        Assert.Equal(["restored 1", "texts en", "texts en"], (await chief.Send(new Edit.Query())).Versions.Select(v => v.Change));
        Assert.All((await chief.Send(new Edit.Query())).Versions, v => Assert.Equal(chief.Id, v.By));
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var recorded = await house.Set<AuditRow>().AsNoTracking().Where(r => r.Actor == chief.Id).Select(r => r.Payload).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Contains(recorded, p => p.Contains("public-page texts en", StringComparison.Ordinal) && p.Contains("PublishedPage added", StringComparison.Ordinal));
        Assert.Contains(recorded, p => p.Contains("public-page restored 1", StringComparison.Ordinal));
        passer.Dispose();
    }

    [Fact]
    public async Task Whoever_looks_at_it_first_sees_the_page_in_its_language_and_nobody_else_does()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone("fr")).GoesLive();
        using var visit = zone.Visit(Role.ZoneAdministrator);
        using var passer = zone.Passer();
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/admin/public-page/texts/de")).QuerySelector("main form[method=post]")!;
        form.SetAttribute("action", $"/{zone.Code}/admin/public-page/texts/de?handler=Preview");
        var preview = await Visit.Read(await visit.Send("/admin/public-page/texts/de", form, [new("Form.Intro", "Hallo \"Welt\""), new("Form.PrivacyContact", "datenschutz@zone.example")]));
        Assert.Equal("de", preview.DocumentElement.GetAttribute("lang"));
        Assert.Equal("Mit jemandem sprechen", preview.QuerySelector("h1")!.TextContent);
        Assert.Equal("Hallo \"Welt\"", preview.QuerySelector(".vs-lead")!.TextContent.Trim());
        Assert.Contains("This is a preview", preview.QuerySelector("[data-preview][lang=en]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("datenschutz@zone.example", preview.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Welt", (await passer.Page("/de/contact")).Body!.TextContent, StringComparison.Ordinal);
        // Back to the form with all that was typed, or published from there.
        var shown = (AngleSharp.Html.Dom.IHtmlFormElement)preview.QuerySelector("[data-preview] form")!;
        var publish = shown.GetAttribute("action")!;
        shown.SetAttribute("action", preview.QuerySelector("[data-preview] button[formaction]")!.GetAttribute("formaction")!);
        Assert.Equal("Hallo \"Welt\"", (await Visit.Read(await visit.Send("", shown, []))).QuerySelector("[name='Form.Intro']")!.TextContent);
        shown.SetAttribute("action", publish);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("", shown, [])).StatusCode);
        Assert.Contains("Welt", (await passer.Page("/de/contact")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_writes_over_what_a_colleague_published_meanwhile_and_nothing_typed_is_lost()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Coordinator);
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/admin/public-page/texts/fr")).QuerySelector("main form[method=post]")!;
        await Publishing.Says(zone, "fr", c => c with { Intro = "Theirs" });
        var turnedBack = await visit.Send("/admin/public-page/texts/fr", form, [new("Form.Intro", "Mine")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, turnedBack.StatusCode);
        var page = await Visit.Read(turnedBack);
        Assert.Equal("Mine", page.QuerySelector("[name='Form.Intro']")!.TextContent);
        Assert.Contains("Theirs", page.QuerySelector("[data-meanwhile]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Theirs", (await zone.As(Role.Coordinator).Send(new Texts.Query("fr"))).Intro);
        // Seen, and sent again: then it is meant.
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("", (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[method=post]")!, [])).StatusCode);
        Assert.Equal("Mine", (await zone.As(Role.Coordinator).Send(new Texts.Query("fr"))).Intro);

        var long1 = await visit.Submit("/admin/public-page/texts/fr", [new("Form.Message", new string('x', PublicContent.LongestText + 1)), new("Form.Intro", "Kept")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, long1.StatusCode);
        Assert.Equal("Kept", (await Visit.Read(long1)).QuerySelector("[name='Form.Intro']")!.TextContent);
        await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.Coordinator).Send(new Edit.Restore { Version = 1, Shown = 0 }));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Coordinator).Send(new Edit.Restore { Version = 99, Shown = 2 }))).Code);
    }

    [Fact]
    public async Task Numbers_and_goals_are_checked_and_kept()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var visit = zone.Visit(Role.Coordinator);
        var wrong = await visit.Submit("/admin/public-page/reach", [new("Form.Telephone", "call us"), new("Form.GoalFr", "https://evil.example")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal("call us", (await Visit.Read(wrong)).QuerySelector("[name='Form.Telephone']")!.GetAttribute("value"));
        Assert.Equal(0, (await zone.As(Role.Coordinator).Send(new Reach.Query())).Version);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/public-page/reach", [new("Form.Telephone", " 081/00.00.01 "), new("Form.GoalNl", "Country")])).StatusCode);
        var page = (await zone.Platform.Services.GetRequiredService<PublicPages>().Of(zone.Handle, TestContext.Current.CancellationToken))!;
        Assert.Equal("081/00.00.01", page.Content.Telephone);
        Assert.Equal(("https://www.belgium.be/nl", "https://www.meteo.be/fr/belgique"), (page.GoalIn("nl"), page.GoalIn("fr")));
        Assert.All(VictimSupport.PublicDesk.Leaving.Goals.All, g => Assert.StartsWith("https://", g.Address, StringComparison.Ordinal));
        Assert.Equal(VictimSupport.PublicDesk.Leaving.Goals.All.Count, VictimSupport.PublicDesk.Leaving.Goals.Codes.Count() * PublicContent.Languages.Count);
        // A goal that is shipped no more is the first of the language.
        Assert.Equal("https://www.meteo.be/de/belgien", VictimSupport.PublicDesk.Leaving.Goals.Of("Gone", "de"));
    }

    [Fact]
    public async Task A_logo_is_what_it_is_found_to_be_and_small()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        using var visit = zone.Visit(Role.Coordinator);
        using var passer = zone.Passer();
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Get("/logo")).StatusCode);
        foreach (var bytes in new byte[][] { Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), [0x89, 0x50, 0x4E, 0x47], new byte[PublicLogo.Largest + 1], [.. StoryPages.Picture(), .. "<script>"u8], [] })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Upload(visit, zone, bytes)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Upload(visit, zone, StoryPages.Picture())).StatusCode);
        Assert.NotNull((await passer.Page("/fr/contact")).QuerySelector($"img[src^='/{zone.Code}/logo'][alt='']"));
        var logo = await passer.Get("/logo");
        Assert.Equal("image/png", logo.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", logo.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("no-store", logo.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(StoryPages.Picture(), await logo.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await visit.Submit("/admin/public-page/logo", []);
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Get("/logo")).StatusCode);
    }

    [Fact]
    public async Task The_zone_has_helplines_of_its_own_and_sees_which_are_old()
    {
        var zone = await (await (await platforms.On("sqlite")).Zone()).GoesLive();
        var today = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());
        using var visit = zone.Visit(Role.ZoneAdministrator);
        using var passer = zone.Passer();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/admin/public-page/helplines", [new("Form.Called", ""), new("Form.Number", "x"), new("Form.Checked", Iso(today.AddDays(1)))])).StatusCode);
        await visit.Submit("/admin/public-page/helplines", [new("Form.Called", "Refuge"), new("Form.Number", "0800 00 005"), new("Form.Hours", "24/7"), new("Form.Checked", Iso(today.AddMonths(-7)))]);
        Assert.StartsWith("0800 00 005 Refuge", (await passer.Page("/fr/contact")).QuerySelector(".vs-helplines li")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Contains("Check again", (await visit.Page("/admin/public-page/helplines")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        // The same number again corrects it.
        await visit.Submit("/admin/public-page/helplines", [new("Form.Called", "Refuge Deux"), new("Form.Number", "0800/00.005"), new("Form.Checked", Iso(today))]);
        Assert.Equal("Refuge Deux", Assert.Single((await zone.As(Role.Coordinator).Send(new Lines.Query())).Own).Called);
        Assert.DoesNotContain("Check again", (await visit.Page("/admin/public-page/helplines")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        await visit.Submit("/admin/public-page/helplines", [], "main tbody form[method=post]");
        Assert.Empty((await zone.As(Role.Coordinator).Send(new Lines.Query())).Own);
    }

    [Fact]
    public async Task A_zone_reads_and_publishes_its_own_page_alone()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        await Publishing.Says(zone, "fr", c => c with { Intro = "Only here" });
        using var passer = other.Passer();
        Assert.DoesNotContain("Only here", (await passer.Page("/fr/contact")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(0, (await other.As(Role.Coordinator).Send(new Texts.Query("fr"))).Version);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => other.As(Role.Coordinator).Send(new Edit.Restore { Version = 1, Shown = 0 }))).Code);
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new Texts.Command { Language = "fr", Version = 1 }));
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Coordinator).Send(new Texts.Query("xx")));
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HttpResponseMessage> Upload(Visit visit, TestZone zone, byte[] bytes)
    {
        var page = await visit.Page("/admin/public-page/logo");
        using var form = new MultipartFormDataContent();
        foreach (var hidden in page.QuerySelectorAll("main form[enctype] input[type=hidden]")) form.Add(new StringContent(hidden.GetAttribute("value") ?? ""), hidden.GetAttribute("name")!);
        form.Add(new ByteArrayContent(bytes), "Form.File", "logo.png");
        return await visit.Client.PostAsync($"/{zone.Code}/admin/public-page/logo", form, TestContext.Current.CancellationToken);
    }
}
