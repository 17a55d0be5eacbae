using System.Numerics;
using System.Security.Cryptography;

namespace VictimSupport.Statistics.Noise;

/// <summary>Where the noise takes its random bits from. In the product there is one source; tests put a known stream in its place.</summary>
internal interface IRandomBits
{
    void Fill(Span<byte> bytes);
}

/// <summary>The random source of the machine. No seed, no key: what was drawn cannot be drawn again.</summary>
internal sealed class CryptographicBits : IRandomBits
{
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}

/// <summary>Draws whole numbers with Pr[k] ∝ exp(−k² / 2σ²), exactly: the sampler of Canonne, Kamath and Steinke (2020), in whole numbers alone. A fraction in floating point would give the law
/// other tails than the guarantee is proved for. The order of the draws is that of their reference code, so that known answers can be compared.</summary>
internal sealed class DiscreteGaussian(IRandomBits bits)
{
    /// <summary>Rises when the same bits would give other draws; stands beside every release.</summary>
    public const int Version = 1;

    /// <param name="sigma2">The variance parameter σ², a whole number of at least 1.</param>
    public int Draw(int sigma2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sigma2, 1);
        BigInteger s2 = sigma2, t = Root(sigma2) + 1;
        while (true)
        {
            var y = Laplace(t);
            var d = (BigInteger.Abs(y) * t) - s2;
            if (Exponential(d * d, 2 * s2 * t * t)) return (int)y;
        }
    }

    // Pr[y] ∝ exp(−|y| / t).
    private BigInteger Laplace(BigInteger t)
    {
        while (true)
        {
            var negative = Bernoulli(1, 2);
            BigInteger u;
            do u = Uniform(t);
            while (!Exponential(u, t));
            BigInteger v = 0;
            while (Exponential(1, 1)) v++;
            var y = (v * t) + u;
            if (!negative || !y.IsZero) return negative ? -y : y; // zero has no sign, else it would come twice
        }
    }

    // true with probability exp(−a / b).
    private bool Exponential(BigInteger a, BigInteger b)
    {
        for (; a > b; a -= b)
        {
            if (!AtMostOne(1, 1)) return false;
        }
        return AtMostOne(a, b);
    }

    // The same for a ≤ b: the product series of the exponential.
    private bool AtMostOne(BigInteger a, BigInteger b)
    {
        var k = 1;
        while (Bernoulli(a, b * k)) k++;
        return k % 2 == 1;
    }

    // true with probability a / b.
    private bool Bernoulli(BigInteger a, BigInteger b)
    {
        var common = BigInteger.GreatestCommonDivisor(a, b);
        return Uniform(b / common) < a / common;
    }

    // From 0 to m − 1, each as likely as the next: what is beyond is thrown away, never folded back.
    private BigInteger Uniform(BigInteger m)
    {
        var width = (int)(m - 1).GetBitLength();
        if (m.IsOne) return 0;
        Span<byte> bytes = stackalloc byte[(width + 7) / 8];
        while (true)
        {
            bits.Fill(bytes);
            var v = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) & ((BigInteger.One << width) - 1);
            if (v < m) return v;
        }
    }

    private static int Root(int of)
    {
        var root = 1;
        while ((long)(root + 1) * (root + 1) <= of) root++;
        return root;
    }
}
