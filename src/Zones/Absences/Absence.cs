using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Absences;

/// <summary>A colleague is away from an instant to another, and perhaps a colleague replaces them: sees their dossiers and gets their reminders for that time. It ends by itself.</summary>
internal sealed class Absence : IOfZone
{
    /// <summary>An absence nobody planned lasts so many days at most, unless somebody says more.</summary>
    public const int UnplannedDays = 7;

    /// <summary>Who may replace: those who work on any dossier that is given to them.</summary>
    public static readonly IReadOnlyList<Role> MayReplace = [Role.Coordinator, Role.Caseworker];

    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    Guid? IOfZone.Zone => Zone;
    public Guid Account { get; private set; }

    /// <summary>null: the coordinators look after what falls due.</summary>
    public Guid? Replacement { get; private set; }
    public DateTimeOffset From { get; private set; }

    /// <summary>The first instant at which the colleague is back.</summary>
    public DateTimeOffset To { get; private set; }
    public bool Unplanned { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Created { get; private set; }

    /// <summary>Whole days on a Belgian clock, the last included: 23, 24 or 25 hours each.</summary>
    public static Absence Plan(Guid zone, Guid account, DateOnly first, DateOnly last, Guid? replacement, Guid by, DateTimeOffset now) =>
        New(zone, account, Midnight(first), Midnight(last.AddDays(1)), replacement, unplanned: false, by, now);

    /// <summary>From this instant.</summary>
    public static Absence Begin(Guid zone, Guid account, Guid? replacement, Guid by, DateTimeOffset now) =>
        New(zone, account, now, Midnight(Moment.Day(now).AddDays(UnplannedDays)), replacement, unplanned: true, by, now);

    public bool Covers(DateTimeOffset at) => From <= at && at < To;
    public bool Overlaps(Absence other) => From < other.To && other.From < To;

    /// <summary>Back already, or not going at all.</summary>
    public void End(DateTimeOffset now)
    {
        if (now < To) To = now < From ? From : now;
    }

    public void Until(DateTimeOffset to) => To = to;

    /// <summary>Another replaces them from now on; null: the coordinators. Who did so until now stays in this row: who could do what on a day is answered from it.</summary>
    /// <returns>The rest of the absence, to be added; null: it has not begun, and was changed itself.</returns>
    public Absence? ReplaceBy(Guid? replacement, DateTimeOffset now)
    {
        if (now > From)
        {
            var rest = New(Zone, Account, now, To, replacement, Unplanned, By, now);
            End(now);
            return rest;
        }
        Replacement = replacement == Account ? throw new RefusedException("own", Id) : replacement;
        return null;
    }

    private static Absence New(Guid zone, Guid account, DateTimeOffset from, DateTimeOffset to, Guid? replacement, bool unplanned, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Zone = zone, Account = account, From = from, To = to, Replacement = replacement == account ? throw new RefusedException("own", account) : replacement, Unplanned = unplanned, By = by, Created = now,
    };

    private static DateTimeOffset Midnight(DateOnly day) => Moment.Instant(day.ToDateTime(TimeOnly.MinValue));

    internal sealed class Mapping : ICatalogMapping<Absence>
    {
        public void Configure(EntityTypeBuilder<Absence> b)
        {
            b.ToTable("absence");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.HasIndex(a => new { a.Zone, a.To });
        }
    }
}
