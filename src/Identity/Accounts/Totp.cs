using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace VictimSupport.Identity.Accounts;

/// <summary>Time-based one-time passwords as RFC 6238 has them: six digits, half a minute, SHA-1 (what authenticator apps expect).</summary>
internal static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Seconds = 30, Drift = 1;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(20);

    /// <summary>The half minute whose code this is, one before or after now allowed; null: it is none.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now)
    {
        var typed = string.Concat(code.Where(char.IsAsciiDigit));
        var current = now.ToUnixTimeSeconds() / Seconds;
        long? found = null;
        for (var step = current - Drift; step <= current + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(typed), Encoding.ASCII.GetBytes(CodeAt(secret, step)))) found = step;
        }
        return found;
    }

    public static string CodeAt(byte[] secret, DateTimeOffset at) => CodeAt(secret, at.ToUnixTimeSeconds() / Seconds);

    private static string CodeAt(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8], hash = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // the algorithm of RFC 6238; a keyed hash, not a signature
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[19] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>The secret as people type it into an app.</summary>
    public static string Show(byte[] secret)
    {
        var text = new StringBuilder();
        var (bits, held) = (0, 0);
        foreach (var b in secret)
        {
            bits = (bits << 8) | b;
            for (held += 8; held >= 5; held -= 5) text.Append(Base32[(bits >> (held - 5)) & 31]);
        }
        return text.ToString();
    }

    public static string Uri(byte[] secret, string account, string issuer) =>
        $"otpauth://totp/{System.Uri.EscapeDataString(issuer)}:{System.Uri.EscapeDataString(account)}?secret={Show(secret)}&issuer={System.Uri.EscapeDataString(issuer)}";

    /// <summary>Eight codes for the day the phone is lost.</summary>
    public static IReadOnlyList<string> NewRecoveryCodes() => [.. Enumerable.Range(0, 8).Select(_ => Keys.NewToType())];
}

/// <summary>Protects the second factor's secrets: those at rest, and those a page offers. The two are sealed apart, so that no page shows one that is in use.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>How long a page with a new secret may stand open, as with a passkey.</summary>
    public static readonly TimeSpan OfferedFor = TimeSpan.FromHours(1);

    private readonly IDataProtector kept = protection.CreateProtector("second factor"), offered = protection.CreateProtector("second factor offered");

    public string Protect(byte[] secret) => kept.Protect(Convert.ToHexString(secret));
    public byte[] Open(string secret) => Convert.FromHexString(kept.Unprotect(secret));

    /// <summary>A new secret, for a page to show and to be sent back with its first code.</summary>
    public string Offer() => offered.Protect(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds()} {Convert.ToHexString(Totp.NewSecret())}"));

    /// <summary>What a page offered; null: we did not, or too long ago. What comes back from a form may be forged.</summary>
    public byte[]? Offered(string? text)
    {
        try
        {
            if (text is not { Length: > 0 } || offered.Unprotect(text).Split(' ') is not [var at, var secret]) return null;
            return clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, CultureInfo.InvariantCulture)) < OfferedFor ? Convert.FromHexString(secret) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
