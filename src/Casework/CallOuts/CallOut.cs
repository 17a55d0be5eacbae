using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Somebody on call went out: what a dossier of the zone of the facts began with. Its people, numbers and notes stand in the dossier as ever; here stands what is of the night alone.</summary>
internal sealed class CallOut : IHoldSealed, IOfDossier
{
    /// <summary>That of the call-out in the pool, where it was begun there.</summary>
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>Who went, and the zone whose colleague they are.</summary>
    public Guid Performer { get; private set; }
    public Guid Employer { get; private set; }
    public CalledBy? CalledBy { get; private set; }
    public DateTimeOffset? CalledAt { get; private set; }
    public DateTimeOffset? Arrived { get; private set; }
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Where, as a street or a place.</summary>
    public Sealed<string>? Scene { get; private set; }

    /// <summary>An official report will be made and has no number yet.</summary>
    public bool ReportToFollow { get; private set; }
    public List<CallOutAct> Acts { get; private set; } = [];
    public List<DayTask> Tasks { get; private set; } = [];

    /// <summary>Began outside the zone's opening hours; null: the zone has not said when it is open.</summary>
    public bool? OutOfHours { get; private set; }
    public Guid? Note { get; set; }

    /// <summary>The contact it counts as, once it is handed over.</summary>
    public Guid? Contact { get; set; }

    /// <summary>When it was handed over to the day team; null: it still goes on.</summary>
    public DateTimeOffset? HandedOver { get; private set; }
    public DateTimeOffset Entered { get; private set; }

    /// <summary>Rises with every change; a form that was filled in over an older one is told.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => DossierId;

    public static CallOut Begin(Guid id, Guid dossier, Guid performer, Guid employer, DateTimeOffset now) => new() { Id = id, DossierId = dossier, Performer = performer, Employer = employer, Entered = now };

    public void Says(Said said, OpeningHours hours)
    {
        (CalledBy, CalledAt, Arrived, Ended) = (said.By, said.CalledAt, said.Arrived, said.Ended);
        Scene = string.IsNullOrWhiteSpace(said.Scene) ? null : (Sealed<string>)said.Scene.Trim();
        (ReportToFollow, Acts) = (said.ReportToFollow, [.. said.Acts.Distinct().Order()]);
        OutOfHours = hours.AreKnown ? !IsOpen(hours, Moment.Local(CalledAt ?? Entered)) : null;
        Version++;
    }

    /// <summary>Those of these that it did not leave to the day team before.</summary>
    public IReadOnlyList<DayTask> Leaves(IEnumerable<DayTask> tasks)
    {
        var added = tasks.Distinct().Except(Tasks).Order().ToList();
        Tasks = [.. Tasks, .. added];
        return added;
    }

    /// <summary>When it ended is what was said and no guess: many are handed over the day after. It may be added later.</summary>
    public void HandOver(DateTimeOffset now) => HandedOver ??= now;

    /// <summary>Another goes in their place; what stands in it is theirs from now on.</summary>
    public void GoesTo(Guid performer, Guid employer)
    {
        (Performer, Employer) = (performer, employer);
        Version++;
    }

    /// <summary>Handed over by nobody; whoever still has its form open is told.</summary>
    public void Lapse(DateTimeOffset now)
    {
        HandedOver ??= now;
        Version++;
    }

    /// <summary>How long somebody was there, in minutes; nothing where it is not known.</summary>
    public int Minutes => Ended is { } end && (Arrived ?? CalledAt) is { } from && end > from ? (int)Math.Min(24 * 60, Math.Round((end - from).TotalMinutes)) : 0;

    /// <summary>What was given, in the terms of the service: a wish or a remark is no service.</summary>
    public IReadOnlyList<ServiceKind> Services => [.. Acts.Select(ServiceOf).OfType<ServiceKind>().Distinct().Order()];

    private static ServiceKind? ServiceOf(CallOutAct act) => act switch
    {
        CallOutAct.NotifiedOfDeath => ServiceKind.DeathNotification,
        CallOutAct.StayedWith or CallOutAct.FirstHelp => ServiceKind.FirstHelp,
        CallOutAct.Listened => ServiceKind.Listening,
        CallOutAct.Informed => ServiceKind.Information,
        CallOutAct.PracticalHelp or CallOutAct.FamilyTold => ServiceKind.PracticalHelp,
        CallOutAct.Accompanied => ServiceKind.Accompanying,
        _ => null,
    };

    private static bool IsOpen(OpeningHours hours, DateTime local) => hours.On(local.DayOfWeek).Any(s => s.From <= TimeOnly.FromDateTime(local) && TimeOnly.FromDateTime(local) < s.To);

    internal sealed record Said(CalledBy? By, DateTimeOffset? CalledAt, DateTimeOffset? Arrived, DateTimeOffset? Ended, string? Scene, bool ReportToFollow, IEnumerable<CallOutAct> Acts);

    internal sealed class Mapping : IZoneMapping<CallOut>
    {
        public void Configure(EntityTypeBuilder<CallOut> b)
        {
            b.ToTable("call_out");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Sealed(c => c.Scene, "call_out.scene");
            b.PrimitiveCollection(c => c.Acts).HasMaxLength(400);
            b.PrimitiveCollection(c => c.Tasks).HasMaxLength(400);
            b.Property(c => c.Version).IsConcurrencyToken();
            b.HasIndex(c => c.DossierId);
            b.HasIndex(c => new { c.Performer, c.Entered });
            b.Ignore(c => c.KeyOwner);
            b.Ignore(c => c.Minutes);
            b.Ignore(c => c.Services);
        }
    }
}
