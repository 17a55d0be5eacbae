using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Trainings;

/// <summary>What somebody who took part thought of a training, without a name. What they wrote is sealed under a key of its own: people write of themselves where they are not asked to.</summary>
internal sealed class Evaluation : IHoldSealed
{
    public const int Longest = 1000, Best = 5;

    /// <summary>So many must have answered before anything of it is shown: one answer alone would have a name.</summary>
    public const int FewestShown = 3;

    public Guid Id { get; private set; }
    public Guid TrainingId { get; private set; }

    /// <summary>The day alone: an hour would tell who it was.</summary>
    public DateOnly On { get; private set; }

    /// <summary>Marks from 1 to 5.</summary>
    public int Useful { get; private set; }
    public int Clear { get; private set; }
    public int Trainer { get; private set; }
    public int Organised { get; private set; }
    public Sealed<string>? Remark { get; private set; }
    public Guid KeyOwner => Id;

    // A random id: one made from the clock would tell the order of answers.
    public static Evaluation Of(Guid training, int useful, int clear, int trainer, int organised, string? remark, DateOnly on) => new()
    {
        Id = Guid.NewGuid(), TrainingId = training, On = on, Useful = useful, Clear = clear, Trainer = trainer, Organised = organised, Remark = string.IsNullOrWhiteSpace(remark) ? null : (Sealed<string>)remark.Trim(),
    };

    internal sealed class Mapping : IZoneMapping<Evaluation>
    {
        public void Configure(EntityTypeBuilder<Evaluation> b)
        {
            b.ToTable("training_evaluation");
            b.Property(e => e.Id).ValueGeneratedNever();
            b.Sealed(e => e.Remark, "training_evaluation.remark");
            b.HasIndex(e => e.TrainingId);
            b.Ignore(e => e.KeyOwner);
        }
    }
}
