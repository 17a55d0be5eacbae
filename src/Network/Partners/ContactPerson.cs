using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Partners;

/// <summary>What is known of somebody who works at a partner: sealed together.</summary>
/// <param name="Function">What they do there.</param>
internal sealed record ContactSays(string Name, string? Function, string? Telephone, string? Mailbox, string? Remark);

/// <summary>Somebody who works at a partner and whom the service calls about working together. A person and no organisation, so sealed under a key of their own, which is destroyed when they are taken out.</summary>
internal sealed class ContactPerson : IHoldSealed, IFallDue
{
    public Guid Id { get; private set; }
    public Guid PartnerId { get; private set; }

    /// <summary>null: taken out, the key is about to be destroyed.</summary>
    public Sealed<ContactSays>? Says { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public Guid ChangedBy { get; private set; }
    public DateTimeOffset Changed { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public DateTimeOffset? Gone { get; private set; }

    /// <summary>Rises with every change: of two who change one at once, the second is shown what the first saved.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public DateTimeOffset? Due => Gone;

    public static ContactPerson Add(Guid partner, ContactSays says, Guid once, Guid by, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new ContactPerson { Id = id, PartnerId = partner, Says = says, Added = now, ChangedBy = by, Changed = now, Once = once == default ? id : once };
    }

    public void Change(ContactSays says, Guid by, DateTimeOffset now)
    {
        (Says, ChangedBy, Changed) = (says, by, now);
        Version++;
    }

    public void TakeOut(DateTimeOffset now)
    {
        (Says, Gone) = (null, now);
        Version++;
    }

    internal sealed class Mapping : IZoneMapping<ContactPerson>
    {
        public void Configure(EntityTypeBuilder<ContactPerson> b)
        {
            b.ToTable("partner_contact");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Sealed(c => c.Says, "partner_contact.says");
            b.Property(c => c.Version).IsConcurrencyToken();
            b.HasIndex(c => c.PartnerId);
            b.HasIndex(c => c.Gone);
            b.HasIndex(c => c.Once).IsUnique();
            b.Ignore(c => c.KeyOwner);
            b.Ignore(c => c.Due);
        }
    }
}
