using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Writes a call-out down: the first time it becomes a dossier of the zone, of nobody yet, with its people and what is to be done by day; after that what came to be known is added. Handed over, it is a contact that was held.</summary>
internal sealed class Entering(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, Guard guard, Leaves leaves, Joining joining, Masonry masonry, Gate gate, Tally tally, IZoneSettings settings, TimeProvider clock)
    : IRequestHandler<Enter.Command, Enter.Saved>
{
    public async Task<Enter.Saved> Handle(Enter.Command form, CancellationToken ct)
    {
        var (now, self) = (clock.GetUtcNow(), caller.Self);
        if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return new Enter.Saved(before.Made, null, null);
        await DossierCounter.TakeTurns(zone, now, ct);
        var rules = await settings.Of(here.InZone.Id, ct);
        var known = form.CallOut is { } id ? await zone.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == id, ct) : null;
        var (callOut, dossier) = known is null ? await Begin(form, rules, now, ct) : await GoOn(known, form, ct);
        callOut.Says(new CallOut.Said(form.By, form.CalledAt, form.Arrived, form.Ended, form.Scene, form.ReportToFollow && string.IsNullOrWhiteSpace(form.Report), form.Acts), rules.Hours);
        await People(dossier, form, ct);
        await Report(dossier, form, now, ct);
        var helped = await Helped(dossier, ct);
        await Note(callOut, helped, form, now, ct);
        await Leave(callOut, dossier, helped, form, now, ct);
        if (form.HandsOver) callOut.HandOver(now);
        if (callOut.HandedOver is not null) await Happened(callOut, dossier, helped, now, ct);
        await NextAct.Settle(zone, dossier, ct);
        dossier.Touch();
        if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = callOut.Id });
        return new Enter.Saved(callOut.Id, callOut.Arrived ?? callOut.CalledAt, callOut.Ended);
    }

    private async Task<(CallOut, Dossier)> Begin(Enter.Command form, ZoneSettings rules, DateTimeOffset now, CancellationToken ct)
    {
        var leave = form.CallOut is { } begun ? await leaves.For(begun, ct) : await leaves.ForOwn(ct);
        if (form.Persons.Any(p => p.Id is not null)) throw new RefusedException("absent", form.CallOut);
        var (today, self) = (Moment.Day(now), caller.Self);
        var (kind, own) = await Kind(form, today, ct);
        var number = DossierNumber.Of(today.Year, await DossierCounter.Next(zone, today.Year, ct), here.InZone.Keys.NumberKey);
        var dossier = Dossier.Open(number, TriggerOf(form.By), kind, form.CalledAt, form.Municipality?.Trim() ?? "", self, now, null, own, form.CalledAt);
        var callOut = CallOut.Begin(form.CallOut ?? (form.Once == default ? Guid.CreateVersion7(now) : form.Once), dossier.Id, self, leave.Employer, now);
        dossier.BeganWith(callOut.Id);
        var first = FollowUp.Plan(dossier.Id, [], ActKind.FirstContact, null, dossier.RequestedAt + rules.FirstContactWithin, self, now);
        trail.Concerns(dossier.Id, "intake");
        // Until the end of the shift and the zone's time after it; then it is there for them no more, whatever else they may do here.
        zone.AddRange(dossier, callOut, first, Grant.Give(dossier.Id, self, GrantKind.CallOut, now, leave.Until, self), Milestone.Reached(dossier.Id, MilestoneKind.Opened, self, now),
            OutboxMessage.New($"dossier-opened {dossier.Id}", NewDossierMail.KindName, dossier.Id, null, now));
        SearchToken.Add(zone, new SearchKey(here.InZone.Keys.SearchRoot), dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
        return (callOut, dossier);
    }

    private async Task<(CallOut, Dossier)> GoOn(CallOut callOut, Enter.Command form, CancellationToken ct)
    {
        if (callOut.Performer != caller.Self) throw new RefusedException("absent", callOut.Id);
        await leaves.MustStillVisit(callOut.Id, ct);
        var dossier = await guard.Open(callOut.DossierId, ct);
        if (callOut.Version != form.Version) throw Wrong(nameof(Enter.Command.SubKind), Words.ChangedMeanwhile);
        if (!dossier.IsOpen && (!string.IsNullOrWhiteSpace(form.OwnTask) || form.Tasks.Except(callOut.Tasks).Any())) throw Wrong(nameof(Enter.Command.Tasks), Words.ClosedNoAct);
        var (kind, own) = await Kind(form, Moment.Day(clock.GetUtcNow()), ct, dossier);
        dossier.Facts(kind, dossier.Additional, form.CalledAt ?? dossier.FactsAt, form.Municipality?.Trim() ?? "", dossier.Danger, own);
        return (callOut, dossier);
    }

    // What stands there already stays, also where it is offered no more.
    private async Task<(SubKind Kind, Guid? Own)> Kind(Enter.Command form, DateOnly today, CancellationToken ct, Dossier? dossier = null) =>
        await OwnCodes.Resolve(zone, form.SubKind, today, ct, dossier?.OwnSubKind, dossier?.SubKind) ?? throw Wrong(nameof(Enter.Command.SubKind), Words.ChooseFacts);

    private async Task People(Dossier dossier, Enter.Command form, CancellationToken ct)
    {
        var (now, kind) = (clock.GetUtcNow(), SubKinds.Find(dossier.SubKind)!);
        var there = await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
        foreach (var row in form.Persons)
        {
            if (row.Id is { } id)
            {
                var person = there.Find(p => p.Id == id) ?? throw new RefusedException("absent", dossier.Id);
                if (person.Identity.Value.FullName == Particulars.Nameless && row.HasName) await IsCalled(dossier, person, row, ct);
                continue;
            }
            if (row.IsFilled) there.Add(await Comes(dossier, row.Identity, row.Capacity ?? kind.Capacity, form.Language, now, ct));
            else continue;
            if (!string.IsNullOrWhiteSpace(row.Relation)) zone.Add(Dossiers.Note.Write(dossier.Id, [there[^1].Id], Layer.Assistance, row.Relation.Trim(), caller.Self, now));
        }
        // A dossier is somebody's: of whom nothing is known yet, there is at least that.
        if (there.Count == 0) there.Add(await Comes(dossier, new Particulars("", ""), kind.Capacity, form.Language, now, ct));
        dossier.Lead ??= (there.Find(p => p.IsHelped) ?? there[0]).Id;
        if (there.Find(p => p.Id == dossier.Lead) is { IsHelped: false } && there.Find(p => p.IsHelped) is { } lead) dossier.Lead = lead.Id;
    }

    private async Task<Person> Comes(Dossier dossier, Particulars identity, Capacity capacity, string language, DateTimeOffset now, CancellationToken ct)
    {
        var person = Person.Add(dossier.Id, identity, capacity, language, now);
        await joining.Into(dossier, person, SafeContact.For(person), null, ct);
        return person;
    }

    // Somebody whose name nobody knew: from now on they are found by it, and known by it in the figures.
    private async Task IsCalled(Dossier dossier, Person person, Enter.PersonRow row, CancellationToken ct)
    {
        var before = person.Identity.Value;
        var identity = before with { FamilyName = row.Identity.FamilyName, GivenName = row.Identity.GivenName, Phone = row.Identity.Phone ?? before.Phone };
        if (before.Phone is not null && PhoneNumber.ToE164(before.Phone) != PhoneNumber.ToE164(identity.Phone))
        {
            var safe = await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct);
            var rules = safe.Now();
            safe.Moved(Channel.Call, Channel.Sms);
            if (safe.Revision != rules.Revision) zone.Add(RuleChange.Of(safe, rules, caller.Self, clock.GetUtcNow()));
        }
        person.Identity = identity;
        await tally.IsPutRight(person, identity, ct);
        await masonry.Meets(dossier, identity, null, ct);
        await gate.TakeBack([person.Id], Bar.Changed, ct);
        await SearchToken.Replace(zone, new SearchKey(here.InZone.Keys.SearchRoot), dossier.Id, person.Id, SearchToken.PartsOf(identity), ct);
    }

    private async Task Report(Dossier dossier, Enter.Command form, DateTimeOffset now, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(form.Report)) return;
        var number = form.Report.Trim();
        if ((await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).ToListAsync(ct)).Exists(r => string.Equals(r.Number.Value, number, StringComparison.OrdinalIgnoreCase))) return;
        OfficialReport.Add(zone, new SearchKey(here.InZone.Keys.SearchRoot), dossier.Id, number, now);
    }

    private async Task<List<Guid>> Helped(Dossier dossier, CancellationToken ct)
    {
        await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).LoadAsync(ct);
        return [.. zone.Set<Person>().Local.Where(p => p.DossierId == dossier.Id && p.IsHelped).Select(p => p.Id).Order()];
    }

    private async Task Note(CallOut callOut, List<Guid> helped, Enter.Command form, DateTimeOffset now, CancellationToken ct)
    {
        var text = form.Note?.Trim() ?? "";
        if (callOut.Note is { } id && await zone.Set<Note>().SingleOrDefaultAsync(n => n.Id == id && n.DossierId == callOut.DossierId && n.By == caller.Self, ct) is { } written)
        {
            // An emptied field does not take back what was written for the day team.
            if (text.Length > 0 && written.Text.Value != text) written.Correct(text);
            return;
        }
        if (text.Length == 0) return;
        var concerned = helped.Count > 0 ? helped : [.. zone.Set<Person>().Local.Where(p => p.DossierId == callOut.DossierId).Select(p => p.Id)];
        var note = Dossiers.Note.Write(callOut.DossierId, concerned, Layer.Assistance, text, caller.Self, now);
        zone.Add(note);
        callOut.Note = note.Id;
    }

    private async Task Leave(CallOut callOut, Dossier dossier, List<Guid> helped, Enter.Command form, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var task in callOut.Leaves(form.Tasks)) Plan(KindOf(task), Words.Of(task), now + WithinOf(task));
        if (!string.IsNullOrWhiteSpace(form.OwnTask)) Plan(ActKind.Other, form.OwnTask, form.OwnDue ?? now.AddHours(24));
        if (!form.HandsOver || !dossier.IsOpen) return;
        // Whatever was done at night, by day somebody looks after them.
        await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id).LoadAsync(ct);
        if (!zone.Set<FollowUp>().Local.Any(f => f.DossierId == dossier.Id && f.Done is null && f.Kind != ActKind.FirstContact)) Plan(ActKind.CallBack, null, now.AddHours(24));

        void Plan(ActKind kind, string? text, DateTimeOffset due) => zone.Add(FollowUp.Plan(dossier.Id, helped, kind, text, due, caller.Self, now));
    }

    // A call-out is a contact that was held, with all that were helped: counted once, here, by whomever it was done.
    private async Task Happened(CallOut callOut, Dossier dossier, List<Guid> helped, DateTimeOffset now, CancellationToken ct)
    {
        var services = callOut.Services;
        if (callOut.Contact is { } id)
        {
            if (await zone.Set<Contact>().SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier.Id, ct) is not { } held || (services.Count == 0 || (held.Services.SequenceEqual(services) && held.Minutes == callOut.Minutes))) return;
            held.Correct(held.Note?.Value, callOut.Minutes, services);
            await tally.Corrected(held, ct);
            return;
        }
        if (services.Count == 0 || helped.Count == 0) return;
        var contact = Contact.Record(dossier.Id, new Took(helped, callOut.Arrived ?? callOut.CalledAt ?? callOut.Entered, callOut.Minutes, Codes.Place.Scene, ForThem: false, null, OnCall: true, Held: true, services, [], null), caller.Self, now, Signing.NotNeeded);
        zone.Add(contact);
        callOut.Contact = contact.Id;
        await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Done == null).LoadAsync(ct);
        contact.EndsTheWait(dossier, [.. zone.Set<FollowUp>().Local.Where(f => f.DossierId == dossier.Id && f.Done is null)], now);
        await tally.Gives(contact, ct);
    }

    private static Trigger TriggerOf(CalledBy? by) => by switch { CalledBy.Hospital => Trigger.Hospital, CalledBy.Prosecutor => Trigger.ProsecutorsOrder, CalledBy.Colleague or CalledBy.Other => Trigger.OtherService, _ => Trigger.Patrol };
    private static ActKind KindOf(DayTask task) => task switch { DayTask.CallWithin24Hours => ActKind.CallBack, DayTask.LastFarewell => ActKind.Accompany, DayTask.FetchReport => ActKind.Administration, _ => ActKind.Other };
    private static TimeSpan WithinOf(DayTask task) => task == DayTask.FetchReport ? TimeSpan.FromDays(7) : TimeSpan.FromHours(24);
    private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
}
