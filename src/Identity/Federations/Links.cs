using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Federations;

/// <summary>The account behind somebody at a provider: by the provider's own name for the person in its tenant, never by an address, which may be given to another.</summary>
internal sealed class FederatedIdentity
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public string Issuer { get; private set; } = "";
    public string Tenant { get; private set; } = "";
    public string Subject { get; private set; } = "";
    public DateTimeOffset Linked { get; private set; }

    public static FederatedIdentity Link(Guid account, Said said, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, Issuer = said.Issuer, Tenant = said.Tenant, Subject = said.Subject, Linked = now };

    internal sealed class Mapping : ICatalogMapping<FederatedIdentity>
    {
        public void Configure(EntityTypeBuilder<FederatedIdentity> b)
        {
            b.ToTable("federated_identity");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Property(i => i.Issuer).HasMaxLength(AllowedProvider.Longest);
            b.Property(i => i.Tenant).HasMaxLength(64);
            b.Property(i => i.Subject).HasMaxLength(200);
            b.HasIndex(i => new { i.Issuer, i.Tenant, i.Subject }).IsUnique();
            b.HasIndex(i => i.Account);
        }
    }
}

/// <summary>A session that began at a zone's provider: where it may lead, and that its answer was used up.</summary>
internal sealed class FederatedSession
{
    /// <summary>The session's id.</summary>
    public Guid Id { get; private set; }
    public Guid Federation { get; private set; }

    /// <summary>The home zone, which vouches for the person.</summary>
    public Guid Zone { get; private set; }

    /// <summary>The provider says that more than one factor was shown.</summary>
    public bool Mfa { get; private set; }

    /// <summary>Methods as the provider named them.</summary>
    public string Methods { get; private set; } = "";

    /// <summary>Hash of the state that this answer came with; unique: an answer begins one session.</summary>
    public string StateHash { get; private set; } = "";

    public static FederatedSession Of(Guid session, Federation federation, Said said, string stateHash)
    {
        var methods = string.Join(' ', said.Methods);
        return new() { Id = session, Federation = federation.Id, Zone = federation.Zone, Mfa = said.Mfa, Methods = methods.Length > 200 ? methods[..200] : methods, StateHash = stateHash };
    }

    internal sealed class Mapping : ICatalogMapping<FederatedSession>
    {
        public void Configure(EntityTypeBuilder<FederatedSession> b)
        {
            b.ToTable("federated_session");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Methods).HasMaxLength(200);
            b.Property(s => s.StateHash).HasMaxLength(64);
            b.HasIndex(s => s.StateHash).IsUnique();
            b.HasIndex(s => s.Federation);
        }
    }
}

/// <summary>What a provider said of somebody, checked.</summary>
/// <param name="Subject">Its own lasting name for the person.</param>
/// <param name="Methods">How the person signed in there (<c>amr</c>).</param>
/// <param name="At">When (<c>auth_time</c>); null: it does not say.</param>
internal sealed record Said(string Issuer, string Tenant, string Subject, IReadOnlyList<string> Methods, DateTimeOffset? At)
{
    /// <summary>Did the person sign in there within the last minutes, as a deed of weight asks?</summary>
    public bool IsFresh(DateTimeOffset now) => At is { } at && now - at < FreshFactorAttribute.GoodFor && at - now < TimeSpan.FromMinutes(2);

    public bool Mfa => Methods.Contains("mfa", StringComparer.Ordinal);
}
