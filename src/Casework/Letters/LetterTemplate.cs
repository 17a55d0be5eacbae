using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Letters;

/// <summary>A zone's own wording of one kind of letter in one language; where there is none, the shipped one holds. About nobody: placeholders only.</summary>
internal sealed class LetterTemplate
{
    public const int Longest = 4000;

    public Guid Id { get; private set; }
    public LetterKind Kind { get; private set; }
    public string Language { get; private set; } = "";
    public string Wording { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public static LetterTemplate Of(LetterKind kind, string language, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Kind = kind, Language = language };

    public void Say(string wording, Guid by, DateTimeOffset now) => (Wording, By, At) = (wording, by, now);

    internal sealed class Mapping : IZoneMapping<LetterTemplate>
    {
        public void Configure(EntityTypeBuilder<LetterTemplate> b)
        {
            b.ToTable("letter_template");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.Property(t => t.Language).HasMaxLength(2);
            b.Property(t => t.Wording).HasMaxLength(-1);
            b.Property(t => t.At).IsConcurrencyToken();
            b.HasIndex(t => new { t.Kind, t.Language }).IsUnique();
        }
    }
}

/// <summary>What a zone's letters have in common: the telephone the text names, and the line on the envelope that says where it comes back to, neutral.</summary>
internal sealed class LetterHead
{
    /// <summary>There is one in a zone.</summary>
    public static readonly Guid TheOne = new("0199a000-0000-7000-8000-000000000001");

    public Guid Id { get; private set; } = TheOne;
    public string ServicePhone { get; private set; } = "";

    /// <summary>Street and town, without a name: read by whoever takes the envelope out of the box.</summary>
    public string ReturnLine { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>Since when it stands so; a form that was filled in over an older one is told. 0: nobody said anything yet.</summary>
    public int Version => unchecked((int)(At.UtcTicks / TimeSpan.TicksPerMillisecond));

    public void Say(string phone, string returnLine, Guid by, DateTimeOffset now) => (ServicePhone, ReturnLine, By, At) = (phone, returnLine, by, now);

    internal sealed class Mapping : IZoneMapping<LetterHead>
    {
        public void Configure(EntityTypeBuilder<LetterHead> b)
        {
            b.ToTable("letter_head");
            b.Property(h => h.Id).ValueGeneratedNever();
            b.Property(h => h.ServicePhone).HasMaxLength(40);
            b.Property(h => h.ReturnLine).HasMaxLength(200);
            b.Property(h => h.At).IsConcurrencyToken();
            b.Ignore(h => h.Version);
        }
    }
}
