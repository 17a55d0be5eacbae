using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Worklist;

/// <summary>By when the next act is due.</summary>
internal enum DueBy { Any = 0, Late = 1, Today = 2, Week = 3 }

/// <summary>A tab of the worklist that somebody made, for themselves or for all of the zone: codes and ids, never a text of theirs, so its title is said in the reader's language.</summary>
internal sealed class SavedFilter
{
    public const int Most = 8;

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public KindOfEvent? Kind { get; private set; }

    /// <summary>Only those with a danger noted.</summary>
    public bool Dangerous { get; private set; }
    public DueBy Due { get; private set; }

    /// <summary>null: anybody's; empty: nobody's.</summary>
    public Guid? Worker { get; private set; }

    /// <summary>Stands in the worklist of everybody of the zone; what they may not see it does not show them.</summary>
    public bool Shared { get; set; }

    public static SavedFilter Make(KindOfEvent? kind, bool dangerous, DueBy due, Guid? worker, bool shared, Guid account, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, Kind = kind, Dangerous = dangerous, Due = due, Worker = worker, Shared = shared };

    /// <summary>Those of the dossiers that fit.</summary>
    public IQueryable<Dossier> Of(IQueryable<Dossier> open, DateTimeOffset now, DateTimeOffset tonight)
    {
        if (Kind is { } kind) open = open.Where(d => d.Kind == kind);
        if (Dangerous) open = open.Where(d => d.Danger != Danger.None || d.Risk >= RiskLevel.High);
        if (Worker is { } worker) open = worker == Guid.Empty ? open.Where(d => d.AssignedTo == null) : open.Where(d => d.AssignedTo == worker);
        if (Due == DueBy.Any) return open;
        var by = Due == DueBy.Late ? now : Due == DueBy.Today ? tonight : tonight.AddDays(6);
        return open.Where(d => d.NextDue < by);
    }

    public string Title(Func<Guid?, string> name) => string.Join(" · ", new[]
    {
        Kind is { } kind ? Words.Of(kind) : null, Dangerous ? Words.FilterDanger : null, Due == DueBy.Any ? null : Words.Of(Due), Worker is { } worker ? worker == Guid.Empty ? Words.Nobody : name(worker) : null,
    }.OfType<string>());

    internal sealed class Mapping : IZoneMapping<SavedFilter>
    {
        public void Configure(EntityTypeBuilder<SavedFilter> b)
        {
            b.ToTable("saved_filter");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.HasIndex(f => f.Account);
        }
    }
}

/// <summary>The tab with which somebody's worklist begins.</summary>
internal sealed class FirstTab
{
    /// <summary>The account.</summary>
    public Guid Id { get; init; }
    public Guid Filter { get; set; }

    internal sealed class Mapping : IZoneMapping<FirstTab>
    {
        public void Configure(EntityTypeBuilder<FirstTab> b)
        {
            b.ToTable("first_tab");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.HasIndex(t => t.Filter);
        }
    }
}
