using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>Partners are looked for where somebody lives and in what they speak, and wherever else and in whatever else is typed.</summary>
public sealed class OfferTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Partners_are_looked_for_where_somebody_lives_and_where_that_is_not_known_where_it_happened(string engine)
    {
        var (_, anna, dossier, lead) = await Begin(await platforms.On(engine));
        // The facts were in Val-Clair, which is not of this zone.
        Assert.Equal(("Val-Clair", "fr"), await FilledIn());
        Assert.Equal(["Facts", "Wide"], await Found(null));
        foreach (var (address, town) in new[]
        {
            ("Hauptstraße 1\n4780 SANKT-VITH", "Sankt Vith"), ("Rue de l’Eau 3, 4700 Eupen", "Eupen"), ("Eupenlaan 4, 4701 Haut-Eupen", "Haut-Eupen"), ("Rue d’Eupen 3", "Val-Clair"), ("Kerkstraat 1, 9000 Gent", "Val-Clair"), ("", "Val-Clair"),
        })
        {
            await Lives(address);
            Assert.Equal((town, "fr"), await FilledIn());
        }
        await Lives("Rue de l’Eau 3, 4700 Eupen");
        Assert.Equal(["Home", "Wide"], await Found(null));
        // Each is changed for itself.
        Assert.Equal(["Facts", "Home", "Wide"], await Found(new(null, "fr")));
        Assert.Equal(["German", "Home", "Wide"], await Found(new("eupen", null)));
        Assert.Equal(["Facts", "German", "Home", "Wide"], await Found(new(null, null)));

        async Task<(string?, string?)> FilledIn() => (await anna.Send(new Offer.Query(dossier, null, [], null))).Sought is var sought ? (sought.Municipality, sought.Language) : default;
        async Task<IEnumerable<string>> Found(Offer.Sought? sought) => (await anna.Send(new Offer.Query(dossier, Need.Support, [lead], sought))).Partners!.Select(p => p.Organisation).Order(StringComparer.Ordinal);
        async Task Lives(string address) => await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Address = address });
    }

    [Theory, EveryEngine]
    public async Task Who_is_interpreted_for_is_offered_partners_of_every_language(string engine)
    {
        var (_, anna, dossier, lead) = await Begin(await platforms.On(engine));
        await anna.Interprets(new Interpret.Command { Dossier = dossier, Person = lead, Kind = InterpreterKind.Phone });
        Assert.Null((await anna.Send(new Offer.Query(dossier, null, [lead], null))).Sought.Language);
        var other = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Peeters", Capacity = Capacity.Relative, Language = "de" });
        Assert.Equal("de", (await anna.Send(new Offer.Query(dossier, null, [other], null))).Sought.Language);
    }

    [Theory, EveryEngine]
    public async Task What_was_typed_stays_and_what_was_filled_in_follows_whom_it_is_for(string engine)
    {
        var (zone, anna, dossier, lead) = await Begin(await platforms.On(engine));
        using var hers = anna.Visit();
        var path = $"/dossiers/{dossier}/referral";
        var page = await hers.Page(path);
        Assert.Equal(("Val-Clair", "fr"), Boxes(page));
        // Emptied it is anywhere, and stays so through a search and through a form that lacks something.
        var found = await Finds(page, ("Form.Municipality", ""), ("Form.Language", "de"));
        Assert.Equal(("", "de"), Boxes(found));
        Assert.Equal(["German", "Wide"], Partners(found));
        var form = (IHtmlFormElement)found.QuerySelector("main form[method=post]")!;
        var again = await Visit.Read(await hers.Send(path, form, []));
        Assert.NotEmpty(again.QuerySelectorAll(".govuk-error-summary a"));
        Assert.Equal(("", "de"), Boxes(again));
        Assert.Equal(["German", "Wide"], Partners(again));
        Assert.Contains(await Refused("x".PadRight(81, 'x')), e => e == "Municipality");
        // Nothing of it stands in an address.
        Assert.DoesNotContain("Municipality", form.GetAttribute("action"), StringComparison.OrdinalIgnoreCase);

        // Somebody else is ticked: theirs take the place of what was filled in, not of what was typed.
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1)); // who came later stands later
        var other = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Peeters", Capacity = Capacity.Relative, Language = "de", Address = "Markt 1, 4700 Eupen" });
        page = await hers.Page(path);
        Assert.Equal(("Eupen", "de"), Boxes(await Finds(page, ("Form.Persons", other.ToString()))));
        Assert.Equal(("Eupen", "fr"), Boxes(await Finds(await hers.Page(path), ("Form.Persons", other.ToString()), ("Form.Municipality", "Eupen"))));
        Assert.Equal(("Val-Clair", "fr"), Boxes(await Finds(await hers.Page(path), ("Form.Persons", lead.ToString()))));

        async Task<IHtmlDocument> Finds(IHtmlDocument on, params (string Field, string Value)[] typed)
        {
            var button = (IHtmlButtonElement)on.QuerySelector("main button[formaction]")!;
            button.Form!.SetAttribute("action", button.GetAttribute("formaction")!);
            var answer = await hers.Send(path, button.Form, [.. typed.Select(f => KeyValuePair.Create(f.Field, f.Value)), new("Form.Need", nameof(Need.Support))]);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await Visit.Read(answer);
        }

        async Task<IEnumerable<string>> Refused(string town) => (await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(new Offer.Command { Dossier = dossier, Persons = [lead], Need = Need.Support, Municipality = town }))).Errors.Select(e => e.PropertyName);
    }

    private static (string?, string?) Boxes(IHtmlDocument page) => (((IHtmlInputElement)page.QuerySelector("[name='Form.Municipality']")!).Value, ((IHtmlSelectElement)page.QuerySelector("[name='Form.Language']")!).Value);

    private static IEnumerable<string> Partners(IHtmlDocument page) => page.QuerySelectorAll("[name='Form.Partner']").Select(r => page.QuerySelector($"label[for='{r.Id}']")!.TextContent.Trim()).Order(StringComparer.Ordinal);

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Lead)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Places", zone.Id, async house =>
        {
            var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
            record.Take(record.Facts with { Places = ["4700 Eupen", "4701 Haut-Eupen", "4780 Sankt Vith"] });
            return true;
        }, TestContext.Current.CancellationToken);
        await platform.Services.GetRequiredService<ZoneRegistry>().Forget(zone.Code);
        var anna = await zone.Hires("anna", Role.Caseworker);
        foreach (var (name, towns, languages) in new (string, string?, string[])[] { ("Home", "Eupen", ["fr", "nl"]), ("German", "Eupen", ["de"]), ("Facts", "Val-Clair", ["fr"]), ("Wide", null, []) })
            await anna.Send(Referring.Partner(name) with { Municipalities = towns, Languages = [.. languages] });
        var dossier = await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", subKind: "Robbery"));
        return (zone, anna, dossier, await anna.LeadOf(dossier));
    }
}
