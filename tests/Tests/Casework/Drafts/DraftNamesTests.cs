using System.Text.RegularExpressions;
using VictimSupport.Casework.Drafts;
using VictimSupport.Casework.Letters;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Every form in which somebody writes at length keeps what they write. Read from the markup, so that a new form is judged the minute it exists.</summary>
public sealed partial class DraftNamesTests
{
    /// <summary>Forms that keep nothing, and why.</summary>
    private static readonly Dictionary<string, string> Without = new(StringComparer.Ordinal)
    {
        ["Casework/Tray/Ask.cshtml"] = "an officer without an account: there is nobody to keep it for",
        ["Identity/Clients/List.cshtml"] = "written into the catalogue, outside any zone's drafts: addresses of programs, pasted",
        ["Identity/Federations/Propose.cshtml"] = "written into the catalogue: domains, pasted",
        ["Identity/SignIn/Kept.cshtml"] = "shows what was typed, to be taken along",
        ["Network/Trainings/Evaluate.cshtml"] = "somebody without an account: there is nobody to keep it for",
        ["Portal/Pages/Error.cshtml"] = "shows what was typed, to be taken along",
        ["PublicDesk/Desk/Feedback.cshtml"] = "somebody without an account: there is nobody to keep it for",
        ["PublicDesk/Desk/Texts.cshtml"] = "what stands on the public page now is shown beside it, over the version it was opened with",
        ["PublicDesk/Requests/_Questions.cshtml"] = "somebody without an account, and nothing is kept before it is sent",
        ["Statistics/Portal/Cite.cshtml"] = "shows how a figure is cited, to be taken along",
        ["Zones/Settings/Change.cshtml"] = "written into the catalogue, outside any zone's drafts: names of rooms, a line each",
        ["Zones/Files/_Upload.cshtml"] = "a file or what was pasted from one, checked by a dry run",
        ["Zones/Onboarding/Place.cshtml"] = "a step of a wizard of the operator, which keeps itself, outside any zone",
    };

    /// <summary>Names that are made in code, and judged there.</summary>
    private static readonly HashSet<string> Made = new(StringComparer.Ordinal) { "Casework/Letters/Prepare.cshtml" };

    [Fact]
    public void Every_form_with_a_long_box_keeps_a_draft_under_a_name_that_is_saved()
    {
        var root = Path.Combine(Repository.Root, "src");
        var pages = Directory.EnumerateFiles(root, "*.cshtml", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetRelativePath(root, f).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal);
        var faults = pages.SelectMany(p => Faults(p.Key, p.Value)).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        // Who is let off must need it, or the list says nothing.
        Assert.All(Without.Keys, name => Assert.NotEmpty(Bare(pages[name])));
        Assert.All(Made, name => Assert.Contains("draft=\"@Model.Draft\"", pages[name], StringComparison.Ordinal));
        Assert.True(pages.Values.Sum(p => LongBox().Count(p)) >= 30); // the boxes are found at all
        foreach (var kind in LetterKinds.Letters)
            foreach (var language in Wording.Languages) Assert.True(Place.IsName(Prepare.DraftOf(kind, language)), $"{kind} {language}");
    }

    /// <summary>Ids of an address behind its question mark that choose what is shown around the form, or that stand in the form as a number does.</summary>
    private static readonly HashSet<string> Around = new(StringComparer.Ordinal) { "Casework/Events/Show.cshtml In", "Casework/Events/Show.cshtml Place", "Casework/Dossiers/BreakGlass.cshtml Dossier" };

    [Fact]
    public void A_form_about_something_that_only_the_query_names_keeps_its_draft_apart_from_one_about_another()
    {
        var root = Path.Combine(Repository.Root, "src");
        var faults = Directory.EnumerateFiles(root, "*.cshtml", SearchOption.AllDirectories).Where(f => File.Exists(f + ".cs"))
            .SelectMany(f => Shared(Path.GetRelativePath(root, f).Replace('\\', '/'), File.ReadAllText(f), File.ReadAllText(f + ".cs"))).Where(f => !Around.Contains(f)).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        const string page = "@page \"/x/{dossier:guid}\"\n<vs-form draft=\"contact\"></vs-form>", model = "[BindProperty(SupportsGet = true)] public Guid? Appointment { get; set; }";
        Assert.Single(Shared("Planted.cshtml", page, model));
        Assert.Empty(Shared("Planted.cshtml", page.Replace("contact", "contact @Model.Appointment", StringComparison.Ordinal), model));
        Assert.Empty(Shared("Planted.cshtml", page.Replace("dossier:", "appointment:", StringComparison.Ordinal), model));
        Assert.Empty(Shared("Planted.cshtml", page, model.Replace("true)", "true, Name = \"dossier\")", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Shared(string page, string markup, string model)
    {
        var (route, names) = (Route().Match(markup).Groups["at"].Value, Form().Matches(markup).Select(f => f.Groups["draft"]).Where(d => d.Success).Select(d => d.Value).ToList());
        return names.Count == 0 ? [] : FromAddress().Matches(model).Where(p => !route.Contains('{' + (p.Groups["as"].Success ? p.Groups["as"].Value : p.Groups["name"].Value), StringComparison.OrdinalIgnoreCase))
            .Select(p => p.Groups["name"].Value).Where(name => !names.Exists(n => n == "@Model.Draft" || n.EndsWith(" @Model." + name, StringComparison.Ordinal))).Select(name => $"{page} {name}");
    }

    [Theory]
    [InlineData("<vs-form><vs-field for=\"Form.Text\" rows=\"3\" label=\"@Words.X\" /></vs-form>")]
    [InlineData("<vs-form draft=\"short-term\"><vs-field for=\"Form.Text\" label=\"@Words.X\" rows=\"3\" /></vs-form>")]
    [InlineData("<vs-form draft=\"Note\"><p>x</p></vs-form>")]
    [InlineData("<vs-form draft=\"aaaaaaaaaaaaaaaaaaaaa\"></vs-form>")]
    [InlineData("<vs-form draft=\"@Model.Draft\"></vs-form>")]
    [InlineData("<vs-form draft=\"note\"></vs-form>\n<vs-form handler=\"Other\">\n<textarea name=\"a\"></textarea></vs-form>")]
    [InlineData("<vs-form draft=\"note\"></vs-form><vs-field for=\"Form.Text\" rows=\"3\" />")]
    public void A_form_that_would_lose_its_text_is_found(string planted) => Assert.Single(Faults("Casework/Planted.cshtml", planted));

    [Theory]
    [InlineData("<vs-form draft=\"note\"><vs-field for=\"Form.Text\" rows=\"3\" /></vs-form>")]
    [InlineData("<vs-form draft=\"police @Model.Entry\" handler=\"Other\"><vs-field for=\"Form.Text\"\n rows=\"3\" /></vs-form>")]
    [InlineData("<vs-form><vs-field for=\"Form.Name\" /></vs-form>")]
    public void One_that_keeps_it_is_none(string good) => Assert.Empty(Faults("Casework/Planted.cshtml", good));

    private static IEnumerable<string> Faults(string page, string markup)
    {
        foreach (var name in Form().Matches(markup).Select(f => f.Groups["draft"]).Where(d => d.Success).Select(d => d.Value))
        {
            // An id at its end is one of the model's.
            if (!(Made.Contains(page) && name == "@Model.Draft") && !Place.IsName(Id().Replace(name, $" {Guid.Empty}"))) yield return $"{page}: nothing is ever saved under the name {name}";
        }
        if (Without.ContainsKey(page)) yield break;
        foreach (var box in Bare(markup)) yield return $"{page}: what is written in {box} is kept nowhere";
    }

    // Long boxes that stand in no form with a draft.
    private static IEnumerable<string> Bare(string markup)
    {
        var forms = Form().Matches(markup).Select(f => (From: f.Index, To: markup.IndexOf("</vs-form>", f.Index, StringComparison.Ordinal), Keeps: f.Groups["draft"].Success)).ToList();
        return LongBox().Matches(markup).Where(b => !forms.Exists(f => f.From < b.Index && b.Index < f.To && f.Keeps)).Select(b => b.Value.ReplaceLineEndings(" "));
    }

    [GeneratedRegex("<vs-form\\b[^>]*?(\\bdraft=\"(?<draft>[^\"]*)\"[^>]*)?>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("<vs-field\\b[^<>]*?\\brows=\"[0-9]+\"|<textarea\\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LongBox();

    [GeneratedRegex("@page \"(?<at>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Route();

    [GeneratedRegex("\\[BindProperty\\((Name = \"(?<as>[a-zA-Z]+)\", )?SupportsGet = true(, Name = \"(?<as>[a-zA-Z]+)\")?\\)\\] public Guid\\??\\s+(?<name>[A-Za-z]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FromAddress();

    [GeneratedRegex(" @[A-Za-z]+\\.[A-Za-z]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
