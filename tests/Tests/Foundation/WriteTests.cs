using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class WriteTests(Platforms platforms)
{
    private static readonly DateTimeOffset Later = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory, EveryEngine]
    public async Task A_unit_that_fails_in_a_group_takes_nobody_with_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var outcome = new System.Collections.Concurrent.ConcurrentBag<bool>();
        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, ct) =>
        {
            try
            {
                await Write(zone, i, fails: i % 3 == 0, ct);
                outcome.Add(true);
            }
            catch (DivideByZeroException)
            {
                outcome.Add(false);
            }
        });
        Assert.Equal(400, outcome.Count(done => done));
        Assert.Equal(200, outcome.Count(done => !done));
        Assert.Equal(400, await zone.Look(z => z.Set<OutboxMessage>().CountAsync()));
        var report = await zone.Platform.Services.GetRequiredService<Verification>().Zone(zone.Code, default);
        Assert.Null(report.Fault);
        Assert.Equal(400, report.Rows);
    }

    [Theory, EveryEngine]
    public async Task Two_units_with_the_same_key_leave_one_effect(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        await Write(zone, 1, fails: false, default);
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => Write(zone, 1, fails: false, default));
        Assert.Equal(1, await zone.Look(z => z.Set<OutboxMessage>().CountAsync()));
        await Write(zone, 2, fails: false, default); // the writer goes on
        Assert.Equal(2, await zone.Look(z => z.Set<OutboxMessage>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task Saving_a_zones_rows_past_the_pipeline_is_refused(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        await Assert.ThrowsAsync<InvalidOperationException>(() => zone.Look(async z =>
        {
            z.Add(OutboxMessage.New("k", "test", null, null, Later));
            return await z.SaveChangesAsync();
        }));
    }

    [Theory, EveryEngine]
    public async Task Reads_and_writes_at_once_leave_one_whole_chain(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        // More at once than the pool has connections: a writer that waits for the head must not starve the appender.
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, ct) =>
        {
            if (i % 2 == 0) await Write(zone, i, fails: false, ct);
            else await zone.Handle.Database.Append(new AuditRecord(default, null, "Test.Read", null, "{}"), ct);
        });
        var report = await zone.Platform.Services.GetRequiredService<Verification>().Zone(zone.Code, default);
        Assert.Null(report.Fault);
        Assert.Equal(400, report.Rows);
    }

    private static Task<bool> Write(TestZone zone, int i, bool fails, CancellationToken ct) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        context.Add(OutboxMessage.New("effect " + i, "test", null, null, Later));
        await context.SaveChangesAsync(ct);
        if (fails) throw new DivideByZeroException();
        return new Written<bool>(true, new AuditRecord(default, null, "Test.Write", null, "{}"));
    }, ct);
}
