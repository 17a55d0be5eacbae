using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>By what the timeline is looked through.</summary>
internal enum TimelineKind { All = 0, Note = 1, Contact = 2, Act = 3, Referral = 4, Turn = 5 }

/// <summary>One line of the timeline, newest first.</summary>
/// <param name="Persons">Names of those it concerns, where the dossier has more than one person.</param>
internal sealed record Happening(DateTimeOffset At, Guid By, string Title, Layer? Layer, string? Text, string? Persons, IReadOnlyList<ServiceKind> Services)
{
    public TimelineKind Kind { get; init; } = TimelineKind.Turn;

    /// <summary>The note or contact, where it needs a second name or has one.</summary>
    public ICountersigned? Signed { get; init; }

    /// <summary>What the person was told about.</summary>
    public string? Informed { get; init; }

    /// <summary>What was asked for the person and what came of it, line by line.</summary>
    public IReadOnlyList<string> Asked { get; init; } = [];

    /// <summary>The entry that may be copied into the other layer, or given; null: none, or one that waits for a second name.</summary>
    public Guid? Copies { get; init; }

    /// <summary>When the entry it was copied from was written, and on what ground in words; null: it is no copy.</summary>
    public DateTimeOffset? CopiedFrom { get; init; }
    public string? Ground { get; init; }

    /// <summary>How it ended, where it is an entry for the police file.</summary>
    public PoliceEntry? Police { get; init; }

    /// <summary>The contact that may be put right here; null: none, or one that waits for a second name.</summary>
    public Guid? Corrects { get; init; }

    /// <summary>The collective event it came from.</summary>
    public Guid? Event { get; init; }

    /// <summary>The message in the tray it came from, where the reader may open that.</summary>
    public Guid? Message { get; init; }

    /// <summary>The handover it is a turn of.</summary>
    public Guid? Handover { get; init; }

    /// <summary>What it said before it was put right, the latest first.</summary>
    public IReadOnlyList<Earlier> Earlier { get; init; } = [];

    /// <summary>When it was entered, where that is not when it was: a contact's time is typed, to the whole minute.</summary>
    public DateTimeOffset? Entered { get; init; }

    /// <summary>The timeline goes by the minute, and within it by what was entered last: nothing typed stands under what was there before it.</summary>
    public long MinuteAt => At.UtcTicks / TimeSpan.TicksPerMinute;
    public long EnteredAt => (Entered ?? At).ToUnixTimeMilliseconds();

    /// <summary>The act that the reader ticked off a moment ago and may take back.</summary>
    public Guid? Undoes { get; init; }
}

/// <summary>What a contact said before it was put right, and whom it was said to concern.</summary>
internal sealed record Earlier(ContactChange Change, string? Persons);

/// <summary>Somebody of the dossier as the page shows them, opened.</summary>
internal sealed record PersonView(Person Person, Particulars Identity, SafeContact Safe)
{
    public Guid Id => Person.Id;
    public bool IsHelped => Person.IsHelped;
    public string Name => Identity.FullName;

    /// <summary>What is closed by a never that does not stand in this row.</summary>
    public ClosedChannels ClosedElsewhere { get; init; } = ClosedChannels.Nothing;

    /// <summary>What was agreed names somebody whom they accuse, here or in another dossier of theirs.</summary>
    public bool NamesAuthor { get; init; }

    /// <summary>The rule that holds here.</summary>
    public Rule Of(Channel channel) => ClosedElsewhere.Of(channel, Safe, NamesAuthor);
    public string Says(Channel channel) => ClosedElsewhere.Says(channel, Safe, NamesAuthor);
}

/// <summary>A referral as the dossier page lists it.</summary>
/// <param name="Person">Whose it is, where the dossier has more than one person.</param>
internal sealed record ReferralLine(Guid Id, string Partner, string? Person, ReferralState State, DateTimeOffset Since);

/// <summary>All that the dossier page shows, opened for one reader and recorded before it leaves.</summary>
/// <param name="MayGet">To whom the reader may give it; empty for whoever does not decide that.</param>
internal sealed record ShowView(Dossier Dossier, IReadOnlyList<PersonView> People, IReadOnlyList<string> OfficialReports, IReadOnlyList<FollowUp> Planned, IReadOnlyList<Happening> Timeline, IReadOnlyList<Guid> Accounts, IReadOnlyList<Guid> MayGet)
{
    /// <summary>What those to whom it may be given have already.</summary>
    public Loads Loads { get; init; } = Loads.None;

    /// <summary>Does the reader countersign here?</summary>
    public bool MaySign { get; init; }

    /// <summary>Is it the reader's to close, and to ask who opened it?</summary>
    public bool IsOwn { get; init; }

    /// <summary>Still to come, or past and not recorded yet; the earliest first.</summary>
    public IReadOnlyList<Contact> Appointments { get; init; } = [];

    /// <summary>Recontacts that the facts suggest, and nobody planned.</summary>
    public IReadOnlyList<Recontact.Proposal> Recontacts { get; init; } = [];

    /// <summary>The zone lets its people take them along in a calendar of their own.</summary>
    public bool MayTakeAlong { get; init; }

    /// <summary>What reminds the people of them.</summary>
    public IReadOnlyList<ReminderLine> Reminders { get; init; } = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<ReferralLine> Referrals { get; init; } = [];

    /// <summary>The acts that ask to tell a partner to erase what it has.</summary>
    public IReadOnlySet<Guid> Tells { get; init; } = new HashSet<Guid>();

    /// <summary>What else was shared outside the team, the latest first.</summary>
    public IReadOnlyList<Sharings.Sharing> Sharings { get; init; } = [];

    /// <summary>The call-out it began with; null: it began otherwise.</summary>
    public CallOuts.CallOut? CallOut { get; init; }

    /// <summary>To and from other zones, the latest first.</summary>
    public IReadOnlyList<Handovers.Handover> Handovers { get; init; } = [];

    /// <summary>Who stands for whom.</summary>
    public IReadOnlyList<Standing> Standings { get; init; } = [];

    /// <summary>Risks that were assessed and hold, the latest of each person, the highest first.</summary>
    public IReadOnlyList<Risk> Risks { get; init; } = [];
    public IReadOnlyDictionary<Guid, Interpreter> Interpreters { get; init; } = new Dictionary<Guid, Interpreter>();

    /// <summary>Whom the zone counts as a victim.</summary>
    public VictimMeaning Victim { get; init; }

    /// <summary>Words of the zone's own entries that this dossier uses.</summary>
    public IReadOnlyDictionary<Guid, string> Own { get; init; } = new Dictionary<Guid, string>();

    /// <summary>What was not known when it was closed, and why.</summary>
    public IReadOnlyList<LeftUnknown> LeftUnknown { get; init; } = [];

    /// <summary>Who else has it open now.</summary>
    public IReadOnlyList<Here.Other> Others { get; init; } = [];

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<ShowView>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Nevers nevers, Accused accused, Entries entries, Colleagues colleagues, Keyring keys, Network.Contracts.IPartners partners, UseCase here, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, ShowView>
    {
        private static readonly Compiled<Guid, Person> PeopleOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier).OrderBy(p => p.Id));
        private static readonly Compiled<Guid, SafeContact> SafeOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier));
        private static readonly Compiled<Guid, OfficialReport> ReportsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier).OrderBy(r => r.Id));
        private static readonly Compiled<Guid, FollowUp> ActsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<FollowUp>().AsNoTracking().Where(f => f.DossierId == dossier).OrderBy(f => f.DueAt));
        private static readonly Compiled<Guid, Note> NotesOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier));
        private static readonly Compiled<Guid, Contact> ContactsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier));
        private static readonly Compiled<Guid, ContactChange> ChangesOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<ContactChange>().AsNoTracking().Where(c => c.DossierId == dossier).OrderByDescending(c => c.At));
        private static readonly Compiled<Guid, Standing> StandingsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Standing>().AsNoTracking().Where(s => s.DossierId == dossier).OrderBy(s => s.Id));
        private static readonly Compiled<Guid, Risk> RisksOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Risk>().AsNoTracking().Where(r => r.DossierId == dossier));
        private static readonly Compiled<Guid, Interpreter> InterpretersOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Interpreter>().AsNoTracking().Where(i => i.DossierId == dossier));
        private static readonly Compiled<Guid, Milestone> MilestonesOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Milestone>().AsNoTracking().Where(m => m.DossierId == dossier));

        private static readonly Compiled<Guid, Referral> ReferralsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Referral>().AsNoTracking().Where(r => r.DossierId == dossier).OrderByDescending(r => r.Id));
        private static readonly Compiled<Guid, Sharings.Sharing> SharingsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Sharings.Sharing>().AsNoTracking().Where(s => s.DossierId == dossier).OrderByDescending(s => s.Id));
        private static readonly Compiled<Guid, Giving> GivingsOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Giving>().AsNoTracking().Where(g => g.DossierId == dossier).OrderByDescending(g => g.At));
        private static readonly Compiled<Guid, LeftUnknown> UnknownOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<LeftUnknown>().AsNoTracking().Where(u => u.DossierId == dossier).OrderBy(u => u.Kind).ThenBy(u => u.PersonId));

        public async Task<ShowView> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await PeopleOf.In(zone, dossier.Id, ct);
            await keys.Fetch(people.Select(p => p.Id).Append(dossier.Id), ct);
            var safe = (await SafeOf.In(zone, dossier.Id, ct)).ToDictionary(s => s.Id);
            var views = people.Select(p => new PersonView(p, p.Identity.Value, safe.TryGetValue(p.Id, out var rules) ? rules : SafeContact.For(p))).OrderByDescending(p => p.IsHelped).ToList();
            var closed = await nevers.Closed(views.Where(v => v.IsHelped).Select(v => (v.Person, v.Safe)), ct);
            var named = await accused.NamedBy(views.Where(v => v.IsHelped).Select(v => (v.Person, v.Safe)), ct);
            if (named.Count > 0) views = views.ConvertAll(v => v with { NamesAuthor = named.Contains(v.Id) });
            if (closed.Count > 0) views = views.ConvertAll(v => closed.TryGetValue(v.Id, out var channels) ? v with { ClosedElsewhere = channels } : v);
            var reports = await ReportsOf.In(zone, dossier.Id, ct);
            var acts = await ActsOf.In(zone, dossier.Id, ct);
            var contacts = await ContactsOf.In(zone, dossier.Id, ct);
            var appointments = contacts.Where(c => c.IsPlanned).OrderBy(c => c.At).ToList();
            var others = caller.Account is { } self ? await Here.Handler.Of(zone, dossier, self, clock.GetUtcNow(), ct) : [];
            var referrals = await ReferralsOf.In(zone, dossier.Id, ct);
            var asked = referrals.Count == 0 ? new Dictionary<Guid, Network.Contracts.PartnerEntry>() : await partners.Of([.. referrals.Select(r => r.PartnerId)], ct);
            var organisations = referrals.ToDictionary(r => r.Id, r => asked[r.PartnerId].Organisation);
            var timeline = (await Happenings(dossier.Id, acts, contacts, views, organisations, ct)).OrderByDescending(h => h.MinuteAt).ThenByDescending(h => h.EnteredAt).ToList();
            var accounts = timeline.Select(h => h.By).Concat(timeline.SelectMany(h => h.Earlier).Select(e => e.Change.By)).Concat(timeline.SelectMany(h => h.Police?.Ends ?? []).Select(g => g.By)).Concat(others.Select(o => o.Account)).Concat(timeline.Select(h => h.Signed?.SignedBy).OfType<Guid>()).Concat(safe.Values.Select(s => s.CheckedBy).OfType<Guid>()).Concat(appointments.SelectMany(a => new[] { a.Worker, a.Companion }).OfType<Guid>()).Append(dossier.AssignedTo ?? dossier.OpenedBy).Append(dossier.OpenedBy).Distinct().ToList();
            var risks = await RisksOf.In(zone, dossier.Id, ct);
            var zoneRules = await settings.Of(here.InZone.Id, ct);
            var mayGet = await guard.Leads(dossier, ct) ? await colleagues.WhoMayGet(dossier, ct) : [];
            return new ShowView(dossier, views, [.. reports.Select(r => r.Number.Value)], [.. acts.Where(a => a.Done is null)], timeline, accounts, mayGet)
            {
                Loads = mayGet.Count > 0 ? await Loads.For(caller, zone, guard, ct) : Loads.None,
                CallOut = dossier.CallOut is { } began ? await zone.Set<CallOuts.CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == began, ct) : null,
                Own = await OwnCodes.WordsOf(zone, [dossier.OwnSubKind, dossier.OwnTrigger, dossier.OwnReason], ct), LeftUnknown = dossier.IsOpen ? [] : await UnknownOf.In(zone, dossier.Id, ct),
                Referrals = [.. referrals.Select(r => new ReferralLine(r.Id, organisations[r.Id], views.Count < 2 ? null : views.Find(p => p.Id == r.PersonId)?.Name, r.State, r.TurnedAt))], Sharings = await SharingsOf.In(zone, dossier.Id, ct),
                Tells = acts.Where(a => a.Done is null && referrals.Exists(r => r.Id == a.About && VictimSupport.Casework.Referrals.Seen.Tells(a.Id, r))).Select(a => a.Id).ToHashSet(),
                Standings = await StandingsOf.In(zone, dossier.Id, ct), Interpreters = (await InterpretersOf.In(zone, dossier.Id, ct)).ToDictionary(i => i.Id), Victim = zoneRules.Victim,
                Recontacts = Recontact.Proposed(dossier, views.Where(v => v.IsHelped).Select(v => v.Id), acts, contacts, zoneRules, clock.GetUtcNow()),
                Risks = [.. people.Select(p => Risk.Latest(risks, p.Id)).OfType<Risk>().Distinct().OrderByDescending(r => r.Level).ThenByDescending(r => r.On)],
                Handovers = timeline.Exists(h => h.Handover is not null) ? await zone.Set<Handovers.Handover>().AsNoTracking().Where(h => h.DossierId == dossier.Id).OrderByDescending(h => h.Id).ToListAsync(ct) : [],
                Appointments = appointments, MayTakeAlong = zoneRules.CalendarFeeds, Reminders = appointments.Count == 0 ? [] : await AppointmentReminders.Of(zone, dossier.Id, ct), Others = others, IsOwn = await guard.Owns(dossier, ct), MaySign = timeline.Any(h => h.Signed is not null) && await entries.MaySign(dossier, ct),
            };
        }

        private async Task<List<Happening>> Happenings(Guid dossier, List<FollowUp> acts, List<Contact> contacts, List<PersonView> people, Dictionary<Guid, string> referrals, CancellationToken ct)
        {
            var all = new List<Happening>();
            var notes = await NotesOf.In(zone, dossier, ct);
            var givings = notes.Exists(n => n.Layer == Layer.Police) ? (await GivingsOf.In(zone, dossier, ct)).ToLookup(g => g.NoteId) : null;
            var written = notes.Select(n => (n.Id, n.At)).Concat(contacts.Select(c => (c.Id, c.At))).ToDictionary(e => e.Id, e => e.At);
            foreach (var note in notes)
            {
                all.Add(new Happening(note.At, note.By, Words.NoteTitle, note.Layer, note.Text.Value, Concerned(note.Persons), [])
                {
                    Kind = TimelineKind.Note, Signed = note.Signing == Signing.NotNeeded ? null : note, Copies = note.Counts() ? note.Id : null, Police = note.Layer == Layer.Police ? new PoliceEntry(note.Id, note.At, [.. givings![note.Id]]) : null,
                    CopiedFrom = note.CopyOf is { } origin ? written.GetValueOrDefault(origin, note.At) : null, Ground = note.Ground is { } ground ? Words.Of(ground) + (note.Why is { } why ? $" ({why.Value})" : "") : null,
                });
            }
            var changes = (contacts.Exists(c => c.Corrected is not null) ? await ChangesOf.In(zone, dossier, ct) : []).ToLookup(c => c.ContactId);
            foreach (var contact in contacts.Where(c => !c.IsPlanned))
            {
                var title = ContactAsItStood.Title(contact.Held, contact.Place, contact.Minutes, contact.Cancelled, contact.ForThem, contact.With);
                var unsigned = contact.Signing == Signing.NotNeeded;
                all.Add(new Happening(contact.At, contact.By, title, contact.Layer, contact.Note?.Value, Concerned(contact.Persons), contact.Services)
                {
                    Kind = TimelineKind.Contact, Asked = contact.AskedInWords(), Copies = contact.Note is not null && contact.Counts() ? contact.Id : null, Signed = unsigned ? null : contact, Corrects = contact.Counts() && contact.Cancelled is null ? contact.Id : null, Informed = contact.Informed.Count == 0 ? null : Words.InformedOf(string.Join(", ", contact.Informed.Select(t => Words.Of(t)))),
                    Entered = contact.PlannedFor is null ? EnteredAt(contact.Id) : contact.At.AddMinutes(1), Earlier = [.. changes[contact.Id].Select(c => new Earlier(c, Concerned(c.Persons)))],
                });
            }
            var now = clock.GetUtcNow();
            foreach (var done in acts.Where(a => a.Done is not null))
                all.Add(new Happening(done.Done!.Value, done.DoneBy!.Value, done.Dropped ? Words.ActDropped(Words.Of(done.Kind)) : Words.ActDone(Words.Of(done.Kind)), Layer.Assistance, done.Text?.Value, Concerned(done.Persons), []) { Kind = TimelineKind.Act, Undoes = caller.Account is { } self && done.MayUndo(self, now) ? done.Id : null });
            foreach (var turn in await MilestonesOf.In(zone, dossier, ct))
            {
                var title = turn switch
                {
                    { Kind: MilestoneKind.Closed, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((ClosingReason)code)}",
                    { Kind: MilestoneKind.RiskNoted, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((RiskLevel)code)}",
                    { Kind: MilestoneKind.DocumentAdded, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((DocumentKind)code)}",
                    { Kind: MilestoneKind.DocumentWithdrawn or MilestoneKind.WithdrawalAsked, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((WithdrawReason)code)}",
                    { Kind: MilestoneKind.Handover, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((HandoverStep)code)}",
                    { Kind: MilestoneKind.Protected, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.Of((Protection)code)}",
                    { Kind: MilestoneKind.FromEvent, Code: { } code } => $"{Words.Of(turn.Kind)}: {Words.EventNumber(code)}",
                    _ when Turns.IsOne(turn) => turn.About is { } about && referrals.TryGetValue(about, out var partner) ? $"{Turns.Say(turn)} ({partner})" : Turns.Say(turn),
                    _ => Words.Of(turn.Kind),
                };
                all.Add(new Happening(turn.At, turn.By, title, null, null, null, [])
                {
                    Kind = turn.About is { } of && referrals.ContainsKey(of) ? TimelineKind.Referral : TimelineKind.Turn, Event = turn.Kind == MilestoneKind.FromEvent ? turn.About : null, Handover = turn.Kind == MilestoneKind.Handover ? turn.About : null,
                    Message = turn is { Kind: MilestoneKind.Opened, About: { } message } && await MayOpen(message) ? message : null,
                });
            }
            return all;

            // Asked by its key, and of those dossiers alone that came by the tray. Whoever reads here may see the dossier: the message asks no more than this.
            async Task<bool> MayOpen(Guid message) => caller.Account is { } reader && caller.May(May.OpenCallOuts) && (await Tray.There.One.In(zone, message, reader, ct)).Count > 0;

            // The first six bytes of an id say when its row was made.
            static DateTimeOffset EnteredAt(Guid id) => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(id.ToString("N")[..12], 16));
            string? Concerned(List<Guid> ids) => people.Count < 2 ? null : string.Join(", ", people.Where(p => ids.Contains(p.Id)).Select(p => p.Name));
        }
    }
}
