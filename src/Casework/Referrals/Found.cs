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

    /// <summary>The person, and the rules by which they are reached, as a partner is told them.</summary>
    /// <param name="at">The moment at which they shall hold.</param>
    public static async Task<(Person Person, RulesForOthers Safe)> Person(ZoneDbContext zone, Gate gate, Referral referral, DateTimeOffset at, CancellationToken ct)
    {
        var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == referral.DossierId && (p.Id == referral.PersonId || p.Capacity == Capacity.AllegedAuthor)).ToListAsync(ct);
        var person = people.Find(p => p.Id == referral.PersonId) ?? throw new RefusedException("absent", referral.DossierId);
        var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person);
        return (person, await gate.ForOthers(person, safe, people, at, ct));
    }
}
