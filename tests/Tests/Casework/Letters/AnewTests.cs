using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class AnewTests(Platforms platforms)
{
    /// <summary>Unasked one letter goes. Where it cannot be prepared anew no link says that it can; where it can, the link leads to a letter.</summary>
    [Theory, EveryEngine]
    public async Task A_letter_that_cannot_be_printed_any_more_leads_to_a_new_one_only_where_there_may_be_one(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        foreach (var (name, printed, asked) in new[] { ("Muster", true, false), ("Voorbeeld", true, true), ("Beispiel", false, false) })
        {
            var (dossier, person) = await worker.Knows(zone, $"{name}straat 1", name, phone: null);
            var letter = await worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Kind = LetterKind.First, Language = "fr", Text = "Bonjour", Shown = (await worker.RulesOf(dossier, person)).Revision, Once = Guid.NewGuid() });
            if (printed) Assert.Single((await Prints(letter)).QuerySelectorAll("article.vs-sheet"));
            await worker.Send(await worker.Send(new Edit.Query(dossier, person, "fr")) with { Dossier = dossier, Person = person, Address = "Rue 2" });
            if (asked) await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
            var page = await Prints(letter);
            Assert.Empty(page.QuerySelectorAll(".vs-sheet"));
            var link = page.QuerySelector("main .vs-unprinted a")?.GetAttribute("href");
            Assert.Equal(!printed || asked, link is not null);
            if (link is not null) Assert.NotNull((await visit.Page($"/dossiers/{dossier}/people/{person}/letter")).QuerySelector("[name='Form.Text']"));
        }

        async Task<IHtmlDocument> Prints(Guid letter)
        {
            var form = (await visit.Page("/search")).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
            form.RemoveAttribute("action");
            return await Visit.Read(await visit.Send("/letters/print", form, [KeyValuePair.Create("letters", letter.ToString())]));
        }
    }
}
