using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class SearchTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_dossier_is_found_by_what_people_type(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, "Van den Verzonnen", "Célia", "0470 12 34 56"));
        await worker.Registers(Cases.Intake(zone, "Oefening", "Otis", "0470 65 43 21"));
        var facts = await worker.Send(new Facts.Query(id));
        await worker.Send(facts with { Dossier = id, OfficialReports = "BR.30.L1.012345/2026" });
        var number = (await worker.Opens(id)).Dossier.Number;
        foreach (var typed in new[] { "Verzonnen", "vandenverzonnen", "celia verzonnen", "VERZONNEN CELIA", "Celia", "+32 470 12 34 56", "0470/12.34.56", "br 30 l1 012345 2026", "BR30L1.012345-2026", number, number.ToLowerInvariant(), $" {number} " })
        {
            var found = (await worker.Send(new Search.Query { Text = typed })).Rows;
            Assert.True(found.Count == 1 && found[0].Dossier == id, $"{typed}: {found.Count} found");
        }
        foreach (var typed in new[] { "Nemo", "0470 00 00 00", "BR.30.L1.999999/2026" }) Assert.Empty((await worker.Send(new Search.Query { Text = typed })).Rows);
    }

    [Theory, EveryEngine]
    public async Task A_third_word_is_looked_for_among_those_of_the_first_two_however_many_others_bear_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var meant = await worker.LeadOf(await worker.Registers(Cases.Intake(zone, "Verzonnen", "Jean Pierre")));
        foreach (var later in new[] { "Anne", "Marie" }) await worker.Registers(Cases.Intake(zone, "Verzonnen", later));
        Assert.Equal([meant], await zone.Look(z => SearchToken.OwnersOfAll(z, zone.Handle.Keys.Search, NameQuery.Parse("Jean Pierre Verzonnen").Groups, 1, TestContext.Current.CancellationToken)));
    }

    [Theory, EveryEngine]
    public async Task Of_more_than_fifty_the_page_says_that_these_are_the_first(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        for (var i = 0; i < 50; i++) await worker.Registers(Cases.Intake(zone, "Zzveelvoud", $"Nr{i}"));
        Assert.Equal("Results: 50", await Says("Zzveelvoud"));
        await worker.Registers(Cases.Intake(zone, "Zzveelvoud", "Last"));
        Assert.Equal("The first 50 results; there are more", await Says("Zzveelvoud"));
        Assert.Equal(50, (await worker.Send(new Search.Query { Text = "Zzveelvoud" })).Rows.Count);

        async Task<string> Says(string text)
        {
            using var visit = worker.Visit();
            return (await Visit.Read(await visit.Submit("/search", [KeyValuePair.Create("Form.Text", text)]))).QuerySelector("main [role=status]")!.TextContent.Trim();
        }
    }

    [Theory, EveryEngine]
    public async Task The_way_back_to_a_search_asks_it_again_for_half_an_hour_and_for_nobody_else(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, other) = (zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        await worker.Registers(Cases.Intake(zone, "Zzterugweg", "Ada"));
        using var visit = worker.Visit();
        var answer = await Visit.Read(await visit.Submit("/search", [KeyValuePair.Create("Form.Text", "Zzterugweg")]));
        var address = answer.QuerySelector("[data-address]")!.GetAttribute("data-address")!;
        Assert.True(Guid.TryParse(address.Split('/')[^1], out var again), address); // no name stands in an address
        Assert.Equal(("Zzterugweg", "Results: 1"), await Shown(visit));
        using var theirs = other.Visit();
        Assert.Equal(("", null), await Shown(theirs));
        platform.Clock.Advance(Searches.Kept + TimeSpan.FromSeconds(1));
        using var later = worker.Visit();
        Assert.Equal(("", null), await Shown(later));

        async Task<(string Typed, string? Said)> Shown(Visit who)
        {
            var page = await who.Page($"/search/{again}");
            return (page.QuerySelector("[name='Form.Text']")!.GetAttribute("value") ?? "", page.QuerySelector("main [role=status]")?.TextContent.Trim());
        }
    }

    [Fact]
    public void What_was_searched_in_one_zone_has_no_way_back_in_another()
    {
        using var searches = new Searches(TimeProvider.System);
        var (zone, elsewhere, account) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var again = searches.Keep(zone, account, "Zzterugweg");
        Assert.Equal(("Zzterugweg", null), (searches.Find(zone, account, again), searches.Find(elsewhere, account, again)));
    }

    [Theory, EveryEngine]
    public async Task What_was_corrected_is_found_under_its_new_form_only(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, "Fautif", "Ada", "0470 12 34 56"));
        var person = await worker.LeadOf(id);
        await worker.Send(await worker.Send(new Edit.Query(id, person, "fr")) with { Dossier = id, Person = person, FamilyName = "Correct", Phone = "0471 11 22 33" });
        foreach (var (typed, count) in new[] { ("Fautif", 0), ("0470 12 34 56", 0), ("Correct", 1), ("0471 11 22 33", 1), ("Ada", 1) })
            Assert.True(count == (await worker.Send(new Search.Query { Text = typed })).Rows.Count, typed);
    }

    [Theory, EveryEngine]
    public async Task A_report_that_reads_as_a_telephone_is_found_where_nobody_has_that_number(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone) with { OfficialReport = "045678/2026" });
        Assert.NotNull(VictimSupport.Foundation.Secrecy.Search.PhoneNumber.Part("045678/2026"));
        Assert.Equal([id], (await worker.Send(new Search.Query { Text = "045678/2026" })).Rows.Select(r => r.Dossier));
    }

    [Theory, EveryEngine]
    public async Task Whoever_calls_from_the_number_for_their_messages_is_found_by_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, "Deuxième", "Ada", "0470 12 34 56"));
        var person = await worker.LeadOf(id);
        await worker.Agrees(id, person, r => r with { Sms = Rule.Safe, SmsNumber = "0471 98 76 54" });
        await Finds(("0471 98 76 54", 1), ("+32 471 98 76 54", 1), ("0470 12 34 56", 1));
        // What is corrected keeps it, and another one takes its place.
        await worker.Send(await worker.Send(new Edit.Query(id, person, "fr")) with { Dossier = id, Person = person, FamilyName = "Second" });
        await Finds(("0471 98 76 54", 1), ("Second", 1));
        await worker.Agrees(id, person, r => r with { Sms = Rule.Safe, SmsNumber = "0472 11 11 11" });
        await Finds(("0471 98 76 54", 0), ("0472 11 11 11", 1), ("0470 12 34 56", 1), ("Second", 1));

        async Task Finds(params (string Typed, int Count)[] all)
        {
            foreach (var (typed, count) in all) Assert.True(count == (await worker.Send(new Search.Query { Text = typed })).Rows.Count, typed);
        }
    }

    [Theory, EveryEngine]
    public async Task An_official_report_taken_away_is_not_found_any_more(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Send(await worker.Send(new Facts.Query(id)) with { Dossier = id, OfficialReports = "BR.30.L1.012345/2026\nBR.30.L1.054321/2026" });
        await worker.Send(await worker.Send(new Facts.Query(id)) with { Dossier = id, OfficialReports = "BR.30.L1.054321/2026" });
        Assert.Empty((await worker.Send(new Search.Query { Text = "BR.30.L1.012345/2026" })).Rows);
        Assert.Single((await worker.Send(new Search.Query { Text = "BR.30.L1.054321/2026" })).Rows);
    }

    [Fact]
    public async Task What_was_found_is_recorded_and_what_was_typed_is_not()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, "Verzonnenaar"));
        await worker.Send(new Search.Query { Text = "Verzonnenaar" });
        var record = await zone.Look(z => z.Set<AuditRow>().SingleAsync(r => r.Act == "Casework.Dossiers.Search"));
        Assert.Contains(id.ToString(), record.Payload, StringComparison.Ordinal);
        Assert.DoesNotContain("erzonn", record.Payload, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Only_a_posted_form_searches()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, "Verzonnenaar"));
        using var visit = worker.Visit();
        foreach (var query in new[] { "text=Verzonnenaar", "Form.Text=Verzonnenaar" })
            Assert.DoesNotContain(id.ToString(), (await visit.Page("/search?" + query)).DocumentElement.OuterHtml, StringComparison.Ordinal);
        var found = await visit.Submit("/search", new Dictionary<string, string> { ["Form.Text"] = "verzonnenaar" });
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.NotNull((await Visit.Read(found)).QuerySelector($"a[href='/{zone.Code}/dossiers/{id}']"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/search", new Dictionary<string, string> { ["Form.Text"] = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/search", new Dictionary<string, string> { ["Form.Text"] = new string('x', 10_000) })).StatusCode);
    }

    [Theory]
    [InlineData("%"), InlineData("''"), InlineData("..."), InlineData("1' OR '1'='1"), InlineData("𝓐𝓭𝓪 🙂"), InlineData("\u202Eada")]
    public async Task Odd_text_finds_nothing_and_breaks_nothing(string typed)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        await worker.Registers(Cases.Intake(zone));
        try { Assert.True((await worker.Send(new Search.Query { Text = typed })).Rows.Count <= 1); }
        catch (ValidationException) { Assert.True(typed.Trim().Length < 2); }
    }
}
