using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>A contact with somebody, or for somebody with another: where, how long, what was given.</summary>
internal sealed class Contact : IHoldSealed, IOfDossier, ICountersigned
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
    public Signing Signing { get; set; }
    public Guid? SignedBy { get; set; }
    public DateTimeOffset? SignedAt { get; set; }
    public Sealed<string>? Remark { get; set; }
    public Guid KeyOwner => DossierId;

    public static Contact Record(Guid dossier, IEnumerable<Guid> persons, DateTimeOffset at, int minutes, Place place, bool forThem, bool onCall, bool held, IEnumerable<ServiceKind> services, string? note, Guid by, DateTimeOffset now, Signing signing = Signing.NotNeeded) => new()
    {
        Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], At = at, Minutes = minutes, Place = place, ForThem = forThem, OnCall = onCall, Held = held,
        Services = held ? [.. services.Distinct().Order()] : [], Note = string.IsNullOrWhiteSpace(note) ? null : (Sealed<string>)note.Trim(), Layer = Layer.Assistance, By = by, Signing = signing,
    };

    public void Correct(string? note, int minutes, IEnumerable<ServiceKind> services) =>
        (Note, Minutes, Services) = (string.IsNullOrWhiteSpace(note) ? null : (Sealed<string>)note.Trim(), minutes, Held ? [.. services.Distinct().Order()] : []);

    /// <summary>A contact that was held and counts ends the wait for the first one.</summary>
    public void Ends(Dossier dossier, IEnumerable<FollowUp> open, DateTimeOffset now)
    {
        if (!Held || !this.Counts()) return;
        dossier.Contacted(At);
        foreach (var wait in open.Where(f => f.Kind == ActKind.FirstContact)) wait.Complete(By, now);
    }

    internal sealed class Mapping : IZoneMapping<Contact>
    {
        public void Configure(EntityTypeBuilder<Contact> b)
        {
            b.ToTable("contact");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Persons).HasMaxLength(4000);
            b.PrimitiveCollection(c => c.Services).HasMaxLength(400);
            b.Sealed(c => c.Note, "contact.note");
            b.Sealed(c => c.Remark, "contact.remark");
            b.HasIndex(c => c.DossierId);
            b.HasIndex(c => c.Signing);
            b.Ignore(c => c.KeyOwner);
        }
    }
}
