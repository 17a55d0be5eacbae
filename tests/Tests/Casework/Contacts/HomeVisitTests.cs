using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>In and out of a visit, and what the whole zone sees of somebody who is late.</summary>
public sealed class HomeVisitTests(Platforms platforms)
{
    private const string Family = "Zzkanarie";
    private static readonly Dictionary<string, string?> Provider = new() { ["SmsGateway:Address"] = "{number}@sms.example", ["SmsGateway:From"] = "agenda@mail.example" };

    [Theory, EveryEngine]
    public async Task A_late_check_out_shows_red_to_every_colleague_with_nothing_of_the_person_and_goes_after_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var other = await platform.Zone();
        var (anna, bert, walled) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("walled", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone, Family, "Quirien"));
        var number = (await anna.Opens(dossier)).Dossier.Number;
        var id = await anna.Send(await anna.Appointment(zone, dossier) with { Place = Place.Home, Note = Family });
        await zone.WallsOff(walled, dossier);
        using var hers = anna.Visit();
        var path = $"/dossiers/{dossier}/appointments/{id}/visit";
        Assert.Contains("no alarm system", (await hers.Page(path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Submit(path, [KeyValuePair.Create("Form.Minutes", "30")])).StatusCode);
        Visit[] colleagues = [bert.Visit(), walled.Visit(), (await zone.Hires("desk", Role.FrontDesk)).Visit(), (await zone.Hires("admin", Role.ZoneAdministrator)).Visit()];
        string[] pages = ["/worklist", "/worklist", "/message", "/admin/staff"];
        using var outside = (await other.Hires("cora", Role.Coordinator)).Visit();
        Assert.All(await Bands(), band => Assert.Null(band));
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        foreach (var band in await Bands())
        {
            Assert.Contains("anna", band, StringComparison.Ordinal);
            Assert.Contains("Home", band, StringComparison.Ordinal);
            Assert.Contains("no alarm", band, StringComparison.Ordinal);
            foreach (var secret in new[] { Family, "Quirien", "Q.Z.", number, dossier.ToString(), id.ToString() }) Assert.DoesNotContain(secret, band, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Null((await outside.Page("/worklist")).QuerySelector(".vs-alarm"));
        // A page that is open asks by itself, quietly.
        Assert.Contains("anna", await (await colleagues[2].Get("/alarms")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("[]", await (await outside.Get("/alarms")).Content.ReadAsStringAsync());

        var page = await hers.Page("/worklist");
        var press = (IHtmlFormElement)page.QuerySelector(".vs-alarm form")!;
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Send("/worklist", press, [])).StatusCode);
        Assert.All(await Bands(), band => Assert.Null(band));
        var form = (await anna.Send(new Record.Query(dossier, id))).Planned!;
        Assert.Equal(31, form.Minutes);
        foreach (var colleague in colleagues) colleague.Dispose();

        async Task<string?[]> Bands()
        {
            var all = new List<string?>();
            foreach (var (colleague, at) in colleagues.Zip(pages)) all.Add((await colleague.Page(at)).QuerySelector(".vs-alarm")?.OuterHtml);
            return [.. all];
        }
    }

    [Theory, EveryEngine]
    public async Task Colleagues_who_are_there_are_told_too_and_whoever_visits_is_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        // She is the only coordinator, and the one who is late.
        var (cora, bert, away) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("bert", Role.Caseworker), await zone.Hires("away", Role.Caseworker));
        foreach (var (name, role) in new[] { ("mila", Role.Trainee), ("desk", Role.FrontDesk), ("admin", Role.ZoneAdministrator) }) await zone.Hires(name, role);
        await zone.IsAway(away, bert);
        var dossier = await cora.Registers(Cases.Intake(zone, Family, "Quirien"));
        var id = await cora.Send(await cora.Appointment(zone, dossier) with { Place = Place.Home });
        await cora.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        for (var i = 0; i < 3; i++) await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("check-out", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(zone, "bert"), letter.To);
        foreach (var secret in new[] { Family, "Quirien", "cora", zone.Code }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task Where_everybody_else_is_away_they_are_told_all_the_same(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, bert, dora) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("bert", Role.Caseworker), await zone.Hires("dora", Role.Caseworker));
        foreach (var away in new[] { bert, dora }) await zone.IsAway(away, cora);
        var dossier = await cora.Registers(Cases.Intake(zone, Family, "Quirien"));
        var id = await cora.Send(await cora.Appointment(zone, dossier) with { Place = Place.Home });
        await cora.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        for (var i = 0; i < 3; i++) await zone.RunJobs();
        Assert.Equal([Staff.AddressOf(zone, "bert"), Staff.AddressOf(zone, "dora")], platform.Post.Letters.Where(l => l.Key.StartsWith("check-out", StringComparison.Ordinal)).Select(l => l.To).Order());
    }

    [Theory, EveryEngine]
    public async Task Colleagues_are_told_once_for_each_expected_end_also_those_for_whom_the_dossier_does_not_exist(string engine)
    {
        await using var platform = Platform.Start(engine, Provider);
        var zone = await platform.Zone();
        var (anna, walled) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("walled", Role.Coordinator));
        await walled.Send(new Choose.Command { Rhythm = MailRhythm.AtOnce, Hour = 8, Telephone = "0470 00 00 05" });
        var dossier = await anna.Registers(Cases.Intake(zone, Family, "Quirien"));
        var id = await anna.Send(await anna.Appointment(zone, dossier) with { Place = Place.Home });
        await walled.Protects(dossier, VictimSupport.Casework.Codes.Protection.Sealed, anna.Id);
        await zone.WallsOff(walled, dossier);
        await anna.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        await zone.RunJobs();
        Assert.Empty(Told());
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        for (var i = 0; i < 3; i++) await zone.RunJobs();
        // Sealed, and hers alone: else nobody would be told of her.
        Assert.Equal([Staff.AddressOf(zone, "walled"), "32470000005@sms.example"], Told().Select(l => l.To).OrderDescending(StringComparer.Ordinal));
        var letter = Told()[0];
        foreach (var secret in new[] { Family, "Quirien", "anna", zone.Code, (await anna.Opens(dossier)).Dossier.Number }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        await anna.Send(new HomeVisit.Longer(dossier, id));
        await zone.RunJobs();
        Assert.Equal(2, Told().Count);
        platform.Clock.Advance(TimeSpan.FromMinutes(32));
        await zone.RunJobs();
        Assert.Equal(4, Told().Count);
        await anna.Send(new HomeVisit.Out(dossier, id));
        platform.Clock.Advance(TimeSpan.FromHours(5));
        await zone.RunJobs();
        Assert.Equal(4, Told().Count);

        List<VictimSupport.Foundation.Mail.Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("check-out", StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task Those_who_left_a_number_get_a_text_message_too_whatever_they_chose_and_whoever_visits_or_is_away_gets_none(string engine)
    {
        await using var platform = Platform.Start(engine, Provider);
        var zone = await platform.Zone();
        var (cora, bert, dora, desk) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("bert", Role.Caseworker), await zone.Hires("dora", Role.Caseworker), await zone.Hires("desk", Role.FrontDesk));
        var (away, silent) = (await zone.Hires("away", Role.Caseworker), await zone.Hires("silent", Role.OnCall));
        var dossier = await cora.Registers(Cases.Intake(zone, Family, "Quirien"));
        foreach (var (colleague, number) in new[] { (cora, "0470 00 00 01"), (bert, "0470 00 00 02"), (dora, "+31 6 12345678"), (away, "0470 00 00 04") })
            await colleague.Send(new Choose.Command { Rhythm = MailRhythm.Never, Hour = 8, Telephone = number });
        await dora.Send((await dora.Send(new Choose.Query())) with { Telephone = " " }); // taken back
        Assert.Equal("0470 00 00 02", (await bert.Send(new Choose.Query())).Telephone);
        await zone.IsAway(away, bert);
        var id = await cora.Send(await cora.Appointment(zone, dossier) with { Place = Place.Home });
        using var hers = cora.Visit();
        Assert.Contains("a text message if they left a number", (await hers.Page($"/dossiers/{dossier}/appointments/{id}/visit")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await cora.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        for (var i = 0; i < 3; i++) await zone.RunJobs();
        var text = Assert.Single(Texts());
        Assert.Equal(("32470000002@sms.example", "agenda@mail.example", ""), (text.To, text.From, text.Subject));
        Assert.Equal("Portal: a colleague on a visit has not checked out. Sign in to see who, and call them.", text.Text);
        foreach (var secret in new[] { Family, "Quirien", "cora", zone.Code }) Assert.DoesNotContain(secret, text.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith("check-out", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "silent")); // by mail as ever
        using var his = bert.Visit();
        Assert.Contains("only colleagues who left a number get a text message", (await his.Page("/worklist")).QuerySelector(".vs-alarm")!.TextContent, StringComparison.Ordinal);
        // Once more for a new end, and not of a visit that ended while the message was on its way.
        await cora.Send(new HomeVisit.Longer(dossier, id));
        platform.Clock.Advance(TimeSpan.FromMinutes(32));
        platform.Post.Failing = new TimeoutException("away");
        await zone.RunJobs();
        platform.Post.Failing = null;
        await cora.Send(new HomeVisit.Out(dossier, id));
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await zone.RunJobs();
        Assert.Single(Texts());

        List<VictimSupport.Foundation.Mail.Letter> Texts() => [.. platform.Post.Letters.Where(l => l.To.EndsWith("@sms.example", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task A_number_is_asked_only_where_a_provider_is_kept_as_typed_where_it_is_none_sealed_and_forgotten_when_somebody_leaves()
    {
        await using var platform = Platform.Start("sqlite", Provider);
        var zone = await platform.Zone();
        var (bert, chief) = (await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.ZoneAdministrator));
        using var visit = bert.Visit();
        Dictionary<string, string> Fields(string number) => new() { ["Form.Rhythm"] = "AtOnce", ["Form.Hour"] = "8", ["Form.Telephone"] = number };
        var refused = await visit.Submit("/waiting/mail", Fields("0470 00"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("0470 00", (await Visit.Read(refused)).QuerySelector("[name='Form.Telephone']")!.GetAttribute("value"));
        Assert.Contains("needs a mobile number", (await Visit.Read(await visit.Submit("/waiting/mail", Fields("02 279 22 11")))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/waiting/mail", Fields("0470 12 34 56"))).StatusCode);
        Assert.Equal("0470 12 34 56", (await visit.Page("/waiting/mail")).QuerySelector("[name='Form.Telephone']")!.GetAttribute("value"));
        var raw = await zone.Look(z => z.Database.SqlQueryRaw<byte[]>("SELECT \"Telephone\" AS \"Value\" FROM mail_choice").SingleAsync());
        Assert.DoesNotContain("470123456", System.Text.Encoding.UTF8.GetString(raw), StringComparison.Ordinal);
        await zone.RunJobs();
        Assert.True(await zone.Look(z => z.Set<MailChoice>().AnyAsync(c => c.Telephone != null)));
        await chief.Send(new VictimSupport.Zones.Staff.Leave.Command { Account = bert.Id });
        platform.Clock.Advance(TimeSpan.FromMinutes(1)); // who works here is known for some seconds
        await zone.RunJobs();
        Assert.False(await zone.Look(z => z.Set<MailChoice>().AnyAsync(c => c.Telephone != null)));

        // Where there is no provider there is no box, and saving the rest takes nothing away.
        var without = await (await platforms.On("sqlite")).Zone();
        var worker = without.As(Role.Caseworker);
        using var theirs = worker.Visit();
        Assert.Null((await theirs.Page("/waiting/mail")).QuerySelector("[name='Form.Telephone']"));
        await worker.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 8, Telephone = "0470 12 34 56" });
        Assert.False(await without.Look(z => z.Set<MailChoice>().AnyAsync(c => c.Telephone != null)));
    }

    [Theory, EveryEngine]
    public async Task In_and_out_count_once_and_only_where_one_goes_to_people(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var office = await worker.Send(await worker.Appointment(zone, dossier));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => worker.Send(new HomeVisit.In { Dossier = dossier, Contact = office, Minutes = 30 }));
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new HomeVisit.Query(dossier, office)));
        var id = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Scene, Despite = true });
        Assert.False(await worker.Send(new HomeVisit.Out(dossier, id))); // out of nowhere
        var went = new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 };
        var ins = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Send(went))));
        Assert.Single(ins, done => done);
        var shown = await worker.Send(new HomeVisit.Query(dossier, id));
        Assert.Equal(0, shown.ExpectedOut!.Value.UtcTicks % TimeSpan.TicksPerMinute);
        Assert.InRange(shown.ExpectedOut.Value - shown.CheckedIn!.Value, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(31));
        await worker.Send(new HomeVisit.Longer(dossier, id));
        Assert.Equal(shown.ExpectedOut.Value.AddMinutes(30), (await worker.Send(new HomeVisit.Query(dossier, id))).ExpectedOut);
        Assert.True(await worker.Send(new HomeVisit.Out(dossier, id)));
        Assert.False(await worker.Send(new HomeVisit.Out(dossier, id)));
    }

    [Fact]
    public async Task Checked_out_by_mistake_they_are_watched_again_and_nobody_checks_in_to_a_visit_of_another_day()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var id = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Scene, Despite = true, At = platform.Clock.GetUtcNow().AddHours(14) });
        var wentIn = new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 };
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => worker.Send(wentIn));
        platform.Clock.Advance(TimeSpan.FromHours(3));
        Assert.True(await worker.Send(wentIn));
        await worker.Send(new HomeVisit.Out(dossier, id));
        platform.Clock.Advance(TimeSpan.FromMinutes(14));
        using (var visit = worker.Visit()) Assert.Equal(System.Net.HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/appointments/{id}/visit", [], "main form[action*='handler=Longer']")).StatusCode);
        var there = await worker.Send(new HomeVisit.Query(dossier, id));
        Assert.Null(there.CheckedOut);
        Assert.InRange(there.ExpectedOut!.Value - platform.Clock.GetUtcNow(), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(47)); // from the end that was said, by the whole minute
        await worker.Send(new HomeVisit.Out(dossier, id));
        platform.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.False((await worker.Send(new HomeVisit.Query(dossier, id))).MayBeThereStill);
        Assert.False(await worker.Send(new HomeVisit.Longer(dossier, id)));
    }

    [Fact]
    public async Task Whoever_cancels_or_records_a_visit_that_is_under_way_checks_out_with_it()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        foreach (var ends in (Func<Guid, Task>[])[Cancels, Records])
        {
            var id = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true });
            await worker.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
            await ends(id);
            Assert.NotNull(await zone.Look(z => z.Set<Contact>().Where(c => c.Id == id).Select(c => c.CheckedOut).SingleAsync()));
        }

        // From elsewhere nobody ends it: whoever is inside would be missed by nobody.
        var (office, inside) = (zone.As(Role.Coordinator), await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true }));
        await worker.Send(new HomeVisit.In { Dossier = dossier, Contact = inside, Minutes = 30 });
        var moved = await office.Appointment(zone, dossier) with { Contact = inside, Place = Place.Home, Despite = true };
        foreach (var press in (Func<Task>[])
        [
            () => office.Send(new Cancel.Command { Dossier = dossier, Contact = inside, Reason = CancelReason.NotSafe }),
            async () => await office.Send((await office.Send(new Record.Query(dossier, inside))).Planned! with { Dossier = dossier, Appointment = inside, Missed = true }),
            () => office.Send(moved),
        ]) Assert.Equal(VictimSupport.Casework.Words.SomebodyIsThere, Assert.Single((await Assert.ThrowsAsync<FluentValidation.ValidationException>(press)).Errors).ErrorMessage);
        Assert.Null(await zone.Look(z => z.Set<Contact>().Where(c => c.Id == inside).Select(c => c.CheckedOut).SingleAsync()));
        await office.Send(new HomeVisit.Out(dossier, inside));
        await office.Cancels(dossier, inside, CancelReason.NotSafe);

        Task Cancels(Guid id) => worker.Cancels(dossier, id, CancelReason.NotSafe);
        async Task Records(Guid id) => await worker.Send((await worker.Send(new Record.Query(dossier, id))).Planned! with { Dossier = dossier, Appointment = id, Services = [ServiceKind.Listening] });
    }

    [Theory, EveryEngine]
    public async Task One_at_which_somebody_went_in_is_not_moved_before_it_was_said_how_it_went(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, office) = (await zone.Hires("worker", Role.Caseworker), zone.As(Role.Coordinator));
        var dossier = await worker.Registers(Cases.Intake(zone));
        var id = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home });
        var (path, move, record) = ($"/dossiers/{dossier}/appointments/{id}", $"main a[href$='/appointments/{id}']", $"main a[href$='/contact?appointment={id}']");
        using var visit = worker.Visit();
        Assert.NotNull((await visit.Page($"/dossiers/{dossier}")).QuerySelector(move));
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await worker.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 30 });
        await Refused(worker); // while she is inside
        await worker.Send(new HomeVisit.Out(dossier, id));
        foreach (var one in new[] { worker, office }) await Refused(one);

        var list = await visit.Page($"/dossiers/{dossier}");
        Assert.Null(list.QuerySelector(move));
        Assert.NotNull(list.QuerySelector(record));
        var answer = await visit.Send(path, stale, [KeyValuePair.Create("Form.Note", "mijn tekst")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("Say first how it went", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("mijn tekst", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.NotNull(page.QuerySelector(record));

        // Nobody opened: that is said, and the next one can be checked in to.
        await worker.Send((await worker.Send(new Record.Query(dossier, id))).Planned! with { Dossier = dossier, Appointment = id, Missed = true });
        var next = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, At = zone.Platform.Clock.GetUtcNow().AddHours(6) });
        Assert.True(await worker.Send(new HomeVisit.In { Dossier = dossier, Contact = next, Minutes = 30 }));

        async Task Refused(Person by)
        {
            var now = (await by.Send(new Plan.Query(dossier, id))).Planned!;
            var form = await worker.Appointment(zone, dossier) with { Contact = id, Version = now.Version, Place = Place.Home, At = now.At.AddDays(7), Despite = true };
            Assert.Equal(("At", VictimSupport.Casework.Words.SayFirstHowItWent), Assert.Single((await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => by.Send(form))).Errors.Select(e => (e.PropertyName, e.ErrorMessage))));
            Assert.Equal(now.At, (await by.Send(new Plan.Query(dossier, id))).Planned!.At);
        }
    }
}
