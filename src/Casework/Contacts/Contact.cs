using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>A contact with somebody, or for somebody with another: where, how long, what was given.</summary>
internal sealed class Contact : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public List<Guid> Persons { get; private set; } = [];
    public DateTimeOffset At { get; private set; }
    public int Minutes { get; private set; }
    public Place Place { get; private set; }

    /// <summary>With somebody else, for the person: an officer, a partner, an insurer.</summary>
    public bool ForThem { get; private set; }
    public bool OnCall { get; private set; }

    /// <summary>false: tried, and nobody was reached.</summary>
    public bool Held { get; private set; }
    public List<ServiceKind> Services { get; private set; } = [];
    public Layer Layer { get; private set; }
    public Guid By { get; private set; }
    public Sealed<string>? Note { get; private set; }
    public Guid KeyOwner => DossierId;

    public static Contact Record(Guid dossier, IEnumerable<Guid> persons, DateTimeOffset at, int minutes, Place place, bool forThem, bool onCall, bool held, IEnumerable<ServiceKind> services, string? note, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], At = at, Minutes = minutes, Place = place, ForThem = forThem, OnCall = onCall, Held = held,
        Services = held ? [.. services.Distinct().Order()] : [], Note = string.IsNullOrWhiteSpace(note) ? null : (Sealed<string>)note.Trim(), Layer = Layer.Assistance, By = by,
    };

    internal sealed class Mapping : IZoneMapping<Contact>
    {
        public void Configure(EntityTypeBuilder<Contact> b)
        {
            b.ToTable("contact");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Persons).HasMaxLength(4000);
            b.PrimitiveCollection(c => c.Services).HasMaxLength(400);
            b.Sealed(c => c.Note, "contact.note");
            b.HasIndex(c => c.DossierId);
            b.Ignore(c => c.KeyOwner);
        }
    }
}
