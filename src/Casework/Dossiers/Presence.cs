using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Somebody has a dossier open on their screen. The page says so itself, once a minute; what was not said for two minutes is over. Nothing is decided by it.</summary>
internal sealed class Presence
{
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2);

    public Guid DossierId { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Since { get; private set; }
    public DateTimeOffset Seen { get; private set; }

    public static Presence Begin(Guid dossier, Guid account, DateTimeOffset now) => new() { DossierId = dossier, Account = account, Since = now, Seen = now };

    public void StillHere(DateTimeOffset now)
    {
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
