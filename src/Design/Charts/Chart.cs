using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using VictimSupport.Design.Tags;

namespace VictimSupport.Design.Charts;

/// <summary>One bar.</summary>
/// <param name="Length">0 or more; null: there is nothing to draw, what is written tells why ("c", "&lt;5").</param>
/// <param name="Written">The value as it is read, also where a bar stands.</param>
/// <param name="Series">What is said of it beside its value where a group has several.</param>
public sealed record Bar(decimal? Length, string Written, string? Series = null);

/// <summary>The bars of one label, at most <see cref="Chart.MostSeries"/>, in the order of their colours.</summary>
public sealed record BarGroup(string Label, IReadOnlyList<Bar> Bars);

/// <summary>One small chart among several.</summary>
public sealed record Panel(string Label, IReadOnlyList<Bar> Columns);

/// <summary>
/// Charts as SVG that the server draws: no script, no style attribute, letters of the page's own size at every width, both themes, print.
/// A chart never stands alone: its table is beneath, and the page writes it.
/// </summary>
public static class Chart
{
    public const int MostSeries = 4;

    // In letters, so that a chart grows with the reader's own size of text.
    private const decimal Line = 1.35m, Thick = 1.3m, Between = .15m, Apart = .8m, Columns = 5m;
    // The longest bar leaves room for what is written after it, on 320 pixels too.
    private const decimal Longest = 58m;
    private const int LettersOnALine = 34, LettersOnASmallOne = 28;

    /// <summary>Bars lying under one another, each group under its label.</summary>
    /// <param name="id">Of the drawing, one of a kind on its page.</param>
    /// <param name="title">What is to be seen, as the heading says it.</param>
    /// <param name="about">What is measured, in which unit and period.</param>
    /// <exception cref="ArgumentException">More series than there are colours, or a bar shorter than nothing.</exception>
    public static IHtmlContent Bars(string id, string title, string about, IReadOnlyList<BarGroup> groups)
    {
        var (svg, y, most) = (Drawing(id, title, about, "vs-chart"), 0m, Most(groups.SelectMany(g => g.Bars)));
        foreach (var group in groups)
        {
            if (group.Bars.Count > MostSeries) throw new ArgumentException($"A chart shows at most {MostSeries} series.", nameof(groups));
            foreach (var line in Lines(group.Label, LettersOnALine))
            {
                svg.InnerHtml.AppendHtml(Make.Tag("text", "vs-chart__label", line).With("x", "0").With("y", Em(y + 1)));
                y += Line;
            }
            for (var n = 0; n < group.Bars.Count; n++)
            {
                var (bar, length) = (group.Bars[n], Share(group.Bars[n].Length, most, Longest));
                var said = bar.Series is null ? bar.Written : bar.Written + " – " + bar.Series;
                var whole = Make.Tag("g").Holding(Make.Tag("title", null, $"{group.Label}: {said}"));
                if (bar.Length is not null) whole.InnerHtml.AppendHtml(Rectangle(n, "0", Em(y), Percent(length), Em(Thick)));
                whole.InnerHtml.AppendHtml(Make.Tag("text", "vs-chart__value", said).With("x", Percent(bar.Length is null ? 0 : length)).With("y", Em(y + 1)).With("dx", ".4em"));
                svg.InnerHtml.AppendHtml(whole);
                y += Thick + Between;
            }
            y += Apart;
        }
        return svg.With("height", Em(Math.Max(y - Apart + Between, Line)));
    }

    /// <summary>Small multiples: one little chart of standing columns for each panel, all on one scale, so that they can be held against each other.</summary>
    /// <param name="columns">Short names of the columns, the same for each panel, such as 1 to 12.</param>
    /// <param name="names">Long names of the columns, for what is read on pointing: "March 2026".</param>
    /// <exception cref="ArgumentException">A panel has not one bar for each column, or a bar is shorter than nothing.</exception>
    public static IHtmlContent Multiples(string id, string title, string about, IReadOnlyList<string> columns, IReadOnlyList<string> names, IReadOnlyList<Panel> panels)
    {
        var (list, most) = (Make.Tag("ul", "vs-multiples"), Most(panels.SelectMany(p => p.Columns)));
        // The feet of all stand in one line.
        var lines = panels.Select(p => Lines(p.Label, LettersOnASmallOne).Count()).DefaultIfEmpty(1).Max();
        for (var i = 0; i < panels.Count; i++) list.InnerHtml.AppendHtml(Make.Tag("li").Holding(Small(string.Create(CultureInfo.InvariantCulture, $"{id}-{i + 1}"), title, about, columns, names, panels[i], most, lines)));
        return list;
    }

    private static TagBuilder Small(string id, string title, string about, IReadOnlyList<string> columns, IReadOnlyList<string> names, Panel panel, decimal most, int lines)
    {
        if (panel.Columns.Count != columns.Count || names.Count != columns.Count) throw new ArgumentException("A panel has one bar for each column.", nameof(panel));
        var (svg, wide) = (Drawing(id, $"{panel.Label}: {title}", about, "vs-chart vs-chart--small"), 100m / Math.Max(columns.Count, 1));
        var (head, label) = ((Line * lines) + .2m, Lines(panel.Label, LettersOnASmallOne).ToList());
        for (var i = 0; i < label.Count; i++) svg.InnerHtml.AppendHtml(Make.Tag("text", "vs-chart__label", label[i]).With("x", "0").With("y", Em((Line * i) + 1)));
        var highest = panel.Columns.Max(b => b.Length) ?? 0;
        var (marked, foot) = (false, head + Line + Columns);
        for (var n = 0; n < columns.Count; n++)
        {
            var (bar, tall) = (panel.Columns[n], Share(panel.Columns[n].Length, most, Columns));
            var whole = Make.Tag("g").Holding(Make.Tag("title", null, $"{panel.Label}, {names[n]}: {bar.Written}"), Rectangle(0, Percent(wide * n), Em(foot - tall), Percent(wide * .8m), Em(tall)));
            // The highest tells the scale; the others are in the table.
            if (!marked && bar.Length is { } length && length == highest && highest > 0)
            {
                marked = true;
                var (end, at) = (n * 2 >= columns.Count, wide * (n * 2 >= columns.Count ? n + .8m : n));
                whole.InnerHtml.AppendHtml(Make.Tag("text", end ? "vs-chart__value vs-chart__end" : "vs-chart__value", bar.Written).With("x", Percent(at)).With("y", Em(foot - tall - .25m)));
            }
            svg.InnerHtml.AppendHtml(whole);
        }
        svg.InnerHtml.AppendHtml(Make.Tag("line", "vs-chart__foot").With("x1", "0").With("x2", "100%").With("y1", Em(foot)).With("y2", Em(foot)));
        if (columns.Count > 0) svg.InnerHtml.AppendHtml(Make.Tag("text", "vs-chart__value", columns[0]).With("x", "0").With("y", Em(foot + 1.1m)));
        if (columns.Count > 1) svg.InnerHtml.AppendHtml(Make.Tag("text", "vs-chart__value vs-chart__end", columns[^1]).With("x", "100%").With("y", Em(foot + 1.1m)));
        return svg.With("height", Em(foot + 1.5m));
    }

    private static TagBuilder Drawing(string id, string title, string about, string css) => Make.Tag("svg", css).With("role", "img").With("width", "100%").With("aria-labelledby", $"{id}-title {id}-about").With("focusable", "false")
        .Holding(Make.Tag("title", null, title).With("id", id + "-title"), Make.Tag("desc", null, about).With("id", id + "-about"));

    private static TagBuilder Rectangle(int series, string x, string y, string width, string height) =>
        Make.Tag("rect", string.Create(CultureInfo.InvariantCulture, $"vs-chart__bar vs-chart__bar--{series + 1}")).With("x", x).With("y", y).With("width", width).With("height", height);

    private static decimal Most(IEnumerable<Bar> bars)
    {
        var lengths = bars.Select(b => b.Length ?? 0).DefaultIfEmpty(0).ToList();
        if (lengths.Exists(l => l < 0)) throw new ArgumentException("No bar is shorter than nothing.", nameof(bars));
        return lengths.Max();
    }

    private static decimal Share(decimal? length, decimal most, decimal of) => most == 0 ? 0 : (length ?? 0) / most * of;

    // SVG breaks no lines itself.
    private static IEnumerable<string> Lines(string label, int most)
    {
        var line = "";
        foreach (var word in label.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > most)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : line + " " + word;
        }
        yield return line;
    }

    private static string Em(decimal letters) => letters.ToString("0.##", CultureInfo.InvariantCulture) + "em";

    private static string Percent(decimal share) => share.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
