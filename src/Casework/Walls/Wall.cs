using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Walls;

/// <summary>A conflict of interest: a colleague, and a dossier or a person of which they are to know nothing. Its own key seals who and why.</summary>
internal sealed class Wall : IHoldSealed
{
    public Guid Id { get; private set; }

    /// <summary>The colleague who is kept away, whatever their roles.</summary>
    public Guid Account { get; private set; }

    /// <summary>The one dossier it stands round; null: it stands round a person, wherever they are.</summary>
    public Guid? DossierId { get; private set; }
    public Sealed<Particulars>? Person { get; private set; }
    public Sealed<string>? Reason { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Built { get; private set; }
    public Guid? LiftedBy { get; private set; }
    public DateTimeOffset? Lifted { get; private set; }
    public Guid KeyOwner => Id;

    public static Wall Round(Guid dossier, Guid account, string? reason, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, DossierId = dossier, Reason = Said(reason), By = by, Built = now };

    public static Wall Round(Particulars person, Guid account, string? reason, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, Person = person, Reason = Said(reason), By = by, Built = now };

    public void Lift(Guid by, DateTimeOffset now) => (LiftedBy, Lifted) = (by, now);

    private static Sealed<string>? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : (Sealed<string>)text.Trim();

    internal sealed class Mapping : IZoneMapping<Wall>
    {
        public void Configure(EntityTypeBuilder<Wall> b)
        {
            b.ToTable("wall");
            b.Property(w => w.Id).ValueGeneratedNever();
            b.Sealed(w => w.Person, "wall.person");
            b.Sealed(w => w.Reason, "wall.reason");
            b.HasIndex(w => new { w.Lifted, w.Account });
            b.Ignore(w => w.KeyOwner);
        }
    }
}

/// <summary>A dossier that does not exist for an account: what the guard asks for each row. A wall round a person has one for every dossier they are in.</summary>
internal sealed class WalledOff : IOfDossier
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid Wall { get; private set; }

    public static WalledOff Of(Wall wall, Guid dossier, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Account = wall.Account, DossierId = dossier, Wall = wall.Id };

    internal sealed class Mapping : IZoneMapping<WalledOff>
    {
        public void Configure(EntityTypeBuilder<WalledOff> b)
        {
            b.ToTable("walled_off");
            b.Property(w => w.Id).ValueGeneratedNever();
            b.HasIndex(w => new { w.Account, w.DossierId, w.Wall }).IsUnique();
            b.HasIndex(w => w.DossierId);
        }
    }
}
