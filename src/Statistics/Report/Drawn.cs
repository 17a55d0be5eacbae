using System.Globalization;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Report;

/// <param name="Figure">By which the line is defined; null: it is about no case.</param>
internal sealed record ReportRow(string Label, IReadOnlyList<Cell> Cells, bool IsTotal = false, Definition? Figure = null);

/// <param name="Note">What must be known to read it; null: nothing.</param>
internal sealed record ReportTable(string Id, string Name, string First, IReadOnlyList<string> Columns, IReadOnlyList<ReportRow> Rows, Definition? Figure = null, string? Note = null)
{
    private static readonly HashSet<string> Charted = new(StringComparer.Ordinal) { "earlier", "category", "months", "service", "place", "delay", "trigger", "contactPlace", "callOutHours", "referralAnswer", "referralTarget", "meetings-by-level" };

    public bool HasChart => Charted.Contains(Id) && Rows.Any(r => !r.IsTotal && (Id == "months" ? r.Cells : r.Cells.Take(1)).Any(c => c.Number > 0));
    public bool IsEmpty => Rows.All(r => r.Cells.All(c => c.Number is null or 0 && c.Text is null or Rounding.Under));
}

/// <param name="Text">The zone's own words; null: a chapter of figures alone.</param>
internal sealed record Chapter(string Id, string Title, string? Text, IReadOnlyList<ReportTable> Tables);

/// <summary>A report as it is shown, printed and saved, in one language. Page and workbook are made of this one thing.</summary>
internal sealed record Drawn(int Year, bool IsPublic, string Zone, string Code, string Service, string Language, IReadOnlyList<Chapter> Chapters, ReportFacts Facts)
{
    public IEnumerable<ReportTable> Tables => Chapters.SelectMany(c => c.Tables);

    /// <summary>Draws it. Words and numbers are those of the current culture.</summary>
    public static Drawn Of(ReportFacts facts, ZoneRecord zone, string service, string language)
    {
        var (says, isPublic) = (facts.Says, facts.Exact is null);
        var (cases, glance, work) = isPublic ? PublicTables(facts) : ExactTables(facts);
        var chapters = new List<Chapter>
        {
            new("foreword", Words.ReportForeword, says.Foreword, []),
            new("figures", Words.AtAGlance, null, [glance, .. Earlier(facts)]),
            new("done", Words.ReportDone, says.Done, []),
        };
        chapters.AddRange(cases.GroupBy(t => t.Figure!.Unit).Select(unit => new Chapter("unit-" + unit.Key, Words.Of(unit.Key), null, [.. unit])));
        chapters.Add(new("together", Words.ReportTogether, says.Together, [.. work]));
        chapters.Add(new("own", says.OwnTitle ?? Words.ReportOwn, says.Own, []));
        chapters.Add(new("plans", Words.ReportPlans, says.Plans, []));
        return new Drawn(facts.Year, isPublic, zone.NameIn(language), zone.Code, service, language, [.. chapters.Where(c => c.Tables.Count > 0 || !string.IsNullOrWhiteSpace(c.Text))], facts);
    }

    /// <summary>Does something in the language of a report.</summary>
    public static T In<T>(string language, Func<T> what)
    {
        var (ui, culture) = (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture);
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language + "-BE");
            return what();
        }
        finally
        {
            (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (ui, culture);
        }
    }

    private static string Head(int year) => year.ToString(CultureInfo.InvariantCulture);

    private static string BeforeHead(ReportFacts facts) => facts.Before.Code ?? Words.ReportUntil(Head(facts.Before.From.Year), Design.Html.Moment.Show(facts.Before.Until));

    // Own figures' tables as they are, under the years' own names.
    private static (List<ReportTable> Cases, ReportTable Glance, List<ReportTable> Work) ExactTables(ReportFacts facts)
    {
        var ((now, then), year) = (facts.Exact!.Value, new Interval(new DateOnly(facts.Year, 1, 1), new DateOnly(facts.Year, 12, 31)));
        var drawing = Draw.All(year, facts.Before, now, then, ages: true, beside: null);
        var cases = drawing.All.Skip(1).Select(t => new ReportTable(t.Id, t.Name, t.First, [.. t.Columns.Select(Named)], [.. t.Rows.Select(r => new ReportRow(r.Label, r.Cells, r.IsTotal))], t.Figure)).ToList();
        var (totals, before, typed) = (MainTotals.Of(now, facts.Work), MainTotals.Of(then, facts.WorkBefore), Typed(facts, then.Cases.Count == 0 && then.Tallied.Count == 0 && facts.WorkBefore.All(w => w.Count == 0)));
        var rows = MainTotals.Codes.Select(code => new ReportRow(MainTotals.Name(code), typed is null ? [totals[code], before[code], totals[code] - before[code]] : [totals[code], Mark(typed, code, n => n), Cell.Empty], false, MainTotals.Figure(code))).ToList();
        var days = drawing.Tables[0].Rows.Single(r => r.Figure.Code == "daysOpen");
        rows.Add(new ReportRow(days.Label, days.Cells, false, days.Figure));
        var glance = new ReportTable("glance", Words.ReportTotals, Words.FigureColumn, [Head(facts.Year), BeforeHead(facts), Words.ChangeColumn], rows, null, typed is null ? null : Words.ReportTypedNote);
        var earlier = facts.WorkBefore.ToDictionary(w => (w.Table, w.Row), w => w.Count);
        var work = facts.Work.GroupBy(w => w.Table).Select(t => new ReportTable(t.Key, StructuralWords.Table(t.Key), Words.FigureColumn, [Head(facts.Year), Head(facts.Year - 1), Words.ChangeColumn],
            [.. t.Select(w => new ReportRow(StructuralWords.Row(w.Table, w.Row), [w.Count, earlier.GetValueOrDefault((w.Table, w.Row)), w.Count - earlier.GetValueOrDefault((w.Table, w.Row))]))])).ToList();
        return (cases, glance, work);

        string Named(string column) => column == Words.CountColumn ? Head(facts.Year) : column == Words.BeforeColumn ? BeforeHead(facts) : column;
    }

    private static (List<ReportTable> Cases, ReportTable Glance, List<ReportTable> Work) PublicTables(ReportFacts facts)
    {
        var (now, before) = (facts.Rounded!.Now, facts.Rounded.Before);
        var then = before.ToLookup(c => (c.Table, c.Row));
        string[] columns = [Head(facts.Year), Head(facts.Year - 1), Words.ChangeColumn];
        var cases = now.GroupBy(c => c.Table).Where(t => Figures.All.Any(f => f.Code == t.Key)).Select(t =>
        {
            var figure = Figures.Find(t.Key);
            var rows = t.Select(c => Line(CodeNames.Of(figure.Code, c.Row), c.Count, then[(c.Table, c.Row)].Select(b => b.Count).FirstOrDefault())).ToList();
            if (figure.Shape == Shape.Parts) rows.Add(Line(Words.TotalRow, Rounding.Total(t.Select(c => c.Count)), Rounding.Total(before.Where(b => b.Table == t.Key).Select(b => b.Count)), isTotal: true));
            return new ReportTable(figure.Code, figure.Name, Words.PartColumn, columns, rows, figure);
        }).ToList();
        var (totals, earlier, typed) = (MainTotals.Of(now), MainTotals.Of(before), Typed(facts, before.All(b => b.Count is null)));
        var glance = new ReportTable("glance", Words.ReportTotals, Words.FigureColumn, columns,
            [.. MainTotals.Codes.Select(code => typed is null ? Line(MainTotals.Name(code), totals[code], earlier[code], isTotal: false, total: true) with { Figure = MainTotals.Figure(code) } : new ReportRow(MainTotals.Name(code), [Sum(totals[code]), Mark(typed, code, n => Rounding.Of(n)), Cell.Empty], false, MainTotals.Figure(code)))],
            null, typed is null ? Words.ReportSumsNote : Words.ReportSumsNote + " " + Words.ReportTypedNote);
        var work = now.GroupBy(c => c.Table).Where(t => StructuralWords.Tables.Contains(t.Key)).Select(t => new ReportTable(t.Key, StructuralWords.Table(t.Key), Words.FigureColumn, columns, [.. t.Select(c => Line(StructuralWords.Row(c.Table, c.Row), c.Count, then[(c.Table, c.Row)].Select(b => b.Count).FirstOrDefault()))])).ToList();
        return (cases, glance, work);

        // What has changed is told between two numbers that are shown, and nowhere else.
        static ReportRow Line(string label, int? now, int? before, bool isTotal = false, bool total = false) =>
            new(label, [isTotal || total ? Sum(now) : Rounding.Cell(now), isTotal || total ? Sum(before) : Rounding.Cell(before), now is { } a && before is { } b ? a - b : Cell.Empty], isTotal);

        static Cell Sum(int? total) => total is { } known ? known : "–";
    }

    // Given by the zone, where the platform knows nothing of the year before and the whole of it is meant.
    private static EarlierYear? Typed(ReportFacts facts, bool isUnknown) => isUnknown && !facts.IsPreview ? facts.Earlier.FirstOrDefault(y => y.Year == facts.Year - 1) : null;

    private static Cell Mark(EarlierYear typed, string code, Func<int, int?> shown) => typed.Counts.TryGetValue(code, out var count) ? (shown(count) is { } n ? n.ToString("N0", CultureInfo.CurrentCulture) : Rounding.Under) + " *" : Cell.Empty;

    private static IEnumerable<ReportTable> Earlier(ReportFacts facts)
    {
        if (facts.Earlier.Count == 0) return [];
        var codes = MainTotals.Codes.Where(c => facts.Earlier.Any(y => y.Counts.ContainsKey(c))).ToList();
        return [new ReportTable("earlier", Words.ReportEarlier, Words.ReportYearLabel, [.. codes.Select(MainTotals.Name), Words.ReportOrigin],
            [.. facts.Earlier.Select(y => new ReportRow(Head(y.Year) + " *", [.. codes.Select(c => y.Counts.TryGetValue(c, out var n) ? facts.Exact is null ? Rounding.Cell(Rounding.Of(n)) : n : Cell.Empty), Origin(y)]))], null, Words.ReportTypedNote)];
    }

    public static string Origin(EarlierYear year) => (year.Imported ? Words.ReportImportedOn : Words.ReportTypedOn)(Design.Html.Moment.Show(Design.Html.Moment.Day(year.At)));
}

/// <summary>The annex of a report: every table of the edition as a sheet. The same report is the same bytes.</summary>
internal static class AnnexFile
{
    public static byte[] Of(Drawn report) => Xlsx.ToBytes(
    [
        new Sheet(Words.AboutSheet,
        [
            [report.IsPublic ? Words.ReportPublic : Words.InternalMark, report.IsPublic ? Words.ReportPublicText : Words.InternalText],
            [Words.ZoneLabel, report.Code + " " + report.Zone],
            [Words.ReportYearLabel, report.Year],
            .. report.Tables.Where(t => t.Note is not null).Select(t => (IReadOnlyList<Cell>)[t.Name, t.Note]),
        ]),
        .. report.Tables.Select(t => new Sheet(t.Name, [[t.First, .. t.Columns.Select(Cell.Of)], .. t.Rows.Select(r => (IReadOnlyList<Cell>)[r.Label, .. r.Cells])])),
    ]);
}
