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

/// <summary>How many dossiers are due to the caller: the figure on the bell.</summary>
internal sealed class Bell(IMediator pipeline, WhereAndWho who) : IRing
{
    public async ValueTask<int> Due(CancellationToken ct) => who.Caller.May(May.WorkOnDossiers) ? await pipeline.Send(new Query(), ct) : 0;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct)
    {
        if (!who.Caller.May(May.WorkOnDossiers)) return [];
        var (due, kinds) = (await pipeline.Send(new Query(), ct), await pipeline.Send(new Kinds(), ct));
        return
        [
            new(Words.WaitsDue, "/worklist", due), new(Words.WaitsFirstContact, "/worklist", kinds.FirstContact), new(Words.WaitsAppointments, "/agenda", kinds.Appointments),
            new(Words.WaitsCheckOut, "/agenda", kinds.LateVisits), new(Words.WaitsToldOn, "/worklist?tab=Team", kinds.ToldOn),
        ];
    }

    /// <param name="FirstContact">Dossiers of the caller whose first contact is overdue.</param>
    /// <param name="Appointments">The caller's, today and still to come.</param>
    /// <param name="LateVisits">Visits from which the caller is late.</param>
    /// <param name="ToldOn">Of colleagues, told on to the coordinators and still undone.</param>
    internal sealed record Counted(int FirstContact, int Appointments, int LateVisits, int ToldOn);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Kinds : IQuery<Counted>;

    internal sealed class KindsHandler(ZoneDbContext zone, UseCase here, Guard guard, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Kinds, Counted>
    {
        public async Task<Counted> Handle(Kinds query, CancellationToken ct)
        {
            var (who, now) = (await guard.Looks(ct), clock.GetUtcNow());
            var (self, leads, replaced, late) = (who.Self, who.Leads, who.Replaced.ToList(), now - (await settings.Of(here.InZone.Id, ct)).FirstContactWithin);
            var first = FirstContactsOverdue.Code;
            var tonight = Design.Html.Moment.Instant(Design.Html.Moment.Day(now).AddDays(1).ToDateTime(TimeOnly.MinValue));
            var seen = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null);
            var own = seen.Where(d => d.AssignedTo == self || (leads && d.AssignedTo == null) || replaced.Contains(d.AssignedTo!.Value));
            // Whoever asked not to be reached comes forward themselves: nobody is late.
            var waitedFor = Milestone.WaitedFor(zone, now);
            return new Counted(await own.CountAsync(d => d.FirstContact == null && d.RequestedAt <= late && !waitedFor.Any(m => m.DossierId == d.Id), ct),
                await zone.Set<Contact>().CountAsync(c => c.State == ContactState.Planned && (c.Worker == self || c.Companion == self) && c.At > now && c.At < tonight && seen.Any(d => d.Id == c.DossierId), ct),
                await zone.Set<Contact>().CountAsync(c => c.Worker == self && c.ExpectedOut != null && c.CheckedOut == null && c.ExpectedOut <= now, ct),
                leads ? await seen.CountAsync(d => zone.Set<Told>().Any(t => t.DossierId == d.Id && t.ToldOn != null && ((t.Kind == first && d.FirstContact == null)
                    || zone.Set<FollowUp>().Any(f => f.Id == t.About && ((f.Done == null && f.DueAt == t.DueAt) || (f.Kind == ActKind.FirstContact && d.FirstContact == null))))), ct) : 0);
        }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<int>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, int>
    {
        private static readonly Seen<bool, bool, int, int> Waiting = new((_, seen, self, now, replaced, leads, all, _) => seen
            .Where(d => d.Closed == null && d.NextDue <= now && (all || d.AssignedTo == self || (leads && d.AssignedTo == null) || replaced.Contains(d.AssignedTo!.Value))).GroupBy(_ => 1).Select(g => g.Count()));

        public async Task<int> Handle(Query query, CancellationToken ct) => await guard.Looks(ct) is var who ? (await Waiting.In(zone, who, who.Leads, who.OnlyStandsIn, 0, ct)).SingleOrDefault() : 0;
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

    public virtual async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        var coordinators = await staff.Holding(zone.Id, [Role.Coordinator], ct);
        var meant = message.To is not { } one ? await ForAll(message, zone, coordinators, ct) : await InTheirPlace(zone.Id, one, ct);
        var to = message.About is { } dossier ? await pipeline.Send(new WhoMayKnow.Query(dossier, meant, coordinators), ct) : meant;
        foreach (var colleague in (await accounts.Named(to, ct)).Values) await Reach(message, colleague, ct);
    }

    /// <summary>For whom it is where it is for no one colleague: the coordinators.</summary>
    protected virtual Task<IReadOnlyList<Guid>> ForAll(OutboxMessage message, ZoneRecord zone, IReadOnlyList<Guid> coordinators, CancellationToken ct) => Task.FromResult(coordinators);

    /// <summary>Writes to one colleague, now.</summary>
    protected virtual async Task Reach(OutboxMessage message, Colleague colleague, CancellationToken ct)
    {
        var (subject, text) = Say(colleague.Language);
        await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
    }

    // Whoever is away is replaced; where nobody replaces them, and where somebody works here no more, it is the coordinators'.
    private async Task<IReadOnlyList<Guid>> InTheirPlace(Guid zone, Guid account, CancellationToken ct)
    {
        var away = InPerson ? null : await staff.AwayNow(zone, account, ct);
        if ((away is null ? account : away.Replacement) is { } one && (await staff.Holding(zone, Enum.GetValues<Role>(), ct)).Contains(one)) return [one];
        if (InPerson) return [];
        return await staff.Holding(zone, [Role.Coordinator], ct);
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
