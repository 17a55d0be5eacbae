using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Portal;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>What somebody was writing when their access ended: it is not saved, and not lost either.</summary>
public sealed class LostTests(Platforms platforms)
{
    private const string Note = "Elle attend chez la voisine,\nau deuxième étage; le chien est <gentil>.";

    [Theory, EveryEngine]
    public async Task What_was_typed_is_shown_to_its_writer_alone_and_says_nothing_of_what_is_there(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, two) = (await platform.Zone(), await platform.Zone());
        using var worker = await SignedIn.In(zone, "lost" + zone.Code + "@z.example", Role.Caseworker);
        var (chief, other) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("other", Role.Caseworker));
        var dossier = await chief.Registers(Cases.Intake(zone));
        await chief.Send(new Assign.Command(dossier, worker.Account));
        var form = Form(await worker.Visit.Page($"/dossiers/{dossier}/contact"));
        await chief.Send(new Assign.Command(dossier, other.Id));

        var lost = await Sends($"/{zone.Code}/dossiers/{dossier}/contact");
        var texts = Texts(lost);
        Assert.Equal((2, Note), (texts.Count, texts[0])); // the longer one for itself, the short ones together
        Assert.Contains("45", texts[1].Split('\n'));
        Assert.All(lost.QuerySelectorAll("main textarea"), t => Assert.True(t.HasAttribute("readonly")));
        Assert.Null(lost.QuerySelector("main form")); // there is nowhere to send it
        // One that never was, one whose field is wrong too, and a page that is for others: the same to the letter.
        foreach (var path in new[] { $"/dossiers/{Guid.NewGuid()}/contact", "/admin/settings" })
        {
            var absent = await Sends($"/{zone.Code}{path}");
            Assert.Equal((Says(lost), string.Join('|', Texts(lost))), (Says(absent), string.Join('|', Texts(absent))));
        }
        var wrong = await Sends($"/{zone.Code}/dossiers/{dossier}/contact", KeyValuePair.Create("Form.Place", ""));
        Assert.Equal((Says(lost), Note), (Says(wrong), Texts(wrong)[0]));

        // In another zone nothing of it stands, nor where a form proves nothing: a stranger's, or an old one's.
        await worker.Holds(two, Role.Caseworker);
        await worker.Enter(two);
        Assert.Empty(Texts(await Sends($"/{two.Code}/admin/settings")));
        Assert.Empty(Texts(await Visit.Read(await worker.Visit.Forge("/admin/settings", ("Form.Note", Note)))));
        Assert.Empty(Texts(await Sends($"/{zone.Code}/admin/settings", KeyValuePair.Create(Typed.Token, "x"))));
        Assert.Equal(Note, Texts(await Sends($"/{zone.Code}/admin/settings"))[0]);

        async Task<IHtmlDocument> Sends(string to, params KeyValuePair<string, string>[] more)
        {
            form.SetAttribute("action", to);
            var sent = await worker.Visit.Send("", form, [.. Filled.Where(f => more.All(m => m.Key != f.Key)), .. more]);
            Assert.Equal((HttpStatusCode.NotFound, to), (sent.StatusCode, to));
            Assert.Equal("no-store", sent.Headers.CacheControl!.ToString());
            return await Visit.Read(sent);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Filled =>
    [
        KeyValuePair.Create("Form.Place", "Phone"), KeyValuePair.Create("Form.Minutes", "45"), KeyValuePair.Create("Form.Services", "Listening"), KeyValuePair.Create("Form.Note", Note),
    ];

    private static IHtmlFormElement Form(IHtmlDocument page) => page.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last();
    private static List<string> Texts(IHtmlDocument page) => [.. page.QuerySelectorAll<IHtmlTextAreaElement>("main textarea").Select(t => t.Value)];
    private static string Says(IHtmlDocument page) => string.Join('|', page.QuerySelectorAll("main h1, main p.govuk-body").Select(p => p.TextContent.Trim()));
}
