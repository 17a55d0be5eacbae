using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>One line of text, or several: &lt;vs-field for="Form.Name" label="@Words.Name" /&gt;.</summary>
[HtmlTargetElement("vs-field", Attributes = "for")]
public sealed class FieldTag : Field
{
    /// <summary>text, tel, email, password, number, time, search, file.</summary>
    public string Type { get; set; } = "text";

    /// <summary>More than one row makes a text area.</summary>
    public int Rows { get; set; } = 1;

    /// <summary>Characters expected: 2, 3, 4, 5, 10, 20 or 30.</summary>
    public int? Width { get; set; }

    public string? Inputmode { get; set; }

    /// <summary>Off unless the box is about the person who types: a browser must not offer one victim's name for another.</summary>
    public string Autocomplete { get; set; } = "off";

    /// <summary>The longest text taken; a text area counts down to it.</summary>
    public int? Max { get; set; }

    public string? Prefix { get; set; }

    public string? Suffix { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Rows > 1) Many(output);
        else One(output);
    }

    void One(TagHelperOutput output)
    {
        var input = Make.Void("input", Make.Classes("govuk-input", Width is null ? null : $"govuk-input--width-{Width}", Error is null ? null : "govuk-input--error"))
            .With("id", Id).With("name", Name).With("type", Type == "number" ? "text" : Type)
            .With("inputmode", Inputmode ?? (Type == "number" ? "numeric" : null))
            .With("autocomplete", Autocomplete)
            .With("maxlength", Max?.ToString(CultureInfo.InvariantCulture))
            .With("aria-describedby", DescribedBy());
        // A password is never sent back to the page; a file cannot be.
        if (Type is not ("password" or "file")) input.With("value", Typed(Name, Text(For.Model)) ?? "");
        if (Type is "password" or "email" or "tel") input.With("spellcheck", "false");
        Pass(output, input);
        Single(output, Wrapped(input));
    }

    IHtmlContent Wrapped(TagBuilder input)
    {
        if (Prefix is null && Suffix is null) return input;
        return Make.Tag("div", "govuk-input__wrapper").Holding(
            Prefix is null ? null : Make.Tag("div", "govuk-input__prefix", Prefix).With("aria-hidden", "true"),
            input,
            Suffix is null ? null : Make.Tag("div", "govuk-input__suffix", Suffix).With("aria-hidden", "true"));
    }

    void Many(TagHelperOutput output)
    {
        var area = Make.Tag("textarea", Make.Classes("govuk-textarea", Error is null ? null : "govuk-textarea--error", Max is null ? null : "govuk-js-character-count"))
            .With("id", Id).With("name", Name).With("rows", Rows.ToString(CultureInfo.InvariantCulture))
            .With("autocomplete", Autocomplete)
            .With("aria-describedby", DescribedBy(Max is null ? null : Id + "-info"));
        Pass(output, area);
        // The first line break after the opening tag is not part of the text, so it costs nothing and saves a typed one.
        area.InnerHtml.AppendHtml("\n").Append(Typed(Name, Text(For.Model)) ?? "");
        if (Max is not { } max)
        {
            Single(output, area);
            return;
        }

        var both = new HtmlContentBuilder().AppendHtml(area)
            .AppendHtml(Make.Tag("div", "govuk-hint govuk-character-count__message", Words.CountLimit(max)).With("id", Id + "-info"));
        Single(output, both, "govuk-character-count");
        output.Attributes.SetAttribute("data-module", "govuk-character-count");
        output.Attributes.SetAttribute("data-maxlength", max.ToString(CultureInfo.InvariantCulture));
        output.Attributes.SetAttribute("data-i18n.characters-under-limit.one", Words.CountUnderOne);
        output.Attributes.SetAttribute("data-i18n.characters-under-limit.other", Words.CountUnderMany);
        output.Attributes.SetAttribute("data-i18n.characters-at-limit", Words.CountAt);
        output.Attributes.SetAttribute("data-i18n.characters-over-limit.one", Words.CountOverOne);
        output.Attributes.SetAttribute("data-i18n.characters-over-limit.other", Words.CountOverMany);
    }

    static string? Text(object? held) => held switch
    {
        null => null,
        TimeOnly time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        _ => Convert.ToString(held, CultureInfo.CurrentCulture),
    };
}
