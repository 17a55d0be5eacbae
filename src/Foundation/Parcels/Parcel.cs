using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Parcels;

/// <summary>Something for another zone, in the database of the zone that sends it, written in the transaction that caused it. It has a key of its own, wrapped by the receiving zone's:
/// whoever holds the sending zone's database and keys cannot open it. Once it is there nothing is left of what it held.</summary>
public sealed class Parcel
{
    public Guid Id { get; private set; }

    /// <summary>What it is, as a code of the module that receives it.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>Code of the zone it goes to.</summary>
    public string To { get; private set; } = "";

    /// <summary>What it belongs to; both zones know it by this id. The parcels of one thread arrive in the order in which they were sent.</summary>
    public Guid Thread { get; private set; }

    /// <summary>1, 2, 3 … of its thread in this zone.</summary>
    public int Number { get; private set; }
    public DateTimeOffset Sent { get; private set; }

    /// <summary>When the other zone had it; null: not yet.</summary>
    public DateTimeOffset? Arrived { get; private set; }

    /// <summary>Its key, wrapped by the receiving zone's; gone once it is there.</summary>
    public byte[]? Key { get; private set; }

    /// <summary>What it holds, sealed; gone once it is there.</summary>
    public byte[]? Content { get; private set; }

    internal static Parcel Seal(Guid from, Guid to, string code, ZoneKey key, string kind, Guid thread, int number, object content, DateTimeOffset now)
    {
        var (id, data) = (Guid.CreateVersion7(now), System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        return new Parcel
        {
            Id = id, Kind = kind, To = code, Thread = thread, Number = number, Sent = now, Key = ZoneKeys.Wrap(to, key, id, data),
            Content = Box.Seal(JsonSerializer.SerializeToUtf8Bytes(content, content.GetType()), data, id, Place(from, to, id, thread, kind)),
        };
    }

    internal void IsThere(DateTimeOffset at) => (Arrived, Key, Content) = (Arrived ?? at, null, null);

    /// <summary>From whom, to whom and what it is are part of what seals it: brought as another thing, or in another zone's name, it does not open.</summary>
    internal static byte[] Place(Guid from, Guid to, Guid id, Guid thread, string kind) => [.. "parcel"u8, .. from.ToByteArray(), .. to.ToByteArray(), .. id.ToByteArray(), .. thread.ToByteArray(), .. Encoding.UTF8.GetBytes(kind)];

    internal sealed class Mapping : IZoneMapping<Parcel>
    {
        public void Configure(EntityTypeBuilder<Parcel> b)
        {
            b.ToTable("parcel");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Kind).HasMaxLength(60);
            b.Property(p => p.To).HasColumnName("to_zone").HasMaxLength(4);
            b.Property(p => p.Key).HasMaxLength(200);
            b.Property(p => p.Content).HasMaxLength(-1);
            b.HasIndex(p => new { p.Thread, p.Number }).IsUnique();
        }
    }
}

/// <summary>A parcel has been received in this zone: its key is the parcel's, so it is received once, however often it is brought.</summary>
public sealed class Arrival
{
    /// <summary>The parcel's.</summary>
    public Guid Id { get; init; }
    public string Kind { get; init; } = "";

    /// <summary>Code of the zone it came from.</summary>
    public string From { get; init; } = "";
    public Guid Thread { get; init; }
    public DateTimeOffset At { get; init; }

    internal sealed class Mapping : IZoneMapping<Arrival>
    {
        public void Configure(EntityTypeBuilder<Arrival> b)
        {
            b.ToTable("inbox");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.Kind).HasMaxLength(60);
            b.Property(a => a.From).HasColumnName("from_zone").HasMaxLength(4);
            b.HasIndex(a => a.Thread);
        }
    }
}

/// <summary>A parcel, opened in the zone it was sent to.</summary>
/// <param name="From">Code of the zone that sent it: proved by its seal, not said by what it holds.</param>
public sealed record OpenedParcel(Guid Id, string Kind, string From, Guid Thread, DateTimeOffset At, byte[] Content)
{
    /// <exception cref="JsonException">It holds something else.</exception>
    public T Read<T>() => JsonSerializer.Deserialize<T>(Content) ?? throw new JsonException();

    /// <summary>Never what it holds.</summary>
    public override string ToString() => $"{Kind} {Id} from {From}";
}

/// <summary>Receives one kind of parcel. A module registers one for each kind it knows (scoped).</summary>
public interface IReceive
{
    /// <summary>At most 60 characters, such as <c>handover</c>.</summary>
    string Kind { get; }

    /// <summary>In the receiving zone, inside the transaction that notes the parcel as received: both are saved, or neither. What is thrown brings the parcel again later, with all that was sent after it in its thread.</summary>
    Task Receive(OpenedParcel parcel, CancellationToken ct);

    /// <summary>In the sending zone, inside the transaction that notes the receipt. It may be told again after a crash.</summary>
    Task IsThere(Parcel parcel, CancellationToken ct) => Task.CompletedTask;
}
