using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Reminding;

/// <summary>Somebody was told of something that fell due. One row for each thing and due instant, so it is told once; ids and codes only.</summary>
internal sealed class Told : IFallDue
{
    public Guid Id { get; private set; }
    public string Kind { get; private set; } = "";
    public Guid About { get; private set; }
    public Guid? DossierId { get; private set; }
    public DateTimeOffset DueAt { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>When it is told on, should nothing have been done by then; null: it is not, or that was looked at.</summary>
    public DateTimeOffset? TellOnAt { get; private set; }

    /// <summary>When the coordinators were told.</summary>
    public DateTimeOffset? ToldOn { get; private set; }
    public DateTimeOffset? Due => TellOnAt;

    /// <param name="tellOnAfter">null: it is not told on.</param>
    public static Told Of(string kind, Fallen fallen, TimeSpan? tellOnAfter, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Kind = kind, About = fallen.About, DossierId = fallen.Dossier, DueAt = fallen.DueAt, At = now, TellOnAt = tellOnAfter is { } after ? now + after : null,
    };

    /// <summary>The delay is over.</summary>
    /// <param name="undone">It still waits: the coordinators are told.</param>
    public OutboxMessage? Over(bool undone, DateTimeOffset now)
    {
        TellOnAt = null;
        if (!undone) return null;
        ToldOn = now;
        return OutboxMessage.New($"told-on {Id}", ToldOnMail.KindName, DossierId, null, now);
    }

    /// <summary>Somebody answers for it from now on: they have as long as anybody until it is told on.</summary>
    public void BeginsAnew(DateTimeOffset tellOnAt) => TellOnAt ??= tellOnAt;

    internal sealed class Mapping : IZoneMapping<Told>
    {
        public void Configure(EntityTypeBuilder<Told> b)
        {
            b.ToTable("told");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.Property(t => t.Kind).HasMaxLength(40);
            b.HasIndex(t => new { t.Kind, t.About, t.DueAt }).IsUnique();
            b.HasIndex(t => t.TellOnAt);
            b.HasIndex(t => t.DossierId);
            b.Ignore(t => t.Due);
        }
    }
}
