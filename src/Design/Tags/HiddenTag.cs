using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>What a form was filled in over, such as a version: as the model has it, or, where a form is filled in again as it was left, as it was then. So whoever saved meanwhile is not written over.</summary>
[HtmlTargetElement("vs-hidden", Attributes = "for", TagStructure = TagStructure.WithoutEndTag)]
public sealed class HiddenTag : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public ModelExpression For { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var name = View.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        // After a post the page has already moved on to what it shows beside.
        var left = HttpMethods.IsPost(View.HttpContext.Request.Method) ? null : View.ViewData.ModelState.TryGetValue(name, out var entry) ? entry.AttemptedValue : null;
        output.TagName = "input";
        output.TagMode = TagMode.SelfClosing;
        output.Attributes.SetAttribute("type", "hidden");
        output.Attributes.SetAttribute("name", name);
        output.Attributes.SetAttribute("value", left ?? Convert.ToString(For.Model, CultureInfo.InvariantCulture) ?? "");
    }
}
