using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Federations;

/// <summary>Where a zone's people sign in, besides here: one provider, one tenant of it. Waits for a second person; one that counts takes the place of the one before.</summary>
internal sealed class Federation
{
    public const string SecretKind = "federation secret";

    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }

    /// <summary>What stands on the button.</summary>
    public string Name { get; private set; } = "";
    public string Issuer { get; private set; } = "";

    /// <summary>The tenant whose people are ours; empty: the provider knows none, and the issuer alone says it.</summary>
    public string Tenant { get; private set; } = "";
    public string ClientId { get; private set; } = "";

    /// <summary>Sealed under the master key; never shown again.</summary>
    public byte[] Secret { get; private set; } = [];

    /// <summary>Domains of addresses that lead to this provider: by them, never by account, so that nobody learns who has one.</summary>
    public List<string> Domains { get; private set; } = [];

    /// <summary>The zone opens only where more than one factor was shown, at whichever provider.</summary>
    public bool AsksMfa { get; private set; }
    public Guid ProposedBy { get; private set; }
    public DateTimeOffset Proposed { get; private set; }
    public Guid? ConfirmedBy { get; private set; }
    public DateTimeOffset? Confirmed { get; private set; }
    public DateTimeOffset? Ended { get; private set; }

    public bool IsWaiting => Confirmed is null && Ended is null;

    public static Federation Propose(Guid id, Guid zone, string name, AllowedProvider provider, string clientId, byte[] secret, IEnumerable<string> domains, bool asksMfa, Guid by, DateTimeOffset now) => new()
    {
        Id = id, Zone = zone, Name = name.Trim(), Issuer = provider.Issuer, Tenant = provider.Tenant, ClientId = clientId.Trim(), Secret = secret, Domains = [.. domains], AsksMfa = asksMfa, ProposedBy = by, Proposed = now,
    };

    /// <exception cref="RefusedException">Nobody confirms what he proposed, and nothing twice.</exception>
    public void Confirm(Guid by, DateTimeOffset now)
    {
        if (!IsWaiting) throw new RefusedException("absent", Id);
        if (by == ProposedBy) throw new RefusedException("own", Id);
        (ConfirmedBy, Confirmed) = (by, now);
    }

    public void End(DateTimeOffset now) => Ended ??= now;

    internal sealed class Mapping : ICatalogMapping<Federation>
    {
        public void Configure(EntityTypeBuilder<Federation> b)
        {
            b.ToTable("federation");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.Name).HasMaxLength(100);
            b.Property(f => f.Issuer).HasMaxLength(AllowedProvider.Longest);
            b.Property(f => f.Tenant).HasMaxLength(64);
            b.Property(f => f.ClientId).HasMaxLength(200);
            b.Property(f => f.Secret).HasMaxLength(1000);
            b.PrimitiveCollection(f => f.Domains).HasMaxLength(2000);
            b.Property(f => f.Confirmed).IsConcurrencyToken();
            b.HasIndex(f => f.Zone);
        }
    }
}

/// <summary>A provider and tenant that the platform trusts to say who somebody is. What is not on this list is nobody's provider.</summary>
internal sealed class AllowedProvider
{
    public const int Longest = 300;

    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Issuer { get; private set; } = "";
    public string Tenant { get; private set; } = "";
    public Guid? By { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public DateTimeOffset? Ended { get; private set; }

    public static AllowedProvider Add(string name, string issuer, string? tenant, Guid? by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Name = name.Trim(), Issuer = issuer.Trim(), Tenant = tenant?.Trim().ToLowerInvariant() ?? "", By = by, Added = now };

    public void End(DateTimeOffset now) => Ended ??= now;

    internal sealed class Mapping : ICatalogMapping<AllowedProvider>
    {
        public void Configure(EntityTypeBuilder<AllowedProvider> b)
        {
            b.ToTable("allowed_provider");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Name).HasMaxLength(100);
            b.Property(p => p.Issuer).HasMaxLength(Longest);
            b.Property(p => p.Tenant).HasMaxLength(64);
        }
    }
}
