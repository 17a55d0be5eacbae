using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Contacts;

/// <summary>Who is reminded, and by what.</summary>
internal sealed record Reminder(Guid Person, Channel Channel)
{
    /// <summary>As a form carries it.</summary>
    public override string ToString() => $"{Channel} {Person}";

    /// <summary>What a form carried; null: it is no reminder.</summary>
    public static Reminder? Read(string? text) =>
        text?.Split(' ') is [var way, var who] && Enum.TryParse<Channel>(way, out var channel) && channel is Channel.Sms or Channel.Mail && Guid.TryParse(who, out var person) ? new Reminder(person, channel) : null;
}

/// <summary>A reminder as it stands beside its appointment.</summary>
/// <param name="At">When it is to go; once it went or was dropped, when that was.</param>
/// <param name="Why">Why it did not go.</param>
internal sealed record ReminderLine(Guid Contact, Guid Person, Channel Channel, MessageState State, DateTimeOffset At, Bar Why);

/// <summary>Reminds somebody of an appointment the day before, where that was ticked: the day and the time, nothing else. The gate is asked when it is planned and again when it goes (<see cref="SendMessage"/>).</summary>
internal sealed class AppointmentReminders(ZoneDbContext zone, UseCase here, Gate gate, IEnumerable<ISendText> senders, Caller caller, TimeProvider clock)
{
    private const int FirstHour = 10, LastHour = 19;

    /// <summary>When it goes: the day before from ten o'clock, in the first full hour that the rules allow; where they allow none on that day, up to three days before. null: there is no such hour any more.</summary>
    public static DateTimeOffset? DueFor(DateTimeOffset at, SafeDetails agreed, DateTimeOffset now)
    {
        var (day, hours) = (Moment.Day(at), Enumerable.Range(FirstHour, LastHour - FirstHour + 1));
        return Enumerable.Range(1, 3).SelectMany(before => hours.Select(hour => Moment.Instant(day.AddDays(-before).ToDateTime(new TimeOnly(hour, 0)))))
            .Where(due => due > now && agreed.IsTime(due)).Select(due => (DateTimeOffset?)due).FirstOrDefault();
    }

    /// <summary>Nobody is reminded at night, however late a server comes back.</summary>
    public static bool IsTime(DateTimeOffset now) => Moment.Local(now).Hour is >= 8 and <= LastHour;

    /// <summary>What it says, in the person's language: neither from whom nor of what nor where.</summary>
    public static string Says(DateTimeOffset at, string language)
    {
        var written = Wording.Spoken(language, "en");
        return Spoken.In(written, () => Words.AppointmentReminderText(Moment.ShowLong(Moment.Day(at), CultureInfo.GetCultureInfo(written + "-BE")), Moment.Clock(at)));
    }

    /// <summary>The ways on which a reminder may be offered: simply safe, asked lately, with a provider. The hour is looked at when it is planned.</summary>
    public async Task<IReadOnlyList<Reminder>> May(Dossier dossier, IEnumerable<SafeContact> rules, CancellationToken ct)
    {
        var (open, now) = (new List<Reminder>(), clock.GetUtcNow());
        foreach (var safe in rules.OrderBy(s => s.Id))
        {
            Channel[] ways = [.. new[] { Channel.Sms, Channel.Mail }.Where(c => IsReady(c) && safe.Of(c) == Rule.Safe)];
            if (ways.Length == 0) continue;
            var whom = await gate.Of(dossier, safe.Id, first: false, ct);
            open.AddRange(ways.Where(c => Clearance.Look(whom, new Outgoing(c, Unattended: true), now).Bar is Bar.None or Bar.Hours).Select(c => new Reminder(safe.Id, c)));
        }
        return open;
    }

    /// <summary>What waits is taken back, and what is ticked is queued for the moment that was agreed; one that went already for this very moment goes no second time.</summary>
    /// <exception cref="ValidationException">There is no provider, or no hour for it.</exception>
    /// <exception cref="RefusedException">The channel is closed.</exception>
    public async Task Settle(Dossier dossier, Contact contact, IReadOnlyList<Reminder> wanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var before = await zone.Set<Message>().Where(m => m.ContactId == contact.Id && m.State != MessageState.Dropped).ToListAsync(ct);
        foreach (var message in before.Where(m => m.State == MessageState.Waiting)) message.Drop(Bar.Withdrawn, now);
        foreach (var one in wanted)
        {
            if (!IsReady(one.Channel)) throw Wrong(Words.Of("NoProvider_" + one.Channel));
            var whom = await gate.Of(dossier, one.Person, first: false, ct);
            var text = Says(contact.At, whom.Person.Language);
            if (before.Exists(m => m.State == MessageState.Sent && m.PersonId == one.Person && m.Content.Value == text)) continue;
            var due = DueFor(contact.At, whom.Agreed, now);
            var (leave, bar) = Clearance.Ask(whom, new Outgoing(one.Channel, Unattended: true, At: due), now);
            if (leave is null && bar != Bar.Hours) throw new RefusedException(bar.Code(), dossier.Id) { Field = nameof(Plan.Command.Remind) };
            if (leave is null || due is null) throw Wrong(Words.NoHourToRemind);
            var message = Message.Remind(leave, contact.Id, text, due.Value, caller.Self, now);
            zone.AddRange(message, message.Outbox());
        }
    }

    /// <summary>The appointment is no more to come: nobody is reminded of it.</summary>
    public static async Task TakeBack(ZoneDbContext zone, Guid contact, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var message in await zone.Set<Message>().Where(m => m.ContactId == contact && m.State == MessageState.Waiting).ToListAsync(ct)) message.Drop(Bar.Withdrawn, now);
    }

    /// <summary>Whoever was reminded of a moment that holds no more, or of an appointment they come to no more, is to be told so: an act, due now.</summary>
    /// <param name="only">Whom it concerns; null: everybody.</param>
    public async Task TellAnew(Contact contact, IReadOnlyCollection<Guid>? only, CancellationToken ct)
    {
        var told = only is { Count: 0 } ? [] : await zone.Set<Message>().Where(m => m.ContactId == contact.Id && m.State == MessageState.Sent).Select(m => m.PersonId).Distinct().ToListAsync(ct);
        if (only is not null) told.RemoveAll(who => !only.Contains(who));
        if (told.Count > 0) zone.Add(FollowUp.Plan(contact.DossierId, told, ActKind.Other, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.ReminderIsOld), clock.GetUtcNow(), caller.Self, clock.GetUtcNow()));
    }

    /// <summary>Is there nothing left to remind of? Of anything but a reminder: no.</summary>
    public static async Task<bool> HasEnded(ZoneDbContext zone, Message message, Dossier dossier, DateTimeOffset now, CancellationToken ct)
    {
        if (message.ContactId is not { } id) return false;
        var contact = await zone.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct);
        return !dossier.IsOpen || contact is not { IsPlanned: true, CheckedIn: null } || contact.At <= now || !contact.Persons.Contains(message.PersonId)
            || !await zone.Set<Person>().AnyAsync(p => p.Id == message.PersonId && p.DossierId == dossier.Id, ct);
    }

    /// <summary>Whoever works on the dossier is told, while there is time to tell the person otherwise. It names nobody: a row of them may just become another's; beside the appointment it stands whose it was.</summary>
    public static void DidNotGo(ZoneDbContext zone, Dossier dossier, Bar why, string language, Guid by, DateTimeOffset now)
    {
        if (!dossier.IsOpen) return;
        var act = FollowUp.Plan(dossier.Id, [], ActKind.Other, Spoken.In(language, () => Words.ReminderDidNotGo(Words.Of(why))), now, by, now);
        zone.Add(act);
        dossier.Awaits(act.DueAt);
    }

    /// <summary>Those of an appointment that wait to go.</summary>
    public static async Task<IReadOnlyList<Reminder>> Waiting(ZoneDbContext zone, Guid contact, CancellationToken ct) =>
        await zone.Set<Message>().AsNoTracking().Where(m => m.ContactId == contact && m.State == MessageState.Waiting).OrderBy(m => m.Id).Select(m => new Reminder(m.PersonId, m.Channel)).ToListAsync(ct);

    /// <summary>Those of a dossier, the earliest first.</summary>
    public static async Task<IReadOnlyList<ReminderLine>> Of(ZoneDbContext zone, Guid dossier, CancellationToken ct) =>
        await zone.Set<Message>().AsNoTracking().Where(m => m.DossierId == dossier && m.ContactId != null).OrderBy(m => m.NotBefore)
            .Select(m => new ReminderLine(m.ContactId!.Value, m.PersonId, m.Channel, m.State, m.Ended ?? m.NotBefore!.Value, m.Why)).ToListAsync(ct);

    private bool IsReady(Channel channel) => senders.Any(s => s.Channel == channel && s.IsReady);
    private static ValidationException Wrong(string say) => new([new ValidationFailure(nameof(Plan.Command.Remind), say)]);
}
