namespace VictimSupport.Statistics.Own;

/// <summary>
/// Hides small numbers of a list whose total is known: those from 1 to 4, and with them the smallest of the others, so that whoever subtracts what is shown from the total, and knows this rule,
/// still has more than one answer for each. Where there is no other, and the small ones together are too few, the whole list is hidden, its zeros too; so it is where a small one stands in another list as well.
/// One list alone can be judged so: that is why this edition knows no period within another, and no list whose parts are sums of another's.
/// </summary>
internal static class Masking
{
    /// <summary>The smallest number that is shown.</summary>
    public const int Smallest = 5;

    /// <param name="elsewhere">Is this place shown in another list too, so that hiding it here as a second one hides nothing?</param>
    /// <returns>For each number itself, or null: hidden.</returns>
    public static IReadOnlyList<int?> Of(IReadOnlyList<int> numbers, Func<int, bool>? elsewhere = null)
    {
        if (!numbers.Any(IsSmall)) return [.. numbers.Select(n => (int?)n)];
        var others = Enumerable.Range(0, numbers.Count).Where(i => numbers[i] >= Smallest && elsewhere?.Invoke(i) != true).ToList();
        var second = others.Count == 0 ? 0 : others.Min(i => numbers[i]);
        // All of one size go together: which of two equal ones was taken would tell.
        var hidden = Enumerable.Range(0, numbers.Count).Where(i => IsSmall(numbers[i]) || (numbers[i] == second && others.Contains(i))).ToHashSet();
        // Each hidden one is at least 1, and may be all that the others leave: that must be able to be more than small.
        // One that is shown elsewhere too is never the other one, so it would stand there as the small one: nothing is shown beside it.
        var safe = !hidden.Any(i => elsewhere?.Invoke(i) == true) && hidden.Count > 1 && hidden.Sum(i => numbers[i]) - (hidden.Count - 1) >= Smallest;
        return [.. numbers.Select((n, i) => safe && !hidden.Contains(i) ? n : (int?)null)];
    }

    /// <summary>A total itself; the parts of one that is hidden are hidden all.</summary>
    public static int? Total(int number) => IsSmall(number) ? null : number;

    private static bool IsSmall(int number) => number is > 0 and < Smallest;
}
