using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>
/// Dense rows on a desk, cards on a phone. Inside stands a plain thead and tbody; each cell learns its column's name
/// from the head, so that a card can say it.
/// </summary>
[HtmlTargetElement("vs-table", Attributes = "caption")]
public sealed class TableTag : TagHelper
{
    public string Caption { get; set; } = "";

    /// <summary>The caption is read aloud but not shown, where a heading just above says the same.</summary>
    public bool CaptionHidden { get; set; }

    public override void Init(TagHelperContext context) => context.Items[typeof(Columns)] = new Columns();

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "table";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Make.Classes("vs-table", output.Attributes["class"]?.Value?.ToString()));
        output.Content.Clear();
        output.Content.AppendHtml(Make.Tag("caption", CaptionHidden ? "govuk-visually-hidden" : null, Caption));
        output.Content.AppendHtml(content);
    }
}

/// <summary>The names of a table's columns, and the one that is being written.</summary>
internal sealed class Columns
{
    public List<string> Names { get; } = [];

    public bool InHead { get; set; }

    public int Next { get; set; }

    public static Columns? Of(TagHelperContext context) =>
        context.Items.TryGetValue(typeof(Columns), out var found) ? found as Columns : null;
}

[HtmlTargetElement("thead")]
public sealed class HeadTag : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        if (Columns.Of(context) is not { } columns) return;
        columns.InHead = true;
        await output.GetChildContentAsync();
        columns.InHead = false;
    }
}

[HtmlTargetElement("tr")]
public sealed class LineTag : TagHelper
{
    public override void Init(TagHelperContext context)
    {
        if (Columns.Of(context) is { } columns) columns.Next = 0;
    }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // Starting a row is all there is to do: the cells count themselves.
    }
}

[HtmlTargetElement("th")]
[HtmlTargetElement("td")]
public sealed partial class CellTag : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        if (Columns.Of(context) is not { } columns) return;
        if (columns.InHead)
        {
            var content = await output.GetChildContentAsync();
            columns.Names.Add(WebUtility.HtmlDecode(Tags().Replace(content.GetContent(), " ")).Trim());
            if (!output.Attributes.ContainsName("scope")) output.Attributes.SetAttribute("scope", "col");
            return;
        }

        var label = columns.Next < columns.Names.Count ? columns.Names[columns.Next] : "";
        columns.Next++;
        if (label.Length > 0 && !output.Attributes.ContainsName("data-label")) output.Attributes.SetAttribute("data-label", label);
        if (output.TagName == "th" && !output.Attributes.ContainsName("scope")) output.Attributes.SetAttribute("scope", "row");
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 200)]
    private static partial Regex Tags();
}
