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
        var act = Encoding.UTF8.GetByteCount(record.Act);
        var payload = Encoding.UTF8.GetByteCount(record.Payload);
        var length = 8 + 32 + 8 + 16 + 16 + 4 + act + payload;
        Span<byte> text = length <= 1024 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64BigEndian(text, seq);
        before.CopyTo(text[8..]);
        BinaryPrimitives.WriteInt64BigEndian(text[40..], record.At.UtcTicks);
        (record.Actor ?? Guid.Empty).TryWriteBytes(text[48..]);
        (record.Subject ?? Guid.Empty).TryWriteBytes(text[64..]);
        BinaryPrimitives.WriteInt32BigEndian(text[80..], act);
        Encoding.UTF8.GetBytes(record.Act, text[84..]);
        Encoding.UTF8.GetBytes(record.Payload, text[(84 + act)..]);
        return HMACSHA256.HashData(key, text);
    }
}
