using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;
using Facts = VictimSupport.Casework.Dossiers.Facts;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

public sealed class OwnCodeTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task An_own_entry_is_offered_beside_its_shipped_code_and_both_are_stored(string engine)
    {
        var (zone, worker, own) = await Added(engine);
        var offered = await worker.Send(new Offered.Query(CodeList.SubKind));
        Assert.Equal(SubKinds.All.Count + 1, offered.Count);
        Assert.Equal("OtherOffence", offered.TakeWhile(c => c.Value != OwnCode.ValueOf(own)).Last().Value);
        var dossier = await worker.Registers(Cases.Intake(zone, subKind: OwnCode.ValueOf(own)));
        var view = await worker.Opens(dossier);
        Assert.Equal(("OtherOffence", own, KindOfEvent.Offence), (view.Dossier.SubKind, view.Dossier.OwnSubKind!.Value, view.Dossier.Kind)); // the figures read the first
        Assert.Equal("Dog bite", view.Own.Of(view.Dossier.OwnSubKind));
        // Another zone does not know it.
        var other = await zone.Platform.Zone();
        Assert.Equal(SubKinds.All.Count, (await other.As(Role.Caseworker).Send(new Offered.Query(CodeList.SubKind))).Count);
        Assert.Equal("SubKind", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => other.As(Role.Caseworker).Registers(Cases.Intake(other, subKind: OwnCode.ValueOf(own))))).Errors).PropertyName);
    }

    [Theory]
    [InlineData("fr", "Morsure de chien"), InlineData("nl", "Hondenbeet"), InlineData("de", "Hundebiss"), InlineData("en", "Dog bite")]
    public async Task An_own_entry_stands_in_the_intake_in_each_language_and_in_every_list_after(string language, string word)
    {
        var (_, worker, own) = await Added("sqlite");
        using var visit = worker.Visit();
        visit.Client.DefaultRequestHeaders.AcceptLanguage.Clear();
        visit.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        var tile = (await visit.Page("/intake")).QuerySelector($"input[value='{OwnCode.ValueOf(own)}']")!;
        Assert.Equal(word, tile.ParentElement!.TextContent.Trim());
        var saved = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.Trigger"] = "Person", ["Form.SubKind"] = OwnCode.ValueOf(own), ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = "Exemple", ["Form.Language"] = "fr" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var dossier = saved.Headers.Location!.OriginalString;
        Assert.Contains(word, (await visit.Page(dossier)).QuerySelector(".vs-identity")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await visit.Page(dossier + "/facts")).QuerySelector($"[name='Form.SubKind'] option[value='{OwnCode.ValueOf(own)}'][selected]"));
        Assert.Contains(word, (await visit.Page("/worklist")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(word, (await Visit.Read(await visit.Submit("/search", [KeyValuePair.Create("Form.Text", "Ada Exemple")]))).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task An_entry_that_ended_is_not_offered_and_stays_where_it_stood(string engine)
    {
        var (zone, worker, own) = await Added(engine);
        var dossier = await worker.Registers(Cases.Intake(zone, subKind: OwnCode.ValueOf(own)));
        await Changes(zone, own, c => c with { Until = Today(zone).AddDays(-1) });
        Assert.DoesNotContain(await worker.Send(new Offered.Query(CodeList.SubKind)), c => c.Value == OwnCode.ValueOf(own));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Registers(Cases.Intake(zone, subKind: OwnCode.ValueOf(own))));
        var view = await worker.Opens(dossier);
        Assert.Equal("Dog bite", view.Own.Of(view.Dossier.OwnSubKind));
        // Something else of these facts is changed: the entry stays.
        var now = await worker.Send(new Facts.Query(dossier));
        Assert.Contains(await worker.Send(new Offered.Query(CodeList.SubKind, now.SubKind)), c => c.Value == now.SubKind);
        await worker.Send(now with { Dossier = dossier, Municipality = "Deux-Rives" });
        Assert.Equal((own, "OtherOffence"), await worker.Opens(dossier) is var after ? (after.Dossier.OwnSubKind!.Value, after.Dossier.SubKind) : default);
        // Taken away it does not come back.
        now = await worker.Send(new Facts.Query(dossier));
        await worker.Send(now with { Dossier = dossier, SubKind = "Burglary" });
        Assert.Null((await worker.Opens(dossier)).Dossier.OwnSubKind);
        now = await worker.Send(new Facts.Query(dossier));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(now with { Dossier = dossier, SubKind = OwnCode.ValueOf(own) }));
    }

    [Theory, EveryEngine]
    public async Task An_own_trigger_and_an_own_reason_are_chosen_like_any_other(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, admin) = (zone.As(Role.Caseworker), zone.As(Role.ZoneAdministrator));
        var trigger = await admin.Send(Entry(zone, CodeList.Trigger, nameof(Trigger.SocialService), "Youth desk"));
        var reason = await admin.Send(Entry(zone, CodeList.ClosingReason, nameof(ClosingReason.Referred), "Went to the youth desk"));
        var dossier = await worker.Registers(Cases.Intake(zone) with { Trigger = new Coded<Trigger>(null, trigger) });
        Assert.Equal((Trigger.SocialService, trigger), await worker.Opens(dossier) is var view ? (view.Dossier.Trigger, view.Dossier.OwnTrigger!.Value) : default);
        using (var visit = worker.Visit())
        {
            Assert.Contains("Youth desk", (await visit.Page($"/dossiers/{dossier}")).QuerySelector("#facts")!.ParentElement!.TextContent, StringComparison.Ordinal);
            var form = new Dictionary<string, string> { ["Form.Reason"] = OwnCode.ValueOf(reason), ["Form.Outcome"] = "Supported" };
            foreach (var gap in await worker.Send(new Close.Query(dossier))) form[$"Form.Why[{gap.Key}]"] = "DidNotSay";
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/close", form)).StatusCode);
            Assert.Contains("Went to the youth desk", (await visit.Page($"/dossiers/{dossier}")).QuerySelector("#close")!.ParentElement!.TextContent, StringComparison.Ordinal);
        }
        var closed = (await worker.Opens(dossier)).Dossier;
        Assert.Equal((ClosingReason.Referred, reason), (closed.Reason, closed.OwnReason!.Value));
        // An entry of one list is none of another.
        await Assert.ThrowsAsync<ValidationException>(() => worker.Registers(Cases.Intake(zone) with { Trigger = new Coded<Trigger>(null, reason) }));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Registers(Cases.Intake(zone, subKind: OwnCode.ValueOf(trigger))));
        await worker.Send(new Reopen.Command(dossier));
        Assert.Null((await worker.Opens(dossier)).Dossier.OwnReason);
    }

    [Fact]
    public async Task An_own_entry_for_violence_at_home_is_guarded_like_what_it_stands_for()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var own = await zone.As(Role.Coordinator).Send(Entry(zone, CodeList.SubKind, "PartnerViolence", "Row next door"));
        var dossier = (await zone.As(Role.Coordinator).Opens(await zone.As(Role.Coordinator).Registers(Cases.Intake(zone, subKind: OwnCode.ValueOf(own))))).Dossier;
        Assert.True(dossier.IsViolenceAtHome);
        Assert.Equal((KindOfEvent.PartnerViolence, 1), (dossier.Kind, dossier.Urgency));
    }

    [Theory, EveryEngine]
    public async Task Who_sets_the_zone_up_adds_words_and_ends_and_the_old_and_the_new_are_recorded(string engine)
    {
        var (zone, _, own) = await Added(engine);
        await Changes(zone, own, c => c with { Nl = "Beet van een hond", Until = Today(zone).AddDays(10) });
        var kept = await zone.Look(z => z.Set<OwnCode>().SingleAsync());
        Assert.Equal(("Beet van een hond", "Morsure de chien", "OtherOffence", Today(zone)), (kept.Nl, kept.Fr, kept.Shipped, kept.From));
        var rows = (await zone.Look(z => z.Set<AuditRow>().ToListAsync())).Where(r => r.Act == "Casework.Codes.OwnEntry").Select(r => r.Payload).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains("\"to\":\"OtherOffence\"", rows[0], StringComparison.Ordinal);
        Assert.Contains("\"from\":\"Hondenbeet\",\"to\":\"Beet van een hond\"", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Morsure", rows[1], StringComparison.Ordinal); // what stayed is not said again
        // What it stands for is settled, whatever is posted.
        await Changes(zone, own, c => c with { Shipped = "PartnerViolence", From = Today(zone).AddDays(5) });
        kept = await zone.Look(z => z.Set<OwnCode>().SingleAsync());
        Assert.Equal(("OtherOffence", Today(zone)), (kept.Shipped, kept.From));
    }

    [Theory]
    [InlineData("shipped", "Shipped"), InlineData("list", "Shipped"), InlineData("fr", "Fr"), InlineData("long", "En"), InlineData("lines", "En"), InlineData("past", "From"), InlineData("far", "From"), InlineData("until", "Until"), InlineData("taken", "Nl"), InlineData("meanwhile", "Fr")]
    public async Task An_entry_that_is_not_in_order_is_refused_at_its_field(string what, string field)
    {
        var (zone, _, own) = await Added("sqlite");
        var good = Entry(zone, CodeList.SubKind, "Assault", "Another");
        var refused = await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.ZoneAdministrator).Send(what switch
        {
            "shipped" => good with { Shipped = "Nothing" },
            "list" => good with { List = CodeList.Trigger },
            "fr" => good with { Fr = " " },
            "long" => good with { En = new string('x', 61) },
            "lines" => good with { En = "a\nb" },
            "past" => good with { From = Today(zone).AddDays(-1) },
            "far" => good with { From = Today(zone).AddYears(3) },
            "until" => good with { Until = Today(zone).AddDays(-1) },
            "taken" => good with { Nl = "HONDENBEET" },
            _ => good with { Id = own, Version = 0 },
        }));
        Assert.Equal(field, Assert.Single(refused.Errors).PropertyName);
        Assert.Single(await zone.Look(z => z.Set<OwnCode>().ToListAsync()));
    }

    [Fact]
    public async Task Words_are_shown_as_they_are_typed_and_mean_nothing_to_the_page()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.As(Role.ZoneAdministrator).Visit();
        const string Word = "<script>alert(1)</script>";
        var saved = await visit.Submit("/admin/codes/edit?list=SubKind", new Dictionary<string, string> { ["Form.Fr"] = Word, ["Form.Nl"] = "Nl", ["Form.De"] = "De", ["Form.En"] = Word, ["Form.Shipped"] = "Assault" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var page = await visit.Page("/admin/codes");
        Assert.Contains(page.QuerySelectorAll("td a"), a => a.TextContent == Word);
        using var worker = zone.As(Role.Caseworker).Visit();
        var intake = await worker.Page("/intake");
        Assert.Contains(intake.QuerySelectorAll("label"), l => l.TextContent == Word);
        Assert.DoesNotContain(intake.QuerySelectorAll("script"), s => s.TextContent.Contains("alert(1)", StringComparison.Ordinal));
        foreach (var role in new[] { Role.Caseworker, Role.OnCall, Role.Trainee, Role.FrontDesk, Role.DataProtectionOfficer })
        {
            using var other = zone.As(role).Visit();
            Assert.Equal(HttpStatusCode.NotFound, (await other.Get("/admin/codes")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await other.Get("/admin/codes/edit")).StatusCode);
        }
    }

    [Theory, EveryEngine]
    public async Task What_a_colleague_saved_meanwhile_is_shown_and_an_entry_that_ended_does_not_come_back(string engine)
    {
        var (zone, _, own) = await Added(engine);
        using var visit = zone.As(Role.ZoneAdministrator).Visit();
        var path = $"/admin/codes/edit/{own}";
        var before = await visit.Page(path);
        Assert.Null(Meanwhile(before));
        await Changes(zone, own, c => c with { Until = Today(zone).AddDays(-1) });
        var shown = await Visit.Read(await visit.Send(path, Form(before), [KeyValuePair.Create("Form.Nl", "Beet van een hond")]));
        var theirs = Meanwhile(shown)!;
        Assert.Contains(Spoken.In("en", () => Moment.Show(Today(zone).AddDays(-1))), theirs, StringComparison.Ordinal);
        Assert.Contains("Hondenbeet", theirs, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, Form(shown), [])).StatusCode);
        var now = await zone.As(Role.Coordinator).Send(new OwnEntry.Query(own));
        Assert.Equal(("Beet van een hond", Today(zone).AddDays(-1)), (now.Nl, now.Until!.Value));

        static string? Meanwhile(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelectorAll("main .govuk-summary-card").FirstOrDefault(s => s.TextContent.Contains("Saved meanwhile", StringComparison.Ordinal))?.TextContent;
        static AngleSharp.Html.Dom.IHtmlFormElement Form(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelectorAll("main form[method=post]").Cast<AngleSharp.Html.Dom.IHtmlFormElement>().Last();
    }

    [Fact]
    public async Task The_same_form_sent_twice_adds_one_entry()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var form = Entry(zone, CodeList.SubKind, "Assault", "Once") with { Once = Guid.NewGuid() };
        Assert.Equal(await zone.As(Role.Coordinator).Send(form), await zone.As(Role.Coordinator).Send(form));
    }

    [Fact]
    public void Every_shipped_code_has_a_word_a_statistics_code_and_a_beginning()
    {
        Assert.All(ShippedCodes.All, c => Assert.NotEqual("", Lists.Word(c.List, c.Code)));
        Assert.Equal(ShippedCodes.All.Count, ShippedCodes.All.Select(c => (c.List, c.Code)).Distinct().Count());
        Assert.All(Enum.GetValues<CodeList>(), list => Assert.Contains(ShippedCodes.All, c => c.List == list));
        Assert.All(ShippedCodes.All, c => Assert.True(c.From <= new DateOnly(2024, 1, 1) && c.Holds(new DateOnly(2026, 1, 1))));
        // As the programme of tables lays down: eight kinds of service, four places, three capacities that count, thirty sub-kinds at most.
        Assert.Equal(8, Statistics(CodeList.Service));
        Assert.Equal(4, Statistics(CodeList.Place));
        Assert.Equal(4, Statistics(CodeList.Capacity));
        Assert.InRange(Statistics(CodeList.SubKind), 1, 30);
        var ended = new ShippedCode(CodeList.Trigger, "x", "x", new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 3));
        Assert.Equal([false, true, true, false], Enumerable.Range(1, 4).Select(d => ended.Holds(new DateOnly(2026, 1, d))));

        static int Statistics(CodeList list) => ShippedCodes.All.Where(c => c.List == list).Select(c => c.Statistics).Distinct().Count();
    }

    private async Task<(TestZone Zone, Person Worker, Guid Own)> Added(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var own = await zone.As(Role.ZoneAdministrator).Send(Entry(zone, CodeList.SubKind, "OtherOffence", "Dog bite") with { Fr = "Morsure de chien", Nl = "Hondenbeet", De = "Hundebiss" });
        return (zone, zone.As(Role.Caseworker), own);
    }

    private static OwnEntry.Command Entry(TestZone zone, CodeList list, string shipped, string word) => new() { List = list, Shipped = shipped, Fr = word + " fr", Nl = word + " nl", De = word + " de", En = word, From = Today(zone) };

    private static async Task Changes(TestZone zone, Guid own, Func<OwnEntry.Command, OwnEntry.Command> how)
    {
        var admin = zone.As(Role.Coordinator);
        var now = await admin.Send(new OwnEntry.Query(own));
        await admin.Send(how(new OwnEntry.Command { Id = own, Shipped = now.Shipped, Fr = now.Fr, Nl = now.Nl, De = now.De, En = now.En, From = now.From, Until = now.Until, Version = now.Version }));
    }

    private static DateOnly Today(TestZone zone) => Moment.Day(zone.Platform.Clock.GetUtcNow());
}
