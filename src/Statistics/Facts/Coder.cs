using System.Numerics;
using System.Runtime.CompilerServices;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Facts;

/// <summary>Counts the cases of a zone in several tables at once. What a case is in a dimension is asked once, however many tables have it; cases are coded some at a time into a column for each dimension, and each table is counted along its columns.</summary>
internal sealed class Coder
{
    // An addition to a cell waits for the one before it: cases go to so many counters of a cell in turn.
    private const int Lanes = 4;

    private const int Block = 1024, MostDimensions = 3, MostCombinations = 2000;
    private readonly Edition edition;
    private readonly Action<Told, int[]>[] answers;
    private readonly Told cases = new(Block);
    private readonly int[][] columns;
    private readonly int[] monthOfDay;
    private readonly int[] months = new int[Block], quarters = new int[Block], nothing = new int[Block], cells = new int[Block];
    private readonly Plan[] plans, several;

    public Coder(IReadOnlyList<Table> tables, Edition edition)
    {
        this.edition = edition;
        monthOfDay = [.. edition.Months.SelectMany((month, i) => Enumerable.Repeat(i, month.AddMonths(1).DayNumber - month.DayNumber))];
        var dimensions = tables.SelectMany(t => t.Dimensions).Where(d => !Coding.IsSeveral(d.Name)).DistinctBy(d => d.Name, StringComparer.Ordinal).ToList();
        answers = [.. dimensions.Select(Coding.In)];
        columns = [.. dimensions.Select(_ => new int[Block])];
        plans = [.. tables.Select(t => Make(t, dimensions.ConvertAll(d => d.Name)))];
        several = [.. plans.Where(p => p.Several is not null)];
    }

    /// <summary>How many cases are in each cell of each table: period by period, combination by combination.</summary>
    /// <exception cref="InvalidOperationException">A case is outside the period, or something that the programme has no code for.</exception>
    public int[][] Count(IEnumerable<CaseFact> facts)
    {
        var (counts, all) = (plans.Select(p => new int[Lanes * p.Cells]).ToArray(), facts.ToArray());
        for (var from = 0; from < all.Length; from += Block)
        {
            var block = all.AsSpan(from, Math.Min(Block, all.Length - from));
            Read(block);
            for (var t = 0; t < plans.Length; t++) Count(plans[t], counts[t], block.Length);
        }
        return [.. counts.Select(InOne)];
    }

    private static int[] InOne(int[] counts)
    {
        var one = counts[..(counts.Length / Lanes)];
        for (var i = one.Length; i < counts.Length; i++) one[i % one.Length] += counts[i];
        return one;
    }

    private void Read(ReadOnlySpan<CaseFact> block)
    {
        for (var i = 0; i < block.Length; i++)
        {
            var day = block[i].Month.DayNumber - edition.From.DayNumber;
            months[i] = (uint)day < (uint)monthOfDay.Length ? monthOfDay[day] : throw new InvalidOperationException("A zone told of a case outside the period.");
            quarters[i] = months[i] / 3;
            foreach (var plan in several) plan.Kinds![i] = KindsOf(plan, block[i]);
        }
        cases.Read(block);
        for (var i = 0; i < answers.Length; i++) answers[i](cases, columns[i]);
    }

    // As bits, each once; no more than the table counts of one case. Cases of an answer share their lists: what such a list came to is remembered.
    private static ulong KindsOf(Plan plan, CaseFact fact)
    {
        var told = plan.IsOfServices ? fact.Services : fact.Targets;
        ref var remembered = ref plan.Remembered[RuntimeHelpers.GetHashCode(told) & (plan.Remembered.Length - 1)];
        if (ReferenceEquals(remembered.List, told)) return remembered.Kinds;
        var kinds = 0UL;
        for (var i = 0; i < told.Count && BitOperations.PopCount(kinds) < plan.Most; i++) kinds |= 1UL << plan.Several!.Of(told[i]);
        remembered = (told, kinds);
        return kinds;
    }

    private void Count(Plan plan, int[] counts, int filled)
    {
        Along(plan.Period, plan.Combinations, isFirst: true);
        for (var i = 0; i < plan.Columns.Length; i++) Along(plan.Columns[i], plan.Strides[i]);
        var numbers = cells.AsSpan(0, filled);
        var lane = counts.Length / Lanes;
        if (plan.Kinds is not { } kinds)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                if (numbers[i] is >= 0 and var cell) counts[cell + (i % Lanes * lane)]++;
            }
            return;
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] is not (>= 0 and var cell)) continue; // it is not in this table
            for (var left = kinds[i]; left != 0; left &= left - 1) counts[cell + (BitOperations.TrailingZeroCount(left) * plan.Stride) + (i % Lanes * lane)]++;
        }
    }

    // What a column adds to the numbers of the cells, several cases at once; whatever lies behind the filled ones is never read.
    private void Along(int[] column, int stride, bool isFirst = false)
    {
        for (var i = 0; i < Block; i += Vector<int>.Count)
        {
            var part = new Vector<int>(column, i) * stride;
            (isFirst ? part : part + new Vector<int>(cells, i)).CopyTo(cells, i);
        }
    }

    private Plan Make(Table table, List<string> names)
    {
        var (after, parts, severally) = (1, new List<(int[] Column, int Stride)>(), (Dimension: (Dimension?)null, Stride: 0));
        foreach (var dimension in table.Dimensions.Reverse())
        {
            if (!Coding.IsSeveral(dimension.Name)) parts.Add((columns[names.IndexOf(dimension.Name)], after));
            else severally = severally.Dimension is null && dimension.Codes.Count <= 64 ? (dimension, after) : throw new InvalidOperationException($"{table.Id} cannot be counted: a case would be several things twice, or of more than 64 kinds.");
            after *= dimension.Codes.Count;
        }
        if (parts.Count > MostDimensions || after > MostCombinations) throw new InvalidOperationException($"{table.Id} has more than {MostDimensions} dimensions or {MostCombinations} combinations.");
        return new Plan(table, table.Period switch { Span.Month => months, Span.Quarter => quarters, _ => nothing }, edition, [.. parts.Select(p => p.Column)], [.. parts.Select(p => p.Stride)], severally.Dimension, severally.Stride);
    }

    /// <summary>How the columns of a block make the number of a cell of one table.</summary>
    private sealed class Plan(Table table, int[] period, Edition edition, int[][] columns, int[] strides, Dimension? several, int stride)
    {
        public int[] Period => period;
        public int[][] Columns => columns;
        public int[] Strides => strides;
        public int Combinations { get; } = table.Combinations;
        public int Cells { get; } = table.Combinations * table.Period switch { Span.Month => edition.Months.Count(), Span.Quarter => edition.Quarters.Count(), _ => 1 };

        /// <summary>The dimension in which a case may be several things; null: it has none.</summary>
        public PlacesOf? Several { get; } = several is null ? null : new PlacesOf(several);
        public bool IsOfServices { get; } = several?.Name == "service";
        public int Stride => stride;
        public int Most { get; } = table.Delta2;
        public (IReadOnlyList<string>? List, ulong Kinds)[] Remembered { get; } = several is null ? [] : new (IReadOnlyList<string>?, ulong)[128];

        /// <summary>Which of its codes the cases of the block are, as bits; null: it has no such dimension.</summary>
        public ulong[]? Kinds { get; } = several is null ? null : new ulong[Block];
    }
}
