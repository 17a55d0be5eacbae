using System.Collections;
using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace VictimSupport.Design.Tags;

/// <summary>One out of a few, all in sight. What belongs to one answer stands inside as &lt;vs-when value="…"&gt;.</summary>
[HtmlTargetElement("vs-choice", Attributes = "for,items")]
public sealed class ChoiceTag : Choices
{
    public bool Inline { get; set; }

    private protected override string Kind => "radio";

    private protected override string Css => Inline ? "govuk-radios--inline" : "";

    private protected override bool IsChosen(string value) => string.Equals(Typed(Name, Value(For.Model)), value, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Any number out of a few; the property is a list of strings, ids or codes.</summary>
[HtmlTargetElement("vs-checks", Attributes = "for,items")]
public sealed class ChecksTag : Choices
{
    IReadOnlyList<string>? _chosen;

    private protected override string Kind => "checkbox";

    private protected override string Css => "";

    private protected override bool IsChosen(string value)
    {
        _chosen ??= Ticked(Name) ?? [.. ((For.Model as IEnumerable) ?? Array.Empty<string>()).Cast<object?>().Select(Value).OfType<string>()];
        return _chosen.Contains(value, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>What radios and checkboxes have in common.</summary>
public abstract class Choices : Field
{
    public IEnumerable<Choice> Items { get; set; } = [];

    public bool Small { get; set; }

    private protected abstract string Kind { get; }

    private protected abstract string Css { get; }

    string Block => Kind == "radio" ? "govuk-radios" : "govuk-checkboxes";

    private protected abstract bool IsChosen(string value);

    private protected static string? Value(object? held) => Convert.ToString(held, CultureInfo.InvariantCulture);

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var inside = new Dictionary<string, IHtmlContent>(StringComparer.OrdinalIgnoreCase);
        context.Items[typeof(WhenTag)] = inside;
        if (Kind == "checkbox") FormTag.MayBeEmpty(context, Name);
        await output.GetChildContentAsync();

        var list = Make.Tag("div", Make.Classes(Block, Css, Small ? Block + "--small" : null));
        var number = 0;
        foreach (var item in Items) Put(list, item, number++, inside);
        Several(output, list);
    }

    void Put(TagBuilder list, Choice item, int number, Dictionary<string, IHtmlContent> inside)
    {
        // The first carries the field's own id, so that the error summary leads there.
        var id = number == 0 ? Id : $"{Id}-{number + 1}";
        var chosen = IsChosen(item.Value);
        var more = inside.GetValueOrDefault(item.Value);
        var input = Make.Void("input", Block + "__input").With("id", id).With("name", Name).With("type", Kind).With("value", item.Value)
            .When(chosen, "checked")
            .With("data-reveals", more is null ? null : id + "-more")
            .With("aria-describedby", item.Hint is null ? null : id + "-item-hint");
        var label = Make.Tag("label", $"govuk-label {Block}__label", item.Text).With("for", id);
        var hint = item.Hint is null ? null : Make.Tag("div", $"govuk-hint {Block}__hint", item.Hint).With("id", id + "-item-hint");
        list.Holding(Make.Tag("div", Block + "__item").Holding(input, label, hint));
        if (more is null) return;
        list.Holding(Make.Tag("div", Make.Classes($"{Block}__conditional", chosen ? null : $"{Block}__conditional--hidden")).With("id", id + "-more").Holding(more));
    }
}

/// <summary>Fields that are asked only with one answer; without script they are simply there.</summary>
[HtmlTargetElement("vs-when", Attributes = "value")]
public sealed class WhenTag : TagHelper
{
    public string Value { get; set; } = "";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        if (context.Items.TryGetValue(typeof(WhenTag), out var found) && found is Dictionary<string, IHtmlContent> inside) inside[Value] = content;
        output.SuppressOutput();
    }
}

/// <summary>One yes that is ticked or not; the property is a bool.</summary>
[HtmlTargetElement("vs-check", Attributes = "for")]
public sealed class CheckTag : Field
{
    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        FormTag.MayBeEmpty(context, Name);
        var ticked = Ticked(Name)?.Contains("true", StringComparer.OrdinalIgnoreCase) ?? For.Model is true;
        var input = Make.Void("input", "govuk-checkboxes__input").With("id", Id).With("name", Name).With("type", "checkbox").With("value", "true")
            .When(ticked, "checked").With("aria-describedby", DescribedBy());
        Pass(output, input);
        var label = LabelTag();
        label.AddCssClass("govuk-checkboxes__label");
        var hint = HintTag();
        hint?.AddCssClass("govuk-checkboxes__hint");
        var item = Make.Tag("div", "govuk-checkboxes__item").Holding(input, label, hint);
        var block = Make.Tag("div", Make.Classes("govuk-checkboxes", Small ? "govuk-checkboxes--small" : null)).Holding(item);
        Alone(output, block);
    }
}

/// <summary>One out of many.</summary>
[HtmlTargetElement("vs-select", Attributes = "for,items")]
public sealed class SelectTag : Field
{
    public IEnumerable<Choice> Items { get; set; } = [];

    /// <summary>What stands first, for no choice yet; an empty text leaves it out.</summary>
    public string? Empty { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var chosen = Typed(Name, Convert.ToString(For.Model, CultureInfo.InvariantCulture));
        var select = Make.Tag("select", Make.Classes("govuk-select", Error is null ? null : "govuk-select--error"))
            .With("id", Id).With("name", Name).With("autocomplete", "off").With("aria-describedby", DescribedBy());
        Pass(output, select);
        var empty = Empty ?? Words.Choose;
        if (empty.Length > 0) select.Holding(Make.Tag("option", null, empty).With("value", ""));
        foreach (var item in Items)
        {
            select.Holding(Make.Tag("option", null, item.Text).With("value", item.Value)
                .When(string.Equals(item.Value, chosen, StringComparison.OrdinalIgnoreCase), "selected"));
        }

        Single(output, select);
    }
}
