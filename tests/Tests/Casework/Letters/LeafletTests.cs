using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using VictimSupport.Casework.Leaflets;
using VictimSupport.Casework.Letters;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Settings;
using Print = VictimSupport.Casework.Leaflets.Print;

namespace VictimSupport.Tests.Casework;

/// <summary>Leaflets to hand over: in four languages, about nobody, in the zone's words where it has some.</summary>
public sealed class LeafletTests(Platforms platforms)
{
    private static readonly string[] Telling = ["polic", "politie", "polizei", "victim", "slachtoffer", "opfer", "violen", "geweld", "gewalt", "sapv", "9901", "zone"];

    private static string TextOf(IEnumerable<Block> blocks) => string.Join('\n', blocks.Select(b => b.Text));

    public static TheoryData<string, int> Shipped()
    {
        var data = new TheoryData<string, int>();
        foreach (var language in new[] { "fr", "nl", "de", "en" })
            foreach (var kind in LetterKinds.Leaflets) data.Add(language, (int)kind);
        return data;
    }

    [Theory, MemberData(nameof(Shipped))]
    public async Task There_is_a_text_in_each_language_and_a_line_without_a_value_is_left_out(string language, int kind)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var bare = await worker.Send(new Print.Query((LetterKind)kind, language));
        Assert.Equal(language, bare.Language);
        Assert.True(bare.Blocks.Count > 1);
        Assert.DoesNotContain('[', TextOf(bare.Blocks));
        Assert.Equal((BlockKind.Heading, false), (bare.Blocks[0].Kind, bare.HasPhone));

        await zone.As(Role.Coordinator).Send(new Templates.Command { ServicePhone = "081 00 00 00" });
        Assert.Contains("081 00 00 00", TextOf((await worker.Send(new Print.Query((LetterKind)kind, language))).Blocks));
        // No other language shines through.
        Assert.Single(LetterKinds.Leaflets.SelectMany(k => Wording.Languages, (k, l) => Wording.Shipped(k, l)), text => text == Wording.Shipped((LetterKind)kind, language));
    }

    [Fact]
    public async Task The_hours_stand_a_day_a_line_as_the_zone_set_them()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await zone.As(Role.Coordinator).Send(new Change.Command { Setting = SettingCode.Hours, Days = ["09:00-12:00,13:00-16:00", "", "", "", "", "", ""], From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        var blocks = (await zone.As(Role.Caseworker).Send(new Print.Query(LetterKind.ServiceLeaflet, "de"))).Blocks;
        Assert.Contains(blocks, b => b is { Kind: BlockKind.Items, Lines: ["Montag 09:00–12:00, 13:00–16:00"] });
    }

    [Theory, InlineData("fr"), InlineData("nl"), InlineData("de"), InlineData("en")]
    public async Task The_card_in_a_purse_tells_nobody_whose_it_is(string language)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (chief, worker) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker));
        var card = TextOf((await worker.Send(new Print.Query(LetterKind.PocketCard, language))).Blocks);
        Assert.All(Telling, word => Assert.DoesNotContain(word, card, StringComparison.OrdinalIgnoreCase));

        foreach (var own in new[] { "# Slachtofferbejegening\n[phone]", "[service]\n[phone]" })
            Assert.NotEmpty((await Assert.ThrowsAsync<ValidationException>(() => chief.Send(In(language, own) with { Kind = LetterKind.PocketCard }))).Errors);
        Assert.Equal(card, TextOf((await worker.Send(new Print.Query(LetterKind.PocketCard, language))).Blocks));
    }

    [Fact]
    public async Task A_zone_says_it_in_its_own_words_and_a_leaflet_is_about_nobody()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (chief, worker) = (zone.As(Role.Coordinator), await zone.Hires("worker", Role.Caseworker));
        foreach (var about in new[] { "Dear [name]", "Ask for [worker]", "[address]" })
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => chief.Send(In("en", about) with { Kind = LetterKind.RightsLeaflet }))).Errors, e => e.PropertyName == "En");
        await chief.Send(In("en", "# Our leaflet\nWe are here.\nStill here.\n- one\n- two\n\n# Telephone\n[phone]") with { Kind = LetterKind.RightsLeaflet });

        using var visit = worker.Visit();
        var page = await visit.Page($"/leaflets/en/rightsleaflet");
        var paper = page.QuerySelector("article[data-leaflet=RightsLeaflet]")!;
        Assert.Equal("en", paper.GetAttribute("lang"));
        Assert.Equal("Our leaflet", paper.QuerySelector("h2")!.TextContent);
        Assert.Equal("We are here.\nStill here.", paper.QuerySelector("p")!.TextContent);
        Assert.Equal(["one", "two"], paper.QuerySelectorAll("li").Select(l => l.TextContent));
        Assert.Null(paper.QuerySelector("h3")); // nothing stands below it
        Assert.Contains(Wording.Shipped(LetterKind.RightsLeaflet, "fr").Split('\n')[0][2..], (await visit.Page($"/leaflets/fr/rightsleaflet")).QuerySelector("article")!.TextContent);
    }

    [Fact]
    public async Task From_a_persons_card_it_is_one_press_to_the_leaflets_in_their_language()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, _) = await worker.Knows(zone, "Rue 1", language: "vgt");
        using var visit = worker.Visit();
        var link = (await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll<IHtmlAnchorElement>("a").Single(a => a.PathName.Contains("/leaflets", StringComparison.Ordinal));
        Assert.Equal($"/{zone.Code}/leaflets/nl", link.PathName);
        Assert.Equal("", link.Search);
        Assert.Equal("nl", (await visit.Page("/leaflets/nl")).QuerySelector("article")!.GetAttribute("lang"));
    }

    [Fact]
    public async Task What_is_no_leaflet_is_not_there_and_no_letter_is_made_of_one()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        using var visit = worker.Visit();
        foreach (var path in new[] { "leaflets/xx", "leaflets/en/first", "leaflets/en/99", "leaflets/en/21" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/{path}")).StatusCode);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        Assert.DoesNotContain((await visit.Page($"/dossiers/{dossier}/people/{person}/letter")).QuerySelectorAll("#kind option"), o => o.GetAttribute("value") is nameof(LetterKind.PocketCard) or nameof(LetterKind.ServiceLeaflet));
        var view = await worker.Send(new Prepare.Query(dossier, person, null, null));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Kind = LetterKind.PocketCard, Language = "fr", Text = "x", Shown = view.Revision }))).Errors, e => e.PropertyName == "Kind");
    }

    private static Template.Command In(string language, string text) => language switch
    {
        "fr" => new() { Fr = text },
        "nl" => new() { Nl = text },
        "de" => new() { De = text },
        _ => new() { En = text },
    };
}
