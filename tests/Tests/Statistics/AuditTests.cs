using System.Diagnostics;

namespace VictimSupport.Tests.Statistics;

/// <summary>The quick half of the audit of the figures, as its own program: the acceptance tests against the product, and five sabotaged builds that must be caught.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task The_product_passes_and_each_sabotaged_build_is_caught()
    {
        var (code, said) = await Run("all", "--quick");
        var lines = said.Split('\n', StringSplitOptions.TrimEntries);
        Assert.True(code == 0, said);
        foreach (var id in Enumerable.Range(1, 20).Select(n => $"A{n}")) Assert.Contains(lines, l => l.StartsWith($"| {id} |", StringComparison.Ordinal) && l.EndsWith("| pass |", StringComparison.Ordinal));
        foreach (var id in Enumerable.Range(1, 5).Select(n => $"NC{n}")) Assert.Matches($@"(?m)^\| {id}: [^|]* \| A\d+", said);
        Assert.DoesNotContain("not caught", said, StringComparison.Ordinal);
        // Every test has something planted that it must find, or a sabotaged build that it must catch.
        var red = lines.Where(l => l.EndsWith("| caught |", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(["A1", "A3", "A4", "A5", "A11", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A20"], StringComparer.Ordinal), red);
        Assert.True(lines.Count(l => l.EndsWith("| caught |", StringComparison.Ordinal)) >= 35);
    }

    [Fact]
    public async Task Words_that_are_off_end_with_two() => Assert.Equal(2, (await Run("A21")).Code);

    private static async Task<(int Code, string Printed)> Run(params string[] words)
    {
        var (framework, configuration) = (new DirectoryInfo(AppContext.BaseDirectory), new DirectoryInfo(AppContext.BaseDirectory).Parent!);
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "StatisticsAudit", "bin", configuration.Name, framework.Name, "VictimSupport.StatisticsAudit.dll"));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (printed, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await printed + await errors);
    }
}
