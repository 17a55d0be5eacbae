using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Statistics.Releases;

/// <summary>One operator says that a release is wrong; it is taken back when a second one says so.</summary>
internal sealed class ProposedWithdrawal
{
    public Guid Id { get; private set; }
    public string Release { get; private set; } = "";
    public Fault Fault { get; private set; }
    public Guid ProposedBy { get; private set; }
    public DateTimeOffset Proposed { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public DateTimeOffset? Decided { get; private set; }

    /// <summary>null: nobody has decided yet.</summary>
    public bool? Agreed { get; private set; }

    public static ProposedWithdrawal New(string release, Fault fault, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Release = release, Fault = fault, ProposedBy = by, Proposed = now };

    /// <exception cref="RefusedException">Nobody decides what they proposed.</exception>
    public void Decide(bool agrees, Guid by, DateTimeOffset now)
    {
        if (by == ProposedBy) throw new RefusedException("own", Id);
        (DecidedBy, Decided, Agreed) = (by, now, agrees);
    }

    internal sealed class Mapping : ICatalogMapping<ProposedWithdrawal>
    {
        public void Configure(EntityTypeBuilder<ProposedWithdrawal> b)
        {
            b.ToTable("proposed_withdrawal");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Release).HasMaxLength(12);
            b.Property(p => p.Decided).IsConcurrencyToken();
        }
    }
}

/// <summary>The second operator, on the page of confirmations of the platform. The mark is set before the catalogue keeps the decision: a run that is killed in between leaves the question open, and whoever answers it again finds the mark.</summary>
internal sealed class TakingBack(FiguresDatabase figures, TimeProvider clock) : IAwaitASecondPerson
{
    public string Kind => "withdrawal";

    public async Task<IReadOnlyList<Waiting>> In(CatalogDbContext house, Guid? zone, CancellationToken ct) => zone is not null ? [] :
        [.. (await house.Set<ProposedWithdrawal>().AsNoTracking().Where(p => p.Decided == null).OrderBy(p => p.Id).ToListAsync(ct)).Select(p => new Waiting(p.Id, Words.WithdrawalWaits(p.Release, Words.Of("PubFault_" + p.Fault)), null, p.ProposedBy, p.Proposed, [p.ProposedBy]))];

    public async Task<Guid?> Decide(CatalogDbContext house, Guid id, Guid? zone, bool confirms, Guid by, CancellationToken ct)
    {
        if (zone is not null || await house.Set<ProposedWithdrawal>().SingleOrDefaultAsync(p => p.Id == id && p.Decided == null, ct) is not { } proposed) throw new RefusedException("absent", id);
        var now = clock.GetUtcNow();
        proposed.Decide(confirms, by, now);
        if (!confirms) return null;
        await figures.Write(async store =>
        {
            var release = proposed.Release;
            if (!await store.Set<Withdrawal>().AnyAsync(w => w.Release == release, ct)) store.Add(new Withdrawal { Release = release, Fault = proposed.Fault, At = now });
        }, ct);
        return null;
    }
}
