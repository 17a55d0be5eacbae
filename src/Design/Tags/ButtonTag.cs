using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>Sends the form, once however often it is pressed; with an href it is a link that starts something.</summary>
[HtmlTargetElement("vs-button")]
public sealed class ButtonTag : TagHelper
{
    /// <summary>primary (one on a page), secondary, or warning for what cannot be undone.</summary>
    public string Kind { get; set; } = "primary";

    public bool Small { get; set; }

    public string? Href { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagMode = TagMode.StartTagAndEndTag;
        var own = output.Attributes["class"]?.Value?.ToString();
        output.Attributes.SetAttribute("class", Make.Classes("govuk-button", Kind == "primary" ? null : "govuk-button--" + Kind, Small ? "vs-button--small" : null, own));
        output.Attributes.SetAttribute("data-module", "govuk-button");
        if (Href is not null)
        {
            output.TagName = "a";
            output.Attributes.SetAttribute("href", Href);
            output.Attributes.SetAttribute("role", "button");
            output.Attributes.SetAttribute("draggable", "false");
            return;
        }

        output.TagName = "button";
        if (!output.Attributes.ContainsName("type")) output.Attributes.SetAttribute("type", "submit");
        output.Attributes.SetAttribute("data-prevent-double-click", "true");
    }
}
