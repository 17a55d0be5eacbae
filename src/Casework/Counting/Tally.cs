using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Counting;

/// <summary>Decides what counts at the moment it is registered, in the transaction that registers it. Whoever brings people into dossiers has taken the year's turn before; whoever gives services holds the dossier.</summary>
internal sealed class Tally(ZoneDbContext zone, UseCase here, TimeProvider clock)
{
    /// <summary>Somebody came into a dossier. Only who is helped is a case.</summary>
    public async Task Joins(Person person, Particulars identity, CancellationToken ct, CaseOrigin origin = CaseOrigin.Here)
    {
        if (!person.IsHelped) return;
        var day = Moment.Day(clock.GetUtcNow());
        var mark = origin == CaseOrigin.Here ? Mark.Of(identity, day.Year, here.InZone.Keys.CaseKey) : null;
        var number = origin != CaseOrigin.Here ? 0 : mark is { } known ? await CaseCounter.Next(zone, day.Year, known, ct) : 1;
        zone.Add(Case.Register(person, origin, number, mark, day));
    }

    /// <summary>Somebody of a dossier was put right: now helped they become a case, and under another name they are recognised from now on. What was decided stands.</summary>
    public async Task IsPutRight(Person person, Particulars identity, CancellationToken ct)
    {
        var known = (await CasesOf([person.Id], ct)).GetValueOrDefault(person.Id);
        if (known is null)
        {
            await Joins(person, identity, ct);
            return;
        }
        var year = known.RegisteredOn.Year;
        if (known.Number == 0 || Mark.Of(identity, year, here.InZone.Keys.CaseKey) is not { } mark || known.Marks.Contains(mark)) return;
        known.IsAlso(mark);
        await CaseCounter.Next(zone, year, mark, ct);
    }

    /// <summary>A contact was held and counts: the kinds of service that its persons had not been given yet are registered.</summary>
    public async Task Gives(Contact contact, CancellationToken ct)
    {
        if (!contact.Held || !contact.Counts()) return;
        var (cases, now) = ((await CasesOf(contact.Persons, ct)).Values.DistinctBy(c => c.Id).OrderBy(c => c.Id).ToList(), clock.GetUtcNow());
        var ids = cases.Select(c => c.Id).ToList();
        var given = await zone.Set<GivenService>().AsNoTracking().Where(s => ids.Contains(s.PersonId)).Select(s => new { s.PersonId, s.Kind }).ToListAsync(ct);
        foreach (var one in cases)
        {
            foreach (var kind in contact.Services.Where(k => given.All(g => g.PersonId != one.Id || g.Kind != k))) zone.Add(GivenService.First(one, kind, now));
        }
    }

    /// <summary>A contact was corrected: what no contact gives any more is taken back, what is new is registered. Nothing that did not count begins to.</summary>
    /// <param name="before">Whom it was said to concern until now.</param>
    public async Task Corrected(Contact contact, CancellationToken ct, IEnumerable<Guid>? before = null)
    {
        var dossier = contact.DossierId;
        var whose = (await CasesOf([.. contact.Persons.Union(before ?? [])], ct)).ToLookup(c => c.Value.Id, c => c.Key);
        var cases = whose.Select(w => w.Key).ToList();
        var held = (await zone.Set<Contact>().Where(c => c.DossierId == dossier && (c.State == ContactState.Held || c.Id == contact.Id)).ToListAsync(ct)).Where(c => c.Held && c.Counts()).ToList();
        foreach (var gone in (await zone.Set<GivenService>().Where(s => cases.Contains(s.PersonId)).ToListAsync(ct)).Where(s => !held.Exists(c => c.Persons.Exists(p => p == s.PersonId || whose[s.PersonId].Contains(p)) && c.Services.Contains(s.Kind)))) zone.Remove(gone);
        await Gives(contact, ct);
    }

    /// <summary>A referral was accepted, or not yet: whether it counts is decided at the first time, and stands whatever becomes of it.</summary>
    public async Task Refers(Referral referral, CancellationToken ct)
    {
        if (referral is { State: ReferralState.Accepted, Counts: null }) referral.Count(await CountsReferral(referral.PersonId, ct));
    }

    /// <returns>false also for somebody who is no case.</returns>
    internal async Task<bool> CountsReferral(Guid person, CancellationToken ct) => (await CasesOf([person], ct)).TryGetValue(person, out var one) && one.NextReferral();

    // By person. Whoever became one with somebody who was a case, and was none, goes on under that case: the merge decided nothing anew.
    private async Task<Dictionary<Guid, Case>> CasesOf(IReadOnlyCollection<Guid> persons, CancellationToken ct)
    {
        var ids = persons.ToList();
        var cases = await zone.Set<Case>().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, ct);
        // As they are called now, and as they were called before.
        for (var lost = ids.Except(cases.Keys).Select(p => (Now: p, Before: p)).ToList(); lost.Count > 0;)
        {
            var kept = lost.Select(l => l.Before).ToList();
            var gone = await zone.Set<Merger>().AsNoTracking().Where(m => kept.Contains(m.Kept) && m.Undone == null).Select(m => new { m.Kept, m.Gone }).ToListAsync(ct);
            lost = [.. gone.Join(lost, m => m.Kept, l => l.Before, (m, l) => (l.Now, m.Gone))];
            var earlier = lost.Select(l => l.Before).ToList();
            foreach (var one in await zone.Set<Case>().Where(c => earlier.Contains(c.Id)).OrderBy(c => c.Id).ToListAsync(ct)) cases.TryAdd(lost.First(l => l.Before == one.Id).Now, one);
            lost.RemoveAll(l => cases.ContainsKey(l.Now));
        }
        return cases;
    }
}
