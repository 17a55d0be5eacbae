using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace VictimSupport.Design.Tags;

/// <summary>Elements in a line; whatever text goes in is encoded.</summary>
internal static class Make
{
    public static TagBuilder Tag(string name, string? css = null, string? text = null)
    {
        var tag = new TagBuilder(name);
        if (!string.IsNullOrEmpty(css)) tag.Attributes["class"] = css;
        if (text is not null) tag.InnerHtml.Append(text);
        return tag;
    }

    public static TagBuilder Void(string name, string? css = null)
    {
        var tag = Tag(name, css);
        tag.TagRenderMode = TagRenderMode.SelfClosing;
        return tag;
    }

    public static TagBuilder With(this TagBuilder tag, string attribute, string? value)
    {
        if (value is not null) tag.Attributes[attribute] = value;
        return tag;
    }

    public static TagBuilder When(this TagBuilder tag, bool holds, string attribute, string value = "")
    {
        if (holds) tag.Attributes[attribute] = value;
        return tag;
    }

    public static TagBuilder Holding(this TagBuilder tag, params IHtmlContent?[] inside)
    {
        foreach (var part in inside)
        {
            if (part is not null) tag.InnerHtml.AppendHtml(part);
        }

        return tag;
    }

    public static TagBuilder Hidden(string text) => Tag("span", "govuk-visually-hidden", text);

    public static string Classes(params string?[] names) => string.Join(' ', names.Where(name => !string.IsNullOrEmpty(name)));
}
