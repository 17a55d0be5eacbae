using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>A part of the public page that a zone may word for itself. The name stands in the database.</summary>
internal enum Block { Intro = 1, Confidentiality, Reach, Message, AccessibilityContact, PrivacyContact }

/// <summary>What a zone says of itself on its public page. What it does not say is said by the house.</summary>
internal sealed record PublicContent
{
    public static readonly IReadOnlyList<string> Languages = ["fr", "nl", "de", "en"];
    public const int LongestText = 1500;

    /// <summary>The number people call, as it is written; null: none is shown.</summary>
    public string? Telephone { get; init; }

    /// <summary>The number people send a text message to.</summary>
    public string? Sms { get; init; }

    /// <summary>By language, the code of a <see cref="Goal"/>.</summary>
    public IReadOnlyDictionary<string, string> Goals { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>By language and name of a <see cref="Block"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Texts { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);

    /// <summary>A <see cref="PublicLogo"/>.</summary>
    public Guid? Logo { get; init; }
    public IReadOnlyList<OwnHelpline> Helplines { get; init; } = [];

    public string? Own(Block block, string language) => Texts.TryGetValue(language, out var texts) && texts.TryGetValue(block.ToString(), out var text) ? text : null;

    /// <summary>The same with other texts in one language.</summary>
    public PublicContent With(string language, IReadOnlyDictionary<string, string> texts) =>
        this with { Texts = new Dictionary<string, IReadOnlyDictionary<string, string>>(Texts.Where(t => t.Key != language).Append(KeyValuePair.Create(language, texts)), StringComparer.Ordinal) };
}

/// <summary>A helpline of the zone's own.</summary>
/// <param name="Checked">When somebody last called it, or looked.</param>
internal sealed record OwnHelpline(string Called, string Number, string? Hours, DateOnly Checked);

/// <summary>A picture beside the service's name. Re-served as what it was found to be, and never as what its sender called it.</summary>
internal sealed class PublicLogo : IOfZone
{
    /// <summary>Bytes. A public page weighs 50 kB with everything.</summary>
    public const int Largest = 16 * 1024;

    public Guid Id { get; init; }
    public Guid Zone { get; init; }
    Guid? IOfZone.Zone => Zone;
    public bool IsPng { get; init; }
    public byte[] Picture { get; init; } = [];
    public string Type => IsPng ? "image/png" : "image/jpeg";

    /// <summary>PNG, JPEG, or null: neither, by what stands in it from its first byte to its last.</summary>
    public static bool? IsPngOf(byte[] file)
    {
        ReadOnlySpan<byte> bytes = file;
        if (bytes.StartsWith((byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && bytes.Length > 45 && bytes[12..16].SequenceEqual("IHDR"u8) && bytes[^8..^4].SequenceEqual("IEND"u8)) return true;
        return bytes.StartsWith((byte[])[0xFF, 0xD8, 0xFF]) && bytes.EndsWith((byte[])[0xFF, 0xD9]) ? false : null;
    }

    internal sealed class Mapping : ICatalogMapping<PublicLogo>
    {
        public void Configure(EntityTypeBuilder<PublicLogo> b)
        {
            b.ToTable("public_logo");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.Picture).HasMaxLength(Largest);
            b.HasIndex(l => l.Zone);
            b.Ignore(l => l.Type);
        }
    }
}

/// <summary>A version of a zone's public page, as it was published. Versions are only added; the last is what everybody reads. It is about the house: nothing of anybody stands in it.</summary>
internal sealed class PublishedPage : IOfZone
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    Guid? IOfZone.Zone => Zone;

    /// <summary>Counted from 1.</summary>
    public int Version { get; private set; }

    /// <summary>What was changed: a code, with the language or the version it names after a space.</summary>
    public string Change { get; private set; } = "";
    public string Json { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public PublicContent Content => JsonSerializer.Deserialize<PublicContent>(Json, Plain)!;

    public static PublishedPage Next(Guid zone, PublishedPage? last, PublicContent content, string change, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Zone = zone, Version = (last?.Version ?? 0) + 1, Change = change, Json = Write(content), By = by, At = now };

    public static string Write(PublicContent content) => JsonSerializer.Serialize(content, Plain);

    public static Task<PublishedPage?> Last(CatalogDbContext house, Guid zone, CancellationToken ct) =>
        house.Set<PublishedPage>().AsNoTracking().Where(p => p.Zone == zone).OrderByDescending(p => p.Version).FirstOrDefaultAsync(ct);

    internal sealed class Mapping : ICatalogMapping<PublishedPage>
    {
        public void Configure(EntityTypeBuilder<PublishedPage> b)
        {
            b.ToTable("public_page");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Change).HasMaxLength(40);
            b.Property(p => p.Json).HasMaxLength(-1);
            // Two who publish at once: one of them reads again.
            b.HasIndex(p => new { p.Zone, p.Version }).IsUnique();
            b.Ignore(p => p.Content);
        }
    }
}

/// <summary>A zone's public page as it is read now.</summary>
internal sealed class PublicPage(ZoneRecord zone, ZoneSettings settings, PublicContent content, int version)
{
    public Guid Zone => zone.Id;
    public string Code => zone.Code;

    /// <summary>0: the zone published nothing, and the house speaks for it.</summary>
    public int Version => version;
    public PublicContent Content => content;
    public OpeningHours Hours => settings.Hours;

    /// <summary>For how many days feedback is kept.</summary>
    public int FeedbackDays => (int)settings.FeedbackKept.TotalDays;
    public bool HasColour => settings.Accent != ZoneSettings.FederalDefaults.Accent;

    /// <summary>All four; those of the zone first.</summary>
    public IReadOnlyList<string> Languages => [.. settings.OfficialLanguages.Concat(settings.Languages).Concat(PublicContent.Languages).Where(PublicContent.Languages.Contains).Distinct(StringComparer.Ordinal)];

    /// <summary>Where the way out leads.</summary>
    public string GoalIn(string language) => Leaving.Goals.Of(content.Goals.GetValueOrDefault(language), language);

    /// <summary>What the service calls itself in the language, else a word of the house.</summary>
    public string ServiceIn(string language) => settings.ServiceNames.GetValueOrDefault(language) ?? Said(language, () => Words.ServiceName);
    public string NameIn(string language) => zone.NameIn(language);

    /// <summary>The zone's own text, else the house's; where neither has one in this language, the zone's in the first it has, which the reader's browser is told. null: nothing to say.</summary>
    public Wording? In(Block block, string language)
    {
        if (content.Own(block, language) is { } own) return new(own, language);
        if (Default(block, language) is { } usual) return new(usual, language);
        foreach (var other in Languages)
        {
            if (content.Own(block, other) is { } text) return new(text, other);
        }
        return null;
    }

    /// <summary>What is said where a zone says nothing; null: nothing.</summary>
    public static string? Default(Block block, string language) => block switch
    {
        Block.Intro => Said(language, () => Words.IntroDefault),
        Block.Confidentiality => Said(language, () => Words.ConfidentialityDefault),
        _ => null,
    };

    /// <summary>The communities in which the zone works, for the choice of helplines.</summary>
    public IReadOnlySet<string> Communities => zone.Facts.Languages.Select(l => l switch { "nl" => "VG", "de" => "DG", _ => "FWB" }).Concat(zone.Province == "BRU" ? ["BRU", "VG", "FWB"] : Array.Empty<string>()).Append("BE").ToHashSet(StringComparer.Ordinal);

    /// <summary>Words in a language that need not be the reader's.</summary>
    public static string Said(string language, Func<string> words)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language + "-BE");
        try
        {
            return words();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}

/// <param name="Language">In which it is.</param>
internal sealed record Wording(string Text, string Language)
{
    /// <summary>Its paragraphs: an empty line parts them.</summary>
    public IReadOnlyList<string> Paragraphs => Text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
