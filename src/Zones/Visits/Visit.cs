using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Visits;

/// <summary>A colleague of one zone stands in another, from an instant to an instant and for one thing. Ids only: of what it is about nothing is known here. Kept after it ended: who could come in when is answered from it.</summary>
internal sealed class Visit : IOfZone
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>Where they come.</summary>
    public Guid Zone { get; private set; }
    Guid? IOfZone.Zone => Zone;

    /// <summary>Whose colleague they are: a visit counts only while they hold a role there.</summary>
    public Guid From { get; private set; }
    public VisitKind Kind { get; private set; }

    /// <summary>The call-out or the event, by its id.</summary>
    public Guid About { get; private set; }
    public DateTimeOffset Since { get; private set; }

    /// <summary>The first instant at which it counts no more.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>When the zone they came to sent them away before; null: it did not.</summary>
    public DateTimeOffset? Ended { get; private set; }
    public Guid By { get; private set; }

    /// <exception cref="RefusedException">Nobody visits their own zone, or for no time.</exception>
    public static Visit Begin(VisitAsked asked, Guid by, DateTimeOffset now) => asked.Zone == asked.From || asked.Until <= now
        ? throw new RefusedException("visit", asked.About)
        : new() { Id = Guid.CreateVersion7(now), Account = asked.Account, Zone = asked.Zone, From = asked.From, Kind = asked.Kind, About = asked.About, Since = now, Until = asked.Until, By = by };

    public bool Lives(DateTimeOffset now) => Since <= now && now < Until && (Ended is null || now < Ended);

    /// <summary>To a later instant; what was ended stays so.</summary>
    public void Prolong(DateTimeOffset until)
    {
        if (until > Until) Until = until;
    }

    /// <summary>What it was for is over, or they were called home: its end comes now.</summary>
    public void IsOver(DateTimeOffset now) => Until = now;

    public void End(DateTimeOffset now) => Ended ??= now;

    /// <summary>That they were sent away holds no more. This visit was over then all the same: they come anew.</summary>
    public void LetBack()
    {
        if (Ended is { } ended && ended < Until) Until = ended;
        Ended = null;
    }

    public VisitSpan Span => new(Id, Account, Zone, From, Kind, About, Since, Ended is { } ended && ended < Until ? ended : Until, By);

    internal sealed class Mapping : ICatalogMapping<Visit>
    {
        public void Configure(EntityTypeBuilder<Visit> b)
        {
            b.ToTable("visit");
            b.Property(v => v.Id).ValueGeneratedNever();
            b.HasIndex(v => new { v.Account, v.Zone });
            b.HasIndex(v => v.Zone);
            b.HasIndex(v => v.About);
            b.Ignore(v => v.Span);
        }
    }
}
