using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.Referrals;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.People;

/// <summary>Brings before the gate whoever shall be reached, with all that decides on it; and takes back what waits to go out when a rule changes.</summary>
internal sealed class Gate(ZoneDbContext zone, UseCase here, Keyring keys, IZoneSettings settings, Nevers nevers, Accused accused, Handovers.Proposals proposals, Caller caller, TimeProvider clock)
{
    /// <summary>Leave for one act.</summary>
    /// <exception cref="RefusedException">The channel is closed (a code of <see cref="Bars"/>), or nobody of this id is in the dossier.</exception>
    public async Task<Clearance> Pass(Dossier dossier, Guid person, Outgoing what, CancellationToken ct)
    {
        var whom = await Of(dossier, person, what.First, ct, what.Letter);
        if (what.Through is { } through) whom = whom with { Stead = await Stead(dossier, person, through, ct) };
        var (leave, bar) = Clearance.Ask(whom, what, clock.GetUtcNow());
        return leave ?? throw new RefusedException(bar.Code(), dossier.Id);
    }

    /// <summary>Leave to go to where people live, for each of them; where one goes elsewhere, or to somebody else for them, none is needed.</summary>
    /// <param name="at">When it was agreed to be.</param>
    /// <exception cref="RefusedException">One of them may not be visited, or not then (a code of <see cref="Bars"/>).</exception>
    public async Task PassVisit(Dossier dossier, IReadOnlyList<Guid> persons, Place place, bool forThem, DateTimeOffset at, CancellationToken ct)
    {
        if (place != Place.Home || forThem) return;
        // The rules stand beside the form that plans it, and on every page of the dossier.
        foreach (var person in persons) await Pass(dossier, person, new Outgoing(Channel.Visit, Read: true, At: at), ct);
    }

    /// <summary>By what act somebody of a dossier is got in touch with: a call; who said no to calls, or has no telephone, is written to, where letters are open. Where both are closed somebody thinks of a way.</summary>
    /// <param name="person">null: nobody is known, and whoever is on the telephone says who.</param>
    public async Task<ActKind> InTouch(Dossier dossier, Guid? person, CancellationToken ct)
    {
        return person is { } one ? InTouch(await Of(dossier, one, first: false, ct)) : ActKind.CallBack;
    }

    /// <summary>The same of somebody who came in this very moment, and is not saved yet.</summary>
    public async Task<ActKind> InTouch(Dossier dossier, Person who, SafeContact safe, CancellationToken ct) => InTouch(await Of(dossier, who, safe, first: false, ct));

    private ActKind InTouch(Addressee whom)
    {
        var now = clock.GetUtcNow();
        var call = Clearance.Look(whom, new Outgoing(Channel.Call), now).Bar;
        if (!IsClosed(call) && call != Bar.Nowhere) return ActKind.CallBack;
        return Clearance.Look(whom, new Outgoing(Channel.Letter), now).Bar == Bar.None ? ActKind.Letter : call == Bar.Nowhere ? ActKind.CallBack : ActKind.Other;
    }

    /// <summary>Why an act must not be done as it was planned; an hour or a number that is missing is no reason, whoever does it is stopped then.</summary>
    public async Task<Bar> BarOf(Dossier dossier, FollowUp act, CancellationToken ct)
    {
        if (act.Kind switch { ActKind.CallBack => Channel.Call, ActKind.Visit => Channel.Visit, ActKind.Letter => (Channel?)Channel.Letter, _ => null } is not { } channel) return Bar.None;
        var persons = act.Persons;
        foreach (var person in await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && persons.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct))
            if (Clearance.Look(await Of(dossier, person, first: false, ct), new Outgoing(channel, At: act.DueAt), clock.GetUtcNow()).Bar is var bar && IsClosed(bar)) return bar;
        return Bar.None;
    }

    private static bool IsClosed(Bar bar) => bar is Bar.Never or Bar.Mentioned or Bar.Conflict;

    /// <summary>Visits that are planned to somebody who wants none any more come back to whoever works on the dossier: to find another place, or to cancel.</summary>
    public Task GiveBackVisits(Dossier dossier, Guid person, CancellationToken ct) => GiveBackVisits(dossier, person, person, _ => true, ct);

    /// <summary>The same for those that other rules close, which the ones before did not: by a never, or by the hours.</summary>
    /// <param name="whose">In whose name they were planned, where two rows became one; null: theirs.</param>
    public Task GiveBackVisits(Dossier dossier, SafeContact safe, RulesAsTheyStood before, CancellationToken ct, Guid? whose = null) =>
        GiveBackVisits(dossier, safe.Id, whose ?? safe.Id, at => Closes(safe.Now(), at) && !Closes(before, at), ct);

    private static bool Closes(RulesAsTheyStood rules, DateTimeOffset at) => rules.Visit == Rule.Never || !rules.Details.IsTime(at);

    private async Task GiveBackVisits(Dossier dossier, Guid person, Guid whose, Func<DateTimeOffset, bool> closed, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var planned = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id && c.State == ContactState.Planned && c.Place == Place.Home && !c.ForThem && c.CheckedIn == null).ToListAsync(ct);
        if (!dossier.IsOpen || !planned.Exists(c => c.Persons.Contains(whose) && c.Ends > now && closed(c.At))) return;
        // A never that is confirmed where it was said gives back once elsewhere. What somebody planned themselves warns of nothing.
        if (caller.Account is null && (await zone.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.Visit && f.Done == null && f.By == Milestone.ThePlatform).ToListAsync(ct)).Exists(f => f.Persons.Contains(person))) return;
        zone.Add(FollowUp.Plan(dossier.Id, [person], ActKind.Visit, caller.Account is null ? Spoken.In(here.InZone.Record.FirstLanguage, () => Words.VisitBarred) : Words.VisitBarred, now, caller.Account ?? Milestone.ThePlatform, now));
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>Somebody of a dossier, as the gate must know them: a never in another of their dossiers, or in a second row of this one, counts too.</summary>
    /// <param name="first">A first letter is asked for: then what happened in their other dossiers counts too.</param>
    /// <param name="letter">The one that is asked for, where it is prepared already.</param>
    /// <exception cref="RefusedException">Nobody of this id is in the dossier.</exception>
    public async Task<Addressee> Of(Dossier dossier, Guid person, bool first, CancellationToken ct, Guid? letter = null)
    {
        var who = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == person && p.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
        var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person, ct) ?? SafeContact.For(who);
        return await Of(dossier, who, safe, first, ct, letter);
    }

    /// <summary>Who would be called for somebody; null: nobody of this id stands for them.</summary>
    public async Task<Stead?> Stead(Dossier dossier, Guid person, Guid through, CancellationToken ct)
    {
        var standing = await zone.Set<Standing>().AsNoTracking().SingleOrDefaultAsync(s => s.DossierId == dossier.Id && s.PersonId == person && s.WhoId == through, ct);
        if (standing is null || await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == through && p.DossierId == dossier.Id, ct) is not { } who) return null;
        var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == through, ct) ?? SafeContact.For(who);
        var authors = await accused.By(await zone.Set<Person>().AsNoTracking().SingleAsync(p => p.Id == person && p.DossierId == dossier.Id, ct), ct);
        return new Stead(standing, who, safe, Authors.Are(authors, who.Identity.Value), (await nevers.Closed(who, safe, ct)).Contains(Channel.Call), safe.Details.Value.Names(authors));
    }

    /// <summary>The same, of rows that were read already.</summary>
    public async Task<Addressee> Of(Dossier dossier, Person who, SafeContact safe, bool first, CancellationToken ct, Guid? letter = null)
    {
        var authors = await accused.By(who, ct);
        return new(who, safe, dossier, (await settings.Of(here.InZone.Id, ct)).FirstLetterFor, first && await Elsewhere(who, ct), NamesAuthor: safe.Details.Value.Names(authors))
        {
            ClosedElsewhere = await nevers.Closed(who, safe, ct), Authors = authors, Written = first && await Written(who, letter, ct),
        };
    }

    /// <summary>What waits to go out to these people is dropped: prepared letters, queued messages; what was proposed of them to another zone is taken back, and so is what a partner would be told that is so no more. In the transaction of whatever changed.</summary>
    public async Task TakeBack(IReadOnlyCollection<Guid> persons, Bar why, CancellationToken ct)
    {
        var (ids, now) = (persons.ToList(), clock.GetUtcNow());
        var (dossiers, reminders) = (new List<Guid>(), new List<Message>());
        foreach (var letter in await zone.Set<Letter>().Where(l => ids.Contains(l.PersonId) && l.State == LetterState.Prepared).ToListAsync(ct))
        {
            letter.Drop(why, now);
            dossiers.Add(letter.DossierId);
        }
        foreach (var message in await zone.Set<Message>().Where(m => ids.Contains(m.PersonId) && m.State == MessageState.Waiting).ToListAsync(ct))
        {
            message.Drop(why, now);
            dossiers.Add(message.DossierId);
            if (message.ContactId is not null) reminders.Add(message);
        }
        foreach (var some in reminders.GroupBy(m => m.DossierId))
            AppointmentReminders.DidNotGo(zone, await zone.Set<Dossier>().SingleAsync(d => d.Id == some.Key, ct), why, here.InZone.Record.FirstLanguage, some.First().By, now);
        foreach (var dossier in dossiers.Distinct()) zone.Add(Milestone.Reached(dossier, MilestoneKind.TakenBack, caller.Account ?? Milestone.ThePlatform, now, code: (int)why));
        await AskConsentAnew(ids, why, ct);
        await proposals.AskBack(ids, ct);
    }

    /// <summary>Somebody is the alleged perpetrator here, by these particulars, from now on: what was agreed with others and names them holds no longer, what shares a number, a mailbox or a house with them is told to nobody as safe. In the transaction.</summary>
    public async Task AuthorCame(Dossier dossier, Particulars author, CancellationToken ct)
    {
        var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
        var safe = await zone.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier.Id).ToDictionaryAsync(s => s.Id, ct);
        var helped = people.Where(p => p.IsHelped && safe.ContainsKey(p.Id)).ToList();
        var named = helped.Where(p => safe[p.Id].Details.Value.Names([author])).Select(p => p.Id).ToList();
        if (named.Count > 0) await TakeBack(named, Bar.Changed, ct);
        var shared = helped.Where(p => !named.Contains(p.Id) && Enum.GetValues<Channel>().Any(c => safe[p.Id].Of(c) is Rule.Safe or Rule.OnlyIf && Clearance.IsAlsoOf(p.Identity.Value, safe[p.Id].Details.Value, c, [author]))).Select(p => p.Id).ToList();
        var same = people.Where(p => p.Capacity != Capacity.AllegedAuthor && Authors.Are([author], p.Identity.Value)).Select(p => p.Id);
        await proposals.AskBack([.. shared, .. same], ct);
        await AskConsentAnew([.. helped.Select(p => p.Id)], Bar.Changed, ct);
    }

    /// <summary>What these people agreed that a partner be told, and what would say something else by now, goes no further. After the change, in its transaction.</summary>
    public async Task AskConsentAnew(IReadOnlyCollection<Guid> persons, Bar why, CancellationToken ct)
    {
        var ids = persons.ToList();
        foreach (var referral in await zone.Set<Referral>().Where(r => ids.Contains(r.PersonId) && r.ConsentId != null).ToListAsync(ct))
            await Outdated.TakeBack(zone, this, referral, why, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.ConsentAskAnew), caller.Account ?? Milestone.ThePlatform, clock.GetUtcNow(), ct);
    }

    /// <summary>How this person is reached, as others are told.</summary>
    /// <param name="people">Everybody of the dossier, with what the caller changed and did not save yet; those who are the alleged perpetrators count, and those of the person's other dossiers.</param>
    /// <param name="at">The moment at which they shall hold.</param>
    public async Task<RulesForOthers> ForOthers(Person person, SafeContact safe, IEnumerable<Person> people, DateTimeOffset at, CancellationToken ct) =>
        RulesForOthers.Of(person, safe, [.. people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value), .. await accused.Elsewhere(person, ct)], await nevers.Closed(person, safe, ct), at).AsOf(at);

    // Unasked one letter goes to somebody, in whichever of their rows; where they were asked since, another may follow.
    private async Task<bool> Written(Person who, Guid? letter, CancellationToken ct)
    {
        if (await zone.Set<Letter>().AnyAsync(l => l.PersonId == who.Id && l.State != LetterState.Dropped && l.Id != letter, ct)) return true;
        foreach (var rows in (await SamePerson.Rows(zone, here, keys, who.Identity.Value, ct)).Select(p => p.Id).Where(id => id != who.Id).Chunk(400).Select(c => c.ToList()))
            if (await zone.Set<Letter>().AnyAsync(l => rows.Contains(l.PersonId) && l.Kind == LetterKind.First && l.State != LetterState.Dropped && !zone.Set<SafeContact>().Any(s => s.Id == l.PersonId && s.Letter != Rule.NotAsked), ct)) return true;
        return false;
    }

    // One who was beaten at home, or lives in danger there, in another dossier, gets no letter because of a burglary. Which dossier it is, nobody is told.
    private async Task<bool> Elsewhere(Person who, CancellationToken ct)
    {
        var others = (await SamePerson.Find(zone, here, keys, who.Identity.Value, ct)).Where(p => p.DossierId != who.DossierId).ToList();
        if (others.Count == 0) return false;
        var dossiers = others.Select(p => p.DossierId).Distinct().ToList();
        return (await zone.Set<Dossier>().AsNoTracking().Where(d => dossiers.Contains(d.Id)).ToListAsync(ct)).Any(d => (d.Danger & (Danger.AtHome | Danger.AddressSecret)) != Danger.None || d.Additional.Append(d.SubKind).Any(SubKinds.NeverUnasked));
    }
}
