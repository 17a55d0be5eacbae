using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Turns searchable parts into tokens under a zone's key, a key of its own for each kind, cut to <see cref="Bits"/> so that some names share one.
/// The key is what hides names; the cut makes a quarter of the words share a token, as measured in <c>docs/security.md</c>. Safe to share between threads.</summary>
public sealed class SearchKey
{
    /// <summary>Width of a token: 65,536 values, so that several names share one. Wider tokens hide next to nothing; narrower ones open too many rows in vain. Another width means new tokens for every row.</summary>
    public const int Bits = 16;

    private const int OnTheStack = 256;
    private readonly byte[][] keys;

    /// <param name="root">The zone's search root, 32 bytes.</param>
    public SearchKey(byte[] root)
    {
        if (root.Length < 32) throw new ArgumentException("A search root has 32 bytes.", nameof(root));
        keys = new byte[Enum.GetValues<PartKind>().Max(k => (int)k) + 1][];
        foreach (var kind in Enum.GetValues<PartKind>()) keys[(int)kind] = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.ASCII.GetBytes("search " + kind));
    }

    /// <summary>The token of a part, from 0 to 2^<see cref="Bits"/> − 1.</summary>
    public long Token(SearchPart part)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes], text = stackalloc byte[OnTheStack];
        var length = Encoding.UTF8.GetMaxByteCount(part.Text.Length);
        if (length > OnTheStack) text = new byte[length];
        HMACSHA256.HashData(keys[(int)part.Kind], text[..Encoding.UTF8.GetBytes(part.Text, text)], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) >> (32 - Bits);
    }
}
