using System.Security.Cryptography;

namespace VictimSupport.Identity.Passkeys;

/// <summary>A short name for a passkey in an address: of its identifier only a part of the hash.</summary>
internal static class Names
{
    public const int Longest = 60;

    /// <summary>More than a handful is a heap that nobody looks through any more.</summary>
    public const int Most = 10;

    public static string Of(byte[] credential) => Convert.ToHexStringLower(SHA256.HashData(credential).AsSpan(0, 10));
}
