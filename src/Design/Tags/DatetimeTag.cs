using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using VictimSupport.Design.Html;

namespace VictimSupport.Design.Tags;

/// <summary>
/// A day and an hour on a Belgian clock. The property is a DateTimeOffset(?), kept in UTC, or a DateTime(?), the wall clock.
/// In the night the clock is put back an instant asks which of the two hours is meant.
/// </summary>
[HtmlTargetElement("vs-datetime", Attributes = "for")]
public sealed class DatetimeTag : Field
{
    protected override IReadOnlyList<string> Parts => ["Date", "Time", "Turn"];

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        DateTime? held = For.Model switch
        {
            DateTimeOffset instant when instant != default => Moment.Local(instant),
            DateTime wall when wall != default => wall,
            _ => null,
        };
        var day = Typed(Name + ".Date", held?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) ?? "";
        var clock = Typed(Name + ".Time", held?.ToString("HH:mm", CultureInfo.InvariantCulture)) ?? "";
        var boxes = Make.Tag("div", "govuk-date-input").Holding(
            Box("Date", Words.Date, "date", Id, day),
            Box("Time", Words.Time, "time", Id + "_Time", clock));
        Several(output, new HtmlContentBuilder().AppendHtml(boxes).AppendHtml(Turn(day, clock)), "group");
    }

    TagBuilder Box(string part, string label, string type, string id, string value)
    {
        var input = Make.Void("input", Make.Classes("govuk-input govuk-date-input__input vs-day", Error is null ? null : "govuk-input--error"))
            .With("id", id).With("name", $"{Name}.{part}").With("type", type).With("autocomplete", "off").With("value", value);
        var group = Make.Tag("div", "govuk-form-group").Holding(Make.Tag("label", "govuk-label govuk-date-input__label", label).With("for", id), input);
        return Make.Tag("div", "govuk-date-input__item").Holding(group);
    }

    IHtmlContent Turn(string day, string clock)
    {
        var instant = For.Metadata.UnderlyingOrModelType == typeof(DateTimeOffset);
        if (!instant || !DateTime.TryParse($"{day}T{clock}", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || !Moment.ComesTwice(local))
            return HtmlString.Empty;

        var held = For.Model is DateTimeOffset at && at != default ? At(at, local) : null;
        var chosen = Typed(Name + ".Turn", held);
        return Make.Tag("div", "vs-turn").Holding(
            Make.Tag("p", "govuk-hint", Words.Turn).With("id", Id + "-turn"),
            Make.Tag("div", "govuk-radios govuk-radios--small").With("role", "group").With("aria-labelledby", Id + "-turn").Holding(
                Radio("first", Words.TurnFirst, chosen), Radio("second", Words.TurnSecond, chosen)));
    }

    static string At(DateTimeOffset held, DateTime local) => Moment.Instant(local) == held.ToUniversalTime() ? "first" : "second";

    TagBuilder Radio(string value, string text, string? chosen)
    {
        var id = $"{Id}_Turn_{value}";
        var input = Make.Void("input", "govuk-radios__input").With("id", id).With("name", Name + ".Turn").With("type", "radio").With("value", value)
            .When(chosen == value, "checked");
        return Make.Tag("div", "govuk-radios__item").Holding(input, Make.Tag("label", "govuk-label govuk-radios__label", text).With("for", id));
    }
}
