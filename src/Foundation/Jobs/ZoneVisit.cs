using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Jobs;

/// <summary>What a zone's job found at its last visit, in numbers, kept in the catalogue: the operator sees how a zone fares without anybody opening its database.</summary>
public sealed class ZoneVisit
{
    public Guid Zone { get; init; }

    /// <summary>What bears an earlier instant than a visit's beginning may be committed only since.</summary>
    internal static readonly TimeSpan Committing = TimeSpan.FromSeconds(10);

    /// <summary>What was due by then is done: <see cref="Committing"/> before the last job that ended well began.</summary>
    public DateTimeOffset? DoneUpTo { get; set; }

    /// <summary>Messages in the outbox that are not delivered yet, and since when the oldest of them waits.</summary>
    public int Waiting { get; set; }
    public DateTimeOffset? OldestDue { get; set; }

    /// <summary>When the job last broke off, and the type of what stopped it; null once it ended well again. Never a message: it may quote what was typed.</summary>
    public DateTimeOffset? Failed { get; set; }
    public string? Fault { get; set; }

    /// <summary><see cref="DoneUpTo"/> of a zone; long ago where no job of it has ended well.</summary>
    public static async Task<DateTimeOffset> Done(CatalogDbContext house, Guid zone, CancellationToken ct) =>
        await house.Set<ZoneVisit>().AsNoTracking().Where(v => v.Zone == zone).Select(v => v.DoneUpTo).SingleOrDefaultAsync(ct) ?? DateTimeOffset.UnixEpoch;

    /// <summary>The zone's visit, in a transaction on the catalogue; two jobs of one zone take turns at its row.</summary>
    internal static async Task<ZoneVisit> Of(CatalogDbContext house, Guid zone, CancellationToken ct)
    {
        await house.Set<Zones.ZoneRecord>().Where(z => z.Id == zone).ExecuteUpdateAsync(set => set.SetProperty(z => z.NextDue, z => z.NextDue), ct);
        return await house.Set<ZoneVisit>().SingleOrDefaultAsync(v => v.Zone == zone, ct) ?? house.Add(new ZoneVisit { Zone = zone }).Entity;
    }

    internal sealed class Mapping : ICatalogMapping<ZoneVisit>
    {
        public void Configure(EntityTypeBuilder<ZoneVisit> b)
        {
            b.ToTable("zone_visit");
            b.HasKey(v => v.Zone);
            b.Property(v => v.Zone).ValueGeneratedNever();
            b.Property(v => v.Fault).HasMaxLength(200);
        }
    }
}
