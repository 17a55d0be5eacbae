using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.Routing;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.Routing;

namespace VictimSupport.Design.Tags;

/// <summary>A form that posts, proves where it comes from, and carries an id by which a second sending is recognised.</summary>
[HtmlTargetElement("vs-form")]
public sealed class FormTag(IAntiforgery antiforgery, IUrlHelperFactory urls) : TagHelper
{
    /// <summary>The name of the hidden field with the one-time id of this form (Guid v7).</summary>
    public const string Once = "vs-once";

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    /// <summary>get for a filter whose answer may be kept as a link; post for everything else.</summary>
    public string Method { get; set; } = "post";

    /// <summary>The page to send to; this page where nothing is said.</summary>
    public string? Page { get; set; }

    public string? Handler { get; set; }

    /// <summary>A complete address, instead of a page.</summary>
    public string? Action { get; set; }

    [HtmlAttributeName("route-all", DictionaryAttributePrefix = "route-")]
    public IDictionary<string, string?> Route { get; set; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "form";
        output.Attributes.SetAttribute("method", Method);
        output.Attributes.SetAttribute(new TagHelperAttribute("novalidate", null, HtmlAttributeValueStyle.Minimized));
        if (Target() is { } action) output.Attributes.SetAttribute("action", action);
        if (Method != "post") return;

        var tokens = antiforgery.GetAndStoreTokens(View.HttpContext);
        output.PreContent.AppendHtml(Hidden(tokens.FormFieldName, tokens.RequestToken ?? ""));
        output.PreContent.AppendHtml(Hidden(Once, OnceId()));
    }

    string? Target()
    {
        if (Action is not null) return Action;
        return Page is null && Handler is null && Route.Count == 0
            ? null
            : urls.GetUrlHelper(View).Page(Page, Handler, new RouteValueDictionary(Route));
    }

    // A form shown again because something was wrong is still the same form.
    string OnceId() =>
        View.HttpContext.Request.HasFormContentType && Guid.TryParse(View.HttpContext.Request.Form[Once], out var same)
            ? same.ToString()
            : Guid.CreateVersion7().ToString();

    static TagBuilder Hidden(string name, string value) =>
        Make.Void("input").With("type", "hidden").With("name", name).With("value", value);
}
