using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Whoever goes to a house is told what awaits them there, and of nobody.</summary>
public sealed class DoorsTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_danger_at_an_address_is_told_from_a_dossier_one_may_not_open_and_nothing_else_of_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (theirs, _) = await bert.Knows(zone, "Rue de la Gare 12 bte 3, 1000 Bruxelles", "Zzkanarie", "Quirien", phone: null);
        await bert.Endangers(theirs, Danger.DangerousDog, Danger.MinorPresent, Danger.AddressSecret);
        var (mine, _) = await anna.Knows(zone, "12, rue de la gare - B-1000 BRUXELLES", phone: null);
        var (next, _) = await anna.Knows(zone, "Rue de la Gare 14, 1000 Bruxelles", "Autre", "Zoé", phone: null);

        Assert.Equal(Danger.DangerousDog, (await anna.Send(new Plan.Query(mine, null))).AtTheDoor);
        Assert.Equal(Danger.None, (await anna.Send(new Plan.Query(next, null))).AtTheDoor);
        var visit = await anna.Send(await anna.Appointment(zone, mine) with { Place = Place.Home });
        using var hers = anna.Visit();
        foreach (var path in new[] { $"/dossiers/{mine}/appointments", $"/dossiers/{mine}/appointments/{visit}/visit" })
        {
            var said = (await hers.Page(path)).QuerySelector("main")!;
            Assert.Contains("from another dossier", said.TextContent, StringComparison.Ordinal);
            Assert.Contains("Dangerous dog", said.TextContent, StringComparison.Ordinal);
            foreach (var secret in new[] { "Zzkanarie", "Quirien", theirs.ToString(), "Minor present" }) Assert.DoesNotContain(secret, said.OuterHtml, StringComparison.Ordinal);
        }
        // What one's own dossier says already is not said twice.
        await anna.Endangers(mine, Danger.DangerousDog);
        Assert.Equal(Danger.None, (await anna.Send(new Plan.Query(mine, null))).AtTheDoor);
    }

    [Theory, EveryEngine]
    public async Task Of_what_is_sealed_or_walled_off_nothing_is_told(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (walled, _) = await cora.Knows(zone, "Kerkstraat 7, 9000 Gent", "Zzkanarie", "Quirien", phone: null);
        var (closed, _) = await cora.Knows(zone, "Kerkstraat 7, 9000 Gent", "Yykanarie", "Rolf", phone: null);
        await cora.Endangers(walled, Danger.DangerousDog);
        await cora.Endangers(closed, Danger.AuthorAtLarge);
        var (mine, _) = await anna.Knows(zone, "Kerkstraat 7, 9000 Gent", phone: null);
        Assert.Equal(Danger.DangerousDog | Danger.AuthorAtLarge, (await anna.Send(new Plan.Query(mine, null))).AtTheDoor);
        await zone.WallsOff(anna, walled);
        Assert.Equal(Danger.AuthorAtLarge, (await anna.Send(new Plan.Query(mine, null))).AtTheDoor);
        await cora.Protects(closed, Protection.Sealed, cora.Id);
        Assert.Equal(Danger.None, (await anna.Send(new Plan.Query(mine, null))).AtTheDoor);
    }

    [Theory]
    [InlineData("Rue de la Gare 12, 1000 Bruxelles", "12 rue de la gare, B-1000 BRUXELLES", true)]
    [InlineData("Kerkstraat 7 bus 3, 9000 Gent", "Kerkstraat 7 bus 12, 9000 Gent", true)]
    [InlineData("Kirchstraße 4, 4700 Eupen", "Kirchstrasse 4\n4700 Eupen", true)]
    [InlineData("Kerkstraat 7, 9000 Gent", "Kerkstraat 17, 9000 Gent", false)]
    [InlineData("Kerkstraat 7, 9000 Gent", "Kerkstraat 7, 8000 Brugge", false)]
    [InlineData("Kerkstraat 7 A, 9000 Gent", "Kerkstraat 7 B, 9000 Gent", false)]
    public void Two_ways_to_write_a_house_are_one(string one, string other, bool same) => Assert.Equal(same, Address.House(one) == Address.House(other));

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("sans adresse")]
    [InlineData(null)]
    public void What_is_no_house_is_not_looked_for(string? typed) => Assert.Null(Address.Part(typed));
}
