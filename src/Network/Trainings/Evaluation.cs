using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Trainings;

/// <summary>What somebody who took part thought of a training, without a name. What they wrote is sealed under a key of its own: people write of themselves where they are not asked to.</summary>
internal sealed class Evaluation : IHoldSealed, IOfNobody
{
    public const int Longest = 1000, Best = 5;

    /// <summary>So many that came by mail are shown together: whoever looks before and after could else tell what the last one said, and knows who had not answered yet.</summary>
    public const int Step = 5;

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

    /// <summary>It is in the means, and its remark among the remarks, with the others of its step.</summary>
    public bool IsShown { get; private set; }
    public Guid KeyOwner => Id;

    // A random id: one made from the clock would tell the order of answers.
    public static Evaluation Of(Guid training, int useful, int clear, int trainer, int organised, string? remark, DateOnly on) => new()
    {
        Id = Guid.NewGuid(), TrainingId = training, On = on, Useful = useful, Clear = clear, Trainer = trainer, Organised = organised, Remark = string.IsNullOrWhiteSpace(remark) ? null : (Sealed<string>)remark.Trim(),
    };

    /// <summary>Shows all that are not shown yet.</summary>
    public static void Show(IReadOnlyCollection<Evaluation> hidden)
    {
        foreach (var one in hidden) one.IsShown = true;
    }

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
