using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What a dossier waits for: the earliest of its acts that are not done and of its appointments that are still to come. The one place that works it out.</summary>
internal static class NextAct
{
    /// <summary>Works it out anew, with all that this use case has changed and not saved yet.</summary>
    public static async Task Settle(ZoneDbContext zone, Dossier dossier, CancellationToken ct)
    {
        var (acts, contacts) = (zone.Set<FollowUp>(), zone.Set<Contact>());
        // Those that were read before come back as they stand in memory.
        await acts.Where(f => f.DossierId == dossier.Id && f.Done == null).LoadAsync(ct);
        await contacts.Where(c => c.DossierId == dossier.Id && c.State == ContactState.Planned).LoadAsync(ct);
        dossier.AwaitsOnly(acts.Local.Where(f => f.DossierId == dossier.Id && f.Done is null).Select(f => f.DueAt)
            .Concat(contacts.Local.Where(c => c.DossierId == dossier.Id && c.IsPlanned).Select(c => c.At)).Min(at => (DateTimeOffset?)at));
    }
}
