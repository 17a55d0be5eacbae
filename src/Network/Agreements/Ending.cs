using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Agreements;

/// <summary>Agreements whose end comes near: the coordinators are told at the notice, and once more shortly before the end, however many there are that day.</summary>
internal sealed class Ending : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await zone.Set<Agreement>().Where(a => a.NextReminder != null).OrderBy(a => a.NextReminder).Select(a => a.NextReminder).FirstOrDefaultAsync(ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var due = await zone.Set<Agreement>().Where(a => a.NextReminder != null && a.NextReminder <= now).OrderBy(a => a.NextReminder).ThenBy(a => a.Id).ToListAsync(ct);
            if (due.Count == 0) return 0;
            var ids = due.ConvertAll(a => a.Id);
            var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().Where(p => ids.Contains(p.AgreementId)).ToListAsync(ct)).ToLookup(p => p.AgreementId);
            // The key names the reminder that ran out: queued twice, it is told once.
            zone.Add(OutboxMessage.New($"agreements-end {due[0].Id} {due[0].NextReminder!.Value.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture)}", EndingMail.KindName, null, null, now));
            foreach (var agreement in due) agreement.Settle([.. periods[agreement.Id]], now);
            return due.Count;
        }
    }
}

/// <summary>Tells the coordinators that agreements come to their end; which, with whom and what about stands in the portal.</summary>
internal sealed class EndingMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliver
{
    public const string KindName = "agreements-end";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(await staff.Holding(zone.Id, [Role.Coordinator], ct), ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.AgreementsEndSubject, Words.AgreementsEndText));
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}
