using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.Foundation.Audit;

/// <summary>The keyed hash that ties each audit record to the one before it. Whoever lacks the zone's chain key can neither add,
/// change, drop nor reorder a record unseen.</summary>
public sealed class Chain(byte[] key)
{
    /// <summary>The entry that follows <paramref name="head"/>.</summary>
    public AuditEntry Next(AuditHead head, AuditRecord record)
    {
        var seq = head.Seq + 1;
        // Engines keep microseconds; a finer instant would not verify after a round trip.
        var at = new DateTimeOffset(record.At.UtcTicks / 10 * 10, TimeSpan.Zero);
        record = record with { At = at };
        return new AuditEntry(seq, record, Mac(seq, head.Mac, record));
    }

    internal byte[] Mac(long seq, byte[] before, AuditRecord record)
    {
        var length = Length(record);
        Span<byte> text = length <= 1024 ? stackalloc byte[length] : new byte[length];
        Write(text, seq, before, record);
        return HMACSHA256.HashData(key, text);
    }

    /// <summary>For many records in turn: sets the key up once, which is half the work of a short one.</summary>
    internal Hasher Many() => new(key);

    internal sealed class Hasher(byte[] key) : IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        private readonly byte[] mac = new byte[32];
        private byte[] text = new byte[1024];

        /// <summary>Is this the entry that was written after the one whose hash is <paramref name="before"/>?</summary>
        public bool Fits(AuditEntry entry, byte[] before)
        {
            var length = Length(entry.Record);
            if (length > text.Length) text = new byte[length * 2];
            Write(text, entry.Seq, before, entry.Record);
            hash.AppendData(text, 0, length);
            hash.GetHashAndReset(mac);
            return CryptographicOperations.FixedTimeEquals(mac, entry.Mac);
        }

        public void Dispose() => hash.Dispose();
    }

    private const int Fixed = 8 + 32 + 8 + 1 + 16 + 16 + 4;

    private static int Length(AuditRecord record) => Fixed + Encoding.UTF8.GetByteCount(record.Act) + Encoding.UTF8.GetByteCount(record.Payload);

    private static void Write(Span<byte> text, long seq, byte[] before, AuditRecord record)
    {
        BinaryPrimitives.WriteInt64BigEndian(text, seq);
        before.CopyTo(text[8..]);
        BinaryPrimitives.WriteInt64BigEndian(text[40..], record.At.UtcTicks);
        // Nobody is not the account of sixteen zeroes.
        text[48] = (byte)((record.Actor is null ? 0 : 1) | (record.Subject is null ? 0 : 2));
        (record.Actor ?? Guid.Empty).TryWriteBytes(text[49..]);
        (record.Subject ?? Guid.Empty).TryWriteBytes(text[65..]);
        var act = Encoding.UTF8.GetBytes(record.Act, text[Fixed..]);
        BinaryPrimitives.WriteInt32BigEndian(text[81..], act);
        Encoding.UTF8.GetBytes(record.Payload, text[(Fixed + act)..]);
    }
}
