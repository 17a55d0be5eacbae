using System.Globalization;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Report;

/// <param name="Figure">By which the line is defined; null: it is about no case.</param>
internal sealed record ReportRow(string Label, IReadOnlyList<Cell> Cells, bool IsTotal = false, Definition? Figure = null);

/// <param name="Note">What must be known to read it; null: nothing.</param>
internal sealed record ReportTable(string Id, string Name, string First, IReadOnlyList<string> Columns, IReadOnlyList<ReportRow> Rows, Definition? Figure = null, string? Note = null)
{
    private static readonly HashSet<string> Charted = new(StringComparer.Ordinal) { "earlier", "category", "months", "service", "place", "delay", "trigger", "contactPlace", "callOutHours", "referralAnswer", "referralTarget", "training_topics", "meetings_by_level" };

    public bool HasChart => Charted.Contains(Id) && Rows.Any(r => !r.IsTotal && (Id == "months" ? r.Cells : r.Cells.Take(1)).Any(c => c.Number > 0));

    /// <summary>There is no number in it but zero.</summary>
    public bool IsEmpty => Rows.All(r => r.Cells.All(c => c.Number is null or 0 && (c.Text is null or Rounding.NoSum || c.Text.StartsWith(Rounding.Under, StringComparison.Ordinal))));
}

/// <param name="Text">The zone's own words; null: a chapter of figures alone.</param>
internal sealed record Chapter(string Id, string Title, string? Text, IReadOnlyList<ReportTable> Tables);

/// <summary>A report as it is shown, printed and saved, in one language. Page and workbook are made of this one thing.</summary>
internal sealed record Drawn(int Year, bool IsPublic, string Zone, string Code, string Service, string Language, IReadOnlyList<Chapter> Chapters, ReportFacts Facts)
{
    // Not counted here; it stays on the line of its number.
    private const string Star = "\u00A0*";

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
        // What holds no number is left out, and said to be.
        chapters.AddRange(cases.Where(t => !t.IsEmpty).GroupBy(t => t.Figure!.Unit).Select(unit => new Chapter("unit-" + unit.Key, Words.Of(unit.Key), null, [.. unit])));
        chapters.Add(new("together", Words.ReportTogether, says.Together, [.. work.Where(t => !t.IsEmpty)]));
        chapters.Add(new("own", says.OwnTitle ?? Words.ReportOwn, says.Own, []));
        chapters.Add(new("plans", Words.ReportPlans, says.Plans, []));
        return new Drawn(facts.Year, isPublic, facts.Names?.Zone ?? zone.NameIn(language), zone.Code, service, language, [.. chapters.Where(c => c.Tables.Count > 0 || !string.IsNullOrWhiteSpace(c.Text))], facts);
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
        // Whoever came here since may enter what was done before: a contact held last year does not make that year one that was counted.
        var isUnknown = then.Cases.Count == 0 && !then.Tallied.Any(t => t.Figure == "trigger" && t.Count > 0);
        var drawing = Draw.All(year, facts.Before, now, then, ages: true, beside: null);
        var cases = drawing.All.Skip(1).Select(t => Taken(t, isUnknown)).ToList();
        var (totals, before, typed) = (MainTotals.Of(now, facts.Work), MainTotals.Of(then, facts.WorkBefore), Typed(facts));
        var rows = MainTotals.Codes.Select(code => new ReportRow(MainTotals.Name(code), [totals[code], .. Compared(code)], false, MainTotals.Figure(code))).ToList();
        var days = drawing.Tables[0].Rows.Single(r => r.Figure.Code == "daysOpen");
        rows.Add(new ReportRow(days.Label, [.. days.Cells.Take(isUnknown && typed is null ? 1 : 3)], false, days.Figure));
        var glance = new ReportTable("glance", Words.ReportTotals, Words.FigureColumn, typed is null && isUnknown ? [Head(facts.Year)] : [Head(facts.Year), BeforeHead(facts), Words.ChangeColumn], rows, null, typed is null ? null : TypedNote(typed));
        var work = YearsOfWork.Draw(new YearsOfWork.Answer([(facts.Year, facts.Work), (facts.Year - 1, facts.WorkBefore)])).Select(t => Taken(t, isUnknown: false)).ToList();
        // Structural work has no part of a year: that of the year before is whole.
        if (facts.IsPreview && work.Count > 0) work[0] = work[0] with { Note = Words.StructuralNote };
        return (cases, glance, work);

        // What the zone says of the whole year stands before what was counted here of a part of it.
        IEnumerable<Cell> Compared(string code) => typed?.Counts.ContainsKey(code) == true ? [Mark(typed, code, n => n), Cell.Empty] : typed is null && isUnknown ? []
            : (MainTotals.TableOf(code) is { } table ? facts.IsPreview || !YearsOfWork.IsCounted(facts.WorkBefore, table) : isUnknown) ? [Cell.Empty, Cell.Empty] : [before[code], totals[code] - before[code]];

        ReportTable Taken(FigureTable table, bool isUnknown)
        {
            var columns = Enumerable.Range(0, table.Columns.Count).Where(i => !isUnknown || (table.Columns[i] != Words.BeforeColumn && table.Columns[i] != Words.ChangeColumn)).ToList();
            return new ReportTable(table.Id, table.Name, table.First, [.. columns.Select(i => Named(table.Columns[i]))], [.. table.Rows.Select(r => new ReportRow(r.Label, [.. columns.Select(i => r.Cells[i])], r.IsTotal))], table.Figure);
        }

        string Named(string column) => column == Words.CountColumn ? Head(facts.Year) : column == Words.BeforeColumn ? BeforeHead(facts) : column;
    }

    private static (List<ReportTable> Cases, ReportTable Glance, List<ReportTable> Work) PublicTables(ReportFacts facts)
    {
        var (now, before) = (facts.Rounded!.Now, facts.Rounded.Before);
        // What says no number of the year before says nothing of it.
        var isUnknown = before.All(b => b.Count is null || Figures.IsStructural(b.Table));
        var then = before.ToDictionary(c => (c.Table, c.Row), c => c.Count);
        List<string> columns = [Head(facts.Year), Head(facts.Year - 1), Words.ChangeColumn];
        var tables = now.GroupBy(c => c.Table).Where(t => Figures.All.Any(f => f.Code == t.Key)).Select(t =>
        {
            var figure = Figures.Find(t.Key);
            var rows = t.Select(c => figure.Unit == Unit.StructuralWork ? Work(StructuralNames.TableOf(c.Table), c.Row, c.Count, then.GetValueOrDefault((c.Table, c.Row))) : Line(CodeNames.Of(figure.Code, c.Row), Rounding.Cell, c.Count, then.GetValueOrDefault((c.Table, c.Row)))).ToList();
            if (figure.Shape == Shape.Parts) rows.Add(Line(Words.TotalRow, Rounding.Sum, Rounding.Total(t.Select(c => c.Count)), Rounding.Total(before.Where(b => b.Table == t.Key).Select(b => b.Count))) with { IsTotal = true });
            return (figure.Unit == Unit.StructuralWork ? before.All(b => b.Count is null || b.Table != t.Key) : isUnknown) ? Alone(new ReportTable(figure.Code, figure.Name, Words.PartColumn, columns, rows, figure)) : new ReportTable(figure.Code, figure.Name, Words.PartColumn, columns, rows, figure);
        }).ToLookup(t => t.Figure!.Unit == Unit.StructuralWork);
        var (totals, earlier, typed) = (MainTotals.Of(now), MainTotals.Of(before), Typed(facts));
        var glance = new ReportTable("glance", Words.ReportTotals, Words.FigureColumn, columns,
            [.. MainTotals.Codes.Select(code => (typed?.Counts.ContainsKey(code) == true ? new ReportRow(MainTotals.Name(code), [Rounding.Sum(totals[code]), Mark(typed, code, n => Rounding.Of(n)), Cell.Empty]) : Line(MainTotals.Name(code), Rounding.Sum, totals[code], earlier[code])) with { Figure = MainTotals.Figure(code) })],
            null, typed is null ? Words.ReportSumsNote : Words.ReportSumsNote + " " + TypedNote(typed));
        return ([.. tables[false]], isUnknown && typed is null ? Alone(glance) : glance, [.. tables[true]]);

        // Without a year before.
        static ReportTable Alone(ReportTable table) => table with { Columns = [table.Columns[0]], Rows = [.. table.Rows.Select(r => r with { Cells = [r.Cells[0]] })] };

        static ReportRow Work(string table, string row, int? now, int? before)
        {
            // Rounded as it is counted, told as it is read.
            Cell Told(int? count) => count is { } known ? SaidStructuralWork.Read(table, row, known) : $"{Rounding.Under} {SaidStructuralWork.CountedIn(table, row)}".TrimEnd();
            return new(SaidStructuralWork.ReadRow(table, row), [Told(now), Told(before), now is { } a && before is { } b ? SaidStructuralWork.Read(table, row, a - b) : Cell.Empty]);
        }

        // What has changed is told between two numbers that are shown, and nowhere else.
        ReportRow Line(string label, Func<int?, Cell> said, int? now, int? before) => new(label, [said(now), said(before), now is { } a && before is { } b ? a - b : Cell.Empty]);
    }

    /// <summary>One number over the years: those that the zone gave, then what is counted here, the latest last. Of a year that runs nothing: a part of it would look like a fall.</summary>
    public IReadOnlyList<(string Label, Cell Cell)> Years()
    {
        var (given, glance) = (Tables.Single(t => t.Id == "earlier"), Tables.Single(t => t.Id == "glance"));
        List<(string Label, Cell Cell)> years = [.. given.Rows.Select(r => (r.Label, r.Cells[0]))];
        if (Facts.IsPreview || glance.Rows.FirstOrDefault(r => r.Label == given.Columns[0]) is not { } row) return years;
        if (row.Cells.Count > 1 && row.Cells[1] != Cell.Empty && !Facts.Earlier.Any(y => y.Year == Year - 1)) years.Add((Head(Year - 1), row.Cells[1]));
        years.Add((Head(Year), row.Cells[0]));
        return years;
    }

    // Given by the zone, of the whole of the year before.
    private static EarlierYear? Typed(ReportFacts facts) => !facts.IsPreview ? facts.Earlier.FirstOrDefault(y => y.Year == facts.Year - 1) : null;

    // Beside the number: why it stands there and not what is counted here.
    private static string TypedNote(EarlierYear typed) => typed.IsInstead ? Words.ReportTypedInstead(Head(typed.Year)) : Words.ReportTypedNote;

    private static Cell Mark(EarlierYear typed, string code, Func<int, int?> shown) => typed.Counts.TryGetValue(code, out var count) ? (shown(count) is { } n ? n.ToString("N0", CultureInfo.CurrentCulture) : Rounding.Under) + Star : Cell.Empty;

    private static IEnumerable<ReportTable> Earlier(ReportFacts facts)
    {
        if (facts.Earlier.Count == 0) return [];
        var codes = MainTotals.Codes.Where(c => facts.Earlier.Any(y => y.Counts.ContainsKey(c))).ToList();
        return [new ReportTable("earlier", Words.ReportEarlier, Words.ReportYearLabel, [.. codes.Select(MainTotals.Name), Words.ReportOrigin],
            [.. facts.Earlier.Select(y => new ReportRow(Head(y.Year) + Star, [.. codes.Select(c => y.Counts.TryGetValue(c, out var n) ? facts.Exact is null ? Rounding.Cell(Rounding.Of(n)) : n : Cell.Empty), Origin(y)]))], null, Words.ReportTypedNote)];
    }

    public static string Origin(EarlierYear year) => (Design.Html.Moment.Show(Design.Html.Moment.Day(year.At)) is var day && year.Imported ? Words.ReportImportedOn(day) : Words.ReportTypedOn(day)) + (year.IsInstead ? "; " + Words.ReportCountedInPart : "");
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
            .. report.Facts.Version is { Number: > 1 } version ? [[Words.ReportVersion(version.Number, Design.Html.Moment.Show(Design.Html.Moment.Day(version.At)))]] : Array.Empty<IReadOnlyList<Cell>>(),
            .. report.Tables.Where(t => t.Note is not null).Select(t => (IReadOnlyList<Cell>)[t.Name, t.Note]),
        ]),
        .. report.Tables.Select(t => new Sheet(t.Name, [[t.First, .. t.Columns.Select(Cell.Of)], .. t.Rows.Select(r => (IReadOnlyList<Cell>)[r.Label, .. r.Cells])])),
    ]);
}
