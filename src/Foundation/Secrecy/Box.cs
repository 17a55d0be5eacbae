using System.Security.Cryptography;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Authenticated encryption with a header: <c>[1 version][16 key id][12 nonce][cipher][16 tag]</c>, AES-256-GCM.
/// The associated data bind a box to its place; a box moved to another row, field or zone does not open.</summary>
public static class Box
{
    private const byte Version = 1;
    private const int Header = 1 + 16 + 12, Tag = 16;

    /// <summary>Bytes a box adds to what it holds.</summary>
    public const int Overhead = Header + Tag;

    public static byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> key, Guid keyId, ReadOnlySpan<byte> place)
    {
        var box = new byte[Overhead + clear.Length];
        box[0] = Version;
        keyId.TryWriteBytes(box.AsSpan(1));
        var nonce = box.AsSpan(17, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(nonce, clear, box.AsSpan(Header, clear.Length), box.AsSpan(Header + clear.Length), place);
        return box;
    }

    /// <exception cref="SealBrokenException">Wrong key, wrong place, or changed bytes.</exception>
    public static byte[] Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> key, ReadOnlySpan<byte> place)
    {
        if (box.Length < Overhead || box[0] != Version) throw new SealBrokenException("It is no box of this version.");
        var clear = new byte[box.Length - Overhead];
        using var aes = new AesGcm(key, Tag);
        try
        {
            aes.Decrypt(box.Slice(17, 12), box[Header..^Tag], box[^Tag..], clear, place);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SealBrokenException("Wrong key, wrong place, or changed bytes.");
        }
        return clear;
    }

    /// <summary>Which key opens it.</summary>
    public static Guid KeyOf(ReadOnlySpan<byte> box) => box.Length < Overhead ? throw new SealBrokenException("It is no box.") : new Guid(box.Slice(1, 16));
}

/// <summary>A box did not open. The message never holds content.</summary>
public sealed class SealBrokenException(string message) : Exception(message);

/// <summary>The key of what is asked was destroyed: the person or dossier it belonged to was erased.</summary>
public sealed class ErasedException(Guid owner) : Exception($"The data key {owner} does not exist: its owner was erased, or never had sealed data.");
