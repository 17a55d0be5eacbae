using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Referrals;

/// <summary>Somebody dealt with a referral that came back. Was it withdrawn, then they told the partner to erase what it has.</summary>
internal static class Seen
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier, Guid Referral) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var referral = await Found.In(zone.Set<Referral>(), dossier, command.Referral, ct);
            var acts = await Answered.Unseen(zone.Set<FollowUp>(), referral, now).ToListAsync(ct);
            if (acts.Count == 0) return false; // pressed twice
            await End(zone, dossier, referral, acts, caller.Self, now, ct);
            dossier.Touch();
            return true;
        }
    }

    /// <summary>Does this act, which is about that referral, ask to tell the partner to erase? What came back before the withdrawal asks something else, and a mail may be on its way that tells it.</summary>
    public static bool Tells(Guid act, Referral referral) => referral.MustBeErased && FollowUp.PlannedAt(act) >= referral.TurnedAt.ToUnixTimeMilliseconds();

    /// <summary>Ends acts about a referral, on whichever page that was said: that the partner was told is recorded, once.</summary>
    public static async Task End(ZoneDbContext zone, Dossier dossier, Referral referral, IReadOnlyList<FollowUp> acts, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var act in acts) act.Complete(by, now);
        if (acts.Any(a => Tells(a.Id, referral)) && !await zone.Set<Milestone>().AnyAsync(m => m.About == referral.Id && m.Kind == MilestoneKind.PartnerTold, ct))
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.PartnerTold, by, now, about: referral.Id));
        // Looked at, and no further: it comes back once more.
        await Standstill.Follow(zone, dossier, referral, referral.State, by, now, ct);
    }

    /// <summary>Before it is taken back that an act was done: what its end brought with it goes too, that the partner was told and the day on which it would have come back.</summary>
    /// <returns>false: the referral came further by it or since, and it asks nothing any more.</returns>
    public static async Task<bool> TakeBack(ZoneDbContext zone, Referral referral, FollowUp act, CancellationToken ct)
    {
        var (at, by) = (act.Done!.Value, act.DoneBy!.Value);
        if (referral.TurnedAt >= at) return false;
        if (Tells(act.Id, referral)) zone.RemoveRange(await zone.Set<Milestone>().Where(m => m.About == referral.Id && m.Kind == MilestoneKind.PartnerTold && m.By == by && m.At == at).ToListAsync(ct));
        zone.RemoveRange((await zone.Set<FollowUp>().Where(f => f.About == referral.Id && f.Done == null && f.By == by).ToListAsync(ct)).Where(f => FollowUp.PlannedAt(f.Id) == at.ToUnixTimeMilliseconds()));
        return true;
    }
}
