using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace VictimSupport.Foundation.Numbers;

/// <summary>What came of reading a dossier number: the form's message follows from it.</summary>
public enum DossierNumberReading
{
    Read,

    /// <summary>Not nine letters and digits, or something among them that is neither.</summary>
    WrongLength,

    /// <summary>The first four are no year.</summary>
    NoYear,

    /// <summary>A 0, O, 1 or I after the year: no number has one, so it was misread.</summary>
    ForbiddenLetter,

    /// <summary>The check character does not fit: a character is wrong or two changed places.</summary>
    WrongCheck,
}

/// <summary>A dossier's number: year, four characters and a check character, as <c>2026-K7QPX</c>. The four come from a keyed permutation of a counter, so
/// numbers are unique and yet not consecutive to the eye: a gap betrays nobody. No 0, O, 1 or I.</summary>
public readonly record struct DossierNumber
{
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Rounds = 8, Half = 10, Mask = (1 << Half) - 1, YearLength = 4, Length = 10;

    /// <summary>Numbers in one year: 32⁴. A zone that opens more in a year gets an exception, never a number twice.</summary>
    public const int PerYear = 1 << (2 * Half);

    private readonly string? written;

    private DossierNumber(string text) => written = text;

    /// <summary>As it is shown and stored: nine letters and digits with a hyphen after the year.</summary>
    public string Text => written ?? "";

    public override string ToString() => Text;

    /// <summary>The number of the counter's value in a year.</summary>
    /// <param name="counter">From 0 to <see cref="PerYear"/> − 1.</param>
    /// <param name="key">The zone's key for numbers; another zone or year has another order.</param>
    public static DossierNumber Of(int year, int counter, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(year, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(year, 9999);
        ArgumentOutOfRangeException.ThrowIfNegative(counter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(counter, PerYear);
        var mixed = Permute(year, counter, key);
        Span<char> text = stackalloc char[Length];
        year.TryFormat(text, out _, "0000", CultureInfo.InvariantCulture);
        text[4] = '-';
        for (var i = 0; i < 4; i++) text[5 + i] = Letters[(mixed >> (15 - 5 * i)) & 31];
        text[9] = Letters[Check(text)];
        return new DossierNumber(new string(text));
    }

    /// <summary>Reads a number as people type it: any case, spaces, with or without the hyphen. False when it cannot be one, the check character included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? typed, out DossierNumber number) => Read(typed, out number) == DossierNumberReading.Read;

    /// <summary>Reads a number as people type it and says why when it cannot.</summary>
    public static DossierNumberReading Read(string? typed, out DossierNumber number)
    {
        number = default;
        Span<char> text = stackalloc char[Length];
        var at = 0;
        foreach (var c in typed ?? "")
        {
            if (Parts(c)) continue;
            if (!char.IsAsciiLetterOrDigit(c) || at == Length) return DossierNumberReading.WrongLength;
            text[at++] = char.ToUpperInvariant(c);
            if (at == YearLength) text[at++] = '-';
        }
        if (at != Length) return DossierNumberReading.WrongLength;
        if (text[..YearLength].ContainsAnyExceptInRange('0', '9') || text[0] == '0') return DossierNumberReading.NoYear;
        if (text[(YearLength + 1)..].ContainsAnyExcept(Letters)) return DossierNumberReading.ForbiddenLetter;
        if (Letters[Check(text)] != text[^1]) return DossierNumberReading.WrongCheck;
        number = new DossierNumber(new string(text));
        return DossierNumberReading.Read;
    }

    private static bool Parts(char c) => char.IsWhiteSpace(c) || c is '.' or '/' || char.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;

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
