using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Papers;

/// <summary>What a file says of itself. It names its parts in their order, so that none can be left out, doubled or exchanged unseen.</summary>
/// <param name="FileName">As the file was called where it came from.</param>
/// <param name="Length">In bytes.</param>
internal sealed record PaperHead(string Title, string FileName, int Length, IReadOnlyList<Guid> Parts);

/// <summary>A file of an agreement, such as the signed text, or of a training, such as its slides. Sealed under a key of its own; its content lies in <see cref="PaperPart"/>s, apart from this row, which is all that a list reads.</summary>
internal sealed class Paper : IHoldSealed, IFallDue
{
    public Guid Id { get; private set; }
    /// <summary>The agreement, or the training.</summary>
    public Guid AboutId { get; private set; }

    /// <summary>What the content itself is, whatever the file was called.</summary>
    public FileType Type { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>null: taken out, the key is about to be destroyed.</summary>
    public Sealed<PaperHead>? Head { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public DateTimeOffset? Gone { get; private set; }
    public Guid KeyOwner => Id;
    public DateTimeOffset? Due => Gone;

    /// <param name="parts">The content, to be added beside it.</param>
    public static Paper Put(Guid about, string title, string fileName, FileType type, byte[] content, Guid once, Guid by, DateTimeOffset now, out IReadOnlyList<PaperPart> parts)
    {
        var id = Guid.CreateVersion7(now);
        parts = [.. content.Chunk(PaperPart.Size).Select(piece => PaperPart.Of(id, piece, now))];
        return new Paper { Id = id, AboutId = about, Type = type, By = by, At = now, Once = once == default ? id : once, Head = new PaperHead(title, fileName, content.Length, [.. parts.Select(p => p.Id)]) };
    }

    /// <summary>Its parts are deleted beside it.</summary>
    public void TakeOut(DateTimeOffset now) => (Head, Gone) = (null, now);

    /// <summary>The name under which it is handed out.</summary>
    public string NeutralName => $"document-{Moment.Day(At):yyyyMMdd}-{Id.ToString("N")[^6..]}.{Type.Extension()}";

    internal sealed class Mapping : IZoneMapping<Paper>
    {
        public void Configure(EntityTypeBuilder<Paper> b)
        {
            b.ToTable("paper");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Sealed(f => f.Head, "paper.head");
            b.HasIndex(f => f.AboutId);
            b.HasIndex(f => f.Gone);
            b.HasIndex(f => f.Once).IsUnique();
            b.Ignore(f => f.KeyOwner);
            b.Ignore(f => f.Due);
            b.Ignore(f => f.NeutralName);
        }
    }
}

/// <summary>A piece of a file's content, in the zone's database and not in files beside it (decision 0057).</summary>
internal sealed class PaperPart : IHoldSealed
{
    /// <summary>Bytes of a piece; the last one is shorter.</summary>
    public const int Size = 256 * 1024;

    public Guid Id { get; private set; }
    public Guid FileId { get; private set; }
    public Sealed<byte[]> Content { get; private set; } = null!;
    public Guid KeyOwner => FileId;

    public static PaperPart Of(Guid file, byte[] piece, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), FileId = file, Content = piece };

    internal sealed class Mapping : IZoneMapping<PaperPart>
    {
        public void Configure(EntityTypeBuilder<PaperPart> b)
        {
            b.ToTable("paper_part");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Sealed(p => p.Content, "paper_part.content");
            b.HasIndex(p => p.FileId);
            b.Ignore(p => p.KeyOwner);
        }
    }
}
