using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Reminding;

/// <summary>How reminders reach somebody by mail; in the portal they always do.</summary>
internal enum MailRhythm { AtOnce = 1, Daily = 2, Never = 3 }

/// <summary>How one colleague wants to be reminded in this zone. Who chose nothing is written to at once, on every day.</summary>
internal sealed class MailChoice : IHoldSealed
{
    /// <summary>The hour of the daily mail where nothing is chosen.</summary>
    public const int UsualHour = 8;

    /// <summary>The account.</summary>
    public Guid Id { get; private set; }
    public MailRhythm Rhythm { get; private set; } = MailRhythm.AtOnce;

    /// <summary>On the wall, 0 to 23: of the daily mail, and of what waited for a working day.</summary>
    public int Hour { get; private set; } = UsualHour;
    public bool WorkingDaysOnly { get; private set; }

    /// <summary>For the one text message there is: a colleague is late from a visit. International form; null: none goes to them.</summary>
    public Sealed<string>? Telephone { get; private set; }
    public Guid KeyOwner => Id;

    public static MailChoice Of(Guid account) => new() { Id = account };
    public void Choose(MailRhythm rhythm, int hour, bool workingDaysOnly) => (Rhythm, Hour, WorkingDaysOnly) = (rhythm, hour, workingDaysOnly);

    /// <param name="telephone">International form; null: forgotten.</param>
    public void Text(string? telephone)
    {
        if (telephone != Telephone?.Value) Telephone = telephone is null ? null : (Sealed<string>)telephone;
    }

    /// <summary>Does a mail leave at once?</summary>
    public bool IsNow(DateTimeOffset now) => Rhythm == MailRhythm.AtOnce && (!WorkingDaysOnly || Digest.IsWorked(Design.Html.Moment.Day(now)));

    internal sealed class Mapping : IZoneMapping<MailChoice>
    {
        public void Configure(EntityTypeBuilder<MailChoice> b)
        {
            b.ToTable("mail_choice");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Sealed(c => c.Telephone, "mail_choice.telephone");
            b.Ignore(c => c.KeyOwner);
        }
    }
}

/// <summary>What a colleague chose, asked when a mail is about to leave.</summary>
internal static class Chosen
{
    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Account) : IQuery<MailChoice>;

    /// <summary>Puts a reminder into the colleague's next mail: one message for each account and moment, however many reminders it holds and however often this is tried.</summary>
    /// <param name="Since">When the reminder was made: tried again after that mail left, it is in no second one.</param>
    [Requires(May.RunThePlatform)]
    internal sealed record Gather(Guid Account, DateTimeOffset Since) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, MailChoice>, IRequestHandler<Gather, bool>
    {
        public async Task<MailChoice> Handle(Query query, CancellationToken ct) => await zone.Set<MailChoice>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == query.Account, ct) ?? MailChoice.Of(query.Account);

        public async Task<bool> Handle(Gather command, CancellationToken ct)
        {
            var choice = await Handle(new Query(command.Account), ct);
            var (_, at) = Digest.Next(command.Since, choice.Hour, choice.WorkingDaysOnly);
            // The hour too: who chooses a later one on the day whose mail has left gets what fell due since in a second one.
            var key = $"{DigestMail.KindName} {command.Account} {at.UtcDateTime:yyyyMMddHH}";
            if (await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == key, ct)) return false;
            zone.Add(OutboxMessage.New(key, DigestMail.KindName, null, command.Account, at));
            return true;
        }
    }
}

/// <summary>A neutral mail that leaves at once, once a day or never, as its reader chose; of what falls due in one go there is one.</summary>
internal abstract class MailAsChosen(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : NeutralMail(mail, accounts, staff, pipeline), IDeliverTogether
{
    private readonly IMediator pipeline = pipeline;

    protected override async Task Reach(OutboxMessage message, Colleague colleague, CancellationToken ct)
    {
        var choice = await pipeline.Send(new Chosen.Query(colleague.Id), ct);
        if (choice.IsNow(clock.GetUtcNow())) await base.Reach(message, colleague, ct);
        else if (choice.Rhythm != MailRhythm.Never) await pipeline.Send(new Chosen.Gather(colleague.Id, Digest.MadeAt(message.Id)), ct);
    }
}

internal sealed class ReminderMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => ActsDue.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ReminderSubject, Words.ReminderText));
}

/// <summary>An action point of a consultation body fell due: the same words as for anything else.</summary>
internal sealed class ActionPointMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => Network.Contracts.ActionPoints.ReminderKind;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ReminderSubject, Words.ReminderText));
}

/// <summary>The zone's figures of a year wait for a coordinator's eyes.</summary>
internal sealed class FiguresToLookAtMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => Contracts.FiguresToLookAt.ReminderKind;

    // Nobody settles them in a coordinator's place: it waits in the mailboxes of all.
    protected override Task<IReadOnlyList<Guid>> ForAll(OutboxMessage message, ZoneRecord zone, IReadOnlyList<Guid> coordinators, CancellationToken ct) => Task.FromResult(coordinators);
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.FiguresToLookAtSubject, Words.FiguresToLookAtText));
}

/// <summary>Partners or agreements are to be looked after.</summary>
internal sealed class PartnersMail(string kind, Func<string> subject, Func<string> text, ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => kind;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (subject(), text()));
}

internal sealed class FirstContactMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => FirstContactsOverdue.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ReminderSubject, Words.ReminderText));
}

internal sealed class NoNextActMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => NoNextAct.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ReminderSubject, Words.ReminderText));
}

internal sealed class AppointmentMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => AppointmentsToday.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.AppointmentTodaySubject, Words.AppointmentTodayText));
}

internal sealed class UnrecordedMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public override string Kind => UnrecordedAppointments.Code;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ReminderSubject, Words.ReminderText));
}

/// <summary>To the coordinators: a colleague was reminded, and nothing came of it.</summary>
internal sealed class ToldOnMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public const string KindName = "told-on";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.ToldOnSubject, Words.ToldOnText));
}

/// <summary>The mail of the day. It says that something waits, and nothing of what: the portal says that.</summary>
internal sealed class DigestMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "digest";
    private readonly IMediator pipeline = pipeline;
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.DigestSubject, Words.DigestText));

    // Chosen away since it was gathered.
    protected override async Task Reach(OutboxMessage message, Colleague colleague, CancellationToken ct)
    {
        if ((await pipeline.Send(new Chosen.Query(colleague.Id), ct)).Rhythm != MailRhythm.Never) await base.Reach(message, colleague, ct);
    }
}
