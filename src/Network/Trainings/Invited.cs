using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>A zone that was invited to a training of this one. Its row stays when the pool ends: what was begun is ended by it.</summary>
internal sealed class Invited
{
    /// <summary>By this id both zones speak of it: the thread of their parcels.</summary>
    public Guid Id { get; private set; }
    public Guid TrainingId { get; private set; }

    /// <summary>Code of the other zone.</summary>
    public string Zone { get; private set; } = "";

    /// <summary>It may register nobody any more: the training was closed to its pool, or it shares none with this zone.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Print of what it was told last.</summary>
    public string Told { get; private set; } = "";

    public static Invited Of(Guid training, string zone, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), TrainingId = training, Zone = zone };

    /// <returns>false: it knows that already.</returns>
    public bool Hears(TrainingNews news)
    {
        var print = news.Print();
        if (print == Told) return false;
        (Told, IsClosed) = (print, news.Notice!.IsClosed);
        return true;
    }

    internal sealed class Mapping : IZoneMapping<Invited>
    {
        public void Configure(EntityTypeBuilder<Invited> b)
        {
            b.ToTable("training_invited");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Property(i => i.Zone).HasMaxLength(4);
            b.Property(i => i.Told).HasMaxLength(64);
            b.HasIndex(i => new { i.TrainingId, i.Zone }).IsUnique();
        }
    }
}
