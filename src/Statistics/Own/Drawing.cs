using MediatR;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Releases;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Own;

/// <summary>One line of a table. The cells are those of the screen and of the files.</summary>
/// <param name="Figure">By which it is defined.</param>
internal sealed record FigureRow(string Label, Definition Figure, IReadOnlyList<Cell> Cells, bool IsTotal = false);

/// <param name="Id">Its anchor.</param>
/// <param name="Columns">Beside the label.</param>
internal sealed record FigureTable(string Id, string Name, Definition Figure, string First, IReadOnlyList<string> Columns, IReadOnlyList<FigureRow> Rows)
{
    // Where the shape says more than the numbers.
    private static readonly HashSet<string> Drawn = new(StringComparer.Ordinal) { "category", "months", "service", "place", "delay", "trigger", "contactPlace", "referralAnswer" };

    /// <summary>A chart stands above it.</summary>
    public bool HasChart => Drawn.Contains(Id) && Rows.Any(r => !r.IsTotal && (Id == "months" ? r.Cells.Any(c => c.Number > 0) : r.Cells[0].Number > 0));

    /// <summary>Every number in it is zero.</summary>
    public bool IsEmpty => Rows.All(r => r.Cells.All(c => c.Number is null or 0 && c.Text is null));
}

/// <summary>Figures as they are shown and saved: tables of cells. Page and files are made of this one thing, so they are equal to the cell.</summary>
/// <param name="Before">The period they are held against.</param>
/// <param name="Months">Small multiples by month; null: the period has no months to tell apart, or they are not shown.</param>
internal sealed record Drawing(Interval Period, Interval Before, bool IsExact, IReadOnlyList<FigureTable> Tables, FigureTable? Months, Beside? Beside)
{
    /// <summary>Stands for a number that is not shown.</summary>
    public const string Hidden = "c";

    /// <summary>In the order of the page: by month stands last of what is counted by month.</summary>
    public IEnumerable<FigureTable> All => Months is null ? Tables : [.. Tables.TakeWhile(t => t.Figure.Unit == Months.Figure.Unit), Months, .. Tables.SkipWhile(t => t.Figure.Unit == Months.Figure.Unit)];
}

/// <summary>Makes tables of what was counted.</summary>
internal static class Draw
{
    private static readonly string[] Glance = ["cases", "dossiers", "closed", "contacts", "callOuts", "referrals"];

    // Their parts are sums, or parts, of another list (who accepted help is nearly who was met somewhere): beside it a hidden number could be worked out.
    internal static readonly HashSet<string> Nested = new(StringComparer.Ordinal) { "subKind", "sexAge", "violence", "referralTargetAnswer", "offer" };

    /// <summary>Asks for the exact figures, and for what was released beside them.</summary>
    public static async Task<Drawing> Of(IMediator pipeline, Exact.Asked asked, CancellationToken ct)
    {
        var answer = await pipeline.Send((IRequest<Exact.Answer>)asked, ct);
        return With(All(answer.Period, answer.Before, answer.Now, answer.Then, asked.Ages, await pipeline.Send(new Beside.Query(answer.Period), ct)), await pipeline.Send(new YearsOfWork.Query(answer.Period), ct));
    }

    /// <summary>The same for those who open no dossier.</summary>
    public static async Task<Drawing> Of(IMediator pipeline, Closed.Asked asked, CancellationToken ct)
    {
        var answer = await pipeline.Send((IRequest<Exact.Answer>)asked, ct);
        return With(Masked(answer.Period, answer.Before, answer.Now, answer.Then, await pipeline.Send(new Beside.Query(answer.Period), ct)), await pipeline.Send(new YearsOfWork.Query(answer.Period), ct));
    }

    // Last, and the same in both editions: it is about no victim.
    private static Drawing With(Drawing drawn, YearsOfWork.Answer work) => drawn with { Tables = [.. drawn.Tables, .. YearsOfWork.Draw(work)] };

    /// <summary>The exact edition.</summary>
    public static Drawing All(Interval period, Interval before, OwnFacts now, OwnFacts then, bool ages, Beside? beside)
    {
        var tables = new List<FigureTable> { AtAGlance(now, then, beside) };
        var earlier = Counting.Of(then, ages).ToDictionary(c => c.Figure.Code, StringComparer.Ordinal);
        tables.AddRange(Counting.Of(now, ages).Select(c => Table(c, earlier[c.Figure.Code], beside)));
        return new Drawing(period, before, IsExact: true, tables, ByMonth(period, now), beside);
    }

    /// <summary>The edition for those who open no dossier: small numbers are hidden, and nothing tells them.</summary>
    public static Drawing Masked(Interval period, Interval before, OwnFacts now, OwnFacts then, Beside? beside)
    {
        var (totals, earlier) = (Counting.TotalsOf(now), Counting.TotalsOf(then));
        var all = Figures.Find("cases");
        var tables = new List<FigureTable>
        {
            new("glance", Words.AtAGlance, all, Words.FigureColumn, Columns([Words.CountColumn, Words.BeforeColumn], beside, all),
                [.. Glance.Select(Figures.Find).Select(f => Row(f.Name, f, [Shown(Masking.Total(totals[f.Code])), Shown(Masking.Total(earlier[f.Code]))], beside, all, Published.All))]),
        };
        var before2 = Counting.Of(then, ages: false).ToDictionary(c => c.Figure.Code, StringComparer.Ordinal);
        foreach (var counted in Counting.Of(now, ages: false).Where(c => !Nested.Contains(c.Figure.Code)))
        {
            var (figure, codes) = (counted.Figure, Codes(counted, before2[counted.Figure.Code]));
            var (left, right) = (Masked(counted, codes), Masked(before2[figure.Code], codes));
            var rows = codes.Select((code, i) => Row(CodeNames.Of(figure.Code, code), figure, [Shown(left[i]), Shown(right[i])], beside, figure, code)).ToList();
            // The sum of several answers is no number of anything, and would be one more equation.
            if (figure.Shape == Shape.Parts) rows.Add(Row(Words.TotalRow, figure, [Shown(Masking.Total(counted.Total)), Shown(Masking.Total(before2[figure.Code].Total))], beside, figure, Published.All) with { IsTotal = true });
            tables.Add(new FigureTable(figure.Code, figure.Name, figure, Words.PartColumn, Columns([Words.CountColumn, Words.BeforeColumn], beside, figure), rows));
        }
        return new Drawing(period, before, IsExact: false, tables, null, beside);
    }

    /// <summary>The numbers of a list as this edition shows them.</summary>
    internal static IReadOnlyList<int?> Masked(Counted counted, IReadOnlyList<string> codes)
    {
        var numbers = codes.Select(code => counted.Parts.FirstOrDefault(p => p.Code == code).Count).ToList();
        if (Masking.Total(counted.Of) is null || Masking.Total(counted.Total) is null) return [.. numbers.Select(_ => (int?)null)];
        // Who was not reached is told by where and by when.
        return Masking.Of(numbers, i => codes[i] == "NoContact" && counted.Figure.Code is "place" or "delay");
    }

    private static FigureTable AtAGlance(OwnFacts now, OwnFacts then, Beside? beside)
    {
        var (totals, earlier, all) = (Counting.TotalsOf(now), Counting.TotalsOf(then), Figures.Find("cases"));
        var rows = Glance.Select(Figures.Find).Select(f => Row(f.Name, f, [totals[f.Code], earlier[f.Code], totals[f.Code] - earlier[f.Code]], beside, all, Published.All)).ToList();
        var (days, before) = (Counting.Median(now.DaysOpen), Counting.Median(then.DaysOpen));
        rows.Add(Row(Figures.Find("daysOpen").Name, Figures.Find("daysOpen"), [Told(days), Told(before), Cell.Of(days - before)], beside, all, null));
        rows.Add(Row(Figures.Find("openNow").Name, Figures.Find("openNow"), [now.OpenNow, Cell.Empty, Cell.Empty], beside, all, null));
        return new FigureTable("glance", Words.AtAGlance, all, Words.FigureColumn, Columns([Words.CountColumn, Words.BeforeColumn, Words.ChangeColumn], beside, all), rows);

        // Of nothing there is no middle, which is not the same as nothing said.
        static Cell Told(decimal? median) => median is { } known ? known : Report.Rounding.NoSum;
    }

    private static FigureTable Table(Counted now, Counted then, Beside? beside)
    {
        var figure = now.Figure;
        var (left, right) = (now.Parts.ToDictionary(p => p.Code, p => p.Count, StringComparer.Ordinal), then.Parts.ToDictionary(p => p.Code, p => p.Count, StringComparer.Ordinal));
        var rows = Codes(now, then).Select(code => (Code: code, Count: left.GetValueOrDefault(code), Earlier: right.GetValueOrDefault(code)))
            .Select(p => Row(CodeNames.Of(figure.Code, p.Code), figure, [p.Count, Share(p.Count, now.Of), p.Earlier, p.Count - p.Earlier], beside, figure, p.Code)).ToList();
        rows.Add(Row(figure.Shape == Shape.Several ? Words.AnswersRow : Words.TotalRow, figure, [now.Total, figure.Shape == Shape.Several ? Cell.Empty : Share(now.Total, now.Of), then.Total, now.Total - then.Total], beside, figure, Published.All) with { IsTotal = true });
        return new FigureTable(figure.Code, figure.Name, figure, Words.PartColumn, Columns([Words.CountColumn, Words.ShareColumn, Words.BeforeColumn, Words.ChangeColumn], beside, figure), rows);
    }

    private static FigureTable? ByMonth(Interval period, OwnFacts facts)
    {
        var (months, kinds) = (period.Months, Figures.Find("category"));
        if (months.Count == 0) return null;
        var counts = facts.Cases.CountBy(c => (c.Month, c.Category)).ToDictionary();
        return new FigureTable("months", Words.CaseByMonth, kinds, Words.MonthColumn, [.. kinds.Codes.Select(c => CodeNames.Of("category", c)), Words.TotalRow],
            [.. months.Select(m => new FigureRow(m.ToString("Y", System.Globalization.CultureInfo.CurrentCulture), kinds, [.. kinds.Codes.Select(c => counts.GetValueOrDefault((m, c))).Select(n => (Cell)n), kinds.Codes.Sum(c => counts.GetValueOrDefault((m, c)))]))]);
    }

    // In both periods the same rows, those that no list knows among them.
    private static List<string> Codes(Counted now, Counted then) => [.. now.Parts.Concat(then.Parts).Select(p => p.Code).Distinct(StringComparer.Ordinal)];

    // Own figures first, then what was released of each place, with its margin.
    private static IReadOnlyList<string> Columns(IReadOnlyList<string> own, Beside? beside, Definition figure) => [.. own, .. Places(beside, figure).SelectMany(p => new[] { Words.AreaColumn(Named(p)), Words.MarginColumn(Named(p)) })];

    private static IEnumerable<string> Places(Beside? beside, Definition figure) => beside?.Places.Where(p => beside.Tells(figure, p)) ?? [];

    private static string Named(string place) => place == Geography.Country ? Words.Country : place;

    /// <param name="of">The figure whose columns the table has.</param>
    /// <param name="code">null: nothing is released of this line.</param>
    private static FigureRow Row(string label, Definition figure, IReadOnlyList<Cell> cells, Beside? beside, Definition of, string? code) => new(label, figure,
    [
        .. cells, .. Places(beside, of).SelectMany(p => (code is null ? null : beside!.Of(figure, code, p)) is not { } released ? new Cell[] { Cell.Empty, Cell.Empty }
            : [released.Value is { } value ? (Cell)value : (Cell)released.Signs.Split(' ')[0], Cell.Of(released.Margin)]),
    ]);

    private static Cell Share(int part, int of) => of == 0 ? Cell.Empty : (Cell)Math.Round(100m * part / of, 1, MidpointRounding.AwayFromZero);

    private static Cell Shown(int? number) => number is { } known ? (Cell)known : (Cell)Drawing.Hidden;
}
