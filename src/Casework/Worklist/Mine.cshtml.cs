using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Worklist;

/// <summary>What to do now: due and late first, the dangerous before the rest. Initials only; the full name shows in the dossier.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Mine(IMediator pipeline, IAccounts accounts, Desk desk, Network.Contracts.IActionPoints points, IEnumerable<Network.Contracts.ITellTasks> tasks, IEnumerable<IKnowDuty> pools, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Tab Tab { get; set; }

    /// <summary>A tab that was made, instead of one that is there for all.</summary>
    [BindProperty(SupportsGet = true, Name = "filter")] public Guid? Filter { get; set; }
    [BindProperty(SupportsGet = true, Name = "at")] public int At { get; set; } = 1;

    /// <summary>The tab asked for was removed meanwhile, or is not the reader's: the list as one arrives at it shows instead.</summary>
    public bool TabIsGone { get; private set; }
    public Answer List { get; private set; } = null!;
    public bool MayOpen => who.Caller.May(May.OpenCallOuts);
    public bool MayChange => who.Caller.May(May.ChangeDossiers);
    public bool MayAssign => who.Caller.May(May.OpenAnyDossierOfTheZone);
    public bool MayHandOver => who.Caller.May(May.CloseAndHandOver);
    public Desk.Waits Waits { get; private set; } = null!;

    /// <summary>What the reader is to do for consultation bodies.</summary>
    public Network.Contracts.PointsWaiting Points { get; private set; } = null!;

    /// <summary>Of it and of the rest of the structural work, what is late or near.</summary>
    public IReadOnlyList<Network.Contracts.TaskLine> Tasks { get; private set; } = [];

    /// <summary>Who is on call now, pool by pool.</summary>
    public IReadOnlyList<DutyNow> Duties { get; private set; } = [];

    /// <summary>Something stands beside the list.</summary>
    public bool HasSide => List.Today.Count + Duties.Count > 0;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public Guid Self => who.Caller.Self;
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct)
    {
        try
        {
            await Find(ct);
        }
        catch (RefusedException) when (Filter is not null)
        {
            (Filter, TabIsGone) = (null, true);
            await Find(ct);
        }
        // The last row of the last page was just done.
        if (At > List.Pages && List.Rows.Count == 0) { At = List.Pages; await Find(ct); }
        Filter = List.Filter?.Id;
        Waits = await desk.Waiting(ct);
        Points = await points.Mine(ct);
        foreach (var one in tasks) Tasks = [.. Tasks, .. await one.Tasks(ct)];
        if (who.Caller.May(May.SeeWhoIsOnCall)) foreach (var one in pools) Duties = [.. Duties, .. await one.Now(who.Zone!.Id, ct)];
        Names = await accounts.Named(List.Rows.Select(r => r.AssignedTo).Concat(List.Filters.Select(f => f.Worker)).Concat(List.Today.Select(t => t.Worker)).Concat(Duties.Select(d => d.Account)).OfType<Guid>().Distinct(), ct);
    }

    private async Task Find(CancellationToken ct) => List = await pipeline.Send(new Query(Tab, Math.Clamp(At, 1, 10_000), Filter) { Arrives = Filter is null && !Request.Query.ContainsKey("tab") }, ct);

    public bool MayRemove(SavedFilter tab) => tab.Account == who.Caller.Self || who.Caller.May(May.OpenAnyDossierOfTheZone);

    public string Name(Guid? account) => account is { } id && Names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.Nobody;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Tab Tab, int Page, Guid? Filter = null) : IQuery<Answer>
    {
        /// <summary>No tab was asked for: the reader's own first one shows, where they have one.</summary>
        public bool Arrives { get; init; }
    }

    /// <param name="Act">The next act planned; null where there is none, or where an appointment comes first.</param>
    internal sealed record Row(Guid Dossier, string Number, string Initials, string SubKind, Danger Danger, RiskLevel Risk, Guid? Act, ActKind? ActKind, DateTimeOffset? Due, Guid? AssignedTo)
    {
        /// <summary>What the gate would say of whom it is shown under; null: of nobody.</summary>
        public Glance? Reach { get; init; }

        /// <summary>Whom it is shown under; null: nobody who may be called.</summary>
        public Guid? Lead { get; init; }

        /// <summary>Its act is to tell a partner to erase what it has.</summary>
        public bool Tells { get; init; }

        /// <summary>Where its next appointment is, if that comes before any act.</summary>
        public Place? Meets { get; init; }

        /// <summary>What the zone itself calls the facts; null: as shipped.</summary>
        public string? Own { get; init; }
    }

    internal sealed record Answer(IReadOnlyList<Row> Rows, int Total, int DueToday, int Late, int Unassigned, int NoNextAct) : IListDossiers
    {
        public const int PerPage = 25;

        /// <summary>The reader's own tabs, and those of all.</summary>
        public IReadOnlyList<SavedFilter> Filters { get; init; } = [];

        /// <summary>The one of them that is shown.</summary>
        public SavedFilter? Filter { get; init; }

        /// <summary>The one with which the reader's worklist begins.</summary>
        public Guid? First { get; init; }

        /// <summary>Referrals that wait for a partner, or for us, in dossiers the reader sees: as many as their list shows.</summary>
        public int WithPartners { get; init; }

        /// <summary>The appointments of today of the reader and of whoever they replace, of a Belgian clock, in dossiers they may open.</summary>
        public IReadOnlyList<Week.Row> Today { get; init; } = [];
        public int Pages => Math.Max(1, (Total + PerPage - 1) / PerPage);
        IEnumerable<Guid> IListDossiers.Listed => Rows.Select(r => r.Dossier).Concat(Today.Select(r => r.Seen!.Dossier)).Distinct();
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Glances glances, Keyring keys, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        private sealed record Act(Guid Id, Guid DossierId, ActKind Kind, DateTimeOffset DueAt, Guid? About);
        private sealed record Meeting(Guid DossierId, DateTimeOffset At, Place Place);

        private static readonly Compiled<List<Guid>, Person> Leads = Compiled.Query((ZoneDbContext z, List<Guid> leads) => z.Set<Person>().AsNoTracking().Where(p => leads.Contains(p.Id)));
        private static readonly Compiled<List<Guid>, Act> Planned = Compiled.Query((ZoneDbContext z, List<Guid> dossiers) => z.Set<FollowUp>().Where(f => dossiers.Contains(f.DossierId) && f.Done == null).Select(f => new Act(f.Id, f.DossierId, f.Kind, f.DueAt, f.About)));
        private static readonly Compiled<List<Guid>, Meeting> Appointments = Compiled.Query((ZoneDbContext z, List<Guid> dossiers) => z.Set<Contact>().Where(c => dossiers.Contains(c.DossierId) && c.State == ContactState.Planned).Select(c => new Meeting(c.DossierId, c.At, c.Place)));

        private sealed record Kept(SavedFilter Filter, bool IsFirst);

        private static readonly Compiled<Guid, Kept> Own = Compiled.Query((ZoneDbContext z, Guid self) => z.Set<SavedFilter>().AsNoTracking().Where(f => f.Account == self || f.Shared).OrderBy(f => f.Shared).ThenBy(f => f.Id)
            .Select(f => new Kept(f, z.Set<FirstTab>().Any(t => t.Id == self && t.Filter == f.Id))));

        private sealed record Counts(int Total, int Today, int Late, int Free, int Idle);

        /// <summary>Whose dossiers stand in the figures: all of the zone are due to a stand-in, and those without a next act to whoever leads too.</summary>
        [Flags]
        private enum OfAll { None = 0, Due = 1, Idle = 2 }

        // What stands on a tab: a dossier is the reader's own where they work on it, replace who does, or took it in and nobody has it.
        private static readonly Seen<Tab, DateTimeOffset, OfAll, Counts> Figures = new((_, seen, self, now, replaced, tab, tonight, all) => seen.Where(d => d.Closed == null).GroupBy(_ => 1).Select(g => new Counts(
            g.Count(d => tab == Tab.Team || (tab == Tab.Unassigned ? d.AssignedTo == null : d.AssignedTo == self || replaced.Contains(d.AssignedTo!.Value) || (d.AssignedTo == null && d.OpenedBy == self))),
            g.Count(d => d.NextDue < tonight && ((all & OfAll.Due) != OfAll.None || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value))),
            g.Count(d => d.NextDue < now && ((all & OfAll.Due) != OfAll.None || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value))),
            g.Count(d => d.AssignedTo == null),
            g.Count(d => d.NextDue == null && ((all & OfAll.Idle) != OfAll.None || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value))))));

        private static readonly Seen<Tab, DateTimeOffset, int, Dossier> Open = new((_, seen, self, _, replaced, tab, tonight, skipped) => seen
            .Where(d => d.Closed == null && (tab == Tab.Team || (tab == Tab.Unassigned ? d.AssignedTo == null : d.AssignedTo == self || replaced.Contains(d.AssignedTo!.Value) || (d.AssignedTo == null && d.OpenedBy == self))))
            .OrderBy(d => d.NextDue == null || d.NextDue >= tonight).ThenByDescending(d => d.Urgency).ThenBy(d => d.NextDue).ThenBy(d => d.Id).Skip(skipped).Take(Answer.PerPage));

        // By what was planned for: that is indexed, and of an appointment still to come it is when it is. Asked before the list, so that its people are looked up with the list's.
        private static readonly Seen<DateTimeOffset, DateTimeOffset, int, Week.Entry> OfToday = new((z, seen, self, _, replaced, morning, tonight, _) => z.Set<Contact>().AsNoTracking()
            .Where(c => c.PlannedFor >= morning && c.PlannedFor < tonight && c.State == ContactState.Planned && (c.Worker == self || c.Companion == self || replaced.Contains(c.Worker!.Value)))
            .Join(seen, c => c.DossierId, d => d.Id, (c, d) => new Week.Entry(c.Id, c.At, c.Minutes, c.Worker, c.Companion, c.Place, c.Room, c.ForThem, c.State, c.CheckedIn != null && c.CheckedOut == null, c.Persons, d)));

        private List<Week.Entry> agenda = [];
        private IReadOnlyList<Week.Row> today = [];

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var who = await guard.Looks(ct);
            return (await Shown(query, who, ct)) with { Today = today, WithPartners = (await Referrals.Waiting.Handler.Figure.In(zone, who, 0, 0, 0, ct)).SingleOrDefault() };
        }

        private async Task<Answer> Shown(Query query, Reader who, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var (morning, tonight) = (Moment.Instant(Moment.Day(now).ToDateTime(TimeOnly.MinValue)), Moment.Instant(Moment.Day(now).AddDays(1).ToDateTime(TimeOnly.MinValue)));
            agenda = await OfToday.In(zone, who, morning, tonight, 0, ct);
            // A trainee's own are those named to them, a stand-in's those given to them, whoever works on them.
            var tab = query.Tab == Tab.Mine && (!caller.May(May.ChangeDossiers) || who.OnlyStandsIn) ? Tab.Team : query.Tab;
            var skipped = (query.Page - 1) * Answer.PerPage;
            var counts = (await Figures.In(zone, who, tab, tonight, who.OnlyStandsIn ? OfAll.Due | OfAll.Idle : who.Leads ? OfAll.Idle : OfAll.None, ct)).SingleOrDefault() ?? new Counts(0, 0, 0, 0, 0);
            var kept = await Own.In(zone, who.Self, ct);
            var (filters, first) = (kept.ConvertAll(k => k.Filter), kept.Find(k => k.IsFirst)?.Filter.Id);
            if ((query.Filter ?? (query.Arrives ? first : null)) is { } chosen)
            {
                var filter = filters.Find(f => f.Id == chosen) ?? throw new RefusedException("absent", chosen);
                var fits = filter.Of(zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null), now, tonight);
                var ordered = fits.OrderBy(d => d.NextDue == null || d.NextDue >= tonight).ThenByDescending(d => d.Urgency).ThenBy(d => d.NextDue).ThenBy(d => d.Id);
                return new Answer(await Rows(await ordered.Skip(skipped).Take(Answer.PerPage).ToListAsync(ct), ct), await fits.CountAsync(ct), counts.Today, counts.Late, counts.Free, counts.Idle) { Filters = filters, Filter = filter, First = first };
            }
            if (tab is Tab.NoNextAct or Tab.ShortTerm)
            {
                var found = await Overlooked(tab, who, now, ct);
                return new Answer(await Rows(await found.OrderByDescending(d => d.Urgency).ThenBy(d => d.Opened).ThenBy(d => d.Id).Skip(skipped).Take(Answer.PerPage).ToListAsync(ct), ct), await found.CountAsync(ct), counts.Today, counts.Late, counts.Free, counts.Idle) { Filters = filters };
            }
            if (tab != Tab.Closed) return new Answer(await Rows(await Open.In(zone, who, tab, tonight, skipped, ct), ct), counts.Total, counts.Today, counts.Late, counts.Free, counts.Idle) { Filters = filters };
            var closed = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed != null);
            return new Answer(await Rows(await closed.OrderByDescending(d => d.Closed).Skip(skipped).Take(Answer.PerPage).ToListAsync(ct), ct), await closed.CountAsync(ct), counts.Today, counts.Late, counts.Free, counts.Idle) { Filters = filters };
        }

        // Whoever leads sees all of them; else one's own, those of whoever one replaces, and those that are nobody's.
        private async Task<IQueryable<Dossier>> Overlooked(Tab tab, Reader who, DateTimeOffset now, CancellationToken ct)
        {
            var (self, replaced, all, before) = (who.Self, who.Replaced.ToList(), who.Leads || who.OnlyStandsIn, now - (await settings.Of(here.InZone.Id, ct)).ShortTerm);
            var open = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null && (all || d.AssignedTo == self || d.AssignedTo == null || replaced.Contains(d.AssignedTo!.Value)));
            return tab == Tab.NoNextAct ? open.Where(d => d.NextDue == null) : open.Where(d => d.Opened <= before && (d.PutOffUntil == null || d.PutOffUntil <= now));
        }

        private async Task<IReadOnlyList<Row>> Rows(List<Dossier> page, CancellationToken ct)
        {
            var (leads, ids) = (page.Select(d => d.Lead).OfType<Guid>().Concat(agenda.SelectMany(e => e.Asked)).Distinct().ToList(), page.Select(d => d.Id).ToList());
            var people = (await Leads.In(zone, leads, ct)).ToDictionary(p => p.Id);
            await keys.Fetch(people.Keys, ct);
            var reach = await glances.Of(page.Where(d => d.Lead is { } lead && people.ContainsKey(lead)).Select(d => (people[d.Lead!.Value], d)).Concat(agenda.SelectMany(e => e.Met(people).Select(p => (p, e.Dossier)))), ct);
            today = [.. agenda.Select(e => e.Shown(people, reach)).OrderBy(r => r.At)];
            var acts = (await Planned.In(zone, ids, ct)).GroupBy(f => f.DossierId).ToDictionary(g => g.Key, g => g.MinBy(f => f.DueAt)!);
            // Asked only where a dossier waits for something else than its first act.
            var others = page.Where(d => d.Closed is null && d.NextDue is not null && d.NextDue != acts.GetValueOrDefault(d.Id)?.DueAt).Select(d => d.Id).ToList();
            var meets = others.Count == 0 ? new Dictionary<Guid, Meeting>() : (await Appointments.In(zone, others, ct)).GroupBy(c => c.DossierId).ToDictionary(g => g.Key, g => g.MinBy(c => c.At)!);
            var about = acts.Values.Select(a => a.About).OfType<Guid>().ToList();
            var referrals = about.Count == 0 ? [] : await zone.Set<Referrals.Referral>().AsNoTracking().Where(r => about.Contains(r.Id)).ToDictionaryAsync(r => r.Id, ct);
            var own = await OwnCodes.WordsOf(zone, page.Select(d => d.OwnSubKind), ct);
            return [.. page.Select(d =>
            {
                var rules = d.Lead is { } lead ? reach.GetValueOrDefault(lead) : null;
                var act = acts.GetValueOrDefault(d.Id);
                if (meets.TryGetValue(d.Id, out var meeting) && (act is null || meeting.At < act.DueAt)) return Of(d, rules, null, meeting) with { Own = own.Of(d.OwnSubKind) };
                return Of(d, rules, act, null) with { Own = own.Of(d.OwnSubKind), Tells = act?.About is { } of && referrals.TryGetValue(of, out var referral) && Referrals.Seen.Tells(act.Id, referral) };
            })];

            static Row Of(Dossier d, Glance? reach, Act? act, Meeting? meeting) =>
                new(d.Id, d.Number, reach?.Initials ?? "–", d.SubKind, d.Danger, d.Risk, act?.Id, act?.Kind, meeting?.At ?? act?.DueAt, d.AssignedTo) { Reach = reach, Lead = reach is null ? null : d.Lead, Meets = meeting?.Place };
        }
    }
}

internal enum Tab
{
    Mine, Team, Unassigned,

    /// <summary>Open dossiers for which nothing is planned.</summary>
    NoNextAct,

    /// <summary>Open for longer than the zone's short term: to close, to refer, or to put off with a reason.</summary>
    ShortTerm,
    Closed,
}
