using AngleSharp.Dom;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>The intake on paper: the same eight fields, in four languages, and nothing of anybody.</summary>
public sealed class CardTests(Platforms platforms)
{
    [Theory]
    [InlineData("fr", "Comment"), InlineData("nl", "Hoe"), InlineData("de", "Wie"), InlineData("en", "How")]
    public async Task It_asks_what_the_form_asks_in_the_same_order(string language, string first)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.OnCall);
        await visit.Submit("/intake", new Dictionary<string, string> { ["Form.Trigger"] = "Person", ["Form.SubKind"] = "Burglary", ["Form.FamilyName"] = "Zzcanary", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr" });
        var page = await visit.Page($"/intake/card?language={language}&size=A6");
        var card = page.QuerySelector("article.vs-pocket")!;
        Assert.Equal((language, true), (card.GetAttribute("lang"), card.ClassList.Contains("vs-pocket--a6")));
        var fields = card.QuerySelectorAll("li > strong").Select(f => f.TextContent).ToList();
        Assert.Equal(8, fields.Count);
        Assert.StartsWith(first, fields[0], StringComparison.Ordinal);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang")); // the page itself stays the reader's
        Assert.DoesNotContain("Zzcanary", page.DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        if (language == "en")
        {
            var asked = (await visit.Page("/intake")).QuerySelectorAll("main form legend, main form label:not(.govuk-radios__label)").Select(l => l.TextContent).ToList();
            var places = fields.Select(f => asked.FindIndex(a => a.StartsWith(f.Split([", ", ". ", "? "], StringSplitOptions.None)[0], StringComparison.Ordinal))).ToList();
            Assert.All(places, p => Assert.True(p >= 0));
            Assert.Equal(places.Order(), places);
        }
    }

    [Fact]
    public async Task It_is_found_from_the_intake_and_takes_nothing_strange()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        Assert.NotNull((await visit.Page("/intake")).QuerySelector("a[href$='/intake/card']"));
        var card = (await visit.Page("/intake/card?language=xx&size=A0")).QuerySelector("article.vs-pocket--a5")!;
        Assert.Contains(card.GetAttribute("lang"), new[] { "fr", "nl", "de", "en" });
        // What stands on it is entered later, with the moment of then.
        var saved = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.Trigger"] = "Person", ["Form.When.Date"] = "2026-11-01", ["Form.When.Time"] = "03:10", ["Form.SubKind"] = "Fire", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr" });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, saved.StatusCode);
    }
}
