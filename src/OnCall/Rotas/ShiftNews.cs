using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.Rotas;

/// <summary>What became of somebody's shifts by another's hand; lapsed: a swap they had asked for, or were asked for, can be no more.</summary>
internal enum News { Entered = 1, Changed, Removed, Lapsed }

/// <summary>Somebody else entered, changed or removed a colleague's shifts: it stands on their bell until they have seen it. One for all that one deed did to them.</summary>
internal sealed class ShiftNews
{
    /// <summary>On the bell no longer than this, though nobody has looked.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(31);

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>The zone as whose colleague they serve, or served, these shifts.</summary>
    public Guid Zone { get; private set; }
    public Guid Pool { get; private set; }
    public News What { get; private set; }
    public Rank Rank { get; private set; }

    /// <summary>How many shifts, from the first one's start to the last one's end.</summary>
    public int Shifts { get; private set; }
    public DateTimeOffset Start { get; private set; }
    public DateTimeOffset End { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset? Seen { get; private set; }

    /// <param name="shifts">All of one colleague, in one zone and one rank; at least one.</param>
    public static ShiftNews Of(Guid pool, News what, IReadOnlyCollection<Shift.What> shifts, DateTimeOffset now)
    {
        var one = shifts.First();
        return new ShiftNews
        {
            Id = Guid.CreateVersion7(now), Account = one.Account, Zone = one.Employer, Pool = pool, What = what, Rank = one.Rank, Shifts = shifts.Count, Start = shifts.Min(s => s.Start), End = shifts.Max(s => s.End), At = now,
        };
    }

    public void IsSeen(DateTimeOffset now) => Seen ??= now;

    internal sealed class Mapping : ICatalogMapping<ShiftNews>
    {
        public void Configure(EntityTypeBuilder<ShiftNews> b)
        {
            b.ToTable("shift_news");
            b.Property(n => n.Id).ValueGeneratedNever();
            b.HasIndex(n => new { n.Zone, n.Seen });
            b.HasIndex(n => new { n.Account, n.At });
        }
    }
}

/// <summary>What nobody is shown any more is forgotten, seen or not.</summary>
internal sealed class ClearShiftNews : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(), ct);
    }

    // The catalogue is asked at the hourly round.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Query, bool>
    {
        public Task<bool> Handle(Query query, CancellationToken ct) => Old(house, here, clock).AnyAsync(ct);
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Command, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var old = await Old(house, here, clock).OrderBy(n => n.At).Take(InOneGo).ToListAsync(ct);
            house.RemoveRange(old);
            return old.Count;
        }
    }

    private static IQueryable<ShiftNews> Old(CatalogDbContext house, UseCase here, TimeProvider clock)
    {
        var (zone, before) = (here.InZone.Id, clock.GetUtcNow() - ShiftNews.Kept);
        return house.Set<ShiftNews>().Where(n => n.Zone == zone && n.At <= before);
    }
}

/// <summary>Tells a colleague that somebody else changed something of their shifts: not what, not when, not who.</summary>
internal sealed class ShiftMail(ISendMail mail, IAccounts accounts) : IDeliverForTheHouse
{
    private const string KindName = "shift-news";
    public string Kind => KindName;

    public static OutboxMessage New(ShiftNews news) => OutboxMessage.New($"{KindName} {news.Id}", KindName, news.Id, news.Account, news.At, news.Zone);

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(message.To is { } one ? [one] : [], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.ShiftNewsSubject, Words.ShiftNewsText));
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}
