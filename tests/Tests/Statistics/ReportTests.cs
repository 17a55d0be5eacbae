using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using CsCheck;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Report;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Earlier = VictimSupport.Statistics.Report.Earlier;
using Show = VictimSupport.Statistics.Report.Show;
using Write = VictimSupport.Statistics.Report.Write;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Statistics;

public sealed class ReportTests(Platforms platforms)
{
    private const string Internal2027 = "/our-figures/report?year=2027&edition=internal&language=fr", Public2027 = "/our-figures/report?year=2027&edition=public&language=fr";
    private static readonly DateTimeOffset January2028 = new(2028, 1, 10, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Cells = ["year", "cases", "Année", "=1+1", "'2024", "\"", "2024", "1 054", "1.054", "٢٠٢٤", "\u0000", "\uFEFF", "1e3"];
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task Figures_are_those_counted_by_hand_and_held_against_the_year_before(string engine)
    {
        await using var platform = TwoYears(engine);
        var (zone, chief) = await Served(platform);
        using var visit = chief.Visit();
        var page = await visit.Page(Internal2027);
        var tables = Tables(page);
        Assert.Equal(["2027", "2026"], tables["glance"][0].Skip(1).Take(2));
        Assert.Equal(["33", "21", "12"], tables["glance"][1].Skip(1)); // cases
        Assert.Equal(["33", "21", "12"], tables["glance"][2].Skip(1)); // dossiers
        Assert.Equal(["2", "0", "2"], tables["glance"][3].Skip(1)); // closed
        Assert.Equal(["–", ""], tables["glance"].Single(r => r[0].StartsWith("Durée médiane", StringComparison.Ordinal)).Skip(2)); // of none that was closed the year before
        Assert.Equal(["14", "6", "8"], tables["glance"].Single(r => r[0].StartsWith("Formations", StringComparison.Ordinal)).Skip(1));
        // Kinds of event in the order of the list: offence, disaster, accident, family, partner violence.
        Assert.Equal(["18|54.5|12|6", "1|3.0|0|1", "14|42.4|6|8", "0|0|0|0", "0|0|3|-3", "33|100|21|12"], tables["category"].Skip(1).Select(r => string.Join('|', r.Skip(1))));
        // Structural work, units of police and the mean mark among it: inside the zone nothing of it is hidden.
        Assert.Contains("Brigade Unique", page.QuerySelector("article")!.TextContent, StringComparison.Ordinal);
        // As it is read: hours instead of minutes, a mark instead of its hundredths, with the comma of the report's language.
        Assert.Contains("Heures de formation|26.38|0", tables["trainings"].Select(r => string.Join('|', r)));
        Assert.Contains("Note moyenne des évaluations (1 à 5)|4.37|", tables["trainings"].Select(r => string.Join('|', r)));
        Assert.Equal(["26,4", "4,4"], page.QuerySelectorAll("[aria-labelledby=t-trainings] data").Where(d => d.GetAttribute("value")!.Contains('.', StringComparison.Ordinal)).Select(d => d.TextContent));
        // Of the year before nobody counted these.
        Assert.Equal(["Notre zone|40", "9797|11"], tables["training_zones"].Skip(1).Select(r => string.Join('|', r)));
        Assert.Equal(["cadre officiers|12"], tables["training_ranks"].Skip(1).Select(r => string.Join('|', r)));
        Assert.Equal(["Brigade Lointaine|13"], tables["training_elsewhere"].Skip(1).Select(r => string.Join('|', r)));
        // The table by month adds up to the year.
        Assert.Equal(33, tables["months"].Skip(1).Sum(r => int.Parse(r[^1], CultureInfo.InvariantCulture)));
        Assert.Equal("fr", page.QuerySelector("article")!.GetAttribute("lang"));
        Assert.Contains($"zone {zone.Code}, 2027", page.QuerySelector(".vs-report__mark")!.TextContent, StringComparison.Ordinal);
        var acts = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Actor == chief.Id && r.Act == "Statistics.Report.Show.Exact").Select(r => r.Payload).ToListAsync(Ct));
        Assert.Contains(acts, p => p.Contains("report 2027 internal fr", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Nothing_leaves_the_zone_that_is_small_or_its_own_alone(string engine)
    {
        await using var platform = TwoYears(engine);
        var (_, chief) = await Served(platform);
        using var visit = chief.Visit();
        var page = await visit.Page(Public2027);
        var (tables, said) = (Tables(page), page.QuerySelector("article")!.TextContent);
        // 18, 1, 14, 0, 0 beside 12, 0, 6, 0, 3. The total is that of the parts that are shown, and what has changed is told between two of them.
        Assert.Equal(["20|10|10", "<10|<10|", "15|<10|", "<10|<10|", "<10|<10|", "35|10|25"], tables["category"].Skip(1).Select(r => string.Join('|', r.Skip(1))));
        Assert.Equal(["35", "10", "25"], tables["glance"][1].Skip(1));
        // Of structural work too: 10 and 4, 3 and 3.
        Assert.Equal(["10", "–", ""], tables["glance"].Single(r => r[0].StartsWith("Formations", StringComparison.Ordinal)).Skip(1));
        // Rounded to 5 minutes, then read as hours; what is under 10 says of what.
        Assert.Equal(["26.42", "<10 min", ""], tables["trainings"].Single(r => r[0] == "Heures de formation").Skip(1));
        tables["trainings"].RemoveAll(r => r[0] == "Heures de formation");
        foreach (var value in tables.Values.SelectMany(t => t.Skip(1)).SelectMany(r => r.Skip(1)))
            Assert.True(value is "<10" or "–" or "" || int.Parse(value, CultureInfo.InvariantCulture) % 5 == 0, value);
        foreach (var value in tables.Values.SelectMany(t => t.Skip(1)).SelectMany(r => r.Skip(1).Take(2)).Where(v => char.IsAsciiDigit(v[0]))) Assert.InRange(int.Parse(value, CultureInfo.InvariantCulture), 10, int.MaxValue);
        foreach (var of in new[] { "training_units", "training_zones", "training_ranks", "training_elsewhere", "months", "sexAge", "subKind", "violence", "referralTargetAnswer" }) Assert.DoesNotContain(of, tables.Keys);
        foreach (var word in new[] { "Brigade Unique", "9797", "Brigade Lointaine", "4,4", "4,37", "Usage interne" }) Assert.DoesNotContain(word, said, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll(".vs-report__mark"));
        // In what is kept of it there is no other number either.
        var rounded = (await chief.Send(new Show.Rounded { Year = 2027, Language = "fr" })).Rounded!;
        Assert.All(rounded.Now.Concat(rounded.Before), c => Assert.True(c.Count is null || (c.Count >= 10 && c.Count % 5 == 0), $"{c.Table} {c.Row} {c.Count}"));
        Assert.DoesNotContain(rounded.Now, c => c.Table is "training_units" or "training_zones" or "training_ranks" or "training_elsewhere" || c.Row == SaidStructuralWork.Mark);
        // A year that runs has no public edition.
        var running = await visit.Get(Public2027.Replace("2027", "2028", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, running.StatusCode);
        Assert.NotNull((await Visit.Read(running)).QuerySelector("#Year-error"));
    }

    [Fact]
    public async Task Twice_made_it_is_the_same_bytes_and_the_annex_says_what_the_page_says()
    {
        await using var platform = TwoYears("sqlite");
        var (_, chief) = await Served(platform);
        await chief.Send(Words("Un texte.\n\nUn autre.", "fr", 2027) with { Own = "=1+1", OwnTitle = "=HYPERLINK(\"http://x\")" });
        await chief.Send(new Earlier.Command { Year = 2025, Cases = 40, Trainings = 4 });
        using var visit = chief.Visit();
        foreach (var path in new[] { Internal2027, Public2027 })
        {
            var (first, annex) = (await visit.Page(path), path.Replace("report?", "report/annex?", StringComparison.Ordinal));
            var bytes = await Bytes(visit, annex);
            platform.Clock.Advance(TimeSpan.FromHours(30));
            Assert.Equal(first.QuerySelector("article")!.OuterHtml, (await visit.Page(path)).QuerySelector("article")!.OuterHtml);
            Assert.Equal(bytes, await Bytes(visit, annex));
            using var book = SpreadsheetDocument.Open(new MemoryStream(bytes), isEditable: false);
            var sheets = book.WorkbookPart!.Workbook!.Descendants<Sheet>().Select(s => ((WorksheetPart)book.WorkbookPart.GetPartById(s.Id!.Value!)).Worksheet!).ToList();
            var tables = Tables(first).Values.ToList();
            Assert.Equal(tables.Count + 1, sheets.Count);
            foreach (var (table, sheet) in tables.Zip(sheets.Skip(1))) Assert.Equal(table.Select(r => string.Join('|', r)), Grid(sheet, table[0].Count).Select(r => string.Join('|', r)));
            Assert.All(sheets, s => Assert.Empty(s.Descendants<CellFormula>()));
        }
        using var stale = chief.Stale().Visit();
        Assert.NotEqual(HttpStatusCode.OK, (await stale.Get("/our-figures/report/annex?year=2027&edition=public&language=fr")).StatusCode); // a file leaves the house: a factor first
        foreach (var query in new[] { "year=1850&language=fr", "year=2029&language=fr", "year=2027&language=it", "year=2027", "year=x&language=fr" }) Assert.Equal(HttpStatusCode.BadRequest, (await visit.Get("/our-figures/report/annex?edition=internal&" + query)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Settled_figures_stay_as_they_are_and_only_then_others_see_them(string engine)
    {
        await using var platform = TwoYears(engine);
        var (zone, chief) = await Served(platform);
        var officer = zone.As(Role.DataProtectionOfficer);
        using var visit = officer.Visit();
        Assert.Empty((await visit.Page(Public2027)).QuerySelectorAll("article"));
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(Public2027.Replace("report?", "report/annex?", StringComparison.Ordinal))).StatusCode);
        using var own = chief.Visit();
        var draft = await own.Page(Public2027);
        Assert.Contains("Projet", draft.QuerySelector(".vs-report__cover .vs-badge")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await own.Submit("/our-figures/report/settle?year=2027", [])).StatusCode);
        var settled = await own.Page(Public2027);
        Assert.Empty(settled.QuerySelectorAll(".vs-report__cover .vs-badge"));
        Assert.Equal(Numbers(draft), Numbers(settled));
        Assert.Equal(settled.QuerySelector("article")!.OuterHtml, (await visit.Page(Public2027)).QuerySelector("article")!.OuterHtml); // the same for every reader
        // Entered or corrected afterwards: not in it, nor in what the year before it was said to be.
        foreach (var dossier in await zone.Look(z => z.Set<Dossier>().Where(d => d.RegisteredOn.Year == 2027 && d.Closed == null).OrderBy(d => d.Number).Take(12).Select(d => d.Id).ToListAsync(Ct)))
        {
            var form = await chief.Send(new VictimSupport.Casework.People.Edit.Query(dossier, await chief.LeadOf(dossier), "fr"));
            await chief.Send(form with { Dossier = dossier, Person = await chief.LeadOf(dossier), Sex = Sex.Female });
        }
        Assert.Equal(Numbers(settled), Numbers(await own.Page(Public2027)));
        Assert.False(await chief.Send(new Settle.Command(2027)));
        // Nor what is written or typed afterwards, until a coordinator puts it out as a new version, which says that it is one.
        var (printed, annex) = (settled.QuerySelector("article")!.OuterHtml, await Bytes(own, Public2027.Replace("report?", "report/annex?", StringComparison.Ordinal)));
        Assert.False(await chief.Send(new Settle.Anew(2027))); // nothing was changed
        var same = await own.Page("/our-figures/report/settle?year=2027");
        Assert.NotNull(same.QuerySelector("main [data-same]"));
        Assert.Empty(same.QuerySelectorAll("main form[method=post]"));
        await chief.Send(Words("Écrit après coup.", "fr", 2027));
        await chief.Send(Words("Achteraf geschreven.", "nl", 2026)); // an earlier year's are proposed for this one
        await chief.Send(new Earlier.Command { Year = 2025, Cases = 40 });
        var behind = await own.Page(Public2027);
        Assert.Equal(printed, behind.QuerySelector("article")!.OuterHtml);
        Assert.Equal(annex, await Bytes(own, Public2027.Replace("report?", "report/annex?", StringComparison.Ordinal)));
        Assert.NotNull(behind.QuerySelector("[data-behind]"));
        Assert.DoesNotContain("Achteraf", (await own.Page(Public2027.Replace("=fr", "=nl", StringComparison.Ordinal))).QuerySelector("article")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Écrit après coup.", (await own.Page(Internal2027)).QuerySelector("article")!.TextContent, StringComparison.Ordinal); // inside it is said at once
        Assert.Null((await visit.Page(Public2027)).QuerySelector("main a[href*='settle']"));
        Assert.Equal(HttpStatusCode.Redirect, (await own.Submit("/our-figures/report/settle?year=2027", [])).StatusCode);
        var anew = await own.Page(Public2027);
        Assert.StartsWith("Version 2, du 10", anew.QuerySelector("article [data-version]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Écrit après coup.", anew.QuerySelector("article")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("40", Tables(anew)["earlier"][1][1]);
        Assert.Null(anew.QuerySelector("[data-behind]"));
        Assert.Equal(Numbers(settled), [.. anew.QuerySelectorAll("article .vs-report__table:not([aria-labelledby=t-earlier]) table").Select(t => t.TextContent)]); // the figures are the first ones
        Assert.False(await chief.Send(new Settle.Anew(2027)));
        Assert.False(await chief.Send(new Settle.Anew(2024))); // never settled
        // Two look at the same form: the second is not told that a version is out.
        await chief.Send(Words("Écrit encore.", "fr", 2027) with { Version = 1 });
        var press = (await own.Page("/our-figures/report/settle?year=2027")).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        foreach (var said in new[] { "The new version is out", "Nothing has changed" })
        {
            Assert.Equal(HttpStatusCode.Redirect, (await own.Send("/our-figures/report/settle?year=2027", press, [])).StatusCode);
            Assert.Contains(said, (await own.Page(Public2027)).QuerySelector(".vs-banner, [role=status], .govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.ZoneAdministrator).Send(new Settle.Anew(2027)));
        var before = (await chief.Send(new Show.Rounded { Year = 2026, Language = "fr" })).Rounded!.Now;
        Assert.Equal((await chief.Send(new Show.Rounded { Year = 2027, Language = "fr" })).Rounded!.Before, before);
        platform.Clock.SetUtcNow(new DateTimeOffset(2029, 1, 10, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal((await chief.Send(new Show.Rounded { Year = 2027, Language = "fr" })).Rounded!.Now, (await chief.Send(new Show.Rounded { Year = 2028, Language = "fr" })).Rounded!.Before);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Settle.Command(2029)));
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.ZoneAdministrator).Send(new Settle.Command(2028)));
    }

    [Theory, EveryEngine]
    public async Task A_year_that_was_settled_is_offered_however_long_ago_it_was(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.Coordinator);
        foreach (var year in new[] { 2015, 2024 }) Assert.True(await chief.Send(new Settle.Command(year)));
        foreach (var role in new[] { Role.Coordinator, Role.DataProtectionOfficer })
        {
            using var visit = zone.Visit(role);
            var page = await visit.Page("/our-figures/report?year=2015&edition=public&language=fr");
            Assert.NotNull(page.QuerySelector("article"));
            Assert.Equal([.. role == Role.Coordinator ? new[] { "2026" } : [], "2025", "2024", "2023", "2022", "2021", "2020", "2019", "2018", "2017", "2016", "2015"], page.QuerySelectorAll("#Year option[value]:not([value=''])").Select(o => o.GetAttribute("value")));
            Assert.Equal("2015", page.QuerySelector<IHtmlSelectElement>("#Year")!.Value);
        }
    }

    [Theory, EveryEngine]
    public async Task Earlier_totals_are_marked_wherever_they_stand_and_never_added(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        for (var i = 0; i < 3; i++) await worker.Registers(Cases.Intake(zone, "Naam" + (char)('a' + i), "Otto"));
        using var visit = chief.Visit();
        // What is wrong stands at its field, with what was typed.
        foreach (var (name, value) in new[] { ("Form.Year", "1850"), ("Form.Year", "2026"), ("Form.Contacts", "-1"), ("Form.Contacts", "3000000"), ("Form.Contacts", "=1+1"), ("Form.Cases", "") })
        {
            var fields = new Dictionary<string, string> { ["Form.Year"] = "2025", ["Form.Cases"] = "1", [name] = value };
            var answer = await visit.Submit("/our-figures/report/earlier", fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var wrong = await Visit.Read(answer);
            Assert.True(wrong.GetElementById(name.Replace('.', '_') + "-error") is not null, $"{name} {value}");
            Assert.Equal(value, wrong.QuerySelector<IHtmlInputElement>($"[name='{name}']")!.Value);
        }
        Assert.Equal(0, await zone.Look(z => z.Set<EarlierYear>().CountAsync(Ct)));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/our-figures/report/earlier", [KeyValuePair.Create("Form.Year", "2025"), KeyValuePair.Create("Form.Cases", "61"), KeyValuePair.Create("Form.Meetings", "4")])).StatusCode);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Earlier.Command { Year = 2025, Cases = 7 })); // not over what stands there
        await chief.Send(new EarlierImport.Command("year;cases;trainings\n2024;1.054;9\n2023;17;\n"));

        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 10, 9, 0, 0, TimeSpan.Zero));
        var whole = await visit.Page("/our-figures/report?year=2026&edition=internal&language=fr");
        var exact = Tables(whole);
        Assert.Equal(["3", "61 *", ""], exact["glance"][1].Skip(1));
        // Drawn in one row with what is counted here; of a year that runs, nothing is drawn.
        Assert.Equal(["2023 *", "2024 *", "2025 *", "2026"], Drawn(whole));
        Assert.Equal("3", whole.QuerySelectorAll("svg[aria-labelledby^='chart-earlier-'] .vs-chart__value")[^1].TextContent);
        Assert.Equal(["2023 *", "2024 *", "2025 *"], Drawn(await visit.Page("/our-figures/report?year=2027&edition=internal&language=fr")));
        Assert.Equal(["2023 *|17|", "2024 *|1054|9", "2025 *|61|"], exact["earlier"].Skip(1).Select(r => string.Join('|', r.Take(3))));
        Assert.StartsWith("importé le ", exact["earlier"][1][^1], StringComparison.Ordinal);
        Assert.StartsWith("encodé le ", exact["earlier"][3][^1], StringComparison.Ordinal);
        Assert.DoesNotContain("2025", exact["category"][0]); // what is not known is no zero
        var rounded = Tables(await visit.Page("/our-figures/report?year=2026&edition=public&language=fr"));
        Assert.Equal(["–", "60 *", ""], rounded["glance"][1].Skip(1));
        Assert.Equal(["2023 *", "2024 *", "2025 *", "2026"], Drawn(await visit.Page("/our-figures/report?year=2026&edition=public&language=fr")));
        Assert.Equal(["2023 *|15|", "2024 *|1055|<10", "2025 *|60|"], rounded["earlier"].Skip(1).Select(r => string.Join('|', r.Take(3))));
        Assert.Equal(["<10 *", ""], rounded["glance"].Single(r => r[0].StartsWith("Réunions", StringComparison.Ordinal)).Skip(2));
        // Taken back: no total is left.
        await chief.Send(new Earlier.Command { Year = 2025, Version = 1 });
        Assert.Equal([2023, 2024], (await chief.Send(new Earlier.Query())).Years.Select(y => y.Year));

        static string[] Drawn(IHtmlDocument page) => [.. page.QuerySelectorAll("svg[aria-labelledby^='chart-earlier-'] .vs-chart__label").Select(t => t.TextContent.Replace('\u00A0', ' '))];
    }

    [Theory, EveryEngine]
    public async Task A_year_that_was_counted_here_has_its_own_number_unless_the_zone_says_that_it_is_a_part_and_then_the_report_says_so(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026: the zone's first whole year is 2027
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.Coordinator);
        platform.Clock.SetUtcNow(new DateTimeOffset(2029, 1, 10, 9, 0, 0, TimeSpan.Zero));
        using var visit = chief.Visit();
        var answer = await visit.Submit("/our-figures/report/earlier", [KeyValuePair.Create("Form.Year", "2027"), KeyValuePair.Create("Form.Cases", "380")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await Visit.Read(answer)).GetElementById("Form_Instead-error"));
        const string List = "year;cases\n2027;380\n";
        Assert.NotEmpty(Assert.Single((await chief.Send(new EarlierImport.Query(List))).Rows).Line.Faults);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new EarlierImport.Command(List)));
        var own = Tables(await visit.Page("/our-figures/report?year=2028&edition=internal&language=fr"))["glance"][1];
        Assert.DoesNotContain(own, c => c.Contains('*', StringComparison.Ordinal));

        // Said to be a part, the given total stands, and beside it why; a list may put it right then.
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/our-figures/report/earlier", [KeyValuePair.Create("Form.Year", "2027"), KeyValuePair.Create("Form.Cases", "370"), KeyValuePair.Create("Form.Instead", "true")])).StatusCode);
        Assert.Equal(1, await chief.Send(new EarlierImport.Command(List)));
        foreach (var edition in new[] { "internal", "public" })
        {
            var page = await visit.Page($"/our-figures/report?year=2028&edition={edition}&language=fr");
            Assert.Equal("380 *", Tables(page)["glance"][1][2]);
            Assert.Contains("* Total de 2027 communiqué par la zone, qui dit que le compte de la plateforme est incomplet pour cette année.", page.QuerySelector("article")!.TextContent, StringComparison.Ordinal);
            Assert.EndsWith("; compte de la plateforme incomplet", Tables(page)["earlier"][^1][^1], StringComparison.Ordinal);
        }
        // The year in which the zone came here is one by itself; those before were counted elsewhere whole.
        await chief.Send(new EarlierImport.Command("year;cases\n2026;300\n"));
        await chief.Send(new Earlier.Command { Year = 2025, Cases = 290 });
        Assert.Equal([(2025, false), (2026, true), (2027, true)], (await chief.Send(new Earlier.Query())).Years.Select(y => (y.Year, y.IsInstead)));

        // What the zone settled stands before what it had typed.
        Assert.Equal(3, Tables(await visit.Page("/our-figures/report?year=2028&edition=internal&language=fr"))["earlier"].Count - 1);
        Assert.True(await chief.Send(new Settle.Command(2025)));
        Assert.Equal(["2026 *", "2027 *"], Tables(await visit.Page("/our-figures/report?year=2028&edition=internal&language=fr"))["earlier"].Skip(1).Select(r => r[0]));
        Assert.Contains("not used", (await visit.Page("/our-figures/report/earlier")).QuerySelectorAll("main tbody tr")[0].TextContent, StringComparison.Ordinal);
        await chief.Send(new Earlier.Command { Year = 2025, Version = 1 }); // it is taken back without a word
        Assert.Equal([2026, 2027], (await chief.Send(new Earlier.Query())).Years.Select(y => y.Year));
    }

    [Theory, EveryEngine]
    public async Task A_contact_from_before_the_zone_came_here_and_half_a_year_counted_here_are_no_year_to_be_held_against(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var (early, late) = (await platform.Zone(), await platform.Zone());
        var (worker, chief) = (await early.Hires("worker", Role.Caseworker), await early.Hires("chief", Role.Coordinator));
        await worker.Registers(Cases.Intake(early, "Naamx", "Otto"));
        var (newcomer, head) = (await late.Hires("newcomer", Role.Caseworker), await late.Hires("head", Role.Coordinator));
        foreach (var coordinator in new[] { chief, head }) await coordinator.Send(new Earlier.Command { Year = 2025, Cases = 5 });
        platform.Clock.SetUtcNow(January2028.AddYears(-1));
        var dossier = await newcomer.Registers(Cases.Intake(late, "Naamy", "Otto"));
        await newcomer.Send(await newcomer.Contact(late, dossier) with { At = new DateTimeOffset(2026, 12, 30, 10, 0, 0, TimeSpan.Zero) });
        foreach (var coordinator in new[] { chief, head }) await coordinator.Send(new Earlier.Command { Year = 2026, Cases = 380 });
        platform.Clock.SetUtcNow(January2028);
        foreach (var (coordinator, now, known) in new[] { (chief, "0", true), (head, "1", false) })
        {
            using var visit = coordinator.Visit();
            var exact = Tables(await visit.Page(Internal2027));
            Assert.Equal([now, "380 *", ""], exact["glance"][1].Skip(1));
            Assert.Equal(known ? ["0", "1", "-1"] : ["1", "", ""], exact["glance"][2].Skip(1)); // dossiers, of which the zone said nothing
            if (!known) Assert.DoesNotContain("2026", exact["category"][0]);
        }
    }

    [Theory, EveryEngine]
    public async Task Of_a_year_whose_structural_work_nobody_counted_there_is_no_column_and_no_zero(string engine)
    {
        await using var platform = Platform.Start(engine, services: services => services.AddScoped<ICountStructuralWork, Began>()); // 24 November 2026
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        for (var i = 0; i < 12; i++) await worker.Registers(Cases.Intake(zone, "Naam" + (char)('a' + i), "Otto"));
        platform.Clock.SetUtcNow(January2028);
        using var visit = chief.Visit();
        // Of 2026 there are cases, and structural work is counted from 2027 on.
        var exact = Tables(await visit.Page(Internal2027));
        Assert.Equal(["2027"], exact["trainings"][0].Skip(1));
        Assert.Equal(["2027", "2026"], exact["agreements"][0].Skip(1));
        Assert.Equal(["11", "", ""], exact["glance"].Single(r => r[0].StartsWith("Formations", StringComparison.Ordinal)).Skip(1));
        Assert.Equal(["0", "12", "-12"], exact["glance"][1].Skip(1));
        // In the public edition too, where it would say nothing but "<10".
        var rounded = Tables(await visit.Page(Public2027));
        Assert.Equal(["2027"], rounded["trainings"][0].Skip(1));
        Assert.Equal(["2027", "2026"], rounded["agreements"][0].Skip(1).Take(2));
        Assert.Equal(["2027", "2026"], rounded["glance"][0].Skip(1).Take(2));
        platform.Clock.SetUtcNow(new DateTimeOffset(2029, 1, 10, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal(["2028", "2027"], Tables(await visit.Page(Internal2027.Replace("2027", "2028", StringComparison.Ordinal)))["trainings"][0].Skip(1)); // a year of none after one that was counted
    }

    [Theory, EveryEngine]
    public async Task A_list_is_tried_first_and_one_bad_row_stores_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var chief = await zone.Hires("chief", Role.Coordinator);
        using var visit = chief.Visit();
        const string path = "/our-figures/report/earlier/import", bad = "année;cases;trainings\n2024;12;3\n2031;1;1\n2023;=2+5;1\n2024;5;5\n2022;;\n";
        var tried = await visit.Submit(path, [KeyValuePair.Create("Form.Text", bad)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tried.StatusCode);
        var page = await Visit.Read(tried);
        Assert.StartsWith("Line 2:", page.QuerySelector(".govuk-error-summary a")!.TextContent.Trim(), StringComparison.Ordinal);
        var fates = page.QuerySelectorAll("main tbody tr").Select(r => r.Children[^1].TextContent.Trim()).ToList();
        Assert.Equal(["New", "“2031” is not a past year.", "“=2+5” is not a whole number.", "The year stands in line 1 already.", "Give at least one total."], fates);
        Assert.Equal(bad.Trim(), page.QuerySelector<IHtmlTextAreaElement>("[name='Form.Text']")!.Value.Trim());
        Assert.Null(page.QuerySelector("button[formaction*='Take']"));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new EarlierImport.Command("year;cases\n2024;12\n2031;1\n")));
        foreach (var (unread, text) in new[] { (EarlierUnread.Nothing, ""), (EarlierUnread.Nothing, "year;cases\n"), (EarlierUnread.NoHeading, "2024;12\n"), (EarlierUnread.NoHeading, "year;cases;cases\n2024;1;2\n"), (EarlierUnread.TooMany, "year;cases\n" + string.Concat(Enumerable.Repeat("2024;1\n", EarlierSheet.Most + 1))), (EarlierUnread.TooLarge, new string('x', EarlierSheet.LargestBytes + 1)) })
        {
            Assert.Equal(unread, (await chief.Send(new EarlierImport.Query(text))).Unread);
            await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new EarlierImport.Command(text)));
        }
        Assert.Empty((await chief.Send(new Earlier.Query())).Years);

        // A column that is not known is named, and holds nothing back.
        var partly = await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", "year;cases;Entretiens\n2024;12;99\n")]));
        Assert.Equal("The column “Entretiens” is not taken over.", partly.QuerySelector("[data-left] li")!.TextContent.Trim());
        Assert.NotNull(partly.QuerySelector("button[formaction*='Take']"));
        Assert.Empty((await chief.Send(new Earlier.Query())).Years);

        // A good one is looked at without a trace, then taken, and taken once.
        const string good = "year\tcases\n2024\t12\n2023\t7\n";
        var looked = await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", good)]));
        Assert.Empty((await chief.Send(new Earlier.Query())).Years);
        var form = looked.QuerySelector<IHtmlButtonElement>("button[formaction*='Take']")!;
        form.Form!.SetAttribute("action", form.GetAttribute("formaction")!);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, form.Form!, [])).StatusCode);
        Assert.Equal(["2023 7 True", "2024 12 True"], (await chief.Send(new Earlier.Query())).Years.Select(y => $"{y.Year} {y.Counts["cases"]} {y.Imported}"));
        Assert.Equal(0, await chief.Send(new EarlierImport.Command(good)));
        Assert.Equal(1, await chief.Send(new EarlierImport.Command("year;cases\n2024;13\n2023;7\n")));
        Assert.Equal(2, (await chief.Send(new Earlier.Query())).Years.Single(y => y.Year == 2024).Version);

        // Another list than the one that was shown, or one that replaces what a colleague gave meanwhile, is shown first; the same, pressed twice, is taken once.
        const string shown = "year;cases\n2022;1\n2024;14\n";
        var print = (await chief.Send(new EarlierImport.Query(shown))).Print;
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new EarlierImport.Command(shown.Replace("14", "15", StringComparison.Ordinal)) { Seen = print }));
        Assert.Equal(1, await chief.Send(new EarlierImport.Command("year;cases\n2024;20\n")));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new EarlierImport.Command(shown) { Seen = print }));
        print = (await chief.Send(new EarlierImport.Query(shown))).Print;
        Assert.Equal(2, await chief.Send(new EarlierImport.Command(shown) { Seen = print }));
        Assert.Equal(0, await chief.Send(new EarlierImport.Command(shown) { Seen = print }));
    }

    [Fact]
    public void Whatever_is_in_a_list_there_is_an_answer()
    {
        var cell = Gen.OneOf(Gen.String, Gen.Int[-10, 3_000_000].Select(n => n.ToString(CultureInfo.InvariantCulture)), Gen.Int[0, Cells.Length - 1].Select(i => Cells[i]));
        var text = Gen.Select(Gen.Char[";,\t|"].Select(c => c.ToString()), cell.Array[0, 6].Array[0, 8], Gen.Bool).Select((part, rows, headed) => (headed ? string.Join(part, "year", "cases", "closed") + "\n" : "") + string.Join('\n', rows.Select(r => string.Join(part, r))));
        Gen.OneOf(Gen.String, text).Sample(said =>
        {
            var (lines, _, _) = EarlierSheet.Read(said, 2025);
            return lines.All(l => l.Faults.Count > 0 || (l.Year is >= EarlierYear.First and <= 2025 && l.Counts.Count > 0 && l.Counts.All(c => MainTotals.Codes.Contains(c.Key) && c.Value is >= 0 and <= EarlierYear.Largest)));
        }, iter: 20_000);
    }

    [Fact]
    public void A_public_sum_gives_no_hidden_number_of_a_quarter_away()
    {
        // All lists that the masked edition shows the same and that go into the year the same: no small number is the same in all of them.
        for (var length = 2; length <= 4; length++)
        {
            var lists = Enumerable.Range(0, (int)Math.Pow(13, length)).Select(n => Enumerable.Range(0, length).Select(i => n / (int)Math.Pow(13, i) % 13).ToArray());
            foreach (var alike in lists.Select(list => (List: list, Masked: Shown(list))).GroupBy(l => string.Join(' ', l.Masked.Select(m => m?.ToString(CultureInfo.InvariantCulture) ?? "c").Append(Masking.Total(l.List.Sum())?.ToString(CultureInfo.InvariantCulture) ?? "c").Concat(Rounding.Steady(l.List, l.Masked).Select(t => t.ToString(CultureInfo.InvariantCulture)))), StringComparer.Ordinal))
            {
                foreach (var (list, masked) in alike.Where(l => l.List.Max() < 10))
                {
                    for (var i = 0; i < length; i++) Assert.True(list[i] is 0 or >= Masking.Smallest || alike.Select(l => l.List[i]).Distinct().Count() > 1, $"{string.Join(' ', list)}: {list[i]} in {alike.Key}");
                    if (masked.All(m => m is not null)) Assert.Equal(list.Select(n => (decimal)n), Rounding.Steady(list, masked));
                }
            }
        }

        static IReadOnlyList<int?> Shown(int[] list) => Masking.Total(list.Sum()) is null ? [.. list.Select(_ => (int?)null)] : Masking.Of(list);
    }

    [Theory]
    [InlineData(0, null), InlineData(9, null), InlineData(9.9, null), InlineData(10, 10), InlineData(12.4, 10), InlineData(12.5, 15), InlineData(13, 15), InlineData(1052, 1050)]
    public void Under_ten_is_not_told_and_the_rest_is_rounded_to_five(double count, int? told) => Assert.Equal(told, Rounding.Of((decimal)count));

    [Theory, EveryEngine]
    public async Task A_zones_own_words_are_kept_from_year_to_year_in_each_of_its_languages(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone("fr", "nl"); // 2026
        var chief = await zone.Hires("chief", Role.Coordinator);
        using var visit = chief.Visit();
        const string write = "/our-figures/report/words/2025/fr";
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(write, [KeyValuePair.Create("Form.Foreword", "Premier <b>alinéa</b>.\r\n\r\nSecond."), KeyValuePair.Create("Form.OwnTitle", "Nos locaux"), KeyValuePair.Create("Form.Own", "Un escalier neuf.")])).StatusCode);
        var article = (await visit.Page("/our-figures/report?year=2025&edition=internal&language=fr")).QuerySelector("article")!;
        Assert.Equal(["Premier <b>alinéa</b>.", "Second."], article.QuerySelector("[aria-labelledby=foreword]")!.QuerySelectorAll("p").Select(p => p.TextContent));
        Assert.Equal("Nos locaux", article.QuerySelector("#own")!.TextContent);
        Assert.Null(article.QuerySelector("#plans")); // nothing was said there
        // The next year begins with them and says so, until somebody saved.
        var next = (await visit.Page("/our-figures/report?year=2026&edition=internal&language=fr")).QuerySelector("article")!;
        Assert.Contains("2025", next.QuerySelector("[aria-labelledby=foreword] .govuk-hint")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Second.", next.TextContent, StringComparison.Ordinal);
        await chief.Send(Words("Nouveau.", "fr", 2026));
        Assert.Equal("Nouveau.", (await chief.Send(new Write.Query(2026, "fr"))).Form.Foreword);
        Assert.StartsWith("Premier", (await chief.Send(new Write.Query(2025, "fr"))).Form.Foreword, StringComparison.Ordinal);
        Assert.Null((await chief.Send(new Write.Query(2026, "nl"))).From);
        var dutch = (await visit.Page("/our-figures/report?year=2026&edition=internal&language=nl")).QuerySelector("article")!;
        Assert.Equal("nl", dutch.GetAttribute("lang"));
        Assert.Contains("Activiteitenverslag", dutch.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Nouveau.", dutch.TextContent, StringComparison.Ordinal);
        // Two at once: the second one sees what the first one wrote, and loses nothing.
        var late = await visit.Submit("/our-figures/report/words/2026/fr", [KeyValuePair.Create("Form.Version", "0"), KeyValuePair.Create("Form.Foreword", "Le mien.")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        var again = await Visit.Read(late);
        Assert.Contains("Nouveau.", again.QuerySelector("[data-meanwhile]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Le mien.", again.QuerySelector<IHtmlTextAreaElement>("[name='Form.Foreword']")!.Value);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/our-figures/report/words/2026/fr", again.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last(), [])).StatusCode);
        // Too long, or a text without its title.
        foreach (var (name, value, at) in new[] { ("Form.Plans", new string('x', ReportSays.LongestText + 1), "Form_Plans-error"), ("Form.OwnTitle", "", "Form_OwnTitle-error") })
        {
            var wrong = await Visit.Read(await visit.Submit(write, [KeyValuePair.Create(name, value)]));
            Assert.NotNull(wrong.GetElementById(at));
        }
    }

    [Fact]
    public async Task Whoever_may_not_finds_nothing_there()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        string[] all = ["", "/annex?year=2025&edition=public&language=fr", "/words/2025/fr", "/earlier", "/earlier/import", "/settle?year=2025"];
        foreach (var role in new[] { Role.Visitor, Role.OnCall, Role.Trainee, Role.FrontDesk, Role.OutsideStandIn })
        {
            using var visit = zone.Visit(role);
            foreach (var path in all) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get("/our-figures/report" + path)).StatusCode);
        }
        using var stranger = other.Visit(Role.Coordinator);
        foreach (var path in all) Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/{zone.Code}/our-figures/report" + path)).StatusCode);
        using var officer = zone.Visit(Role.DataProtectionOfficer);
        foreach (var path in new[] { "?year=2025&edition=internal&language=fr", "/annex?year=2025&edition=internal&language=fr", "/words/2025/fr", "/earlier", "/earlier/import", "/settle?year=2025" }) Assert.Equal(HttpStatusCode.NotFound, (await officer.Get("/our-figures/report" + path)).StatusCode);
        using var worker = zone.Visit(Role.Caseworker);
        foreach (var path in new[] { "/words/2025/fr", "/earlier", "/settle?year=2025" }) Assert.Equal(HttpStatusCode.NotFound, (await worker.Get("/our-figures/report" + path)).StatusCode);
        // Who keeps the house writes its texts without seeing an exact number.
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        foreach (var path in new[] { "", "/words/2025/fr", "/earlier" }) Assert.Equal(HttpStatusCode.OK, (await administrator.Get("/our-figures/report" + path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.Get("/our-figures/report?year=2025&edition=internal&language=fr")).StatusCode);
        foreach (var path in new[] { "2025/en", "1999/fr", "2999/fr", "x/fr" }) Assert.Equal(HttpStatusCode.NotFound, (await administrator.Get("/our-figures/report/words/" + path)).StatusCode);
        // For whom a wall stands there is the public edition, and no draft of it.
        var walled = await zone.Hires("walled", Role.Coordinator);
        await (await zone.Hires("worker", Role.Caseworker)).Registers(Cases.Intake(zone, "Appelle", "Ada"));
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Ada", FamilyName = "Appelle" });
        using var led = walled.Visit();
        Assert.Contains("public", (await led.Get("/our-figures/report?year=2025&edition=internal&language=fr")).Headers.Location!.ToString(), StringComparison.OrdinalIgnoreCase);
        var draftless = await led.Page("/our-figures/report?year=2025&edition=public&language=fr");
        Assert.Empty(draftless.QuerySelectorAll("article"));
        // Yet they settle the year: else nobody in a zone with one coordinator could.
        Assert.NotNull(draftless.QuerySelector("main a[href*='/settle']"));
        Assert.Null((await administrator.Page("/our-figures/report?year=2025&edition=public&language=fr")).QuerySelector("main a[href*='/settle']"));
    }

    private static Platform TwoYears(string engine) => Platform.Start(engine, services: services => services.AddScoped<ICountStructuralWork, Given>());

    // 2026: 12 burglaries, 6 accidents, 3 of partner violence. 2027: 18 burglaries, of which two are closed, 14 accidents, 1 fire. It is January 2028.
    private static async Task<(TestZone Zone, Person Chief)> Served(Platform platform)
    {
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        foreach (var (kind, count) in new[] { ("Burglary", 12), ("RoadAccident", 6), ("PartnerViolence", 3) }) await Registers(worker, "Een" + kind, kind, count);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 8, 9, 0, 0, TimeSpan.Zero));
        var dossiers = await Registers(worker, "Deux", "Burglary", 18);
        foreach (var dossier in dossiers.Take(2)) await worker.Closes(dossier);
        foreach (var (kind, count) in new[] { ("RoadAccident", 14), ("Fire", 1) }) await Registers(worker, "Deux" + kind, kind, count);
        platform.Clock.SetUtcNow(January2028);
        return (zone, chief);

        async Task<List<Guid>> Registers(Person by, string name, string kind, int count)
        {
            var made = new List<Guid>();
            for (var i = 0; i < count; i++) made.Add(await by.Registers(Cases.Intake(zone, name + (char)('a' + i), "Otto" + (char)('a' + i), subKind: kind)));
            return made;
        }
    }

    private static Write.Command Words(string foreword, string language, int year) => new() { Foreword = foreword, Language = language, Year = year };

    private static List<string> Numbers(IHtmlDocument page) => [.. page.QuerySelectorAll("article table").Select(t => t.TextContent)];

    /// <summary>The tables of a report: for each its lines, the head first, numbers as a machine reads them.</summary>
    private static Dictionary<string, List<List<string>>> Tables(IHtmlDocument page) => page.QuerySelectorAll("section.vs-report__table")
        .ToDictionary(s => s.GetAttribute("aria-labelledby")![2..], s => s.QuerySelectorAll("tr").Select(r => r.Children.Select(c => c.QuerySelector("data")?.GetAttribute("value") ?? c.TextContent.Trim().Replace('\u00A0', ' ')).ToList()).ToList());

    private static async Task<byte[]> Bytes(Visit visit, string path)
    {
        var answer = await visit.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private static List<List<string>> Grid(Worksheet sheet, int width) => [.. sheet.Descendants<Row>().Select(r =>
    {
        var cells = Enumerable.Repeat("", width).ToList();
        foreach (var cell in r.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>().Where(c => c.CellReference!.Value![0] - 'A' < width)) cells[cell.CellReference!.Value![0] - 'A'] = cell.InlineString?.Text?.Text ?? cell.CellValue!.Text;
        return cells.ConvertAll(c => c.Replace('\u00A0', ' '));
    })];

    /// <summary>As a zone that counts since 2027, with agreements that are older.</summary>
    private sealed class Began : ICountStructuralWork
    {
        public Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct) => Task.FromResult<IReadOnlyList<StructuralCount>>([new("trainings", "trainings", year == 2027 ? 11 : 0), new("trainings", "sessions", 0), new("agreements", "in-force", 20)]);
    }

    /// <summary>Structural work as counters give it, names of units and a mean mark among it.</summary>
    private sealed class Given : ICountStructuralWork
    {
        public Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct) => Task.FromResult<IReadOnlyList<StructuralCount>>(year switch
        {
            2027 => [new("trainings", "trainings", 10), new("trainings", "awareness", 4), new("trainings", "minutes", 1_583), new("trainings", SaidStructuralWork.Mark, 437), new(SaidStructuralWork.Units, "Brigade Unique", 40), new(SaidStructuralWork.Zones, "own", 40), new(SaidStructuralWork.Zones, "9797", 11), new(SaidStructuralWork.Ranks, "Officers", 12), new(SaidStructuralWork.Elsewhere, "Brigade Lointaine", 13)],
            2026 => [new("trainings", "trainings", 3), new("trainings", "awareness", 3), new("trainings", "participants", 20)],
            _ => [],
        });
    }
}
