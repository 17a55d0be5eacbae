using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Campaign;

/// <summary>
/// Tells whether a zone's figures changed after it looked at them: a hash of what the masked edition says of each quarter.
/// Of exact figures it would tell somebody behind a wall, or a coordinator who is not named for a sealed dossier, that something of it changed.
/// </summary>
internal static class Digest
{
    /// <returns>64 hexadecimal characters.</returns>
    public static async Task<string> Of(ITellOwnFigures figures, Interval period, CancellationToken ct)
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
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())));
    }
}
