using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>The kinds of event, where a call-out is no more than a count.</summary>
internal enum FactsKind { Offence = 1, ShockingEvent, RoadAccident, FamilySituation, PartnerViolence }

/// <summary>Somebody of the pool was called out to one of its zones. Where that is on the platform, what happened stands in that zone, and here that it was; where it is not, this is the count and all there is.
/// Nothing of anybody who was helped.</summary>
internal sealed class CallOut : IOfZone
{
    public Guid Id { get; private set; }
    public Guid Pool { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>The zone whose colleague it is.</summary>
    public Guid Employer { get; private set; }

    /// <summary>The zone of the facts; null: one outside the platform.</summary>
    public Guid? Zone { get; private set; }

    /// <summary>The zone outside the platform, see <see cref="Pools.OutsideMember"/>.</summary>
    public Guid? Outside { get; private set; }
    public FactsKind? Kind { get; private set; }

    /// <summary>When it was begun, or the call where it is only counted.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>The first instant at which it is no longer theirs to see; that at which it was begun: it was a mistake.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>How long it took; null: not known yet.</summary>
    public DateTimeOffset? From { get; private set; }
    public DateTimeOffset? To { get; private set; }

    /// <summary>Who entered it, and in which zone they stood.</summary>
    public Guid By { get; private set; }
    public Guid Stood { get; private set; }
    Guid? IOfZone.Zone => Stood;

    /// <summary>The form that entered it: sent twice at the same instant, the second finds the first. null: no form did.</summary>
    public Guid? Once { get; private set; }

    public TimeSpan Took => From is { } from && To is { } to && to > from ? to - from : TimeSpan.Zero;

    /// <summary>To a zone of the platform.</summary>
    public static CallOut Begin(Guid pool, Guid account, Guid employer, Guid zone, DateTimeOffset until, Guid by, Guid stood, Guid once, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Pool = pool, Account = account, Employer = employer, Zone = zone, Since = now, Until = until, By = by, Stood = stood, Once = once == default ? null : once };

    /// <summary>To a zone that is not: a count.</summary>
    public static CallOut Count(Guid pool, Guid account, Guid employer, Guid outside, FactsKind kind, DateTimeOffset from, DateTimeOffset to, Guid stood, Guid once, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Pool = pool, Account = account, Employer = employer, Outside = outside, Kind = kind, Since = from, Until = now, From = from, To = to, By = account, Stood = stood, Once = once == default ? null : once };

    public void PassOn(Guid account, Guid employer, DateTimeOffset until) => (Account, Employer, Until) = (account, employer, until);

    /// <summary>It is theirs no longer.</summary>
    public void End(DateTimeOffset now) => Until = Until < now ? Until : now;

    /// <summary>Begun by mistake: it was never anybody's. It stays, as that it was begun is on record.</summary>
    public void Withdraw() => Until = Since;

    /// <summary>Those to which somebody went, or goes. A count is none of the others.</summary>
    public static readonly System.Linq.Expressions.Expression<Func<CallOut, bool>> WasMeant = c => c.Zone == null || c.Until > c.Since;

    public void Lasted(DateTimeOffset from, DateTimeOffset to) => (From, To) = (from, to);

    internal sealed class Mapping : ICatalogMapping<CallOut>
    {
        public void Configure(EntityTypeBuilder<CallOut> b)
        {
            b.ToTable("pool_call_out");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.HasIndex(c => new { c.Pool, c.Since });
            b.HasIndex(c => new { c.Account, c.Zone, c.Until });
            b.HasIndex(c => new { c.By, c.Once }).IsUnique();
            b.Ignore(c => c.Took);
        }
    }
}
