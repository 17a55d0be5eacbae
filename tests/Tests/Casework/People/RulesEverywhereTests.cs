using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>The rules are before everybody's eyes: on every page of a dossier, with their history, and with what to say when "the husband" rings.</summary>
public sealed class RulesEverywhereTests(Platforms platforms)
{
    private static readonly string[] Pages = ["facts", "contact", "close", "risk", "people/{0}", "people/{0}/call", "people/{0}/letter", "people/{0}/interpreter", "people/{0}/standing", "people/{0}/print"];

    [Fact]
    public async Task On_every_page_of_a_dossier_it_says_what_is_closed_and_that_nothing_is_confirmed()
    {
        var (zone, worker, dossier, person) = await Leila();
        using var visit = worker.Visit();
        foreach (var page in Pages)
        {
            var shown = await visit.Page($"/dossiers/{dossier}/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, page, person));
            var band = shown.GetElementById("vs-alarms")!.TextContent;
            Assert.True(band.Contains("Letter: never", StringComparison.Ordinal) && band.Contains("Do not confirm", StringComparison.Ordinal) && band.Contains("To be asked again by", StringComparison.Ordinal), page + ": " + band);
            Assert.DoesNotContain("Magnolia", band, StringComparison.Ordinal); // the code word is nobody's who looks over a shoulder
        }
        // The dossier shows them itself; other pages know nothing of it.
        Assert.DoesNotContain("Letter: never", (await visit.Page($"/dossiers/{dossier}")).GetElementById("vs-alarms")?.TextContent ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("Letter: never", (await visit.Page("/worklist")).GetElementById("vs-alarms")?.TextContent ?? "", StringComparison.Ordinal);
        // Where nothing is closed nothing stands.
        var free = await worker.Registers(Cases.Intake(zone, "Vrij", "Vic", "0470 11 22 33"));
        Assert.DoesNotContain("Vic", (await visit.Page($"/dossiers/{free}/facts")).GetElementById("vs-alarms")?.TextContent ?? "", StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_never_of_another_dossier_or_of_a_second_row_stands_on_every_page_and_tells_of_no_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, Letter = Rule.Safe, Mail = Rule.Safe });
        using var visit = worker.Visit();
        var (own, band) = await Shown();
        Assert.True(own.QuerySelectorAll("a[href$='/letter'], form[action$='/call']").Length == 2 && band.Length == 0, band);
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, same) = await colleague.Knows(zone, "Rue 9", subKind: "PartnerViolence");
        await colleague.Agrees(another, same, r => r with { Letter = Rule.Never, Visit = Rule.Never });
        (own, band) = await Shown();
        foreach (var said in new[] { own.TextContent, band }) Assert.True(said.Contains("Letter: never", StringComparison.Ordinal) && said.Contains("Visit: never", StringComparison.Ordinal) && said.Contains("Do not confirm", StringComparison.Ordinal) && !said.Contains("Call: never", StringComparison.Ordinal), said);
        Assert.Empty(own.QuerySelectorAll("a[href$='/letter']"));
        Assert.Single(own.QuerySelectorAll("form[action$='/call']"));
        Assert.DoesNotContain(another.ToString(), own.OuterHtml, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Visit: never", (await visit.Page($"/dossiers/{dossier}/appointments")).QuerySelector("section[aria-labelledby=care]")!.TextContent, StringComparison.Ordinal);
        // Noted twice in this dossier, the second time with a never for calls; a daughter on the same telephone is somebody else.
        await Joins("Exemple", "Bo", "0470 12 34 56", r => r with { Call = Rule.Never });
        Assert.DoesNotContain("Call: never", (await Shown()).Own.TextContent, StringComparison.Ordinal);
        await worker.Send(await Number());
        var twice = await Joins("EXEMPLE", "Ada", null, r => r with { Call = Rule.Never });
        (own, band) = await Shown();
        Assert.True(own.TextContent.Contains("Call: never", StringComparison.Ordinal) && band.Contains("Call: never", StringComparison.Ordinal), band);
        Assert.Empty(own.QuerySelectorAll("form[action$='/call']"));
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Number()))).Code);
        // Asked since, in the row by which they are reached, they opened it.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        await worker.Send(await Number());
        Assert.Equal(Rule.Never, (await worker.Opens(dossier)).People.Single(p => p.Id == twice).Of(Channel.Call));

        async Task<(IElement Own, string Band)> Shown() =>
            ((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll(".vs-safe").Single(s => s.OuterHtml.Contains(person.ToString(), StringComparison.Ordinal)), (await visit.Page($"/dossiers/{dossier}/facts")).GetElementById("vs-alarms")?.TextContent.Trim() ?? "");

        async Task<Guid> Joins(string family, string given, string? phone, Func<Safe.Command, Safe.Command> said)
        {
            var joined = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = given, FamilyName = family, Phone = phone, Capacity = Capacity.Victim, Language = "fr" });
            zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
            await worker.Agrees(dossier, joined, said);
            return joined;
        }

        async Task<Call.Command> Number() => new() { Dossier = dossier, Person = person, Shown = (await worker.RulesOf(dossier, person)).Revision };
    }

    [Theory, EveryEngine]
    public async Task Noted_under_her_married_name_with_the_same_number_she_is_herself(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada", phone: "0470 12 34 56");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe, Visit = Rule.Safe });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, same) = await colleague.Knows(zone, "Rue 9", "Mustermann", "Ada", phone: "+32 470 12 34 56");
        await colleague.Agrees(another, same, r => r with { Letter = Rule.Never, Visit = Rule.Never });
        var shown = (await worker.Opens(dossier)).People.Single(p => p.Id == person);
        Assert.Equal((Rule.Never, Rule.Never), (shown.Of(Channel.Letter), shown.Of(Channel.Visit)));
    }

    [Theory, EveryEngine]
    public async Task A_never_of_somebody_else_closes_the_shared_number_and_is_not_told_as_ones_own(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada", phone: "0470 12 34 56");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe, Letter = Rule.Safe });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (another, other) = await colleague.Knows(zone, "Rue 9", "Exemple", "Karim", phone: "0470 12 34 56");
        await colleague.Agrees(another, other, r => r with { Call = Rule.Never, Letter = Rule.Never });
        using var visit = worker.Visit();
        var own = (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe")!;
        Assert.Contains("Call: not at this number", own.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Call: never", own.TextContent, StringComparison.Ordinal);
        Assert.Contains("Letter: safe", own.TextContent, StringComparison.Ordinal);
        Assert.Empty(own.QuerySelectorAll("form[action$='/call']"));
        // The form asks, and what is saved without an answer is not their never, and opens nothing.
        var form = await visit.Page($"/dossiers/{dossier}/people/{person}/safe-contact");
        Assert.Contains("Nobody is to call or text this number", form.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("NotAsked", form.QuerySelector("input[name='Form.Call'][checked]")!.GetAttribute("value"));
        await visit.Submit($"/dossiers/{dossier}/people/{person}/safe-contact", []);
        var saved = (await worker.Opens(dossier)).People.Single(p => p.Id == person);
        Assert.Equal((Rule.NotAsked, Rule.Never), (saved.Safe.Call, saved.Of(Channel.Call)));
        // Asked since, they say that it may ring.
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        Assert.Equal(Rule.Safe, (await worker.Opens(dossier)).People.Single(p => p.Id == person).Of(Channel.Call));
    }

    [Fact]
    public async Task When_the_partner_rings_the_card_says_what_to_say()
    {
        var (_, worker, dossier, person) = await Leila();
        await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        using var visit = worker.Visit();
        var card = (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-safe details")!;
        Assert.True(card.HasAttribute("open"));
        foreach (var said in new[] { "Do not confirm any contact", "\"the husband\"", "Marc Fictif" }) Assert.Contains(said, card.TextContent, StringComparison.Ordinal);
        Assert.Contains("Do not confirm", (await visit.Page($"/dossiers/{dossier}/people/{person}/call")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Whoever looks him up while he is on the line is told too.
        var found = await Visit.Read(await visit.Submit("/search", [new("Form.Text", "Fictif")]));
        Assert.Contains("Confirm to nobody", found.Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Every_change_of_a_rule_keeps_what_held_before(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.OnlyIf, WhatMayBeSaid = "the library", CodeWord = "Magnolia" });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Never });
        await worker.Agrees(dossier, person, r => r); // asked again, nothing changed
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Safe });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Send((await worker.Send(new Edit.Query(dossier, person, "fr"))) with { Dossier = dossier, Person = person, Phone = "0470 99 99 99" });
        var history = (await worker.Send(new Safe.Query(dossier, person))).History;
        Assert.Equal([(Rule.Safe, Rule.Never), (Rule.NotAsked, Rule.Never), (Rule.NotAsked, Rule.OnlyIf), (Rule.NotAsked, Rule.NotAsked)], history.Select(h => (h.Before.Value.Call, h.Before.Value.Letter)));
        Assert.All(history, h => Assert.Equal(worker.Id, h.By));
        using var visit = worker.Visit();
        var page = await visit.Page($"/dossiers/{dossier}/people/{person}/safe-contact");
        Assert.Equal(4, page.QuerySelectorAll("section[aria-labelledby='history'] .vs-card").Length);
    }

    private async Task<(TestZone Zone, VictimSupport.Tests.Kit.Person Worker, Guid Dossier, Guid Person)> Leila()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker); // the frame round a page is an account's
        var (dossier, person) = await worker.Knows(zone, "Rue 1", "Muster", "Leïla", "PartnerViolence");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Never, Mail = Rule.Never, Sms = Rule.OnlyIf, WhatMayBeSaid = "the library", CodeWord = "Magnolia" });
        return (zone, worker, dossier, person);
    }
}
