using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Sharings;

/// <summary>What was shared, in the words of whoever shared it.</summary>
/// <param name="Recipient">To whom: a name, a service, a consultation.</param>
/// <param name="DecidedBy">Who decided it.</param>
/// <param name="Reason">Why it had to be.</param>
/// <param name="WhyNotTold">Why the person was not told; null: they were.</param>
internal sealed record SharedWords(string Recipient, string What, string DecidedBy, string Reason, string? WhyNotTold);

/// <summary>Something left the team without being a referral: a case consultation, a danger, an order. An act like any other, and never put right afterwards: what left has left.</summary>
internal sealed class Sharing : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>Whom it is about; never empty.</summary>
    public List<Guid> Persons { get; private set; } = [];
    public SharingGround Ground { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }

    /// <summary>Were the persons told?</summary>
    public bool Told { get; private set; }
    public Sealed<SharedWords> Content { get; private set; } = null!;
    public Guid KeyOwner => DossierId;

    public static Sharing Note(Guid dossier, IEnumerable<Guid> persons, SharingGround ground, SharedWords words, DateTimeOffset at, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], Ground = ground, At = at, By = by, Told = words.WhyNotTold is null, Content = words };

    internal sealed class Mapping : IZoneMapping<Sharing>
    {
        public void Configure(EntityTypeBuilder<Sharing> b)
        {
            b.ToTable("sharing");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.PrimitiveCollection(s => s.Persons).HasMaxLength(4000);
            b.Sealed(s => s.Content, "sharing.content");
            b.HasIndex(s => s.DossierId);
            b.Ignore(s => s.KeyOwner);
        }
    }
}
