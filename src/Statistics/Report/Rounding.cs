using System.Globalization;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Report;

/// <summary>
/// Numbers of the public edition (<c>disclosure.md</c> §14): under 10 is "&lt;10", the rest is rounded to 5, totals are made from the rounded parts.
/// Administrator and DPO read it beside the masked quarters. So a year is not rounded as it is, but as the sum of what its quarters say once each number that a quarter hides
/// is held in the middle of what it may be (1 or 2 is told as 2, 3 or 4 as 3) and the hidden number beside it takes up the difference: whoever subtracts the shown quarters
/// from the year finds two answers for each hidden one at least, as before.
/// </summary>
internal static class Rounding
{
    public const int Smallest = 10, Step = 5;
    public const string Under = "<10", NoSum = "–";

    /// <summary>null: under 10.</summary>
    public static int? Of(decimal count) => count < Smallest ? null : (int)Math.Round(count / Step, MidpointRounding.AwayFromZero) * Step;

    public static Cell Cell(int? rounded) => rounded is { } known ? known : Under;

    /// <summary>A sum of rounded parts; none of them may be shown.</summary>
    public static Cell Sum(int? total) => total is { } known ? known : NoSum;

    /// <summary>Of the parts that are shown; null: none is, and so is their sum.</summary>
    public static int? Total(IEnumerable<int?> rounded) => rounded.Sum(r => r ?? 0) is > 0 and var sum ? sum : null;

    /// <summary>The numbers of a quarter as they may go into a public sum.</summary>
    /// <param name="masked">The same as the masked edition shows them; null: hidden.</param>
    public static IReadOnlyList<decimal> Steady(IReadOnlyList<int> numbers, IReadOnlyList<int?> masked)
    {
        var hidden = Enumerable.Range(0, numbers.Count).Where(i => masked[i] is null).ToList();
        var told = numbers.Select(n => (decimal)n).ToArray();
        if (hidden.Count == 0) return told;
        var (small, large, sum) = (hidden.Where(i => IsSmall(numbers[i])).ToList(), hidden.Where(i => numbers[i] >= Masking.Smallest).ToList(), hidden.Sum(i => numbers[i]));
        var sizes = large.Select(i => numbers[i]).Distinct().Count();
        var next = Enumerable.Range(0, numbers.Count).Where(i => masked[i] >= Masking.Smallest).Select(i => numbers[i]).DefaultIfEmpty(int.MaxValue).Min();
        // Which is the small one may be told only where the small ones could each be anything from 1 to 4 beside the large, and the large one would be hidden alone all the same; equal large ones tell nothing by what they divide.
        if (large.Count > 0 && sizes == large.Count && sum - (4 * small.Count) >= Masking.Smallest * large.Count && next > sum - small.Count)
        {
            foreach (var i in small) told[i] = Held(numbers[i]);
            told[large.MaxBy(i => numbers[i])] += small.Sum(i => numbers[i] - Held(numbers[i]));
        }
        else
        {
            // All alike: what is hidden is told as one sum.
            foreach (var i in hidden) told[i] = (decimal)(IsSmall(sum) ? Held(sum) : sum) / hidden.Count;
        }
        return told;
    }

    private static bool IsSmall(int number) => number is > 0 and < Masking.Smallest;

    private static int Held(int small) => Math.Clamp(small, 2, 3);
}
