using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace VictimSupport.Foundation.Numbers;

/// <summary>A dossier's number: year, four characters and a check character, as <c>2026-K7QPX</c>. The four come from a keyed permutation of a counter, so
/// numbers are unique and yet not consecutive to the eye: a gap betrays nobody. No 0, O, 1 or I.</summary>
public readonly record struct DossierNumber
{
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Rounds = 8, Half = 10, Mask = (1 << Half) - 1;

    /// <summary>Numbers in one year: 32⁴.</summary>
    public const int PerYear = 1 << (2 * Half);

    private DossierNumber(string text) => Text = text;

    /// <summary>As it is shown and stored: nine letters and digits with a hyphen after the year.</summary>
    public string Text { get; }

    public override string ToString() => Text;

    /// <summary>The number of the counter's value in a year.</summary>
    /// <param name="counter">From 0 to <see cref="PerYear"/> − 1.</param>
    /// <param name="key">The zone's key for numbers; another zone or year has another order.</param>
    public static DossierNumber Of(int year, int counter, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(counter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(counter, PerYear);
        var mixed = Permute(year, counter, key);
        Span<char> text = stackalloc char[10];
        year.TryFormat(text, out _, "0000", System.Globalization.CultureInfo.InvariantCulture);
        text[4] = '-';
        for (var i = 0; i < 4; i++) text[5 + i] = Letters[(mixed >> (15 - 5 * i)) & 31];
        text[9] = Letters[Check(text)];
        return new DossierNumber(new string(text));
    }

    /// <summary>Reads a number as people type it: any case, spaces, with or without the hyphen. False when it cannot be one, the check character included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? typed, out DossierNumber number)
    {
        number = default;
        if (typed is null) return false;
        var plain = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (plain.Length != 9 || !plain.AsSpan(0, 4).ContainsOnlyDigits() || plain[4..].Any(c => !Letters.Contains(c, StringComparison.Ordinal))) return false;
        var text = $"{plain[..4]}-{plain[4..]}";
        if (Letters[Check(text)] != text[9]) return false;
        number = new DossierNumber(text);
        return true;
    }

    /// <summary>A Feistel network over 20 bits: a bijection whatever the round function is.</summary>
    internal static int Permute(int year, int counter, ReadOnlySpan<byte> key)
    {
        var (left, right) = (counter >> Half, counter & Mask);
        Span<byte> input = stackalloc byte[12], hash = stackalloc byte[32];
        BinaryPrimitives.WriteInt32BigEndian(input, year);
        for (var round = 0; round < Rounds; round++)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[4..], round);
            BinaryPrimitives.WriteInt32BigEndian(input[8..], right);
            HMACSHA256.HashData(key, input, hash);
            (left, right) = (right, left ^ (BinaryPrimitives.ReadUInt16BigEndian(hash) & Mask));
        }
        return (left << Half) | right;
    }

    // A weighted sum in the field of 32 elements, each place with a weight of its own: every wrong character and every two neighbours
    // that changed places change the sum.
    private static int Check(ReadOnlySpan<char> text)
    {
        var (sum, weight) = (0, 2);
        for (var i = 0; i < 9; i++)
        {
            if (i == 4) continue;
            sum ^= Times(i < 4 ? text[i] - '0' : Letters.IndexOf(text[i], StringComparison.Ordinal), weight);
            weight = Times(weight, 2);
        }
        return sum;
    }

    private static int Times(int a, int b)
    {
        var product = 0;
        for (; b > 0; b >>= 1)
        {
            if ((b & 1) == 1) product ^= a;
            a <<= 1;
            if ((a & 32) != 0) a ^= 0b100101; // x⁵ + x² + 1
        }
        return product;
    }
}

file static class Digits
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text)
    {
        foreach (var c in text) if (!char.IsAsciiDigit(c)) return false;
        return true;
    }
}
