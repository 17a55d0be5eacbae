using System.Globalization;
using VictimSupport.Statistics.Noise;

namespace VictimSupport.Tests.Statistics;

public sealed class SamplerTests
{
    private const int Draws = 200_000;

    // Made by IBM's reference implementation of the construction.
    [Theory]
    [InlineData(9, "1 1 0 -2 -3 2 0 1 -1 -5 -2 1 1 2 -2 2 0 2 -1 -1 0 2 1 0")]
    [InlineData(16, "1 0 8 -6 11 -2 1 -8 -8 -6 0 -1 2 0 -2 -1 -6 -2 -1 -3 -4 0 4 0")]
    [InlineData(25, "1 5 -9 -2 9 2 1 -4 -9 1 -3 -2 3 14 5 -1 -7 -1 -4 -3 -8 -4 3 5")]
    [InlineData(36, "1 -3 14 -9 -13 13 -4 -6 4 5 3 9 1 6 8 -10 2 -5 -6 1 -3 -4 2 -9")]
    public void Known_bits_give_the_known_draws(int sigma2, string known)
    {
        var answers = known.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(answers, Known(new DiscreteGaussian(new KnownBits("sdc-kat")).Draw, sigma2));
        Assert.NotEqual(answers, Known(new Rounded(new KnownBits("sdc-kat")).Draw, sigma2)); // planted: a short cut through floating point

        static List<int> Known(Func<int, int> draw, int sigma2) => [.. Enumerable.Range(0, 24).Select(_ => draw(sigma2))];
    }

    [Theory]
    [InlineData(1), InlineData(9), InlineData(16), InlineData(72)]
    public void The_draws_follow_the_law(int sigma2)
    {
        var noise = new DiscreteGaussian(new KnownBits("law"));
        var drawn = Enumerable.Range(0, Draws).Select(_ => noise.Draw(sigma2)).ToList();
        Assert.True(Follows(drawn, sigma2));
        Assert.InRange(drawn.Average(), -0.05, 0.05);
        Assert.InRange(drawn.Average(d => (double)d * d) / Variance(sigma2), 0.98, 1.02);
        // No two that follow each other know of each other.
        Assert.InRange(drawn.Zip(drawn.Skip(1), (a, b) => (double)a * b).Average() / Variance(sigma2), -0.01, 0.01);
    }

    [Fact]
    public void The_law_is_that_of_the_specification()
    {
        Assert.Equal([0.132981, 0.125794, 0.106483, 0.080657], Enumerable.Range(0, 4).Select(k => Math.Round(Law(9, k), 6)));
        Assert.Equal([0.099736, 0.096667, 0.088016, 0.075284], Enumerable.Range(0, 4).Select(k => Math.Round(Law(16, k), 6)));
    }

    // Planted: what the test above would have to find.
    [Fact]
    public void Another_law_is_found_out()
    {
        var bits = new KnownBits("planted");
        var (noise, rounded) = (new DiscreteGaussian(bits), new Rounded(bits));
        Assert.False(Follows(Many(() => rounded.Draw(1)), 1)); // a rounded Gaussian of floating point
        Assert.False(Follows(Many(() => noise.Draw(10)), 9)); // another variance
        Assert.False(Follows(Many(() => noise.Draw(4)), 16)); // a quarter of it
        Assert.False(Follows(Many(() => Math.Abs(noise.Draw(9))), 9)); // no figure below the count
        Assert.False(Follows(Many(() => Math.Clamp(noise.Draw(9), -6, 6)), 9)); // bounded, so that it is "never more than 6"

        static List<int> Many(Func<int> draw) => [.. Enumerable.Range(0, Draws).Select(_ => draw())];
    }

    [Fact]
    public void Without_noise_nothing_is_drawn() => Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteGaussian(new CryptographicBits()).Draw(0));

    [Fact]
    public void The_machines_bits_differ_each_time()
    {
        var noise = new DiscreteGaussian(new CryptographicBits());
        Assert.NotEqual(Enumerable.Range(0, 64).Select(_ => noise.Draw(64)).ToList(), [.. Enumerable.Range(0, 64).Select(_ => noise.Draw(64))]);
    }

    private static double Law(int sigma2, int k) => Math.Exp(-(double)k * k / (2 * sigma2)) / Enumerable.Range(-400, 801).Sum(i => Math.Exp(-(double)i * i / (2 * sigma2)));

    private static double Variance(int sigma2) => Enumerable.Range(-400, 801).Sum(k => Law(sigma2, k) * k * k);

    // Pearson's chi-square at one in a thousand, with everything that is expected less than five times in one class each side.
    private static bool Follows(List<int> drawn, int sigma2)
    {
        var edge = Enumerable.Range(1, 400).First(k => Draws * Law(sigma2, k) < 5);
        var seen = drawn.GroupBy(d => Math.Clamp(d, -edge, edge)).ToDictionary(g => g.Key, g => g.Count());
        var (sum, classes) = (0.0, 0);
        for (var k = -edge; k <= edge; k++)
        {
            var expected = Draws * (Math.Abs(k) < edge ? Law(sigma2, k) : Enumerable.Range(edge, 400).Sum(i => Law(sigma2, i)));
            sum += Math.Pow(seen.GetValueOrDefault(k) - expected, 2) / expected;
            classes++;
        }
        var free = classes - 1;
        return sum < free * Math.Pow(1 - (2.0 / (9 * free)) + (3.0902 * Math.Sqrt(2.0 / (9 * free))), 3);
    }

    /// <summary>The mistake that is made everywhere: a Gaussian of floating point, rounded.</summary>
    private sealed class Rounded(IRandomBits bits)
    {
        public int Draw(int sigma2) => (int)Math.Round(Math.Sqrt(sigma2) * Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit()));

        private double Unit()
        {
            Span<byte> bytes = stackalloc byte[8];
            bits.Fill(bytes);
            return (BitConverter.ToUInt64(bytes) >> 11) / (double)(1UL << 53);
        }
    }
}
