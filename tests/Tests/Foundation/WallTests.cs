using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class WallTests(Platforms platforms)
{
    [Fact]
    public async Task A_scope_without_a_zone_cannot_build_a_zone_context()
    {
        var platform = await platforms.On("sqlite");
        await using var scope = platform.Services.CreateAsyncScope();
        Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<ZoneDbContext>());
    }

    [Theory, EveryEngine]
    public async Task A_database_with_another_zones_seal_does_not_open(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, registry) = (await platform.Zone(), platform.Services.GetRequiredService<ZoneRegistry>());
        await using (var attacker = await zone.Break()) await attacker.Do($"UPDATE seal SET \"Zone\" = '{Guid.NewGuid().ToString().ToUpperInvariant()}'");
        await registry.Forget(zone.Code);
        await Assert.ThrowsAsync<SealBrokenException>(async () => await registry.Find(zone.Code));
    }

    [Fact]
    public async Task A_zones_credentials_open_no_other_zones_database_nor_the_catalogue()
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        var platform = await platforms.On("postgresql");
        var (one, other) = (await platform.Zone(), await platform.Zone());
        foreach (var database in new[] { new NpgsqlConnectionStringBuilder(other.OwnConnection()).Database!, new NpgsqlConnectionStringBuilder(other.OwnConnection()).Database + "_keys",
            new NpgsqlConnectionStringBuilder(other.OwnConnection()).Database!.Replace(other.Code, "catalog", StringComparison.Ordinal) })
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(one.OwnConnection()) { Database = database, Pooling = false }.ToString());
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Theory, EveryEngine]
    public async Task A_connection_string_that_leads_to_another_zones_database_stops_at_the_seal(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (registry, master) = (platform.Services.GetRequiredService<ZoneRegistry>(), platform.Services.GetRequiredService<IHoldTheMasterKey>());
        await Change(platform, house => Placements.Put(house.Set<ZoneRecord>().Single(z => z.Id == zone.Id), registry.PlacementOf(other.Handle.Record), master));
        await registry.Forget(zone.Code);
        await Assert.ThrowsAsync<SealBrokenException>(async () => await registry.Find(zone.Code));
        using var visit = zone.Visit(VictimSupport.Foundation.Access.Role.Coordinator);
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, (await visit.Get("/worklist")).StatusCode); // nothing of either zone

        // Nor does the sealed placement of another zone, carried over as it is.
        await Change(platform, house =>
        {
            var (mine, theirs) = (house.Set<ZoneRecord>().Single(z => z.Id == zone.Id), house.Set<ZoneRecord>().Single(z => z.Id == other.Id));
            Placements.Put(theirs, registry.PlacementOf(other.Handle.Record), master);
            mine.Placement = theirs.Placement;
        });
        await registry.Forget(zone.Code);
        await Assert.ThrowsAsync<SealBrokenException>(async () => await registry.Find(zone.Code));
        Assert.NotNull(await registry.Find(other.Code));
    }

    [Fact]
    public async Task A_zones_credentials_own_nothing_and_can_become_nobody_else()
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        var platform = await platforms.On("postgresql");
        var (one, other) = (await platform.Zone(), await platform.Zone());
        var login = new NpgsqlConnectionStringBuilder(other.OwnConnection()).Username;
        await using var own = new NpgsqlConnection(one.OwnConnection());
        await own.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var forbidden in new[]
        {
            "CREATE TABLE planted (id int)", "DROP TABLE audit", "ALTER TABLE person ADD planted int", "TRUNCATE audit", "UPDATE audit SET act = 'x'", "DELETE FROM audit", "DELETE FROM audit_head", "UPDATE seal SET \"Zone\" = gen_random_uuid()", "DELETE FROM seal",
            $"SET ROLE \"{login}\"", "CREATE ROLE planted", "CREATE DATABASE planted", "CREATE EXTENSION dblink", "ALTER ROLE CURRENT_USER SUPERUSER", "COPY person TO PROGRAM 'true'", "SELECT pg_read_file('/etc/passwd')", "SELECT rolpassword FROM pg_authid",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => own.Do(forbidden));
            Assert.True(refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or "42501", $"{forbidden}: {refused.SqlState} {refused.MessageText}");
        }
    }

    [Fact]
    public async Task A_session_of_a_zone_plans_once_what_it_is_asked_again_also_after_it_was_given_back()
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        var zone = await (await platforms.On("postgresql")).Zone();
        for (var i = 0; i < 2; i++) Assert.Equal("force_generic_plan", await zone.Look(z => z.Database.SqlQuery<string>($"SELECT current_setting('plan_cache_mode') AS \"Value\"").SingleAsync(TestContext.Current.CancellationToken)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Zones_are_copies_of_a_template_that_nobody_enters_also_where_its_making_was_cut_off(bool atItsEnd)
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        await using var platform = Platform.Start("postgresql");
        var half = platform.SameHouse["Database:Prefix"] + "_template";
        await using var server = new NpgsqlConnection(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES"));
        await server.OpenAsync(TestContext.Current.CancellationToken);
        await server.Do($"CREATE DATABASE {half} ALLOW_CONNECTIONS {(atItsEnd ? "false" : "true")}");
        foreach (var zone in await Task.WhenAll(platform.Zone(), platform.Zone(), platform.Zone()))
            Assert.Equal(0, await zone.Look(z => z.Set<VictimSupport.Casework.People.Person>().CountAsync(TestContext.Current.CancellationToken)));
        await using var ask = new NpgsqlCommand($"SELECT datname || ' ' || datallowconn FROM pg_database WHERE datname LIKE '{half}%'", server);
        await using var rows = await ask.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await rows.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Matches($"^{half}_[0-9]+ false$", rows.GetString(0));
        Assert.False(await rows.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_zone_whose_making_was_cut_off_after_its_database_is_closed_to_the_others_all_the_same()
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        var platform = await platforms.On("postgresql");
        var (zone, one) = (await platform.Zone(), await platform.Zone());
        var database = new NpgsqlConnectionStringBuilder(zone.OwnConnection()).Database!;
        await using var server = new NpgsqlConnection(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES"));
        await server.OpenAsync(TestContext.Current.CancellationToken);
        await server.Do($"GRANT CONNECT ON DATABASE \"{database}\" TO PUBLIC");
        await Change(platform, house => house.Set<ZoneRecord>().Single(z => z.Code == zone.Code).State = ZoneState.Preparing);
        await platform.Services.GetRequiredService<Provisioning>().AddZone(zone.Code, null, null, null, ["fr"], TestContext.Current.CancellationToken);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(one.OwnConnection()) { Database = database, Pooling = false }.ToString());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken))).SqlState);
    }

    [Fact]
    public async Task Zones_made_one_after_the_other_keep_no_connection_of_the_owners()
    {
        if (!Platforms.Engines.Contains("postgresql")) Assert.Skip("no PostgreSQL server named (never skipped in CI)");
        await using var platform = Platform.Start("postgresql");
        for (var i = 0; i < 3; i++) await platform.Zone();
        await using var server = new NpgsqlConnection(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES"));
        await server.OpenAsync(TestContext.Current.CancellationToken);
        await using var ask = new NpgsqlCommand($"SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND datname ~ '^{platform.SameHouse["Database:Prefix"]}_[0-9]'", server);
        for (var tries = 0; (long)(await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken))! > 0; tries++)
        {
            Assert.True(tries < 100, "An owner's connections stay, two for each zone.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static Task<bool> Change(Platform platform, Action<CatalogDbContext> how) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Attack", null, house =>
    {
        how(house);
        return Task.FromResult(true);
    }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_is_acknowledged_on_sqlite_is_flushed()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var writer = (SqliteConnection)typeof(SqliteDatabase<ZoneDbContext>).GetField("writer", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(Inner(zone))!;
        Assert.Equal(2L, Read(writer, "PRAGMA synchronous")); // 2 is FULL; NORMAL (1) may lose the last commits on a power cut
        Assert.Equal("wal", Read(writer, "PRAGMA journal_mode"));
        Assert.Equal(1L, Read(writer, "PRAGMA foreign_keys"));
    }

    [Fact]
    public void A_second_process_on_one_data_folder_is_refused()
    {
        var folder = new DataFolder(new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", Path.Combine(Path.GetTempPath(), "vs-" + Guid.NewGuid()))]).Build());
        using (new OneProcess(folder)) Assert.Throws<StartRefusedException>(() => new OneProcess(folder));
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task One_that_is_just_ending_is_waited_for()
    {
        var folder = new DataFolder(new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", Path.Combine(Path.GetTempPath(), "vs-" + Guid.NewGuid()))]).Build());
        var ending = new OneProcess(folder);
        var next = Task.Run(() => new OneProcess(folder), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        ending.Dispose();
        (await next).Dispose();
        Directory.Delete(folder.Path, recursive: true);
    }

    private static object Inner(TestZone zone) => typeof(ZoneDatabase).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
        .Select(f => f.GetValue(zone.Handle.Database)!).Single(v => v is Database<ZoneDbContext>);

    private static object? Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
