using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Referrals;

/// <summary>A referral that somebody thinks about, or that they agreed to and nobody has sent: no partner knows of it, so nobody would ask. It comes back on a day, by an act like any other, until it has come further.</summary>
internal static class Standstill
{
    /// <summary>When somebody who thinks about it is asked again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromDays(14);

    /// <summary>When it is said that what was accepted has not gone out.</summary>
    public static readonly TimeSpan SendWithin = TimeSpan.FromDays(2);

    /// <summary>Ends what was planned where it has come further, and plans what is to be done where nothing is. In the transaction of whatever brought it there.</summary>
    /// <param name="before">How far it was; null: it was offered just now.</param>
    public static async Task Follow(ZoneDbContext zone, Dossier dossier, Referral referral, ReferralState? before, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        var open = before is null ? [] : await zone.Set<FollowUp>().Where(f => f.About == referral.Id && f.Done == null).ToListAsync(ct);
        // What came back from a partner that had it waits for somebody to say that they have seen it; what came back before it went is over with the going.
        if (before is ReferralState.Offered or ReferralState.Accepted && before != referral.State)
            foreach (var act in open)
            {
                if (before == ReferralState.Offered || referral.State == ReferralState.Sent) act.Complete(by, now);
                else act.Drop(by, now);
            }
        if (referral.IsWithUs && dossier.IsOpen && open.TrueForAll(f => f.Done is not null))
        {
            var (text, after) = referral.State == ReferralState.Offered ? (Words.ReferralAskAgain, AskAgainAfter) : (Words.ReferralNotSent, SendWithin);
            zone.Add(FollowUp.PlanAbout(referral, text, now + after, by, now));
        }
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>It comes back before the day for which something was planned: there is one thing to do about it, and that is now.</summary>
    public static async Task Forestalls(ZoneDbContext zone, Referral referral, DateTimeOffset now, CancellationToken ct)
    {
        if (!referral.IsWithUs) return;
        foreach (var act in await zone.Set<FollowUp>().Where(f => f.About == referral.Id && f.Done == null && f.DueAt > now).ToListAsync(ct)) act.Drop(Milestone.ThePlatform, now);
    }
}
