using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Privacy.Unusual;

/// <summary>Why something is out of the ordinary. Each is a reason to ask, never a proof.</summary>
internal enum FindingKind
{
    /// <summary>A dossier in which a person bears the opener's own name.</summary>
    OwnName = 1,

    /// <summary>A dossier in which a person bears a colleague's name, opened by somebody who does not work on it.</summary>
    ColleaguesName = 2,

    /// <summary>Far more dossiers opened without being assigned than on the same person's other days.</summary>
    ManyUnassigned = 3,

    /// <summary>Dossiers of others opened at night by somebody who is not on call.</summary>
    AtNight = 4,

    /// <summary>Many dossiers found by searching, none of them opened.</summary>
    ManyListedNoneOpened = 5,

    /// <summary>Refused again and again.</summary>
    RefusedAgain = 6,

    /// <summary>A search was for the searcher's own name; it found few or nothing, and nothing was opened.</summary>
    OwnNameSearched = 7,

    /// <summary>The same with a colleague's name.</summary>
    ColleaguesNameSearched = 8,
}

/// <summary>Something unusual in the audit, for the data-protection officer to look at: ids, codes and a count, found by a job at night, each once.</summary>
internal sealed class Finding : IHoldSealed
{
    public Guid Id { get; private set; }

    /// <summary>Names what was found; unique, so that a day looked at twice finds nothing twice.</summary>
    public string Key { get; private set; } = "";
    public FindingKind Kind { get; private set; }

    /// <summary>Whose acts they were.</summary>
    public Guid Actor { get; private set; }
    public Guid? Dossier { get; private set; }

    /// <summary>The colleague whose name occurs. Not shown: which colleague is in a dossier is the dossier's matter. Kept so that it is not that colleague who reviews it.</summary>
    public Guid? About { get; private set; }
    public DateOnly Day { get; private set; }

    /// <summary>How many dossiers, or refusals.</summary>
    public int Count { get; private set; }
    public DateTimeOffset Found { get; private set; }

    /// <summary>What the reviewer wrote.</summary>
    public Sealed<string>? Note { get; private set; }
    public Guid? ReviewedBy { get; private set; }
    public DateTimeOffset? Reviewed { get; private set; }
    public bool IsDone { get; private set; }
    public Guid KeyOwner => Id;

    public static Finding Of(Suspicion suspicion, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Key = suspicion.Key, Kind = suspicion.Kind, Actor = suspicion.Actor, Dossier = suspicion.Dossier, About = suspicion.About, Day = suspicion.Day, Count = suspicion.Count, Found = now,
    };

    public void Review(string? note, bool done, Guid by, DateTimeOffset now)
    {
        if (!string.IsNullOrWhiteSpace(note)) Note = note.Trim();
        (ReviewedBy, Reviewed, IsDone) = (by, now, done);
    }

    internal sealed class Mapping : IZoneMapping<Finding>
    {
        public void Configure(EntityTypeBuilder<Finding> b)
        {
            b.ToTable("finding");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.Key).HasMaxLength(120);
            b.HasIndex(f => f.Key).IsUnique();
            b.Sealed(f => f.Note, "finding.note");
            b.HasIndex(f => new { f.IsDone, f.Id });
            b.Ignore(f => f.KeyOwner);
        }
    }
}

/// <summary>What a rule noticed, before it is kept.</summary>
internal sealed record Suspicion(FindingKind Kind, Guid Actor, DateOnly Day, int Count, Guid? Dossier = null, Guid? About = null)
{
    /// <summary>A name in a dossier is found once for each person who opens it, whatever the day; anything else once a day.</summary>
    public string Key => Dossier is { } dossier ? $"{Kind} {Actor:N} {dossier:N}" : $"{Kind} {Actor:N} {Day:yyyy-MM-dd}";
}

/// <summary>The last day that was looked at.</summary>
internal sealed class LookedAt
{
    public int Id { get; init; } = 1;
    public DateOnly Day { get; set; }

    internal sealed class Mapping : IZoneMapping<LookedAt>
    {
        public void Configure(EntityTypeBuilder<LookedAt> b)
        {
            b.ToTable("audit_looked_at");
            b.Property(l => l.Id).ValueGeneratedNever();
        }
    }
}
