using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
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
internal sealed class Entering(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, Guard guard, Leaves leaves, Joining joining, Masonry masonry, Gate gate, Aftermath aftermath, Restating restating, HandingOver handing, Tally tally, IZoneSettings settings, TimeProvider clock)
    : IRequestHandler<Enter.Command, Enter.Saved>
{
    public async Task<Enter.Saved> Handle(Enter.Command form, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // The same press again has been saved. Pressed on a form whose answer never came, it may ask for more.
        var before = form.Once == default ? null : await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct);
        if (before is not null && await Stands(before.Made, form, ct)) return new Enter.Saved(before.Made, null, null);
        await DossierCounter.TakeTurns(zone, now, ct);
        var rules = await settings.Of(here.InZone.Id, ct);
        var known = (before?.Made ?? form.CallOut) is { } id ? await zone.Set<CallOut>().SingleOrDefaultAsync(c => c.Id == id, ct) : null;
        if (known is null && before is not null) throw new RefusedException("absent", before.Made);
        var (callOut, dossier) = known is null ? await Begin(form, rules, now, ct) : await GoOn(known, form, ct);
        callOut.Says(new CallOut.Said(form.By, form.CalledAt, form.Arrived, form.Ended, form.Scene, form.ReportToFollow && string.IsNullOrWhiteSpace(form.Report), form.Acts), rules.Hours);
        await People(dossier, form, ct);
        await Report(dossier, form, now, ct);
        var helped = await handing.Helped(dossier, ct);
        await Note(callOut, helped, form, now, ct);
        await Leave(callOut, dossier, helped, form, now, ct);
        if (form.HandsOver) callOut.HandOver(now);
        if (callOut.HandedOver is not null) await handing.Happened(callOut, dossier, helped, ct);
        await NextAct.Settle(zone, dossier, ct);
        dossier.Touch();
        if (form.Once != default && before is null) zone.Add(new Submission { Id = form.Once, Made = callOut.Id });
        var died = SubKinds.IsHeavy(dossier.SubKind) || form.Persons.Exists(p => p is { IsFilled: true, Capacity: Capacity.Deceased }) || await zone.Set<Person>().AnyAsync(p => p.DossierId == dossier.Id && p.Capacity == Capacity.Deceased, ct);
        return new Enter.Saved(callOut.Id, callOut.Arrived ?? callOut.CalledAt, callOut.Ended) { IsHeavy = died };
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
        SearchToken.Add(zone, here.InZone.Keys.Search, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
        await masonry.Begins(dossier, callOut.Id, ct);
        return (callOut, dossier);
    }

    private async Task<(CallOut, Dossier)> GoOn(CallOut callOut, Enter.Command form, CancellationToken ct)
    {
        if (callOut.Performer != caller.Self) throw new RefusedException("absent", callOut.Id);
        await leaves.MustStillVisit(callOut.Id, ct);
        var dossier = await guard.Open(callOut.DossierId, ct);
        if (callOut.Version != form.Version) throw Wrong(nameof(Enter.Command.SubKind), Words.ChangedMeanwhile);
        if (!dossier.IsOpen && (!string.IsNullOrWhiteSpace(form.OwnTask) || form.Tasks.Except(callOut.Tasks).Any())) throw Wrong(nameof(Enter.Command.Tasks), Words.ClosedNoAct);
        var (kind, own) = await Kind(form.TurnsIt ? form : form with { SubKind = dossier.FactsCode }, Moment.Day(clock.GetUtcNow()), ct, dossier);
        // What the day team put right stays, where this form says no more than it was given. When it happened is not when they were called, once somebody said so.
        var at = form.CalledAt is not null && (dossier.FactsAt is null || dossier.FactsAt == callOut.CalledAt) ? form.CalledAt : dossier.FactsAt;
        await restating.Facts(dossier, kind, dossier.Additional, at, form.MovesIt ? form.Municipality?.Trim() ?? "" : dossier.Municipality, dossier.Danger, own, ct);
        return (callOut, dossier);
    }

    // What stands there already stays, also where it is offered no more.
    private async Task<(SubKind Kind, Guid? Own)> Kind(Enter.Command form, DateOnly today, CancellationToken ct, Dossier? dossier = null) =>
        await OwnCodes.Resolve(zone, form.SubKind, today, ct, dossier?.OwnSubKind, dossier?.SubKind) ?? throw Wrong(nameof(Enter.Command.SubKind), Words.ChooseFacts);

    private async Task People(Dossier dossier, Enter.Command form, CancellationToken ct)
    {
        var (now, kind) = (clock.GetUtcNow(), SubKinds.Find(dossier.SubKind)!);
        var there = await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
        var (taken, said) = (Named(form), await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier.Id && n.By == caller.Self).ToListAsync(ct));
        foreach (var (at, row) in form.Persons.Index())
        {
            if (row.Id is { } id)
            {
                var person = there.Find(p => p.Id == id) ?? throw new RefusedException("absent", dossier.Id);
                // Of somebody whose name nobody knew it is put right here who they are; in what capacity they are there, in the dossier.
                if (IsMore(person, row)) await IsCalled(dossier, person, row, ct);
                // The day team named them meanwhile: what the night knows of them is for the day team to weigh.
                else if (row.HasName && !string.Equals(person.Identity.Value.FullName, row.Identity.FullName, StringComparison.OrdinalIgnoreCase)) Says(person, string.Join(", ", new[] { row.Identity.FullName, row.Identity.Phone }.OfType<string>()));
                Says(person, row.Relation);
                continue;
            }
            if (!row.IsFilled) continue;
            var who = Known(there, taken, row, row.Capacity ?? kind.Capacity);
            if (who is null)
            {
                ShippedCodes.Must(Moment.Day(now), $"{nameof(Enter.Command.Persons)}[{at}].{nameof(row.Capacity)}", Words.ChooseCapacity, row.Capacity);
                there.Add(who = await Comes(dossier, row.Identity, row.Capacity ?? kind.Capacity, form.Language, now, ct));
                taken.Add(who.Id);
            }
            Says(who, row.Relation);
        }
        // A dossier is somebody's: of whom nothing is known yet, there is at least that.
        if (there.Count == 0) there.Add(await Comes(dossier, new Particulars("", ""), kind.Capacity, form.Language, now, ct));
        dossier.Lead ??= (there.Find(p => p.IsHelped) ?? there[0]).Id;
        if (there.Find(p => p.Id == dossier.Lead) is { IsHelped: false } && there.Find(p => p.IsHelped) is { } lead) dossier.Lead = lead.Id;

        void Says(Person person, string? what)
        {
            if (string.IsNullOrWhiteSpace(what) || said.Exists(n => n.Persons.Contains(person.Id) && n.Text.Value == what.Trim())) return;
            zone.Add(Dossiers.Note.Write(dossier.Id, [person.Id], Layer.Assistance, what.Trim(), caller.Self, now));
        }
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
        var identity = (row.HasName ? before with { FamilyName = row.Identity.FamilyName, GivenName = row.Identity.GivenName } : before) with { Phone = row.Identity.Phone ?? before.Phone };
        var safe = await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct);
        var rules = safe.Now();
        if (PhoneNumber.ToE164(before.Phone) != PhoneNumber.ToE164(identity.Phone)) safe.Moved(Channel.Call, Channel.Sms);
        NeverElsewhere.Meets(zone, safe, rules, before, identity, caller.Self, clock.GetUtcNow());
        person.Identity = identity;
        await tally.IsPutRight(person, identity, ct);
        await masonry.Meets(dossier, identity, null, ct);
        await gate.TakeBack([person.Id], Bar.Changed, ct);
        if (person.IsHelped && dossier.IsViolenceAtHome) await aftermath.Reaches(identity, ct, except: person.Id);
        await SearchToken.FindAgain(zone, here.InZone.Keys.Search, person, ct);
        if (person.Capacity == Capacity.AllegedAuthor) await gate.AuthorCame(dossier, identity, ct);
        if (row.HasName) await joining.CheckInterpretersAgain(dossier, ct);
    }

    private async Task Report(Dossier dossier, Enter.Command form, DateTimeOffset now, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(form.Report)) return;
        var number = form.Report.Trim();
        if ((await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).ToListAsync(ct)).Exists(r => string.Equals(r.Number.Value, number, StringComparison.OrdinalIgnoreCase))) return;
        OfficialReport.Add(zone, here.InZone.Keys.Search, dossier.Id, number, now);
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
        // The day team reads it, in the language of its zone.
        foreach (var task in callOut.Leaves(form.Tasks)) Plan(KindOf(task), Spoken.In(here.InZone.Record.FirstLanguage, () => Words.Of(task)), now + WithinOf(task));
        if (!string.IsNullOrWhiteSpace(form.OwnTask) && !await IsLeft(dossier.Id, form, ct)) Plan(ActKind.Other, form.OwnTask, form.OwnDue ?? now.AddHours(24));
        if (form.HandsOver) await handing.LookAfter(callOut, dossier, helped, ct);

        void Plan(ActKind kind, string? text, DateTimeOffset due) => zone.Add(FollowUp.Plan(dossier.Id, helped, kind, text, due, caller.Self, now));
    }

    // Sent from a second tab, or again: it is left to the day team once.
    private async Task<bool> IsLeft(Guid dossier, Enter.Command form, CancellationToken ct) =>
        (await zone.Set<FollowUp>().Where(f => f.DossierId == dossier && f.Kind == ActKind.Other && f.By == caller.Self).ToListAsync(ct))
            .Exists(f => f.Text?.Value == form.OwnTask!.Trim() && (form.OwnDue is not { } due || (f.DueAt - due).Duration() < TimeSpan.FromMinutes(1)));

    /// <summary>Is all that this form says there already?</summary>
    private async Task<bool> Stands(Guid made, Enter.Command form, CancellationToken ct)
    {
        if (await zone.Set<CallOut>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == made && c.Performer == caller.Self, ct) is not { } stands || (form.HandsOver && stands.HandedOver is null)) return false;
        if (stands.CalledBy != form.By || !Restating.IsSame(stands.CalledAt, form.CalledAt) || !Restating.IsSame(stands.Arrived, form.Arrived) || !Restating.IsSame(stands.Ended, form.Ended) || (stands.Scene?.Value ?? "") != (form.Scene?.Trim() ?? "")) return false;
        if (!stands.Acts.ToHashSet().SetEquals(form.Acts) || form.Tasks.Except(stands.Tasks).Any() || stands.ReportToFollow != (form.ReportToFollow && string.IsNullOrWhiteSpace(form.Report))) return false;
        var dossier = await zone.Set<Dossier>().AsNoTracking().SingleAsync(d => d.Id == stands.DossierId, ct);
        if ((form.TurnsIt && dossier.FactsCode != form.SubKind) || (form.MovesIt && dossier.Municipality != (form.Municipality?.Trim() ?? ""))) return false;
        var notes = (await zone.Set<Note>().AsNoTracking().Where(n => n.DossierId == dossier.Id && n.By == caller.Self).ToListAsync(ct)).ConvertAll(n => (n.Id, Text: n.Text.Value));
        if (!string.IsNullOrWhiteSpace(form.Note) && !notes.Contains((stands.Note ?? default, form.Note.Trim()))) return false;
        if (!string.IsNullOrWhiteSpace(form.OwnTask) && !await IsLeft(dossier.Id, form, ct)) return false;
        if (!string.IsNullOrWhiteSpace(form.Report) && !(await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier.Id).ToListAsync(ct)).Exists(r => string.Equals(r.Number.Value, form.Report.Trim(), StringComparison.OrdinalIgnoreCase))) return false;
        var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
        var taken = Named(form);
        foreach (var row in form.Persons.Where(r => r.IsFilled))
        {
            if (!string.IsNullOrWhiteSpace(row.Relation) && !notes.Exists(n => n.Text == row.Relation.Trim())) return false;
            if (row.Id is { } id ? people.Find(p => p.Id == id) is { } there && IsMore(there, row) : Known(people, taken, row, row.Capacity ?? SubKinds.Find(dossier.SubKind)!.Capacity) is null) return false;
        }
        return true;
    }

    // Only of whom nobody knew the name.
    private static bool IsMore(Person there, Enter.PersonRow row) => there.Identity.Value is var before && before.FullName == Particulars.Nameless && (row.HasName || (PhoneNumber.ToE164(row.Phone) is { } phone && phone != PhoneNumber.ToE164(before.Phone)));

    private static HashSet<Guid> Named(Enter.Command form) => [.. form.Persons.Select(p => p.Id).OfType<Guid>()];

    /// <summary>Whoever stands there already under what this row says, and is nobody else's row; taken by it.</summary>
    private static Person? Known(List<Person> there, HashSet<Guid> taken, Enter.PersonRow row, Capacity capacity)
    {
        var found = there.Find(p => !taken.Contains(p.Id) && IsIt(p));
        if (found is not null) taken.Add(found.Id);
        return found;

        bool IsIt(Person person)
        {
            var (identity, said) = (person.Identity.Value, row.Identity);
            if (!string.Equals(identity.FamilyName, said.FamilyName, StringComparison.OrdinalIgnoreCase) || !string.Equals(identity.GivenName, said.GivenName, StringComparison.OrdinalIgnoreCase)) return false;
            return (row.HasName || person.Capacity == capacity) && (said.Phone is null || PhoneNumber.ToE164(said.Phone) == PhoneNumber.ToE164(identity.Phone));
        }
    }

    private static Trigger TriggerOf(CalledBy? by) => by switch { CalledBy.Hospital => Trigger.Hospital, CalledBy.Prosecutor => Trigger.ProsecutorsOrder, CalledBy.Colleague or CalledBy.Other => Trigger.OtherService, _ => Trigger.Patrol };
    private static ActKind KindOf(DayTask task) => task switch { DayTask.CallWithin24Hours => ActKind.CallBack, DayTask.LastFarewell => ActKind.Accompany, DayTask.FetchReport => ActKind.Administration, _ => ActKind.Other };
    private static TimeSpan WithinOf(DayTask task) => task == DayTask.FetchReport ? TimeSpan.FromDays(7) : TimeSpan.FromHours(24);
    private static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
}
