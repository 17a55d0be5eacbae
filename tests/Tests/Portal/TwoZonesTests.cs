using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Drafts;
using VictimSupport.Casework.Tray;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Portal;
using VictimSupport.Tests.Identity;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>Two tabs of one browser in two zones: what is typed in one lands there or nowhere, and one sees at a glance which is which.</summary>
public sealed class TwoZonesTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_form_of_one_zone_lands_there_though_another_was_entered_since(string engine)
    {
        var platform = await platforms.On(engine);
        var (one, two) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "tabs" + one.Code + "@z.example", Role.Caseworker);
        await person.Holds(two, Role.Caseworker);
        var form = Form(await person.Visit.Page("/intake"));
        await person.Enter(two); // the newest pass is the other zone's
        var there = Form(await Page(person, two, "/intake"));
        var sent = await person.Visit.Send("/intake", form, Intake("Exemple"));
        Assert.StartsWith($"/{one.Code}/", sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, 0), (await Dossiers(one), await Dossiers(two)));
        there.SetAttribute("action", $"/{two.Code}/intake"); // where the browser stands
        Assert.StartsWith($"/{two.Code}/", (await person.Visit.Send("", there, Intake("Muster"))).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (await Dossiers(one), await Dossiers(two)));
    }

    [Theory, EveryEngine]
    public async Task Sent_to_another_zones_address_it_is_refused_and_not_offered_there(string engine)
    {
        var platform = await platforms.On(engine);
        var (one, two) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "astray" + one.Code + "@z.example", Role.Caseworker);
        await person.Holds(two, Role.Caseworker);
        await person.Enter(two);
        var form = Form(await person.Visit.Page("/intake"));
        form.SetAttribute("action", $"/{two.Code}/intake");
        var refused = await person.Visit.Send("", form, Intake("Exemple"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain("Exemple", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((0, 0), (await Dossiers(one), await Dossiers(two)));

        // A form that saves itself neither.
        using var saving = Saving(await person.Visit.Page("/intake"), $"/{two.Code}/intake");
        Assert.Equal(HttpStatusCode.BadRequest, (await person.Visit.Client.SendAsync(saving, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal((0, 0), (await Drafts(one), await Drafts(two)));
        using var own = Saving(await person.Visit.Page("/intake"), $"/{one.Code}/intake");
        await person.Enter(two);
        Assert.Equal(HttpStatusCode.OK, (await person.Visit.Client.SendAsync(own, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal((1, 0), (await Drafts(one), await Drafts(two)));
        Assert.Empty((await Page(person, two, "/intake")).QuerySelectorAll(".vs-kept"));

        // A page of a zone still reaches what stands outside every zone.
        Assert.Equal(HttpStatusCode.Redirect, (await person.Visit.Send("", (await person.Visit.Page("/intake")).QuerySelector<IHtmlFormElement>("form[action='/account/sign-out']")!, [])).StatusCode);
    }

    [Fact]
    public async Task After_somebody_elses_sign_in_in_another_zone_an_open_form_lands_nowhere()
    {
        await using var platform = Platform.Start("sqlite");
        var (one, two) = (await platform.Zone(), await platform.Zone());
        using var first = await Holder.Make(platform, one, "first@z.example", Role.Caseworker);
        using var second = await Holder.Make(platform, two, "second@z.example", Role.Caseworker);
        await first.SignIn($"/{one.Code}/worklist");
        var form = Form(await first.Visit.Page($"/{one.Code}/intake"));
        // In another tab of the same browser a colleague of the other zone signs in.
        await first.Visit.Submit($"/account/sign-in?to=%2F{two.Code}%2Fworklist", Holder.Fields(("Form.Email", second.Mail), ("Form.Secret", Holder.Secret)), "form[action='/account/sign-in']");
        var entered = await first.Visit.Submit($"/account/second-factor?to=%2F{two.Code}%2Fworklist", Holder.Fields(("Form.Code", second.Code())));
        Assert.Equal($"/{two.Code}/worklist", (await first.Visit.Client.GetAsync(entered.Headers.Location!.ToString())).Headers.Location!.ToString());
        var sent = await first.Visit.Send($"/{one.Code}/intake", form, Intake("Exemple"));
        Assert.NotEqual(HttpStatusCode.OK, sent.StatusCode);
        Assert.False(sent.Headers.Location?.ToString().StartsWith($"/{one.Code}/dossiers", StringComparison.Ordinal) == true);
        Assert.Equal((0, 0), (await Dossiers(one), await Dossiers(two)));
    }

    [Fact]
    public async Task A_message_to_the_next_page_stays_in_the_zone_where_it_was_said()
    {
        var platform = await platforms.On("sqlite");
        var (one, two) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "said" + one.Code + "@z.example", Role.Caseworker);
        await person.Holds(two, Role.Caseworker);
        await person.Enter(two);
        var put = await person.Visit.Send("/message", Form(await person.Visit.Page("/message")), new Dictionary<string, string> { ["Form.FamilyName"] = "Exemple", ["Form.GivenName"] = "Ada", ["Form.About"] = "wants to talk", ["Form.Language"] = "fr", ["Form.Urgency"] = "Ordinary" });
        Assert.Equal(HttpStatusCode.Redirect, put.StatusCode);
        Assert.Equal((1, 0), (await one.Look(z => z.Set<TrayEntry>().CountAsync()), await two.Look(z => z.Set<TrayEntry>().CountAsync())));
        Assert.Null((await Page(person, two, "/message")).QuerySelector(".govuk-notification-banner--success"));
        Assert.NotNull((await person.Visit.Page("/message")).QuerySelector(".govuk-notification-banner--success"));
    }

    [Theory]
    [InlineData("", "/account/security", "/account"), InlineData("", "/operator/zones", "/operator"), InlineData("", "/", "/")]
    public void What_is_said_outside_the_zones_is_heard_in_none(string @base, string path, string expected)
    {
        var http = new DefaultHttpContext();
        (http.Request.PathBase, http.Request.Path) = (@base, path);
        Assert.Equal(expected, CookieOfAPlace.Of(new CookieBuilder { Name = "t", HttpOnly = true }).Build(http, DateTimeOffset.UnixEpoch).Path);
    }

    [Fact]
    public async Task Every_page_says_whose_it_is_and_leads_to_the_others_in_one_press()
    {
        await using var platform = Platform.Start("sqlite");
        var zones = new List<TestZone>();
        for (var i = 0; i < 3; i++) zones.Add(await platform.Zone());
        using var person = await SignedIn.In(zones[0], "press@z.example", Role.Caseworker);
        foreach (var zone in zones.Skip(1)) await person.Holds(zone, Role.Coordinator);
        foreach (var path in new[] { "/worklist", "/agenda", "/search", "/intake", "/waiting", "/nothing-there" })
        {
            var page = await Visit.Read(await person.Visit.Get(path));
            Assert.Equal(zones[0].Code, page.QuerySelector(".vs-zone__code")!.TextContent);
            Assert.Contains($"Zone {zones[0].Code}", page.QuerySelector(".vs-zone")!.TextContent, StringComparison.Ordinal);
            Assert.Contains($"– {zones[0].Code} –", page.Title!, StringComparison.Ordinal);
        }
        var shown = await person.Visit.Page("/worklist");
        Assert.Equal(zones.Skip(1).Select(z => $"/{z.Code}/"), shown.QuerySelectorAll(".vs-zones a").Select(a => a.GetAttribute("href")));
        Assert.All(shown.QuerySelectorAll(".vs-zones a"), a => Assert.Null(a.Closest("details"))); // nothing to open first
        Assert.Equal(3, (await person.Own.Page("/account/home")).QuerySelectorAll(".vs-zones a").Length);

        // More than a handful are chosen at home.
        for (var i = 0; i < 5; i++) await person.Holds(await platform.Zone(), Role.OnCall);
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        var many = (await person.Visit.Page("/worklist")).QuerySelectorAll(".vs-zones a");
        Assert.Equal((6, "/account/home"), (many.Length, many[^1].GetAttribute("href")));
    }

    private static IHtmlFormElement Form(IHtmlDocument page) => page.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last();
    private static async Task<IHtmlDocument> Page(SignedIn person, TestZone zone, string path) => await Visit.Read(await person.Visit.Client.GetAsync($"/{zone.Code}{path}", TestContext.Current.CancellationToken));
    private static Task<int> Dossiers(TestZone zone) => zone.Look(z => z.Set<Dossier>().CountAsync());
    private static Task<int> Drafts(TestZone zone) => zone.Look(z => z.Set<Draft>().CountAsync());

    private static Dictionary<string, string> Intake(string family) => new() { ["Form.Trigger"] = "Person", ["Form.SubKind"] = "Burglary", ["Form.Municipality"] = "Val-Clair", ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = family };

    // As the script of a form sends it while somebody types.
    private static HttpRequestMessage Saving(IHtmlDocument page, string to)
    {
        var form = page.QuerySelector<IHtmlFormElement>("form[data-draft]")!;
        var once = form.QuerySelector("[name=vs-once]")!.GetAttribute("value")!;
        string[] own = [FormTag.Kept, FormTag.Version, FormTag.Turn];
        var fields = form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Where(i => !own.Contains(i.Name)).Select(i => KeyValuePair.Create(i.Name!, i.Value))
            .Concat([KeyValuePair.Create(FormTag.Kept, once), KeyValuePair.Create(FormTag.Version, form.GetAttribute("data-draft")!), KeyValuePair.Create(FormTag.Turn, "1"), KeyValuePair.Create("Form.FamilyName", "Exemple")]);
        var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add(FormTag.SavesItself, "1");
        return request;
    }
}
