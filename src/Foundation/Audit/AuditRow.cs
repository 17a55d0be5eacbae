using Microsoft.EntityFrameworkCore;

namespace VictimSupport.Foundation.Audit;

/// <summary>An audit record at rest. Rows are only ever inserted: by trigger on SQLite, by grant on server engines.</summary>
public sealed class AuditRow
{
    public long Seq { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid? Actor { get; init; }
    public string Act { get; init; } = "";
    public Guid? Subject { get; init; }
    public string Payload { get; init; } = "";
    public byte[] Mac { get; init; } = [];

    internal AuditEntry ToEntry() => new(Seq, new AuditRecord(At, Actor, Act, Subject, Payload), Mac);

    internal static void Map(ModelBuilder model)
    {
        model.Entity<AuditRow>(b =>
        {
            b.ToTable("audit");
            b.HasKey(r => r.Seq);
            b.Property(r => r.Seq).HasColumnName("seq").ValueGeneratedNever();
            b.Property(r => r.At).HasColumnName("at");
            b.Property(r => r.Actor).HasColumnName("actor");
            b.Property(r => r.Act).HasColumnName("act").HasMaxLength(200);
            b.Property(r => r.Subject).HasColumnName("subject");
            b.Property(r => r.Payload).HasColumnName("payload").HasMaxLength(-1);
            b.Property(r => r.Mac).HasColumnName("mac").HasMaxLength(32);
            b.HasIndex(r => new { r.Subject, r.Seq });
            // For the audit's readers: a period, and one person's acts. What they cost each record stands in docs/decisions/0046.
            b.HasIndex(r => new { r.At, r.Seq });
            b.HasIndex(r => new { r.Actor, r.At, r.Seq });
        });
        model.Entity<AuditHeadRow>(b =>
        {
            b.ToTable("audit_head");
            b.HasKey(h => h.Id);
            b.Property(h => h.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(h => h.Seq).HasColumnName("seq");
            b.Property(h => h.Mac).HasColumnName("mac").HasMaxLength(32);
            b.HasData(new AuditHeadRow { Id = 1, Seq = 0, Mac = new byte[32] });
        });
    }
}

/// <summary>Where the chain ends, on server engines: the row that processes compare and swap. SQLite has one writer and reads its last record instead.</summary>
public sealed class AuditHeadRow
{
    public int Id { get; init; }
    public long Seq { get; init; }
    public byte[] Mac { get; init; } = [];
}
