using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Walls;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Next acts that fell due, to whoever has the dossier.</summary>
internal sealed class ActsDue(UseCase here, IZoneSettings settings, TimeProvider clock) : IRemind
{
    public const string Code = "reminder";
    public string Kind => Code;
    public bool IsToldOn => true;

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await zone.Set<FollowUp>().Where(f => f.Done == null && f.DueAt <= now && (f.RemindedFor == null || f.RemindedFor != f.DueAt)).OrderBy(f => f.DueAt).Take(most).ToListAsync(ct);
        var ids = due.Select(f => f.DossierId).Distinct().ToList();
        var workers = await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.AssignedTo, ct);
        foreach (var act in due) act.WasTold();
        return [.. due.Select(f => new Fallen(f.Id, f.DossierId, workers.GetValueOrDefault(f.DossierId) is { } worker ? [worker] : [], f.DueAt))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await zone.Set<FollowUp>().Where(f => f.Done == null && (f.RemindedFor == null || f.RemindedFor != f.DueAt)).OrderBy(f => f.DueAt).Select(f => (DateTimeOffset?)f.DueAt).FirstOrDefaultAsync(ct);

    // A first contact is done when somebody was reached: an act for it that was put off or ticked off hides nothing once it is late. That is told on once.
    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        var late = clock.GetUtcNow() - (await settings.Of(here.InZone.Id, ct)).FirstContactWithin;
        var acts = await zone.Set<FollowUp>().AsNoTracking().Where(f => ids.Contains(f.Id)).Select(f => new
        {
            f.Id, f.DueAt, f.Done,
            IsLateContact = f.Kind == ActKind.FirstContact && zone.Set<Dossier>().Any(d => d.Id == f.DossierId && d.Closed == null && d.FirstContact == null && d.RequestedAt <= late)
                && !zone.Set<Told>().Any(t => t.DossierId == f.DossierId && t.ToldOn != null && (t.Kind == FirstContactsOverdue.Code || zone.Set<FollowUp>().Any(o => o.Id == t.About && o.Kind == ActKind.FirstContact))),
        }).ToListAsync(ct);
        return acts.Where(f => (f.Done is null && told[f.Id] == f.DueAt) || f.IsLateContact).Select(f => f.Id).ToHashSet();
    }
}

/// <summary>What waits for the caller in dossiers, by kind. Asked for the figure on the bell, and once more for the page behind it.</summary>
internal sealed class Bell(IMediator pipeline, WhereAndWho who) : IRing
{
    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct)
    {
        if (!who.Caller.May(May.WorkOnDossiers)) return [];
        var waits = await pipeline.Send(new Query(), ct);
        return
        [
            new(Words.WaitsDue, "/worklist", waits.Due), new(Words.WaitsFirstContact, "/worklist", waits.FirstContact), new(Words.WaitsNoNextAct, "/worklist?tab=NoNextAct", waits.NoNextAct), new(Words.WaitsAppointments, "/agenda", waits.Appointments),
            new(Words.WaitsUnrecorded, "/agenda", waits.Unrecorded), new(Words.WaitsCheckOut, "/agenda", waits.LateVisits), new(Words.WaitsToldOn, "/worklist?tab=Team", waits.ToldOn), new(Words.WaitsPointsToldOn, "/action-points", waits.PointsToldOn), new(Words.WaitsCameBack, "/referrals", waits.CameBack),
        ];
    }

    internal sealed record Counted
    {
        /// <summary>Dossiers in which something is due.</summary>
        public int Due { get; init; }

        /// <summary>Dossiers whose first contact is overdue, whatever is planned.</summary>
        public int FirstContact { get; init; }

        /// <summary>Open dossiers for which nothing is planned.</summary>
        public int NoNextAct { get; init; }

        /// <summary>The caller's, today and still to come.</summary>
        public int Appointments { get; init; }

        /// <summary>The caller's that are over and that nobody recorded, once they were reminded of.</summary>
        public int Unrecorded { get; init; }

        /// <summary>Visits from which the caller is late.</summary>
        public int LateVisits { get; init; }

        /// <summary>Dossiers of colleagues, told on to the coordinators and still undone.</summary>
        public int ToldOn { get; init; }

        /// <summary>The same of action points, which are in no dossier.</summary>
        public int PointsToldOn { get; init; }

        /// <summary>Referrals that came back in closed dossiers; those of open ones are due.</summary>
        public int CameBack { get; init; }

        public int Sum => Due + FirstContact + NoNextAct + Appointments + Unrecorded + LateVisits + ToldOn + PointsToldOn + CameBack;
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Counted>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IZoneSettings settings, IEnumerable<IRemind> kinds, Caller caller, TimeProvider clock) : IRequestHandler<Query, Counted>
    {
        /// <summary>Whose dossiers ring, beside the caller's own and those of whoever they replace.</summary>
        [Flags]
        internal enum Rings
        {
            None = 0,

            /// <summary>What is nobody's, and what was told on of colleagues.</summary>
            Leads = 1,

            /// <summary>All that were given to a stand-in.</summary>
            All = 2,
        }

        private sealed record ToldOfPoint(Guid About, DateTimeOffset DueAt);

        // Each part says no more than its own figure; what a reader may not see is in none of them.
        private static readonly Seen<Rings, DateTimeOffset, int, Counted> Waiting = new((z, seen, self, now, replaced, rings, tonight, _) =>
            seen.Where(d => d.Closed == null && (d.NextDue == null || d.NextDue <= now) && ((rings & Rings.All) != Rings.None || d.AssignedTo == self || ((rings & Rings.Leads) != Rings.None && d.AssignedTo == null) || replaced.Contains(d.AssignedTo!.Value)))
                .GroupBy(_ => 1).Select(g => new Counted { Due = g.Count(d => d.NextDue != null), NoNextAct = g.Count(d => d.NextDue == null), Appointments = 0, Unrecorded = 0, LateVisits = 0, ToldOn = 0, PointsToldOn = 0, CameBack = 0 })
            .Concat(z.Set<Contact>().Where(c => c.State == ContactState.Planned && (c.Worker == self || c.Companion == self || replaced.Contains(c.Worker!.Value)) && c.At < tonight && (c.At > now || z.Set<Told>().Any(t => t.Kind == UnrecordedAppointments.Code && t.About == c.Id && t.DueAt == c.At)))
                .Join(seen.Where(d => d.Closed == null), c => c.DossierId, d => d.Id, (c, _) => c.At)
                .GroupBy(_ => 1).Select(g => new Counted { Due = 0, NoNextAct = 0, Appointments = g.Count(at => at > now), Unrecorded = g.Count(at => at <= now), LateVisits = 0, ToldOn = 0, PointsToldOn = 0, CameBack = 0 }))
            .Concat(z.Set<Contact>().Where(c => c.Worker == self && c.ExpectedOut != null && c.CheckedOut == null && c.ExpectedOut <= now)
                .GroupBy(_ => 1).Select(g => new Counted { Due = 0, NoNextAct = 0, Appointments = 0, Unrecorded = 0, LateVisits = g.Count(), ToldOn = 0, PointsToldOn = 0, CameBack = 0 }))
            .Concat(seen.Where(d => (rings & Rings.Leads) != Rings.None && d.Closed == null && z.Set<Told>().Any(t => t.DossierId == d.Id && t.ToldOn != null
                && ((t.Kind == FirstContactsOverdue.Code && d.FirstContact == null) || (t.Kind == NoNextAct.Code && d.NextDue == null) || z.Set<Handovers.Handover>().Any(h => h.Id == t.About && h.AnswerBy == t.DueAt)
                    || z.Set<Contact>().Any(c => c.Id == t.About && c.State == ContactState.Planned && c.At == t.DueAt)
                    || z.Set<FollowUp>().Any(f => f.Id == t.About && ((f.Done == null && f.DueAt == t.DueAt) || (f.Kind == ActKind.FirstContact && d.FirstContact == null))))))
                .GroupBy(_ => 1).Select(g => new Counted { Due = 0, NoNextAct = 0, Appointments = 0, Unrecorded = 0, LateVisits = 0, ToldOn = g.Count(), PointsToldOn = 0, CameBack = 0 }))
            .Concat(z.Set<FollowUp>().Where(f => f.About != null && f.Done == null)
                .Join(seen.Where(d => d.Closed != null && (rings != Rings.None || d.AssignedTo == self || replaced.Contains(d.AssignedTo!.Value))), f => f.DossierId, d => d.Id, (f, _) => f.About)
                .GroupBy(_ => 1).Select(g => new Counted { Due = 0, NoNextAct = 0, Appointments = 0, Unrecorded = 0, LateVisits = 0, ToldOn = 0, PointsToldOn = 0, CameBack = g.Distinct().Count() })));

        // Whoever asked not to be reached comes forward themselves: nobody is late.
        private static readonly Seen<Rings, DateTimeOffset, DateTimeOffset, int> Unreached = new((z, seen, self, _, replaced, rings, late, waitedSince) => seen
            .Where(d => d.Closed == null && d.FirstContact == null && d.RequestedAt <= late && ((rings & Rings.All) != Rings.None || d.AssignedTo == self || ((rings & Rings.Leads) != Rings.None && d.AssignedTo == null) || replaced.Contains(d.AssignedTo!.Value))
                && !z.Set<Milestone>().Any(m => m.DossierId == d.Id && m.Kind == MilestoneKind.ComesForward && m.At > waitedSince)).GroupBy(_ => 1).Select(g => g.Count()));

        private static readonly Compiled<string, ToldOfPoint> OfPoints = Compiled.Query((ZoneDbContext z, string kind) => z.Set<Told>().Where(t => t.Kind == kind && t.ToldOn != null).Select(t => new ToldOfPoint(t.About, t.DueAt)));

        public async Task<Counted> Handle(Query query, CancellationToken ct)
        {
            var (who, now) = (await guard.Looks(ct), clock.GetUtcNow());
            var rings = (who.Leads ? Rings.Leads : Rings.None) | (who.OnlyStandsIn ? Rings.All : Rings.None);
            var parts = await Waiting.In(zone, who, rings, Moment.Instant(Moment.Day(now).AddDays(1).ToDateTime(TimeOnly.MinValue)), 0, ct);
            var unreached = await Unreached.In(zone, who, rings, now - (await settings.Of(here.InZone.Id, ct)).FirstContactWithin, now - TrayEntry.WaitedFor, ct);
            return new Counted
            {
                Due = parts.Sum(p => p.Due), FirstContact = unreached.Sum(), NoNextAct = parts.Sum(p => p.NoNextAct), Appointments = parts.Sum(p => p.Appointments), Unrecorded = parts.Sum(p => p.Unrecorded),
                LateVisits = parts.Sum(p => p.LateVisits), ToldOn = parts.Sum(p => p.ToldOn), PointsToldOn = who.Leads && caller.May(May.SeeBodies) ? await Points(ct) : 0, CameBack = parts.Sum(p => p.CameBack),
            };
        }

        // Whether a point still waits, the module knows that has it.
        private async Task<int> Points(CancellationToken ct)
        {
            var told = await OfPoints.In(zone, ActionPoints.ReminderKind, ct);
            return told.Count == 0 ? 0 : (await kinds.Single(k => k.Kind == ActionPoints.ReminderKind).Undone(zone, told.GroupBy(t => t.About).ToDictionary(g => g.Key, g => g.Max(t => t.DueAt)), ct)).Count;
        }
    }
}

/// <summary>Writes neutral mails to colleagues: nothing in them tells of a person, a zone's matter, or a number.</summary>
internal abstract class NeutralMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : IDeliver
{
    public abstract string Kind { get; }
    protected abstract (string Subject, string Text) Say(string language);

    protected IStaff Staff => staff;
    protected IMediator Pipeline => pipeline;

    /// <summary>For nobody in their place, though they be away or gone.</summary>
    protected virtual bool InPerson => false;

    /// <summary>Whoever may not know of the dossier is not told either. Not where the message tells of a colleague and nothing of the dossier.</summary>
    protected virtual bool IsOfTheDossier => true;

    public virtual Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => Deliver([message], zone, ct);

    /// <summary>One mail for all of them, to whoever may know of one.</summary>
    public async Task Deliver(IReadOnlyList<OutboxMessage> messages, ZoneRecord zone, CancellationToken ct)
    {
        var (message, coordinators) = (messages[0], await staff.Holding(zone.Id, [Role.Coordinator], ct));
        var meant = message.To is not { } one ? await ForAll(message, zone, coordinators, ct) : await InTheirPlace(zone.Id, one, coordinators, ct);
        var dossiers = IsOfTheDossier ? messages.Select(m => m.About).OfType<Guid>().Distinct().ToList() : [];
        var to = dossiers.Count == 0 ? [] : await pipeline.Send(new WhoMayKnow.Query(dossiers, meant, coordinators), ct);
        // Of what is in no dossier all may know.
        if (dossiers.Count == 0 || messages.Any(m => m.About is null)) to = [.. to.Union(meant)];
        await ToEach.Send([.. (await accounts.Named(to, ct)).Values], c => KeyTo(message, c), (c, _) => Reach(message, c, ct));
    }

    /// <summary>For whom it is where it is for no one colleague: the coordinators who are there, and whoever replaces one that is away.</summary>
    protected virtual async Task<IReadOnlyList<Guid>> ForAll(OutboxMessage message, ZoneRecord zone, IReadOnlyList<Guid> coordinators, CancellationToken ct) => InPerson ? coordinators : await There(zone.Id, coordinators, ct);

    /// <summary>Writes to one colleague, now.</summary>
    protected virtual async Task Reach(OutboxMessage message, Colleague colleague, CancellationToken ct)
    {
        var (subject, text) = Say(colleague.Language);
        await mail.Send(new Letter(KeyTo(message, colleague), colleague.Email, subject, text), ct);
    }

    private static string KeyTo(OutboxMessage message, Colleague colleague) => $"{message.Key} {colleague.Id}";

    // Whoever is away is replaced; where nobody replaces them, and where somebody works here no more, it is the coordinators'.
    private async Task<IReadOnlyList<Guid>> InTheirPlace(Guid zone, Guid account, IReadOnlyList<Guid> coordinators, CancellationToken ct)
    {
        var away = InPerson ? null : await staff.AwayNow(zone, account, ct);
        if ((away is null ? account : away.Replacement) is { } one && (await staff.Holding(zone, Enum.GetValues<Role>(), ct)).Contains(one)) return [one];
        return InPerson ? [] : await There(zone, coordinators, ct);
    }

    // Once each, whoever they replace beside themselves; where nobody is there, it waits in the mailboxes of all.
    private async Task<IReadOnlyList<Guid>> There(Guid zone, IReadOnlyList<Guid> coordinators, CancellationToken ct)
    {
        var there = new HashSet<Guid>();
        foreach (var one in coordinators)
            if ((await staff.AwayNow(zone, one, ct) is { } away ? away.Replacement : one) is { } who) there.Add(who);
        there.IntersectWith(await staff.Holding(zone, [Role.Coordinator, Role.Caseworker], ct)); // a replacement who left meanwhile
        return there.Count > 0 ? [.. there] : coordinators;
    }
}

/// <summary>Tells the coordinators that a dossier came in that is nobody's yet; one that somebody took is not told.</summary>
internal sealed class NewDossierMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "dossier-opened";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.NewWorkSubject, Words.NewWorkText));
    public override Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => message.To is null ? base.Deliver(message, zone, ct) : Task.CompletedTask;
}

/// <summary>Tells the day worker that the safety card of one of their dossiers was shown.</summary>
internal sealed class SafetyCardMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "safety-card-shown";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.CardShownSubject, Words.CardShownText));
}
