using AngleSharp.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Requests;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.PublicDesk;
using VictimSupport.Zones.Settings;
using Waiting = VictimSupport.Casework.Tray.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>What was asked for on the public page is in the tray at once, and becomes a dossier without a word typed again, or is answered, or declined.</summary>
public sealed class RequestTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_request_is_in_the_tray_at_once_with_the_urgency_the_person_gave_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (nobody, anna) = (zone.As(), await zone.Hires("anna", Role.Caseworker));
        var later = await nobody.AsksFor("Ada", when: Haste.Later);
        var open = await nobody.AsksFor("Danger Suicide"); // no word is weighed
        var soon = await nobody.AsksFor("Célia", when: Haste.Soon);
        var rows = (await anna.Send(new Waiting.Query(false, 1))).Rows;
        Assert.Equal([soon, later, open], rows.Select(r => r.Entry));
        Assert.Equal([Urgency.Urgent, Urgency.Ordinary, Urgency.Ordinary], rows.Select(r => r.Urgency));
        await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        var waits = await anna.Send(new Desk.Query());
        Assert.Equal((4, 3), (waits.Tray, waits.Requests));
        using var visit = anna.Visit();
        Assert.Contains("3 new requests from the public page", Flat(await visit.Page("/worklist")), StringComparison.Ordinal);
        var list = Flat(await visit.Page("/tray"));
        // Whoever rings names a reference; what was written down here has none.
        foreach (var said in new[] { "the person, on the public page", VictimSupport.PublicDesk.Contracts.Reference.Of(soon) }) Assert.Contains(said, list, StringComparison.Ordinal);
        Assert.Equal(3, (await anna.Send(new Waiting.Query(false, 1))).Rows.Count(r => r.Reference is not null));
        var shown = Flat(await visit.Page($"/tray/{soon}"));
        foreach (var said in new[] { "Célia", "the person asks for help as soon as possible", "A call back", "In the morning, At the weekend", "At my home", "Would like an interpreter", "With my sister", "No voice message", VictimSupport.PublicDesk.Contracts.Reference.Of(soon) }) Assert.Contains(said, shown, StringComparison.Ordinal);
        // The number stands behind the rule, as ever.
        Assert.DoesNotContain("0470", shown, StringComparison.Ordinal);
        Assert.Contains("Requests from the public page", Flat(await visit.Page("/waiting")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Call", "0470 12 34 56", "Call", "Safe"), InlineData("Sms", "0470 12 34 56", "Sms", "OnlyIf"), InlineData("Mail", "ada@example.be", "Mail", "OnlyIf"), InlineData("Letter", "Rue Inventée 1", "Letter", "OnlyIf")]
    public async Task What_was_written_on_the_public_page_waits_to_be_confirmed_and_nothing_goes_out_unattended_on_it(string way, string reach, string channel, string rule)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var request = await zone.As().AsksFor("Noor", Enum.Parse<Way>(way), reach, onlyIf: false);
        var dossier = (await anna.Send(await anna.Send(new Prefill.Query(request)) with { SubKind = "Burglary", Tray = request, Once = Guid.NewGuid() })).Dossier;
        var safe = (await anna.Opens(dossier)).People[0].Safe;
        Assert.Equal((null, null, Enum.Parse<Rule>(rule)), (safe.Checked, safe.CheckedBy, safe.Of(Enum.Parse<Channel>(channel))));
        Assert.Contains("to be confirmed", safe.Details.Value.WhatMayBeSaid, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Call", "0470 12 34 56", "Call"), InlineData("Sms", "0470 12 34 56", "Sms"), InlineData("Mail", "ada@example.be", "Mail"), InlineData("Video", "ada@example.be", "Mail"), InlineData("Letter", "Rue Inventée 1", "Letter"), InlineData("Self", null, null)]
    public async Task It_becomes_a_dossier_without_retyping_and_only_the_way_that_was_named_is_open(string way, string? reach, string? open)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var request = await zone.As().AsksFor("Noor Exemple", Enum.Parse<Way>(way), reach, onlyIf: way != "Self");
        var form = await anna.Send(new Prefill.Query(request));
        Assert.Equal(("Noor", "Exemple", false, "tr", (DateTimeOffset?)null), (form.GivenName, form.FamilyName, form.Unknown, form.Language, form.When));
        Assert.Equal(way is "Call" or "Sms" ? reach : null, form.Phone);
        foreach (var said in new[] { "A call back", "In the morning", "At my home", "With my sister" }) Assert.Contains(said, form.Note, StringComparison.Ordinal);
        var dossier = (await anna.Send(form with { SubKind = "Burglary", Tray = request, Once = Guid.NewGuid() })).Dossier;

        var person = (await anna.Opens(dossier)).People[0];
        foreach (var channel in new[] { Channel.Call, Channel.Sms, Channel.Mail, Channel.Letter }) Assert.Equal(channel.ToString() == open ? Rule.OnlyIf : Rule.Never, person.Safe.Of(channel));
        Assert.Equal(Rule.NotAsked, person.Safe.Visit);
        var details = person.Safe.Details.Value;
        Assert.Equal(way == "Self" ? (null, null) : ("9 to 11", "Sunflower"), (details.Hours, details.CodeWord));
        if (way != "Self") Assert.StartsWith("say it is the library", details.WhatMayBeSaid, StringComparison.Ordinal);
        if (way == "Call") Assert.EndsWith("No voice message", details.WhatMayBeSaid, StringComparison.Ordinal);
        var identity = await zone.Look(async z => (await z.Set<VictimSupport.Casework.People.Person>().AsNoTracking().SingleAsync(p => p.DossierId == dossier)).Identity.Value);
        Assert.Equal((way is "Mail" or "Video" ? reach : null, way == "Letter" ? reach : null), (identity.Mail, identity.Address));
        Assert.Equal(InterpreterKind.Present, await zone.Look(z => z.Set<Interpreter>().Where(i => i.DossierId == dossier).Select(i => i.Kind).SingleAsync()));
        Assert.Equal(await zone.Look(z => z.Set<TrayEntry>().Where(e => e.Id == request).Select(e => e.PutAt).SingleAsync()), await zone.Look(z => z.Set<Dossier>().Where(d => d.Id == dossier).Select(d => d.RequestedAt).SingleAsync()));
        Assert.Equal(SlipState.WeReach, await zone.Look(z => z.Set<Slip>().Select(s => s.State).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_way_that_a_never_closed_in_a_dossier_is_not_shown_as_one_to_use(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, colleague) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (atTheNumber, one) = await colleague.Knows(zone, "Rue 1", "Muster", "Bram", phone: "0471 00 00 01");
        await colleague.Agrees(atTheNumber, one, r => r with { Sms = Rule.Never });
        var (atTheBox, two) = await colleague.Knows(zone, "Rue 2", "Voorbeeld", "Cis", mail: "Shared@example.be", phone: null);
        await colleague.Agrees(atTheBox, two, r => r with { Mail = Rule.Never });
        var (theirs, three) = await colleague.Knows(zone, "Rue 3", "Exemple", "Noor", phone: null);
        await colleague.Agrees(theirs, three, r => r with { Letter = Rule.Never });
        using var visit = anna.Visit();
        foreach (var (called, way, reach, closed) in new[]
        {
            ("Ada", Way.Sms, "+32 471/00.00.01", true), ("Ada", Way.Sms, "0471 00 00 02", false), ("Ada", Way.Mail, "shared@example.be", true), ("Ada", Way.Video, "shared@example.be", true), ("Ada", Way.Mail, "own@example.be", false),
            ("Noor Exemple", Way.Letter, "Rue 3", true), ("Noor Exemple", Way.Mail, "own@example.be", false),
        })
        {
            var request = await zone.As().AsksFor(called, way, reach);
            var page = Flat(await visit.Page($"/tray/{request}"));
            Assert.Equal((closed, !closed), (page.Contains("The person said never.", StringComparison.Ordinal), page.Contains(reach, StringComparison.Ordinal)));
        }
        // What is a dossier is reached by the dossier's rules, and from there.
        var taken = await zone.As().AsksFor("Zoë", Way.Mail, "zoe@example.be");
        await anna.Registers(Cases.Intake(zone, "", "Zoë") with { Tray = taken });
        Assert.DoesNotContain("zoe@example.be", Flat(await visit.Page($"/tray/{taken}")), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Whoever_comes_forward_themselves_is_waited_for_also_when_their_request_is_erased_and_then_no_longer(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.RequestKeptDays, Text = "7", From = DateOnly.FromDateTime(platform.Clock.GetUtcNow().UtcDateTime) });
        platform.Clock.Advance(TimeSpan.FromSeconds(4));
        var request = await zone.As().AsksFor("Ed", Way.Self);
        var dossier = await anna.Registers(Cases.Intake(zone, "", "Ed") with { Tray = request });
        Assert.Contains((await anna.Opens(dossier)).Timeline, h => h.Title == "The person comes forward themselves; they are waited for");
        Assert.Contains((await anna.Opens(dossier)).Timeline, h => h.Message == request);
        var act = Assert.Single((await anna.Opens(dossier)).Planned);
        // When they asked is put right: they are waited for as long.
        await anna.Send(await anna.Send(new Facts.Query(dossier)) with { Dossier = dossier, RequestedAt = platform.Clock.GetUtcNow().AddDays(-3) });
        Assert.Equal(act.DueAt, Assert.Single((await anna.Opens(dossier)).Planned).DueAt);
        await anna.Send(new Complete.Command(act.Id)); // nothing is planned that would be told instead
        platform.Clock.Advance(TimeSpan.FromDays(10));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<TrayEntry>().CountAsync()));
        Assert.All((await anna.Opens(dossier)).Timeline, h => Assert.Null(h.Message)); // nothing leads to what is gone
        Assert.Equal(0, (await anna.Send(new Bell.Query())).FirstContact);
        Assert.DoesNotContain(await zone.Look(z => z.Set<VictimSupport.Casework.Reminding.Told>().ToListAsync()), t => t.About == dossier);
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await zone.RunJobs();
        Assert.Equal(1, (await anna.Send(new Bell.Query())).FirstContact);
        var told = Assert.Single(await zone.Look(z => z.Set<VictimSupport.Casework.Reminding.Told>().Where(t => t.About == dossier).ToListAsync()));
        Assert.Equal(act.DueAt, told.DueAt); // late since the wait ended, not before
    }

    [Theory, EveryEngine]
    public async Task When_somebody_asked_is_put_right_and_what_they_were_promised_stays(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (asked, request) = (platform.Clock.GetUtcNow(), await zone.As().AsksFor("Ada")); // promised and first contact: both two days
        platform.Clock.Advance(TimeSpan.FromHours(20));
        var dossier = await anna.Registers(Cases.Intake(zone, "", "Ada") with { Tray = request, Safe = Rule.Safe, Phone = "0470 12 34 56" });
        await Corrected(asked.AddHours(10));
        Assert.Equal(asked.AddHours(48), await Due(), TimeSpan.FromMinutes(1));
        await Corrected(asked.AddHours(-10)); // a patrol had passed it on before
        Assert.Equal(asked.AddHours(38), await Due(), TimeSpan.FromMinutes(1));

        async Task Corrected(DateTimeOffset at) => await anna.Send(await anna.Send(new Facts.Query(dossier)) with { Dossier = dossier, RequestedAt = at });
        async Task<DateTimeOffset> Due() => Assert.Single((await anna.Opens(dossier)).Planned).DueAt;
    }

    [Theory, EveryEngine]
    public async Task For_whom_a_wall_stands_round_the_person_the_request_is_not_there(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, officer) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), zone.As(Role.DataProtectionOfficer));
        var before = await zone.As().AsksFor("Ada Zzcanary", Way.Self);
        await officer.Send(new Build.Command { Colleague = bert.Id, Round = Round.Person, GivenName = "Ada", FamilyName = "Zzcanary", Phone = "0471 00 00 01" });
        var after = await zone.As().AsksFor("Áda zzcanary", Way.Self);
        var byNumber = await zone.As().AsksFor("Somebody", Way.Sms, "+32 471 00 00 01");
        var other = await zone.As().AsksFor("Bo");
        Assert.Equal(4, (await anna.Send(new Waiting.Query(false, 1))).Total);
        Assert.Equal(other, Assert.Single((await bert.Send(new Waiting.Query(false, 1))).Rows).Entry);
        Assert.Equal((1, 1), (await bert.Send(new Desk.Query())) is var waits ? (waits.Tray, waits.Requests) : default);
        foreach (var hidden in new[] { before, after, byNumber })
        {
            await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Open.Query(hidden)));
            await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Prefill.Query(hidden)));
            await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Contacted.Command(hidden)));
            await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Decline.Command { Entry = hidden, Cause = DeclineCause.Other }));
        }
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada") with { Tray = after });
        await Assert.ThrowsAsync<RefusedException>(() => bert.Opens(dossier));
    }

    [Theory, EveryEngine]
    public async Task It_is_declined_with_a_code_that_stays_here_or_noted_as_answered(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (declined, answered) = (await zone.As().AsksFor("Ada"), await zone.As().AsksFor("Bo"));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Decline.Command { Entry = declined, Reason = "words alone" }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Decline.Command { Entry = declined, Cause = (DeclineCause)77 }));
        await anna.Send(new Decline.Command { Entry = declined, Cause = DeclineCause.OtherZone });
        await bert.Send(new Decline.Command { Entry = declined, Cause = DeclineCause.NotMeant, Reason = "another" });
        await anna.Send(new Contacted.Command(answered));
        await bert.Send(new Contacted.Command(answered));
        var rows = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().ToDictionaryAsync(e => e.Id));
        Assert.Equal((TrayState.Declined, DeclineCause.OtherZone, null, anna.Id), (rows[declined].State, rows[declined].Cause, rows[declined].Reason, rows[declined].ClosedBy));
        Assert.Equal((TrayState.Contacted, anna.Id), (rows[answered].State, rows[answered].ClosedBy));
        var slips = await zone.Look(z => z.Set<Slip>().ToDictionaryAsync(s => s.Id, s => s.State));
        Assert.Equal((SlipState.OtherWay, SlipState.WeReach), (slips[declined], slips[answered]));
        Assert.Equal(2, (await anna.Send(new Waiting.Query(true, 1))).Total);
        foreach (var closed in new[] { declined, answered }) await Assert.ThrowsAsync<ValidationException>(() => anna.Registers(Cases.Intake(zone) with { Tray = closed }));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Contacted.Command(declined)));

        // A message of the desk keeps its own rules.
        var message = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Contacted.Command(message)));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Decline.Command { Entry = message, Cause = DeclineCause.Other }));
        using var visit = anna.Visit();
        Assert.NotNull((await visit.Page($"/tray/{message}")).QuerySelector("textarea[name='Form.Reason']"));
        var third = await zone.As().AsksFor("Cy");
        Assert.NotNull((await visit.Page($"/tray/{third}")).QuerySelector("select[name='Form.Cause']"));
        var refused = await visit.Submit($"/tray/{third}", [KeyValuePair.Create("Form.Reason", "Typed words")], "main form[action*=Decline]");
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var again = await Visit.Read(refused);
        Assert.NotNull(again.QuerySelector("#Form_Cause-error"));
        Assert.Contains("Typed words", again.QuerySelector("textarea[name='Form.Reason']")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Taking_a_request_into_a_dossier_puts_off_no_promise_and_hurries_nobody_who_comes_forward_themselves(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var (anna, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.ZoneAdministrator));
        await chief.Send(new Change.Command { Setting = SettingCode.RequestAnswerHours, Text = "10", From = DateOnly.FromDateTime(platform.Clock.GetUtcNow().UtcDateTime) });
        var asked = platform.Clock.GetUtcNow();
        var (ordinary, urgent, self, desk) = (await zone.As().AsksFor("Ada"), await zone.As().AsksFor("Bo", when: Haste.Soon), await zone.As().AsksFor("Ed", way: Way.Self), (Guid?)null);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var (entry, waits) in new[] { (ordinary, 10d), (urgent, 4d), (self, 1 + (14 * 24d)), (desk, 1 + 48d) })
        {
            var dossier = await anna.Registers(Cases.Intake(zone, "", "Name") with { Tray = entry, Safe = entry is null ? Rule.Safe : null, Phone = entry is null ? "0470 12 34 56" : null });
            var act = await zone.Look(z => z.Set<FollowUp>().AsNoTracking().SingleAsync(f => f.DossierId == dossier));
            Assert.Equal((ActKind.FirstContact, waits), (act.Kind, Math.Round((act.DueAt - asked).TotalHours, 1)));
            Assert.Equal(entry == self, act.Text?.Value.Contains("Do not contact", StringComparison.Ordinal) == true);
        }
        platform.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(3, (await anna.Send(new Bell.Query())).FirstContact);
    }

    [Theory, EveryEngine]
    public async Task Half_way_to_the_promise_colleagues_are_told_and_at_its_end_the_coordinators_each_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var (anna, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.ZoneAdministrator));
        await zone.Hires("cora", Role.Coordinator);
        await chief.Send(new Change.Command { Setting = SettingCode.RequestAnswerHours, Text = "10", From = DateOnly.FromDateTime(platform.Clock.GetUtcNow().UtcDateTime) });
        await zone.As().AsksFor("Zzcanary");
        var answered = await zone.As().AsksFor("Bo");
        await anna.Send(new Contacted.Command(answered));
        await Passes(TimeSpan.FromHours(4.9));
        Assert.Empty(Of("request-waits"));
        await Passes(TimeSpan.FromMinutes(20));
        Assert.Equal([Staff.AddressOf(zone, "anna"), Staff.AddressOf(zone, "cora")], Of("request-waits").Select(l => l.To).Order(StringComparer.Ordinal));
        Assert.Empty(Of("tray-waits"));
        await Passes(TimeSpan.FromHours(5));
        Assert.Equal(Staff.AddressOf(zone, "cora"), Assert.Single(Of("tray-waits")).To);
        await Passes(TimeSpan.FromDays(3));
        Assert.Equal((2, 1), (Of("request-waits").Count, Of("tray-waits").Count));
        foreach (var letter in platform.Post.Letters) foreach (var secret in new[] { "Zzcanary", "0470", zone.Code }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);

        // An urgent one waits four hours at most: told after two.
        var urgent = await zone.As().AsksFor("Cy", when: Haste.Soon);
        await Passes(TimeSpan.FromHours(2.1));
        Assert.Equal(4, Of("request-waits").Count);
        await anna.Send(new Decline.Command { Entry = urgent, Cause = DeclineCause.SentTwice });
        await Passes(TimeSpan.FromHours(9));
        Assert.Single(Of("tray-waits"));

        // Who comes forward themselves waits for nobody's answer half way; that it lies there still is told at the end.
        await zone.As().AsksFor("Ed", way: Way.Self);
        await Passes(TimeSpan.FromHours(6));
        Assert.Equal(4, Of("request-waits").Count);
        await Passes(TimeSpan.FromHours(5));
        Assert.Equal((4, 2), (Of("request-waits").Count, Of("tray-waits").Count));

        async Task Passes(TimeSpan time)
        {
            platform.Clock.Advance(time);
            await zone.RunJobs();
            await zone.RunJobs();
        }
        List<VictimSupport.Foundation.Mail.Letter> Of(string kind) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith(kind, StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task What_was_answered_declined_or_taken_is_erased_with_its_key_after_the_zones_days_and_what_waits_stays(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await (await platform.Zone()).GoesLive();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (taken, declined, answered, waiting) = (await zone.As().AsksFor("Ada"), await zone.As().AsksFor("Bo"), await zone.As().AsksFor("Cy"), await zone.As().AsksFor("Dee"));
        var desk = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        var dossier = await anna.Registers(Cases.Intake(zone, "", "Ada") with { Tray = taken });
        await anna.Send(new Decline.Command { Entry = declined, Cause = DeclineCause.NotForUs, Reason = "Zzcanary" });
        await anna.Send(new Contacted.Command(answered));
        await anna.Send(new Decline.Command { Entry = desk, Reason = "x" });
        platform.Clock.Advance(TimeSpan.FromDays(29));
        await zone.RunJobs();
        Assert.Equal((5, 4), await zone.Look(async z => (await z.Set<TrayEntry>().CountAsync(), await z.Set<Slip>().CountAsync())));
        platform.Clock.Advance(TimeSpan.FromDays(1.1));
        await zone.RunJobs();
        Assert.Equal([waiting, desk], await zone.Look(z => z.Set<TrayEntry>().OrderBy(e => e.PutAt).Select(e => e.Id).ToListAsync()));
        Assert.Equal(waiting, await zone.Look(z => z.Set<Slip>().Select(s => s.Id).SingleAsync()));
        foreach (var gone in new[] { taken, declined, answered }) Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(gone));
        Assert.Equal("Dee", (await anna.Send(new Open.Query(waiting))).Message.GivenName);
        Assert.Equal("Ada", (await anna.Opens(dossier)).People[0].Name);
    }

    private static string Flat(AngleSharp.Html.Dom.IHtmlDocument page) => System.Text.RegularExpressions.Regex.Replace(page.Body!.TextContent, @"\s+", " ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
