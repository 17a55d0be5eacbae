using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Contracts;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Swaps;

namespace VictimSupport.OnCall.Demo;

/// <summary>The story zones share their on-call: a week each in turn, a back-up, one gap that nobody has filled yet, one request to swap, and a zone outside the platform.</summary>
internal sealed class StoryRota(CatalogDatabase catalog, IAccounts accounts, IHostEnvironment environment, TimeProvider clock) : ITellRota
{
    private const int WeeksBack = 4, WeeksAhead = 6;
    private static readonly Guid PoolId = new("00000000-0000-0000-0000-0000000009a0");
    private static readonly string[] Turns = ["jonas.9901", "jonas.9902", "ines.9903", "ines.9904"];

    public async Task Tell(CancellationToken ct)
    {
        if (!environment.IsDevelopment()) throw new StartRefusedException("Fictitious zones and their people are made in development only: they have no place where real people are.");
        var people = new List<(Guid Account, string Code)>();
        foreach (var turn in Turns)
            if (await accounts.WithEmail($"{turn}@example.test", ct) is { } colleague) people.Add((colleague.Id, turn[^4..]));
        await catalog.WriteAsPlatform("OnCall.Demo", null, async house =>
        {
            var zones = (await house.Set<ZoneRecord>().Where(z => z.Code.StartsWith("990")).ToListAsync(ct)).ToDictionary(z => z.Code);
            var now = clock.GetUtcNow();
            var pool = await house.Set<Pool>().SingleOrDefaultAsync(p => p.Id == PoolId, ct);
            if (pool is null)
            {
                pool = new Pool { Id = PoolId, Name = "Demo pool", From = new DateOnly(2026, 1, 1) };
                pool.Agree("0800 00 100", null, null);
                house.Add(pool);
                house.Add(new OutsideMember { Id = Guid.CreateVersion7(now), Pool = PoolId, Zone = "Zone Ailleurs", From = pool.From });
            }
            var members = await house.Set<PoolMember>().Where(m => m.Pool == PoolId).Select(m => m.Zone).ToListAsync(ct);
            foreach (var zone in zones.Values.Where(z => !members.Contains(z.Id))) house.Add(new PoolMember { Id = Guid.CreateVersion7(now), Pool = PoolId, Zone = zone.Id, From = pool.From, State = Membership.Agreed, Asked = now });
            if (people.Count < Turns.Length || people.Exists(p => !zones.ContainsKey(p.Code))) return false;

            // Weeks change on Monday at eight. What stands already stays; a run in a later week adds the weeks that came.
            var today = Moment.Day(now);
            var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
            var from = Moment.Instant(monday.AddDays(-7 * (WeeksBack + 1)).ToDateTime(TimeOnly.MinValue));
            var there = await house.Set<Shift>().Where(s => s.Pool == PoolId && s.End > from).ToListAsync(ct);
            for (var week = -WeeksBack; week < WeeksAhead; week++)
            {
                var first = monday.AddDays(7 * week);
                var turn = first.DayNumber / 7;
                // In the week after next the night from Saturday to Sunday is nobody's yet.
                if (week == 2) Enter(first, first.AddDays(5), turn, Rank.Duty);
                else Enter(first, first.AddDays(7), turn, Rank.Duty);
                if (week == 2) Enter(first.AddDays(6), first.AddDays(7), turn, Rank.Duty);
                Enter(first, first.AddDays(7), turn + 1, Rank.BackUp);
            }
            // Jonas of the first zone asks his colleague of the second to take his next week.
            var next = there.Where(s => s.Account == people[0].Account && s.Rank == Rank.Duty && s.Start > now && s.Removed is null).MinBy(s => s.Start);
            if (next is not null && !await house.Set<Swap>().AnyAsync(s => s.Pool == PoolId, ct))
                house.Add(Swap.Ask(PoolId, next.Id, null, (people[0].Account, zones[people[0].Code].Id), (people[1].Account, zones[people[1].Code].Id), Guid.CreateVersion7(now), now));
            return true;

            void Enter(DateOnly begins, DateOnly ends, int turn, Rank rank)
            {
                var (start, end) = (Moment.Instant(begins.ToDateTime(new TimeOnly(8, 0))), Moment.Instant(ends.ToDateTime(new TimeOnly(8, 0))));
                if (there.Exists(s => s.Rank == rank && s.Meets(start, end))) return; // one that was removed stays removed
                var who = people[turn % people.Count];
                var shift = Shift.New(PoolId, new Shift.What(rank, who.Account, zones[who.Code].Id, start, end, rank == Rank.BackUp ? "0800 00 101" : null), PoolId, now);
                house.AddRange(shift, ShiftChange.Of(shift, Turn.Entered, null, zones[who.Code].Id, now));
                there.Add(shift);
            }
        }, ct);
    }
}
