using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Counting;

/// <summary>Where a case comes from. What another zone or a collective event counts is no new case here.</summary>
internal enum CaseOrigin
{
    /// <summary>Registered in this zone, or received from a service that is not in the figures.</summary>
    Here = 1,

    /// <summary>Received from another zone, which counts it.</summary>
    HandedOver = 2,

    /// <summary>Allotted from a collective event, which counts it.</summary>
    Allotted = 3,
}

/// <summary>What the figures count: one helped person in one dossier. Whether it counts is decided when it is registered, and stands: no erasure, correction or merge lets another take its place.</summary>
internal sealed class Case : IOfDossier
{
    /// <summary>Cases of one person that count in a year and zone; kinds of service and referrals that count in one case.</summary>
    public const int CountedInAYear = 2, ServicesCounted = 6, ReferralsCounted = 2;

    /// <summary>The person's id.</summary>
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>When the person was registered as helped: the day that counts in the figures, so a period that is over gains no case.</summary>
    public DateOnly RegisteredOn { get; private set; }
    public CaseOrigin Origin { get; private set; }

    /// <summary>Which of the person's cases of that year it is, from 1; 0: another counts it.</summary>
    public int Number { get; private set; }
    public bool Counts { get; private set; }

    /// <summary>Kinds of service and referrals registered so far, those taken back included: a place that was given is not given again.</summary>
    public int Services { get; private set; }
    public int Referrals { get; private set; }

    /// <summary>Keyed marks under which the person is recognised, see <see cref="Mark"/>.</summary>
    public List<Guid> Marks { get; private set; } = [];

    /// <param name="number">0: it comes from elsewhere.</param>
    public static Case Register(Person person, CaseOrigin origin, int number, Guid? mark, DateOnly day) =>
        new() { Id = person.Id, DossierId = person.DossierId, RegisteredOn = day, Origin = origin, Number = number, Counts = number is > 0 and <= CountedInAYear, Marks = mark is { } known ? [known] : [] };

    /// <summary>They are recognised under another name or number too.</summary>
    public void IsAlso(Guid mark) => Marks = [.. Marks, mark];

    /// <summary>One more kind of service: does it count?</summary>
    public bool NextService() => ++Services <= ServicesCounted;

    /// <summary>One more referral: does it count?</summary>
    public bool NextReferral() => ++Referrals <= ReferralsCounted;

    internal sealed class Mapping : IZoneMapping<Case>
    {
        public void Configure(EntityTypeBuilder<Case> b)
        {
            b.ToTable("counted_case");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Marks).HasMaxLength(4000);
            b.HasIndex(c => c.DossierId);
            b.HasIndex(c => new { c.RegisteredOn, c.Counts });
        }
    }
}

/// <summary>A kind of service that a person was given in a case, once however often; whether it counts is decided when it is first written down.</summary>
internal sealed class GivenService : IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid PersonId { get; private set; }
    public ServiceKind Kind { get; private set; }
    public bool Counts { get; private set; }

    public static GivenService First(Case of, ServiceKind kind, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = of.DossierId, PersonId = of.Id, Kind = kind, Counts = of.NextService() };

    internal sealed class Mapping : IZoneMapping<GivenService>
    {
        public void Configure(EntityTypeBuilder<GivenService> b)
        {
            b.ToTable("given_service");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.HasIndex(s => new { s.PersonId, s.Kind }).IsUnique();
            b.HasIndex(s => s.DossierId);
        }
    }
}

/// <summary>How many cases of one person a year has seen. It stays when a case is erased, else that would free a place; nothing but the zone's key leads from it to a name. Gone when the year is over.</summary>
internal sealed class CaseCounter
{
    public int Year { get; init; }
    public Guid Mark { get; init; }
    public int Last { get; private set; }

    public int Next() => ++Last;

    /// <summary>The next number of whoever bears this mark. Registrations of a zone take turns (<see cref="Dossiers.DossierCounter"/>), so no two get the same; the key refuses it in any case.</summary>
    public static async Task<int> Next(ZoneDbContext zone, int year, Guid mark, CancellationToken ct)
    {
        if (zone.Set<CaseCounter>().Local.FirstOrDefault(c => c.Year == year && c.Mark == mark) is { } counted) return counted.Next();
        if (await zone.Set<CaseCounter>().Where(c => c.Year == year && c.Mark == mark).ExecuteUpdateAsync(set => set.SetProperty(c => c.Last, c => c.Last + 1), ct) == 1)
            return await zone.Set<CaseCounter>().AsNoTracking().Where(c => c.Year == year && c.Mark == mark).Select(c => c.Last).SingleAsync(ct);
        var first = new CaseCounter { Year = year, Mark = mark };
        zone.Add(first);
        return first.Next();
    }

    /// <summary>Forgets the years whose figures are final: nobody registers in them any more.</summary>
    public static Task Forget(ZoneDbContext zone, DateTimeOffset now, CancellationToken ct)
    {
        var open = Design.Html.Moment.Day(now).AddMonths(-4).Year; // final on 31 March of the next
        return zone.Set<CaseCounter>().Where(c => c.Year < open).ExecuteDeleteAsync(ct);
    }

    internal sealed class Mapping : IZoneMapping<CaseCounter>
    {
        public void Configure(EntityTypeBuilder<CaseCounter> b)
        {
            b.ToTable("case_counter");
            b.HasKey(c => new { c.Year, c.Mark });
        }
    }
}
