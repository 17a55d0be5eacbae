using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Tray;

/// <summary>The zone's secret address of the form for officers. Whoever has it can put something in the tray and see nothing.</summary>
internal sealed class RequestLink
{
    public Guid Id { get; private set; }

    /// <summary>Of the address's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";
    public Guid MadeBy { get; private set; }
    public DateTimeOffset Made { get; private set; }
    public Guid? RevokedBy { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <returns>The link, and the token: known here only.</returns>
    public static (RequestLink Link, string Token) Make(Guid by, DateTimeOffset now)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (new RequestLink { Id = Guid.CreateVersion7(now), TokenHash = Hash(token), MadeBy = by, Made = now }, token);
    }

    /// <summary>So many random bits need no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public void Revoke(Guid by, DateTimeOffset now)
    {
        if (Revoked is null) (RevokedBy, Revoked) = (by, now);
    }

    internal sealed class Mapping : IZoneMapping<RequestLink>
    {
        public void Configure(EntityTypeBuilder<RequestLink> b)
        {
            b.ToTable("request_link");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.TokenHash).HasMaxLength(64);
            b.HasIndex(l => l.TokenHash).IsUnique();
            b.HasIndex(l => l.Revoked);
        }
    }
}
