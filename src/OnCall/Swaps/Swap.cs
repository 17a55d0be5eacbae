using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.OnCall.Swaps;

/// <summary>What became of a request; lapsed: the shift was no longer what was asked for.</summary>
internal enum SwapState { Asked = 1, Accepted, Refused, Withdrawn, Lapsed }

/// <summary>Somebody asks a colleague to take a shift, perhaps for one of the colleague's. Until it is accepted nothing changes.</summary>
internal sealed class Swap
{
    public Guid Id { get; private set; }
    public Guid Pool { get; private set; }
    public Guid Shift { get; private set; }

    /// <summary>The colleague's shift that is taken for it; null: none is.</summary>
    public Guid? Return { get; private set; }
    public Guid AskedBy { get; private set; }
    public Guid AskedOf { get; private set; }

    /// <summary>The zone as whose colleague each would serve what they take.</summary>
    public Guid EmployerBy { get; private set; }
    public Guid EmployerOf { get; private set; }
    public DateTimeOffset Asked { get; private set; }
    public SwapState State { get; private set; }
    public DateTimeOffset? Answered { get; private set; }

    /// <summary>The form that asked.</summary>
    public Guid Once { get; private set; }
    public int Version { get; private set; }

    public static Swap Ask(Guid pool, Guid shift, Guid? forShift, (Guid Account, Guid Employer) by, (Guid Account, Guid Employer) of, Guid once, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Pool = pool, Shift = shift, Return = forShift, AskedBy = by.Account, EmployerBy = by.Employer, AskedOf = of.Account, EmployerOf = of.Employer, Asked = now, State = SwapState.Asked, Once = once == default ? Guid.CreateVersion7(now) : once,
    };

    public void Accept(DateTimeOffset now) => Turn(SwapState.Accepted, now);
    public void Refuse(DateTimeOffset now) => Turn(SwapState.Refused, now);
    public void Withdraw(DateTimeOffset now) => Turn(SwapState.Withdrawn, now);
    public void Lapse(DateTimeOffset now) => Turn(SwapState.Lapsed, now);

    private void Turn(SwapState to, DateTimeOffset now)
    {
        if (State != SwapState.Asked) throw new InvalidOperationException("It was answered already.");
        (State, Answered) = (to, now);
        Version++;
    }

    internal sealed class Mapping : ICatalogMapping<Swap>
    {
        public void Configure(EntityTypeBuilder<Swap> b)
        {
            b.ToTable("swap");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Version).IsConcurrencyToken();
            b.HasIndex(s => new { s.AskedOf, s.State });
            b.HasIndex(s => new { s.AskedBy, s.State });
            b.HasIndex(s => s.Shift);
            b.HasIndex(s => s.Pool);
            b.HasIndex(s => s.Once).IsUnique();
        }
    }
}
