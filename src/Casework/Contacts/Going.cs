using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Contacts;

/// <summary>What follows for colleagues from who goes to an appointment: they may open its dossier, to know where they go and how, and to write down how it went; and whoever thought they would go otherwise is told.</summary>
internal sealed class Going(ZoneDbContext zone, Guard guard, Colleagues colleagues, Caller caller, TimeProvider clock)
{
    /// <summary>How long after an appointment whoever went can still write it down.</summary>
    public static readonly TimeSpan After = TimeSpan.FromDays(7);

    /// <summary>Whoever goes and would not see the dossier is let in until a week after; whoever goes no more is not. After a change of who goes, or of whose it is, in its transaction.</summary>
    /// <param name="sent">Whom the caller sends with this change: into a restricted dossier nobody else is let, and by nobody who does not lead it.</param>
    public async Task Settle(Dossier dossier, CancellationToken ct, IReadOnlyCollection<Guid>? sent = null)
    {
        var now = clock.GetUtcNow();
        await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && c.PlannedFor != null && c.State != ContactState.Cancelled).LoadAsync(ct);
        await zone.Set<Grant>().Where(g => g.DossierId == dossier.Id).LoadAsync(ct);
        var until = zone.Set<Contact>().Local.Where(c => c.DossierId == dossier.Id && c.PlannedFor != null && c.State != ContactState.Cancelled)
            .SelectMany(c => new[] { c.Worker, c.Companion }.OfType<Guid>().Select(who => (Who: who, Until: c.Ends + After))).Where(g => g.Until > now).GroupBy(g => g.Who).ToDictionary(g => g.Key, g => g.Max(one => one.Until));
        var grants = zone.Set<Grant>().Local.Where(g => g.DossierId == dossier.Id).ToList();
        foreach (var let in grants.Where(g => g.Kind == GrantKind.Going && g.Counts(now) && !until.ContainsKey(g.Account))) let.End(now);
        if (until.Count == 0 || dossier.Protection == Protection.Sealed) return;
        var chosen = dossier.Protection == Protection.Restricted && !await guard.Leads(dossier, ct) ? null : sent;
        var (roles, walled, lasting) = (await colleagues.Holding(Colleagues.Nameable, ct), await colleagues.KeptAway(dossier.Id, ct), grants.Where(g => g.Until is null).ToList());
        foreach (var (who, end) in until.Where(u => roles.ContainsKey(u.Key)))
        {
            // In somebody's place they see it as long as that one is away, which may be shorter.
            if (walled.Contains(who) || Sight.Sees(await guard.As(who, roles[who], ct) with { Replaced = [] }, dossier, walled, lasting)) continue;
            var let = grants.Where(g => g.Kind == GrantKind.Going && g.Account == who && g.Counts(now)).ToList();
            if (let.Exists(g => g.Until == end) || (dossier.Protection == Protection.Restricted && let.Count == 0 && chosen?.Contains(who) != true)) continue;
            foreach (var other in let) other.End(now);
            zone.Add(Grant.Give(dossier.Id, who, GrantKind.Going, now, end, caller.Account ?? Milestone.ThePlatform));
        }
    }

    /// <summary>Whoever was to go and goes no more, or at another moment or place, is told to look, and whoever goes from now on that they do, once a change. What they did themselves they know; of today they hear by <see cref="AppointmentsToday"/>.</summary>
    /// <param name="before">How it was agreed on, after the change; <see cref="Agreement.None"/>: it is new.</param>
    /// <param name="turn">With many others, which are told of in one mail.</param>
    public async Task Tell(Contact appointment, Agreement before, CancellationToken ct, Guid? turn = null)
    {
        var now = clock.GetUtcNow();
        if (appointment.Ends <= now && before.Ends <= now) return;
        var after = appointment.IsPlanned ? Agreement.Of(appointment) : Agreement.None;
        var others = after.Who.Where(who => who != caller.Account).ToList();
        await AppointmentsToday.TellToo(zone, appointment, others.Where(who => after.At != before.At || !before.Who.Contains(who)), now, ct);
        var stay = (after.At, after.Place) == (before.At, before.Place) ? after.Who : [];
        foreach (var who in before.Who.Except(stay).Where(who => who != caller.Account)) await Say(Notices.AppointmentChanged, who);
        if (AppointmentsToday.TellAt(appointment.At) <= now) return;
        // Who was to go along and goes first now hears of it as well.
        foreach (var who in others.Where(who => !before.Who.Contains(who) || (who == after.Who[0] && who != before.Who[0]))) await Say(Notices.AppointmentGiven, who);

        async Task Say(string kind, Guid who)
        {
            var effect = $"{kind} {(turn is { } many ? $"{many}" : $"{appointment.Id} {appointment.Version}")} {who}";
            // Whoever got the dossier as well reads of it in that mail.
            string[] said = kind == Notices.AppointmentGiven ? [effect, Notices.Caseload(turn, who)] : [effect];
            if (turn is not null && (zone.Set<OutboxMessage>().Local.Any(m => said.Contains(m.Key)) || await zone.Set<OutboxMessage>().AnyAsync(m => said.Contains(m.Key), ct))) return;
            zone.Add(OutboxMessage.New(effect, kind, null, who, now));
        }
    }

    /// <summary>How an appointment stood.</summary>
    internal sealed record Agreement(IReadOnlyList<Guid> Who, DateTimeOffset At, DateTimeOffset Ends, Place Place)
    {
        public static readonly Agreement None = new([], default, default, default);

        public static Agreement Of(Contact appointment) => new([.. new[] { appointment.Worker, appointment.Companion }.OfType<Guid>()], appointment.At, appointment.Ends, appointment.Place);
    }
}
