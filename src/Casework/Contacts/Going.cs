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
    public async Task Settle(Dossier dossier, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && c.PlannedFor != null && c.State != ContactState.Cancelled).LoadAsync(ct);
        await zone.Set<Grant>().Where(g => g.DossierId == dossier.Id).LoadAsync(ct);
        var until = zone.Set<Contact>().Local.Where(c => c.DossierId == dossier.Id && c.PlannedFor != null && c.State != ContactState.Cancelled)
            .SelectMany(c => new[] { c.Worker, c.Companion }.OfType<Guid>().Select(who => (Who: who, Until: c.Ends + After))).Where(g => g.Until > now).GroupBy(g => g.Who).ToDictionary(g => g.Key, g => g.Max(one => one.Until));
        var grants = zone.Set<Grant>().Local.Where(g => g.DossierId == dossier.Id).ToList();
        foreach (var let in grants.Where(g => g.Kind == GrantKind.Going && g.Counts(now) && !until.ContainsKey(g.Account))) let.End(now);
        if (until.Count == 0) return;
        var (roles, walled, lasting) = (await colleagues.Holding(Colleagues.Nameable, ct), await colleagues.KeptAway(dossier.Id, ct), grants.Where(g => g.Until is null).ToList());
        foreach (var (who, end) in until.Where(u => roles.ContainsKey(u.Key)))
        {
            // In somebody's place they see it as long as that one is away, which may be shorter.
            if (walled.Contains(who) || Sight.Sees(await guard.As(who, roles[who], ct) with { Replaced = [] }, dossier, walled, lasting)) continue;
            var let = grants.Where(g => g.Kind == GrantKind.Going && g.Account == who && g.Counts(now)).ToList();
            if (let.Exists(g => g.Until == end)) continue;
            foreach (var other in let) other.End(now);
            zone.Add(Grant.Give(dossier.Id, who, GrantKind.Going, now, end, caller.Account ?? Milestone.ThePlatform));
        }
    }

    /// <summary>Whoever was to go and goes no more, or at another moment or place, is told to look, once a change. What they did themselves they know.</summary>
    /// <param name="before">How it was agreed on; after the change.</param>
    public void Tell(Contact appointment, Agreement before)
    {
        if (appointment.Ends <= clock.GetUtcNow() && before.Ends <= clock.GetUtcNow()) return;
        var stays = appointment.IsPlanned && (appointment.At, appointment.Place) == (before.At, before.Place) ? new[] { appointment.Worker, appointment.Companion } : [];
        foreach (var who in before.Who.Except(stays.OfType<Guid>()).Where(who => who != caller.Account))
            zone.Add(OutboxMessage.New($"{Notices.AppointmentChanged} {appointment.Id} {appointment.Version} {who}", Notices.AppointmentChanged, appointment.DossierId, who, clock.GetUtcNow()));
    }

    /// <summary>How an appointment stood.</summary>
    internal sealed record Agreement(IReadOnlyList<Guid> Who, DateTimeOffset At, DateTimeOffset Ends, Place Place)
    {
        public static Agreement Of(Contact appointment) => new([.. new[] { appointment.Worker, appointment.Companion }.OfType<Guid>()], appointment.At, appointment.Ends, appointment.Place);
    }
}
