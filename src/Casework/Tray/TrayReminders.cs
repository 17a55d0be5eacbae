using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>A message that waits longer than a first contact may (the urgent: four hours) is told to the coordinators, once.</summary>
internal sealed class TrayReminders : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await zone.Set<TrayEntry>().Where(e => e.State == TrayState.Waiting && e.Gone == null && e.Reminded == null).OrderBy(e => e.RemindAt).Select(e => (DateTimeOffset?)e.RemindAt).FirstOrDefaultAsync(ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var late = await zone.Set<TrayEntry>().Where(e => e.State == TrayState.Waiting && e.Gone == null && e.Reminded == null && e.RemindAt <= now).OrderBy(e => e.RemindAt).Take(InOneGo).ToListAsync(ct);
            foreach (var entry in late) zone.Add(entry.Remind(now));
            return late.Count;
        }
    }
}

internal sealed class TrayWaitsMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline, TimeProvider clock) : MailAsChosen(mail, accounts, staff, pipeline, clock)
{
    public const string KindName = "tray-waits";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.TrayWaitsSubject, Words.TrayWaitsText));
}

/// <summary>Tells a colleague that a message was put to them.</summary>
internal sealed class TrayPutMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "tray-put";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.TrayPutSubject, Words.TrayPutText));
}
