using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Clients;

/// <summary>In whose name a program acts: an app in that of the person who lets it, a system in its own.</summary>
internal enum ClientKind { App = 1, System = 2 }

/// <summary>Another program that one zone lets in, to every other zone it is nothing; or one that reads the figures over all zones, which is nothing to any zone.</summary>
internal sealed class ApiClient
{
    public Guid Id { get; private set; }

    /// <summary>null: a program of the platform, which reads the figures over all zones.</summary>
    public Guid? Zone { get; private set; }
    public string Name { get; private set; } = "";
    public ClientKind Kind { get; private set; }

    /// <summary>Where an app may be sent back to, each exactly.</summary>
    public List<string> Addresses { get; private set; } = [];

    /// <summary>What it may ask for: names of modules.</summary>
    public List<string> Scopes { get; private set; } = [];

    /// <summary>Of the secret's 256 random bits only this hash is kept; null: an app on a person's own device, which can keep none.</summary>
    public string? SecretHash { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public DateTimeOffset? Rotated { get; private set; }
    public DateTimeOffset? LastUsed { get; set; }
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Who registered it; empty: the command line.</summary>
    public Guid By { get; private set; }

    public static (ApiClient Client, string? Secret) New(Guid? zone, string name, ClientKind kind, bool keepsSecret, IEnumerable<string> addresses, IEnumerable<string> scopes, Guid by, DateTimeOffset now)
    {
        var client = new ApiClient { Id = Guid.CreateVersion7(now), Zone = zone, Name = name.Trim(), Kind = kind, Addresses = kind == ClientKind.App ? [.. addresses] : [], Scopes = [.. scopes], By = by, Created = now };
        return (client, kind == ClientKind.System || keepsSecret ? client.NewSecret() : null);
    }

    /// <summary>Gives another secret; the one before is worth nothing from now on.</summary>
    /// <exception cref="RefusedException">It has none, or has ended.</exception>
    public string Rotate(DateTimeOffset now)
    {
        if (SecretHash is null || Ended is not null) throw new RefusedException("absent", Id);
        Rotated = now;
        return NewSecret();
    }

    public void End(DateTimeOffset now) => Ended ??= now;

    /// <summary>Is this its secret? A client without one proves nothing, and must not pretend to.</summary>
    public bool Proves(string? secret) => SecretHash is null ? string.IsNullOrEmpty(secret) : secret is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Keys.Hash(secret)), Encoding.ASCII.GetBytes(SecretHash));

    private string NewSecret()
    {
        var secret = Keys.New();
        SecretHash = Keys.Hash(secret);
        return secret;
    }

    internal sealed class Mapping : ICatalogMapping<ApiClient>
    {
        public void Configure(EntityTypeBuilder<ApiClient> b)
        {
            b.ToTable("api_client");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Property(c => c.Name).HasMaxLength(100);
            b.PrimitiveCollection(c => c.Addresses).HasMaxLength(2000);
            b.PrimitiveCollection(c => c.Scopes).HasMaxLength(400);
            b.Property(c => c.SecretHash).HasMaxLength(64);
            b.HasIndex(c => c.Zone);
        }
    }
}
