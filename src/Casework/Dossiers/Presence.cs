using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Somebody has a dossier open on their screen. The page says so itself and hears who else has, each half minute; it is written each minute, and what was not written for two is over. Nothing is decided by it.</summary>
internal sealed class Presence
{
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2), Beat = TimeSpan.FromSeconds(30);

    public Guid DossierId { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Since { get; private set; }
    public DateTimeOffset Seen { get; private set; }

    public static Presence Begin(Guid dossier, Guid account, DateTimeOffset now) => new() { DossierId = dossier, Account = account, Since = now, Seen = now };

    public void StillHere(DateTimeOffset now)
    {
        if (now - Seen <= Beat * 1.5) return; // a write each minute is enough
        if (Seen + Lasts < now) Since = now;
        Seen = now;
    }

    internal sealed class Mapping : IZoneMapping<Presence>
    {
        public void Configure(EntityTypeBuilder<Presence> b)
        {
            b.ToTable("presence");
            b.HasKey(p => new { p.DossierId, p.Account });
            b.HasIndex(p => p.Seen);
        }
    }
}
