using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.FollowUps;

/// <summary>The next act: what somebody will do, and when. Every open dossier has one.</summary>
internal sealed class FollowUp : IHoldSealed, IOfDossier, IFallDue
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public List<Guid> Persons { get; private set; } = [];

    /// <summary>The referral that came back, or that waits for us; null: it is planned for itself.</summary>
    public Guid? About { get; private set; }
    public ActKind Kind { get; private set; }
    public Sealed<string>? Text { get; private set; }

    /// <summary>A whole minute.</summary>
    public DateTimeOffset DueAt { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset? Done { get; private set; }
    public Guid? DoneBy { get; private set; }

    /// <summary>Nobody did it: it fell away when the dossier was closed.</summary>
    public bool Dropped { get; private set; }

    /// <summary>The due instant a reminder was queued for; a postponed act is reminded anew.</summary>
    public DateTimeOffset? RemindedFor { get; private set; }
    public Guid KeyOwner => DossierId;
    public DateTimeOffset? Due => Done is null && RemindedFor != DueAt ? DueAt : null;

    public static FollowUp Plan(Guid dossier, IEnumerable<Guid> persons, ActKind kind, string? text, DateTimeOffset due, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], Kind = kind, Text = string.IsNullOrWhiteSpace(text) ? null : (Sealed<string>)text.Trim(), DueAt = WholeMinute(due), By = by };

    /// <summary>A referral came back: somebody has to look at it, in a closed dossier too.</summary>
    public static FollowUp BringBack(Guid dossier, Guid person, Guid referral, string? text, Guid by, DateTimeOffset now)
    {
        var act = Plan(dossier, [person], ActKind.Referral, text, now, by, now);
        act.About = referral;
        return act;
    }

    /// <summary>A referral waits for us: on that day somebody goes on with it.</summary>
    public static FollowUp PlanAbout(Referral referral, string text, DateTimeOffset due, Guid by, DateTimeOffset now)
    {
        var act = Plan(referral.DossierId, [referral.PersonId], ActKind.Referral, text, due, by, now);
        act.About = referral.Id;
        return act;
    }

    /// <summary>How long whoever ticked it off may take that back.</summary>
    public static readonly TimeSpan Undoable = TimeSpan.FromMinutes(10);

    public void Complete(Guid by, DateTimeOffset now) => (Done, DoneBy) = (now, by);

    /// <summary>It is not done any more, because there is nothing left to do it for.</summary>
    public void Drop(Guid by, DateTimeOffset now) => (Done, DoneBy, Dropped) = (now, by, true);

    /// <summary>May it be taken back that this was done?</summary>
    public bool MayUndo(Guid by, DateTimeOffset now) => Done is { } at && DoneBy == by && !Dropped && now - at <= Undoable;
    public void Undo() => (Done, DoneBy, Dropped) = (null, null, false);
    public void Postpone(DateTimeOffset to) => DueAt = WholeMinute(to);

    /// <summary>Somebody is told that it is due; postponed, it is told anew.</summary>
    public void WasTold() => RemindedFor = DueAt;

    /// <summary>When an act was planned, in milliseconds: they stand in front of its id.</summary>
    public static long PlannedAt(Guid act) => BinaryPrimitives.ReadInt64BigEndian(act.ToByteArray(bigEndian: true)) >> 16;

    private static DateTimeOffset WholeMinute(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    internal sealed class Mapping : IZoneMapping<FollowUp>
    {
        public void Configure(EntityTypeBuilder<FollowUp> b)
        {
            b.ToTable("follow_up");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.PrimitiveCollection(f => f.Persons).HasMaxLength(4000);
            b.Sealed(f => f.Text, "follow_up.text");
            b.HasIndex(f => new { f.DossierId, f.Done, f.DueAt }); // else what is planned in one dossier is looked for among all that is planned in the zone
            b.HasIndex(f => f.About);
            b.HasIndex(f => new { f.Done, f.DueAt });
            b.Ignore(f => f.KeyOwner);
            b.Ignore(f => f.Due);
        }
    }
}
