using System.Globalization;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using DocumentFormat.OpenXml.Packaging;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Statistics;

public sealed class OwnFiguresTests(Platforms platforms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task A_zone_counts_exactly_what_it_registered_and_parts_add_up(string engine)
    {
        await using var platform = Platform.Start(engine); // of its own: others move the shared one's clock
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        await Registers(zone, worker);
        var now = (await chief.Send(new Exact.Query { Ages = true })).Now;
        Assert.Equal(6, now.Cases.Count);
        var counted = Counting.Of(now, ages: true).ToDictionary(c => c.Figure.Code);
        Assert.Equal("Offence 3, PartnerViolence 3", Said(counted["category"]));
        Assert.Equal("PartnerViolence 3, Burglary 3", Said(counted["subKind"]));
        Assert.Equal("Victim 6", Said(counted["capacity"]));
        Assert.Equal("Female 1, NotSaid 5", Said(counted["sex"]));
        Assert.Equal("Female:35-54 1, Rest 5", Said(counted["sexAge"]));
        Assert.Equal("PhoneOnly 1, NoContact 5", Said(counted["place"]));
        Assert.Equal("0-1 1, NoContact 5", Said(counted["delay"]));
        Assert.Equal("fr 6", Said(counted["language"]));
        Assert.Equal("PartnerViolence 3, NotAtHome 3", Said(counted["violence"]));
        Assert.Equal("Listening 1, Death 1", Said(counted["service"]));
        Assert.Equal("VictimSupport 1", Said(counted["target"]));
        Assert.Equal("Person 7", Said(counted["trigger"])); // the third of one person is a dossier too
        Assert.Equal("NeedsMet 1", Said(counted["closingReason"]));
        Assert.Equal("Supported 1", Said(counted["outcome"]));
        Assert.Equal("With 1", Said(counted["contactHow"]));
        Assert.Equal("Phone 1", Said(counted["contactPlace"]));
        Assert.Equal("Listening 1, DeathNotification 1", Said(counted["contactService"]));
        Assert.Equal("Accepted 1, Refused 1", Said(counted["referralAnswer"]));
        Assert.Equal("VictimSupport 1, Justice 1", Said(counted["referralTarget"]));
        Assert.Equal("VictimSupport:Accepted 1, Justice:Refused 1", Said(counted["referralTargetAnswer"]));
        Assert.Equal(32, counted["referralTargetAnswer"].Figure.Codes.Count); // each kind of partner by each answer, also where there was none
        foreach (var figure in counted.Values.Where(c => c.Figure.Shape == Shape.Parts)) Assert.Equal(figure.Of, figure.Parts.Sum(p => p.Count));
        Assert.Equal((6, 7, 1, 1, 0, 2), (Total("cases"), Total("dossiers"), Total("closed"), Total("contacts"), Total("callOuts"), Total("referrals")));
        Assert.Equal(6, now.OpenNow);
        Assert.Equal([0], now.DaysOpen);

        // The same cases as those that are released: the question of the releases has the same answer.
        var released = await chief.SendAsPlatform(new VictimSupport.Statistics.Facts.ReadZone.Query(new FactsAsked(new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), true, true, true)));
        Assert.Equal(released.Select(Line).Order(StringComparer.Ordinal), now.Cases.Select(Line).Order(StringComparer.Ordinal));
        // Without ages nothing sealed is opened, and nobody's age is told.
        Assert.All((await chief.Send(new Exact.Query())).Now.Cases, c => Assert.Null(c.Age));
        // Other days are other figures.
        Assert.Empty((await chief.Send(new Exact.Query { From = new DateOnly(2026, 1, 1), To = new DateOnly(2026, 10, 31) })).Now.Cases);
        Assert.Equal(6, (await chief.Send(new Exact.Query { Period = "2026-11" })).Now.Cases.Count);
        Assert.Equal(new Interval(new DateOnly(2025, 11, 1), new DateOnly(2025, 11, 24)), (await chief.Send(new Exact.Query { Period = "2026-11" })).Before); // no further than it has come

        int Total(string code) => Counting.TotalsOf(now)[code];
        static string Line(CaseFact fact) => string.Join('|', fact.Month, fact.Category, fact.SubKind, fact.Capacity, fact.Sex, fact.Age, fact.Damage, fact.Language, fact.Place, fact.Delay, string.Join(',', fact.Services.Order()), string.Join(',', fact.Targets.Order()));
    }

    [Theory, EveryEngine]
    public async Task Call_outs_are_counted_where_the_facts_are(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        await worker.Send(new VictimSupport.Casework.CallOuts.Enter.Command { SubKind = "Suicide", Language = "fr", Once = Guid.NewGuid(), By = CalledBy.Hospital });
        await worker.Send(new VictimSupport.Casework.CallOuts.Enter.Command { SubKind = "Suicide", Language = "fr", Once = Guid.NewGuid() });
        var counted = Counting.Of((await zone.As(Role.Coordinator).Send(new Exact.Query())).Now, ages: false).ToDictionary(c => c.Figure.Code);
        Assert.Equal("Hospital 1, NotSaid 1", Said(counted["calledBy"]));
        Assert.Equal("Own 2", Said(counted["callOutBy"]));
        Assert.Equal(2, counted["callOutHours"].Total);
    }

    [Theory, EveryEngine]
    public async Task What_is_hidden_from_the_reader_is_in_none_of_their_figures(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (free, walled, worker) = (await zone.Hires("free", Role.Coordinator), await zone.Hires("walled", Role.Coordinator), await zone.Hires("worker", Role.Caseworker));
        await Registers(zone, worker);
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Ada", FamilyName = "Appelle" });
        // A sealed dossier is in neither edition of whoever is not named for it: held against each other they would give it away.
        await free.Protects(await worker.Registers(Cases.Intake(zone, "Zeger", "Zoë")), Protection.Sealed, worker.Id);
        // One figure less would tell whose wall it is: for whom one stands there are no exact figures, on the page nor in a file, but those that everybody of the zone may see.
        Assert.Equal(6, (await free.Send(new Exact.Query())).Now.Cases.Count);
        Assert.Equal("walled", (await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Exact.Query()))).Code);
        using var visit = walled.Visit();
        var led = await visit.Get("/our-figures");
        Assert.EndsWith("/our-figures/closed", led.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await visit.Get("/our-figures/file?format=csv")).StatusCode);
        // Masked, they are the same for every reader.
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero));
        foreach (var reader in new[] { zone.As(Role.ZoneAdministrator), zone.As(Role.DataProtectionOfficer), free, walled }) Assert.Equal(6, (await reader.Send(new Closed.Query { Period = "2026-Q4" })).Now.Cases.Count);
    }

    [Theory, EveryEngine]
    public async Task By_person_there_is_ones_own_work_and_for_a_coordinator_all_open_dossiers(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        await Registers(zone, anna);
        await bert.Registers(Cases.Intake(zone, "Berlin", "Bo"));
        var alone = Assert.Single(await bert.Send(new VictimSupport.Statistics.Own.Caseload.Query()));
        Assert.True(alone.IsOwn);
        var all = await chief.Send(new VictimSupport.Statistics.Own.Caseload.Query());
        Assert.Equal((await zone.Look(z => z.Set<Dossier>().CountAsync(d => d.Closed == null, Ct))), all.Sum(l => l.Load.Open));
        foreach (var role in new[] { Role.ZoneAdministrator, Role.DataProtectionOfficer, Role.OnCall, Role.Trainee, Role.Visitor }) Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(role).Send(new VictimSupport.Statistics.Own.Caseload.Query()))).Code);
        using var page = bert.Visit();
        Assert.DoesNotContain("anna", (await page.Page("/our-figures")).QuerySelector("main")!.TextContent, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task Who_opens_no_dossier_sees_quarters_that_are_over_with_small_numbers_hidden(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        await Registers(zone, worker);
        for (var i = 0; i < 8; i++) await worker.Registers(Cases.Intake(zone, "Naam" + (char)('a' + i), "Otto", subKind: i == 0 ? "Fire" : "Burglary"));
        for (var i = 0; i < 6; i++) await worker.Registers(Cases.Intake(zone, "Weg" + (char)('a' + i), "Otto", subKind: "RoadAccident"));
        var officer = zone.As(Role.DataProtectionOfficer);
        await Assert.ThrowsAsync<ValidationException>(() => officer.Send(new Closed.Query { Period = "2026-Q4" })); // it still runs
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero));
        foreach (var period in new[] { "2026", "2026-12", "2027-Q1", "x" }) await Assert.ThrowsAsync<ValidationException>(() => officer.Send(new Closed.Query { Period = period }));
        using var visit = zone.As(Role.ZoneAdministrator).Visit();
        var page = await visit.Page("/our-figures/closed?period=2026-Q4");
        var tables = Tables(page);
        // 10 offences, 1 fire, 6 accidents, no family, 3 of partner violence: with the two small ones goes the smallest other.
        Assert.Equal(["10", "c", "c", "0", "c", "20"], Column(tables["category"], "Number"));
        Assert.Contains("c", Column(tables["place"], "Number"));
        // Of people: what the zone did with partners is about nobody who was helped, and stands as it is.
        var ofPeople = tables.Where(t => !Figures.IsStructural(t.Key)).ToList();
        Assert.True(ofPeople.Count > 10, $"{ofPeople.Count} tables");
        Assert.DoesNotContain(ofPeople.SelectMany(t => t.Value.Skip(1)).SelectMany(r => r.Skip(1)), v => v is "1" or "2" or "3" or "4");
        foreach (var nested in new[] { "subKind", "referralTargetAnswer" }) Assert.DoesNotContain(nested, tables.Keys);
        Assert.Contains("referralTarget", tables.Keys);
        Assert.DoesNotContain("months", tables.Keys);
        Assert.DoesNotContain("worker", page.QuerySelector("main")!.TextContent, StringComparison.OrdinalIgnoreCase);
        await Equal(visit, "/our-figures/closed", "?period=2026-Q4", page);
    }

    [Fact]
    public async Task A_correction_to_a_quarter_that_is_over_is_in_its_figures_at_once_and_hidden_by_the_same_rule()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossiers = new List<Guid>();
        for (var i = 0; i < 14; i++) dossiers.Add(await worker.Registers(Cases.Intake(zone, "Naam" + (char)('a' + i), "Otto")));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero));
        using var visit = zone.As(Role.DataProtectionOfficer).Visit();
        Assert.Equal(["0", "0", "0", "14", "14"], Column(Tables(await visit.Page("/our-figures/closed?period=2026-Q4"))["sex"], "Number"));
        // Six of them are women, as is found out in January.
        foreach (var dossier in dossiers.Take(6))
        {
            var form = await worker.Send(new Edit.Query(dossier, await worker.LeadOf(dossier), "fr"));
            await worker.Send(form with { Dossier = dossier, Person = await worker.LeadOf(dossier), Sex = Sex.Female });
        }
        Assert.Equal(["6", "0", "0", "8", "14"], Column(Tables(await visit.Page("/our-figures/closed?period=2026-Q4"))["sex"], "Number"));
        // Hidden by the same rule afterwards: four are left, and they go with the next.
        for (var i = 6; i < 10; i++)
        {
            var form = await worker.Send(new Edit.Query(dossiers[i], await worker.LeadOf(dossiers[i]), "fr"));
            await worker.Send(form with { Dossier = dossiers[i], Person = await worker.LeadOf(dossiers[i]), Sex = Sex.Female });
        }
        Assert.Equal(["c", "0", "0", "c", "14"], Column(Tables(await visit.Page("/our-figures/closed?period=2026-Q4"))["sex"], "Number"));
    }

    [Fact]
    public async Task Files_say_what_the_page_says_to_the_cell()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        await Registers(zone, worker);
        using var visit = chief.Visit();
        foreach (var query in new[] { "", "?period=2026-Q4", "?from=2026-11-01&to=2026-11-24&ages=true" }) await Equal(visit, "/our-figures", query, await visit.Page("/our-figures" + query));
        // The same at another moment of the day: nothing in it tells when it was made but the day.
        var first = await Bytes(visit, "/our-figures/file?format=xlsx&period=2026");
        Assert.Equal(first, await Bytes(visit, "/our-figures/file?format=xlsx&period=2026"));
        using var stale = chief.Stale().Visit();
        Assert.NotEqual(HttpStatusCode.OK, (await stale.Get("/our-figures/file?format=csv")).StatusCode); // a file leaves the house: a factor first
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Get("/our-figures/file?period=never")).StatusCode);
        var acts = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Actor == chief.Id).Select(r => new { r.Act, r.Payload }).ToListAsync(Ct));
        Assert.Contains(acts, a => a.Act == "Statistics.Own.Exact" && a.Payload.Contains("figures 2026-Q4", StringComparison.Ordinal));
        Assert.Contains(acts, a => a.Act == "Statistics.Own.ExactFile" && a.Payload.Contains("figures 2026-11-01/2026-11-24", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_typed_wrong_is_said_at_its_field_and_kept()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Coordinator);
        foreach (var (query, field) in new[] { ("?period=1850", "Period"), ("?period=2027-Q1", "Period"), ("?from=2026-05-01", "To"), ("?to=2026-05-01", "From"), ("?from=2026-05-01&to=2026-04-01", "To"), ("?from=2010-01-01&to=2026-01-01", "To"), ("?from=2027-01-01&to=2027-02-01", "From"), ("?from=31-31&to=2026-04-01", "From") })
        {
            var answer = await visit.Get("/our-figures" + query);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var page = await Kit.Visit.Read(answer);
            Assert.True(page.QuerySelector($"#{field}-error") is not null, query);
            if (query.Contains("to=", StringComparison.Ordinal)) Assert.Equal(query[(query.IndexOf("to=", StringComparison.Ordinal) + 3)..].Split('&')[0], page.QuerySelector<IHtmlInputElement>("[name=To]")!.Value);
        }
    }

    [Fact]
    public async Task Whoever_may_not_finds_nothing_there()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        foreach (var role in new[] { Role.Visitor, Role.OnCall, Role.Trainee, Role.FrontDesk, Role.OutsideStandIn, Role.ZoneAdministrator, Role.DataProtectionOfficer })
        {
            using var visit = zone.Visit(role);
            foreach (var path in new[] { "/our-figures", "/our-figures/file" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        }
        using var stranger = other.Visit(Role.Coordinator);
        foreach (var path in new[] { "", "/file", "/closed", "/closed/file" }) Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/{zone.Code}/our-figures{path}")).StatusCode);
    }

    [Fact]
    public async Task Every_figure_leads_to_its_one_definition_and_every_code_has_a_name()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        await Registers(zone, worker);
        using var visit = worker.Visit();
        var page = await visit.Page("/our-figures?ages=true");
        var defined = (await visit.Page("/country/definitions")).QuerySelectorAll("dt[id]").Select(d => d.Id!).ToList();
        Assert.Equal(Figures.All.Select(f => f.Code).Order(StringComparer.Ordinal), defined.Order(StringComparer.Ordinal));
        foreach (var section in page.QuerySelectorAll("section[aria-labelledby]:has(table)"))
        {
            var links = section.QuerySelectorAll("a[href*='/country/definitions#']").Select(a => a.GetAttribute("href")!.Split('#')[1]).ToList();
            Assert.NotEmpty(links);
            Assert.All(links, l => Assert.Contains(l, defined));
        }
        Assert.Contains(Interval.Parse("2026")!.InWords, page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get("/our-figures/definitions")).StatusCode); // one page says it
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            foreach (var figure in Figures.All)
            {
                Assert.NotEmpty(figure.Text);
                Assert.Equal(figure.Codes.Count, figure.Codes.Select(c => CodeNames.Of(figure.Code, c)).Distinct(StringComparer.Ordinal).Count());
            }
            // The analysts' axes are said by the same words, and the parts of an axis are told apart too.
            foreach (var axis in VictimSupport.Statistics.Programme.TableProgramme.Known.SelectMany(p => p.Tables).SelectMany(VictimSupport.Statistics.Portal.Axes.Of))
            {
                Assert.Equal(axis.Codes.Count, axis.Codes.Select(c => VictimSupport.Statistics.Portal.Said.Code(axis.Name, c)).Distinct(StringComparer.Ordinal).Count());
                Assert.All(axis.Codes, c => Assert.Equal(CodeNames.Of(axis.Name, c), VictimSupport.Statistics.Portal.Said.Code(axis.Name, c)));
            }
            foreach (var dimension in VictimSupport.Statistics.Programme.TableProgramme.Known.SelectMany(p => p.Tables).SelectMany(t => t.Dimensions)) Assert.All(dimension.Codes, c => Assert.NotEmpty(CodeNames.Of(dimension.Name, c)));
        }
    }

    [Theory, EveryEngine]
    public async Task Beside_its_own_figure_a_zone_sees_the_released_ones_of_its_area_and_of_the_country(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zones = new List<TestZone>();
        for (var i = 0; i < 5; i++)
        {
            var made = await platform.Zone();
            zones.Add(made);
            await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
            {
                var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == made.Id);
                record.Take(record.Facts with { Province = "NAM", Arrondissement = "NAM" });
                return true;
            }, Ct);
            for (var n = 0; n < 9; n++) await made.As(Role.Caseworker).Registers(Cases.Intake(made, "Naam" + (char)('a' + n), "Otto"));
        }
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        await desk.PlaceZones(new DateOnly(2026, 10, 1), Ct);
        var chief = zones[0].As(Role.Coordinator);
        using var visit = chief.Visit();
        Assert.Equal(0, Tables(await visit.Page("/our-figures?period=2026-Q4"))["category"][0].Count(h => h.StartsWith("Published", StringComparison.Ordinal)));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 15, 9, 0, 0, TimeSpan.Zero));
        await desk.Release("P", "2026-Q4", (_, _) => Task.CompletedTask, Ct);
        var page = await visit.Page("/our-figures?period=2026-Q4");
        var table = Tables(page)["category"];
        var beside = await chief.Send(new Beside.Query(Interval.Parse("2026-Q4")!));
        Figure offence = beside!.Of(Figures.Find("category"), "Offence", beside.Area)!, inBelgium = beside.Of(Figures.Find("category"), "Offence", "BE")!;
        var (column, row) = (table[0].FindIndex(h => h.StartsWith("Published", StringComparison.Ordinal)), table.Single(r => r[0].StartsWith("Violence or another", StringComparison.Ordinal)));
        Assert.Equal(["9", .. Written(offence), .. Written(inBelgium)], [row[1], .. row[column..(column + 4)]]);
        Assert.Equal($"Published: Belgium", table[0][column + 2]);
        // A table that crosses two lists is told by its stored sums: all kinds of event together.
        var capacity = Tables(page)["capacity"];
        foreach (var (code, name) in new[] { ("Victim", "Victim"), ("Relative", "Relative"), (Published.All, "Total") })
        {
            var line = capacity.Single(r => r[0] == name);
            Assert.Equal([.. Written(beside.Of(Figures.Find("capacity"), code, beside.Area)!), .. Written(beside.Of(Figures.Find("capacity"), code, "BE")!)], line[^4..]);
        }
        // Made to agree, where the noise leaves both large enough to be shown.
        if (beside.Of(Figures.Find("category"), Published.All, "BE")!.Value is { } byKind && beside.Of(Figures.Find("capacity"), Published.All, "BE")!.Value is { } byCapacity) Assert.Equal(byKind, byCapacity);
        // Each is what was stored, and nothing else.
        await using (var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease())
        {
            var stored = await store.Set<ProtectedSum>().SingleAsync(c => c.Release == "2026-Q4-P" && c.Table == "T2" && c.Cell == "BE|2026-Q4|*|Victim", Ct);
            Assert.Equal(stored.Shown ? stored.Value : null, beside.Of(Figures.Find("capacity"), "Victim", "BE")!.Value);
        }
        // Sub-kinds, ages and languages come with the year; what only a zone counts has nothing beside it.
        foreach (var own in new[] { "subKind", "language", "trigger", "sex" }) Assert.DoesNotContain(Tables(page)[own][0], h => h.StartsWith("Published", StringComparison.Ordinal));
        // Two presses: the menu, and from the year that runs to the last period that has something beside it.
        var first = await visit.Page("/our-figures");
        Assert.DoesNotContain(Tables(first)["category"][0], h => h.StartsWith("Published", StringComparison.Ordinal));
        var second = first.QuerySelectorAll<IHtmlAnchorElement>("main a").Single(a => a.TextContent.Contains("beside the area and Belgium", StringComparison.Ordinal)).GetAttribute("href")!;
        Assert.Contains(Tables(await visit.Page(second))["category"][0], h => h == "Published: Belgium");
        // Who sees no exact figures sees no such page.
        using (var officer = zones[0].As(Role.DataProtectionOfficer).Visit()) Assert.Equal(HttpStatusCode.NotFound, (await officer.Get(second)).StatusCode);
        if (offence.Value is { } released) Assert.InRange(Math.Abs(released - 45), 0, 3 * offence.Margin!.Value); // 45 in the area; six standard deviations of this noise
        await Equal(visit, "/our-figures", "?period=2026-Q4", page);
        Assert.Null(await chief.Send(new Beside.Query(new Interval(new DateOnly(2026, 10, 2), new DateOnly(2026, 12, 31))))); // released is the quarter, and no part of it
        Assert.Null(await chief.Send(new Beside.Query(Interval.Parse("2026")!))); // the year is released with its final edition
    }

    private static string[] Written(Figure figure) => [figure.Value?.ToString(CultureInfo.InvariantCulture) ?? figure.Signs.Split(' ')[0], figure.Margin?.ToString(CultureInfo.InvariantCulture) ?? ""];

    // Seven dossiers of six counted cases: one of a woman with a contact and two offered referrals, one of them closed.
    private static async Task Registers(TestZone zone, Person worker)
    {
        var dossier = await worker.Registers(Cases.Intake(zone, "Appelle", "Ada"));
        var form = await worker.Send(new Edit.Query(dossier, await worker.LeadOf(dossier), "fr"));
        await worker.Send(form with { Dossier = dossier, Person = await worker.LeadOf(dossier), Sex = Sex.Female, BirthDate = new DateOnly(1985, 5, 5) });
        await worker.Send(await worker.Contact(zone, dossier) with { Services = [ServiceKind.Listening, ServiceKind.DeathNotification] });
        await worker.Offers(dossier, await worker.Send(Referring.Partner()));
        await worker.Offers(dossier, await worker.Send(Referring.Partner("MJ") with { Type = "MJ_AV", Needs = [VictimSupport.Network.Contracts.Need.Support] }), ReferralState.Refused);
        for (var i = 0; i < 3; i++) await worker.Registers(Cases.Intake(zone, "Bis", "Bo", subKind: "PartnerViolence")); // the third of one person in a year does not count
        await worker.Registers(Cases.Intake(zone, "Calme", "Cy", subKind: "PartnerViolence"));
        await worker.Registers(Cases.Intake(zone, "Doux", "Di"));
        await worker.Closes(await worker.Registers(Cases.Intake(zone, "Ende", "El")));
    }

    private static string Said(Counted counted) => string.Join(", ", counted.Parts.Where(p => p.Count > 0).Select(p => $"{p.Code} {p.Count}"));

    /// <summary>The tables of a page: for each its lines, the head first, numbers as a machine reads them.</summary>
    private static Dictionary<string, List<List<string>>> Tables(IHtmlDocument page) => page.QuerySelectorAll("section[aria-labelledby]:has(table)").Where(s => s.GetAttribute("aria-labelledby") != "caseload")
        .ToDictionary(s => s.GetAttribute("aria-labelledby")!, s => s.QuerySelectorAll("tr").Select(r => r.Children.Select(c => c.QuerySelector("data")?.GetAttribute("value") ?? c.TextContent.Trim()).ToList()).ToList());

    private static List<string> Column(List<List<string>> table, string head) => [.. table.Skip(1).Select(r => r[table[0].IndexOf(head)])];

    private static async Task<byte[]> Bytes(Visit visit, string path)
    {
        var answer = await visit.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    // Every cell of the page, and no other, is in both files.
    private static async Task Equal(Visit visit, string path, string query, IHtmlDocument page)
    {
        var tables = Tables(page);
        Assert.NotEmpty(tables);
        var and = query.Length == 0 ? "?" : query + "&";
        using var book = SpreadsheetDocument.Open(new MemoryStream(await Bytes(visit, $"{path}/file{and}format=xlsx")), isEditable: false);
        var sheets = book.WorkbookPart!.Workbook!.Descendants<DocumentFormat.OpenXml.Spreadsheet.Sheet>().Select(s => ((WorksheetPart)book.WorkbookPart.GetPartById(s.Id!.Value!)).Worksheet!).ToList();
        Assert.Equal(tables.Count + 1, sheets.Count);
        Assert.StartsWith("Internal", Grid(sheets[0], 1)[0][0], StringComparison.Ordinal);
        foreach (var (table, sheet) in tables.Values.Zip(sheets.Skip(1))) Assert.Equal(table.Select(r => string.Join('|', r)), Grid(sheet, table[0].Count).Select(r => string.Join('|', r)));

        var bytes = await Bytes(visit, $"{path}/file{and}format=csv");
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes)[1..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(Cells).ToList();
        Assert.StartsWith("Internal", lines[0][0], StringComparison.Ordinal);
        var head = lines.FindIndex(l => l[0] == "Figure");
        var written = lines.Skip(head + 1).Select(l => (Key: $"{l[0]}|{l[1]}", Values: lines[head].Skip(2).Zip(l.Skip(2), (column, value) => (column, value)).Where(v => v.value.Length > 0).Select(v => $"{v.column}={v.value.Replace(',', '.')}"))).ToLookup(l => l.Key, l => string.Join('|', l.Values.Order(StringComparer.Ordinal)));
        var shown = 0;
        foreach (var (id, table) in tables)
        {
            var name = page.GetElementById(id)!.TextContent;
            foreach (var row in table.Skip(1))
            {
                var cells = table[0].Skip(1).Zip(row.Skip(1), (column, value) => (column, value)).Where(c => c.value.Length > 0).ToList();
                if (id == "months") foreach (var (column, value) in cells) Assert.Equal($"Number={value}", Assert.Single(written[$"{name}|{row[0]}, {column}"]));
                else Assert.Equal(string.Join('|', cells.Select(c => $"{c.column}={c.value}").Order(StringComparer.Ordinal)), Assert.Single(written[$"{name}|{row[0]}"]));
                shown += id == "months" ? cells.Count : 1;
            }
        }
        Assert.Equal(shown, lines.Count - head - 1);
    }

    private static List<List<string>> Grid(DocumentFormat.OpenXml.Spreadsheet.Worksheet sheet, int width) => [.. sheet.Descendants<DocumentFormat.OpenXml.Spreadsheet.Row>().Select(r =>
    {
        var cells = Enumerable.Repeat("", width).ToList();
        foreach (var cell in r.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>().Where(c => c.CellReference!.Value![0] - 'A' < width)) cells[cell.CellReference!.Value![0] - 'A'] = cell.InlineString?.Text?.Text ?? cell.CellValue!.Text;
        return cells;
    })];

    private static List<string> Cells(string line) => [.. line.Split(';').Select(c => c.Trim('"'))];
}
