using System.Text;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.OnCall.Now;

/// <summary>What whoever ends a shift leaves to the next: keys, car, whom to expect. No story of anybody belongs in it; sealed all the same, and gone some days after the next shift.</summary>
internal sealed class HandoverNote
{
    public const int Longest = 600, DaysAfter = 3, HoursToWrite = 24;
    private const string Kind = "on-call.note";
    private static readonly TimeSpan WithoutNext = TimeSpan.FromDays(7);

    public Guid Id { get; private set; }
    public Guid Pool { get; private set; }
    public Guid Shift { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>From then on it is shown to nobody and is deleted.</summary>
    public DateTimeOffset Ends { get; private set; }

    /// <summary>Under the master key, bound to this row.</summary>
    public byte[] Box { get; private set; } = [];

    /// <param name="next">The shift that follows; null: none is entered yet.</param>
    public static HandoverNote Leave(Shift shift, Shift? next, string said, HouseSeal seal, DateTimeOffset now)
    {
        var note = new HandoverNote { Id = Guid.CreateVersion7(now), Pool = shift.Pool, Shift = shift.Id, By = shift.Account };
        note.Say(shift, next, said, seal, now);
        return note;
    }

    public void Say(Shift shift, Shift? next, string said, HouseSeal seal, DateTimeOffset now) =>
        (At, Ends, Box) = (now, (next?.End ?? shift.End + WithoutNext).AddDays(DaysAfter), seal.Seal(Kind, Id, Encoding.UTF8.GetBytes(said.Trim())));

    public string Read(HouseSeal seal) => Encoding.UTF8.GetString(seal.Open(Kind, Id, Box));

    internal sealed class Mapping : ICatalogMapping<HandoverNote>
    {
        public void Configure(EntityTypeBuilder<HandoverNote> b)
        {
            b.ToTable("duty_note");
            b.Property(n => n.Id).ValueGeneratedNever();
            b.Property(n => n.Box).HasMaxLength(4 * Longest + 200);
            b.HasIndex(n => new { n.Pool, n.Ends });
            b.HasIndex(n => n.Shift).IsUnique();
        }
    }
}

/// <summary>Notes whose days are over are deleted, by whichever zone of the pool is visited first.</summary>
internal sealed class ForgetNotes(CatalogDatabase catalog, UseCase here) : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var self = here.InZone.Id;
        await using var house = catalog.Lease();
        return await Ours(house, self).OrderBy(n => n.Ends).Select(n => (DateTimeOffset?)n.Ends).FirstOrDefaultAsync(ct);
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Query, bool>, IRequestHandler<Command, int>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return await Ours(house, here.InZone.Id).AnyAsync(n => n.Ends <= now, ct);
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var over = await Ours(house, here.InZone.Id).Where(n => n.Ends <= now).ToListAsync(ct);
            house.RemoveRange(over);
            return over.Count;
        }
    }

    // Of pools the zone left too: a note outlives nobody's leaving.
    private static IQueryable<HandoverNote> Ours(CatalogDbContext house, Guid zone) =>
        house.Set<HandoverNote>().Where(n => house.Set<PoolMember>().Any(m => m.Pool == n.Pool && m.Zone == zone && m.State == Membership.Agreed));
}
