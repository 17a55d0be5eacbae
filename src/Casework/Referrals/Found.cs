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
    public static async Task<(Person Person, RulesAsTheyStood Safe)> Person(ZoneDbContext zone, Referral referral, CancellationToken ct)
    {
        var person = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == referral.PersonId && p.DossierId == referral.DossierId, ct) ?? throw new RefusedException("absent", referral.DossierId);
        var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person);
        var authors = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == referral.DossierId && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct);
        return (person, safe.Now().Without(authors.Select(a => a.Identity.Value)));
    }
}
