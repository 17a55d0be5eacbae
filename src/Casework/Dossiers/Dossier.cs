using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>One matter with the people in it. Holds codes and dates only; what tells about people is sealed in its parts.</summary>
internal sealed class Dossier : IOfDossier
{
    public Guid Id { get; private set; }
    public string Number { get; private set; } = "";

    /// <summary>Fixed at creation: the day that counts in the figures.</summary>
    public DateOnly RegisteredOn { get; private set; }
    public DateTimeOffset Opened { get; private set; }

    /// <summary>When help was asked for: from here the wait for a first contact is counted. Never after it was opened; a paper card or a list is typed in later.</summary>
    public DateTimeOffset RequestedAt { get; private set; }
    public Guid OpenedBy { get; private set; }
    public Trigger Trigger { get; private set; }
    public KindOfEvent Kind { get; private set; }
    public string SubKind { get; private set; } = "";

    /// <summary>What the zone calls the trigger, the sub-kind and the reason of closing, where it has an entry of its own for them: what they stand for stays beside it, and counts.</summary>
    public Guid? OwnTrigger { get; private set; }
    public Guid? OwnSubKind { get; private set; }
    public Guid? OwnReason { get; private set; }

    /// <summary>The sub-kind as a form knows it: the zone's own entry where there is one.</summary>
    public string FactsCode => OwnSubKind is { } own ? OwnCode.ValueOf(own) : SubKind;

    /// <summary>Sub-kinds beside the main one.</summary>
    public List<string> Additional { get; set; } = [];
    public DateTimeOffset? FactsAt { get; set; }

    /// <summary>Where it happened: a name from the zone's list or as typed.</summary>
    public string Municipality { get; set; } = "";
    public Danger Danger { get; set; }

    /// <summary>The person the dossier is shown under: its first helped person.</summary>
    public Guid? Lead { get; set; }
    public Guid? AssignedTo { get; private set; }

    /// <summary>How far it is kept from the rest of the team.</summary>
    public Protection Protection { get; private set; }
    public DateTimeOffset? FirstContact { get; private set; }

    /// <summary>When its next act is due, or its next appointment begins; what the worklist is ordered by. Kept by <see cref="NextAct"/>.</summary>
    public DateTimeOffset? NextDue { get; private set; }
    public DateTimeOffset? Closed { get; private set; }
    public ClosingReason? Reason { get; private set; }
    public Outcome? Outcome { get; private set; }

    /// <summary>The call-out it began with; null: it began otherwise.</summary>
    public Guid? CallOut { get; private set; }

    /// <summary>Until when it is not proposed for closing or referral; null: as the zone's short-term rule says.</summary>
    public DateTimeOffset? PutOffUntil { get; private set; }

    /// <summary>Rises with every change; a form that was filled in over an older one is told.</summary>
    public int Version { get; private set; }

    public bool IsOpen => Closed is null;

    /// <summary>Is partner or family violence among its facts?</summary>
    public bool IsViolenceAtHome => Additional.Append(SubKind).Any(SubKinds.IsAtHome);

    /// <summary>May somebody at home be the danger?</summary>
    public bool IsDangerous => IsViolenceAtHome || (Danger & (Danger.AtHome | Danger.AddressSecret)) != Danger.None;

    /// <summary>Is an offence among its facts?</summary>
    public bool IsOffence => Additional.Append(SubKind).Any(SubKinds.IsOffence);
    Guid IOfDossier.DossierId => Id;

    /// <summary>The highest level that somebody assessed and that holds of one of the persons.</summary>
    public RiskLevel Risk { get; private set; }

    /// <summary>How urgent it is before any date: a risk that was assessed as high, danger at home and violence among the facts, the main ones or others, first. Kept beside the rest so that lists can be ordered by it.</summary>
    public int Urgency { get; private set; }

    private int Weight => (Risk switch { RiskLevel.Acute => 4, RiskLevel.High => 3, _ => 0 }) + (Danger.HasFlag(Danger.AtHome) ? 2 : 0) + (Danger.HasFlag(Danger.AuthorAtLarge) ? 1 : 0)
        + (Kind == KindOfEvent.PartnerViolence || IsViolenceAtHome || Additional.Append(SubKind).Any(s => s is "Stalking" or "SexualViolence") ? 1 : 0);

    /// <summary>A risk was noted, or taken back.</summary>
    public void Assessed(IReadOnlyList<People.Risk> all) => Risk = People.Risk.Highest(all);

    public static Dossier Open(DossierNumber number, Trigger trigger, SubKind subKind, DateTimeOffset? factsAt, string municipality, Guid by, DateTimeOffset now, Guid? ownTrigger = null, Guid? ownSubKind = null, DateTimeOffset? requestedAt = null)
    {
        var dossier = new Dossier
        {
            Id = Guid.CreateVersion7(now), Number = number.Text, RegisteredOn = Moment.Day(now), Opened = now, RequestedAt = requestedAt is { } asked && asked < now ? asked : now, OpenedBy = by, Trigger = trigger, Kind = subKind.Kind, SubKind = subKind.Code, FactsAt = factsAt, Municipality = municipality, OwnTrigger = ownTrigger, OwnSubKind = ownSubKind,
        };
        dossier.Touch();
        return dossier;
    }

    /// <summary>How it came in, and when help was asked for, put right.</summary>
    public void CameIn(Trigger trigger, Guid? own, DateTimeOffset requestedAt) => (Trigger, OwnTrigger, RequestedAt) = (trigger, own, requestedAt < Opened ? requestedAt : Opened);

    public void Facts(SubKind main, IEnumerable<string> additional, DateTimeOffset? at, string municipality, Danger danger, Guid? own = null)
    {
        (Kind, SubKind, OwnSubKind, FactsAt, Municipality, Danger) = (main.Kind, main.Code, own, at, municipality, danger);
        Additional = [.. additional.Where(a => a != main.Code && SubKinds.Find(a) is not null).Distinct()];
        Touch();
    }

    public void Assign(Guid? to)
    {
        AssignedTo = to;
        Touch();
    }

    public void Protect(Protection protection)
    {
        Protection = protection;
        Touch();
    }

    public void BeganWith(Guid callOut) => CallOut = callOut;

    /// <summary>The first contact that was held with a helped person.</summary>
    public void Contacted(DateTimeOffset at) => FirstContact = FirstContact is { } first && first <= at ? first : at;

    /// <summary>When the first contact was is put right.</summary>
    /// <param name="at">Of the earliest that was held; null: none was.</param>
    public void FirstContactWas(DateTimeOffset? at) => FirstContact = at;

    public void Close(ClosingReason reason, Outcome outcome, DateTimeOffset now, Guid? ownReason = null)
    {
        (Closed, Reason, OwnReason, Outcome, NextDue) = (now, reason, ownReason, outcome, null);
        Touch();
    }

    /// <summary>Something was planned: it waits for that where it waited for nothing earlier.</summary>
    public void Awaits(DateTimeOffset at) => NextDue = NextDue is { } next && next <= at ? next : at;

    /// <param name="next">The earliest of all that is still to come; null: nothing is.</param>
    public void AwaitsOnly(DateTimeOffset? next) => NextDue = IsOpen ? next : null;

    /// <summary>Nothing is planned in a closed dossier; whoever's page was open before is told.</summary>
    /// <exception cref="ValidationException">It is closed, and something should be planned.</exception>
    public void MayPlan(ActKind? next)
    {
        if (!IsOpen && next is not null) throw new ValidationException([new ValidationFailure("Next", Words.ClosedNoAct)]);
    }

    /// <summary>Somebody said why it stays open for longer.</summary>
    public void PutOff(DateTimeOffset until)
    {
        PutOffUntil = until;
        Touch();
    }

    public void Reopen()
    {
        (Closed, Reason, OwnReason, Outcome) = (null, null, null, null);
        Touch();
    }

    public void Touch()
    {
        Urgency = Weight;
        Version++;
    }

    internal sealed class Mapping : IZoneMapping<Dossier>
    {
        public void Configure(EntityTypeBuilder<Dossier> b)
        {
            b.ToTable("dossier");
            b.Property(d => d.Id).ValueGeneratedNever();
            b.Property(d => d.Number).HasMaxLength(10);
            b.HasIndex(d => d.Number).IsUnique();
            b.Property(d => d.SubKind).HasMaxLength(40);
            b.PrimitiveCollection(d => d.Additional).HasMaxLength(1000);
            b.Property(d => d.Municipality).HasMaxLength(80);
            b.Property(d => d.Version).IsConcurrencyToken();
            b.HasIndex(d => new { d.Closed, d.NextDue });
            b.HasIndex(d => new { d.AssignedTo, d.Closed });
            b.HasIndex(d => d.Protection);
            b.Ignore(d => d.IsOpen);
            b.Ignore(d => d.FactsCode);
            b.Ignore(d => d.IsViolenceAtHome);
            b.Ignore(d => d.IsOffence);
            b.Ignore(d => d.IsDangerous);
        }
    }
}

/// <summary>Counts the dossiers of a year; the number is a permutation of the count. Counted in the registration's own transaction: one that is refused or rolled back
/// gives its count back, so the counts of a year are 1 to the last without a gap, each one dossier's.</summary>
internal sealed class DossierCounter
{
    private const int FirstYear = 2024, LastYear = 2060;

    public int Year { get; init; }
    public int Last { get; init; }

    /// <summary>The next count of a year. The row stays locked until the transaction ends, so no two registrations get the same.</summary>
    public static async Task<int> Next(ZoneDbContext zone, int year, CancellationToken ct)
    {
        if (await zone.Set<DossierCounter>().Where(c => c.Year == year).ExecuteUpdateAsync(set => set.SetProperty(c => c.Last, c => c.Last + 1), ct) != 1)
            throw new InvalidOperationException($"There is no counter for the year {year}.");
        return await zone.Set<DossierCounter>().AsNoTracking().Where(c => c.Year == year).Select(c => c.Last).SingleAsync(ct);
    }

    /// <summary>Those who bring people into dossiers and those who build walls round people take turns: each sees all that the other did. Before any dossier is locked.</summary>
    public static Task TakeTurns(ZoneDbContext zone, DateTimeOffset now, CancellationToken ct)
    {
        var year = Moment.Day(now).Year;
        return zone.Set<DossierCounter>().Where(c => c.Year == year).ExecuteUpdateAsync(set => set.SetProperty(c => c.Last, c => c.Last), ct);
    }

    internal sealed class Mapping : IZoneMapping<DossierCounter>
    {
        public void Configure(EntityTypeBuilder<DossierCounter> b)
        {
            b.ToTable("dossier_counter");
            b.HasKey(c => c.Year);
            b.Property(c => c.Year).ValueGeneratedNever();
            b.HasData(Enumerable.Range(FirstYear, LastYear - FirstYear + 1).Select(y => new DossierCounter { Year = y }));
        }
    }
}

/// <summary>A form that was sent: sent again, it leads to what it made the first time.</summary>
internal sealed class Submission
{
    public Guid Id { get; init; }
    public Guid Made { get; init; }

    internal sealed class Mapping : IZoneMapping<Submission>
    {
        public void Configure(EntityTypeBuilder<Submission> b)
        {
            b.ToTable("submission");
            b.Property(s => s.Id).ValueGeneratedNever();
        }
    }
}
