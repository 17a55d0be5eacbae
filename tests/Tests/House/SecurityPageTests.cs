using System.Text.RegularExpressions;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>What docs/security.md says is shown by a test is shown by a test that exists, and no row of the standard is left out.</summary>
public sealed partial class SecurityPageTests
{
    /// <summary>How many rows each section of the chapters V6 to V10 of ASVS 5.0 has.</summary>
    private static readonly Dictionary<string, int> Rows = new()
    {
        ["6.1"] = 3, ["6.2"] = 12, ["6.3"] = 8, ["6.4"] = 6, ["6.5"] = 8, ["6.6"] = 4, ["6.7"] = 2, ["6.8"] = 4,
        ["7.1"] = 3, ["7.2"] = 4, ["7.3"] = 2, ["7.4"] = 5, ["7.5"] = 3, ["7.6"] = 2,
        ["8.1"] = 4, ["8.2"] = 4, ["8.3"] = 3, ["8.4"] = 2,
        ["9.1"] = 3, ["9.2"] = 4,
        ["10.1"] = 2, ["10.2"] = 3, ["10.3"] = 5, ["10.4"] = 16, ["10.5"] = 5, ["10.6"] = 2, ["10.7"] = 3,
    };

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var known = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(f => Method().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)).ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(Repository.Read("docs/security.md")).Select(m => m.Groups["name"].Value).Distinct().ToList();
        Assert.True(named.Count > 20);
        Assert.True(named.TrueForAll(known.Contains), string.Join(", ", named.Where(n => !known.Contains(n))));
    }

    [Fact]
    public void Every_row_stands_there_once_with_a_verdict()
    {
        var rows = Row().Matches(Repository.Read("docs/security.md")).Select(m => (Section: m.Groups["section"].Value, Number: int.Parse(m.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture), Text: m.Value)).ToList();
        foreach (var (section, count) in Rows) Assert.Equal(Enumerable.Range(1, count), rows.Where(r => r.Section == section).Select(r => r.Number));
        Assert.Equal(Rows.Values.Sum(), rows.Count);
        Assert.All(rows, r => Assert.Matches(@"\*\*Met|\*Partly\*|\*\*Not met\*\*|\*\*Not applicable\*\*", r.Text));
        Assert.All(rows, r => Assert.Equal(6, r.Text.Count(c => c == '|')));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (?<name>[A-Z]\w+_\w+)\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Method();

    [GeneratedRegex(@"`(?<name>[A-Z][a-z0-9]*(?:_\w+)+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"^\| (?<section>\d+\.\d+)\.(?<number>\d+) \|.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
