using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Turns searchable parts into tokens under a zone's key, a key of its own for each kind. Tokens are cut to <see cref="Bits"/>, so that several names
/// share one: whoever holds the database sees groups, not names.</summary>
public sealed class SearchKey
{
    /// <summary>Width of a token: about a million values. In a zone of 100,000 persons each token of a rare name hides among others, and a query opens few rows in vain.</summary>
    public const int Bits = 20;

    private readonly Dictionary<PartKind, byte[]> keys;

    /// <param name="root">The zone's search root, 32 bytes.</param>
    public SearchKey(byte[] root) =>
        keys = Enum.GetValues<PartKind>().ToDictionary(k => k, k => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.ASCII.GetBytes("search " + k)));

    /// <summary>The token of a part, from 0 to 2^<see cref="Bits"/> − 1.</summary>
    public long Token(SearchPart part)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(keys[part.Kind], Encoding.UTF8.GetBytes(part.Text), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) >> (32 - Bits);
    }
}
