using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>What every field of every form has: a label, perhaps a hint, the error beside it, and what was typed.</summary>
public abstract class Field : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public ModelExpression For { get; set; } = null!;

    public string Label { get; set; } = "";

    public string? Hint { get; set; }

    /// <summary>Says beside the label that this may stay empty.</summary>
    public bool Optional { get; set; }

    /// <summary>The label is read aloud but not shown, where a heading just above says the same.</summary>
    public bool LabelHidden { get; set; }

    /// <summary>s, m or l where the label is a heading of the page.</summary>
    public string? LabelSize { get; set; }

    protected string Name => View.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    protected string Id => TagBuilder.CreateSanitizedId(Name, "_");

    /// <summary>The first thing wrong with this field, or with one of its boxes.</summary>
    protected string? Error => ErrorOf(Name) ?? Parts.Select(part => ErrorOf(Name + "." + part)).FirstOrDefault(say => say is not null);

    protected virtual IReadOnlyList<string> Parts => [];

    string? ErrorOf(string name) =>
        View.ViewData.ModelState.TryGetValue(name, out var entry) && entry.Errors.Count > 0 ? Say(entry.Errors[0]) : null;

    internal static string Say(ModelError error) => string.IsNullOrEmpty(error.ErrorMessage) ? Words.NotReadable : error.ErrorMessage;

    /// <summary>What was typed in the last try, else what the model holds.</summary>
    protected string? Typed(string name, string? held) =>
        View.ViewData.ModelState.TryGetValue(name, out var entry) && entry.AttemptedValue is { } typed ? typed : held;

    /// <summary>All that was ticked in the last try, else null.</summary>
    protected IReadOnlyList<string>? Ticked(string name) =>
        View.ViewData.ModelState.TryGetValue(name, out var entry)
            ? entry.RawValue switch { string[] many => many, string one => [one], _ => null }
            : null;

    protected string? DescribedBy(params string?[] more)
    {
        var ids = Make.Classes([Hint is null ? null : Id + "-hint", Error is null ? null : Id + "-error", .. more]);
        return ids.Length == 0 ? null : ids;
    }

    string Title => Optional ? Words.Optional(Label) : Label;

    protected TagBuilder LabelTag() =>
        Make.Tag("label", Make.Classes("govuk-label", LabelSize is null ? null : "govuk-label--" + LabelSize, LabelHidden ? "govuk-visually-hidden" : null), Title).With("for", Id);

    protected TagBuilder LegendTag() =>
        Make.Tag("legend", Make.Classes("govuk-fieldset__legend", LabelSize is null ? null : "govuk-fieldset__legend--" + LabelSize, LabelHidden ? "govuk-visually-hidden" : null), Title);

    protected TagBuilder? HintTag() => Hint is null ? null : Make.Tag("div", "govuk-hint", Hint).With("id", Id + "-hint");

    protected TagBuilder? ErrorTag()
    {
        if (Error is not { } error) return null;
        var tag = Make.Tag("p", "govuk-error-message").With("id", Id + "-error").Holding(Make.Hidden(Words.ErrorSign));
        tag.InnerHtml.Append(" ").Append(error);
        return tag;
    }

    /// <summary>One control with its label.</summary>
    protected void Single(TagHelperOutput output, IHtmlContent control, string? css = null)
    {
        Group(output, css);
        Put(output, LabelTag(), HintTag(), ErrorTag(), control);
    }

    /// <summary>A control that carries its own label.</summary>
    protected void Alone(TagHelperOutput output, IHtmlContent control)
    {
        Group(output);
        Put(output, ErrorTag(), control);
    }

    /// <summary>Several controls under one legend.</summary>
    protected void Several(TagHelperOutput output, IHtmlContent controls, string? role = null)
    {
        Group(output);
        var set = Make.Tag("fieldset", "govuk-fieldset").With("aria-describedby", DescribedBy()).With("role", role);
        Put(output, set.Holding(LegendTag(), HintTag(), ErrorTag(), controls));
    }

    /// <summary>Attributes the page wrote that are not ours (autofocus, spellcheck, aria-keyshortcuts) belong to the control.</summary>
    protected static void Pass(TagHelperOutput output, TagBuilder control)
    {
        foreach (var attribute in output.Attributes.Where(attribute => attribute.Name != "class").ToList())
        {
            control.Attributes[attribute.Name] = attribute.Value?.ToString() ?? "";
            output.Attributes.Remove(attribute);
        }
    }

    /// <summary>The fields of the page in the order they stand, known once they have been written.</summary>
    internal static IReadOnlyList<string> Written(ViewContext view) =>
        view.HttpContext.Items.TryGetValue(typeof(Field), out var names) && names is List<string> written ? written : [];

    void Group(TagHelperOutput output, string? css = null)
    {
        if (View.HttpContext.Items.TryGetValue(typeof(Field), out var names) && names is List<string> written) written.Add(Name);
        else View.HttpContext.Items[typeof(Field)] = new List<string> { Name };

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        var own = output.Attributes["class"]?.Value?.ToString();
        output.Attributes.SetAttribute("class", Make.Classes("govuk-form-group", Error is null ? null : "govuk-form-group--error", css, own));
    }

    static void Put(TagHelperOutput output, params IHtmlContent?[] parts)
    {
        output.Content.Clear();
        foreach (var part in parts)
        {
            if (part is not null) output.Content.AppendHtml(part);
        }
    }
}
