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
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Entries that nobody looked at for six months: the coordinators are told once, however many there are.</summary>
internal sealed class Stale : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await zone.Set<Partner>().Where(p => p.Ended == null && (p.RemindedFor == null || p.RemindedFor != p.CheckedOn)).OrderBy(p => p.StaleAt).Select(p => (DateTimeOffset?)p.StaleAt).FirstOrDefaultAsync(ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var stale = await zone.Set<Partner>().Where(p => p.Ended == null && p.StaleAt <= now && (p.RemindedFor == null || p.RemindedFor != p.CheckedOn)).OrderBy(p => p.Id).ToListAsync(ct);
            if (stale.Count == 0) return 0;
            foreach (var partner in stale) partner.Remind();
            // The key names the check that ran out: queued twice, it is told once.
            zone.Add(OutboxMessage.New($"partners-stale {stale[0].Id} {stale[0].CheckedOn:yyyyMMdd}", StaleMail.KindName, null, null, now));
            return stale.Count;
        }
    }
}

/// <summary>Tells the coordinators that the directory should be looked at.</summary>
internal sealed class StaleMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliver
{
    public const string KindName = "partners-stale";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(await staff.Holding(zone.Id, [Role.Coordinator], ct), ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.StaleSubject, Words.StaleText));
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}
