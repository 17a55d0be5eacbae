using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>A release that is out. Never changed and never taken away; found wrong, it is marked by a row beside it.</summary>
internal sealed class Release
{
    /// <summary>2026-Q2-P.</summary>
    public string Id { get; init; } = "";
    public ReleaseKind Kind { get; init; }
    public string Period { get; init; } = "";

    /// <summary>Of the programme of tables by which it was made.</summary>
    public string ProgrammeHash { get; init; } = "";
    public int SamplerVersion { get; init; }
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>Areas and unions of areas that it shows, and those of which it has nothing, joined by <c>;</c>.</summary>
    public string Areas { get; init; } = "";
    public string Missing { get; init; } = "";

    /// <summary>How many zones took part, of how many there were on the platform.</summary>
    public int Zones { get; init; }
    public int OfZones { get; init; }

    /// <summary>How many of a hundred inhabitants of the country live in these zones; null: the operator had read in no list of inhabitants, or one without a municipality of theirs.</summary>
    public int? InhabitantsPercent { get; init; }

    /// <summary>How many of these zones had looked at their figures and said so; null: they were not asked. It changes no figure.</summary>
    public int? Validated { get; init; }

    /// <summary>Set by whoever reads releases; null: it stands.</summary>
    public Withdrawal? Withdrawn { get; set; }
    public bool IsValid => Withdrawn is null;

    /// <summary>By which it was made; set by whoever reads releases. null: this program does not have it, and so cannot read the figures.</summary>
    public TableProgramme? Programme { get; set; }

    internal sealed class Mapping : IFiguresMapping<Release>, IPublishedMapping<Release>
    {
        public void Configure(EntityTypeBuilder<Release> b)
        {
            b.ToTable("published_release");
            b.HasKey(r => r.Id);
            b.Property(r => r.Id).HasMaxLength(12);
            b.Property(r => r.Period).HasMaxLength(8);
            b.Property(r => r.ProgrammeHash).HasMaxLength(64);
            b.Property(r => r.Areas).HasMaxLength(100);
            b.Property(r => r.Missing).HasMaxLength(100);
            b.Ignore(r => r.Withdrawn).Ignore(r => r.IsValid).Ignore(r => r.Programme);
        }
    }
}

/// <summary>What was found wrong with a release.</summary>
internal enum Fault
{
    /// <summary>The program counted other cases than it says.</summary>
    Counting = 1,

    /// <summary>Zones were counted that should not have been, not counted, or counted in another area.</summary>
    Zones = 2,

    /// <summary>What a zone told was wrong on a scale that no correction mends.</summary>
    Data = 3,

    /// <summary>The noise was not as it is described.</summary>
    Noise = 4,
}

/// <summary>That a release was found wrong and taken back. Its figures stay, for they have been read and quoted, and what was spent on it stays spent.</summary>
internal sealed class Withdrawal
{
    public string Release { get; init; } = "";
    public Fault Fault { get; init; }
    public DateTimeOffset At { get; init; }

    internal sealed class Mapping : IFiguresMapping<Withdrawal>, IPublishedMapping<Withdrawal>
    {
        public void Configure(EntityTypeBuilder<Withdrawal> b)
        {
            b.ToTable("withdrawal");
            b.HasKey(w => w.Release);
            b.Property(w => w.Release).HasColumnName("release_id").HasMaxLength(12);
            b.HasOne<Release>().WithMany().HasForeignKey(w => w.Release).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>A figure: with its noise, so about no one. Whether it is shown was decided with the release.</summary>
internal sealed class ProtectedCell
{
    public string Release { get; init; } = "";
    public string Table { get; init; } = "";

    /// <summary>Place, period and codes, joined by <c>|</c>.</summary>
    public string Cell { get; init; } = "";

    /// <summary>May be below zero: only so are sums right.</summary>
    public int Value { get; init; }
    public double Variance { get; init; }
    public bool Shown { get; init; }

    internal sealed class Mapping : IFiguresMapping<ProtectedCell>
    {
        public void Configure(EntityTypeBuilder<ProtectedCell> b)
        {
            b.ToTable("protected_cell");
            b.HasKey(c => new { c.Release, c.Table, c.Cell });
            b.Property(c => c.Release).HasColumnName("release_id").HasMaxLength(12);
            b.Property(c => c.Table).HasColumnName("table_id").HasMaxLength(4);
            b.Property(c => c.Cell).HasColumnName("cell_id").HasMaxLength(200);
            b.Property(c => c.Value).HasColumnName("value");
            b.Property(c => c.Variance).HasColumnName("variance");
            b.Property(c => c.Shown).HasColumnName("shown");
            b.HasOne<Release>().WithMany().HasForeignKey(c => c.Release).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>A sum of protected cells: made with the release of these cells alone, and stored beside them, so that nobody who reads sums needs a cell that is not shown.</summary>
internal sealed class ProtectedSum
{
    public string Release { get; init; } = "";
    public string Table { get; init; } = "";

    /// <summary>As a cell's, with <see cref="Published.All"/> for all codes of a dimension or of a part of one.</summary>
    public string Cell { get; init; } = "";
    public int Value { get; init; }
    public double Variance { get; init; }
    public bool Shown { get; init; }

    internal sealed class Mapping : IFiguresMapping<ProtectedSum>
    {
        public void Configure(EntityTypeBuilder<ProtectedSum> b)
        {
            b.ToTable("protected_sum");
            b.HasKey(c => new { c.Release, c.Table, c.Cell });
            b.Property(c => c.Release).HasColumnName("release_id").HasMaxLength(12);
            b.Property(c => c.Table).HasColumnName("table_id").HasMaxLength(4);
            b.Property(c => c.Cell).HasColumnName("cell_id").HasMaxLength(200);
            b.Property(c => c.Value).HasColumnName("value");
            b.Property(c => c.Variance).HasColumnName("variance");
            b.Property(c => c.Shown).HasColumnName("shown");
            b.HasOne<Release>().WithMany().HasForeignKey(c => c.Release).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>A cell or a sum as it may be read: where it is not shown it has no value, and no variance either, in the database already.</summary>
internal sealed class PublishedCell
{
    public string Release { get; init; } = "";
    public string Table { get; init; } = "";
    public string Cell { get; init; } = "";
    public int? Value { get; init; }
    public double? Variance { get; init; }
    public bool Shown { get; init; }

    internal sealed class Mapping : IPublishedMapping<PublishedCell>
    {
        private const string Columns = $"release_id, table_id, cell_id, CASE WHEN shown = {PublishedView.Yes} THEN value END AS value, CASE WHEN shown = {PublishedView.Yes} THEN variance END AS variance, shown";

        public void Configure(EntityTypeBuilder<PublishedCell> b)
        {
            b.ToPublishedView("published_cell", $"SELECT {Columns} FROM protected_cell UNION ALL SELECT {Columns} FROM protected_sum");
            b.HasKey(c => new { c.Release, c.Table, c.Cell });
            b.Property(c => c.Release).HasColumnName("release_id").HasMaxLength(12);
            b.Property(c => c.Table).HasColumnName("table_id").HasMaxLength(4);
            b.Property(c => c.Cell).HasColumnName("cell_id").HasMaxLength(200);
            b.Property(c => c.Value).HasColumnName("value");
            b.Property(c => c.Variance).HasColumnName("variance");
            b.Property(c => c.Shown).HasColumnName("shown");
        }
    }
}

/// <summary>What a release of a table cost the cases of one month. Months are apart: a case is in one for good.</summary>
internal sealed class LedgerRow
{
    /// <summary>What may be spent on one case over all releases, in billionths of ρ: stands in the database too.</summary>
    public const long Cap = 600_000_000;

    /// <summary>2026-05.</summary>
    public string Month { get; init; } = "";

    /// <summary>1, 2, 3 … of this month: two that would write at once cannot both be the next.</summary>
    public int Number { get; init; }
    public string Release { get; init; } = "";
    public string Table { get; init; } = "";
    public int Delta2 { get; init; }
    public int Sigma2 { get; init; }

    /// <summary>What is spent up to and with this row, in billionths, rounded up.</summary>
    public long Spent { get; init; }

    public Rho Rho => Rho.Of(Delta2, Sigma2);

    internal sealed class Mapping : IFiguresMapping<LedgerRow>, IPublishedMapping<LedgerRow>
    {
        public void Configure(EntityTypeBuilder<LedgerRow> b)
        {
            b.ToTable("ledger", t => t.HasCheckConstraint("ck_ledger_cap", $"spent <= {Cap}"));
            b.HasKey(l => new { l.Month, l.Number });
            b.Property(l => l.Month).HasColumnName("case_month").HasMaxLength(7);
            b.Property(l => l.Number).HasColumnName("number");
            b.Property(l => l.Release).HasColumnName("release_id").HasMaxLength(12);
            b.Property(l => l.Table).HasColumnName("table_id").HasMaxLength(4);
            b.Property(l => l.Spent).HasColumnName("spent");
            b.HasIndex(l => new { l.Month, l.Release, l.Table }).IsUnique();
            b.HasOne<Release>().WithMany().HasForeignKey(l => l.Release).OnDelete(DeleteBehavior.Restrict);
            b.Ignore(l => l.Rho);
        }
    }
}

/// <summary>Which zones take part in a release, for which quarter: fixed with it. Stands in the catalogue, for the figures know no zone.</summary>
internal sealed class TakesPart
{
    public string Release { get; init; } = "";

    /// <summary>Its first day.</summary>
    public DateOnly Quarter { get; init; }
    public Guid ZoneId { get; init; }
    public string Area { get; init; } = "";

    internal sealed class Mapping : ICatalogMapping<TakesPart>
    {
        public void Configure(EntityTypeBuilder<TakesPart> b)
        {
            b.ToTable("takes_part");
            b.HasKey(p => new { p.Release, p.Quarter, p.ZoneId });
            b.Property(p => p.Release).HasMaxLength(12);
            b.Property(p => p.Area).HasMaxLength(3);
        }
    }
}

/// <summary>The budget of each month's cases.</summary>
internal static class Ledger
{
    /// <summary>The rows that a release adds.</summary>
    /// <param name="before">All rows of its months.</param>
    /// <returns>null: it costs more than is left.</returns>
    public static IReadOnlyList<LedgerRow>? Next(Edition edition, IEnumerable<Programme.Table> tables, IReadOnlyList<LedgerRow> before, Rho cap)
    {
        var (all, rows) = (tables.ToList(), new List<LedgerRow>());
        foreach (var month in edition.Months.Select(Edition.Month))
        {
            var known = before.Where(r => r.Month == month).ToList();
            var (spent, number) = (known.Aggregate(Rho.None, (sum, r) => sum + r.Rho), known.Count == 0 ? 0 : known.Max(r => r.Number));
            foreach (var table in all)
            {
                spent += table.Rho;
                if (spent > cap || spent.Billionths > LedgerRow.Cap) return null;
                rows.Add(new LedgerRow { Month = month, Number = ++number, Release = edition.Id, Table = table.Id, Delta2 = table.Delta2, Sigma2 = table.Sigma2, Spent = spent.Billionths });
            }
        }
        return rows;
    }
}
