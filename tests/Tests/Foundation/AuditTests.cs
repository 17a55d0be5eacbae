using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class AuditTests(Platforms platforms)
{
    private static readonly Guid Subject = new("0192f000-0000-7000-8000-000000000001");

    [Theory, EveryEngine]
    public async Task Records_that_arrive_together_are_all_chained(string engine)
    {
        var (zone, verification) = await ZoneWith(engine, records: 0);
        await Parallel.ForAsync(0, 300, async (i, ct) => await zone.Handle.Database.Append(Record(i), ct));
        var report = await verification.Zone(zone.Code, default);
        Assert.Null(report.Fault);
        Assert.Equal(300, report.Rows);
    }

    [Theory, EveryEngine]
    public async Task A_changed_record_is_found_and_named(string engine) =>
        await Broken(engine, "UPDATE audit SET act = 'something else' WHERE seq = 7", "record 7");

    [Theory, EveryEngine]
    public async Task A_deleted_record_is_found_and_named(string engine) =>
        await Broken(engine, "DELETE FROM audit WHERE seq = 7", "record 7 is missing");

    [Theory, EveryEngine]
    public async Task An_inserted_record_is_found_and_named(string engine) =>
        await Broken(engine, "UPDATE audit SET seq = seq + 1000 WHERE seq >= 8; UPDATE audit SET seq = seq - 999 WHERE seq >= 1000; "
            + "INSERT INTO audit (seq, at, actor, act, subject, payload, mac) SELECT 8, at, actor, act, subject, payload, mac FROM audit WHERE seq = 7", "record 8");

    [Theory, EveryEngine]
    public async Task Two_records_that_changed_places_are_found(string engine) =>
        await Broken(engine, "UPDATE audit SET seq = -1 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = 8; UPDATE audit SET seq = 8 WHERE seq = -1", "record 7");

    [Theory, EveryEngine]
    public async Task Nobody_made_into_an_account_of_zeroes_is_found(string engine)
    {
        foreach (var column in (string[])["actor", "subject"])
        {
            var (zone, verification) = await ZoneWith(engine, records: 3);
            await zone.Handle.Database.Append(new AuditRecord(default, null, "Test.Act", null, "{}"), default);
            await using (var attacker = await zone.Break()) await attacker.Do($"UPDATE audit SET {column} = '{Guid.Empty}' WHERE seq = 4");
            Assert.StartsWith("record 4", (await verification.Zone(zone.Code, default)).Fault, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("at"), InlineData("actor"), InlineData("subject"), InlineData("mac")]
    public async Task A_record_that_cannot_even_be_read_is_named_on_SQLite(string column) =>
        await Broken("sqlite", $"UPDATE audit SET {column} = 'neither id nor instant' WHERE seq = 7", "record 7");

    [Theory, EveryEngine]
    public async Task A_chain_that_grows_while_it_is_read_is_whole(string engine)
    {
        var (zone, verification) = await ZoneWith(engine, records: 50);
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++) await zone.Handle.Database.Append(Record(i), default);
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 30; i++) Assert.Null((await verification.Zone(zone.Code, default)).Fault);
        await enough.CancelAsync();
        await writing;
    }

    [Theory, EveryEngine]
    public async Task A_tail_cut_off_after_the_head_was_anchored_is_found(string engine)
    {
        var (zone, verification) = await ZoneWith(engine, records: 12);
        await verification.Anchor(zone.Code, default);
        await using (var attacker = await zone.Break())
        {
            await attacker.Do("DELETE FROM audit WHERE seq > 10");
            if (engine != "sqlite") await attacker.Do("UPDATE audit_head SET seq = 10, mac = (SELECT mac FROM audit WHERE seq = 10)");
        }
        Assert.Contains("11 to 12 were cut off", (await verification.Zone(zone.Code, default)).Fault, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Nobody_with_the_zones_own_credentials_changes_or_deletes_a_record(string engine)
    {
        var (zone, _) = await ZoneWith(engine, records: 3);
        await using System.Data.Common.DbConnection own = engine == "sqlite" ? new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={zone.OwnConnection()}") : new Npgsql.NpgsqlConnection(zone.OwnConnection());
        await own.OpenAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => own.Do("UPDATE audit SET act = 'x'"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => own.Do("DELETE FROM audit"));
    }

    private async Task Broken(string engine, string sql, string found)
    {
        var (zone, verification) = await ZoneWith(engine, records: 12);
        Assert.Null((await verification.Zone(zone.Code, default)).Fault);
        await using (var attacker = await zone.Break())
        {
            foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries)) await attacker.Do(statement);
        }
        Assert.StartsWith(found, (await verification.Zone(zone.Code, default)).Fault, StringComparison.Ordinal);
    }

    private async Task<(TestZone, Verification)> ZoneWith(string engine, int records)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        for (var i = 0; i < records; i++) await zone.Handle.Database.Append(Record(i), default);
        return (zone, platform.Services.GetRequiredService<Verification>());
    }

    private static AuditRecord Record(int i) => new(default, Guid.NewGuid(), "Test.Act", Subject, $$"""{"n":{{i}}}""");
}
