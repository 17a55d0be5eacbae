using System.Collections.Concurrent;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Casework.Reminding;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Contacts;

/// <summary>Who is on a visit in which zone, as of a few seconds ago: every page of every colleague asks. What was done in this process acts at once.</summary>
internal sealed class UnderWay(TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, (IReadOnlyList<One> Visits, long Read)> known = new();

    /// <param name="Expected">By when they said they would be out.</param>
    internal sealed record One(Guid Contact, Guid Dossier, Guid? Worker, Place Place, DateTimeOffset Expected);

    public void Forget(WhereAndWho who)
    {
        if (who.Zone is { } zone) known.TryRemove(zone.Id, out _);
    }

    public async ValueTask<IReadOnlyList<One>> In(Guid zone, Func<Task<IReadOnlyList<One>>> read)
    {
        if (known.TryGetValue(zone, out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Visits;
        if (known.Count > 10_000) known.Clear();
        var (at, visits) = (clock.GetTimestamp(), await read());
        known[zone] = (visits, at);
        return visits;
    }
}

/// <summary>The red band on every page of a zone while a colleague is late from a visit: who, where in a word, by when. Of the person visited there is nothing to see, so no wall is asked.</summary>
internal sealed class LateVisits(IMediator pipeline, UnderWay underWay, IAccounts accounts, ISendSms sms, TimeProvider clock) : IWarn
{
    public async ValueTask<IReadOnlyList<Warning>> Of(WhereAndWho who, CancellationToken ct)
    {
        if (who.Zone is not { } zone || !who.Caller.May(May.BelongToTheZone)) return [];
        var now = clock.GetUtcNow();
        var late = (await underWay.In(zone.Id, () => pipeline.Send(new Query(), ct))).Where(v => v.Expected <= now).ToList();
        if (late.Count == 0) return [];
        var names = await accounts.Named(late.Select(v => v.Worker).OfType<Guid>(), ct);
        return [.. late.OrderBy(v => v.Expected).Select(v => Say(v, who.Caller, names, sms.IsReady))];
    }

    private static Warning Say(UnderWay.One visit, Caller caller, IReadOnlyDictionary<Guid, Colleague> names, bool texts)
    {
        var by = Moment.Show(visit.Expected);
        if (visit.Worker == caller.Account && caller.May(May.ChangeDossiers)) return new Warning(Words.YouAreLate(Words.Of(visit.Place), by), $"/dossiers/{visit.Dossier}/appointments/{visit.Contact}/visit?handler=Out", Words.CheckOut, Everywhere: true);
        var name = visit.Worker is { } worker && names.TryGetValue(worker, out var colleague) ? colleague.DisplayName : Words.Nobody;
        return new Warning(texts ? Words.ColleagueIsLateTexted(name, Words.Of(visit.Place), by) : Words.ColleagueIsLate(name, Words.Of(visit.Place), by), Everywhere: true);
    }

    [Requires(May.BelongToTheZone)]
    internal sealed record Query : IQuery<IReadOnlyList<UnderWay.One>>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, IReadOnlyList<UnderWay.One>>
    {
        private static readonly Compiled<bool, UnderWay.One> Visits = Compiled.Query((ZoneDbContext z, bool _) =>
            z.Set<Contact>().AsNoTracking().Where(c => c.ExpectedOut != null && c.CheckedOut == null).Select(c => new UnderWay.One(c.Id, c.DossierId, c.Worker, c.Place, c.ExpectedOut!.Value)));

        public async Task<IReadOnlyList<UnderWay.One>> Handle(Query query, CancellationToken ct) => await Visits.In(zone, true, ct);
    }
}

/// <summary>A check-out that is late is told once to the colleagues who help people in this zone and are there, by a mail that names nobody; and by a text message that says as little, to those who left a number, where a provider is set up.</summary>
internal sealed class LateCheckOuts : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await zone.Set<Contact>().Where(c => c.ExpectedOut != null && c.CheckedOut == null && (c.LateToldFor == null || c.LateToldFor != c.ExpectedOut)).OrderBy(c => c.ExpectedOut).Select(c => c.ExpectedOut).FirstOrDefaultAsync(ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    /// <summary>Who is on a visit of this dossier: nobody writes to them that they are late, they see it.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Visitors(Guid Dossier) : IQuery<IReadOnlyList<Guid>>;

    /// <summary>Where the text message goes; null: nobody is late there any more, it is they who visit, or they took their number back.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Telephone(Guid Dossier, Guid Account) : IQuery<string?>;

    internal sealed class Handler(ZoneDbContext zone, ISendSms sms, TimeProvider clock) : IRequestHandler<Command, int>, IRequestHandler<Visitors, IReadOnlyList<Guid>>, IRequestHandler<Telephone, string?>
    {
        public async Task<string?> Handle(Telephone query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var late = await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == query.Dossier && c.ExpectedOut <= now && c.CheckedOut == null).ToListAsync(ct);
            if (late.Count == 0 || late.Exists(c => c.Worker == query.Account || c.Companion == query.Account)) return null;
            return (await zone.Set<MailChoice>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == query.Account, ct))?.Telephone?.Value;
        }

        public async Task<IReadOnlyList<Guid>> Handle(Visitors query, CancellationToken ct) =>
            [.. (await zone.Set<Contact>().AsNoTracking().Where(c => c.DossierId == query.Dossier && c.ExpectedOut != null && c.CheckedOut == null).Select(c => new { c.Worker, c.Companion }).ToListAsync(ct)).SelectMany(c => new[] { c.Worker, c.Companion }).OfType<Guid>()];

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var late = await zone.Set<Contact>().Where(c => c.ExpectedOut != null && c.CheckedOut == null && c.ExpectedOut <= now && (c.LateToldFor == null || c.LateToldFor != c.ExpectedOut)).ToListAsync(ct);
            var texted = late.Count > 0 && sms.IsReady ? await zone.Set<MailChoice>().Where(c => c.Telephone != null).Select(c => c.Id).ToListAsync(ct) : [];
            foreach (var visit in late)
            {
                var told = visit.TellLate(now);
                zone.Add(told);
                // One message for each colleague: a number that cannot be reached keeps nobody else's waiting.
                foreach (var one in texted) zone.Add(OutboxMessage.New($"{told.Key} {one}", LateCheckOutSms.KindName, visit.DossierId, one, now));
            }
            return late.Count;
        }
    }
}

internal sealed class LateCheckOutMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "check-out-late";
    public override string Kind => KindName;

    // As with the red band: of the person visited it says nothing. A dossier that few may open would leave whoever goes there without anybody who is told.
    protected override bool IsOfTheDossier => false;

    /// <summary>A coordinator alone may be asleep, or be the one who is late; at night whoever is on call is awake.</summary>
    internal static readonly IReadOnlyList<Role> Told = [Role.Caseworker, Role.Coordinator, Role.OnCall];

    protected override async Task<IReadOnlyList<Guid>> ForAll(OutboxMessage message, ZoneRecord zone, IReadOnlyList<Guid> coordinators, CancellationToken ct)
    {
        var visitors = await Pipeline.Send(new LateCheckOuts.Visitors(message.About!.Value), ct);
        var others = (await Staff.Holding(zone.Id, Told, ct)).Except(visitors).ToList();
        var there = new List<Guid>();
        foreach (var one in others)
            if (await Staff.AwayNow(zone.Id, one, ct) is null) there.Add(one);
        return there.Count > 0 ? there : others; // told once only: away is better than nobody
    }

    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.CheckOutLateSubject, Words.CheckOutLateText));
}

/// <summary>Texts one colleague that somebody is late from a visit: to those who get the mail and left a number.</summary>
internal sealed class LateCheckOutSms(ISendSms sms, IAccounts accounts, IStaff staff, IMediator pipeline) : IDeliver
{
    public const string KindName = "check-out-late-sms";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message is not { About: { } dossier, To: { } account } || !sms.IsReady) return;
        if (!(await staff.Holding(zone.Id, LateCheckOutMail.Told, ct)).Contains(account) || await staff.AwayNow(zone.Id, account, ct) is not null) return;
        if (await pipeline.Send(new LateCheckOuts.Telephone(dossier, account), ct) is not { } number) return;
        if (!(await accounts.Named([account], ct)).TryGetValue(account, out var colleague)) return;
        await sms.Send(new Sms(message.Key, number, Spoken.In(colleague.Language, () => Words.CheckOutLateSms)), ct);
    }
}
