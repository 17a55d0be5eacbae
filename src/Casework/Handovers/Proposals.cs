using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>Finds handovers, and brings them further. What goes is there for whoever may open its dossier; what came in, for the coordinators, and for none who is walled off from one of its people.</summary>
internal sealed class Proposals(ZoneDbContext zone, Guard guard, Post post, UseCase here, Caller caller, Trail trail, IZoneSettings settings, TimeProvider clock)
{
    /// <summary>Kind of the parcels in which handovers travel.</summary>
    public const string ParcelKind = "handover";

    /// <summary>Those that came in and wait, as far as they are there for the caller.</summary>
    public IQueryable<Handover> CameIn()
    {
        var self = caller.Self;
        return zone.Set<Handover>().Where(h => h.CameIn && h.DossierId == h.Id && !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == h.Id));
    }

    /// <summary>Reads it.</summary>
    /// <returns>The dossier; null: it came in and is none yet.</returns>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see.</exception>
    public async Task<(Handover Handover, Dossier? Dossier)> Read(Guid id, CancellationToken ct)
    {
        var found = await zone.Set<Handover>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, ct) ?? throw new RefusedException("absent", id);
        if (!found.CameIn || found.DossierId != found.Id) return (found, await guard.Read(found.DossierId, ct));
        await MustLead(id, ct);
        return (found, null);
    }

    /// <summary>Opens one that goes from here, to speak for it; its dossier stays locked until the transaction ends.</summary>
    /// <exception cref="RefusedException">It is absent, came in, or is not the caller's to decide on.</exception>
    public async Task<(Handover Handover, Dossier Dossier)> Ours(Guid id, CancellationToken ct)
    {
        var found = await zone.Set<Handover>().SingleOrDefaultAsync(h => h.Id == id && !h.CameIn, ct) ?? throw new RefusedException("absent", id);
        var dossier = await guard.Open(found.DossierId, ct);
        await guard.MustOwn(dossier, ct);
        return (found, dossier);
    }

    /// <summary>Opens one that came in, to decide on it.</summary>
    /// <exception cref="RefusedException">It is absent, goes from here, or is not there for the caller.</exception>
    public async Task<Handover> Theirs(Guid id, CancellationToken ct)
    {
        var found = await zone.Set<Handover>().SingleOrDefaultAsync(h => h.Id == id && h.CameIn, ct) ?? throw new RefusedException("absent", id);
        if (found.DossierId != found.Id) await guard.Read(found.DossierId, ct);
        else await MustLead(id, ct);
        return found;
    }

    /// <summary>Proposes it to the other zone, with all that goes.</summary>
    /// <exception cref="NoSuchZoneException">There is no such zone.</exception>
    public Task Propose(Handover handover, HandedOver content, CancellationToken ct)
    {
        zone.Add(handover);
        return Turn(handover, HandoverStep.Proposed, content.Why, ct, content);
    }

    /// <summary>Notes a turn made here, and tells the other zone.</summary>
    public async Task Turn(Handover handover, HandoverStep step, string? text, CancellationToken ct, HandedOver? content = null, string? number = null)
    {
        var now = clock.GetUtcNow();
        Note(handover, step, caller.Account, now, text);
        await post.Send(handover.Other, ParcelKind, handover.Id, new HandoverWord(step, now, text, content, number), ct);
    }

    /// <summary>What goes with some people has changed before the other zone decided: it is taken back, and whoever works on the dossier proposes it anew. Accepted there meanwhile, they are told to ask again.</summary>
    /// <param name="before">Only what was proposed before; null: all that is open.</param>
    public async Task AskBack(IReadOnlyCollection<Guid> persons, CancellationToken ct, DateTimeOffset? before = null)
    {
        var (now, ids) = (clock.GetUtcNow(), persons.ToList());
        // Through whom a child is reached goes along with it.
        var meant = ids.Concat(await zone.Set<VictimSupport.Casework.People.Standing>().Where(s => ids.Contains(s.WhoId)).Select(s => s.PersonId).ToListAsync(ct)).ToHashSet();
        var open = await zone.Set<Handover>().Where(h => !h.CameIn && (h.State == HandoverState.Proposed || h.State == HandoverState.Delivered || h.State == HandoverState.Asked)).ToListAsync(ct);
        foreach (var handover in open.Where(h => h.Persons.Exists(meant.Contains) && !(h.ProposedAt > before)))
        {
            handover.AskBack(now);
            await Turn(handover, HandoverStep.AskedBack, null, ct);
            await ComesBack(handover, await zone.Set<Dossier>().SingleAsync(d => d.Id == handover.DossierId, ct), () => Words.ZoneHandoverOutdated, ct);
        }
    }

    /// <summary>The other zone does not answer for them: somebody here has to go on, now. In a dossier that was closed meanwhile nobody would, so it is open again.</summary>
    /// <param name="says">What is to be done; of the platform, in the zone's own language.</param>
    public async Task ComesBack(Handover handover, Dossier dossier, Func<string> says, CancellationToken ct)
    {
        var (now, by) = (clock.GetUtcNow(), caller.Account ?? Milestone.ThePlatform);
        if (!dossier.IsOpen)
        {
            dossier.Reopen();
            // Its time begins anew.
            dossier.PutOff(now + (await settings.Of(here.InZone.Id, ct)).ShortTerm);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Reopened, by, now));
        }
        zone.Add(FollowUp.Plan(dossier.Id, handover.Persons, ActKind.Administration, caller.Account is null ? Spoken.In(here.InZone.Record.FirstLanguage, says) : says(), now, by, now));
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>Notes a turn in the history, and in the dossier where there is one.</summary>
    public void Note(Handover handover, HandoverStep step, Guid? by, DateTimeOffset at, string? text = null)
    {
        zone.Add(HandoverTurn.Of(handover, step, by, at, text));
        if (handover.DossierId != handover.Id) zone.Add(Milestone.Reached(handover.DossierId, MilestoneKind.Handover, by ?? Milestone.ThePlatform, at, code: (int)step, about: handover.Id));
    }

    public string Own => here.InZone.Code;

    private async Task MustLead(Guid id, CancellationToken ct)
    {
        if (!caller.May(May.OpenAnyDossierOfTheZone) || !await CameIn().AnyAsync(h => h.Id == id, ct)) throw new RefusedException("absent", id);
        trail.Because("handover", id);
    }
}

/// <summary>What one zone tells the other, sealed.</summary>
/// <param name="Content">With the proposal alone.</param>
/// <param name="Number">With the acceptance: of the dossier there.</param>
internal sealed record HandoverWord(HandoverStep Step, DateTimeOffset At, string? Text, HandedOver? Content, string? Number);
