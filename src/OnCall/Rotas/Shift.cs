using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.OnCall.Rotas;

/// <summary>Who goes when it rings, and who goes if that colleague cannot.</summary>
internal enum Rank { Duty = 1, BackUp }

/// <summary>Somebody is on call for a pool, from an instant to an instant. Kept as instants, so that the nights of an hour more or less are as long as they are.</summary>
internal sealed class Shift
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(15);

    public Guid Id { get; private set; }
    public Guid Pool { get; private set; }
    public Rank Rank { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>The zone of the pool whose colleague it is: who is of several serves this shift as this one's.</summary>
    public Guid Employer { get; private set; }
    public DateTimeOffset Start { get; private set; }

    /// <summary>The first instant at which it is over.</summary>
    public DateTimeOffset End { get; private set; }

    /// <summary>The number to call in this shift, typed for it; null: the pool's.</summary>
    public string? Number { get; private set; }
    public DateTimeOffset? Removed { get; private set; }

    /// <summary>The form that entered it; those that a pattern entered have it in common.</summary>
    public Guid Once { get; private set; }
    public int Version { get; private set; }

    public bool IsRemoved => Removed is not null;
    public TimeSpan Length => End - Start;
    public bool Covers(DateTimeOffset at) => Start <= at && at < End;
    public bool Meets(DateTimeOffset from, DateTimeOffset to) => Start < to && from < End;

    /// <summary>As it stands.</summary>
    public What Says() => new(Rank, Account, Employer, Start, End, Number);

    public static Shift New(Guid pool, What what, Guid once, DateTimeOffset now)
    {
        var shift = new Shift { Id = Guid.CreateVersion7(now), Pool = pool, Once = once };
        shift.Says(what);
        return shift;
    }

    public void Change(What what)
    {
        Says(what);
        Version++;
    }

    /// <summary>Another takes it over, as it stands; the number was the one's before and goes with them.</summary>
    public void GoesTo(Guid account, Guid employer)
    {
        (Account, Employer, Number) = (account, employer, null);
        Version++;
    }

    public void Remove(DateTimeOffset now)
    {
        Removed ??= now;
        Version++;
    }

    private void Says(What what) =>
        (Rank, Account, Employer, Start, End, Number) = (what.Rank, what.Account, what.Employer, what.Start, what.End, string.IsNullOrWhiteSpace(what.Number) ? null : what.Number.Trim());

    internal sealed record What(Rank Rank, Guid Account, Guid Employer, DateTimeOffset Start, DateTimeOffset End, string? Number);

    internal sealed class Mapping : ICatalogMapping<Shift>
    {
        public void Configure(EntityTypeBuilder<Shift> b)
        {
            b.ToTable("shift");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Number).HasMaxLength(40);
            b.Property(s => s.Version).IsConcurrencyToken();
            b.HasIndex(s => new { s.Pool, s.End });
            b.HasIndex(s => new { s.Account, s.End });
            b.HasIndex(s => s.Once);
            b.Ignore(s => s.IsRemoved);
            b.Ignore(s => s.Length);
        }
    }
}

/// <summary>What was done to a shift.</summary>
internal enum Turn { Entered = 1, Changed, Removed, Swapped, Left, Gone }

/// <summary>What became of a shift, and who did it from which zone: nothing of a rota is changed or removed without this.</summary>
internal sealed class ShiftChange
{
    public Guid Id { get; private set; }
    public Guid Shift { get; private set; }
    public Turn Turn { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>null: nobody did, it follows from something else.</summary>
    public Guid? By { get; private set; }
    public Guid Zone { get; private set; }

    // As it was afterwards.
    public Rank Rank { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Start { get; private set; }
    public DateTimeOffset End { get; private set; }

    public static ShiftChange Of(Shift shift, Turn turn, Guid? by, Guid zone, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Shift = shift.Id, Turn = turn, At = now, By = by, Zone = zone, Rank = shift.Rank, Account = shift.Account, Start = shift.Start, End = shift.End };

    internal sealed class Mapping : ICatalogMapping<ShiftChange>
    {
        public void Configure(EntityTypeBuilder<ShiftChange> b)
        {
            b.ToTable("shift_change");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.HasIndex(c => c.Shift);
        }
    }
}
