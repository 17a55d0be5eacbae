using System.Numerics;

namespace VictimSupport.Statistics.Noise;

/// <summary>A share of the privacy budget (the ρ of zero-concentrated differential privacy), as an exact fraction.</summary>
internal readonly record struct Rho
{
    private readonly BigInteger under;

    public Rho(BigInteger over, BigInteger under)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(under, BigInteger.Zero);
        var common = BigInteger.GreatestCommonDivisor(over, under);
        (Over, this.under) = (over / common, under / common);
    }

    public static Rho None => default;
    public BigInteger Over { get; }
    public BigInteger Under => under.IsZero ? 1 : under;

    /// <summary>What one table costs each time it is released: Δ² / 2σ².</summary>
    public static Rho Of(int delta2, int sigma2) => new(delta2, 2 * (BigInteger)sigma2);

    /// <summary>Rounded up: what is kept in whole numbers never says less than was spent.</summary>
    public long Billionths => (long)(((Over * 1_000_000_000) + Under - 1) / Under);

    public static Rho operator +(Rho a, Rho b) => new((a.Over * b.Under) + (b.Over * a.Under), a.Under * b.Under);
    public static bool operator >(Rho a, Rho b) => a.Over * b.Under > b.Over * a.Under;
    public static bool operator <(Rho a, Rho b) => b > a;

    public double ToDouble() => (double)Over / (double)Under;
}

/// <summary>What a spent budget means to somebody who counts in ε and δ: for the pages that explain it, never for a decision.</summary>
internal static class Zcdp
{
    /// <summary>The smallest ε for which ρ-zCDP gives (ε, δ)-differential privacy, by the bound of Canonne, Kamath and Steinke (2020).</summary>
    public static double Epsilon(double rho, double delta)
    {
        if (delta >= 1 || rho <= 0) return 0;
        var (low, high) = (0.0, rho + (2 * Math.Sqrt(rho * Math.Log(1 / delta))));
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if (Delta(rho, middle) <= delta) high = middle;
            else low = middle;
        }
        return high;
    }

    private static double Delta(double rho, double epsilon)
    {
        var (low, high) = (1.01, ((epsilon + 1) / (2 * rho)) + 2);
        for (var i = 0; i < 200; i++)
        {
            var a = (low + high) / 2;
            if (((2 * a) - 1) * rho - epsilon + Math.Log(1 - (1 / a)) < 0) low = a;
            else high = a;
        }
        var alpha = (low + high) / 2;
        return Math.Min(1, Math.Exp(((alpha - 1) * ((alpha * rho) - epsilon)) + (alpha * Math.Log(1 - (1 / alpha)))) / (alpha - 1));
    }
}
