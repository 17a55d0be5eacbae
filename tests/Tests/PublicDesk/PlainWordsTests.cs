using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using VictimSupport.PublicDesk.Leaving;
using VictimSupport.Tests.House;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.PublicDesk.Leaving;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>What anybody reads is plain: at most twenty words a sentence, nothing that shouts, nothing that blames. Keys that begin with Staff are read by staff.</summary>
public sealed partial class PlainWordsTests(Platforms platforms)
{
    private const int Most = 20;

    private static readonly Dictionary<string, string[]> Blame = new()
    {
        ["fr"] = ["invalide", "erroné", "erronée", "incorrect", "incorrecte", "interdit", "interdite", "prétendu", "prétendue", "présumé", "présumée", "vous avez oublié"],
        ["nl"] = ["ongeldig", "ongeldige", "foutief", "foutieve", "verboden", "zogenaamd", "zogenaamde", "vermeend", "vermeende", "u bent vergeten", "u vergat"],
        ["de"] = ["ungültig", "ungültige", "ungültiger", "ungültiges", "fehlerhaft", "falsch", "falsche", "verboten", "angeblich", "angebliche", "mutmaßlich", "sie haben vergessen"],
        ["en"] = ["invalid", "incorrect", "illegal", "forbidden", "alleged", "wrong", "you forgot", "you failed", "you did not enter"],
    };

    // These may stand where they are denied: "it is not your fault".
    private static readonly Dictionary<string, (string[] Words, string[] Denied)> Fault = new()
    {
        ["fr"] = (["faute", "coupable"], ["pas", "aucune", "jamais"]), ["nl"] = (["schuld", "schuldig"], ["niet", "geen", "nooit"]), ["de"] = (["schuld", "schuldig"], ["nicht", "keine", "nie"]), ["en"] = (["fault", "blame", "guilty"], ["not", "no", "never", "nobody"]),
    };

    [Fact]
    public void Every_word_for_anybody_is_short_quiet_and_blames_nobody()
    {
        var faults = Goals.Languages.SelectMany(language => Book(language).Where(w => !w.Key.StartsWith("Staff", StringComparison.Ordinal)).SelectMany(w => Faults(w.Value, language).Select(f => $"{language} {w.Key}: {f}"))).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(Book("fr").Count > 30);
    }

    [Fact]
    public async Task What_the_pages_for_anybody_show_is_as_plain_wherever_it_comes_from()
    {
        var platform = await platforms.On("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var passer = zone.Passer();
        var (faults, seen) = (new List<string>(), 0);
        foreach (var door in (await Doors.Of(platform.Services)).Where(d => ExitTests.IsForAnybody(d) && d.Route.Parameters.All(p => p.Name == "language")))
        {
            foreach (var language in Goals.Languages)
            {
                var path = (door.IsInZone ? $"/{zone.Code}" : "") + door.Path(_ => language);
                var answer = await passer.Client.GetAsync(path, TestContext.Current.CancellationToken);
                if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
                var page = await Visit.Read(answer);
                foreach (var block in page.QuerySelectorAll("body *").Where(e => Blocks.Contains(e.LocalName) && !e.QuerySelectorAll("*").Any(inner => Blocks.Contains(inner.LocalName))))
                {
                    seen++;
                    var spoken = block.Closest("[lang]")?.GetAttribute("lang") is { } tag && Goals.Languages.Contains(tag) ? tag : language;
                    faults.AddRange(Faults(block.TextContent, spoken).Select(f => $"{path}: {f}"));
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct()));
        Assert.True(seen > 200, $"{seen} blocks");
    }

    [Theory]
    [InlineData("en", "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty twenty-one.", "21 words")]
    [InlineData("en", "Short. One two three four five six seven eight nine ten, eleven twelve thirteen fourteen fifteen; sixteen seventeen eighteen nineteen twenty {0} more", "22 words")]
    [InlineData("fr", "Ouvert lundi · mardi.", "mid-dot")]
    [InlineData("nl", "Bel ons!", "shouts")]
    [InlineData("de", "Die Nummer ist ungültig.", "ungültig")]
    [InlineData("fr", "Vous avez oublié votre prénom.", "vous avez oublié")]
    [InlineData("fr", "C'est votre faute.", "faute")]
    [InlineData("en", "Blame the alleged author.", "alleged")]
    [InlineData("fr", "Ce n'est pas votre faute.", null)]
    [InlineData("en", "Call 112 or 101. One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty? Yes.", null)]
    [InlineData("en", "It is about wrongdoing.", null)]
    public void Planted_words_are_caught(string language, string text, string? fault)
    {
        var found = Faults(text, language).ToList();
        if (fault is null) Assert.Empty(found);
        else Assert.Contains(found, f => f.Contains(fault, StringComparison.Ordinal));
    }

    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal) { "p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "label", "legend", "button", "summary", "td", "th", "caption", "option", "a", "figcaption" };

    private static IEnumerable<string> Faults(string text, string language)
    {
        if (text.Contains('·')) yield return $"a mid-dot in “{text.Trim()}”";
        if (text.Contains('!')) yield return $"“{text.Trim()}” shouts";
        foreach (var sentence in End().Split(text))
        {
            var words = Word().Matches(sentence).Count;
            if (words > Most) yield return string.Create(CultureInfo.InvariantCulture, $"{words} words in “{sentence.Trim()}”");
            var lower = " " + string.Join(' ', Word().Matches(sentence.ToLowerInvariant()).Select(m => m.Value)) + " ";
            foreach (var blame in Blame[language].Where(b => lower.Contains($" {b} ", StringComparison.Ordinal))) yield return $"“{blame}” in “{sentence.Trim()}”";
            var (faulty, denied) = Fault[language];
            foreach (var fault in faulty.Where(f => lower.Contains($" {f} ", StringComparison.Ordinal) && !denied.Any(d => lower.Contains($" {d} ", StringComparison.Ordinal)))) yield return $"“{fault}” in “{sentence.Trim()}”";
        }
    }

    private static Dictionary<string, string> Book(string language) =>
        XDocument.Parse(Repository.Read($"src/PublicDesk/Words.{language}.resx")).Root!.Elements("data").ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value, StringComparer.Ordinal);

    // A sentence ends with its sign and a space, or with its line.
    [GeneratedRegex(@"(?<=[.?…])\s+|[\r\n]+", RegexOptions.None, 1000)]
    private static partial Regex End();

    // What stands between spaces and holds a letter or a digit; {0} is one.
    [GeneratedRegex(@"[\p{L}\p{N}{][^\s,;:.?…“”„«»""()]*", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
