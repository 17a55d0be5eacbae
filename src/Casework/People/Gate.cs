using System.Collections.Immutable;
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
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.People;

/// <summary>Brings before the gate whoever shall be reached, with all that decides on it; and takes back what waits to go out when a rule changes.</summary>
internal sealed class Gate(ZoneDbContext zone, UseCase here, Keyring keys, IZoneSettings settings, Handovers.Proposals proposals, Caller caller, TimeProvider clock)
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
        if (person is not { } one) return ActKind.CallBack;
        var (whom, now) = (await Of(dossier, one, first: false, ct), clock.GetUtcNow());
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
    public async Task GiveBackVisits(Dossier dossier, Guid person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var planned = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier.Id && c.State == ContactState.Planned && c.Place == Place.Home && !c.ForThem && c.CheckedIn == null).ToListAsync(ct);
        if (!dossier.IsOpen || !planned.Exists(c => c.Persons.Contains(person) && c.Ends > now)) return;
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
        var authors = await AuthorsIn(dossier, ct);
        return new Stead(standing, who, safe, Authors.Are(authors, who.Identity.Value), (await ClosedElsewhere(who, safe, ct)).Contains(Channel.Call), safe.Details.Value.Names(authors));
    }

    /// <summary>The same, of rows that were read already.</summary>
    public async Task<Addressee> Of(Dossier dossier, Person who, SafeContact safe, bool first, CancellationToken ct, Guid? letter = null)
    {
        var authors = await AuthorsIn(dossier, ct);
        return new(who, safe, dossier, (await settings.Of(here.InZone.Id, ct)).FirstLetterFor, first && await Elsewhere(who, ct), NamesAuthor: safe.Details.Value.Names(authors))
        {
            ClosedElsewhere = await ClosedElsewhere(who, safe, ct), Authors = authors, Written = first && await Written(who, letter, ct),
        };
    }

    private async Task<IReadOnlyList<Particulars>> AuthorsIn(Dossier dossier, CancellationToken ct) =>
        [.. (await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct)).Select(p => p.Identity.Value)];

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

    /// <summary>Did somebody who may be the same say that they are never to be called, in whatever dossier? Which one it is, nobody is told.</summary>
    public async Task<bool> IsNeverCalled(Particulars who, CancellationToken ct) => await IsNever(Channel.Call, who, ct);

    /// <summary>The same of any channel. Somebody else at the same mailbox closes it too: hardly ever a message names one, so those who closed theirs are opened and compared.</summary>
    public async Task<bool> IsNever(Channel channel, Particulars who, CancellationToken ct)
    {
        if ((await Nevers([(default, default, who, null)], ct))[default].Any(n => n.Of(channel) == Rule.Never)) return true;
        if (channel != Channel.Mail) return false;
        foreach (var some in (await zone.Set<SafeContact>().AsNoTracking().Where(s => s.Mail == Rule.Never).Select(s => s.Id).ToListAsync(ct)).Chunk(400).Select(c => c.ToList()))
        {
            var people = await zone.Set<Person>().AsNoTracking().Where(p => some.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            if (people.Exists(p => SamePerson.ShareAMailbox(who, p.Identity.Value))) return true;
        }
        return false;
    }

    /// <summary>Channels that each of these closed by a never in another dossier, or in a second row of this one: one question for all of them. Who closed nothing is not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, ClosedChannels>> ClosedElsewhere(IEnumerable<(Person Who, SafeContact Safe)> some, CancellationToken ct)
    {
        var rows = some.ToList();
        var nevers = await Nevers([.. rows.Select(r => (r.Who.Id, r.Who.DossierId, r.Who.Identity.Value, SecondOf(r.Safe)))], ct);
        return rows.Where(r => nevers[r.Who.Id].Any()).ToDictionary(r => r.Who.Id, r => new ClosedChannels(Shut(r.Who, r.Safe, nevers[r.Who.Id].Where(n => n is { OfTheNumber: false, OfTheSecond: false })), AtTheNumber(r.Who, r.Safe, nevers[r.Who.Id])));
    }

    /// <summary>How this person is reached, as others are told.</summary>
    /// <param name="people">Everybody of the dossier; those who are the alleged perpetrators count.</param>
    public async Task<RulesForOthers> ForOthers(Person person, SafeContact safe, IEnumerable<Person> people, CancellationToken ct) =>
        RulesForOthers.Of(person, safe, [.. people.Where(p => p.Capacity == Capacity.AllegedAuthor).Select(p => p.Identity.Value)], await ClosedElsewhere(person, safe, ct));

    private async Task<ClosedChannels> ClosedElsewhere(Person who, SafeContact safe, CancellationToken ct) => (await ClosedElsewhere([(who, safe)], ct)).GetValueOrDefault(who.Id, ClosedChannels.Nothing);

    // Of a second number, to which their SMS go, whoever shares the telephone said nothing. Whoever has it for a telephone did, and nobody else's word opens it.
    private static IReadOnlySet<Channel> AtTheNumber(Person who, SafeContact safe, IEnumerable<NeverSaid> nevers)
    {
        var shut = Shut(who, safe, nevers.Where(n => n.OfTheNumber)).Where(c => c != Channel.Sms || !Clearance.HasSecondNumber(who.Identity.Value, safe.Details.Value)).ToHashSet();
        if (nevers.Any(n => n is { OfTheSecond: true, Sms: Rule.Never })) shut.Add(Channel.Sms);
        return shut;
    }

    // Opened only where an SMS may go at all.
    private static SafeDetails? SecondOf(SafeContact safe) => safe.Sms is Rule.Safe or Rule.OnlyIf && SafeContact.SmsGoElsewhere(safe.Details.Value) ? safe.Details.Value : null;

    // Never is final until the person changes it: asked here since, by somebody who had the rules before their eyes, they did. What was ticked at the intake came with the facts, from whoever told them.
    private static IReadOnlySet<Channel> Shut(Person who, SafeContact safe, IEnumerable<NeverSaid> nevers)
    {
        var asked = safe.Checked > who.Added ? safe.Checked : null;
        return nevers.SelectMany(never => Enum.GetValues<Channel>().Where(c => never.Of(c) == Rule.Never && !(asked > never.Said && safe.Of(c) is Rule.Safe or Rule.OnlyIf))).ToHashSet();
    }

    /// <param name="Said">When it was said, or confirmed, last.</param>
    private sealed record NeverSaid(long Token, Guid Person, Rule Call, Rule Sms, Rule Mail, Rule Letter, Rule Visit, DateTimeOffset? Said)
    {
        /// <summary>Said by somebody else at the same telephone.</summary>
        public bool OfTheNumber { get; init; }

        /// <summary>Said by somebody else whose telephone their SMS go to.</summary>
        public bool OfTheSecond { get; init; }

        public Rule Of(Channel channel) => channel switch { Channel.Call => Call, Channel.Sms => Sms, Channel.Mail => Mail, Channel.Letter => Letter, Channel.Visit => Visit, _ => Rule.NotAsked };
    }

    private static readonly Compiled<List<long>, NeverSaid> NeversOf = Compiled.Query((ZoneDbContext z, List<long> tokens) => z.Set<SearchToken>().Where(t => tokens.Contains(t.Token)).Join(
        z.Set<SafeContact>().AsNoTracking().Where(s => s.Call == Rule.Never || s.Sms == Rule.Never || s.Mail == Rule.Never || s.Letter == Rule.Never || s.Visit == Rule.Never), t => t.Owner, s => s.Id,
        (t, s) => new NeverSaid(t.Token, s.Id, s.Call, s.Sms, s.Mail, s.Letter, s.Visit, s.Checked)));

    // Tokens and rules first, which are no secret, in one question for all: hardly ever somebody has to be opened.
    private async Task<ILookup<Guid, NeverSaid>> Nevers(IReadOnlyList<(Guid Row, Guid Dossier, Particulars Identity, SafeDetails? Second)> some, CancellationToken ct)
    {
        var key = new SearchKey(here.InZone.Keys.SearchRoot);
        var sought = some.Select(s => (s.Row, s.Dossier, s.Identity, s.Second, Sought: new Sought(key, s.Identity, s.Second))).ToList();
        var rows = new List<NeverSaid>();
        foreach (var tokens in sought.SelectMany(s => s.Sought.Tokens).Distinct().Chunk(1000)) rows.AddRange(await NeversOf.In(zone, [.. tokens], ct));
        var nevers = rows.GroupBy(r => r.Person).Select(g => (Never: g.First(), Tokens: g.Select(r => r.Token).ToHashSet())).ToList();
        var alike = sought.SelectMany(s => nevers.Where(n => n.Never.Person != s.Row && s.Sought.Fits(n.Tokens)).Select(n => (s.Row, s.Dossier, s.Identity, s.Second, n.Never))).ToList();
        var (meant, found) = (alike.Select(a => a.Never.Person).Distinct().ToList(), new List<(Guid Row, NeverSaid Never)>());
        foreach (var ids in meant.Chunk(400).Select(c => c.ToList()))
        {
            var people = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
            await keys.Fetch(people.Values.Select(p => p.KeyOwner), ct);
            // After a merge, or with another number or name, the never counts from that change on, though the day of asking is gone or before it.
            var changed = (await zone.Set<RuleChange>().AsNoTracking().Where(c => ids.Contains(c.PersonId)).Select(c => new { c.PersonId, c.At }).ToListAsync(ct)).ToLookup(c => c.PersonId, c => c.At);
            foreach (var (row, dossier, identity, second, never) in alike)
            {
                if (!people.TryGetValue(never.Person, out var who)) continue;
                var (other, said) = (who.Identity.Value, never with { Said = changed[who.Id].Append(never.Said ?? who.Added).Max() });
                if (SamePerson.MayBeOne(identity, other)) found.Add((row, said));
                // Somebody else, at whose telephone it must not ring: of their letter box and their door nothing was said.
                else if (second is not null && Clearance.GoesToTelephoneOf(identity, second, other)) found.Add((row, said with { OfTheSecond = true }));
                else if (who.DossierId != dossier && SamePerson.ShareANumber(identity, other)) found.Add((row, said with { OfTheNumber = true, Mail = Rule.NotAsked, Letter = Rule.NotAsked, Visit = Rule.NotAsked }));
            }
        }
        return found.ToLookup(f => f.Row, f => f.Never);
    }

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
