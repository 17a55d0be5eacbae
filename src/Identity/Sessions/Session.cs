using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Sessions;

/// <summary>A sign-in that is good until it is ended, idle for too long, or too old.</summary>
internal sealed class Session
{
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30), Absolute = TimeSpan.FromHours(12);

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public DateTimeOffset LastSeen { get; set; }
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>How it was begun: <c>totp</c>, <c>recovery</c>, <c>demo</c>.</summary>
    public string Factors { get; private set; } = "";

    public static Session Begin(Guid account, string factors, DateTimeOffset now) =>
        new() { Id = Guid.NewGuid(), Account = account, Created = now, LastSeen = now, Factors = factors };

    public void End(DateTimeOffset now) => Ended ??= now;
    public bool IsAlive(DateTimeOffset now) => Ended is null && WasAlive(now);

    /// <summary>Neither too old nor too long idle, whether ended or not.</summary>
    public bool WasAlive(DateTimeOffset now) => now - Created < Absolute && now - LastSeen < Idle;

    internal sealed class Mapping : ICatalogMapping<Session>
    {
        public void Configure(EntityTypeBuilder<Session> b)
        {
            b.ToTable("session");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Factors).HasMaxLength(20);
            b.HasIndex(s => s.Account);
        }
    }
}
