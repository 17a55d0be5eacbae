using System.Numerics;
using System.Runtime.CompilerServices;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Facts;

/// <summary>What a case is in each dimension of the programme.</summary>
internal static class Coding
{
    /// <summary>The case is not in tables with this dimension. So far below zero that no other dimension brings the number of its cell up again.</summary>
    public const int Nowhere = -1_000_000;

    private const string Rest = "Rest", NoContact = "NoContact", Other = "other";
    private static readonly FactCode Partner = "PartnerViolence", Female = "Female", Male = "Male";
    private static readonly string[] Bands = ["0-17", "18-34", "35-54", "55-69", "70+"], Delays = ["0-1", "2-7", "8-14", "15+"], Places = ["Office", "Home", "Elsewhere", "PhoneOnly"];

    /// <summary>The dimensions in which a case may be several things.</summary>
    public static bool IsSeveral(string dimension) => dimension is "service" or "target";

    /// <summary>Says at which place among the codes of a dimension a case is, or <see cref="Nowhere"/>.</summary>
    public static Func<CaseFact, int> In(Dimension dimension)
    {
        var places = new PlacesOf(dimension);
        switch (dimension.Name)
        {
            case "category": return fact => places.Of(fact.Category);
            case "subKind": return fact => places.Of(fact.SubKind);
            case "capacity": return fact => places.Of(fact.Capacity);
            case "damage": return fact => places.Of(fact.Damage);
            case "place":
                var unmet = places.Of(NoContact);
                return fact => fact.Place == default ? unmet : places.Of(fact.Place);
            case "delay":
                var (waited, never) = (All(Delays), places.Of(NoContact));
                return fact => fact.Delay is { } days ? waited[days switch { <= 1 => 0, <= 7 => 1, <= 14 => 2, _ => 3 }] : never;
            case "language":
                var other = places.Of(Other);
                return fact => places.Find(fact.Language) is >= 0 and var known ? known : other;
            case "violence":
                var (partner, family) = (places.Of(Partner), places.Of("OtherAtHome"));
                return fact => !fact.IsAtHome ? Nowhere : fact.Category == Partner ? partner : family;
            case "sexAge":
                var (sexAge, rest) = (All(SexAges()), places.Of(Rest));
                return fact => SexAge(fact) is >= 0 and var known ? sexAge[known] : rest;
            case "sexAgePlace":
                // Whoever lacks one of the three is in the rest, so that the parts add up to all cases.
                var (all, met, none) = (All(SexAges().SelectMany(s => Places.Select(p => $"{s}:{p}"))), new PlacesOf(new Dimension("place", Places)), places.Of(Rest));
                return fact => SexAge(fact) is >= 0 and var who && fact.Place != default ? all[(who * Places.Length) + met.Of(fact.Place)] : none;
            default: throw new InvalidOperationException($"No case says what it is in {dimension.Name}.");
        }

        int[] All(IEnumerable<string> codes) => [.. codes.Select(code => places.Of(code))];
    }

    /// <summary>The combinations of a table that a case is in; each once, so that it moves no cell by more than one.</summary>
    public static void Combinations(CaseFact fact, Table table, List<int> into)
    {
        into.Clear();
        into.AddRange(new Coder([table], Edition.OfMonth(fact.Month.Year, fact.Month.Month)).Count([fact])[0].SelectMany((times, combination) => Enumerable.Repeat(combination, times)));
    }

    private static IEnumerable<string> SexAges() => ((string[])["Female", "Male"]).SelectMany(s => Bands.Select(b => $"{s}:{b}"));

    // Women by age, then men; -1: not known, or another sex.
    private static int SexAge(CaseFact fact) => fact.Age is { } age ? (fact.Sex == Female ? 0 : fact.Sex == Male ? Bands.Length : -Bands.Length) + (age switch { < 18 => 0, < 35 => 1, < 55 => 2, < 70 => 3, _ => 4 }) : -1;
}

/// <summary>Finds the places of codes, by their numbers.</summary>
internal sealed class PlacesOf(Dimension dimension)
{
    private const int NotAsked = -2;
    private int[] places = [];

    /// <exception cref="InvalidOperationException">The dimension has no such code.</exception>
    public int Of(FactCode code) => Find(code) is >= 0 and var place ? place : throw Unknown(code);

    /// <summary>-1: the dimension has no such code.</summary>
    // Asked ten times of each of millions of cases: short, so that it is no call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(FactCode code) => places is var known && (uint)code.Number < (uint)known.Length && known[code.Number] is not NotAsked and var place ? place : Ask(code);

    private int Ask(FactCode code)
    {
        if (code.Number >= places.Length)
        {
            var met = places.Length;
            Array.Resize(ref places, code.Number + 1);
            Array.Fill(places, NotAsked, met, places.Length - met);
        }
        return places[code.Number] = dimension.PlaceOf(code.ToString());
    }

    private InvalidOperationException Unknown(FactCode code) => new($"There is no code {code} in {dimension.Name}.");
}

/// <summary>Counts the cases of a zone in several tables at once. What a case is in a dimension is asked once, however many tables have it; cases are coded some at a time into a column for each dimension, and each table is counted along its columns.</summary>
internal sealed class Coder
{
    private const int Block = 1024, MostDimensions = 3, MostCombinations = 2000;
    private readonly Edition edition;
    private readonly Func<CaseFact, int>[] answers;
    private readonly int[][] columns;
    private readonly int[] monthOfDay;
    private readonly int[] months = new int[Block], quarters = new int[Block], nothing = new int[Block];
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
        var (counts, filled) = (plans.Select(p => new int[p.Cells]).ToArray(), 0);
        foreach (var fact in facts)
        {
            Read(fact, filled++);
            if (filled < Block) continue;
            Count(counts, filled);
            filled = 0;
        }
        Count(counts, filled);
        return counts;
    }

    private void Read(CaseFact fact, int at)
    {
        var day = fact.Month.DayNumber - edition.From.DayNumber;
        months[at] = (uint)day < (uint)monthOfDay.Length ? monthOfDay[day] : throw new InvalidOperationException("A zone told of a case outside the period.");
        quarters[at] = months[at] / 3;
        for (var i = 0; i < answers.Length; i++) columns[i][at] = answers[i](fact);
        foreach (var plan in several) plan.Kinds![at] = KindsOf(plan, fact);
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

    private void Count(int[][] counts, int filled)
    {
        for (var t = 0; t < plans.Length; t++)
        {
            var (plan, cells) = (plans[t], counts[t]);
            int[] period = plan.Period, first = plan.Columns[0], second = plan.Columns[1], third = plan.Columns[2];
            var (by, a, b, c, kinds, stride) = (plan.Combinations, plan.Strides[0], plan.Strides[1], plan.Strides[2], plan.Kinds, plan.Stride);
            for (var i = 0; i < filled; i++)
            {
                var cell = (period[i] * by) + (first[i] * a) + (second[i] * b) + (third[i] * c);
                if (cell < 0) continue; // it is not in this table
                if (kinds is null) cells[cell]++;
                else for (var left = kinds[i]; left != 0; left &= left - 1) cells[cell + (BitOperations.TrailingZeroCount(left) * stride)]++;
            }
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
        while (parts.Count < MostDimensions) parts.Add((nothing, 0));
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
