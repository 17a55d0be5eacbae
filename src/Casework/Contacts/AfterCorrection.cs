using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Contacts;

/// <summary>What hangs on a contact follows it when it is put right, or its second name is taken back: when the first contact was, who still waits for one, what counts.</summary>
internal sealed class AfterCorrection(ZoneDbContext zone, Tally tally, TimeProvider clock)
{
    /// <param name="before">Whom it was said to concern until now.</param>
    /// <param name="reached">Did it reach them, as it stood until now?</param>
    public async Task Follow(Dossier dossier, Contact contact, IReadOnlyCollection<Guid> before, bool reached, CancellationToken ct)
    {
        await tally.Corrected(contact, ct, before);
        // Those that were read before come back as they stand in memory.
        var held = (await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && (c.State == ContactState.Held || c.Id == contact.Id)).ToListAsync(ct)).Where(c => c.ReachedThem).ToList();
        dossier.FirstContactWas(held.Min(c => (DateTimeOffset?)c.At));
        var waits = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.FirstContact).ToListAsync(ct);
        var lost = reached ? before.Where(p => !held.Exists(c => c.Persons.Contains(p))).ToList() : [];
        if (dossier.IsOpen && lost.Count > 0)
        {
            // Of a dossier with nobody named in it, the wait is everybody's. It is due when it was: late, it is late.
            foreach (var wait in waits.Where(f => f.Done is not null && !f.Dropped && (f.Persons.Count == 0 ? held.Count == 0 : f.Persons.Exists(lost.Contains) && !held.Exists(c => c.Persons.Exists(f.Persons.Contains))))) wait.Undo();
        }
        contact.EndsTheWait(dossier, [.. waits.Where(f => f.Done is null)], clock.GetUtcNow());
        await NextAct.Settle(zone, dossier, ct);
    }
}
