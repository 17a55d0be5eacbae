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

    /// <summary>Whoever was to go and goes no more, or at another moment or place, is told to look, once a change. What they did themselves they know.</summary>
    /// <param name="before">How it was agreed on; after the change.</param>
    /// <param name="turn">With many others, which are told of in one mail.</param>
    public async Task Tell(Contact appointment, Agreement before, CancellationToken ct, Guid? turn = null)
    {
        if (appointment.Ends <= clock.GetUtcNow() && before.Ends <= clock.GetUtcNow()) return;
        var stays = appointment.IsPlanned && (appointment.At, appointment.Place) == (before.At, before.Place) ? new[] { appointment.Worker, appointment.Companion } : [];
        foreach (var who in before.Who.Except(stays.OfType<Guid>()).Where(who => who != caller.Account))
        {
            var effect = $"{Notices.AppointmentChanged} {(turn is { } many ? $"{many}" : $"{appointment.Id} {appointment.Version}")} {who}";
            if (turn is not null && (zone.Set<OutboxMessage>().Local.Any(m => m.Key == effect) || await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == effect, ct))) continue;
            zone.Add(OutboxMessage.New(effect, Notices.AppointmentChanged, null, who, clock.GetUtcNow()));
        }
    }

    /// <summary>How an appointment stood.</summary>
    internal sealed record Agreement(IReadOnlyList<Guid> Who, DateTimeOffset At, DateTimeOffset Ends, Place Place)
    {
        public static Agreement Of(Contact appointment) => new([.. new[] { appointment.Worker, appointment.Companion }.OfType<Guid>()], appointment.At, appointment.Ends, appointment.Place);
    }
}
