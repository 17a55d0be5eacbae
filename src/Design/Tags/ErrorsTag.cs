using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>All that is wrong, on top, each leading to its field. The layout puts it there; a page may put it elsewhere.</summary>
[HtmlTargetElement("vs-errors")]
public sealed class ErrorsTag : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var state = View.ViewData.ModelState;
        // A page is rendered before its layout: where the page shows the list, the layout leaves it out.
        if (state.IsValid || !View.HttpContext.Items.TryAdd(typeof(ErrorsTag), true))
        {
            output.SuppressOutput();
            return;
        }

        var list = Make.Tag("ul", "govuk-list govuk-error-summary__list");
        var written = Field.Written(View);
        foreach (var (name, say) in Lines(state, written)) list.Holding(Line(name, say, written));
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "govuk-error-summary");
        output.Attributes.SetAttribute("data-module", "govuk-error-summary");
        output.Content.SetHtmlContent(Make.Tag("div").With("role", "alert").Holding(
            Make.Tag("h2", "govuk-error-summary__title", Words.Problem),
            Make.Tag("div", "govuk-error-summary__body").Holding(list)));
    }

    // In the order of the page, so that one mends from top to bottom; what belongs to no field comes first.
    static IEnumerable<(string Name, string Say)> Lines(ModelStateDictionary state, IReadOnlyList<string> written) =>
        state.Where(entry => entry.Value is { Errors.Count: > 0 })
            .Select(entry => (Name: entry.Key, Say: Field.Say(entry.Value!.Errors[0])))
            .OrderBy(line => Place(line.Name, written))
            .Distinct();

    static int Place(string name, IReadOnlyList<string> written)
    {
        for (var place = 0; place < written.Count; place++)
        {
            if (name == written[place] || name.StartsWith(written[place] + ".", StringComparison.Ordinal)) return place;
        }

        return -1;
    }

    // A list written before the fields knows none of them, and trusts the names.
    static TagBuilder Line(string name, string say, IReadOnlyList<string> written)
    {
        var place = Place(name, written);
        var field = place >= 0 ? written[place] : written.Count == 0 ? name : "";
        return Make.Tag("li").Holding(field.Length == 0
            ? Make.Tag("span", null, say)
            : Make.Tag("a", null, say).With("href", "#" + TagBuilder.CreateSanitizedId(field, "_")));
    }
}
