using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>Somebody comes into a dossier, by whatever door: with rules of safe contact, kept from whom they are walled off from, found by their name, a case where they are helped; and where violence at home is
/// among the facts, what was agreed with them elsewhere is to be asked again. Whoever calls has taken the year's turn before (<see cref="DossierCounter"/>).</summary>
internal sealed class Joining(ZoneDbContext zone, UseCase here, Masonry masonry, Gate gate, Aftermath aftermath, Tally tally, IZoneSettings settings, Caller caller, TimeProvider clock)
{
    /// <param name="entry">The message in the tray by which they came; null: by none.</param>
    /// <param name="line">The line of an event they come from; null: from none.</param>
    /// <param name="origin">Where the case comes from: what another zone counts is none here.</param>
    /// <returns>Accounts to whom the dossier does not exist from now on.</returns>
    public async Task<IReadOnlySet<Guid>> Into(Dossier dossier, Person person, SafeContact safe, TrayEntry? entry, CancellationToken ct, CaseOrigin origin = CaseOrigin.Here, Guid? line = null)
    {
        var identity = person.Identity.Value;
        zone.AddRange(person, safe);
        NeverElsewhere.Queue(zone, safe, clock.GetUtcNow());
        var walled = await masonry.Meets(dossier, identity, entry?.Id ?? line, ct);
        if (person.IsHelped && dossier.IsViolenceAtHome) await aftermath.Reaches(identity, ct);
        SearchToken.Add(zone, here.InZone.Keys.Search, dossier.Id, person.Id, SearchToken.PartsOf(identity, safe.Details.Value));
        await tally.Joins(person, identity, ct, origin);
        if (person.Capacity == Capacity.AllegedAuthor) await gate.AuthorCame(dossier, identity, ct);
        if (zone.Entry(dossier).State != EntityState.Added) await CheckInterpretersAgain(dossier, ct);
        return walled;
    }

    /// <summary>Somebody helped came into a dossier that goes on: whoever else was reached, they wait for a first contact of their own.</summary>
    public async Task Waits(Dossier dossier, Person person, CancellationToken ct)
    {
        if (!person.IsHelped || !dossier.IsOpen) return;
        var now = clock.GetUtcNow();
        zone.Add(FollowUp.Plan(dossier.Id, [person.Id], ActKind.FirstContact, null, now + (await settings.Of(here.InZone.Id, ct)).FirstContactWithin, caller.Self, now));
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>Somebody was reached in another row of theirs: nobody waits for them any more.</summary>
    /// <returns>The waits that ended.</returns>
    public async Task<IReadOnlyList<Guid>> WaitsNoMore(Dossier dossier, Person person, CancellationToken ct)
    {
        var held = (await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && c.State == ContactState.Held).ToListAsync(ct)).Where(c => c.ReachedThem && c.Persons.Contains(person.Id)).ToList();
        var waits = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.FirstContact && f.Done == null).ToListAsync(ct);
        foreach (var contact in held) contact.EndsTheWait(dossier, waits.Where(w => w.Done is null), clock.GetUtcNow());
        var ended = waits.Where(w => w.Done is not null).Select(w => w.Id).ToList();
        if (ended.Count > 0) await NextAct.Settle(zone, dossier, ct);
        return ended;
    }

    /// <summary>They were somebody else: the waits that ended begin again, where the dossier goes on.</summary>
    public async Task WaitAgain(Dossier dossier, IReadOnlyList<Guid> ended, CancellationToken ct)
    {
        if (ended.Count == 0 || !dossier.IsOpen) return;
        foreach (var wait in await zone.Set<FollowUp>().Where(f => ended.Contains(f.Id) && f.Done != null).ToListAsync(ct)) wait.Undo();
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>The name of an interpreter was checked against those who were there, as what they were: somebody came, or is somebody else.</summary>
    public async Task CheckInterpretersAgain(Dossier dossier, CancellationToken ct)
    {
        foreach (var interpreter in await zone.Set<Interpreter>().Where(i => i.DossierId == dossier.Id && i.Checked != null).ToListAsync(ct)) interpreter.MustBeCheckedAgain();
    }
}
