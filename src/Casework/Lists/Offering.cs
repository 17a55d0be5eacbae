using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Lists;

/// <summary>The officer ticked that follow-up be offered: a recontact is planned, so many days after the facts as the zone says for their kind, by a channel that is open.</summary>
internal sealed class Offering(ZoneDbContext zone, UseCase here, Gate gate, IZoneSettings settings, Caller caller)
{
    /// <param name="facts">When it happened; null: it is not known, and counts from now.</param>
    public async Task Plan(Dossier dossier, Guid? person, DateTimeOffset? facts, DateTimeOffset now, CancellationToken ct)
    {
        var at = Recontact.Soonest((facts ?? now) + Recontact.After(await settings.Of(here.InZone.Id, ct), dossier.Kind, dossier.Additional), now);
        var act = FollowUp.Plan(dossier.Id, person is { } one ? [one] : [], await Kind(dossier, person, ct), Words.PvFollowUpAct, at, caller.Self, now);
        zone.Add(act);
        dossier.Awaits(act.DueAt);
    }

    // Whom the row brought in is not saved yet; what they said elsewhere holds of them too.
    private async Task<ActKind> Kind(Dossier dossier, Guid? person, CancellationToken ct) =>
        zone.Set<Person>().Local.FirstOrDefault(p => p.Id == person && zone.Entry(p).State == EntityState.Added) is { } came
            ? await gate.InTouch(dossier, came, zone.Set<SafeContact>().Local.Single(s => s.Id == came.Id), ct) : await gate.InTouch(dossier, person, ct);
}
