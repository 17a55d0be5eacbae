using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class DuplicatesTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_same_telephone_is_known_however_it_is_written(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var known = await worker.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        var found = Assert.Single(await worker.Send(new Register.Check { FamilyName = "Voorbeeld", GivenName = "Bram", Phone = "+32 470/12.34.56" }));
        Assert.Equal(known, found.Dossier);
    }

    [Theory]
    [InlineData("Van den Verzonnen", "Célia", "VANDENVERZONNEN", "celia")]
    [InlineData("L'Inventé", "Märta", "Linvente", "Maerta")]
    public async Task A_name_that_fits_is_known(string family, string given, string typedFamily, string typedGiven)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var known = await worker.Registers(Cases.Intake(zone, family, given));
        Assert.Equal(known, Assert.Single(await worker.Send(new Register.Check { FamilyName = typedFamily, GivenName = typedGiven })).Dossier);
        Assert.Empty(await worker.Send(new Register.Check { FamilyName = "Oefening", GivenName = "Otis" }));
    }

    [Fact]
    public async Task Somebody_known_in_another_zone_only_is_not_known_here()
    {
        var platform = await platforms.On("sqlite");
        var (here, there) = (await platform.Zone(), await platform.Zone());
        await there.As(Role.Caseworker).Registers(Cases.Intake(there, phone: "0470 12 34 56"));
        Assert.Empty(await here.As(Role.Coordinator).Send(new Register.Check { FamilyName = "Exemple", GivenName = "Ada", Phone = "0470 12 34 56" }));
    }

    [Theory, EveryEngine]
    public async Task A_colleagues_dossier_shows_its_safety_card_and_nothing_more(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (owner, reader) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var hidden = await owner.Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56") with { Note = "zelfde adres als de dader" });
        await owner.Endangers(hidden, Danger.AtHome);
        var number = (await owner.Opens(hidden)).Dossier.Number;

        Assert.True(await reader.Send(new Alike.Query("Verzonnenaar", "Quinten", "0470 12 34 56")));
        var made = await reader.Send(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56")); // never blocks
        var card = Assert.Single(await reader.Send(new Known.Command(made.Dossier)));
        Assert.Equal((null, null, null, "Q.V."), (card.Dossier, card.Number, card.Name, card.Initials));
        Assert.Equal((Danger.AtHome, owner.Id), (card.Danger, card.DayWorker));

        using var visit = reader.Visit();
        var html = await (await visit.Get($"/intake/known/{made.Dossier}")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Q.V.", html, StringComparison.Ordinal);
        foreach (var secret in new[] { "Verzonnenaar", "Quinten", "zelfde adres", number, hidden.ToString() }) Assert.DoesNotContain(secret, html, StringComparison.OrdinalIgnoreCase);
        foreach (var digits in new[] { "470 12", "470123456" }) Assert.DoesNotContain(digits, html, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_card_says_the_rules_that_hold_and_not_what_one_dossier_ticked(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, other) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (ticked, same) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada");
        await worker.Agrees(ticked, same, r => r with { Call = Rule.OnlyIf, Sms = Rule.Safe, WhatMayBeSaid = "the library", ThirdPerson = "Theo Later" });
        var (said, herself) = await other.Knows(zone, "Rue 1", "Exemple", "Ada");
        await other.Agrees(said, herself, r => r with { Sms = Rule.Never });
        var card = (await worker.Send(new Register.Check { FamilyName = "Exemple", GivenName = "Ada" })).Single(c => c.Dossier == ticked);
        Assert.Equal(("SMS: never", "Letter: not asked"), (card.Says(Channel.Sms), card.Says(Channel.Letter)));
        Assert.Equal(("the library", "Theo Later", false), (card.Agreed.WhatMayBeSaid, card.Agreed.ThirdPerson, card.AskAgain));
        // Whom the agreement names turned out to be the perpetrator: it holds as if nobody had been asked.
        await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = ticked, GivenName = "Theo", FamilyName = "Later", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        using var visit = worker.Visit();
        var page = await Checked(visit, new() { ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = "Exemple" });
        var shown = page.QuerySelectorAll(".vs-card").Single(c => c.QuerySelector($"a[href$='{ticked}']") is not null).TextContent;
        foreach (var rule in new[] { "SMS: never", "Call: not asked", "the library" }) Assert.Contains(rule, shown, StringComparison.Ordinal); // of a condition it says which
        Assert.DoesNotContain("Theo Later", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dossier_one_may_open_is_a_link()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var known = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        using var visit = worker.Visit();
        var page = await Checked(visit, new() { ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = "Exemple", ["Form.Municipality"] = "Lindeberg" });
        Assert.NotNull(page.QuerySelector($"aside a[href='/{zone.Code}/dossiers/{known}']"));
        Assert.Equal("Lindeberg", page.QuerySelector("[name='Form.Municipality']")!.GetAttribute("value")); // what was typed stays
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task The_worker_is_told_once_a_day_that_the_card_was_shown(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (owner, reader) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var hidden = await owner.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => reader.Send(new Register.Check { Phone = "0470123456" }))));
        await reader.Send(new Register.Check { FamilyName = "Exemple", GivenName = "Ada" });
        var told = Assert.Single(await Told(zone));
        Assert.Equal((hidden, owner.Id), (told.About, told.To));
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await reader.Send(new Register.Check { Phone = "0470123456" });
        Assert.Equal(2, (await Told(zone)).Count);
    }

    [Theory, EveryEngine]
    public async Task Intakes_of_the_same_person_at_the_same_moment_are_all_saved(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        for (var round = 0; round < 5; round++)
        {
            var intake = Cases.Intake(zone, "Exemple", "Ada " + (char)('A' + round));
            var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => worker.Registers(intake))));
            Assert.Equal(8, made.Distinct().Count());
        }
    }

    private static Task<List<OutboxMessage>> Told(TestZone zone) => zone.Look(z => z.Set<OutboxMessage>().Where(m => m.Kind == SafetyCardMail.KindName).ToListAsync());

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> Checked(Visit visit, Dictionary<string, string> typed)
    {
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page("/intake")).QuerySelector("main form[method=post]")!;
        form.SetAttribute("action", form.QuerySelectorAll("button[formaction]").Select(b => b.GetAttribute("formaction")!).Single(a => a.Contains("Check", StringComparison.Ordinal)));
        var answer = await visit.Send("/intake", form, typed);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Visit.Read(answer);
    }
}
