using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>One figure as a reader finds it in a file or an answer, in the letters in which it stands there.</summary>
internal sealed record Found(string Table, string Cell, string Value, string Margin, string Signs)
{
    public string Place => Cell.Split('|')[0];
}

/// <summary>Everything that leaves the house of one release: what the command line exports in three formats, and what the API answers a program.</summary>
/// <param name="Api">Pages of cells as JSON, and each table as JSON-stat.</param>
internal sealed record Exports(Release Release, IReadOnlyList<Figure> Figures, string Csv, byte[] Xlsx, string JsonStat, IReadOnlyList<string> Api)
{
    private static readonly XNamespace Xml = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// <summary>By the product's own writers.</summary>
    public static Exports Of(Release release, IReadOnlyList<Figure> figures, IReadOnlyList<string> api) => new(release, figures, Encoding.UTF8.GetString(Foundation.Sheets.Csv.Of(SheetsOfRelease.Whole(release, figures))),
        Foundation.Sheets.Xlsx.ToBytes(SheetsOfRelease.ByTable(release, figures)), Encoding.UTF8.GetString(VictimSupport.Statistics.Portal.JsonStat.Bytes(VictimSupport.Statistics.Portal.JsonStat.Of(new OnTheShelf(release, figures)))), api);

    /// <summary>Every text in it, to be searched.</summary>
    public IEnumerable<string> Texts()
    {
        yield return Csv;
        yield return JsonStat;
        foreach (var answer in Api) yield return answer;
        using var zip = new ZipArchive(new MemoryStream(Xlsx));
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            yield return reader.ReadToEnd();
        }
    }

    /// <summary>The figures of each form, by its name. What a form holds besides figures, and should not, is a fault.</summary>
    public IEnumerable<(string Form, IReadOnlyList<Found> Figures)> Forms(List<string> faults)
    {
        yield return ("csv", FromCsv(faults));
        yield return ("xlsx", FromXlsx(faults));
        yield return ("json-stat", [.. JsonDocument.Parse(JsonStat).RootElement.GetProperty("link").GetProperty("item").EnumerateArray().SelectMany(FromJsonStat)]);
        var answers = Api.Select(a => JsonDocument.Parse(a).RootElement).ToList();
        yield return ("api", [.. answers.Where(a => a.TryGetProperty("items", out _)).SelectMany(FromApi)]);
        yield return ("api json-stat", [.. answers.Where(a => a.TryGetProperty("class", out _)).SelectMany(FromJsonStat)]);
    }

    private List<Found> FromCsv(List<string> faults)
    {
        var rows = Csv.TrimStart('\uFEFF').TrimEnd().Split("\r\n").Select(l => l.Split(';')).ToList();
        if (rows[0].Any(c => c is "zone" or "zone_id" or "zone_code" or "person" or "id")) faults.Add($"{Release.Id} csv: a column of ids");
        if (rows.Exists(r => r.Length != rows[0].Length)) faults.Add($"{Release.Id} csv: a line of another width");
        return rows.Skip(1).Select(r => Row(r, [r[11], r[13], r[15]])).ToList();
    }

    private static Found Row(string[] row, IEnumerable<string> codes) => new(row[6], string.Join('|', new[] { row[8], row[9] }.Concat(codes.Where(c => c.Length > 0))), row[^3], row[^2], row[^1]);

    private List<Found> FromXlsx(List<string> faults)
    {
        using var zip = new ZipArchive(new MemoryStream(Xlsx));
        var book = XDocument.Load(zip.GetEntry("xl/workbook.xml")!.Open());
        if (book.Descendants(Xml + "sheet").Any(s => s.Attribute("state") is not null) || book.Descendants(Xml + "definedName").Any()) faults.Add($"{Release.Id} xlsx: something hidden");
        var pages = zip.Entries.Where(e => e.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal) && e.FullName.EndsWith(".xml", StringComparison.Ordinal)).ToList();
        if (pages.Count != book.Descendants(Xml + "sheet").Count()) faults.Add($"{Release.Id} xlsx: a sheet that no list names");
        // Figures can lie in sheets alone: no cache of a pivot, no shared text, no comment.
        var other = zip.Entries.Except(pages).Select(e => e.FullName).Where(n => !n.EndsWith(".rels", StringComparison.Ordinal) && n is not ("[Content_Types].xml" or "xl/workbook.xml" or "xl/styles.xml")).ToList();
        if (other.Count > 0) faults.Add($"{Release.Id} xlsx: {other[0]}");
        var found = new List<Found>();
        foreach (var page in pages)
        {
            var sheet = XDocument.Load(page.Open());
            if (sheet.Descendants().Any(e => e.Attribute("hidden") is not null || e.Name == Xml + "f")) faults.Add($"{Release.Id} xlsx: something hidden, or a formula");
            var rows = sheet.Descendants(Xml + "row").Select(r => r.Elements(Xml + "c").ToDictionary(c => ((string)c.Attribute("r")!)[0] - 'A', c => c.Element(Xml + "v")?.Value ?? string.Concat(c.Descendants(Xml + "t").Select(t => t.Value)))).ToList();
            var width = rows[0].Count;
            found.AddRange(rows.Skip(1).Select(r => Enumerable.Range(0, width).Select(c => r.GetValueOrDefault(c, "")).ToArray()).Select(r => Row(r, r[10..^5])));
        }
        return found;
    }

    private static IEnumerable<Found> FromApi(JsonElement answer) => answer.GetProperty("items").EnumerateArray().Select(i => new Found(answer.GetProperty("table").GetString()!, i.GetProperty("cell").GetString()!, Raw(i, "value"), Raw(i, "margin95"),
        i.TryGetProperty("signs", out var signs) ? string.Join(' ', signs.EnumerateArray().Select(s => s.GetString())) : ""));

    private static string Raw(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetRawText() : "";

    // Places without a figure have neither value nor status.
    private static IEnumerable<Found> FromJsonStat(JsonElement set)
    {
        var table = TableProgramme.Shipped.Of(set.GetProperty("extension").GetProperty("table").GetString()!);
        var ids = set.GetProperty("id").EnumerateArray().Select(i => i.GetString()!).ToList();
        var codes = ids.ConvertAll(i => set.GetProperty("dimension").GetProperty(i).GetProperty("category").GetProperty("index").EnumerateArray().Select(c => c.GetString()!).ToList());
        var (values, at) = (set.GetProperty("value").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? "" : v.GetRawText()).ToList(), new int[ids.Count - 1]);
        for (var i = 0; i < values.Count; i += 2)
        {
            var signs = set.TryGetProperty("status", out var status) && status.TryGetProperty(i.ToString(CultureInfo.InvariantCulture), out var said) ? said.GetString()! : "";
            if (signs.Length > 0 || values[i].Length > 0)
            {
                var place = ids.Take(at.Length).Select((id, d) => (id, Code: codes[d][at[d]])).ToDictionary(p => p.id, p => p.Code, StringComparer.Ordinal);
                yield return new Found(table.Id, Axes.Cell(table, place[Axes.Area], place[Axes.Period], place.Where(p => p.Key is not (Axes.Area or Axes.Period)).ToDictionary(StringComparer.Ordinal)) ?? "nowhere", values[i], values[i + 1], signs);
            }
            for (var d = at.Length - 1; d >= 0 && ++at[d] == codes[d].Count; d--) at[d] = 0;
        }
    }

    // Planted by the audit, to see that it looks.

    public Exports WithValueInCsv(string value)
    {
        var lines = Csv.Split("\r\n");
        var at = Array.FindIndex(lines, 1, l => l.Split(';')[^3].Length > 0);
        var cells = lines[at].Split(';');
        cells[^3] = value;
        lines[at] = string.Join(';', cells);
        return this with { Csv = string.Join("\r\n", lines) };
    }

    public Exports WithColumnInCsv() => this with { Csv = string.Join("\r\n", Csv.TrimEnd().Split("\r\n").Select((l, i) => (i == 0 ? "zone_code;" : "5000;") + l.TrimStart('\uFEFF'))) };

    public Exports WithHiddenSheet() => this with { Xlsx = Edited("xl/workbook.xml", x => System.Text.RegularExpressions.Regex.Replace(x, "<(?<prefix>x:)?sheet ", "<${prefix}sheet state=\"hidden\" ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))) };

    /// <summary>A number where the others hide it.</summary>
    public Exports WithHiddenFigureInXlsx() => this with { Xlsx = Foundation.Sheets.Xlsx.ToBytes(SheetsOfRelease.ByTable(Release, Shown(4))) };

    public Exports WithHiddenFigureInJsonStat() => this with { JsonStat = Of(Release, Shown(14), []).JsonStat };

    public Exports WithHiddenFigureInApi()
    {
        var at = Api.ToList().FindIndex(a => a.Contains("\"signs\":[\"c\"", StringComparison.Ordinal));
        return this with { Api = [.. Api.Select((a, i) => i == at ? Replaced(a, "\"signs\":[\"c\"", "\"value\":14,\"margin95\":8,\"signs\":[\"u\"") : a)] };
    }

    public Exports WithDecimalsInApi()
    {
        // Whatever it begins with: noise decides that.
        var (at, shown) = Api.SelectMany((a, i) => Enumerable.Range(1, 9).Select(digit => (i, shown: $"\"value\":{digit}")).Where(p => a.Contains("\"items\"", StringComparison.Ordinal) && a.Contains(p.shown, StringComparison.Ordinal))).First();
        return this with { Api = [.. Api.Select((a, i) => i == at ? Replaced(a, shown, shown.Replace(":", ":0.5,\"was\":", StringComparison.Ordinal)) : a)] };
    }

    public Exports WithText(string text, int form) => form switch
    {
        0 => this with { Csv = Csv + text },
        1 => this with { Xlsx = Foundation.Sheets.Xlsx.ToBytes([.. SheetsOfRelease.ByTable(Release, Figures), new Sheet("note", [[text]])]) },
        2 => this with { JsonStat = JsonStat.Replace("\"collection\"", $"\"{text}\"", StringComparison.Ordinal) },
        _ => this with { Api = [.. Api, text] },
    };

    private List<Figure> Shown(int value)
    {
        var hidden = Figures.First(f => f.IsProtected);
        return [.. Figures.Select(f => f == hidden ? f with { Value = value, Margin = 8, Signs = "u" } : f)];
    }

    private static string Replaced(string text, string what, string by) => text.IndexOf(what, StringComparison.Ordinal) is var at && at >= 0 ? text[..at] + by + text[(at + what.Length)..] : text;

    private byte[] Edited(string part, Func<string, string> edit)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Xlsx);
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Update, leaveOpen: true))
        {
            string text;
            using (var reader = new StreamReader(zip.GetEntry(part)!.Open())) text = reader.ReadToEnd();
            zip.GetEntry(part)!.Delete();
            using var writer = new StreamWriter(zip.CreateEntry(part).Open());
            writer.Write(edit(text));
        }
        return bytes.ToArray();
    }
}
