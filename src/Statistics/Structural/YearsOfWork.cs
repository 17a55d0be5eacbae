using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Structural;

/// <summary>The structural work of a zone in whole calendar years: it has no shorter period. None of it is about a victim, so it is the same in every edition of the zone's figures.</summary>
internal static class YearsOfWork
{
    /// <summary>Of the years that a period touches, and the year before.</summary>
    [Requires(May.SeeMaskedFigures)]
    internal sealed record Query(Interval Period) : IQuery<Answer>;

    /// <param name="Years">The latest first.</param>
    internal sealed record Answer(IReadOnlyList<(int Year, IReadOnlyList<StructuralCount> Counts)> Years);

    internal sealed class Handler(IEnumerable<ICountStructuralWork> counters, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            trail.Because("figures " + query.Period.Said);
            var (first, last) = (query.Period.From.Year - 1, Math.Min(query.Period.Until.Year, Moment.Day(clock.GetUtcNow()).Year));
            var years = new List<(int, IReadOnlyList<StructuralCount>)>();
            for (var year = last; year >= first; year--) years.Add((year, await Of(counters, year, ct)));
            return new Answer(years);
        }
    }

    /// <summary>All counts of a year.</summary>
    internal static async Task<IReadOnlyList<StructuralCount>> Of(IEnumerable<ICountStructuralWork> counters, int year, CancellationToken ct)
    {
        var counts = new List<StructuralCount>();
        foreach (var counter in counters) counts.AddRange(await counter.In(year, ct));
        return counts;
    }

    /// <summary>There is a number other than zero in this table: it was counted that year. What one table knows (an agreement signed long before the zone came here) says nothing of another.</summary>
    internal static bool IsCounted(IReadOnlyList<StructuralCount> counts, string table) => counts.Any(c => c.Table == table && c.Count != 0);

    /// <summary>Each table with a column for each year, but for earlier ones in which nobody counted it; a row where one of the years has something to say of it.</summary>
    internal static IEnumerable<FigureTable> Draw(Answer work)
    {
        foreach (var (table, order) in SaidStructuralWork.Tables)
        {
            // Before the first year that was counted there is nothing, and zeros would be a claim.
            var years = work.Years.Take(Math.Max(1, work.Years.Count - work.Years.Reverse().TakeWhile(y => !IsCounted(y.Counts, table)).Count())).ToList();
            var columns = years.Select(y => y.Year.ToString("0000", System.Globalization.CultureInfo.InvariantCulture)).ToList();
            var figure = StructuralNames.Of(table);
            // What the zone called otherwise in another year is one row under its newest name.
            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var row in years.SelectMany(y => y.Counts).Where(c => c.Table == table).Select(c => c.Row)) named.TryAdd(Same(table, row), row);
            var counts = years.Select(y => y.Counts.Where(c => c.Table == table).GroupBy(c => named[Same(table, c.Row)], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.Count), StringComparer.Ordinal)).ToList();
            // In the order of the shipped codes; names that the zone gave follow by the alphabet.
            var rows = order.Where(named.ContainsValue).Concat(named.Values.Except(order, StringComparer.Ordinal).Order(StringComparer.CurrentCulture))
                .Select(row => new FigureRow(SaidStructuralWork.ReadRow(table, row), figure, [.. counts.Select(c => row == SaidStructuralWork.Mark && !c.ContainsKey(row) ? Cell.Empty : SaidStructuralWork.Read(table, row, c.GetValueOrDefault(row)))])).ToList();
            if (rows.Count > 0) yield return new FigureTable(figure.Code, figure.Name, figure, Words.PartColumn, columns, rows);
        }
    }

    // A unit is one however it is spelled; a code is what it is.
    private static string Same(string table, string row) => table is SaidStructuralWork.Units or SaidStructuralWork.Elsewhere && NameForms.Fold(row) is { Length: > 0 } folded ? folded : row;
}
