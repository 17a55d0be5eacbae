using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Referrals;

/// <summary>Finds a referral in its dossier; an id from another one is nothing.</summary>
internal static class Found
{
    /// <exception cref="RefusedException">It is not in this dossier.</exception>
    public static async Task<Referral> In(IQueryable<Referral> referrals, Dossier dossier, Guid id, CancellationToken ct) =>
        await referrals.SingleOrDefaultAsync(r => r.Id == id && r.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);

    /// <summary>The person, and the rules by which they are reached, as they may be told to a partner.</summary>
    public static async Task<(Person Person, RulesAsTheyStood Safe)> Person(ZoneDbContext zone, Gate gate, Referral referral, CancellationToken ct)
    {
        var person = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == referral.PersonId && p.DossierId == referral.DossierId, ct) ?? throw new RefusedException("absent", referral.DossierId);
        var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person);
        var authors = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == referral.DossierId && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct);
        return (person, await ToOthers(gate, person, safe, authors, ct));
    }

    /// <summary>What a partner is told of these rules: nobody who hurt the person is named in them, and what they closed in another dossier is closed there too.</summary>
    public static async Task<RulesAsTheyStood> ToOthers(Gate gate, Person person, SafeContact safe, IEnumerable<Person> authors, CancellationToken ct) =>
        safe.Now().Without(authors.Select(a => a.Identity.Value)).Closed((await gate.ClosedElsewhere([(person, safe)], ct)).GetValueOrDefault(person.Id, ClosedChannels.Nothing));
}
