using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.Identity.Accounts;

/// <summary>Keys that nobody guesses, and what is kept of them.</summary>
internal static class Keys
{
    /// <summary>256 random bits, as they may stand in an address.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of one: so many random bits need no slow hash.</summary>
    public static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>One that people write down and type: 120 random bits in six groups of four.</summary>
    public static string NewToType() => string.Join('-', Totp.Show(RandomNumberGenerator.GetBytes(15)).Chunk(4).Select(group => new string(group)));

    /// <summary>However it was typed.</summary>
    public static string HashTyped(string key) => Hash(string.Concat(key.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant());
}
