using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>What was written down of a contact until then: one row for each time it was put right. Whoever may read the contact may read it.</summary>
internal sealed class ContactChange : IHoldSealed, ISayMyLayer, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid ContactId { get; private set; }

    /// <summary>Whom it was said to concern; apart, so that a merge finds them.</summary>
    public List<Guid> Persons { get; private set; } = [];
    public Layer Layer { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }
    public Sealed<ContactAsItStood> Before { get; private set; } = null!;
    public Guid KeyOwner => DossierId;

    /// <summary>Puts a contact right and keeps what stood there. Where nothing is other than it was, nothing is kept.</summary>
    public static void Keep(ZoneDbContext zone, Contact contact, Guid by, DateTimeOffset now, Action how)
    {
        var (stood, persons) = (ContactAsItStood.Of(contact), contact.Persons.ToList());
        how();
        if (stood.Says(ContactAsItStood.Of(contact)) && persons.SequenceEqual(contact.Persons)) return;
        contact.Corrected = now;
        zone.Add(new ContactChange { Id = Guid.CreateVersion7(now), DossierId = contact.DossierId, ContactId = contact.Id, Persons = persons, Layer = contact.Layer, At = now, By = by, Before = stood });
    }

    internal sealed class Mapping : IZoneMapping<ContactChange>
    {
        public void Configure(EntityTypeBuilder<ContactChange> b)
        {
            b.ToTable("contact_change");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Persons).HasMaxLength(4000);
            b.SealedInItsLayer(c => c.Before, "contact_change.before");
            b.HasIndex(c => c.DossierId);
            b.Ignore(c => c.KeyOwner);
        }
    }
}

/// <summary>All that was written down of a contact at a moment, but whom it concerned.</summary>
internal sealed record ContactAsItStood(bool Held, DateTimeOffset At, int Minutes, Place Place, bool ForThem, Counterpart? With, bool OnCall, IReadOnlyList<ServiceKind> Services, IReadOnlyList<Topic> Informed, string? Note, string? Question, string? Answer, DateOnly? ToldOn)
{
    public static ContactAsItStood Of(Contact contact) => new(contact.Held, contact.At, contact.Minutes, contact.Place, contact.ForThem, contact.With, contact.OnCall, [.. contact.Services], [.. contact.Informed], contact.Note?.Value, contact.Question?.Value, contact.Answer?.Value, contact.ToldOn);

    /// <summary>The same, line by line?</summary>
    public bool Says(ContactAsItStood other) => JsonSerializer.Serialize(this) == JsonSerializer.Serialize(other);

    /// <summary>As the timeline had it, line by line.</summary>
    public IEnumerable<string> InWords()
    {
        yield return $"{Title(Held, Place, Minutes, null, ForThem, With)}, {Moment.Show(At)}";
        if (OnCall) yield return Words.OnCallLabel;
        if (Services.Count > 0) yield return string.Join(" · ", Services.Select(s => Words.Of(s)));
        if (Informed.Count > 0) yield return Words.InformedOf(string.Join(", ", Informed.Select(t => Words.Of(t))));
        foreach (var line in Asked(Question, Answer, ToldOn)) yield return line;
        if (Note is not null) yield return Note;
    }

    /// <summary>What stands over a contact on the timeline.</summary>
    public static string Title(bool held, Place place, int minutes, CancelReason? cancelled, bool forThem, Counterpart? with)
    {
        var title = held ? Words.ContactHeld(Words.Of(place), minutes) : cancelled is { } why ? Words.ContactCancelled(Words.Of(place), Words.Of(why)) : Words.ContactMissed(Words.Of(place));
        return forThem ? Words.ForThem(with is { } other ? $"{title} ({Words.Of(other)})" : title) : title;
    }

    /// <summary>What was asked for a person and what came of it, line by line.</summary>
    public static IReadOnlyList<string> Asked(string? question, string? answer, DateOnly? toldOn) =>
    [
        .. new[] { (Words.AskedForThem, question), (Words.AnsweredForThem, answer), (Words.ToldThemOn, toldOn is { } on ? Moment.ShowLong(on) : null) }
            .Where(line => line.Item2 is not null).Select(line => Words.ChannelRule(line.Item1, line.Item2!)),
    ];
}
