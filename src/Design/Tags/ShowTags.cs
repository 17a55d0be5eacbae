using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;
using VictimSupport.Design.Html;

namespace VictimSupport.Design.Tags;

/// <summary>A state in a word: blue, green, red, orange, yellow, purple, teal, grey. Never by colour alone.</summary>
[HtmlTargetElement("vs-tag")]
public sealed class TagTag : TagHelper
{
    public string Colour { get; set; } = "blue";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "strong";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Make.Classes("govuk-tag", "govuk-tag--" + Colour));
    }
}

/// <summary>Pairs of name and value; with a title it is a card.</summary>
[HtmlTargetElement("vs-summary")]
public sealed class SummaryTag : TagHelper
{
    public string? Title { get; set; }

    /// <summary>2 to 4.</summary>
    public int Level { get; set; } = 2;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "dl";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Make.Classes("govuk-summary-list", output.Attributes["class"]?.Value?.ToString()));
        if (Title is null) return;
        var heading = Make.Tag("h" + Level.ToString(CultureInfo.InvariantCulture), "govuk-summary-card__title", Title);
        output.PreElement.AppendHtml("<div class=\"govuk-summary-card\">")
            .AppendHtml(Make.Tag("div", "govuk-summary-card__title-wrapper").Holding(heading))
            .AppendHtml("<div class=\"govuk-summary-card__content\">");
        output.PostElement.AppendHtml("</div></div>");
    }
}

/// <summary>One pair, perhaps with a link that changes it.</summary>
[HtmlTargetElement("vs-row", Attributes = "label")]
public sealed class RowTag : TagHelper
{
    public string Label { get; set; } = "";

    public string? Href { get; set; }

    /// <summary>What the link says; "Change" where nothing is said.</summary>
    public string? Action { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Make.Classes("govuk-summary-list__row", Href is null ? "govuk-summary-list__row--no-actions" : null));
        output.Content.Clear();
        output.Content.AppendHtml(Make.Tag("dt", "govuk-summary-list__key", Label));
        output.Content.AppendHtml(Make.Tag("dd", "govuk-summary-list__value").Holding(content));
        if (Href is null) return;
        var link = Make.Tag("a", "govuk-link", Action ?? Words.Change).With("href", Href);
        link.InnerHtml.Append(" ");
        output.Content.AppendHtml(Make.Tag("dd", "govuk-summary-list__actions").Holding(link.Holding(Make.Hidden(Label))));
    }
}

/// <summary>An instant on a Belgian clock: &lt;vs-time at="@row.At" /&gt;.</summary>
[HtmlTargetElement("vs-time", Attributes = "at")]
public sealed class TimeTag : TagHelper
{
    public DateTimeOffset At { get; set; }

    /// <summary>Only the day.</summary>
    public bool Day { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", Moment.Machine(At));
        output.Content.SetContent(Day ? Moment.Show(Moment.Day(At)) : Moment.Show(At));
    }
}
