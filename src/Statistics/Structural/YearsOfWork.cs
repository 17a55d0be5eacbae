using MediatR;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
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

    /// <summary>A column for each year; a row where one of the years has something to say of it.</summary>
    internal static IEnumerable<FigureTable> Draw(Answer work)
    {
        var columns = work.Years.Select(y => y.Year.ToString("0000", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        foreach (var (table, order) in SaidStructuralWork.Tables)
        {
            var figure = StructuralNames.Of(table);
            var counts = work.Years.Select(y => y.Counts.Where(c => c.Table == table).GroupBy(c => c.Row, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.Count), StringComparer.Ordinal)).ToList();
            var named = counts.SelectMany(c => c.Keys).ToHashSet(StringComparer.Ordinal);
            // In the order of the shipped codes; names that the zone gave follow by the alphabet.
            var rows = order.Where(named.Contains).Concat(named.Except(order, StringComparer.Ordinal).Order(StringComparer.CurrentCulture))
                .Select(row => new FigureRow(StructuralNames.Row(table, row), figure, [.. counts.Select(c => row == SaidStructuralWork.Mark && !c.ContainsKey(row) ? Cell.Empty : c.GetValueOrDefault(row))])).ToList();
            if (rows.Count > 0) yield return new FigureTable(figure.Code, figure.Name, figure, Words.PartColumn, columns, rows);
        }
    }
}
