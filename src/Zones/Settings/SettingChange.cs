using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Settings;

/// <summary>From a day on a zone does something its own way, or goes back to the federal default. Rows are only added: what held on a day can always be told.</summary>
internal sealed class SettingChange : IOfZone
{
    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    Guid? IOfZone.Zone => Zone;

    /// <summary>Name of a <see cref="SettingCode"/>.</summary>
    public string Setting { get; private set; } = "";

    /// <summary>What will hold; null: the federal default.</summary>
    public string? Value { get; private set; }

    /// <summary>What would have held that day without it; null: the federal default.</summary>
    public string? Before { get; private set; }
    public DateOnly From { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid? WithdrawnBy { get; private set; }
    public DateTimeOffset? Withdrawn { get; private set; }

    public static SettingChange Make(Guid zone, SettingCode setting, string? value, string? before, DateOnly from, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Zone = zone, Setting = setting.ToString(), Value = value, Before = before, From = from, By = by, At = now };

    public bool IsFuture(DateOnly today) => Withdrawn is null && From > today;

    /// <exception cref="RefusedException">It holds already: then another change is made, so that both stay visible.</exception>
    public void Withdraw(Guid by, DateOnly today, DateTimeOffset now) => (WithdrawnBy, Withdrawn) = IsFuture(today) ? (by, now) : throw new RefusedException("in force", Id);

    /// <summary>What holds on a day, of all changes of one zone; null: the federal default.</summary>
    public static SettingChange? On(DateOnly day, SettingCode setting, IEnumerable<SettingChange> changes) =>
        changes.Where(c => c.Setting == setting.ToString() && c.Withdrawn is null && c.From <= day).OrderByDescending(c => c.From).ThenByDescending(c => c.At).ThenByDescending(c => c.Id).FirstOrDefault();

    internal sealed class Mapping : ICatalogMapping<SettingChange>
    {
        public void Configure(EntityTypeBuilder<SettingChange> b)
        {
            b.ToTable("setting_change");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Property(c => c.Setting).HasMaxLength(40);
            b.Property(c => c.Value).HasMaxLength(1000);
            b.Property(c => c.Before).HasMaxLength(1000);
            b.HasIndex(c => new { c.Zone, c.Setting });
        }
    }
}

/// <summary>A step a zone took once on its way to go-live, and who took it: settings looked at, live.</summary>
internal sealed class ZoneStep
{
    public const string SettingsSeen = "settings-seen", Live = "live";

    public Guid Zone { get; init; }
    public string Step { get; init; } = "";

    /// <summary>null: the platform, for a zone of a story.</summary>
    public Guid? By { get; init; }
    public DateTimeOffset At { get; init; }

    internal sealed class Mapping : ICatalogMapping<ZoneStep>
    {
        public void Configure(EntityTypeBuilder<ZoneStep> b)
        {
            b.ToTable("zone_step");
            b.HasKey(s => new { s.Zone, s.Step });
            b.Property(s => s.Step).HasMaxLength(40);
        }
    }
}
