using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class IntakePageTests(Platforms platforms)
{
    [Fact]
    public async Task The_form_saves_and_shows_the_dossier()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var saved = await visit.Submit("/intake", Typed());
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var page = await visit.Page(saved.Headers.Location!.OriginalString);
        Assert.Contains("Ada Exemple", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_zones_own_towns_are_offered_and_any_other_is_taken()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Places", zone.Id, async house =>
        {
            var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
            record.Take(record.Facts with { Places = ["4700 Eupen", "4701 Eupen", "4780 Sankt Vith"] });
            return true;
        }, TestContext.Current.CancellationToken);
        await zone.Platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
        var worker = await zone.Hires("worker", Role.Coordinator);
        using var visit = worker.Visit();
        var dossier = await worker.Registers(Cases.Intake(zone));
        foreach (var path in new[] { "/intake", $"/dossiers/{dossier}/facts", "/call-outs/enter", "/events/edit", $"/dossiers/{dossier}/referral" })
        {
            var page = await visit.Page(path);
            var list = page.QuerySelector("[name='Form.Municipality']")!.GetAttribute("list");
            Assert.Equal(["Eupen", "Sankt Vith"], page.QuerySelectorAll($"datalist#{list} option").Select(o => o.GetAttribute("value")));
        }
        var saved = await visit.Submit("/intake", Typed(("Form.Municipality", "Zürich")));
        Assert.Equal("Zürich", await zone.Look(z => z.Set<Dossier>().Where(d => d.Id != dossier).Select(d => d.Municipality).SingleAsync()));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
    }

    [Fact]
    public async Task A_telephone_without_a_rule_is_refused_at_its_field_and_what_was_typed_stays()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.OnCall);
        var refused = await visit.Submit("/intake", Typed(("Form.Phone", "0470 12 34 56"), ("Form.Note", "wacht op nieuws")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.NotNull(page.QuerySelector("[name='Form.Safe']")!.Closest(".govuk-form-group--error")!.QuerySelector(".govuk-error-message"));
        Assert.NotNull(page.QuerySelector(".govuk-error-summary a[href*='Safe']"));
        Assert.Equal("0470 12 34 56", page.QuerySelector("[name='Form.Phone']")!.GetAttribute("value"));
        Assert.Equal("Exemple", page.QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value"));
        Assert.Equal("wacht op nieuws", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.NotNull(page.QuerySelector("[name='Form.SubKind'][value=Burglary][checked]"));
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Fact]
    public async Task Only_if_without_saying_what_is_refused_at_its_field_and_what_was_said_stands_in_the_dossier()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.OnCall);
        (string, string)[] phone = [("Form.Phone", "0470 12 34 56"), ("Form.Safe", nameof(Rule.OnlyIf))];
        var refused = await visit.Submit("/intake", Typed([.. phone, ("Form.Condition", "  "), ("Form.Note", "wacht op nieuws")]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.NotNull(page.QuerySelector("[name='Form.Condition']")!.Closest(".govuk-form-group--error")!.QuerySelector(".govuk-error-message"));
        Assert.Equal("wacht op nieuws", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
        var saved = await visit.Submit("/intake", Typed([.. phone, ("Form.Condition", "after five")]));
        Assert.Contains("after five", (await visit.Page(saved.Headers.Location!.OriginalString)).QuerySelector(".vs-safe")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Form.Condition"), InlineData("Form.FamilyName"), InlineData("Form.GivenName"), InlineData("Form.Municipality"), InlineData("Form.Phone"), InlineData("Form.Trigger"), InlineData("Form.SubKind"), InlineData("Form.Language"), InlineData("Form.Capacity"), InlineData("Form.Safe")]
    public async Task Ten_thousand_characters_are_refused_at_any_field(string field)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var refused = await visit.Submit("/intake", Typed((field, new string('9', 10_000))));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Theory]
    [InlineData("99", "99", "9999"), InlineData("1", "1", "2099"), InlineData("x", "", "")]
    public async Task A_day_that_is_none_or_to_come_is_refused(string day, string month, string year)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var names = (await visit.Page("/intake")).QuerySelectorAll("[name^='Form.When']").Select(f => f.GetAttribute("name")!).ToList();
        var values = names.Count == 1 ? new[] { $"{year}-{month}-{day}T10:00" } : [day, month, year, "10:00"];
        var refused = await visit.Submit("/intake", Typed([.. names.Zip(values)]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task Sending_the_form_twice_leads_to_the_same_dossier()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/intake")).QuerySelector("main form[method=post]")!;
        var (first, second) = (await visit.Send("/intake", form, Typed()), await visit.Send("/intake", form, Typed()));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Fact]
    public async Task Save_and_next_keeps_the_facts_and_asks_for_another_person()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/intake")).QuerySelector("main form[method=post]")!;
        form.SetAttribute("action", form.QuerySelectorAll("button[formaction]").Select(b => b.GetAttribute("formaction")!).Single(a => a.Contains("Next", StringComparison.Ordinal)));
        var saved = await visit.Send("/intake", form, Typed(("Form.Municipality", "Deux-Rives"), ("Form.Trigger", "Hospital")));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var next = await visit.Page(saved.Headers.Location!.OriginalString);
        Assert.Equal("Deux-Rives", next.QuerySelector("[name='Form.Municipality']")!.GetAttribute("value"));
        Assert.NotNull(next.QuerySelector("[name='Form.SubKind'][value=Burglary][checked]"));
        Assert.NotNull(next.QuerySelector("[name='Form.Trigger'][value=Hospital][checked]"));
        Assert.True(string.IsNullOrEmpty(next.QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value")));
    }

    [Fact]
    public async Task Whoever_may_be_known_is_named_after_save_and_next_too_and_stops_nobody()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        async Task<(string Address, AngleSharp.Dom.IDocument Next)> Saves()
        {
            var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/intake")).QuerySelector("main form[method=post]")!;
            form.SetAttribute("action", form.QuerySelectorAll("button[formaction]").Select(b => b.GetAttribute("formaction")!).Single(a => a.Contains("Next", StringComparison.Ordinal)));
            var address = (await visit.Send("/intake", form, Typed())).Headers.Location!.OriginalString;
            return (address, await visit.Page(address));
        }
        Assert.Null((await Saves()).Next.QuerySelector("main a[href*='/known']"));
        var (again, next) = await Saves();
        Assert.NotNull(next.QuerySelector("main .govuk-inset-text a[href*='/known']"));
        Assert.NotNull(next.QuerySelector("[name='Form.FamilyName']"));
        Assert.DoesNotContain("Exemple", again, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_post_without_the_forms_token_saves_nothing()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Forge("/intake", [.. Typed().Select(f => (f.Key, f.Value))])).StatusCode);
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    private static IEnumerable<KeyValuePair<string, string>> Typed(params (string Name, string Value)[] others)
    {
        var fields = new Dictionary<string, string> { ["Form.Trigger"] = nameof(Trigger.Person), ["Form.SubKind"] = "Burglary", ["Form.FamilyName"] = "Exemple", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr" };
        foreach (var (name, value) in others) fields[name] = value;
        return fields;
    }
}
