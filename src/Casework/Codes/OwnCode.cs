using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Codes;

/// <summary>An entry that a zone added to a shipped list, in its own words. It stands for a shipped code, for good: what is stored beside it is that code, and the figures see nothing else. Never removed, only ended.</summary>
internal sealed class OwnCode
{
    public const int Longest = 60, MostInAList = 30;
    private const string Prefix = "own-";

    public Guid Id { get; private set; }
    public CodeList List { get; private set; }

    /// <summary>The shipped code it stands for.</summary>
    public string Shipped { get; private set; } = "";
    public string Fr { get; private set; } = "";
    public string Nl { get; private set; } = "";
    public string De { get; private set; } = "";
    public string En { get; private set; } = "";

    /// <summary>The first and the last day on which it is offered; no last one: until further notice.</summary>
    public DateOnly From { get; private set; }
    public DateOnly? Until { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>Rises with every change; a form that was filled in over an older one is told.</summary>
    public int Version { get; private set; }

    /// <summary>How a form knows it.</summary>
    public string Value => ValueOf(Id);

    /// <summary>In the reader's language; where the zone gave no word in it, the first it gave.</summary>
    public string Word => new[] { In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName), Fr, Nl, De, En }.First(word => word.Length > 0);

    public bool Holds(DateOnly day) => From <= day && (Until is null || day <= Until);
    public string In(string language) => language switch { "fr" => Fr, "nl" => Nl, "de" => De, _ => En };

    public static OwnCode Add(CodeList list, string shipped, DateOnly from, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), List = list, Shipped = shipped, From = from };

    public void Say(string fr, string nl, string de, string en, DateOnly? until, Guid by, DateTimeOffset now)
    {
        (Fr, Nl, De, En, Until, By, At) = (fr, nl, de, en, until, by, now);
        Version++;
    }

    public static string ValueOf(Guid id) => Prefix + id.ToString("N");

    /// <summary>null: it is not the value of an entry of a zone's own.</summary>
    public static Guid? IdOf(string? value) => value?.StartsWith(Prefix, StringComparison.Ordinal) == true && Guid.TryParseExact(value[Prefix.Length..], "N", out var id) ? id : null;

    internal sealed class Mapping : IZoneMapping<OwnCode>
    {
        public void Configure(EntityTypeBuilder<OwnCode> b)
        {
            b.ToTable("own_code");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Property(c => c.Shipped).HasMaxLength(40);
            foreach (var word in new[] { nameof(Fr), nameof(Nl), nameof(De), nameof(En) }) b.Property(word).HasMaxLength(Longest);
            b.Property(c => c.Version).IsConcurrencyToken();
            b.HasIndex(c => c.List);
            b.Ignore(c => c.Value);
            b.Ignore(c => c.Word);
        }
    }
}

/// <summary>A choice from a list that a zone may add to: a shipped code, or an entry of its own. What a form posts is read into it; whether the entry is there and offered is for <see cref="OwnCodes"/> to say.</summary>
/// <param name="Shipped">null: an entry of the zone's own.</param>
/// <param name="Own">null: a shipped code.</param>
internal sealed record Coded<T>(T? Shipped, Guid? Own) where T : struct, Enum
{
    public static implicit operator Coded<T>(T shipped) => new(shipped, null);

    /// <summary>Is it a code that exists? An entry of the zone's own is looked up later.</summary>
    public bool IsOne => Own is not null || (Shipped is { } code && Enum.IsDefined(code));

    public static bool TryParse(string? text, IFormatProvider? provider, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Coded<T>? code)
    {
        code = OwnCode.IdOf(text) is { } own ? new Coded<T>(null, own) : Enum.TryParse<T>(text, ignoreCase: true, out var shipped) && Enum.IsDefined(shipped) ? new Coded<T>(shipped, null) : null;
        return code is not null;
    }

    public override string ToString() => Own is { } own ? OwnCode.ValueOf(own) : Shipped?.ToString() ?? "";
}

/// <summary>Finds a zone's own entries.</summary>
internal static class OwnCodes
{
    /// <summary>The entry with this id, if it stands in this list and is offered on this day, or is kept where it stood already.</summary>
    /// <param name="kept">What stood there before; it may stay though it ended.</param>
    public static async Task<OwnCode?> Offered(ZoneDbContext zone, CodeList list, Guid id, DateOnly day, Guid? kept, CancellationToken ct) =>
        await zone.Set<OwnCode>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.List == list, ct) is { } own && (own.Id == kept || (own.Holds(day) && ShippedCodes.Holds(list, own.Shipped, day))) ? own : null;

    /// <summary>A choice as it is stored: the shipped code, and the zone's own beside it. null: it is neither.</summary>
    public static async Task<(T Shipped, Guid? Own)?> Resolve<T>(ZoneDbContext zone, CodeList list, Coded<T> chosen, DateOnly day, CancellationToken ct, Guid? kept = null, T? keptShipped = null) where T : struct, Enum
    {
        if (chosen.Own is not { } id) return chosen.Shipped is { } shipped && (shipped.Equals(keptShipped) || ShippedCodes.Holds(list, shipped.ToString(), day)) ? (shipped, null) : null;
        return await Offered(zone, list, id, day, kept, ct) is { } own && Enum.TryParse<T>(own.Shipped, out var standsFor) ? (standsFor, own.Id) : null;
    }

    /// <summary>The same for facts.</summary>
    public static async Task<(SubKind SubKind, Guid? Own)?> Resolve(ZoneDbContext zone, string chosen, DateOnly day, CancellationToken ct, Guid? kept = null, string? keptShipped = null)
    {
        if (OwnCode.IdOf(chosen) is { } id) return await Offered(zone, CodeList.SubKind, id, day, kept, ct) is { } own && SubKinds.Find(own.Shipped) is { } standsFor ? (standsFor, own.Id) : null;
        return SubKinds.Find(chosen) is { } shipped && (chosen == keptShipped || ShippedCodes.Holds(CodeList.SubKind, chosen, day)) ? (shipped, null) : null;
    }

    /// <summary>Words of the entries with these ids, ended ones too. Asks nothing where there are none.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> WordsOf(ZoneDbContext zone, IEnumerable<Guid?> ids, CancellationToken ct)
    {
        var wanted = ids.OfType<Guid>().Distinct().ToList();
        return wanted.Count == 0 ? new Dictionary<Guid, string>() : (await zone.Set<OwnCode>().AsNoTracking().Where(c => wanted.Contains(c.Id)).ToListAsync(ct)).ToDictionary(c => c.Id, c => c.Word);
    }

    public static string? Of(this IReadOnlyDictionary<Guid, string> words, Guid? own) => own is { } id ? words.GetValueOrDefault(id) : null;
}
