using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Documents;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What a dossier lacks before it closes. Up to 19 the figures need it, and it may be unknown; from 21 on something is unfinished.</summary>
internal enum GapKind { When = 1, Where = 2, FirstContact = 3, Nobody = 4, Sex = 5, Age = 6, Language = 7, Damage = 8, Service = 9, Appointment = 21, Letter = 22, PoliceEntry = 23, Unsigned = 24, UnsignedDocument = 27, UnsentReferral = 28, OpenHandover = 29 }

/// <param name="Person">Whom it is about, where it is about one person.</param>
/// <param name="Name">Their name, opened for the reader.</param>
/// <param name="Entry">The appointment, letter, entry, referral or handover that is unfinished.</param>
internal sealed record Gap(GapKind Kind, Guid? Person = null, string? Name = null, Guid? Entry = null, DateTimeOffset? At = null)
{
    /// <summary>May the dossier close while this is unknown, if it is said why?</summary>
    public bool MayStayUnknown => Kind < GapKind.Appointment;

    /// <summary>How a form knows it.</summary>
    public string Key => Person is { } person && MayStayUnknown ? $"{Kind}_{person:N}" : Kind.ToString();
}

/// <summary>Looks for what a dossier lacks. How it came in, what happened and in what capacity people stand in it are always there: none is registered without.</summary>
internal static class Completeness
{
    public static async Task<IReadOnlyList<Gap>> Of(ZoneDbContext zone, Keyring keys, Dossier dossier, CancellationToken ct)
    {
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
        await keys.Fetch(people.Select(p => p.Id), ct);
        var contacts = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id).OrderBy(c => c.At).ToListAsync(ct);
        return [.. Needed(dossier, people, contacts), .. await Unfinished(zone, dossier, contacts, ct)];
    }

    /// <summary>What the figures need of it and do not have.</summary>
    internal static IEnumerable<Gap> Needed(Dossier dossier, List<Person> people, List<Contact> contacts)
    {
        if (dossier.FactsAt is null) yield return new Gap(GapKind.When);
        if (dossier.Municipality.Length == 0) yield return new Gap(GapKind.Where);
        if (dossier.FirstContact is null) yield return new Gap(GapKind.FirstContact);
        if (people.Count == 0) yield return new Gap(GapKind.Nobody);
        foreach (var person in people)
        {
            var identity = person.Identity.Value;
            var name = identity.FullName;
            if (person.Sex == Sex.NotSaid) yield return new Gap(GapKind.Sex, person.Id, name);
            if (identity is { BirthDate: null, EstimatedAge: null }) yield return new Gap(GapKind.Age, person.Id, name);
            if (person.Language.Length == 0) yield return new Gap(GapKind.Language, person.Id, name);
            if (person.Damage == Damage.None) yield return new Gap(GapKind.Damage, person.Id, name);
            // Without any contact nobody was given anything: said once.
            if (dossier.FirstContact is not null && !contacts.Exists(c => c.Held && c.Counts() && c.Services.Count > 0 && c.Persons.Contains(person.Id))) yield return new Gap(GapKind.Service, person.Id, name);
        }
    }

    private static async Task<IEnumerable<Gap>> Unfinished(ZoneDbContext zone, Dossier dossier, List<Contact> contacts, CancellationToken ct)
    {
        var letters = await zone.Set<Letter>().AsNoTracking().Where(l => l.DossierId == dossier.Id && l.State == LetterState.Prepared).OrderBy(l => l.Id).Select(l => new { l.Id, l.PreparedAt }).ToListAsync(ct);
        var notes = await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier.Id && (n.Layer == Layer.Police || (n.Signing != Signing.NotNeeded && n.Signing != Signing.Signed))).OrderBy(n => n.At).ToListAsync(ct);
        var ended = notes.Exists(n => n.Layer == Layer.Police) ? await zone.Set<Giving>().AsNoTracking().Where(g => g.DossierId == dossier.Id).Select(g => g.NoteId).ToListAsync(ct) : [];
        // One that went out may stay open, for to be referred is a reason to close; one that never did is a promise nobody kept.
        var unsent = await zone.Set<Referral>().AsNoTracking().Where(r => r.DossierId == dossier.Id && r.State == ReferralState.Accepted && !r.WentOut).OrderBy(r => r.Id).Select(r => new { r.Id, r.TurnedAt }).ToListAsync(ct);
        // Until the other zone has accepted, this one answers for them. What is being taken up from there stands in memory and not in the database yet: so it is tracked, and asked again.
        var handovers = (await zone.Set<Handover>().Where(h => h.DossierId == dossier.Id && !h.CameIn && h.State != HandoverState.Accepted && h.State != HandoverState.Refused && h.State != HandoverState.Withdrawn).OrderBy(h => h.Id).ToListAsync(ct)).Where(h => h.IsOpen);
        return contacts.Where(c => c.IsPlanned).Select(c => new Gap(GapKind.Appointment, Entry: c.Id, At: c.At))
            .Concat(letters.Select(l => new Gap(GapKind.Letter, Entry: l.Id, At: l.PreparedAt)))
            .Concat(notes.Where(n => n.Layer == Layer.Police && n.Counts() && !ended.Contains(n.Id)).Select(n => new Gap(GapKind.PoliceEntry, Entry: n.Id, At: n.At)))
            .Concat(notes.Cast<ICountersigned>().Concat(contacts).Where(e => !e.Counts()).Select(e => new Gap(GapKind.Unsigned, Entry: e.Id, At: e.At)))
            .Concat((await Documents(zone, dossier, ct)).Select(d => new Gap(GapKind.UnsignedDocument, Entry: d.Id, At: d.At)))
            .Concat(unsent.Select(r => new Gap(GapKind.UnsentReferral, Entry: r.Id, At: r.TurnedAt)))
            .Concat(handovers.Select(h => new Gap(GapKind.OpenHandover, Entry: h.Id, At: h.ProposedAt)));
    }

    // One that was withdrawn waits for nobody.
    private static Task<List<Document>> Documents(ZoneDbContext zone, Dossier dossier, CancellationToken ct) =>
        zone.Set<Document>().AsNoTracking().Where(d => d.DossierId == dossier.Id && d.Withdrawn == null && d.Signing != Signing.NotNeeded && d.Signing != Signing.Signed).OrderBy(d => d.At).ToListAsync(ct);
}

/// <summary>What was not known when a dossier was closed, and why: said once more at the next closing.</summary>
internal sealed class LeftUnknown : IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid? PersonId { get; private set; }
    public GapKind Kind { get; private set; }
    public WhyUnknown Why { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public static LeftUnknown Leave(Guid dossier, Gap gap, WhyUnknown why, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = dossier, PersonId = gap.Person, Kind = gap.Kind, Why = why, By = by, At = now };

    public string Say(IReadOnlyList<PersonView> people) => people.FirstOrDefault(p => p.Id == PersonId) is { } person ? Words.GapOf(Words.Of(Kind), person.Name) : Words.Of(Kind);

    internal sealed class Mapping : IZoneMapping<LeftUnknown>
    {
        public void Configure(EntityTypeBuilder<LeftUnknown> b)
        {
            b.ToTable("left_unknown");
            b.Property(u => u.Id).ValueGeneratedNever();
            b.HasIndex(u => u.DossierId);
        }
    }
}
