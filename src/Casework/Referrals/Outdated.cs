using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Referrals;

/// <summary>What somebody agreed that a partner be told would say something else today: other rules of safe contact, another number, other facts. Then it goes no further until they are asked anew.</summary>
internal static class Outdated
{
    /// <summary>Would the very lines that were agreed to go today? With all that this use case has changed and not saved yet.</summary>
    /// <param name="at">As of when the rules of safe contact shall be taken.</param>
    public static async Task<bool> Holds(ZoneDbContext zone, Gate gate, Referral referral, Consent consent, Dossier dossier, DateTimeOffset at, CancellationToken ct) => await Goes(zone, gate, referral, consent, dossier, at, ct) is not null;

    /// <summary>What goes: the lines that were agreed to, with the day on which the rules of safe contact were asked last.</summary>
    /// <returns>null: it would say something else.</returns>
    public static async Task<Disclosure?> Goes(ZoneDbContext zone, Gate gate, Referral referral, Consent consent, Dossier dossier, DateTimeOffset at, CancellationToken ct)
    {
        await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).LoadAsync(ct);
        var people = zone.Set<Person>().Local.Where(p => p.DossierId == dossier.Id).ToList();
        if (people.Find(p => p.Id == referral.PersonId) is not { IsHelped: true } person) return null;
        // Who agreed in their place, and may no more: asked today, they would not be.
        await zone.Set<Standing>().Where(s => s.PersonId == person.Id).LoadAsync(ct);
        if (consent.Representative is { } instead && WhoMayAgree.For(person.Id, people, [.. zone.Set<Standing>().Local], at).All(p => p.Id != instead)) return null;
        var safe = await zone.Set<SafeContact>().FindAsync([person.Id], ct) ?? SafeContact.For(person);
        var (agreed, rules) = (consent.Content.Value, await gate.ForOthers(person, safe, people, at, ct));
        // The person's own words stand in the last line and nowhere else.
        var message = consent.Fields.Contains(SharedField.Message) ? agreed.Lines[^1].Value : null;
        var today = Disclosing.Write(consent.Fields, person, rules, dossier, referral.Need, message, agreed.Language);
        return Disclosing.SaySame(today, agreed) ? today : null;
    }

    /// <summary>Where it would: the link is dead, what waits does not leave, what was agreed to is not sent, and whoever works on the dossier has to ask anew, once; also where all of it has reached the partner, who must be told then.
    /// In the transaction of whatever changed.</summary>
    /// <param name="text">What is to be done, in the language of the zone.</param>
    /// <returns>Was it taken back?</returns>
    public static async Task<bool> TakeBack(ZoneDbContext zone, Gate gate, Referral referral, Bar why, string text, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        if (referral.IsOver || referral.ConsentId is not { } id) return false;
        var (consent, dossier) = (await zone.Set<Consent>().SingleAsync(c => c.Id == id, ct), await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct));
        // What is with the partner grew old there, and came back for that; what has not left goes by what holds now.
        if (await Holds(zone, gate, referral, consent, dossier, referral is { WentOut: true, Waiting: null } ? consent.At : now, ct)) return false;
        await Links.End(zone, referral, now, ct);
        referral.NoLongerAgreed(now);
        zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.TakenBack, by, now, code: (int)why, about: referral.Id));
        await Answered.ComesBack(zone, dossier, referral, text, now, ct);
        dossier.Touch();
        return true;
    }
}
