using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;
using Waiting = VictimSupport.Casework.Tray.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>An officer without an account puts a request in the tray by the zone's secret address, and sees nothing.</summary>
public sealed class AskTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task What_an_officer_sends_lies_sealed_in_the_tray_and_nothing_of_it_is_shown_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, path) = (await zone.Hires("anna", Role.Caseworker), await Makes(zone));
        await anna.Registers(Cases.Intake(zone, "Zzcanary", "Ada", "0470 12 34 56"));
        using var officer = zone.Passer();
        var page = await officer.Page(path);
        foreach (var telling in new[] { zone.Code + " ", "victim", "VictimSupport", "police victim", "polic" }) Assert.DoesNotContain(telling, page.Title + page.QuerySelector("main")!.TextContent, StringComparison.OrdinalIgnoreCase);
        var sent = await officer.Submit(path, Filled());
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.DoesNotContain("Zzcanary", sent.Headers.Location!.ToString(), StringComparison.OrdinalIgnoreCase);
        var thanks = await officer.Page(path);
        Assert.DoesNotContain("Zzcanary", thanks.DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        var reference = thanks.QuerySelector("[role=status] strong")!.TextContent;
        Assert.Matches("^[2-9A-HJ-NP-Z]{6}$", reference);
        Assert.Null((await officer.Page(path)).QuerySelector("[role=status]")); // once

        var entry = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync());
        Assert.Equal((Guid.Empty, reference, entry.Id, Urgency.Urgent, Rule.OnlyIf), (entry.PutBy, entry.Reference, entry.KeyOwner, entry.Urgency, entry.MayCall));
        Assert.Equal(await zone.Look(z => z.Set<RequestLink>().Select(l => (Guid?)l.Id).SingleAsync()), entry.ByLink);
        var open = await anna.Send(new Open.Query(entry.Id));
        Assert.Equal(("Zzcanary", "BR.30.L1.777888/2026", new TrayOfficer("Unit 3", "Insp. Muster", "02 555 00 00")), (open.Message.FamilyName, open.Message.OfficialReport, open.Message.Officer));
        using var hers = anna.Visit();
        var shown = (await hers.Page($"/tray/{entry.Id}")).QuerySelector("main")!.TextContent;
        foreach (var said in new[] { "Insp. Muster", "Unit 3", reference, "an officer, by the form" }) Assert.Contains(said, shown, StringComparison.Ordinal);
        Assert.Contains("an officer, by the form", (await hers.Page("/tray")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Zzcanary", (await anna.Send(new Prefill.Query(entry.Id))).FamilyName);
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzcanary", "Bo") with { Tray = entry.Id });
        Assert.Equal(["BR.30.L1.777888/2026"], (await anna.Opens(dossier)).OfficialReports);
        // No log and no record holds the address or a name.
        var token = path[(path.LastIndexOf('/') + 1)..];
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(token, StringComparison.Ordinal) || l.Contains("Zzcanary", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(await zone.Look(z => z.Set<AuditRow>().Select(r => r.Payload).ToListAsync()), p => p.Contains(token, StringComparison.Ordinal) || p.Contains("Zzcanary", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(RequestLink.Hash(token), await zone.Look(z => z.Set<RequestLink>().Select(l => l.TokenHash).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task What_an_officer_calls_safe_is_to_be_asked_and_what_the_person_said_is_not(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, path) = (await zone.Hires("anna", Role.Caseworker), await Makes(zone));
        using var officer = zone.Passer();
        await officer.Submit(path, new Dictionary<string, string>(Filled()) { ["Form.MayCall"] = nameof(Rule.Safe), ["Form.Condition"] = "" });
        var entry = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync());
        using (var visit = anna.Visit())
        {
            var shown = (await visit.Page($"/tray/{entry.Id}")).QuerySelector("main")!.TextContent;
            Assert.Contains("Not asked yet", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("the person said so", shown, StringComparison.Ordinal);
        }
        var filled = await anna.Send(new Prefill.Query(entry.Id));
        Assert.Equal((Trigger.Patrol, Rule.Safe), (filled.Trigger, filled.Safe!.Value));
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzcanary", "Ada", "0470 12 34 56") with { Tray = entry.Id, Trigger = Trigger.Patrol, Safe = Rule.Safe });
        var byHerself = await anna.Registers(Cases.Intake(zone, "Anders", "Bo", "0470 65 43 21") with { Trigger = Trigger.Person, Safe = Rule.Safe });
        var byHospital = await anna.Registers(Cases.Intake(zone, "Derde", "Cy", "0470 65 43 22") with { Trigger = Trigger.Hospital, Safe = Rule.Safe });
        foreach (var (which, asked) in new[] { (dossier, false), (byHerself, true), (byHospital, false) })
        {
            var safe = await zone.Look(z => z.Set<VictimSupport.Casework.People.SafeContact>().AsNoTracking().SingleAsync(s => s.DossierId == which));
            Assert.Equal((Rule.Safe, asked), (safe.Call, safe.Checked is not null));
            using var visit = anna.Visit();
            var shown = (await visit.Page($"/dossiers/{which}/people/{safe.Id}/call")).QuerySelector("main")!.TextContent;
            Assert.Equal(asked, shown.Contains("Calling is safe, the person said so", StringComparison.Ordinal));
            Assert.Equal(!asked, shown.Contains("Ask again", StringComparison.Ordinal));
        }
    }

    [Theory, EveryEngine]
    public async Task What_was_said_of_calls_holds_in_the_dossier_though_no_number_was_left(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, path) = (await zone.Hires("anna", Role.Caseworker), await Makes(zone));
        using var officer = zone.Passer();
        foreach (var (rule, condition, filledIn) in new[] { (Rule.Never, "", true), (Rule.OnlyIf, "only at work", true), (Rule.Never, "he reads her letters", true), (Rule.OnlyIf, "only at work", false), (Rule.NotAsked, "not before six", true) })
        {
            await officer.Submit(path, new Dictionary<string, string>(Filled()) { ["Form.Phone"] = "", ["Form.MayCall"] = rule.ToString(), ["Form.Condition"] = condition });
            await officer.Page(path); // the thanks stand where the form was, once
            var entry = Assert.Single((await anna.Send(new Waiting.Query(false, 1))).Rows).Entry;
            Guid dossier;
            if (filledIn)
            {
                using var visit = anna.Visit();
                var saved = await visit.Submit($"/intake?tray={entry}", new Dictionary<string, string> { ["Form.SubKind"] = "Burglary" });
                Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
                dossier = (await zone.Look(z => z.Set<TrayEntry>().Where(e => e.Id == entry).Select(e => e.Dossier).SingleAsync()))!.Value;
            }
            else
            {
                dossier = await anna.Registers(Cases.Intake(zone, "Zzcanary", "Ada") with { Tray = entry }); // the form says nothing of calls
            }
            var lead = await anna.LeadOf(dossier);
            var safe = await anna.RulesOf(dossier, lead);
            Assert.Equal((rule, condition.Length == 0 ? null : condition, null), (safe.Call, safe.Details.Value.WhatMayBeSaid, safe.Checked));
            // A number that is found later opens nothing.
            await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Phone = "0470 98 76 54" });
            Assert.Equal(rule, (await anna.RulesOf(dossier, lead)).Call);
        }
    }

    [Theory, EveryEngine]
    public async Task The_officer_and_what_they_said_can_be_read_from_the_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, path) = (await zone.Hires("anna", Role.Caseworker), await Makes(zone));
        using var officer = zone.Passer();
        await officer.Submit(path, new Dictionary<string, string>(Filled()) { ["Form.MayCall"] = nameof(Rule.NotAsked) });
        await officer.Page(path);
        var entry = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync());
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzcanary", "Ada") with { Tray = entry.Id });
        var other = await anna.Registers(Cases.Intake(zone, "Anders", "Bo"));
        using var visit = anna.Visit();
        var link = Assert.Single((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll("main a[href*='/tray/']"));
        Assert.Equal(("The message it came from", $"/{zone.Code}/tray/{entry.Id}"), (link.TextContent, link.GetAttribute("href")));
        Assert.Contains("02 555 00 00", (await visit.Page($"/tray/{entry.Id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Empty((await visit.Page($"/dossiers/{other}")).QuerySelectorAll("main a[href*='/tray/']"));
        // Whoever works on dossiers and takes no messages has no way there.
        var mila = zone.As(Role.Trainee);
        await zone.Names(dossier, mila.Id);
        using var hers = mila.Visit();
        Assert.Empty((await hers.Page($"/dossiers/{dossier}")).QuerySelectorAll("main a[href*='/tray/']"));
        Assert.Equal(HttpStatusCode.NotFound, (await hers.Get($"/tray/{entry.Id}")).StatusCode);

        // A second message goes into the dossier: whom to ask back stands in the note, and what was said of calls though nobody asked.
        await officer.Submit(path, new Dictionary<string, string>(Filled()) { ["Form.MayCall"] = nameof(Rule.NotAsked), ["Form.Unit"] = "Unit 9", ["Form.OfficerPhone"] = "02 777 00 00", ["Form.Condition"] = "never through the shop" });
        var second = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync(e => e.State == TrayState.Waiting));
        Assert.True(await anna.Send(new AddTo.Command(second.Id, dossier, await anna.LeadOf(dossier))));
        var note = (await anna.Opens(dossier)).Timeline.Single(h => h.Text?.Contains("Unit 9", StringComparison.Ordinal) == true).Text!;
        foreach (var said in new[] { "Insp. Muster", "02 777 00 00", second.Reference, "never through the shop" }) Assert.Contains(said, note, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Revoked_never_made_and_made_up_are_the_same(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (first, elsewhere) = (await Makes(zone), await Makes(other));
        using var officer = zone.Passer();
        var form = (await officer.Page(first)).QuerySelector<IHtmlFormElement>("main form")!;
        var second = await Makes(zone); // a new one ends the old
        var bodies = new List<string>();
        foreach (var path in new[] { first, "/note/" + new string('A', 43), "/note/x", "/note/" + new string('b', 400), elsewhere.Replace(other.Code, zone.Code, StringComparison.Ordinal) })
        {
            var gone = await officer.Get(path);
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            bodies.Add(System.Text.RegularExpressions.Regex.Replace(await gone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "[0-9a-f]{32}", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await officer.Send(first, form, Filled())).StatusCode);
        Assert.Equal(0, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
        using (var chief = zone.Visit(Role.ZoneAdministrator))
        {
            Assert.DoesNotContain(second, (await chief.Page("/admin/request-link")).DocumentElement.OuterHtml, StringComparison.Ordinal);
            await chief.Submit("/admin/request-link", [], "main form[action*=Revoke]");
        }
        Assert.Equal(HttpStatusCode.NotFound, (await officer.Get(second)).StatusCode);
        foreach (var role in new[] { Role.Caseworker, Role.OnCall, Role.FrontDesk, Role.DataProtectionOfficer })
        {
            using var nobody = zone.Visit(role);
            Assert.Equal(HttpStatusCode.NotFound, (await nobody.Get("/admin/request-link")).StatusCode);
        }
    }

    [Fact]
    public async Task What_is_missing_is_said_what_was_typed_stays_and_a_second_press_is_one_request()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var path = await Makes(zone);
        using var officer = zone.Passer();
        var refused = await officer.Submit(path, [KeyValuePair.Create("Form.Unit", "Unit 3"), KeyValuePair.Create("Form.About", "Typed words"), KeyValuePair.Create("Form.Phone", "0470 12 34 56")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("Typed words", page.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        foreach (var field in new[] { "Officer", "OfficerPhone", "MayCall", "Urgency" }) Assert.NotNull(page.QuerySelector($".govuk-error-summary a[href='#Form_{field}']"));
        var form = (await officer.Page(path)).QuerySelector<IHtmlFormElement>("main form")!;
        await officer.Send(path, form, Filled());
        await officer.Send(path, form, Filled());
        Assert.Equal(1, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
        // Many tries from one address are stopped.
        var stopped = false;
        for (var i = 0; i < 40 && !stopped; i++) stopped = (await officer.Send(path, form, [])).StatusCode == HttpStatusCode.TooManyRequests;
        Assert.True(stopped);
    }

    [Fact]
    public async Task For_whom_a_wall_stands_round_the_person_the_request_is_not_there()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = bert.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Ada", FamilyName = "Zzcanary" });
        using var officer = zone.Passer();
        await officer.Submit(await Makes(zone), Filled());
        Assert.Single((await anna.Send(new Waiting.Query(false, 1))).Rows);
        Assert.Empty((await bert.Send(new Waiting.Query(false, 1))).Rows);
    }

    private static Dictionary<string, string> Filled() => new()
    {
        ["Form.Unit"] = "Unit 3", ["Form.Officer"] = "Insp. Muster", ["Form.OfficerPhone"] = "02 555 00 00", ["Form.OfficialReport"] = "BR.30.L1.777888/2026", ["Form.About"] = "Please call after the burglary", ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = "Zzcanary",
        ["Form.Phone"] = "0470 12 34 56", ["Form.MayCall"] = "OnlyIf", ["Form.Condition"] = "after six", ["Form.Language"] = "nl", ["Form.Urgency"] = "Urgent",
    };

    private static async Task<string> Makes(TestZone zone)
    {
        using var chief = zone.Visit(Role.Coordinator);
        var made = await Visit.Read(await chief.Submit("/admin/request-link", [], "main form:not([action*=Revoke])"));
        var address = made.QuerySelector("main code")!.TextContent;
        return address[address.IndexOf("/" + zone.Code, StringComparison.Ordinal)..];
    }
}
