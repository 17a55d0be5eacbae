using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Jobs;

/// <summary>Something that falls due; saving it tells the sweep when to look at this zone.</summary>
public interface IFallDue
{
    /// <summary>null: nothing more to do.</summary>
    DateTimeOffset? Due { get; }
}

/// <summary>What must reach the outside (mail, another zone), written in the same transaction as its cause and carried out once by a job. Ids and codes only.</summary>
public sealed class OutboxMessage : IFallDue
{
    public Guid Id { get; private set; }

    /// <summary>Names the effect; unique, so the same effect is never queued twice.</summary>
    public string Key { get; private set; } = "";
    public string Kind { get; private set; } = "";

    /// <summary>The thing it is about, such as a dossier.</summary>
    public Guid? About { get; private set; }

    /// <summary>The account it goes to, where it goes to one.</summary>
    public Guid? To { get; private set; }

    /// <summary>In the catalogue's outbox: the zone it is of; null: the platform. In a zone's own outbox it says nothing.</summary>
    public Guid? Zone { get; private set; }
    public DateTimeOffset NotBefore { get; private set; }
    public DateTimeOffset? Delivered { get; private set; }
    public int Attempts { get; private set; }

    public DateTimeOffset? Due => Delivered is null ? NotBefore : null;

    public static OutboxMessage New(string key, string kind, Guid? about, Guid? to, DateTimeOffset notBefore, Guid? zone = null) =>
        new() { Id = Guid.CreateVersion7(notBefore), Key = key, Kind = kind, About = about, To = to, NotBefore = notBefore, Zone = zone };

    /// <summary>How long whoever took it in hand keeps it: longer than a delivery takes and than the clocks of two machines differ, else the one that is ahead would take what the other is just delivering.</summary>
    public static readonly TimeSpan Held = TimeSpan.FromMinutes(15);

    /// <summary>Taken in hand: after a crash the next try waits, and carries the same key, so that receivers can tell.</summary>
    internal void Claim(DateTimeOffset now)
    {
        Attempts++;
        NotBefore = now + Held;
    }

    /// <summary>It could not be delivered, and nothing of it left: tried again, each time later.</summary>
    internal void Failed(DateTimeOffset now) => NotBefore = now + TimeSpan.FromMinutes(Math.Min(60, Math.Pow(2, Attempts)));

    internal void Done(DateTimeOffset now) => Delivered = now;

    internal sealed class Mapping : IZoneMapping<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> b)
        {
            Both(b);
            b.Ignore(m => m.Zone);
        }

        internal static void Both(EntityTypeBuilder<OutboxMessage> b)
        {
            b.ToTable("outbox");
            b.HasKey(m => m.Id);
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Property(m => m.Key).HasMaxLength(200);
            b.HasIndex(m => m.Key).IsUnique();
            b.Property(m => m.Kind).HasMaxLength(60);
            b.Property(m => m.Attempts).IsConcurrencyToken(); // two jobs that take it in hand at once: one finds it taken
            b.Ignore(m => m.Due);
            b.HasIndex(m => new { m.Delivered, m.NotBefore });
        }
    }

    internal sealed class InTheCatalogue : ICatalogMapping<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> b)
        {
            Mapping.Both(b);
            b.HasIndex(m => m.About);
        }
    }
}

/// <summary>Carries out one kind of message of the catalogue's outbox: what must reach the outside because a role or an invitation was written.
/// It may be called again after a crash: the message's key lets it act once.</summary>
public interface IDeliverForTheHouse
{
    string Kind { get; }
    Task Deliver(OutboxMessage message, CancellationToken ct);
}

/// <summary>Carries out one kind of outbox message. It may be called again after a crash: the message's key lets it act once.</summary>
public interface IDeliver
{
    string Kind { get; }

    /// <param name="zone">The zone whose outbox it was in.</param>
    Task Deliver(OutboxMessage message, VictimSupport.Foundation.Zones.ZoneRecord zone, CancellationToken ct);
}

/// <summary>Carries out several of one kind, to one account and made in one go, as one: whoever has ten things due at eight gets one mail. It may be called again after a crash, with the same ones.</summary>
public interface IDeliverTogether : IDeliver
{
    /// <param name="messages">At least one; the first one's key names the effect.</param>
    Task Deliver(IReadOnlyList<OutboxMessage> messages, VictimSupport.Foundation.Zones.ZoneRecord zone, CancellationToken ct);
}
