using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.OnCall.Pools;

/// <summary>Zones that share their on-call, from a day, until a day. About the house and nobody who is helped: it stands in the catalogue, and each zone of it reads it there from within its own walls.</summary>
internal sealed class Pool
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public DateOnly From { get; init; } = DateOnly.MinValue;

    /// <summary>Its last day; null: no end is agreed.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The number that is on duty whoever is; null: each shift has its own.</summary>
    public string? Number { get; private set; }

    /// <summary>From Monday to Friday the zones' own people are there between these; null: somebody is on call at every hour.</summary>
    public TimeOnly? OfficeFrom { get; private set; }
    public TimeOnly? OfficeTo { get; private set; }

    /// <summary>The form that proposed it.</summary>
    public Guid Once { get; init; } = Guid.CreateVersion7();

    /// <summary>Of its terms: who saved over another is told.</summary>
    public int Version { get; private set; }

    /// <summary>Counts what is written to its rota and its members: two who write at once collide here, and the second looks again.</summary>
    public int Turn { get; private set; }

    public DateTimeOffset Begins => From == DateOnly.MinValue ? DateTimeOffset.MinValue : Moment.Instant(From.ToDateTime(TimeOnly.MinValue));
    public DateTimeOffset Ends => Until is { } day ? Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) : DateTimeOffset.MaxValue;
    public bool IsInForce(DateOnly day) => From <= day && (Until is null || day <= Until);

    public void Touch() => Turn++;

    public void Agree(string? number, TimeOnly? officeFrom, TimeOnly? officeTo)
    {
        (Number, OfficeFrom, OfficeTo) = (string.IsNullOrWhiteSpace(number) ? null : number.Trim(), officeFrom, officeTo);
        Version++;
        Touch();
    }

    internal sealed class Mapping : ICatalogMapping<Pool>
    {
        public void Configure(EntityTypeBuilder<Pool> b)
        {
            b.ToTable("pool");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Name).HasMaxLength(100);
            b.Property(p => p.Number).HasMaxLength(40);
            b.Property(p => p.Turn).IsConcurrencyToken();
            b.HasIndex(p => p.Once).IsUnique();
            b.Ignore(p => p.Begins);
            b.Ignore(p => p.Ends);
        }
    }
}

/// <summary>What a zone said to being in a pool.</summary>
internal enum Membership { Asked = 1, Agreed, Refused }

/// <summary>A zone in a pool, from a day, until a day: only once its own administrator has agreed.</summary>
internal sealed class PoolMember
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid Pool { get; init; }
    public Guid Zone { get; init; }
    public DateOnly From { get; init; }

    /// <summary>Its last day in the pool; null: as long as the pool.</summary>
    public DateOnly? Until { get; set; }
    public Membership State { get; set; } = Membership.Asked;
    public DateTimeOffset Asked { get; init; }
    public Guid? AskedBy { get; init; }

    /// <summary>When an administrator of the zone agreed or refused, and who.</summary>
    public DateTimeOffset? Answered { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    public int Version { get; private set; }

    public bool Counts(DateOnly day) => State == Membership.Agreed && From <= day && (Until is null || day <= Until);

    /// <summary>Agreed, and not over: may plan ahead of its first day.</summary>
    public bool IsOpen(DateOnly today) => State == Membership.Agreed && (Until is null || today <= Until);

    public void Answer(bool agrees, Guid by, DateTimeOffset now)
    {
        (State, Answered, AnsweredBy) = (agrees ? Membership.Agreed : Membership.Refused, now, by);
        Version++;
    }

    public void Leave(DateOnly last)
    {
        Until = last;
        Version++;
    }

    internal sealed class Mapping : ICatalogMapping<PoolMember>
    {
        public void Configure(EntityTypeBuilder<PoolMember> b)
        {
            b.ToTable("pool_member");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Property(m => m.Version).IsConcurrencyToken();
            b.HasIndex(m => m.Zone);
            b.HasIndex(m => m.Pool);
        }
    }
}

/// <summary>A zone that shares the on-call and is not on the platform: it has a name and nobody who signs in.</summary>
internal sealed class OutsideMember
{
    public Guid Id { get; init; }
    public Guid Pool { get; init; }
    public string Zone { get; init; } = "";
    public DateOnly From { get; init; }
    public DateOnly? Until { get; private set; }

    public bool Counts(DateOnly day) => From <= day && (Until is null || day <= Until);
    public void End(DateOnly last) => Until = last < From ? From : last;

    internal sealed class Mapping : ICatalogMapping<OutsideMember>
    {
        public void Configure(EntityTypeBuilder<OutsideMember> b)
        {
            b.ToTable("pool_outside");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Property(m => m.Zone).HasMaxLength(100);
            b.HasIndex(m => m.Pool);
        }
    }
}
