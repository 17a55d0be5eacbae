using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.CallOuts;

/// <summary>What becomes of a call-out that was handed over, by whomever: a contact that was held, and somebody who looks after them by day.</summary>
internal sealed class HandingOver(ZoneDbContext zone, Tally tally, TimeProvider clock)
{
    public async Task<List<Guid>> Helped(Dossier dossier, CancellationToken ct)
    {
        await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).LoadAsync(ct);
        return [.. zone.Set<Person>().Local.Where(p => p.DossierId == dossier.Id && p.IsHelped).Select(p => p.Id).Order()];
    }

    /// <summary>Whatever was done at night, by day somebody looks after them.</summary>
    public async Task LookAfter(CallOut callOut, Dossier dossier, List<Guid> helped, CancellationToken ct)
    {
        if (!dossier.IsOpen) return;
        var now = clock.GetUtcNow();
        await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id).LoadAsync(ct);
        if (!zone.Set<FollowUp>().Local.Any(f => f.DossierId == dossier.Id && f.Done is null && f.Kind != ActKind.FirstContact))
            zone.Add(FollowUp.Plan(dossier.Id, helped, ActKind.CallBack, null, now.AddHours(24), callOut.Performer, now));
    }

    /// <summary>A call-out is a contact that was held, with all that were helped: counted once, here, by whomever it was done. Whoever arrived was with them, whether or not they ticked what they did.
    /// Where neither is said, it may have been called off on the way: that is no contact, and the page says what is missing.</summary>
    public async Task Happened(CallOut callOut, Dossier dossier, List<Guid> helped, CancellationToken ct)
    {
        var (services, now) = (callOut.Services, clock.GetUtcNow());
        if (callOut.Contact is { } id)
        {
            if (await zone.Set<Contact>().SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier.Id, ct) is not { } held) return;
            // Where nothing is ticked, nothing is taken back that was ticked before, or was entered by day.
            var given = services.Count == 0 ? held.Services : services;
            if (held.Services.SequenceEqual(given) && held.Minutes == callOut.Minutes) return;
            held.Correct(held.Note?.Value, callOut.Minutes, given);
            await tally.Corrected(held, ct);
            return;
        }
        if (helped.Count == 0 || (callOut.Acts.Count == 0 && callOut.Arrived is null)) return;
        var contact = Contact.Record(dossier.Id, new Took(helped, callOut.Arrived ?? callOut.CalledAt ?? callOut.Entered, callOut.Minutes, Codes.Place.Scene, ForThem: false, null, OnCall: true, Held: true, services, [], null), callOut.Performer, now, Signing.NotNeeded);
        zone.Add(contact);
        callOut.Contact = contact.Id;
        await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).LoadAsync(ct);
        contact.EndsTheWait(dossier, [.. zone.Set<FollowUp>().Local.Where(f => f.DossierId == dossier.Id && f.Done is null)], now);
        await tally.Gives(contact, ct);
    }
}
