using System.Diagnostics;
using Microsoft.Data.Sqlite;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>The program's command line as an operator types it: a process of its own on an empty folder.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "vs-cli-" + Guid.NewGuid().ToString("N")[..8]);

    [Fact]
    public async Task An_empty_folder_becomes_a_platform_with_a_zone()
    {
        Assert.Equal((0, "catalogue\tready\n"), await Run("migrate"));
        var (code, printed) = await Run("zone", "add", "--code", "9905", "--name-fr", "Zone Essai", "--admin", "chief@example.test");
        Assert.Equal(0, code);
        Assert.Matches("^9905\tready\ninvitation\t/account/invitation/[A-Za-z0-9_-]{43}\n$", printed);
        Assert.Equal(1, (await Run("zone", "add", "--code", "9905", "--name-fr", "Zone Essai", "--admin", "second@example.test")).Code);
        Assert.Equal((0, "9905\tZone Essai\tfr\tactive\n"), await Run("zone", "list"));
        Assert.Equal(0, (await Run("migrate", "--all")).Code);
        var (verified, report) = await Run("audit", "verify");
        Assert.Equal(0, verified);
        Assert.Contains("whole", report, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("keys", "rotate", "--zone", "9905")).Code);
        Assert.Contains("all open", (await Run("keys", "verify")).Printed, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Theory]
    [InlineData("nonsense"), InlineData("zone", "add", "--code", "99", "--name-fr", "x"), InlineData("zone", "add", "--code", "9905"), InlineData("keys", "rotate"), InlineData("demo", "seed", "--as-of", "yesterday"), InlineData("account", "operator", "--mail", "nobody")]
    public async Task Words_that_are_off_end_with_two(params string[] words) => Assert.Equal(2, (await Run(words)).Code);

    [Fact]
    public async Task A_broken_chain_ends_with_one_and_names_the_record()
    {
        Assert.Equal(0, (await Run("demo", "seed", "--zones", "1", "--dossiers", "3", "--seed", "1", "--as-of", "2026-11-20")).Code);
        await using (var attacker = new SqliteConnection($"Data Source={Path.Combine(folder, "zones", "9901.db")};Pooling=False"))
        {
            await attacker.OpenAsync(TestContext.Current.CancellationToken);
            await attacker.Do("DROP TRIGGER audit_no_delete");
            await attacker.Do("DELETE FROM audit WHERE seq = 3");
        }
        var (code, report) = await Run("audit", "verify", "--zone", "9901");
        Assert.Equal(1, code);
        Assert.Contains("BROKEN: record 3 is missing", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_is_killed_is_finished_by_the_next()
    {
        Directory.CreateDirectory(folder);
        var file = folder + ".csv";
        await File.WriteAllLinesAsync(file, ["code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities", .. Enumerable.Range(6100, 60).Select(i => $"{i},Zone {i},,,fr,NAM,NAM,9{i}")], TestContext.Current.CancellationToken);
        Assert.Equal((0, true), await Ends("60 new, 0 changed, 0 unchanged", "zone", "import", file, "--dry-run"));
        Assert.Equal((0, ""), await Run("zone", "list"));
        using (var killed = Start("zone", "import", file))
        {
            while (!Directory.Exists(Path.Combine(folder, "zones")) || Directory.GetFiles(Path.Combine(folder, "zones"), "*.keys.db").Length < 5) await Task.Delay(5, TestContext.Current.CancellationToken);
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Contains("preparing", (await Run("zone", "list")).Printed, StringComparison.Ordinal); // it really was in the middle
        var (code, printed) = await Run("zone", "import", file);
        Assert.Equal(0, code);
        Assert.Contains("0 new, 0 changed, 60 unchanged", printed, StringComparison.Ordinal);
        Assert.Contains("60/60", printed, StringComparison.Ordinal);
        Assert.Equal(60, (await Run("zone", "list")).Printed.Split('\n').Count(l => l.EndsWith("active", StringComparison.Ordinal)));
        await File.AppendAllTextAsync(file, "bad\n", TestContext.Current.CancellationToken);
        Assert.Equal((1, true), await Ends("1 faults; nothing was written.", "zone", "import", file));
        Assert.Equal(0, (await Run("zone", "import", file, "--skip-bad-lines")).Code);
        File.Delete(file);

        async Task<(int, bool)> Ends(string last, params string[] words)
        {
            var (ended, said) = await Run(words);
            return (ended, said.TrimEnd().EndsWith(last, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_same_seed_and_day_give_the_same_facts()
    {
        var first = await Seeded("7");
        Directory.Delete(folder, recursive: true);
        Assert.Equal(first, await Seeded("7"));
        Directory.Delete(folder, recursive: true);
        Assert.NotEqual(first, await Seeded("8"));
    }

    [Fact]
    public async Task A_second_process_on_the_folder_and_a_wrong_master_key_are_refused()
    {
        await Run("migrate");
        using (new FileStream(Path.Combine(folder, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var (code, printed) = await Run("zone", "list");
            Assert.Equal(1, code);
            Assert.Contains("Another process works on the data folder", printed, StringComparison.Ordinal);
        }
        File.Delete(Path.Combine(folder, "keys", "master.key"));
        var (refused, said) = await Run("zone", "list"); // another key is made, and does not fit
        Assert.Equal(1, refused);
        Assert.Contains("Put the right key in place", said, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task<string> Seeded(string seed)
    {
        Assert.Equal(0, (await Run("demo", "seed", "--zones", "1", "--dossiers", "12", "--seed", seed, "--as-of", "2026-11-20")).Code);
        await using var zone = new SqliteConnection($"Data Source={Path.Combine(folder, "zones", "9901.db")};Pooling=False");
        await zone.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = zone.CreateCommand();
        command.CommandText = """SELECT group_concat("RegisteredOn" || "SubKind" || "Municipality" || "Trigger" || coalesce("Reason", ''), ' ') FROM (SELECT * FROM dossier ORDER BY "Opened")""";
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
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
