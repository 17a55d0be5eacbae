using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Requests;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using Ask = VictimSupport.PublicDesk.Requests.Ask;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>Somebody without an account asks for an appointment: nothing is kept before it is sent, nothing of it is shown afterwards, and nothing that was typed is lost.</summary>
public sealed class AskTests
{
    [Theory, EveryEngine]
    public async Task A_request_is_checked_sent_once_and_lies_sealed_in_the_tray(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var first = await somebody.Get("/en/appointment");
        Assert.False(first.Headers.Contains("Set-Cookie"));
        var checkedOver = await somebody.Checks(platform);
        Assert.False(checkedOver.Headers.Contains("Set-Cookie"));
        var check = await Visit.Read(checkedOver);
        foreach (var said in new[] { "Zzcanary", "0470 12 34 56", "after six", "Sunflower", "العربية", "A child comes along" }) Assert.Contains(said, check.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // The state is sealed: what was said stands on the page to be read, and in no field.
        Assert.DoesNotContain(check.QuerySelectorAll("input"), i => (i.GetAttribute("value") ?? "").Contains("Zzcanary", StringComparison.Ordinal));
        Assert.Equal((0, 0), await zone.Look(async z => (await z.Set<TrayEntry>().CountAsync(), await z.Set<Slip>().CountAsync())));

        var form = check.QuerySelector<IHtmlFormElement>(Asking.Check)!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => somebody.Send("", form, []))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.All(answers, a => Assert.False(a.Headers.Contains("Set-Cookie")));
        var pages = new List<IHtmlDocument>();
        foreach (var answer in answers) pages.Add(await Visit.Read(answer));
        var (reference, code) = Assert.Single(pages.Select(Asking.Signs).Distinct());
        Assert.Matches("^[2-9A-HJ-NP-Z]{6}$", reference);
        Assert.Matches("^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$", code);
        foreach (var said in new[] { "Zzcanary", "0470 12", "after six", "Sunflower", "child" }) Assert.DoesNotContain(said, pages[0].DocumentElement.OuterHtml, StringComparison.Ordinal);

        var entry = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync());
        Assert.Equal((true, Guid.Empty, reference, entry.Id, Urgency.Urgent, Rule.Never, "ar"), (entry.FromPublic, entry.PutBy, entry.Reference, entry.KeyOwner, entry.Urgency, entry.MayCall, entry.Language));
        var slip = await zone.Look(z => z.Set<Slip>().AsNoTracking().SingleAsync());
        Assert.Equal((entry.Id, reference, SlipState.Received, (DateTimeOffset?)null), (slip.Id, slip.Reference, slip.State, slip.ForgetAt));
        Assert.DoesNotContain(code.Replace("-", "", StringComparison.Ordinal), slip.CodeHash, StringComparison.Ordinal);
        // No log and no record holds a word of it.
        foreach (var said in new[] { "Zzcanary", "0470 12", "Sunflower", code }) Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(said, StringComparison.OrdinalIgnoreCase));
        var records = await zone.Look(z => z.Set<AuditRow>().ToListAsync());
        Assert.Single(records, r => r.Act == "PublicDesk.Requests.Ask" && r.Subject == entry.Id && r.Actor == null && r.Payload.Contains("added", StringComparison.Ordinal));
        Assert.DoesNotContain(records, r => r.Payload.Contains("Zzcanary", StringComparison.OrdinalIgnoreCase) || r.Payload.Contains("Sunflower", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(await CanaryTests.Holding(zone, "Zzcanary"));
    }

    [Theory]
    [InlineData("fr", "Êtes-vous en danger maintenant ?"), InlineData("nl", "Bent u nu in gevaar?"), InlineData("de", "Sind Sie jetzt in Gefahr?"), InlineData("en", "Are you in danger now?")]
    public async Task Whoever_is_in_danger_is_shown_whom_to_call_and_sends_nothing(string language, string asked)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var page = await somebody.Page($"/{language}/appointment");
        Assert.Equal(language, page.DocumentElement.GetAttribute("lang"));
        Assert.Contains(asked, page.QuerySelector("#p0")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["tel:112", "tel:101", "#p0"], page.QuerySelectorAll("#now a").Select(a => a.GetAttribute("href")));
        Assert.Empty(page.QuerySelectorAll("#now form, #now input, #now button, #p0 form, #p0 input"));
        Assert.Equal(language, page.QuerySelector("select[name='Form.Language'] option[selected]")!.GetAttribute("value"));
        // No step asks for a telephone, and the tab says nothing.
        Assert.Equal(6, page.QuerySelectorAll("input[name='Form.Way']").Length);
        Assert.DoesNotContain("rendez", page.Title + "", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.NotFound, (await somebody.Get("/it/appointment")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task While_the_database_is_away_nothing_is_lost_and_the_same_press_sends_it_later(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var form = await somebody.Sendable(platform);
        await using var attacker = await zone.Break();
        await attacker.Do("ALTER TABLE request_slip RENAME TO gone");
        var away = await somebody.Send("", form, []);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        var shown = await Visit.Read(away);
        Assert.Contains("Nothing is lost", shown.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        await attacker.Do("ALTER TABLE gone RENAME TO request_slip");
        var (reference, _) = Asking.Signs(await Visit.Read(await somebody.Send("", shown.QuerySelector<IHtmlFormElement>(Asking.Check)!, [])));
        Assert.Equal(6, reference.Length);
        Assert.Equal((1, 1), await zone.Look(async z => (await z.Set<Slip>().CountAsync(), await z.Set<TrayEntry>().CountAsync())));
    }

    [Fact]
    public async Task While_nothing_answers_the_page_that_says_so_holds_what_was_filled_in()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var form = await somebody.Sendable(platform);
        await using var attacker = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(platform.Folder, "catalog.db")};Pooling=False");
        await attacker.OpenAsync(TestContext.Current.CancellationToken);
        await attacker.Do("ALTER TABLE setting_change RENAME TO gone");
        platform.Clock.Advance(TimeSpan.FromMinutes(1)); // what is remembered is forgotten
        var away = await somebody.Send("", form, []);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        var said = await Visit.Read(away);
        Assert.Contains("We do not know whether your message arrived", string.Join(' ', said.QuerySelectorAll("main [data-fault]").Select(p => p.TextContent)), StringComparison.Ordinal);
        foreach (var portal in new[] { "administrator", "Reference", "no access" }) Assert.DoesNotContain(portal, said.Body!.TextContent, StringComparison.OrdinalIgnoreCase);

        // So do the answers that were not checked yet.
        using var other = zone.Anybody();
        var fields = new[] { KeyValuePair.Create("Form.Called", "Zzcanary"), KeyValuePair.Create("Form.More", "A child comes along, and a dog that is afraid") };
        var typed = await Visit.Read(await other.Forge("/en/appointment", [.. fields.Select(f => (f.Key, f.Value))]));
        Assert.Equal(("Zzcanary", fields[1].Value), (typed.QuerySelector("input[name='Form.Called']")!.GetAttribute("value"), typed.QuerySelector("textarea[name='Form.More']")!.TextContent));

        await attacker.Do("ALTER TABLE gone RENAME TO setting_change");
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Asking.Signs(await Visit.Read(await somebody.Send("", said.QuerySelector<IHtmlFormElement>("main form")!, [])));
    }

    [Fact]
    public async Task What_is_missing_is_said_without_blame_and_what_was_typed_stays()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var answer = await somebody.Checks(platform, [KeyValuePair.Create("Form.Way", "Sms"), KeyValuePair.Create("Form.Reach", "no number"), KeyValuePair.Create("Form.More", "Typed words")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        foreach (var field in new[] { "Reach", "OnlyIf", "Called" })
        {
            Assert.NotNull(page.QuerySelector($".govuk-error-summary a[href='#Form_{field}']"));
            Assert.NotNull(page.QuerySelector($"#Form_{field}-error"));
        }
        Assert.Equal(("Typed words", "no number"), (page.QuerySelector("textarea")!.TextContent.Trim(), page.QuerySelector("#Form_Reach")!.GetAttribute("value")));
        Assert.NotNull(page.QuerySelector(".vs-ask--whole"));

        // Mended, it goes on as the same request.
        platform.Clock.Advance(TimeSpan.FromSeconds(4));
        var mended = await somebody.Send("/en/appointment", page.QuerySelector<IHtmlFormElement>(Asking.Form)!, Asking.Filled());
        Assert.Equal(HttpStatusCode.OK, mended.StatusCode);

        foreach (var (field, value) in new[]
        {
            ("Form.Need", "9"), ("Form.Need", "x"), ("Form.Way", "77"), ("Form.Way", ""), ("Form.Reach", ""), ("Form.Reach", "101"), ("Form.OnlyIf", ""), ("Form.OnlyIf", "perhaps"), ("Form.Called", "   "), ("Form.Called", new string('x', 101)), ("Form.Language", "xx"),
            ("Form.Parts", "Night"), ("Form.Place", "9"), ("Form.When", "9"), ("Form.More", new string('x', 2001)), ("Form.Hours", new string('x', 201)), ("Form.MayBeSaid", new string('x', 301)), ("Form.CodeWord", new string('x', 61)),
        })
        {
            var bad = Asking.Filled();
            bad[field] = value;
            Assert.True((await somebody.Checks(platform, bad)).StatusCode == HttpStatusCode.UnprocessableEntity, $"{field}={value[..Math.Min(10, value.Length)]}");
        }
        foreach (var (way, reach, good) in new[] { ("Mail", "ada@example.be", true), ("Mail", "ada", false), ("Mail", "Ada <ada@example.be>", false), ("Video", "ada@example.be", true), ("Letter", "Rue Inventée 1", true), ("Self", "", true), ("Call", "ada@example.be", false) })
        {
            var some = Asking.Filled();
            (some["Form.Way"], some["Form.Reach"]) = (way, reach);
            Assert.True((await somebody.Checks(platform, some)).StatusCode == (good ? HttpStatusCode.OK : HttpStatusCode.UnprocessableEntity), $"{way} {reach}");
        }
        var onlyIf = Asking.Filled();
        (onlyIf["Form.Hours"], onlyIf["Form.CodeWord"]) = ("", "");
        Assert.NotNull((await Visit.Read(await somebody.Checks(platform, onlyIf))).QuerySelector("#Form_Hours-error"));
        Assert.Equal(0, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
    }

    [Fact]
    public async Task What_fills_in_every_field_or_in_no_time_is_stopped_and_told_why()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var filled = await somebody.Checks(platform, Asking.Filled().Append(KeyValuePair.Create("Website", "http://x.example")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, filled.StatusCode);
        var page = await Visit.Read(filled);
        Assert.NotNull(page.QuerySelector(".govuk-error-summary a[href='#Website']"));
        Assert.Null(page.QuerySelector(".vs-ask__trap"));
        Assert.Equal("Zzcanary", page.QuerySelector("#Form_Called")!.GetAttribute("value"));

        var form = (await somebody.Page("/en/appointment")).QuerySelector<IHtmlFormElement>(Asking.Form)!;
        var quick = await somebody.Send("/en/appointment", form, Asking.Filled());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, quick.StatusCode);
        var again = (await Visit.Read(quick)).QuerySelector<IHtmlFormElement>(Asking.Form)!;
        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await somebody.Send("/en/appointment", again, [])).StatusCode); // all that was typed is there still
    }

    [Fact]
    public async Task A_form_from_another_site_or_from_nowhere_is_refused_and_nothing_is_kept()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var form = await somebody.Sendable(platform);
        foreach (var said in new[] { null, "cross-site", "same-site", "none" })
        {
            using var elsewhere = zone.Passer();
            elsewhere.Client.DefaultRequestHeaders.Remove(Visit.FetchSite);
            if (said is not null) elsewhere.Client.DefaultRequestHeaders.Add(Visit.FetchSite, said);
            Assert.Equal(HttpStatusCode.BadRequest, (await elsewhere.Send("", form, [])).StatusCode);
        }
        Assert.Equal(0, await zone.Look(z => z.Set<Slip>().CountAsync()));
    }

    [Fact]
    public async Task A_state_that_is_forged_or_another_zones_opens_nothing()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        using var somebody = zone.Anybody();
        using var there = other.Anybody();
        var form = await somebody.Sendable(platform);
        var good = form.QuerySelector("input[name=state]")!.GetAttribute("value")!;
        foreach (var bad in new[] { "", "x", good[..^8], good + "A", good.Replace(good[40], good[40] == 'A' ? 'B' : 'A'), new string('A', 50_000) })
        {
            foreach (var handler in new[] { "Send", "Change" })
            {
                var answer = await somebody.Forge($"/en/appointment?handler={handler}", ("state", bad));
                var page = await Visit.Read(answer);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Contains("Please start again", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
                Assert.DoesNotContain("Zzcanary", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
            }
        }
        Assert.Contains("Please start again", (await Visit.Read(await there.Forge("/en/appointment?handler=Send", ("state", good)))).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        // What stands in the fields is kept, whatever became of the state.
        var forged = await somebody.Forge("/en/appointment", [.. Asking.Filled().Select(f => (f.Key, f.Value)), ("state", "x")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.StatusCode);
        Assert.Equal("Zzcanary", (await Visit.Read(forged)).QuerySelector("#Form_Called")!.GetAttribute("value"));
        Assert.Equal((0, 0), (await zone.Look(z => z.Set<Slip>().CountAsync()), await other.Look(z => z.Set<Slip>().CountAsync())));
    }

    [Fact]
    public async Task A_page_that_lay_open_for_hours_keeps_what_was_typed_and_one_of_yesterday_shows_nothing()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var typed = (await somebody.Page("/en/appointment")).QuerySelector<IHtmlFormElement>(Asking.Form)!;
        platform.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal(HttpStatusCode.OK, (await somebody.Send("/en/appointment", typed, Asking.Filled())).StatusCode);
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        var old = await somebody.Send("/en/appointment", typed, Asking.Filled());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, old.StatusCode);
        Assert.Equal("Zzcanary", (await Visit.Read(old)).QuerySelector("#Form_Called")!.GetAttribute("value"));

        var form = await somebody.Sendable(platform);
        platform.Clock.Advance(TimeSpan.FromMinutes(121));
        var late = await Visit.Read(await somebody.Send("", form, []));
        Assert.Equal("Zzcanary", late.QuerySelector("#Form_Called")!.GetAttribute("value"));
        Assert.Contains("Nothing is lost", late.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await zone.Look(z => z.Set<Slip>().CountAsync()));
        platform.Clock.Advance(TimeSpan.FromHours(22));
        var gone = await Visit.Read(await somebody.Send("", form, []));
        Assert.DoesNotContain("Zzcanary", gone.DocumentElement.OuterHtml, StringComparison.Ordinal);

        // Checked again, it goes.
        platform.Clock.Advance(TimeSpan.FromSeconds(4));
        var fresh = await somebody.Send("/en/appointment", (await somebody.Page("/en/appointment")).QuerySelector<IHtmlFormElement>(Asking.Form)!, Asking.Filled());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, fresh.StatusCode); // in no time
    }

    [Fact]
    public async Task Back_from_the_check_all_answers_are_there_and_it_is_still_one_request()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await (await platform.Zone()).GoesLive();
        using var somebody = zone.Anybody();
        var check = await somebody.Sendable(platform);
        check.SetAttribute("action", check.QuerySelector("button[formaction$='#p3']")!.GetAttribute("formaction")!.Split('#')[0]);
        var back = await Visit.Read(await somebody.Send("", check, []));
        Assert.Equal(("Zzcanary", "A child comes along", "ar"), (back.QuerySelector("#Form_Called")!.GetAttribute("value"), back.QuerySelector("textarea")!.TextContent.Trim(), back.QuerySelector("select option[selected]")!.GetAttribute("value")));
        Assert.Equal(["Appointment", "Sms", "True", "Soon", "Evening", "Elsewhere"], back.QuerySelectorAll("main input[type=radio][checked], main input[name='Form.Parts'][checked]").Select(i => i.GetAttribute("value")));
        var changed = await Visit.Read(await somebody.Send("/en/appointment", back.QuerySelector<IHtmlFormElement>(Asking.Form)!, [KeyValuePair.Create("Form.Called", "Noor")]));
        var one = Asking.Signs(await Visit.Read(await somebody.Send("", changed.QuerySelector<IHtmlFormElement>(Asking.Check)!, [])));
        check.SetAttribute("action", check.GetAttribute("action")!.Replace("Change", "Send", StringComparison.Ordinal));
        Assert.Equal(one, Asking.Signs(await Visit.Read(await somebody.Send("", check, [])))); // the older check, sent after it: the same request
        Assert.Equal("Noor", (await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync())).Message.Value.GivenName);
    }

    [Fact]
    public async Task Many_requests_from_one_address_to_one_zone_are_stopped_for_an_hour_and_nothing_typed_is_lost()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await (await platform.Zone()).GoesLive(), await (await platform.Zone()).GoesLive());
        using var somebody = zone.Anybody();
        using var there = other.Anybody();
        for (var i = 0; i < 20; i++) await somebody.Asks(platform);
        var form = await somebody.Sendable(platform);
        var stopped = await somebody.Send("", form, []);
        Assert.Equal(HttpStatusCode.TooManyRequests, stopped.StatusCode);
        var page = await Visit.Read(stopped);
        Assert.Contains("Zzcanary", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".govuk-error-summary"));
        await there.Asks(platform);
        Assert.Equal((20, 1), (await zone.Look(z => z.Set<Slip>().CountAsync()), await other.Look(z => z.Set<Slip>().CountAsync())));
        platform.Clock.Advance(TimeSpan.FromMinutes(61));
        Asking.Signs(await Visit.Read(await somebody.Send("", page.QuerySelector<IHtmlFormElement>(Asking.Check)!, [])));
    }

    [Fact]
    public async Task Which_languages_somebody_may_say_are_those_of_the_casework()
    {
        await using var platform = Platform.Start("sqlite");
        Assert.Equal(Languages.All, [.. Tongues.All.Select(t => t.Code), Tongues.Other]);
    }

    // Monday to Friday 8:30–12 and 13–17; Brussels is at +1 in November, at +2 until 25 October 2026, 3 in the morning.
    [Theory]
    [InlineData("2026-11-24T09:00Z", "2026-11-24T09:00Z")] // open now
    [InlineData("2026-11-24T05:00Z", "2026-11-24T07:30Z")]
    [InlineData("2026-11-24T11:30Z", "2026-11-24T12:00Z")] // at noon
    [InlineData("2026-11-24T16:00Z", "2026-11-25T07:30Z")] // closed at five sharp
    [InlineData("2026-11-27T17:00Z", "2026-11-30T07:30Z")] // over the week-end
    [InlineData("2026-10-23T16:00Z", "2026-10-26T07:30Z")] // over the night in which the clock is put back
    [InlineData("2027-03-26T17:00Z", "2027-03-29T06:30Z")] // and forward
    public void When_it_will_next_be_read_follows_the_zones_hours_and_its_clock(string now, string next)
    {
        var hours = OpeningHours.Read("08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;08:30-12:00,13:00-17:00;;")!;
        Assert.Equal(At(next), NextReading.After(At(now), hours));
    }

    [Fact]
    public void An_hour_that_never_comes_is_the_one_after_it_and_no_hours_are_none()
    {
        Assert.Equal(At("2027-03-28T01:30Z"), NextReading.After(At("2027-03-27T12:00Z"), OpeningHours.Read(";;;;;;02:30-05:00")!));
        Assert.Null(NextReading.After(At("2026-11-24T09:00Z"), OpeningHours.Unknown));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
