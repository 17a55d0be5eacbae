using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Counting;

/// <summary>Which counted dossiers of a period lack what the figures need, of those that the reader may open. What somebody said to be unknown when it was closed lacks no more.</summary>
internal sealed class Lacks(ZoneDbContext zone, Keyring keys, Guard guard) : ITellWhatIsLacking
{
    public async Task<Lacking> Of(DateOnly from, DateOnly until, int most, CancellationToken ct)
    {
        // A sealed one is looked at by itself, with a fresh factor: no list opens what is in it.
        var counted = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.RegisteredOn >= from && d.RegisteredOn <= until && d.Reason != ClosingReason.OpenedInError && d.Protection != Protection.Sealed
            && zone.Set<Case>().Any(c => c.DossierId == d.Id && c.Counts));
        var dossiers = await counted.OrderBy(d => d.Number).ToListAsync(ct);
        var ids = counted.Select(d => d.Id);
        var people = (await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.DossierId)).OrderBy(p => p.Id).ToListAsync(ct)).Where(p => p.IsHelped).ToList();
        await keys.Fetch(people.Select(p => p.Id), ct);
        var (theirs, contacts) = (people.ToLookup(p => p.DossierId), (await zone.Set<Contact>().AsNoTracking().Where(c => ids.Contains(c.DossierId)).ToListAsync(ct)).ToLookup(c => c.DossierId));
        var unknown = (await zone.Set<LeftUnknown>().AsNoTracking().Where(u => ids.Contains(u.DossierId)).Select(u => new { u.DossierId, u.Kind, u.PersonId }).ToListAsync(ct)).Select(u => (u.DossierId, u.Kind, u.PersonId)).ToHashSet();
        var lacking = dossiers.Select(d => new LackingDossier(d.Id, d.Number, [.. Completeness.Needed(d, [.. theirs[d.Id]], [.. contacts[d.Id]]).Where(g => !unknown.Contains((d.Id, g.Kind, g.Person))).Select(g => g.Kind).Distinct().Order().Select(k => Words.Of(k))]))
            .Where(d => d.What.Count > 0).ToList();
        return new Lacking(lacking.Count, [.. lacking.Take(most)]);
    }
}
