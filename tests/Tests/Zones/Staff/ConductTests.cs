using AngleSharp.Dom;
using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Conduct;

namespace VictimSupport.Tests.Zones;

/// <summary>Nothing of a zone opens before its code of conduct is accepted; real cookies throughout.</summary>
public sealed class ConductTests
{
    private const string Mail = "noor@example.test";

    [Theory, EveryEngine]
    public async Task Nothing_opens_before_it_is_accepted_and_again_when_it_changed(string engine)
    {
        await using var platform = Platform.Start(engine, conduct: true);
        var (zone, other) = (await platform.Zone("nl", "fr"), await platform.Zone());
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        await administrator.Invites(Mail, "Administrator");
        await platform.RunHouseJob();
        var (visit, totp) = await platform.TakesUp(platform.LinkTo(Mail));
        using (visit)
        {
            var entered = await visit.SignsIn(platform, Mail, totp, $"/{zone.Code}/absences");
            Assert.Equal($"/{zone.Code}/absences", entered.Headers.Location!.ToString());
            foreach (var path in new[] { "/absences", "/admin/staff", "/admin/access-matrix", "/nothing" }) Assert.Equal($"/{zone.Code}/conduct", Where(await visit.Client.GetAsync($"/{zone.Code}{path}")));
            Assert.Equal($"/{zone.Code}/conduct", Where(await visit.Client.PostAsync($"/{zone.Code}/absences", new FormUrlEncodedContent([]))));
            Assert.Equal("text/css", (await visit.Client.GetAsync($"/{zone.Code}/theme.css")).Content.Headers.ContentType!.MediaType); // the page itself wears the zone's colours
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync("/account/home")).StatusCode);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync("/account/language?to=de&back=/")).StatusCode); // the language can be changed
            Assert.Contains("Verhaltenskodex", (await visit.Page($"/{zone.Code}/conduct")).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
            await visit.Client.GetAsync("/account/language?to=en&back=/");
            var page = await visit.Page($"/{zone.Code}/conduct?to=/{zone.Code}/absences");
            Assert.NotNull(page.QuerySelector("form[action='/account/sign-out']")); // and one may leave
            Assert.Equal(7, page.QuerySelectorAll(".govuk-inset-text p").Length);

            var accepted = await visit.Send("", Form(page), []);
            Assert.Equal($"/{zone.Code}/absences", accepted.Headers.Location!.ToString());
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/absences")).StatusCode);
            var kept = Assert.Single(await Acceptances(platform));
            Assert.Equal((zone.Id, 1, "en", await platform.AccountOf(Mail)), (kept.Zone, kept.Version, kept.Language, kept.Account));

            // The text changes while a form is open: what is typed passes, the next page asks.
            var open = (await visit.Page($"/{zone.Code}/absences")).QuerySelectorAll<IHtmlFormElement>("main form").Last();
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Writes(administrator, ("Form.Nl", "Nieuw"), ("Form.Fr", ""))).StatusCode); // an official language is missing
            Assert.Equal(HttpStatusCode.Redirect, (await Writes(administrator, ("Form.Nl", "Eerst.\r\nNieuw."), ("Form.Fr", "Nouveau."), ("Form.De", ""), ("Form.En", ""))).StatusCode);
            Assert.Equal($"/{zone.Code}/absences", Where(await visit.Send("", open, Newcomers.Fields(("Form.First", "2026-12-01"), ("Form.Last", "2026-12-02")))));
            Assert.Equal($"/{zone.Code}/conduct", Where(await visit.Client.GetAsync($"/{zone.Code}/absences")));
            var anew = await visit.Page($"/{zone.Code}/conduct");
            Assert.Equal(["Eerst.", "Nieuw."], anew.QuerySelectorAll(".govuk-inset-text p").Select(p => p.TextContent)); // English was not written: the zone's first language
            Assert.Equal("nl", anew.QuerySelector(".govuk-inset-text")!.GetAttribute("lang"));

            // Accepting the old text accepts nothing.
            var old = await visit.Send("", Form(anew), Newcomers.Fields(("Form.Version", "1")));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, old.StatusCode);
            await visit.Send("", Form(await Visit.Read(old)), []);
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/absences")).StatusCode);
            Assert.Equal([1, 2], (await Acceptances(platform)).Select(a => a.Version));

            // A stranger learns nothing of it, and acceptance leads nowhere else.
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync($"/account/enter?to=/{other.Code}/conduct")).StatusCode);
        }
    }

    [Fact]
    public async Task Saving_the_same_text_asks_nobody_again()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        Assert.Equal(HttpStatusCode.Redirect, (await Writes(administrator)).StatusCode);
        await Writes(administrator, ("Form.Fr", "Autre."));
        await Writes(administrator);
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Equal(2, Assert.Single(await house.Set<ConductText>().ToListAsync()).Version);
    }

    [Theory]
    [InlineData("//evil.example"), InlineData("https://evil.example/"), InlineData("/9999/worklist"), InlineData("/account/sign-out"), InlineData("")]
    public async Task Acceptance_leads_into_this_zone_and_nowhere_else(string to)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var visit = zone.Visit(Role.FrontDesk);
        var response = await visit.Submit("/conduct", Newcomers.Fields(("to", to)), "main form[action*='conduct']");
        Assert.Equal($"/{zone.Code}/", response.Headers.Location!.ToString());
    }

    [Fact]
    public void The_default_is_there_in_four_languages() =>
        Assert.Equal(4, new[] { "fr", "nl", "de", "en" }.Select(Conducts.Default).Where(t => t.Length > 400).Distinct().Count());

    private static string Where(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.Redirect ? response.Headers.Location!.ToString().Split('?')[0] : response.StatusCode.ToString();
    private static IHtmlFormElement Form(AngleSharp.Dom.IDocument page) => page.QuerySelectorAll<IHtmlFormElement>("main form[action*='conduct']").Single();
    private static Task<HttpResponseMessage> Writes(Visit administrator, params (string, string)[] fields) => administrator.Submit("/admin/conduct", Newcomers.Fields(fields));

    private static async Task<IReadOnlyList<ConductAcceptance>> Acceptances(Platform platform)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<ConductAcceptance>().AsNoTracking().OrderBy(a => a.Version).ToListAsync(TestContext.Current.CancellationToken);
    }
}
