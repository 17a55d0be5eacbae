using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Handovers;

/// <summary>All that goes to the other zone, and nothing else. Seen before it goes, read there before it is accepted, and what the dossier there begins with.</summary>
/// <param name="Number">Of the dossier it comes from.</param>
/// <param name="Why">Why it goes there, in words.</param>
/// <param name="Restricted">It is kept from the team there as it was here.</param>
internal sealed record HandedOver(string Number, string Why, HandoverBasis Basis, string? WithoutAgreement, bool Told, string SubKind, IReadOnlyList<string> Additional, Danger Danger, bool Restricted, DateTimeOffset? FactsAt, string? Municipality,
    IReadOnlyList<string> Reports, IReadOnlyList<HandedPerson> People, IReadOnlyList<HandedNote> Notes, IReadOnlyList<HandedAct> Acts)
{
    /// <summary>The dossier that it becomes.</summary>
    /// <param name="number">The year's next; of one that is only looked at, any.</param>
    public Dossier Becomes(DossierNumber number, Guid by, DateTimeOffset requestedAt, DateTimeOffset now)
    {
        var kind = SubKinds.Find(SubKind) ?? SubKinds.All[0];
        var dossier = Dossier.Open(number, Trigger.OtherService, kind, FactsAt, Municipality ?? "", by, now, requestedAt: requestedAt);
        dossier.Facts(kind, Additional, FactsAt, Municipality ?? "", Danger);
        return dossier;
    }

    /// <summary>Tells apart what was shown from what would go now.</summary>
    public string Print() => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)));
}

/// <summary>Somebody who is helped. The rules of safe contact, the risk and how they are interpreted for are no field that could be left out.</summary>
/// <param name="Key">The id in the zone they come from: by which notes and acts name them.</param>
/// <param name="Stale">The rules were to be asked again there already: too old, or asked before the last violence at home.</param>
/// <param name="GoodUntil">When what was agreed there has to be asked again; null: nobody was asked.</param>
/// <param name="Risk">What held of them when it was proposed; null: nobody assessed it, or it was proposed before risks went along.</param>
/// <param name="Interpreter">How they are interpreted for, never by whom: a name is checked against the people of each zone.</param>
internal sealed record HandedPerson(Guid Key, Particulars Identity, Capacity Capacity, Damage Damage, Sex Sex, string Language, bool NeedsInterpreter, bool IsMinor, RulesAsTheyStood Rules, bool Stale = false, DateTimeOffset? GoodUntil = null,
    HandedRisk? Risk = null, InterpreterKind Interpreter = InterpreterKind.None)
{
    /// <summary>Has what was agreed grown old, there or on its way?</summary>
    public bool IsStale(DateTimeOffset now) => Stale || GoodUntil < now;

    /// <summary>As <see cref="Person.IsMinorAt"/>: it may have waited over a birthday.</summary>
    public bool IsMinorAt(DateTimeOffset now) => Identity.MinorAt(now) ?? IsMinor;

    /// <summary>Who they become in that dossier, with the rules they came with, the risk that was noted of them and how they are interpreted for.</summary>
    public (Person Person, SafeContact Safe, Risk? Risk, Interpreter? Interpreter) Enters(Dossier dossier, Guid by, DateTimeOffset now)
    {
        var person = Person.Add(dossier.Id, Identity, Capacity, Language, now);
        (person.Damage, person.Sex, person.NeedsInterpreter, person.IsMinor) = (Damage, Sex, NeedsInterpreter, IsMinor);
        var safe = SafeContact.For(person);
        safe.PutBack(Rules);
        return (person, safe, Risk?.Of(person, by, now), Interprets(person, by, now));
    }

    private Interpreter? Interprets(Person person, Guid by, DateTimeOffset now)
    {
        if (Interpreter == InterpreterKind.None) return null;
        var interpreter = People.Interpreter.For(person);
        interpreter.Settle(Interpreter, null, InterpreterHit.None, compared: false, by, now);
        return interpreter;
    }
}

/// <summary>The latest assessment of a risk that holds of somebody.</summary>
/// <param name="On">The day of the assessment.</param>
internal sealed record HandedRisk(RiskLevel Level, RiskAuthor Author, DateOnly On)
{
    public static HandedRisk? Of(Risk? risk) => risk is null ? null : new(risk.Level, risk.Author, risk.On);

    /// <summary>The same, noted of them where they are now.</summary>
    public Risk Of(Person person, Guid by, DateTimeOffset now) => Risk.Note(person.DossierId, [person.Id], On, Level, Author, by, now);
}

/// <summary>What was written down and may be chosen: a note, or what was written of a contact.</summary>
internal sealed record Noted(Guid Id, IReadOnlyList<Guid> Persons, DateTimeOffset At, Sealed<string> Text)
{
    public static Noted Of(Note note) => new(note.Id, note.Persons, note.At, note.Text);

    /// <returns>null: nothing was written of it.</returns>
    public static Noted? Of(Contact contact) => contact.Note is { } text ? new(contact.Id, contact.Persons, contact.At, text) : null;

    /// <summary>The earliest first.</summary>
    public static IReadOnlyList<Noted> All(IEnumerable<Note> notes, IEnumerable<Contact> contacts) => [.. notes.Select(Of).Concat(contacts.Select(Of).OfType<Noted>()).OrderBy(w => w.At).ThenBy(w => w.Id)];
}

internal sealed record HandedNote(IReadOnlyList<Guid> Persons, DateTimeOffset At, string Text);

internal sealed record HandedAct(IReadOnlyList<Guid> Persons, ActKind Kind, DateTimeOffset DueAt);

/// <summary>Writes what goes, from what was ticked: the one place that does. What may not go is no choice, and asked for all the same it is nothing.</summary>
internal static class Handing
{
    /// <summary>Proposed where nobody has said otherwise: what is needed to go on, and no more.</summary>
    public static IReadOnlyList<HandedField> Minimum(Dossier dossier) =>
        [.. Enum.GetValues<HandedField>().Where(f => f is not (HandedField.BirthDate or HandedField.Damage) && (f != HandedField.Address || !dossier.Danger.HasFlag(Danger.AddressSecret)))];

    /// <summary>Those of a dossier for whom another zone answers now.</summary>
    public static async Task<IReadOnlySet<Guid>> Gone(ZoneDbContext zone, Dossier dossier, CancellationToken ct) =>
        (await zone.Set<Handover>().AsNoTracking().Where(h => h.DossierId == dossier.Id && !h.CameIn && h.State == HandoverState.Accepted).Select(h => h.Persons).ToListAsync(ct)).SelectMany(p => p).ToHashSet();

    /// <summary>Only who is helped and has not gone already: an alleged perpetrator, or anybody else who is only mentioned, goes nowhere.</summary>
    public static async Task<IReadOnlyList<Person>> People(ZoneDbContext zone, Keyring keys, Dossier dossier, CancellationToken ct)
    {
        var gone = await Gone(zone, dossier, ct);
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped && !gone.Contains(p.Id)).ToList();
        await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
        return people;
    }

    /// <summary>What was noted of assistance, by itself or of a contact that took place or was tried, counts, and concerns nobody but people who may go. What is for the police file goes there and nowhere else.</summary>
    public static async Task<IReadOnlyList<Noted>> Notes(ZoneDbContext zone, Dossier dossier, IReadOnlyCollection<Guid> helped, CancellationToken ct)
    {
        var notes = await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier.Id && n.Layer == Layer.Assistance).ToListAsync(ct);
        var contacts = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id && c.Layer == Layer.Assistance && (c.State == ContactState.Held || c.State == ContactState.Missed)).ToListAsync(ct);
        return [.. Noted.All(notes.Where(n => n.Counts()), contacts.Where(c => c.Counts())).Where(w => w.Persons.Count > 0 && w.Persons.All(helped.Contains))];
    }

    /// <exception cref="RefusedException">A person or a note was named that may not go.</exception>
    public static async Task<HandedOver> Write(ZoneDbContext zone, Keyring keys, Gate gate, Nevers nevers, DateTimeOffset now, Dossier dossier, IReadOnlyCollection<Guid> persons, IReadOnlyCollection<HandedField> fields, IReadOnlyCollection<Guid> notes, HandoverReason reason, HandoverBasis basis, bool told, CancellationToken ct)
    {
        var people = await People(zone, keys, dossier, ct);
        if (persons.Any(id => people.All(p => p.Id != id))) throw new RefusedException("absent", dossier.Id);
        var chosen = people.Where(p => persons.Contains(p.Id)).ToList();
        var possible = await Notes(zone, dossier, [.. people.Select(p => p.Id)], ct);
        if (notes.Any(id => possible.All(n => n.Id != id))) throw new RefusedException("absent", dossier.Id);
        var safe = await zone.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier.Id).ToDictionaryAsync(s => s.Id, ct);
        var closed = await nevers.Closed(chosen.Select(p => (p, RulesOf(p))), ct);
        var risks = await zone.Set<Risk>().AsNoTracking().Where(r => r.DossierId == dossier.Id).ToListAsync(ct);
        var interpreted = await zone.Set<Interpreter>().AsNoTracking().Where(i => i.DossierId == dossier.Id).ToDictionaryAsync(i => i.Id, i => i.Kind, ct);
        var ids = chosen.Select(p => p.Id).ToHashSet();
        var authors = (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct)).ConvertAll(p => p.Identity.Value);
        var acts = !fields.Contains(HandedField.Acts) ? [] : (await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier.Id && f.Done == null).OrderBy(f => f.DueAt).ToListAsync(ct)).Where(f => f.Persons.Count > 0 && f.Persons.TrueForAll(ids.Contains)).ToList();
        var reports = !fields.Contains(HandedField.Reports) ? [] : await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).OrderBy(r => r.Id).ToListAsync(ct);
        return new HandedOver(dossier.Number, reason.Text, basis, reason.WithoutAgreement, told, dossier.SubKind, dossier.Additional, dossier.Danger, dossier.Protection == Protection.Restricted, fields.Contains(HandedField.FactsOn) ? dossier.FactsAt : null, fields.Contains(HandedField.FactsWhere) ? dossier.Municipality : null,
            [.. reports.Select(r => r.Number.Value)], [.. chosen.Select(p => Hand(p, RulesOf(p), closed.GetValueOrDefault(p.Id, ClosedChannels.Nothing), now, authors, fields) with { Risk = HandedRisk.Of(Risk.Latest(risks, p.Id)), Interpreter = interpreted.GetValueOrDefault(p.Id) })],
            [.. await WhoStands(zone, keys, gate, dossier, chosen, now, ct), .. possible.Where(n => notes.Contains(n.Id)).Select(n => new HandedNote(n.Persons, n.At, n.Text.Value))], [.. acts.Select(a => new HandedAct(a.Persons, a.Kind, a.DueAt))]);

        SafeContact RulesOf(Person who) => safe.GetValueOrDefault(who.Id) ?? SafeContact.For(who);
    }

    // As the rules of safe contact: no field that could be left out. Whoever takes over a child must know through whom it is reached, and through whom never; of whoever is in a conflict, or is the alleged perpetrator under another row, no name goes, and no number that must not ring.
    private static async Task<IReadOnlyList<HandedNote>> WhoStands(ZoneDbContext zone, Keyring keys, Gate gate, Dossier dossier, IReadOnlyList<Person> persons, DateTimeOffset now, CancellationToken ct)
    {
        var standings = (await zone.Set<Standing>().AsNoTracking().Where(s => s.DossierId == dossier.Id).OrderBy(s => s.Id).ToListAsync(ct)).FindAll(s => persons.Any(p => p.Id == s.PersonId));
        await keys.Fetch(standings.ConvertAll(s => s.WhoId), ct);
        var whose = new Dictionary<Guid, Stead>();
        foreach (var one in standings.Where(s => !s.Conflict))
        {
            if (await gate.Stead(dossier, one.PersonId, one.WhoId, ct) is { IsAuthor: false, Who.Capacity: not Capacity.AllegedAuthor } stead) whose[one.Id] = stead;
        }
        return [.. standings.GroupBy(s => s.PersonId).Select(of => new HandedNote([of.Key], of.Max(s => s.At), string.Join('\n', of.Select(Line))))];

        string Line(Standing one)
        {
            if (!whose.TryGetValue(one.Id, out var stead)) return Words.ChannelRule(Words.Of(one.Role), Words.NotInAConflict);
            // As the gate has it here, but for the hour: only for a minor, and never where it must not ring. Their own rules go along with their number.
            var isReached = one.Reached != Authority.Nobody && stead.Call != Rule.Never && stead.Who.Capacity != Capacity.Deceased && persons.Single(p => p.Id == one.PersonId).IsMinorAt(now);
            var (who, said, rule) = (stead.Who.Identity.Value, one.Words.Value, stead.Safe.MustBeAskedAgain(now) ? Rule.NotAsked : stead.Call);
            return Words.ChannelRule(Words.Of(one.Role), string.Join(' ', ((string?[])
            [
                (isReached && who.Phone is { } phone ? $"{who.FullName}, {phone}" : who.FullName) + ".",
                .. isReached && who.Phone is not null ? AgreedWords.Of(stead.Agreed).Prepend(Words.ChannelRule(Words.Of(Channel.Call), Words.Of(rule))).Select(line => line.TrimEnd('.') + ".") : [],
                isReached ? Words.ReachedByDecision(Words.Of(one.Reached)) : null, one.Told != Authority.Nobody ? Words.ToldBy(Words.Of(one.Told), said.What ?? "–") : Words.NotTold,
                said.Reference is { Length: > 0 } reference ? Words.ChannelRule(Words.ReferenceLabel, reference) : null,
            ]).OfType<string>()));
        }
    }

    /// <summary>What goes of somebody for whom the dossier is only being made, from the list of an event: all that the list says of them. Nobody has asked how they may be reached; a never that stands elsewhere goes along.</summary>
    /// <param name="report">Number of the official report; null: not known yet.</param>
    public static HandedOver OfEvent(Dossier dossier, Person person, SafeContact safe, ClosedChannels closed, DateTimeOffset now, Note? told, string? report, HandoverReason reason, HandoverBasis basis) =>
        new(dossier.Number, reason.Text, basis, reason.WithoutAgreement, false, dossier.SubKind, dossier.Additional, dossier.Danger, false, dossier.FactsAt, dossier.Municipality, report is null ? [] : [report],
            [Hand(person, safe, closed, now, [], Enum.GetValues<HandedField>())], told is null ? [] : [new HandedNote(told.Persons, told.At, told.Text.Value)], []);

    private static HandedPerson Hand(Person person, SafeContact safe, ClosedChannels closed, DateTimeOffset now, IReadOnlyList<Particulars> authors, IReadOnlyCollection<HandedField> fields)
    {
        var (who, born, others) = (person.Identity.Value, fields.Contains(HandedField.BirthDate), RulesForOthers.Of(person, safe, authors, closed, now));
        var phone = fields.Contains(HandedField.Phone) && !others.MustNotRing;
        var identity = new Particulars(who.FamilyName, who.GivenName, phone ? who.Phone : null, fields.Contains(HandedField.Mail) ? who.Mail : null, fields.Contains(HandedField.Address) ? who.Address : null, born ? who.BirthDate : null, born ? who.EstimatedAge : null);
        var rules = others.Rules;
        var (numbers, second) = (fields.Contains(HandedField.Phone), Clearance.HasSecondNumber(who, rules.Details) && !others.SecondMustNotRing);
        // They hold there, and are to be asked again by whoever takes over; a number that an SMS goes to goes with the telephone, or not at all.
        rules = rules with
        {
            Checked = null, CheckedBy = null, Details = numbers && second ? rules.Details : rules.Details with { SmsNumber = null },
            Call = Leads(phone, rules.Call), Sms = Leads(second ? numbers : phone, rules.Sms), Mail = Leads(fields.Contains(HandedField.Mail), rules.Mail),
            Letter = Leads(fields.Contains(HandedField.Address), rules.Letter), Visit = Leads(fields.Contains(HandedField.Address), rules.Visit),
        };
        return new HandedPerson(person.Id, identity, person.Capacity, fields.Contains(HandedField.Damage) ? person.Damage : Damage.None, born ? person.Sex : Sex.NotSaid, person.Language, person.NeedsInterpreter, person.IsMinorAt(now), rules, safe.MustBeAskedAgain(now) && Enum.GetValues<Channel>().Any(c => rules.Of(c) is Rule.Safe or Rule.OnlyIf), safe.ReviewBy);

        // Safe was said of this number or this address. The first that is given there would take it: so it does not go without what it was said of.
        static Rule Leads(bool goes, Rule rule) => rule == Rule.Safe && !goes ? Rule.NotAsked : rule;
    }
}
