using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>A day one knows by heart (a birth) in three boxes; the property is a DateOnly or a DateOnly?.</summary>
[HtmlTargetElement("vs-date", Attributes = "for")]
public sealed class DateTag : Field
{
    /// <summary>Set where the day is the typist's own birth.</summary>
    public bool OwnBirth { get; set; }

    protected override IReadOnlyList<string> Parts => ["Day", "Month", "Year"];

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var held = Held(For.Model);
        var boxes = Make.Tag("div", "govuk-date-input").Holding(
            Box("Day", Words.Day, 2, held?.Day, "bday-day"),
            Box("Month", Words.Month, 2, held?.Month, "bday-month"),
            Box("Year", Words.Year, 4, held?.Year, "bday-year"));
        Several(output, boxes, "group");
    }

    /// <summary>A day that was never set is an empty box, not the first of January of the year 1.</summary>
    internal static DateOnly? Held(object? model) => model is DateOnly day && day != default ? day : null;

    TagBuilder Box(string part, string label, int width, int? held, string birth)
    {
        // The first box carries the field's own id, so that the error summary leads there.
        var id = part == "Day" ? Id : $"{Id}_{part}";
        var name = $"{Name}.{part}";
        var input = Make.Void("input", Make.Classes("govuk-input govuk-date-input__input", $"govuk-input--width-{width}", Error is null ? null : "govuk-input--error"))
            .With("id", id).With("name", name).With("type", "text").With("inputmode", "numeric")
            .With("autocomplete", OwnBirth ? birth : "off")
            .With("value", Typed(name, held?.ToString(CultureInfo.InvariantCulture)) ?? "");
        var group = Make.Tag("div", "govuk-form-group").Holding(Make.Tag("label", "govuk-label govuk-date-input__label", label).With("for", id), input);
        return Make.Tag("div", "govuk-date-input__item").Holding(group);
    }
}

/// <summary>A day one looks up (next week): the browser's own calendar. The property is a DateOnly or a DateOnly?.</summary>
[HtmlTargetElement("vs-day", Attributes = "for")]
public sealed class DayTag : Field
{
    public DateOnly? Min { get; set; }

    public DateOnly? Max { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var input = Make.Void("input", Make.Classes("govuk-input vs-day", Error is null ? null : "govuk-input--error"))
            .With("id", Id).With("name", Name).With("type", "date").With("autocomplete", "off")
            .With("min", Iso(Min)).With("max", Iso(Max))
            .With("value", Typed(Name, Iso(DateTag.Held(For.Model))) ?? "")
            .With("aria-describedby", DescribedBy());
        Pass(output, input);
        Single(output, input);
    }

    internal static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
