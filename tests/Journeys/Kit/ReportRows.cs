using System.Globalization;

namespace VictimSupport.Journeys.Kit;

/// <summary>What the internal report of a year says of a zone's structural work.</summary>
internal static class ReportRows
{
    /// <summary>The year's own column of a table, in the order of its rows; only of tables whose rows are always all there.</summary>
    /// <param name="table">Its id on the page, such as <c>trainings</c>.</param>
    public static async Task<IReadOnlyList<decimal>> Of(Screen screen, string zone, int year, string table)
    {
        await screen.Go(string.Create(CultureInfo.InvariantCulture, $"/{zone}/our-figures/report?Year={year}&Edition=internal&Language=fr"));
        return [.. (await screen.Page.Locator($"section[aria-labelledby='t-{table}'] tbody tr td:nth-of-type(1) data").EvaluateAllAsync<string[]>("all => all.map(d => d.value)")).Select(v => decimal.Parse(v, CultureInfo.InvariantCulture))];
    }
}
