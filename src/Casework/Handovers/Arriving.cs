using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Handovers;

/// <summary>Takes up what the other zone said. Where both spoke at once, the receiving zone decides: what it did first stands, and the other zone learns it by its next word.</summary>
internal sealed class Arriving(ZoneDbContext zone, Proposals proposals, Post post, Masonry masonry, Gate gate, Keyring keys, UseCase here, IZoneSettings settings, TimeProvider clock) : IReceive
{
    public string Kind => Proposals.ParcelKind;

    public async Task Receive(OpenedParcel parcel, CancellationToken ct)
    {
        var (word, within) = (parcel.Read<HandoverWord>(), (await settings.Of(here.InZone.Id, ct)).HandoverAnswerWithin);
        var known = await zone.Set<Handover>().SingleOrDefaultAsync(h => h.Id == parcel.Thread, ct);
        if (word is { Step: HandoverStep.Proposed, Content: { } content } && known is null)
        {
            var came = Handover.Arrive(parcel.Thread, parcel.From, content, word.At, within, parcel.At);
            zone.Add(came);
            proposals.Note(came, HandoverStep.Proposed, null, word.At);
            proposals.Note(came, HandoverStep.Delivered, null, parcel.At);
            await masonry.Meets(came, [.. content.People.Select(p => p.Identity)], ct);
            Tell(came, Notices.HandoverCame, null);
            return;
        }
        // Nobody but the zone it goes between speaks for it.
        if (known is null || known.Other != parcel.From) return;
        if (known.CameIn) await FromTheSender(known, word, within, ct);
        else await FromTheReceiver(known, word, within, ct);
    }

    public async Task IsThere(Parcel parcel, CancellationToken ct)
    {
        if (await zone.Set<Handover>().SingleOrDefaultAsync(h => h.Id == parcel.Thread && !h.CameIn && h.State == HandoverState.Proposed, ct) is not { } handover) return;
        handover.IsThere(parcel.Arrived!.Value);
        proposals.Note(handover, HandoverStep.Delivered, null, parcel.Arrived!.Value);
    }

    private async Task FromTheSender(Handover handover, HandoverWord word, TimeSpan within, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!handover.IsOpen)
        {
            // Decided here meanwhile: they learn it by the word that is on its way. What they said is not lost.
            proposals.Note(handover, word.Step, null, word.At, word.Text);
            if (word.Step == HandoverStep.AskedBack && handover.State == HandoverState.Accepted) await AskAgain(handover, now, ct);
            Tell(handover, Notices.HandoverCame, null);
            return;
        }
        switch (word.Step)
        {
            case HandoverStep.Answered:
                handover.Answer(within, now);
                proposals.Note(handover, word.Step, null, word.At, word.Text);
                Tell(handover, Notices.HandoverCame, null);
                break;
            case HandoverStep.AskedBack:
                handover.Withdraw(now);
                proposals.Note(handover, HandoverStep.Withdrawn, null, now);
                await post.Send(handover.Other, Proposals.ParcelKind, handover.Id, new HandoverWord(HandoverStep.Withdrawn, now, null, null, null), ct);
                break;
        }
    }

    // Taken back there and accepted here at once: what was called safe may be so no more. Never, and a condition, stand.
    private async Task AskAgain(Handover handover, DateTimeOffset now, CancellationToken ct)
    {
        var people = await zone.Set<SafeContact>().Where(s => s.DossierId == handover.DossierId).ToListAsync(ct);
        await keys.Fetch(people.Select(s => s.Id), ct);
        foreach (var safe in people)
        {
            var before = safe.Now();
            safe.Moved(Enum.GetValues<Channel>());
            if (safe.Revision != before.Revision) zone.Add(RuleChange.Of(safe, before, Milestone.ThePlatform, now));
        }
        await gate.TakeBack(people.ConvertAll(s => s.Id), Bar.RuleChanged, ct);
    }

    private async Task FromTheReceiver(Handover handover, HandoverWord word, TimeSpan within, CancellationToken ct)
    {
        if (!handover.IsOpen) return;
        var now = clock.GetUtcNow();
        var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == handover.DossierId, ct);
        switch (word.Step)
        {
            case HandoverStep.Asked:
                // Asked while it was being taken back: that goes on.
                if (handover.State != HandoverState.Withdrawing) handover.Ask(within, now);
                break;
            case HandoverStep.Refused:
                handover.Refuse(now);
                await proposals.ComesBack(handover, dossier, () => Words.ZoneHandoverStays, ct);
                break;
            case HandoverStep.Withdrawn:
                // Whoever took it back knows of it.
                var isKnown = handover.State == HandoverState.Withdrawing && dossier.IsOpen;
                handover.Withdraw(now);
                if (!isKnown) await proposals.ComesBack(handover, dossier, () => Words.ZoneHandoverStays, ct);
                break;
            case HandoverStep.Accepted:
                handover.AcceptedThere(word.Number!, now);
                await LetGo(handover, dossier, await AtHome(handover, ct), now, ct);
                break;
            default:
                return;
        }
        proposals.Note(handover, word.Step, null, word.At, word.Text);
        dossier.Touch();
        Tell(handover, Notices.HandoverTurned, dossier.AssignedTo);
    }

    // Somebody of an event is at home there: its list and figures say so from now on.
    private async Task<bool> AtHome(Handover handover, CancellationToken ct)
    {
        var dossier = handover.DossierId;
        if (await zone.Set<Events.EventLine>().SingleOrDefaultAsync(l => l.Dossier == dossier, ct) is not { } line) return false;
        line.Allot(handover.Other, dossier);
        return true;
    }

    // Where all who are helped went and nothing is left to be done or said, the dossier closes by itself; else whoever has it finishes what is theirs. What a list of an event did not say of somebody, nobody here can say.
    private async Task LetGo(Handover handover, Dossier dossier, bool ofEvent, DateTimeOffset now, CancellationToken ct)
    {
        if (!dossier.IsOpen) return;
        var helped = await Handing.People(zone, keys, dossier, ct);
        var acts = await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).ToListAsync(ct);
        // What was to be done for those who went is the other zone's, as far as it went there: what was planned since is not known there.
        foreach (var act in acts.Where(a => handover.Fields.Contains(HandedField.Acts) && FollowUp.PlannedAt(a.Id) <= handover.ProposedAt.ToUnixTimeMilliseconds() && a.Persons.Count > 0 && a.Persons.TrueForAll(handover.Persons.Contains) && a.About is null)) act.Drop(Milestone.ThePlatform, now);
        if (helped.All(p => handover.Persons.Contains(p.Id)) && acts.TrueForAll(a => a.Done is not null) && (await Completeness.Of(zone, keys, dossier, ct)).All(gap => ofEvent && gap.MayStayUnknown))
        {
            dossier.Close(ClosingReason.HandedOver, dossier.FirstContact is null ? Outcome.NoContact : Outcome.Ongoing, now);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Closed, Milestone.ThePlatform, now, code: (int)ClosingReason.HandedOver));
            return;
        }
        zone.Add(FollowUp.Plan(dossier.Id, handover.Persons, ActKind.Administration, null, now, Milestone.ThePlatform, now));
        await NextAct.Settle(zone, dossier, ct);
    }

    private void Tell(Handover handover, string kind, Guid? to) => zone.Add(OutboxMessage.New($"{kind} {handover.Id} {handover.Version}", kind, handover.DossierId, to, clock.GetUtcNow()));
}

/// <summary>A handover to which nobody said a word in the time the zone has set: here its coordinators, who are to decide; there whoever has the dossier, and after them the coordinators.</summary>
internal sealed class HandoversWaiting : Foundation.Modules.IRemind
{
    public const string Code = "handover-waits";
    public string Kind => Code;
    public bool IsToldOn => true;

    public async Task<IReadOnlyList<Foundation.Modules.Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await Untold(zone).Where(h => h.AnswerBy <= now).OrderBy(h => h.AnswerBy).Take(most).ToListAsync(ct);
        var ids = due.Where(h => !h.CameIn).Select(h => h.DossierId).ToList();
        var workers = await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.AssignedTo, ct);
        return [.. due.Select(h => new Foundation.Modules.Fallen(h.Id, h.DossierId, workers.GetValueOrDefault(h.DossierId) is { } worker ? [worker] : [], h.AnswerBy!.Value))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await Untold(zone).MinAsync(h => h.AnswerBy, ct);

    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        return (await zone.Set<Handover>().AsNoTracking().Where(h => ids.Contains(h.Id) && h.AnswerBy != null).Select(h => new { h.Id, h.AnswerBy }).ToListAsync(ct)).Where(h => told[h.Id] == h.AnswerBy).Select(h => h.Id).ToHashSet();
    }

    private static IQueryable<Handover> Untold(ZoneDbContext zone) => zone.Set<Handover>().AsNoTracking().Where(h => h.AnswerBy != null && !zone.Set<Reminding.Told>().Any(t => t.Kind == Code && t.About == h.Id && t.DueAt == h.AnswerBy));
}

/// <summary>Tells that a handover waits for a word.</summary>
internal sealed class HandoverMail(Foundation.Mail.ISendMail mail, Identity.Contracts.IAccounts accounts, IStaff staff, MediatR.IMediator pipeline, TimeProvider clock) : Reminding.MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => HandoversWaiting.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ZoneHandoverWaitsSubject, Words.ZoneHandoverWaitsText));
}
