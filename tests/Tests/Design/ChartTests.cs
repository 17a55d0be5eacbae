using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Html;
using VictimSupport.Design.Charts;

namespace VictimSupport.Tests.Design;

public sealed class ChartTests
{
    [Fact]
    public void A_bar_is_as_long_as_its_value_and_says_it()
    {
        var svg = Read(Chart.Bars("c", "Faits <b>", "2026", [new("Vol & co", [new(10, "10", "2026"), new(5, "5", "2025")]), new("Caché", [new(null, "c")])]));
        Assert.Equal(["58%", "29%"], svg.QuerySelectorAll("rect").Select(r => r.GetAttribute("width")));
        Assert.Equal(["Faits <b>", "Vol & co: 10 – 2026", "Vol & co: 5 – 2025", "Caché: c"], svg.QuerySelectorAll("title").Select(t => t.TextContent));
        Assert.Contains("c", svg.QuerySelectorAll("text").Select(t => t.TextContent)); // what has no bar says why
        Assert.Equal("c-title c-about", svg.QuerySelector("svg")!.GetAttribute("aria-labelledby"));
        Assert.All(svg.QuerySelectorAll("svg, svg *"), e => Assert.Null(e.GetAttribute("style"))); // the policy of the pages stops it
    }

    [Fact]
    public void A_long_label_takes_several_lines()
    {
        var svg = Read(Chart.Bars("c", "t", "a", [new("Préparation d’une audition ou accompagnement au tribunal", [new(1, "1")])]));
        Assert.Equal(2, svg.QuerySelectorAll("text.vs-chart__label").Length);
        Assert.All(svg.QuerySelectorAll("text.vs-chart__label"), l => Assert.True(l.TextContent.Length <= 34));
    }

    [Fact]
    public void Small_multiples_stand_on_one_scale()
    {
        var all = Read(Chart.Multiples("m", "Par mois", "2026", ["1", "2"], ["janvier", "février"], [new("A", [new(10, "10"), new(0, "0")]), new("B", [new(5, "5"), new(1, "1")])]));
        var heights = all.QuerySelectorAll("rect").Select(r => r.GetAttribute("height")).ToList();
        Assert.Equal(["5em", "0em", "2.5em", "0.5em"], heights);
        Assert.Equal(2, all.QuerySelectorAll("li > svg[role=img]").Length);
        Assert.Equal(all.QuerySelectorAll("[id]").Length, all.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public void A_chart_that_would_lie_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Chart.Bars("c", "t", "a", [new("x", [new(-1, "-1")])]));
        Assert.Throws<ArgumentException>(() => Chart.Bars("c", "t", "a", [new("x", [.. Enumerable.Repeat(new Bar(1, "1"), 5)])]));
        Assert.Throws<ArgumentException>(() => Chart.Multiples("c", "t", "a", ["1", "2"], ["1", "2"], [new("x", [new(1, "1")])]));
    }

    private static AngleSharp.Html.Dom.IHtmlDocument Read(IHtmlContent content)
    {
        using var text = new StringWriter();
        content.WriteTo(text, System.Text.Encodings.Web.HtmlEncoder.Default);
        return new HtmlParser().ParseDocument(text.ToString());
    }
}
