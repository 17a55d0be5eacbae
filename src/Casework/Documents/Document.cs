using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Scanning;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Documents;

/// <summary>What a document says of itself. It names its parts in their order, so that none can be left out, doubled or exchanged unseen.</summary>
/// <param name="FileName">As the file was called where it came from.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Warning">What in it is hard to look at; null: nobody said so.</param>
internal sealed record DocumentHead(string Title, string FileName, int Length, IReadOnlyList<Guid> Parts, string? Warning = null);

/// <summary>Somebody asked that a document be withdrawn, and nobody has agreed yet.</summary>
internal sealed record WithdrawalAsk(Guid By, DateTimeOffset At, WithdrawReason For);

/// <summary>A file in a dossier: a consent, a certificate, an order, a letter that was sent. Title, file name and content are sealed: under the key of the person it concerns, where it concerns one, else under the dossier's.
/// Its content lies in <see cref="DocumentPart"/>s, apart from this row, which is all that a list reads.</summary>
internal sealed class Document : IHoldSealed, ISayMyLayer, IOfDossier, ICountersigned
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>The persons it concerns; never empty.</summary>
    public List<Guid> Persons { get; private set; } = [];
    public DocumentKind Kind { get; private set; }
    public Layer Layer { get; private set; }

    /// <summary>What the content itself is, whatever the file was called.</summary>
    public FileType Type { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }

    /// <summary>null: it was withdrawn.</summary>
    public Sealed<DocumentHead>? Head { get; private set; }
    public Guid KeyOwner { get; private set; }
    public DateTimeOffset? Withdrawn { get; private set; }

    /// <summary>Who asked that it be withdrawn; null: nobody, or it was withdrawn or kept since.</summary>
    public Guid? WithdrawalBy { get; private set; }
    public DateTimeOffset? WithdrawalAt { get; private set; }
    public WithdrawReason? WithdrawalFor { get; private set; }
    public WithdrawalAsk? Asked => WithdrawalBy is { } by ? new(by, WithdrawalAt!.Value, WithdrawalFor!.Value) : null;
    public Signing Signing { get; set; }
    public Guid? SignedBy { get; set; }
    public DateTimeOffset? SignedAt { get; set; }
    public Sealed<string>? Remark { get; set; }

    /// <param name="parts">The content, to be added beside it.</param>
    public static Document Put(Guid dossier, IReadOnlyList<Guid> persons, DocumentKind kind, Layer layer, string title, string? warning, string fileName, FileType type, byte[] content, Guid by, DateTimeOffset now, Signing signing, out IReadOnlyList<DocumentPart> parts)
    {
        var (id, owner) = (Guid.CreateVersion7(now), persons is [var only] ? only : dossier);
        parts = [.. content.Chunk(DocumentPart.Size).Select(piece => DocumentPart.Of(id, owner, layer, piece, now))];
        return new Document
        {
            Id = id, DossierId = dossier, Persons = [.. persons], Kind = kind, Layer = layer, Type = type, At = now, By = by, KeyOwner = owner, Signing = signing,
            Head = new DocumentHead(title, fileName, content.Length, [.. parts.Select(p => p.Id)], warning),
        };
    }

    /// <summary>It stands under another's key from now on; what is sealed was opened before, and is sealed anew when it is saved.</summary>
    public void GoTo(Guid owner, IEnumerable<DocumentPart> parts)
    {
        KeyOwner = owner;
        foreach (var part in parts) part.GoTo(owner);
    }

    /// <summary>So long whoever put it in takes it out again alone: the wrong file, or the wrong dossier, is not to lie there until a colleague is at hand.</summary>
    public static readonly TimeSpan Slip = TimeSpan.FromDays(1);

    /// <summary>Nobody can have built on it yet: it was put in by them just now, or waits for a second name.</summary>
    public bool IsASlipOf(Guid by, DateTimeOffset now) => !this.Counts() || (By == by && now - At <= Slip);

    public void AskWithdrawal(WithdrawReason why, Guid by, DateTimeOffset now) => (WithdrawalFor, WithdrawalBy, WithdrawalAt) = (why, by, now);

    public void Stays() => (WithdrawalFor, WithdrawalBy, WithdrawalAt) = (null, null, null);

    /// <summary>Nothing of it is kept but that it was there. Its parts are deleted beside it.</summary>
    public void Withdraw(DateTimeOffset now)
    {
        (Head, Remark, Withdrawn) = (null, null, now);
        Stays();
    }

    /// <summary>Says what in it is hard to look at, as somebody found who opened it; null: nothing is.</summary>
    public void Warn(string? warning) => Head = Head!.Value with { Warning = warning };

    /// <summary>The name under which it is handed out: a folder of downloads tells nothing of anybody.</summary>
    public string NeutralName => $"document-{Design.Html.Moment.Day(At):yyyyMMdd}-{Id.ToString("N")[^6..]}.{Type.Extension()}";

    internal sealed class Mapping : IZoneMapping<Document>
    {
        public void Configure(EntityTypeBuilder<Document> b)
        {
            b.ToTable("document");
            b.Property(d => d.Id).ValueGeneratedNever();
            b.PrimitiveCollection(d => d.Persons).HasMaxLength(4000);
            b.SealedInItsLayer(d => d.Head, "document.head");
            b.SealedInItsLayer(d => d.Remark, "document.remark");
            b.HasIndex(d => d.DossierId);
            b.HasIndex(d => d.Signing);
            b.HasIndex(d => d.WithdrawalBy);
            b.Ignore(d => d.Asked);
            b.Ignore(d => d.NeutralName);
        }
    }
}

/// <summary>A piece of a document's content. In the zone's database and not in files beside it: a document is there whole or not at all whatever is killed, and a copy of the zone holds it (decision 0057).</summary>
internal sealed class DocumentPart : IHoldSealed, ISayMyLayer
{
    /// <summary>Bytes of a piece; the last one is shorter.</summary>
    public const int Size = 256 * 1024;

    public Guid Id { get; private set; }
    public Guid DocumentId { get; private set; }
    public Guid KeyOwner { get; private set; }

    /// <summary>The document's.</summary>
    public Layer Layer { get; private set; }
    public Sealed<byte[]> Content { get; private set; } = null!;

    public static DocumentPart Of(Guid document, Guid owner, Layer layer, byte[] piece, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DocumentId = document, KeyOwner = owner, Layer = layer, Content = piece };

    public void GoTo(Guid owner) => KeyOwner = owner;

    internal sealed class Mapping : IZoneMapping<DocumentPart>
    {
        public void Configure(EntityTypeBuilder<DocumentPart> b)
        {
            b.ToTable("document_part");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.SealedInItsLayer(p => p.Content, "document_part.content");
            b.HasIndex(p => p.DocumentId);
        }
    }
}
