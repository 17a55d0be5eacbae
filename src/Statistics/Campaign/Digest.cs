using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Casework.Contracts;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Campaign;

/// <summary>
/// Tells whether what a zone gives changed after it looked at it: a hash of what the masked edition says of each quarter, and of the counts of structural work that leave it. Those are about no victim, and are hashed as they are.
/// Of exact figures it would tell somebody behind a wall, or a coordinator who is not named for a sealed dossier, that something of it changed.
/// </summary>
internal static class Digest
{
    /// <returns>64 hexadecimal characters.</returns>
    public static async Task<string> Of(ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, Interval period, CancellationToken ct)
    {
        var said = new StringBuilder();
        for (var quarter = Interval.Quarter(period.From); quarter.From <= period.Until; quarter = Interval.Quarter(quarter.From.AddMonths(3)))
        {
            var facts = await figures.Of(new OwnAsked(quarter.From, quarter.Until, Ages: false, Exact: false), ct);
            foreach (var counted in Counting.Of(facts, ages: false).Where(c => c.Figure.Unit == Unit.Case && !Draw.Nested.Contains(c.Figure.Code)).OrderBy(c => c.Figure.Code, StringComparer.Ordinal))
            {
                List<string> codes = [.. counted.Parts.Select(p => p.Code).Order(StringComparer.Ordinal)];
                said.Append(CultureInfo.InvariantCulture, $"{quarter.Code} {counted.Figure.Code} {Masking.Total(counted.Total)}:");
                foreach (var (code, number) in codes.Zip(Draw.Masked(counted, codes)).Where(p => p.Second != 0)) said.Append(CultureInfo.InvariantCulture, $" {code}={number}");
                said.Append('\n');
            }
        }
        // It has no shorter period than the year.
        for (var year = period.From.Year; year <= period.Until.Year; year++)
        {
            var work = (await YearsOfWork.Of(structural, year, ct)).ToLookup(w => (w.Table, w.Row), w => w.Count);
            foreach (var (table, row) in SaidStructuralWork.Leaving.Where(l => work[l].Sum() != 0)) said.Append(CultureInfo.InvariantCulture, $"{year} {table} {row}={work[(table, row)].Sum()}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())));
    }
}
