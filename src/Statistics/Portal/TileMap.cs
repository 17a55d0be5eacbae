using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>The areas as equal squares where they lie to each other. No zone and no border: a large area does not shout, and nothing finer can be read from it.</summary>
internal static class TileMap
{
    public const int Steps = 5;
    private const int Side = 96, Pitch = 100;

    /// <param name="areas">One for each area or union; a union shows its figure on each of its squares.</param>
    public static IHtmlContent Draw(string title, string about, IReadOnlyList<Quoted> areas)
    {
        var most = Most(areas);
        var map = new TagBuilder("svg");
        foreach (var (name, value) in new[] { ("class", "vs-map"), ("viewBox", "0 0 396 396"), ("role", "img"), ("aria-labelledby", "map-title map-about"), ("focusable", "false") }) map.Attributes[name] = value;
        map.InnerHtml.AppendHtml(Text("title", title, ("id", "map-title"))).AppendHtml(Text("desc", about, ("id", "map-about")));
        foreach (var (area, (column, row)) in Axes.Squares)
        {
            var quoted = areas.FirstOrDefault(a => Geography.Members(a.Figure.Place).Contains(area, StringComparer.Ordinal));
            // One of the first release among those of the final one says so on its tile too.
            var (figure, first) = (quoted?.Figure, quoted?.IsOfFirst == true);
            var sign = first ? " p" : "";
            var (shown, step) = (figure is null ? "" : Said.Shown(figure) + (first ? $" p, {Said.Kind(quoted!.Release.Kind)}" : ""), figure?.Value is { } value ? StepOf(value, most) : 0);
            var (x, y, tile) = (column * Pitch, row * Pitch, new TagBuilder("g"));
            tile.Attributes["class"] = Class("vs-map__tile--", step) + (first ? " vs-map__tile--first" : "");
            tile.InnerHtml.AppendHtml(Text("title", $"{Said.Place(figure?.Place ?? area)}: {shown}"));
            tile.InnerHtml.AppendHtml(Text("rect", null, ("x", Number(x)), ("y", Number(y)), ("width", Number(Side)), ("height", Number(Side))));
            tile.InnerHtml.AppendHtml(Text("text", area, ("class", "vs-map__name"), ("x", Number(x + (Side / 2))), ("y", Number(y + 38))));
            tile.InnerHtml.AppendHtml(Text("text", figure?.Value is { } number ? number.ToString("N0", CultureInfo.CurrentCulture) + sign : figure is null ? "" : Said.Shown(figure) + sign, ("x", Number(x + (Side / 2))), ("y", Number(y + 66))));
            map.InnerHtml.AppendHtml(tile);
        }
        return map;
    }

    /// <summary>What each shade says: from the first of its figures to the last.</summary>
    public static IEnumerable<(int Step, int From, int To)> Legend(IReadOnlyList<Quoted> areas)
    {
        var most = Most(areas);
        return most == 0 ? [] : Enumerable.Range(1, Steps).Select(s => (s, s == 1 ? 0 : ((s - 1) * most / Steps) + 1, s * most / Steps)).Where(s => s.Item2 <= s.Item3);
    }

    private static int Most(IReadOnlyList<Quoted> areas) => areas.Max(a => a.Figure.Value) ?? 0;

    private static int StepOf(int value, int most) => Legend(most).First(s => value <= s.To).Step;

    private static IEnumerable<(int Step, int To)> Legend(int most) => Enumerable.Range(1, Steps).Select(s => (s, s == Steps ? most : s * most / Steps));

    private static string Class(string name, int step) => name + Number(step);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static TagBuilder Text(string name, string? text, params (string Name, string Value)[] attributes)
    {
        var tag = new TagBuilder(name);
        foreach (var (attribute, value) in attributes) tag.Attributes[attribute] = value;
        if (text is not null) tag.InnerHtml.Append(text);
        return tag;
    }
}
