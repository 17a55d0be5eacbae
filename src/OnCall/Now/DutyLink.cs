using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.OnCall.Now;

/// <summary>Secret addresses: of 256 random bits only a hash is kept.</summary>
internal static class Token
{
    public const int Longest = 100;
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>So many random bits need no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>The zone's address at which officers without an account see the number to call, until it is revoked.</summary>
internal sealed class DutyLink
{
    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    public string TokenHash { get; private set; } = "";
    public DateTimeOffset Made { get; private set; }
    public Guid MadeBy { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }

    /// <returns>The link, and its token: known here only.</returns>
    public static (DutyLink Link, string Token) Make(Guid zone, Guid by, Guid once, DateTimeOffset now)
    {
        var token = Now.Token.New();
        return (new DutyLink { Id = Guid.CreateVersion7(now), Zone = zone, TokenHash = Now.Token.Hash(token), Made = now, MadeBy = by, Once = once == default ? Guid.CreateVersion7(now) : once }, token);
    }

    public void Revoke(DateTimeOffset now) => Revoked ??= now;

    internal sealed class Mapping : ICatalogMapping<DutyLink>
    {
        public void Configure(EntityTypeBuilder<DutyLink> b)
        {
            b.ToTable("duty_link");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.TokenHash).HasMaxLength(64);
            b.HasIndex(l => l.TokenHash).IsUnique();
            b.HasIndex(l => new { l.Zone, l.Once }).IsUnique();
        }
    }
}
