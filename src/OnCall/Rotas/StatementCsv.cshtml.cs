using System.Globalization;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.Rotas;

/// <summary>The statement of a month as a file for a spreadsheet.</summary>
[Requires(May.KeepRota), FreshFactor]
internal sealed class StatementCsv(IMediator pipeline, TimeProvider clock) : PageModel
{
    // A spreadsheet takes a cell that begins so for a formula.
    private const string Formula = "=+-@\t\r＝＋－＠";

    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }
    [BindProperty(SupportsGet = true)] public string? Month { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var view = await pipeline.Send(new Statement.Query(Pool, Rotas.Month.Read(Month, Moment.Day(clock.GetUtcNow()))), ct);
        var text = new StringBuilder();
        Line(Words.MonthLabel, Words.WhoLabel, Words.EmployerLabel, Words.ServedLabel, Words.RankLabel, Words.ShiftsLabel, Words.HoursLabel, Words.HoursUnknownLabel);
        foreach (var row in view.Rows) Line(view.Month.ToString(), row.Name, row.Employer, row.Served, row.What, row.Shifts.ToString(CultureInfo.InvariantCulture), Length.Decimal(row.Time), row.Unknown == 0 ? "" : row.Unknown.ToString(CultureInfo.InvariantCulture));
        return File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray(), "text/csv; charset=utf-8", $"on-call-{view.Month}.csv");

        void Line(params string[] cells) => text.AppendJoin(';', cells.Select(Cell)).Append("\r\n");
    }

    internal static string Cell(string value)
    {
        var inert = value.Length > 0 && Formula.Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return "\"" + inert.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
