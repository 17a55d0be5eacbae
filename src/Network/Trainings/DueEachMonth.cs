using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>On the first of each month: whoever plans trainings is to hear how many were at none for as many years as the zone says.</summary>
internal sealed class DueEachMonth(TimeProvider clock) : IDoWhatIsDue
{
    private const int Morning = 8;

    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Next(zone, clock.GetUtcNow(), ct);

    // The month in which the zone began is left out: nothing is long ago there. Whoever works here is due from then on, also where nobody was ever registered.
    private static async Task<DateTimeOffset?> Next(ZoneDbContext zone, DateTimeOffset now, CancellationToken ct)
    {
        if (await zone.Set<AuditRow>().OrderBy(r => r.Seq).Select(r => (DateTimeOffset?)r.At).FirstOrDefaultAsync(ct) is not { } known) return null;
        var (earliest, month) = (Month(known).AddMonths(1), Month(now));
        if (month < earliest) month = earliest;
        var key = Key(month);
        return At(await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == key, ct) ? month.AddMonths(1) : month);
    }

    private static DateOnly Month(DateTimeOffset at) => Moment.Day(at) is var day ? new DateOnly(day.Year, day.Month, 1) : default;

    private static DateTimeOffset At(DateOnly day) => Moment.Instant(day.ToDateTime(new TimeOnly(Morning, 0)));

    // It names the month: told once in it, however often it is asked.
    private static string Key(DateOnly month) => string.Create(CultureInfo.InvariantCulture, $"{DueTold.KindName} {month:yyyyMM}");

    /// <returns>true: it is told now.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await Next(zone, now, ct) is not { } at || at > now) return false;
            zone.Add(OutboxMessage.New(Key(Month(at)), DueTold.KindName, null, null, now));
            return true;
        }
    }
}

/// <summary>Tells coordinators and administrators how many colleagues are to be trained again, and where the list is: nobody is named. Counted when it leaves; where there is nobody, nothing leaves.</summary>
internal sealed class DueTold(ISendMail mail, PortalAddress portal, IAccounts accounts, IStaff staff, IZoneSettings settings, IMediator pipeline) : IDeliver
{
    public const string KindName = "trainings-due";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        var years = (await settings.Of(zone.Id, ct)).TrainedEvery;
        if (await pipeline.Send(new Query(years), ct) is not (> 0 and var count)) return;
        await ToEach.Send([.. (await accounts.Named(await staff.Holding(zone.Id, [Role.Coordinator, Role.ZoneAdministrator], ct), ct)).Values], c => $"{message.Key} {c.Id}", async (colleague, key) =>
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.TrainingDueTitle, Words.TrainingDueTold(count, years, portal.To($"/{zone.Code}/trainings/due?topic={Due.AnyTopic}&years={years}"))));
            await mail.Send(new Letter(key, colleague.Email, subject, text), ct);
        });
    }

    /// <returns>How many colleagues were at no training, on whatever topic, for so many years.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Query(int Years) : IQuery<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock, UseCase here, IStaff staff, IAccounts accounts) : IRequestHandler<Query, int>
    {
        public async Task<int> Handle(Query query, CancellationToken ct) => (await new Due.Handler(zone, keys, clock, here, staff, accounts).Handle(new Due.Query(Due.AnyTopic, query.Years), ct)).Count;
    }
}
