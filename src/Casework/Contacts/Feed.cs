using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Contacts;

/// <summary>A secret address at which a calendar program reads when somebody is busy in this zone: times, and nothing else.</summary>
internal sealed class Feed
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>Of the address's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";
    public DateTimeOffset Made { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <returns>The feed, and the token: known here only.</returns>
    public static (Feed Feed, string Token) Make(Guid account, DateTimeOffset now)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (new Feed { Id = Guid.CreateVersion7(now), Account = account, TokenHash = Hash(token), Made = now }, token);
    }

    /// <summary>So many random bits need no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Names an appointment in a calendar. Its id is known in the portal; nobody who reads a calendar there shall find it again here.</summary>
    /// <param name="whose">The feed it stands in, or who takes it along.</param>
    public static string Uid(Guid whose, Guid contact) => Convert.ToHexString(SHA256.HashData((byte[])[.. whose.ToByteArray(), .. contact.ToByteArray()]))[..32];

    public void Revoke(DateTimeOffset now) => Revoked ??= now;

    internal sealed class Mapping : IZoneMapping<Feed>
    {
        public void Configure(EntityTypeBuilder<Feed> b)
        {
            b.ToTable("calendar_feed");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.TokenHash).HasMaxLength(64);
            b.HasIndex(f => f.TokenHash).IsUnique();
            b.HasIndex(f => f.Account);
        }
    }
}
