using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>What may be read of a release: each cell and each sum as it was stored where it is shown, and nothing of it where it is not.</summary>
public sealed class PublishedTests
{
    [Theory, EveryEngine]
    public async Task The_view_gives_what_is_shown_as_it_was_stored_and_nothing_of_the_rest(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P", "2026-Q4-P", "2026-F");
        var figures = world.Platform.Services.GetRequiredService<FiguresDatabase>();
        List<ProtectedCell> cells;
        List<ProtectedSum> sums;
        await using (var store = figures.Lease())
        {
            cells = await store.Set<ProtectedCell>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
            sums = await store.Set<ProtectedSum>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
        }
        List<PublishedCell> read;
        await using (var published = figures.LeasePublished()) read = await published.Set<PublishedCell>().ToListAsync(TestContext.Current.CancellationToken);
        var stored = cells.Select(c => (Key: (c.Release, c.Table, c.Cell), c.Value, c.Variance, c.Shown)).Concat(sums.Select(s => (Key: (s.Release, s.Table, s.Cell), s.Value, s.Variance, s.Shown))).ToDictionary(s => s.Key);
        Assert.Equal(stored.Count, read.Count);
        Assert.All(read, r => Assert.Equal(stored[(r.Release, r.Table, r.Cell)] is { Shown: true } shown ? (true, (int?)shown.Value, (double?)shown.Variance) : (false, null, null), (r.Shown, r.Value, r.Variance)));
        Assert.Contains(read, r => !r.Shown && stored[(r.Release, r.Table, r.Cell)].Value > 0);

        // A figure that is shown keeps the rule, whichever it is.
        Assert.All(stored.Values.Where(s => s.Shown), s => Assert.True(Display.Shows(s.Value, s.Variance)));
        Assert.DoesNotContain(stored.Values, s => s.Shown && s.Key.Cell.Split('|') is [not Geography.Country, _, .. var codes] && codes.Contains("Rest"));

        // Each sum is the sum of its cells: found again here by what its id says.
        foreach (var of in sums.GroupBy(s => (s.Release, s.Table)))
        {
            var basis = cells.Where(c => c.Release == of.Key.Release && c.Table == of.Key.Table).Select(c => (Parts: c.Cell.Split('|'), c.Value)).ToList();
            foreach (var sum in of)
            {
                var wanted = sum.Cell.Split('|');
                var parts = basis.Where(b => LiesIn(b.Parts[0], wanted[0]) && Falls(b.Parts[1], wanted[1]) && b.Parts.Skip(2).Zip(wanted.Skip(2)).All(c => Is(c.First, c.Second))).ToList();
                Assert.True(parts.Count > 0 && parts.Sum(p => p.Value) == sum.Value, $"{sum.Release} {sum.Table} {sum.Cell}: {sum.Value}, its cells {parts.Sum(p => p.Value)}");
            }
        }

        // No answer that one case may give several times has a sum over answers.
        Assert.DoesNotContain(sums, s => s.Table is "T5" or "T6" && s.Cell.EndsWith('*'));
        // All tables that are made to agree with the monitor do, in each sum of theirs too.
        foreach (var table in new[] { "T2", "T7", "T8" })
            Assert.All(sums.Where(s => s.Release == "2026-F" && s.Table == table && s.Cell.EndsWith("|*", StringComparison.Ordinal)), s => Assert.Equal(sums.Single(m => m.Release == s.Release && m.Table == "T1" && m.Cell == s.Cell[..^2]).Value, s.Value));

        static bool LiesIn(string place, string of) => place == of || of == Geography.Country || (Axes.IsRegion(of) && Geography.Members(place).All(m => StatisticalAreas.Find(m) is { } area && of.Split('+').Contains(area.Region)));
        static bool Falls(string period, string of) => period == of || of == period[..4] || (period.Length == 7 && period[5] != 'Q' && of.Length == 7 && of[5] == 'Q' && (int.Parse(period[5..], System.Globalization.CultureInfo.InvariantCulture) + 2) / 3 == of[6] - '0' && period[..4] == of[..4]);
        static bool Is(string code, string of) => of == "*" || code == of || (of.Contains('*', StringComparison.Ordinal) && code.Contains(':', StringComparison.Ordinal) && Regex.IsMatch(code, "^" + Regex.Escape(of).Replace("\\*", "[^:]+", StringComparison.Ordinal) + "$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Theory, EveryEngine]
    public async Task Who_reads_what_is_published_can_read_nothing_else_and_write_nothing(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P");
        var figures = world.Platform.Services.GetRequiredService<FiguresDatabase>();
        await using (var reader = figures.LeasePublished())
        {
            Assert.Equal(["ledger", "published_cell", "published_release", "structural_sum", "withdrawal"], reader.Model.GetEntityTypes().Select(e => e.GetViewName() ?? e.GetTableName()!).Order());
            Assert.NotEmpty(await reader.Set<Release>().ToListAsync(TestContext.Current.CancellationToken));
            Assert.NotEmpty(await reader.Set<LedgerRow>().ToListAsync(TestContext.Current.CancellationToken));
        }
        foreach (var sql in new[] { "INSERT INTO protected_cell (release_id, table_id, cell_id, value, variance, shown) SELECT release_id, 'T9', cell_id, 1, 1, shown FROM published_cell", "DELETE FROM published_release", "CREATE TABLE mine (id int)", "DROP VIEW published_cell" }) await Fails(sql);
        // SQLite has no roles: there the view is kept to by the program alone, and the rule below is what holds it to that.
        if (engine == "sqlite") return;
        foreach (var sql in new[] { "SELECT value FROM protected_cell", "SELECT value FROM protected_sum", "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"" }) await Fails(sql);
        if (engine != "postgresql") return;
        foreach (var sql in new[] { "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "GRANT SELECT ON protected_cell TO CURRENT_USER" }) await Fails(sql);

        // It is a login of its own, and it opens this database and none of the others.
        string own;
        await using (var reader = figures.LeasePublished()) own = reader.Database.GetConnectionString()!;
        var way = new NpgsqlConnectionStringBuilder(own) { Pooling = false };
        Assert.EndsWith("_figures_reader", way.Username, StringComparison.Ordinal);
        Assert.DoesNotContain(way.Password!, world.Platform.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()["Database:Server"], StringComparison.Ordinal);
        foreach (var other in new[] { way.Database!.Replace("_figures", "_catalog", StringComparison.Ordinal), way.Database.Replace("_figures", "_" + world.Zones[0].Code, StringComparison.Ordinal), way.Database.Replace("_figures", "_" + world.Zones[0].Code + "_keys", StringComparison.Ordinal) })
        {
            await using var closed = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(way.ToString()) { Database = other }.ToString());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => closed.OpenAsync(TestContext.Current.CancellationToken))).SqlState);
        }

        // Every relation of the database is walked: four open, whatever there may be one day.
        string[] open = ["ledger", "published_cell", "published_release", "structural_sum", "withdrawal"];
        Assert.Equal(open, await Readable());
        // Planted: a grant too many is found, a column's too; and the next start takes it away.
        foreach (var grant in new[] { "GRANT SELECT ON protected_sum", "GRANT SELECT (value) ON protected_cell", "GRANT SELECT ON ALL TABLES IN SCHEMA public" })
        {
            var sql = $"{grant} TO \"{way.Username}\"";
            await using (var owner = figures.Lease()) await owner.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken);
            Assert.NotEqual(open, await Readable());
            await world.Platform.Services.GetRequiredService<Engine>().MigrateHouse(TestContext.Current.CancellationToken);
            Assert.Equal(open, await Readable());
        }

        async Task<IReadOnlyList<string>> Readable()
        {
            var (columns, found) = (new List<(string Relation, string Column)>(), new SortedSet<string>(StringComparer.Ordinal));
            await using var owner = new NpgsqlConnection(figures.Lease().Database.GetConnectionString());
            await owner.OpenAsync(TestContext.Current.CancellationToken);
            await using (var all = new NpgsqlCommand("SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'v', 'm', 'p', 'f')", owner))
            await using (var rows = await all.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            {
                while (await rows.ReadAsync(TestContext.Current.CancellationToken)) columns.Add((rows.GetString(0), rows.GetString(1)));
            }
            Assert.True(columns.Count > 20);
            await using var asked = new NpgsqlConnection(way.ToString());
            await asked.OpenAsync(TestContext.Current.CancellationToken);
            foreach (var (relation, column) in columns)
            {
                await using var read = new NpgsqlCommand($"SELECT \"{column}\" FROM \"{relation}\" LIMIT 1", asked);
                try
                {
                    await read.ExecuteScalarAsync(TestContext.Current.CancellationToken);
                    found.Add(relation);
                }
                catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
                {
                    // as it should be
                }
            }
            return [.. found];
        }

        async Task Fails(string sql)
        {
            await using var reader = figures.LeasePublished();
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => reader.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void The_portal_reads_what_is_published_and_nothing_else()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src/Statistics/Portal"), "*.cs*", SearchOption.AllDirectories);
        Assert.True(files.Length > 15);
        Assert.All(files, f => Assert.True(Reaches(File.ReadAllText(f)) is null, $"{Path.GetFileName(f)} reaches for {Reaches(File.ReadAllText(f))}"));
        // What the portal asks for its releases and figures goes through the restricted reader too.
        var published = Repository.Read("src/Statistics/Releases/Published.cs");
        Assert.Null(Reaches(published.Replace("FiguresDatabase figures", "", StringComparison.Ordinal)));
        Assert.Equal(5, Regex.Count(published, "LeasePublished\\(\\)", RegexOptions.None, TimeSpan.FromSeconds(1)));
        // Planted: a page that reads a cell itself is found, however it goes about it.
        foreach (var planted in new[] { "house.Set<ProtectedCell>()", "store.Set<ProtectedSum>().Where(c => c.Value > 0)", "Handler(FiguresDatabase figures)", "await using var store = figures.Lease();", "FROM protected_cell", "new FiguresDbContext(options)", "engine.OpenFigures(reading: true)" }) Assert.NotNull(Reaches(planted));
    }

    private static string? Reaches(string source) => Regex.Match(source, @"ProtectedCell|ProtectedSum|FiguresDatabase|FiguresDbContext|figures\.Lease\(|figures\.Write\(|protected_|OpenFigures|new Aggregate|NoisyCell", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true, Value: var found } ? found : null;

    [Fact]
    public void A_sum_says_its_variance_also_where_its_cells_are_tied_to_each_other()
    {
        var programme = TableProgramme.Shipped;
        var (quarter, geography) = (Edition.OfQuarter(2026, 2), Geography.Of(StatisticalAreas.All.ToDictionary(a => a.Code, _ => 6))!);
        // What is drawn over nothing is the noise alone: its spread is what the variance must say.
        var bits = new KnownBits("sums");
        var drawn = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var said = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var run = 0; run < 60; run++)
        {
            var sums = Sums.Of(quarter, geography, new Aggregate(programme, quarter, geography).Draw(new HashSet<string>(), new DiscreteGaussian(bits)));
            foreach (var sum in sums.Where(s => s.Table.Id is "T2" or "T8"))
            {
                // Alike in every area: the kind of sum is its codes, and whether it is of an area or of the country.
                var kind = $"{sum.Table.Id} {(Axes.Rank(sum.Place) == 1 ? "area" : sum.Place)} {string.Join('|', sum.Codes.Select(c => c == "*" ? "*" : "x"))}";
                if (!drawn.TryGetValue(kind, out var values)) drawn[kind] = values = [];
                values.Add(sum.Value);
                Assert.Equal(said.TryGetValue(kind, out var before) ? before : said[kind] = sum.Variance, sum.Variance, 6);
            }
        }
        foreach (var kind in new[] { "T2 area *|x", "T2 area x|*", "T2 area *|*", "T2 BE x|x", "T2 BE *|x", "T8 area *|x", "T8 BE x|x" })
        {
            var (values, variance) = (drawn[kind], said[kind]);
            var measured = values.Sum(v => v * v) / values.Count;
            var slack = 4 * Math.Sqrt(2.0 / values.Count); // four standard errors of a variance
            Assert.True(measured / variance is var ratio && ratio > 1 - slack && ratio < 1 + slack, $"{kind}: measured {measured:0.0} over {values.Count}, said {variance:0.0}");
        }
        // A sum of all that was made to add up is the anchor's own, not the sum of their variances.
        var monitor = Sums.Of(quarter, geography, new Aggregate(programme, quarter, geography).Draw(new HashSet<string>(), new DiscreteGaussian(bits))).First(s => s.Table.Id == "T1" && s.Place == "NAM" && s.Period == "2026-Q2" && s.Codes[0] != "*");
        Assert.Equal(monitor.Variance, said["T2 area x|*"], 6);
    }

    [Fact]
    public void SQL_Server_would_understand_the_reader()
    {
        foreach (var sql in new[] { SqlServerEngine.CreateViewOf("published_cell", "SELECT release_id, CASE WHEN shown = 1 THEN value END AS value FROM protected_cell UNION ALL SELECT release_id, value FROM protected_sum"), SqlServerEngine.CreateLogin("victimsupport_figures_reader", "AB12aA1!"), SqlServerEngine.LetReadOnly("victimsupport_figures_reader", ["published_cell", "ledger"], ["protected_cell", "protected_sum"]) })
        {
            new Microsoft.SqlServer.TransactSql.ScriptDom.TSql170Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var faults);
            Assert.Empty(faults);
        }
        // What is hidden is denied, not only left out: a grant on the whole schema would not open it.
        var granted = SqlServerEngine.LetReadOnly("reader", ["published_cell"], ["protected_cell", "protected_sum"]).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(["DENY SELECT ON dbo.[protected_cell] TO [reader];", "DENY SELECT ON dbo.[protected_sum] TO [reader];"], granted.Where(l => l.StartsWith("DENY SELECT", StringComparison.Ordinal)));
        Assert.Equal("GRANT SELECT ON dbo.[published_cell] TO [reader];", Assert.Single(granted, l => l.StartsWith("GRANT", StringComparison.Ordinal)));
    }
}
