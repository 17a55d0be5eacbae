using CsCheck;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Tests.Statistics;

public sealed class MaskingTests
{
    private static readonly Gen<int[]> Lists = Gen.Int[0, 9].Array[2, 5];

    [Fact]
    public void No_hidden_number_can_be_worked_out_by_whoever_knows_the_total_and_the_rule()
    {
        Lists.Sample(numbers => Assert.Null(Given(numbers, n => Masking.Of(n))), iter: 1_500);
        Gen.Int[0, 9].Array[3, 5].Sample(numbers => Assert.Null(Given(numbers, n => Masking.Of(n, i => i == n.Count - 1), shownElsewhere: numbers.Length - 1)), iter: 1_500);
    }

    [Fact]
    public void A_masker_that_hides_one_number_alone_is_caught()
    {
        Assert.NotNull(Given([3, 12, 7], Alone));
        Assert.Throws<CsCheckException>(() => Lists.Sample(numbers => Given(numbers, Alone) is null, iter: 1_000));

        static IReadOnlyList<int?> Alone(IReadOnlyList<int> numbers) => [.. numbers.Select(n => n is > 0 and < Masking.Smallest ? null : (int?)n)];
    }

    [Fact]
    public void A_masker_by_whose_rule_the_number_follows_is_caught()
    {
        // It hides the first of two equal ones, so that the other way round it would have hidden the other.
        Assert.NotNull(Given([50, 50, 4], FirstOfEquals));

        static IReadOnlyList<int?> FirstOfEquals(IReadOnlyList<int> numbers)
        {
            var second = Enumerable.Range(0, numbers.Count).Where(i => numbers[i] >= Masking.Smallest).OrderBy(i => numbers[i]).Take(1).ToList();
            return numbers.Any(n => n is > 0 and < Masking.Smallest) ? [.. numbers.Select((n, i) => n is > 0 and < Masking.Smallest || second.Contains(i) ? null : (int?)n)] : [.. numbers.Select(n => (int?)n)];
        }
    }

    [Fact]
    public void A_masker_that_takes_another_beside_the_one_that_stands_elsewhere_too_is_caught()
    {
        // Who is never the other one is the small one: 40 c 0 0 c of 46 can only be 5 and 1.
        Assert.NotNull(Given([40, 5, 0, 0, 1], NeverTheLast, shownElsewhere: 4));
        Assert.All(Masking.Of([40, 5, 0, 0, 1], i => i == 4), n => Assert.Null(n));

        static IReadOnlyList<int?> NeverTheLast(IReadOnlyList<int> numbers)
        {
            var second = numbers.SkipLast(1).Where(n => n >= Masking.Smallest).DefaultIfEmpty(0).Min();
            return numbers.Any(n => n is > 0 and < Masking.Smallest) ? [.. numbers.Select((n, i) => n is > 0 and < Masking.Smallest || (n == second && i < numbers.Count - 1) ? null : (int?)n)] : [.. numbers.Select(n => (int?)n)];
        }
    }

    [Theory]
    [InlineData("6 9 12", "6 9 12")]
    [InlineData("3 12 7", "c 12 c")]
    [InlineData("3 7 7 12", "c c c 12")]
    [InlineData("0 4 4 0", "0 c c 0")]
    [InlineData("1 1 0", "c c c")]
    [InlineData("0 0", "0 0")]
    [InlineData("4 0 0", "c c c")]
    public void Small_ones_go_together_with_the_smallest_other(string numbers, string shown) =>
        Assert.Equal(shown, string.Join(' ', Masking.Of([.. numbers.Split(' ').Select(int.Parse)]).Select(n => n?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "c")));

    /// <summary>All lists of the same total that would be shown the same: is a small number the same in all of them?</summary>
    /// <returns>Its place; null: none is given away.</returns>
    private static int? Given(int[] numbers, Func<IReadOnlyList<int>, IReadOnlyList<int?>> mask, int? shownElsewhere = null)
    {
        var (shown, total) = (mask(numbers), numbers.Sum());
        if (total < Masking.Smallest) return null; // the total itself is hidden, and with it everything
        var values = numbers.Select(_ => new HashSet<int>()).ToArray();
        Walk(new int[numbers.Length], 0, total);
        var found = Array.FindIndex(numbers, n => n is > 0 and < Masking.Smallest);
        for (var i = found; i >= 0 && i < numbers.Length; i++)
        {
            if (numbers[i] is > 0 and < Masking.Smallest && values[i].Count < 2) return i;
        }
        return null;

        void Walk(int[] guess, int at, int left)
        {
            if (at == numbers.Length)
            {
                if (left == 0 && mask(guess).SequenceEqual(shown)) for (var i = 0; i < guess.Length; i++) values[i].Add(guess[i]);
                return;
            }
            // What is shown, here or in another list, is known.
            var (from, to) = shown[at] is { } known ? (known, known) : at == shownElsewhere && numbers[at] >= Masking.Smallest ? (numbers[at], numbers[at]) : (0, left);
            for (var n = from; n <= to && n <= left; n++)
            {
                guess[at] = n;
                Walk(guess, at + 1, left - n);
            }
        }
    }
}
