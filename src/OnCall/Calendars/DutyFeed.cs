using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.OnCall.Now;

namespace VictimSupport.OnCall.Calendars;

/// <summary>A secret address at which a calendar program reads when somebody is on call in the pools of this zone: times and rank, and nothing else.</summary>
internal sealed class DutyFeed
{
    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    public Guid Account { get; private set; }
    public string TokenHash { get; private set; } = "";
    public DateTimeOffset Made { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }

    /// <returns>The feed, and its token: known here only.</returns>
    public static (DutyFeed Feed, string Token) Make(Guid zone, Guid account, Guid once, DateTimeOffset now)
    {
        var token = Token.New();
        return (new DutyFeed { Id = Guid.CreateVersion7(now), Zone = zone, Account = account, TokenHash = Token.Hash(token), Made = now, Once = once == default ? Guid.CreateVersion7(now) : once }, token);
    }

    public void Revoke(DateTimeOffset now) => Revoked ??= now;

    internal sealed class Mapping : ICatalogMapping<DutyFeed>
    {
        public void Configure(EntityTypeBuilder<DutyFeed> b)
        {
            b.ToTable("duty_feed");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.TokenHash).HasMaxLength(64);
            b.HasIndex(f => f.TokenHash).IsUnique();
            b.HasIndex(f => new { f.Account, f.Once }).IsUnique();
        }
    }
}
