using System.Text.RegularExpressions;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Shipped codes begin and end by day: whoever offers a list asks what holds, and whoever saves a code asks too. Each rule catches a planted violation.</summary>
public sealed partial class CodesTests
{
    // The lists themselves; cases that are invented are of any time; what a report calls facts is understood first, and then asked for.
    private static bool MayListAll(string path) => path.Contains("/Codes/", StringComparison.Ordinal) || path.Contains("/Demo/", StringComparison.Ordinal) || path.EndsWith("/Lists/PvRow.cs", StringComparison.Ordinal);

    [Fact]
    public void No_form_offers_a_whole_list()
    {
        var faults = Sources().Where(s => !MayListAll(s.Path)).SelectMany(s => Whole().Matches(s.Text).Select(m => $"{s.Path}: {m.Value}")).ToList();
        Assert.True(faults.Count == 0, "Ask ShippedCodes.Choices:\n" + string.Join('\n', faults));
        foreach (var planted in new[] { "Choice.All<Place>(Words.Of)", "Enum.GetValues<ServiceKind>()", "Say<Trigger>()", "in SubKinds.All)", "new[] { Capacity.Victim, Capacity.Witness }.Select(" }) Assert.Matches(Whole(), planted);
        Assert.DoesNotMatch(Whole(), "Choice.All<EventPlace>(Words.Of), new[] { Rule.Never }.Select(");
    }

    [Fact]
    public void Whoever_saves_a_code_asks_whether_it_holds()
    {
        var sources = Sources().ToList();
        var forms = sources.Where(s => s.Text.Contains(": ICommand<", StringComparison.Ordinal) && Field().IsMatch(s.Text)).ToList();
        Assert.InRange(forms.Count, 7, 20);
        var faults = forms.Where(s => !Asks(s.Text, sources.Where(o => o.Text.Contains($"IRequestHandler<{Path.GetFileName(s.Path).Split('.')[0]}.Command", StringComparison.Ordinal)).Select(o => o.Text))).Select(s => s.Path).ToList();
        Assert.True(faults.Count == 0, "Ask ShippedCodes.Must, or OwnCodes.Resolve:\n" + string.Join('\n', faults));
        foreach (var planted in new[] { "public Place? Where { get; init; }", "public List<Topic> Told { get; init; } = [];", "public Coded<Trigger>? Trigger { get; init; }", "public Sex Sex { get; init; }" })
        {
            Assert.Matches(Field(), planted);
            Assert.False(Asks(planted, []));
        }
    }

    private static bool Asks(string form, IEnumerable<string> handlers) => handlers.Append(form).Any(t => t.Contains("ShippedCodes.Must", StringComparison.Ordinal) || t.Contains("OwnCodes.Resolve", StringComparison.Ordinal));

    private static IEnumerable<(string Path, string Text)> Sources() => new[] { "*.cs", "*.cshtml" }.SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Casework"), kind, SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)).Select(f => (Path.GetRelativePath(Repository.Root, f), File.ReadAllText(f)));

    [GeneratedRegex(@"\b(?!OfType)\w+<(Trigger|ClosingReason|Capacity|Sex|Damage|Place|ServiceKind|Topic|Outcome)>\((Words\.Of)?\)|SubKinds\.All\b(?!\[)|new\[\] \{ (Trigger|ClosingReason|Capacity|Sex|Damage|Place|ServiceKind|Topic|Outcome)\.[^}]*\}\.Select", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"public (List<|Coded<)?(Trigger|ClosingReason|Capacity|Sex|Damage|Place|ServiceKind|Topic|Outcome)>?\?? \w+ \{ get; init; \}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
