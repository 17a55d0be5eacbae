using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Tests.Statistics;

/// <summary>The figures as an operator makes them: processes of their own, on the machine's clock.</summary>
public sealed class StatisticsCommandTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "vs-figures-" + Guid.NewGuid().ToString("N")[..8]);

    [Fact]
    public async Task A_release_that_is_killed_leaves_nothing_and_the_next_run_is_as_the_first()
    {
        // Two months back: its flash is due whatever day it is.
        var before = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddMonths(-2);
        var (month, quarter) = (Edition.Month(before), Edition.QuarterOf(before).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "zones.csv");
        await File.WriteAllLinesAsync(file, ["code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities", .. Enumerable.Range(6100, 12).Select(i => $"{i},Zone {i},,,fr,NAM,NAM,9{i}")], TestContext.Current.CancellationToken);
        Assert.Equal(0, (await Run("zone", "import", file)).Code);
        var (code, said) = await Run("statistics", "check");
        Assert.Equal(1, code);
        Assert.Contains("zone 6100\thas no place", said, StringComparison.Ordinal);
        Assert.Equal(12, (await Run("statistics", "place", "--from", quarter)).Printed.Split('\n').Count(l => l.EndsWith("\tNAM", StringComparison.Ordinal)));
        Assert.Equal(0, (await Run("statistics", "check")).Code);

        using (var killed = Start("statistics", "release", "--kind", "T0", "--period", month))
        {
            Assert.Equal("2/12", await killed.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)); // it is among the zones
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal((0, 0, 0), await Rows());
        // Killed once more, now in the middle of the one transaction: the release and its first cells are written, the next one never ends.
        await Says("CREATE TRIGGER endless BEFORE INSERT ON protected_cell WHEN (SELECT COUNT(*) FROM protected_cell) = 2 BEGIN SELECT (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n); END");
        using (var killed = Start("statistics", "release", "--kind", "T0", "--period", month))
        {
            await Within(Locked);
            Assert.True(await Locked()); // still: the first rows take no time, the third cell all of it
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal((0, 0, 0), await Rows());
        await Says("DROP TRIGGER endless");
        (code, said) = await Run("statistics", "release", "--kind", "T0", "--period", month);
        Assert.Equal(0, code);
        Assert.Contains($"{month}-T0\t12 zones\t5 cells\t", said, StringComparison.Ordinal);
        Assert.Equal((1, 5, 1), await Rows());
        (code, said) = await Run("statistics", "release", "--kind", "T0", "--period", month);
        Assert.Equal(1, code);
        Assert.Contains("never drawn again", said, StringComparison.Ordinal);
        Assert.Equal((1, 5, 1), await Rows());
        Assert.Contains($"{month}-T0\tout ", (await Run("statistics", "status")).Printed, StringComparison.Ordinal);
        Assert.Contains($"{month}\trho 1/128\t", (await Run("statistics", "ledger")).Printed, StringComparison.Ordinal);
        Assert.Equal((0, Path.Combine(folder, "out", $"{month}-T0.csv") + "\n"), await Run("statistics", "export", "--release", $"{month}-T0", "--out", Path.Combine(folder, "out")));
        Assert.Equal(1, (await Run("statistics", "export", "--release", "2001-01-T0", "--out", folder)).Code);

        // Two of them are to become one with the year, and then not.
        var january = new DateOnly(before.Year + 2, 1, 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (code, said) = await Run("statistics", "leave", "--zone", "6100", "--from", january);
        Assert.Equal((0, $"6100\tcounted until {before.Year + 1}-12-31\tdo not suspend it before {before.Year + 1}-F is out\n"), (code, said));
        Assert.Equal((0, "6100\tstays\n"), await Run("statistics", "stay", "--zone", "6100"));
        Assert.Equal(1, (await Run("statistics", "stay", "--zone", "6100")).Code);
        Assert.Equal(1, (await Run("statistics", "leave", "--zone", "6100", "--from", quarter)).Code);
    }

    [Theory]
    [InlineData("statistics"), InlineData("statistics", "release", "--kind", "T0"), InlineData("statistics", "release", "--kind", "X", "--period", "2026"), InlineData("statistics", "export", "--release", "x"), InlineData("statistics", "export", "--release", "x", "--out", "y", "--format", "pdf"), InlineData("statistics", "place", "--from", "tomorrow")]
    public async Task Words_that_are_off_end_with_two(params string[] words) => Assert.Equal(2, (await Run(words)).Code);

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task Says(string sql)
    {
        await using var store = new SqliteConnection($"Data Source={Path.Combine(folder, "figures.db")};Pooling=False");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = store.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    // Somebody writes the figures, and nobody else may.
    private async Task<bool> Locked()
    {
        await using var store = new SqliteConnection($"Data Source={Path.Combine(folder, "figures.db")};Pooling=False;Default Timeout=1");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var mine = await store.BeginTransactionAsync(TestContext.Current.CancellationToken);
            return false;
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == 5)
        {
            return true;
        }
    }

    private static async Task Within(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await holds()) return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail("It did not come to it within a minute.");
    }

    private async Task<(int, int, int)> Rows()
    {
        await using var store = new SqliteConnection($"Data Source={Path.Combine(folder, "figures.db")};Pooling=False");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return (await Count("published_release"), await Count("protected_cell"), await Count("ledger"));

        async Task<int> Count(string table)
        {
            await using var command = store.CreateCommand();
            command.CommandText = $"SELECT COUNT(*) FROM {table}";
            return (int)(long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    private async Task<(int Code, string Printed)> Run(params string[] words)
    {
        using var process = Start(words);
        var (printed, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await printed + await errors);
    }

    private Process Start(params string[] words)
    {
        var (framework, configuration) = (new DirectoryInfo(AppContext.BaseDirectory), new DirectoryInfo(AppContext.BaseDirectory).Parent!);
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Portal", "bin", configuration.Name, framework.Name, "VictimSupport.Portal.dll"));
        var start = new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Data__Directory"] = folder;
        return Process.Start(start)!;
    }
}
