using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>An organisation to which people are referred. Its particulars are public and about nobody who is helped: they stand in clear.</summary>
internal sealed class Partner : IFallDue
{
    /// <summary>Numbers age: after so many months somebody should look whether they still hold.</summary>
    internal const int MonthsGood = 6;

    public Guid Id { get; private set; }
    public string Organisation { get; private set; } = "";

    /// <summary>Code of a shipped type.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Does it work for this zone's own towns, or for a wider area?</summary>
    public PartnerLevel Level { get; private set; }
    public PartnerSphere Sphere { get; private set; }

    /// <summary>What the zone calls this type, counted as the shipped one; null: by its shipped name.</summary>
    public string? OwnType { get; private set; }
    public List<Need> Needs { get; private set; } = [];
    public List<string> Languages { get; private set; } = [];

    /// <summary>Municipalities it serves, as typed; empty: every one.</summary>
    public List<string> Municipalities { get; private set; } = [];
    public string? Hours { get; private set; }
    public PartnerChannel Channel { get; private set; }
    public string? Telephone { get; private set; }
    public string? Mailbox { get; private set; }
    public bool TakesForm { get; private set; }
    public DateOnly CheckedOn { get; private set; }
    public Guid CheckedBy { get; private set; }

    /// <summary>The check after which a reminder was queued: one that is checked anew is reminded anew.</summary>
    public DateOnly? RemindedFor { get; private set; }
    public DateTimeOffset Added { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }

    /// <summary>No longer offered.</summary>
    public DateTimeOffset? Ended { get; private set; }
    public int Version { get; private set; }

    public DateTimeOffset StaleAt { get; private set; }
    public bool IsOffered => Ended is null;
    public DateTimeOffset? Due => IsOffered && RemindedFor != CheckedOn ? StaleAt : null;

    public static Partner Add(Particulars what, Guid once, Guid by, DateTimeOffset now)
    {
        var partner = new Partner { Id = Guid.CreateVersion7(now), Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        partner.Says(what);
        partner.Checked(by, now);
        return partner;
    }

    /// <summary>Whoever corrects an entry has looked at it: it is checked by that.</summary>
    public void Change(Particulars what, Guid by, DateTimeOffset now)
    {
        Says(what);
        Checked(by, now);
    }

    /// <summary>Somebody looked today: it still holds.</summary>
    public void Checked(Guid by, DateTimeOffset now)
    {
        (CheckedOn, CheckedBy) = (Moment.Day(now), by);
        StaleAt = Moment.Instant(CheckedOn.AddMonths(MonthsGood).ToDateTime(TimeOnly.MinValue));
        Version++;
    }

    public void End(DateTimeOffset now)
    {
        Ended ??= now;
        Version++;
    }

    public void OfferAgain(Guid by, DateTimeOffset now)
    {
        Ended = null;
        Checked(by, now);
    }

    public void Remind() => RemindedFor = CheckedOn;
    public bool IsStale(DateTimeOffset now) => now >= StaleAt;

    public bool HelpsWith(Need need) => Needs.Contains(need);
    public bool Speaks(string? language) => string.IsNullOrEmpty(language) || Languages.Count == 0 || Languages.Contains(language);
    public bool Serves(string? municipality) => string.IsNullOrWhiteSpace(municipality) || Municipalities.Count == 0 || Names(municipality);

    /// <summary>Names this municipality, however it is spelled.</summary>
    public bool Names(string? municipality) => municipality is not null && Municipalities.Exists(m => NameForms.Fold(m) == NameForms.Fold(municipality));

    private void Says(Particulars what)
    {
        (Level, Sphere) = (what.Level, what.Sphere);
        (Organisation, Type, OwnType, Hours, Channel, Telephone, Mailbox, TakesForm) = (what.Organisation.Trim(), what.Type, Said(what.OwnType), Said(what.Hours), what.Channel, Said(what.Telephone), Said(what.Mailbox), what.TakesForm);
        (Needs, Languages) = ([.. what.Needs.Distinct().Order()], [.. what.Languages.Distinct()]);
        Municipalities = [.. what.Municipalities.Select(m => m.Trim()).Where(m => m.Length > 0).Distinct(StringComparer.CurrentCultureIgnoreCase)];
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal sealed record Particulars(string Organisation, string Type, PartnerLevel Level, PartnerSphere Sphere, string? OwnType, IReadOnlyList<Need> Needs, IReadOnlyList<string> Languages, IReadOnlyList<string> Municipalities, string? Hours, PartnerChannel Channel, string? Telephone, string? Mailbox, bool TakesForm);

    internal sealed class Mapping : IZoneMapping<Partner>
    {
        public void Configure(EntityTypeBuilder<Partner> b)
        {
            b.ToTable("partner");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Organisation).HasMaxLength(160);
            b.Property(p => p.Type).HasMaxLength(40);
            b.Property(p => p.OwnType).HasMaxLength(120);
            b.PrimitiveCollection(p => p.Needs).HasMaxLength(400);
            b.PrimitiveCollection(p => p.Languages).HasMaxLength(400);
            b.PrimitiveCollection(p => p.Municipalities).HasMaxLength(4000);
            b.Property(p => p.Hours).HasMaxLength(200);
            b.Property(p => p.Telephone).HasMaxLength(40);
            b.Property(p => p.Mailbox).HasMaxLength(254);
            b.Property(p => p.Version).IsConcurrencyToken();
            b.HasIndex(p => p.Once).IsUnique();
            b.HasIndex(p => new { p.Ended, p.StaleAt });
            b.Ignore(p => p.IsOffered);
            b.Ignore(p => p.Due);
        }
    }
}
