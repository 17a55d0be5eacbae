using System.Globalization;
using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>Trainings for police staff: seats given once each, a waiting list that moves, who was there, and what came of a year.</summary>
public sealed class TrainingTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_is_listed_in_the_year_of_its_sessions_by_where_it_stands(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (cora, year) = (zone.As(Role.Coordinator), zone.Today().Year);
        var (held, planned, off) = (await cora.Send(Giving.Plan("Held")), await cora.Send(Giving.Plan("Planned")), await cora.Send(Giving.Plan("Off")));
        await cora.Send(zone.Sitting(held, -1));
        await cora.Send(zone.Sitting(planned, 1));
        await cora.Send(zone.Sitting(planned, -1)); // half of it is still to come
        await cora.Send(new Show.Cancel(off));
        var next = await cora.Send(Giving.Plan("Next"));
        await cora.Send(zone.Sitting(next, 0) with { Day = new DateOnly(year + 1, 1, 1) });
        Assert.Equal(["Held"], await Names(year, TrainingState.Held));
        Assert.Equal(["Planned"], await Names(year, TrainingState.Planned));
        Assert.Equal(["Off"], await Names(year, TrainingState.Cancelled));
        Assert.Equal(["Held", "Off", "Planned"], await Names(year, null));
        Assert.Equal(["Next"], await Names(year + 1, null));
        Assert.Empty(await Names(year - 1, null));
        await cora.Send(new Show.Revive(off));
        Assert.Equal(["Off", "Planned"], await Names(year, TrainingState.Planned));

        async Task<string[]> Names(int y, TrainingState? state) => [.. (await cora.Send(new List.Query(y, state))).Rows.Select(r => r.Training.Subject).Order(StringComparer.Ordinal)];
    }

    [Theory, EveryEngine]
    public async Task Who_comes_after_the_last_seat_waits_and_who_withdraws_lets_in_the_first_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan(capacity: 2));
        await cora.Send(zone.Sitting(training, 3));
        foreach (var name in (string[])["Ann", "Bas", "Cis", "Dora"]) await cora.Enters(training, name, mailbox: name + "@police.example", language: "nl");
        Assert.Equal("Ann Registered, Bas Registered, Cis Waiting, Dora Waiting", await Now());
        var ann = (await cora.Of(training)).Single(p => p.FullName == "Ann");
        Assert.True(await cora.Send(new Show.Withdraw(training, ann.Id)));
        Assert.Equal("Ann Withdrawn, Bas Registered, Cis Registered, Dora Waiting", await Now());
        Assert.False(await cora.Send(new Show.Withdraw(training, ann.Id))); // pressed twice, nobody more comes in
        Assert.Equal("Ann Withdrawn, Bas Registered, Cis Registered, Dora Waiting", await Now());
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters);
        Assert.Equal(("Cis@police.example", "Er is een plaats vrijgekomen"), (letter.To, letter.Subject));
        Assert.Contains("Salle 2", letter.Text, StringComparison.Ordinal);
        // Whoever waits and withdraws frees no seat; more seats let in whoever waits.
        var bas = (await cora.Of(training)).Single(p => p.FullName == "Bas");
        await cora.Enters(training, "Eline");
        Assert.True(await cora.Send(new Show.Withdraw(training, (await cora.Of(training)).Single(p => p.FullName == "Dora").Id)));
        Assert.Equal("Ann Withdrawn, Bas Registered, Cis Registered, Dora Withdrawn, Eline Waiting", await Now());
        var form = (await cora.Send(new Edit.Query(training))).Form with { Training = training };
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(form with { Capacity = 1 }))).Errors, e => e.PropertyName == "Capacity");
        await cora.Send(form with { Capacity = 3 });
        Assert.Equal("Ann Withdrawn, Bas Registered, Cis Registered, Dora Withdrawn, Eline Registered", await Now());
        // It is over: a seat is given to nobody any more.
        await cora.Enters(training, "Fons");
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await cora.Send(new Show.Withdraw(training, bas.Id));
        Assert.Contains("Fons Waiting", await Now(), StringComparison.Ordinal);

        async Task<string> Now() => string.Join(", ", (await cora.Of(training)).OrderBy(p => p.Number).Select(p => $"{p.FullName} {p.State}"));
    }

    [Theory, EveryEngine]
    public async Task How_somebody_was_entered_is_put_right_and_nothing_else_of_them_changes(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, session, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Anne Exempel", "Acceuil", "anne@police.example"), Giving.Colleague(default, "Bas Exemple", "Accueil"));
        using var visit = cora.Visit();
        var path = $"/trainings/{training}/participants/{people[0]}";
        Assert.NotNull((await visit.Page($"/trainings/{training}")).QuerySelector($"main a[href$='{path}']"));
        Assert.Equal(["Anne Exempel", "Acceuil", "anne@police.example"], (await visit.Page(path)).QuerySelectorAll("main input[name^='Form.']:not([type=hidden])").Select(i => i.GetAttribute("value")));
        var wrong = await visit.Submit(path, [KeyValuePair.Create("Form.FullName", "Anne Exemple"), KeyValuePair.Create("Form.Unit", " ")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var again = await Visit.Read(wrong);
        Assert.Equal("Anne Exemple", again.QuerySelector("[name='Form.FullName']")!.GetAttribute("value")); // what was typed stays
        Assert.NotNull(again.QuerySelector("[id='Form_Unit-error']"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.FullName", "Zzana Exemple"), KeyValuePair.Create("Form.Unit", "Accueil"), KeyValuePair.Create("Form.Rank", "Middle"), KeyValuePair.Create("Form.Mailbox", "ana@police.example"), KeyValuePair.Create("Form.Language", "nl")])).StatusCode);
        var one = (await cora.Of(training)).Single(p => p.Id == people[0]);
        Assert.Equal(("Zzana Exemple", "Accueil", RankGroup.Middle, "ana@police.example", "nl"), (one.FullName, one.Unit, one.Rank!.Value, one.Mailbox, one.Language));
        Assert.Equal((1, ParticipantState.Registered, session), (one.Number, one.State, Assert.Single(one.Attended)));
        Assert.Contains("Accueil, middle ranks", (await visit.Page($"/trainings/{training}")).QuerySelector("[data-state='Registered']")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await CanaryTests.Holding(zone, "Zzana")); // sealed, as before
        // Nobody becomes somebody else who is entered; oneself is no other.
        var form = (await cora.Send(new Correct.Query(training, people[0]))).Form with { Training = training, Participant = people[0] };
        Assert.True(await cora.Send(form));
        Assert.Equal(VictimSupport.Network.Words.ChangedMeanwhile, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(form with { Unit = "Wijk" }))).Errors).ErrorMessage); // over what was looked at before
        form = form with { Turn = (await cora.Send(new Correct.Query(training, people[0]))).Form.Turn };
        Assert.Equal(VictimSupport.Network.Words.TrainingKnownAlready, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(form with { FullName = "BAS exemple" }))).Errors).ErrorMessage);
        // Not of another training, nor for whoever only sees.
        var other = await cora.Send(Giving.Plan("Other"));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(form with { Training = other }))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(form))).Code);
        using var anna = zone.Visit(Role.Caseworker);
        Assert.Equal(HttpStatusCode.NotFound, (await anna.Get(path)).StatusCode);
        Assert.Empty((await anna.Page($"/trainings/{training}")).QuerySelectorAll("main a[href*='/participants/']"));
    }

    [Theory, EveryEngine]
    public async Task Many_at_once_never_take_more_seats_than_there_are_and_each_has_a_place_in_the_order(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan(capacity: 3));
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => cora.Send(Giving.Colleague(training, $"Colleague {i}"))));
        var people = await cora.Of(training);
        Assert.Equal((3, 5), (people.Count(p => p.State == ParticipantState.Registered), people.Count(p => p.State == ParticipantState.Waiting)));
        Assert.Equal(Enumerable.Range(1, 8), people.Select(p => p.Number).Order());
        Assert.Equal(3, people.Where(p => p.State == ParticipantState.Registered).Max(p => p.Number)); // the seats went to those who came first
        var two = people.Where(p => p.State == ParticipantState.Registered).Take(2).ToList();
        await Task.WhenAll(two.Select(p => cora.Send(new Show.Withdraw(training, p.Id))));
        Assert.Equal([4, 5], (await cora.Of(training)).Where(p => p.LetIn is not null).Select(p => p.Number).Order());
    }

    [Fact]
    public async Task Nobody_is_entered_twice_and_who_withdrew_may_come_again()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        var form = Giving.Colleague(training, "Renée D’Hondt", mailbox: "renee@police.example") with { Once = Guid.NewGuid() };
        await cora.Send(form);
        await cora.Send(form); // the same form again
        var renee = Assert.Single(await cora.Of(training));
        foreach (var again in new[] { Giving.Colleague(training, "RENEE d'hondt"), Giving.Colleague(training, "Somebody", mailbox: "Renee@Police.example") })
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(again))).Errors, e => e.PropertyName == "FullName");
        await cora.Send(Giving.Colleague(training, "Renée D’Hondt", "Quartier")); // another unit: another colleague
        await cora.Send(new Show.Withdraw(training, renee.Id));
        await cora.Send(Giving.Colleague(training, "Renée D’Hondt", mailbox: "renee@police.example"));
        Assert.Equal(3, (await cora.Of(training)).Count);
    }

    [Theory]
    [InlineData("", "Intervention", null, "fr", "FullName"), InlineData("Ann", " ", null, "fr", "Unit"), InlineData("Ann", "Intervention", "ann", "fr", "Mailbox"), InlineData("Ann", "Intervention", "ann@police.example, bas@police.example", "fr", "Mailbox"), InlineData("Ann", "Intervention", null, "xx", "Language")]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays(string name, string unit, string? mailbox, string language, string field)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        using var visit = cora.Visit();
        var answer = await visit.Submit($"/trainings/{training}", new Dictionary<string, string> { ["Form.FullName"] = name, ["Form.Unit"] = unit, ["Form.Mailbox"] = mailbox ?? "", ["Form.Language"] = language }, "form[action*='handler=Register']");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.NotNull(page.QuerySelector($".govuk-error-summary a[href='#{page.QuerySelector($"[name='Form.{field}']")!.Id}']"));
        if (name.Length > 0) Assert.Equal(name, page.QuerySelector("[name='Form.FullName']")!.GetAttribute("value"));
        Assert.Empty(await cora.Of(training));
    }

    [Theory, EveryEngine]
    public async Task Who_was_there_is_ticked_after_it_began_over_the_list_that_was_looked_at(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan(capacity: 1));
        var (first, second) = (await cora.Send(zone.Sitting(training, 1)), await cora.Send(zone.Sitting(training, 2)));
        var (ann, bas) = (await cora.Enters(training, "Ann"), await cora.Enters(training, "Bas"));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Notes(training, first, ann)); // it has not begun
        platform.Clock.Advance(TimeSpan.FromDays(1.5));
        var looked = (await cora.Send(new Attendance.Query(training, first))).Training.Turn;
        Assert.Equal(2, await cora.Notes(training, first, ann, bas));
        Assert.Equal(ParticipantState.Registered, (await cora.Of(training)).Single(p => p.Id == bas).State); // waited, came, had a seat
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new Attendance.Command { Training = training, Session = first, Turn = looked, Present = [] })); // somebody saved meanwhile
        Assert.All(await cora.Of(training), p => Assert.Equal([first], p.Attended));
        Assert.Equal(1, await cora.Notes(training, first, bas)); // corrected
        Assert.False(await cora.Send(new Show.Withdraw(training, bas)));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new Session.Remove(training, first)));
        await cora.Send(new Session.Remove(training, second));
        Assert.Equal([first], (await cora.Send(new Show.Query(training))).Sessions.Select(s => s.Id));
        // Nobody of another training is ticked here.
        var other = await cora.Send(Giving.Plan("Other"));
        var stranger = await cora.Enters(other, "Cis");
        Assert.Equal(1, await cora.Notes(training, first, bas, stranger));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Attendance.Query(other, first)))).Code);
    }

    [Fact]
    public async Task A_session_ends_after_it_begins_on_a_day_of_the_calendar()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        var good = zone.Sitting(training, 1) with { Once = Guid.NewGuid() };
        foreach (var (bad, field) in new[]
        {
            (good with { Until = good.From }, "Until"), (good with { Day = null }, "Day"), (good with { Day = DateOnly.MinValue }, "Day"), (good with { Day = DateOnly.MaxValue }, "Day"), (good with { Place = " " }, "Place"), (good with { From = null }, "From"),
            (good with { Day = new DateOnly(2027, 3, 28), From = new TimeOnly(2, 0), Until = new TimeOnly(3, 0) }, "Until"), // that hour is on no clock
        }) Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(bad))).Errors, e => e.PropertyName == field);
        var session = await cora.Send(good);
        Assert.Equal(session, await cora.Send(good));
        await cora.Send((await cora.Send(new Session.Query(training, session))).Form with { Training = training, Session = session, Place = "Salle 3" });
        var now = Assert.Single((await cora.Send(new Show.Query(training))).Sessions);
        Assert.Equal(("Salle 3", 210), (now.Place, now.Minutes));
    }

    [Fact]
    public async Task The_list_for_signature_and_the_certificates_name_those_they_are_for()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var partner = await cora.Send(Referring.Partner("Maison Fictive"));
        var (training, session, people) = await cora.Gave(zone, Giving.Plan() with { Partners = [partner, Guid.NewGuid()] }, -1, Giving.Colleague(default, "Ann Exemple", language: "nl"), Giving.Colleague(default, "Bas Exemple", language: "de"));
        var absent = await cora.Enters(training, "Cis Exemple");
        using var anna = zone.Visit(Role.Caseworker);
        var sheet = (await anna.Page($"/trainings/{training}/sheet/{session}")).QuerySelectorAll("tbody tr").Select(r => r.Children[1].TextContent).ToList();
        Assert.Equal(["Ann Exemple", "Bas Exemple", "Cis Exemple", "", "", ""], sheet);
        var all = (await anna.Page($"/trainings/{training}/certificates")).QuerySelectorAll("[data-certificate]");
        Assert.Equal(["nl", "de"], all.Select(c => c.GetAttribute("lang")));
        Assert.Contains("Attest van deelname", all[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Duur: 3,5 uur", all[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Teilnahmebescheinigung", all[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Maison Fictive", all[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Bas Exemple", Assert.Single((await anna.Page($"/trainings/{training}/certificates/{people[1]}")).QuerySelectorAll("[data-certificate]")).TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await anna.Get($"/trainings/{training}/certificates/{absent}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_year_counts_what_was_held_in_it_and_nothing_else(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (cora, year) = (zone.As(Role.Coordinator), zone.Today().Year);
        var (training, session, people) = await cora.Gave(zone, Giving.Plan(), -2, Giving.Colleague(default, "Ann"), Giving.Colleague(default, "Bas"), Giving.Colleague(default, "Cis", "Quartier"));
        var again = await cora.Send(zone.Sitting(training, -1));
        await cora.Notes(training, again, people[0]); // twice there, one participant
        await cora.Gave(zone, Giving.Plan("Aware", topic: "HATE") with { Kind = TrainingKind.Awareness }, -1, Giving.Colleague(default, "Dora", "INTERVENTION"));
        await cora.Send(zone.Sitting(await cora.Send(Giving.Plan("To come")), 1));
        var (off, _, _) = await cora.Gave(zone, Giving.Plan("Off"), -1, Giving.Colleague(default, "Eline"));
        await cora.Send(new Show.Cancel(off));
        var counts = await zone.Look(z => new TrainingCounts(z, zone.Platform.Clock).In(year, TestContext.Current.CancellationToken));
        Assert.Equal(["trainings/trainings 1", "trainings/awareness 1", "trainings/sessions 3", "trainings/minutes 630", "trainings/participants 4", "trainings/evaluations 0", "training-topics/DEATH 1", "training-topics/HATE 1", "training-units/Intervention 3", "training-units/Quartier 1"],
            counts.Select(c => $"{c.Table}/{c.Row} {c.Count.ToString(CultureInfo.InvariantCulture)}"));
        Assert.All(await zone.Look(z => new TrainingCounts(z, zone.Platform.Clock).In(year - 1, TestContext.Current.CancellationToken)), c => Assert.Equal(0, c.Count));
        Assert.True(zone.Platform.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(VictimSupport.Network.Contracts.ICountStructuralWork)));
        using var visit = cora.Visit();
        var figures = (await visit.Page("/trainings")).QuerySelector("[data-figures]")!.TextContent;
        Assert.Contains("10.5", figures.Replace(',', '.'), StringComparison.Ordinal);
        Assert.Contains("Quartier", figures, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_mailbox_that_two_share_hides_neither_and_of_two_namesakes_nobody_guesses(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        await cora.Gave(zone, Giving.Plan(), -2, Giving.Colleague(default, "Ann", mailbox: "wijk@police.example"), Giving.Colleague(default, "Bo", mailbox: "bo@police.example"));
        await cora.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -1, Giving.Colleague(default, "Bas", mailbox: "WIJK@police.example"), Giving.Colleague(default, "Bo", mailbox: "bo.other@police.example"));
        Assert.Equal(["Bas", "Bo"], (await cora.Send(new Due.Query("DEATH", 1))).Select(r => r.Latest.FullName).Order(StringComparer.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Who_was_not_trained_on_a_topic_for_years_is_listed_and_reminded_once_a_month(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        await cora.Gave(zone, Giving.Plan(), -2 * 365, Giving.Colleague(default, "Ann", mailbox: "ann@police.example", language: "de"), Giving.Colleague(default, "Bas"));
        await cora.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -1, Giving.Colleague(default, "Ann"), Giving.Colleague(default, "Cis", mailbox: "cis@police.example", language: "nl")); // Ann is known by name and unit
        Assert.Equal(["Ann", "Bas", "Cis"], await Due("DEATH", 1));
        Assert.Equal(["Cis"], await Due("DEATH", 3));
        Assert.Equal(["Bas"], await Due("HATE", 1));
        Assert.Equal(2, await cora.Send(new Due.Remind("DEATH", 1)));
        Assert.Equal(0, await cora.Send(new Due.Remind("DEATH", 1)));
        Assert.Equal(0, await cora.Send(new Due.Remind("DEATH", 2))); // after however many years
        // A later entry of the same colleague is no other reminder.
        await cora.Gave(zone, Giving.Plan("Hate again", topic: "HATE"), -1, Giving.Colleague(default, "Ann", mailbox: "ANN@police.example", language: "de"));
        Assert.Equal(0, await cora.Send(new Due.Remind("DEATH", 1)));
        await zone.RunJobs();
        Assert.Equal(["ann@police.example Anstehende Fortbildung", "cis@police.example Opleiding te volgen"], platform.Post.Letters.Select(l => $"{l.To} {l.Subject}").Order(StringComparer.Ordinal));
        Assert.Contains("Melden van een overlijden", platform.Post.Letters.Single(l => l.To.StartsWith("cis", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(2, await cora.Send(new Due.Remind("DEATH", 1)));
        using var visit = zone.Visit(Role.Caseworker);
        Assert.Equal("3", await Years("?topic=nonsense&years=999999"));
        // After how many years is the zone's to say.
        await zone.As(Role.ZoneAdministrator).Send(new VictimSupport.Zones.Settings.Change.Command { Setting = VictimSupport.Zones.Settings.SettingCode.TrainingYears, Text = "1", From = zone.Today() });
        await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.ZoneAdministrator).Send(new VictimSupport.Zones.Settings.Change.Command { Setting = VictimSupport.Zones.Settings.SettingCode.TrainingYears, Text = "11", From = zone.Today() }));
        platform.Clock.Advance(TimeSpan.FromSeconds(4)); // settings are kept for three
        Assert.Equal(("1", "3"), (await Years("?topic=DEATH"), await Years("?topic=DEATH&years=3")));
        Assert.Equal(3, (await visit.Page("/trainings/due?topic=DEATH")).QuerySelectorAll("main tbody tr").Length);

        async Task<string?> Years(string query) => (await visit.Page("/trainings/due" + query)).QuerySelector("[name=Years] option[selected]")?.GetAttribute("value");

        async Task<string[]> Due(string topic, int years) => [.. (await cora.Send(new Due.Query(topic, years))).Select(r => r.Latest.FullName).Order(StringComparer.Ordinal)];
    }

    [Theory, EveryEngine]
    public async Task Whoever_has_an_account_here_and_was_at_no_training_is_on_the_list_and_reminded_while_they_work_here(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        await zone.Hires("anna", Role.Caseworker);
        await zone.Hires("bert", Role.FrontDesk);
        await zone.Hires("dora", Role.DataProtectionOfficer); // helps nobody
        var names = await platform.Services.GetRequiredService<VictimSupport.Identity.Contracts.IAccounts>().Named([cora.Id], TestContext.Current.CancellationToken);
        // By the name where no address was given, or by the address whatever the name.
        await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, names[cora.Id].DisplayName), Giving.Colleague(default, "Somebody", mailbox: Staff.AddressOf(zone, "bert").ToUpperInvariant()));
        var list = await cora.Send(new Due.Query("DEATH", 3));
        Assert.Equal((Staff.AddressOf(zone, "anna"), true, (DateOnly?)null), Assert.Single(list) is var row ? (row.Latest.Mailbox, row.ByAccount, row.Last) : default);
        using var visit = cora.Visit();
        var page = (await visit.Page("/trainings/due?topic=DEATH")).QuerySelector("main")!;
        Assert.Equal(["known by an account", "never"], page.QuerySelectorAll("tbody td").Where((_, i) => i is 1 or 3).Select(c => c.TextContent));
        Assert.Contains("the zone’s accounts", page.TextContent, StringComparison.Ordinal); // what it covers, and what not
        Assert.Equal(1, await cora.Send(new Due.Remind("DEATH", 3)));
        Assert.Equal(0, await cora.Send(new Due.Remind("DEATH", 3)));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "anna"), Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("training-due", StringComparison.Ordinal)).To);
    }

    [Theory, EveryEngine]
    public async Task A_name_that_is_asked_out_is_gone_from_every_training_and_what_was_counted_stays(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, year) = (zone.As(Role.Coordinator), zone.Today().Year);
        var (held, session, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Ann", mailbox: "ann@police.example"), Giving.Colleague(default, "Bas"));
        var (second, _, _) = await cora.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -2, Giving.Colleague(default, "ANN"), Giving.Colleague(default, "Ann", "Quartier")); // by name and unit; of another unit it is somebody else
        var next = await cora.Send(Giving.Plan("Next", capacity: 1));
        await cora.Send(zone.Sitting(next, 3));
        await cora.Enters(next, "A. Name", "Garde", "ANN@police.example"); // by the address
        await cora.Enters(next, "Cis", mailbox: "cis@police.example");
        await cora.Send(new Evaluations.Ask(held));
        var counted = await Counts();
        // Listed before anything goes: theirs are ticked, what has the address under another name is not.
        var path = $"/trainings/people/{people[0]}/name";
        var shown = await cora.Send(new TakeNameOut.Query(people[0]));
        Assert.Equal([("ANN", EntryLike.Same), ("A. Name", EntryLike.OtherName)], shown.Others.Select(e => (e.FullName, e.Is)));
        using var visit = cora.Visit();
        var list = await visit.Page(path);
        Assert.NotNull(list.QuerySelector("[data-shared]"));
        Assert.Equal([shown.Others[0].Id.ToString()], list.QuerySelectorAll("main input[type=checkbox][checked]").Select(b => b.GetAttribute("value")));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.Take", shown.Others[0].Id.ToString()), KeyValuePair.Create("Form.Take", shown.Others[1].Id.ToString())])).StatusCode);
        Assert.Equal(["(name taken out)", "Bas"], (await cora.Of(held)).OrderBy(p => p.Number).Select(p => p.FullName));
        Assert.Equal(["(name taken out)", "Ann"], (await cora.Of(second)).OrderBy(p => p.Number).Select(p => p.FullName));
        // What was counted stays; the seat to come goes to whoever waited.
        Assert.Equal(counted, await Counts());
        Assert.Equal([("(name taken out)", ParticipantState.Withdrawn), ("Cis", ParticipantState.Registered)], (await cora.Of(next)).OrderBy(p => p.Number).Select(p => (p.FullName, p.State)));
        Assert.All(await zone.Look(z => z.Set<Participant>().Where(p => p.TrainingId == held && p.Number == 1).ToListAsync()), p => Assert.Null(p.Mailbox));
        // Nothing is asked of them any more: no evaluation, no reminder, no certificate; attendance is kept as it stands.
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To.StartsWith("ann", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["Ann", "Bas", "Cis"], (await cora.Send(new Due.Query("STRESS", 1))).Select(r => r.Latest.FullName).Order(StringComparer.Ordinal));
        Assert.Equal(["Bas"], (await cora.Send(new Certificates.Query(held, null))).All.Select(s => s.FullName));
        Assert.Equal(["Bas"], (await cora.Send(new Evaluations.Query(held))).OnPaper.Select(p => p.FullName));
        await cora.Notes(held, session, people);
        Assert.Equal(counted, await Counts());
        var page = await visit.Page($"/trainings/{held}");
        Assert.Single(page.QuerySelectorAll("main a[href*='/participants/']"));
        Assert.DoesNotContain("Ann", page.QuerySelector("section[aria-labelledby=people] tbody")!.TextContent, StringComparison.Ordinal);
        // Once is enough, and somebody of the same unit may be entered.
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new TakeNameOut.Command { Participant = people[0] }))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Correct.Query(held, people[0])))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new TakeNameOut.Command { Participant = people[1] }))).Code);

        async Task<string> Counts() => string.Join(' ', (await zone.Look(z => new TrainingCounts(z, zone.Platform.Clock).In(year, TestContext.Current.CancellationToken))).Where(c => c.Row != "evaluations").Select(c => $"{c.Row}={c.Count}"));
    }

    [Theory, EveryEngine]
    public async Task Only_what_was_listed_and_ticked_goes_a_namesake_stays_and_a_cancelled_training_is_looked_through_too(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        async Task<Guid> Given(string name, string unit, string? mailbox, bool cancelled = false)
        {
            var training = await cora.Send(Giving.Plan(capacity: 1));
            await cora.Send(zone.Sitting(training, 3));
            var id = await cora.Enters(training, name, unit, mailbox);
            if (cancelled) await cora.Send(new Show.Cancel(training));
            return id;
        }
        var start = await Given("Ann Dupont", "Wijk", "ann@police.example");
        var moved = await Given("Ann DUPONT", "Garde", "ANN@police.example", cancelled: true); // by name and address, in another unit
        var found = await Given("Ann Dupont", "garde", null); // without an address: of her, or of her namesake
        var namesake = await Given("Ann Dupont", "Garde", "other@police.example");
        var hers = await Given("Anneke", "Balie", "other@police.example"); // found by the namesake's address
        var shared = await Given("Bas", "Wijk", "ann@police.example");
        await Given("Cis", "Wijk", null);
        var view = await cora.Send(new TakeNameOut.Query(start));
        // Where two addresses stand beside a name in a unit, an entry without one may be of either.
        Assert.Equal([(moved, EntryLike.Same), (shared, EntryLike.OtherName), (namesake, EntryLike.OtherAddress), (found, EntryLike.OtherAddress), (hers, EntryLike.Further)], view.Others.Select(e => (e.Id, e.Is)).OrderBy(e => e.Is).ThenBy(e => e.Id == found));
        // From the namesake it is the other way round.
        Assert.Equal(EntryLike.OtherName, (await cora.Send(new TakeNameOut.Query(namesake))).Others.Single(e => e.Id == hers).Is);
        // Somebody is entered while the list is looked at: it is shown again, with what was ticked, and nothing is gone.
        using var visit = cora.Visit();
        var path = $"/trainings/people/{start}/name";
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        var late = await Given("Ann Dupont", "WIJK", null);
        var answer = await visit.Send(path, form, []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var again = await Visit.Read(answer);
        Assert.Equal([moved.ToString()], again.QuerySelectorAll("main input[type=checkbox][checked]").Select(b => b.GetAttribute("value")));
        Assert.NotNull(again.QuerySelector($"main input[type=checkbox][value='{late}']"));
        Assert.Equal(0, await Nameless());
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (AngleSharp.Html.Dom.IHtmlFormElement)again.QuerySelector("main form[method=post]")!, [])).StatusCode);
        Assert.Equal(2, await Nameless());
        // Of the cancelled one too the seat is given up: it may be taken up again.
        Assert.Equal([ParticipantState.Withdrawn, ParticipantState.Withdrawn], await zone.Look(z => z.Set<Participant>().Where(p => p.Id == start || p.Id == moved).Select(p => p.State).ToListAsync()));
        // Without an address where one address stands beside the name, it is theirs.
        var only = await Given("Dora", "Wijk", null);
        var dora = await Given("dora", "wijk", "dora@police.example");
        var second = await Given("Dora", "Garde", "dora@police.example");
        Assert.Equal(new[] { dora, second }.Order(), (await cora.Send(new TakeNameOut.Query(only))).Others.Where(e => e.Is == EntryLike.Same).Select(e => e.Id).Order());

        async Task<int> Nameless() => (await zone.Look(z => z.Set<Participant>().ToListAsync())).Count(p => p.IsNameless);
    }

    [Theory, EveryEngine]
    public async Task Once_a_month_whoever_plans_trainings_hears_how_many_are_due_and_of_nobody_by_name(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        await zone.Hires("anna", Role.Caseworker);
        await cora.Gave(zone, Giving.Plan(), -4 * 365, Giving.Colleague(default, "Zzann"), Giving.Colleague(default, "Zzbas"));
        await cora.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -1, Giving.Colleague(default, "Zzann"));
        await Told(0); // not in the month in which the first were entered
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 1, 6, 59, 0, TimeSpan.Zero)); // 7:59 in Belgium
        await Told(0);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 1, 7, 0, 0, TimeSpan.Zero));
        await Told(1);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 30, 9, 0, 0, TimeSpan.Zero));
        await Told(1);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 20, 9, 0, 0, TimeSpan.Zero)); // a server that stood still tells once
        await Told(2);
        var letter = platform.Post.Letters.Last(l => l.Key.StartsWith("trainings-due", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(zone, "cora"), letter.To);
        Assert.Contains("never: 3.", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Zz", letter.Subject + letter.Text, StringComparison.Ordinal);
        // The link leads to the list of that number; whatever the topic was, nobody is reminded from there.
        using var visit = cora.Visit();
        var page = await visit.Page(letter.Text[letter.Text.IndexOf("/trainings/due", StringComparison.Ordinal)..].Trim());
        Assert.Equal(3, page.QuerySelectorAll("main tbody tr").Length); // two have an account and were at none
        Assert.Contains("Zzbas", page.QuerySelectorAll("main tbody bdi").Select(b => b.TextContent));
        Assert.Empty(page.QuerySelectorAll("main form[method=post]"));
        // Nobody is due any more: nothing leaves.
        await cora.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -1, [Giving.Colleague(default, "Zzbas"), .. new[] { "cora", "anna" }.Select(who => Giving.Colleague(default, "Zz" + who, mailbox: Staff.AddressOf(zone, who)))]);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 4, 2, 9, 0, 0, TimeSpan.Zero));
        await Told(2);

        async Task Told(int letters)
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
            Assert.Equal(letters, platform.Post.Letters.Count(l => l.Key.StartsWith("trainings-due", StringComparison.Ordinal)));
        }
    }

    [Theory, EveryEngine]
    public async Task Also_where_nobody_was_ever_registered_those_who_work_here_are_due_from_the_month_after_the_zone_began(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        await zone.Hires("cora", Role.Coordinator);
        await zone.Hires("anna", Role.Caseworker);
        await zone.RunRound(); // as at the start of the process: the zone begins with its first record
        await Told(0);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 1, 7, 0, 0, TimeSpan.Zero));
        await Told(1);
        Assert.Contains("never: 2.", platform.Post.Letters.Single(IsOfDue).Text, StringComparison.Ordinal);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 30, 9, 0, 0, TimeSpan.Zero));
        await Told(1);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 2, 9, 0, 0, TimeSpan.Zero));
        await Told(2);

        async Task Told(int letters)
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
            Assert.Equal(letters, platform.Post.Letters.Count(IsOfDue));
        }

        static bool IsOfDue(Letter letter) => letter.Key.StartsWith("trainings-due", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Planning_is_for_coordinator_and_administrator_seeing_for_caseworkers_too_and_a_training_belongs_to_its_zone()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (cora, anna) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker));
        var training = await zone.As(Role.ZoneAdministrator).Send(Giving.Plan());
        var session = await cora.Send(zone.Sitting(training, -1));
        var ann = await cora.Enters(training, "Ann");
        Assert.Single((await anna.Send(new Show.Query(training))).People);
        foreach (var deed in new Func<Task>[] { () => anna.Send(Giving.Plan()), () => anna.Send(Giving.Colleague(training, "Bas")), () => anna.Send(new Show.Withdraw(training, ann)), () => anna.Notes(training, session, ann), () => anna.Send(new Evaluations.Ask(training)), () => anna.Send(new Evaluations.Query(training)), () => anna.Send(new Due.Remind("DEATH", 3)) })
            Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(deed)).Code);
        foreach (var role in (Role[])[Role.OnCall, Role.Trainee, Role.FrontDesk, Role.DataProtectionOfficer]) Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(role).Send(new Show.Query(training)))).Code);
        using (var visit = anna.Visit())
        {
            var page = await visit.Page($"/trainings/{training}");
            Assert.Empty(page.QuerySelectorAll("main form"));
            Assert.Empty(page.QuerySelectorAll("main a[href*='attendance'], main a[href*='import'], main a[href*='edit']"));
        }
        var elsewhere = cora.In(await zone.Platform.Zone(), Role.Coordinator);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => elsewhere.Send(new Show.Query(training)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => elsewhere.Send(Giving.Colleague(training, "Bas")))).Code);
    }

    [Fact]
    public async Task The_same_form_makes_one_training_who_saved_over_another_is_told_and_the_zones_own_topic_counts_as_a_shipped_one()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var form = Giving.Plan() with { Once = Guid.NewGuid(), OwnTopic = "Mauvaises nouvelles" };
        var training = await cora.Send(form);
        Assert.Equal(training, await cora.Send(form));
        var over = (await cora.Send(new Edit.Query(training))).Form with { Training = training };
        await cora.Send(over with { Audience = "Accueil" });
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(over with { Audience = "Quartier" }));
        var now = (await cora.Send(new Show.Query(training))).Training;
        Assert.Equal(("Accueil", "Mauvaises nouvelles", "DEATH"), (now.Audience, now.TopicInWords, now.Topic));
        foreach (var (bad, field) in new[] { (Giving.Plan(" "), "Subject"), (Giving.Plan(topic: "NONE"), "Topic"), (Giving.Plan(capacity: 0), "Capacity"), (Giving.Plan() with { Kind = null }, "Kind"), (Giving.Plan() with { Trainers = string.Join('\n', Enumerable.Range(0, 21)) }, "Trainers") })
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(bad))).Errors, e => e.PropertyName == field);
    }

    [Fact]
    public void Every_shipped_topic_has_a_word_in_each_language_and_a_number_of_its_own()
    {
        Assert.Equal(TrainingTopics.All.Count, TrainingTopics.All.Select(t => t.Code).Distinct().Count());
        Assert.Equal(TrainingTopics.All.Count, TrainingTopics.All.Select(t => t.Statistics).Distinct().Count());
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            Assert.All(TrainingTopics.All, t => Assert.DoesNotContain("TrainingTopic_", VictimSupport.Network.Words.Of("TrainingTopic_" + t.Code), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_demo_shows_one_that_was_held_and_one_to_come_and_is_told_once()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var cora = zone.As(Role.Coordinator);
        var story = zone.Platform.Services.GetRequiredService<VictimSupport.Network.Contracts.ITellTrainings>();
        var enter = zone.Platform.Services.GetRequiredService<VictimSupport.Foundation.Zones.EnterZone>();
        for (var i = 0; i < 2; i++)
        {
            IReadOnlyList<Guid> present = [];
            await enter.In(zone.Code, async pipeline => present = await story.Tell(pipeline, "nl", TestContext.Current.CancellationToken), cora.Caller);
            await enter.In(zone.Code, pipeline => story.Evaluate(pipeline, present, "nl", TestContext.Current.CancellationToken));
            Assert.Equal(i == 0 ? 5 : 0, present.Count);
        }
        Assert.Equal([4, 6], (await cora.Send(new List.Query(zone.Today().Year - 1, null))).Rows.Select(r => r.Present).Order()); // of the year that is over, to be held against this one
        // The held one may lie in the year before.
        var rows = (await cora.Send(new List.Query(zone.Today().Year, null))).Rows.Concat((await cora.Send(new List.Query(zone.Today().AddDays(-20).Year, null))).Rows).Concat((await cora.Send(new List.Query(zone.Today().AddDays(25).Year, null))).Rows).DistinctBy(r => r.Training.Id).ToList();
        Assert.Equal([(TrainingState.Planned, 4, 2, 0), (TrainingState.Held, 6, 0, 5)], rows.Select(r => (r.State, r.Taking, r.Waiting, r.Present)).Order());
        Assert.Equal(4, (await cora.Send(new Evaluations.Query(rows.Single(r => r.State == TrainingState.Held).Training.Id))).Means.Count);
    }

    [Theory, EveryEngine]
    public async Task Its_slides_lie_sealed_come_back_byte_for_byte_and_are_gone_with_their_key_when_they_are_taken_out(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, other) = (await cora.Send(Giving.Plan()), await cora.Send(Giving.Plan("Other")));
        var content = Files.Pdf.Concat("Zzslides"u8.ToArray()).ToArray();
        var form = Giving.Slides(training, content) with { Title = "Zzslides", Once = Guid.NewGuid() };
        var slides = await cora.Send(form);
        Assert.Equal(slides, await cora.Send(form)); // the same form once more
        Assert.Empty(await CanaryTests.Holding(zone, "Zzslides"));
        Assert.Equal(("Zzslides", "slides.pdf"), Assert.Single((await cora.Send(new Show.Query(training))).Slides) is var one ? (one.Head.Title, one.Head.FileName) : default);
        Assert.Empty((await cora.Send(new Show.Query(other))).Slides);
        using (var reader = zone.Visit(Role.Caseworker))
        {
            Assert.Equal(content, await (await reader.Get($"/trainings/{training}/slides/{slides}")).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.NotFound, (await reader.Get($"/trainings/{other}/slides/{slides}")).StatusCode);
            using var trainee = zone.Visit(Role.Trainee);
            Assert.Equal(HttpStatusCode.NotFound, (await trainee.Get($"/trainings/{training}/slides/{slides}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await trainee.Get($"/trainings/{training}/slides")).StatusCode);
        }
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Show.TakeOut(other, slides)))).Code);
        // By the way of agreements, whose rights are others, nobody comes to them; nor the other way round.
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new VictimSupport.Network.Agreements.Show.TakeOut(training, slides)));
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Trainee).Send(new VictimSupport.Network.Agreements.Download.Query(training, slides)));
        var agreement = await cora.Send(Working.Agreement(zone, await cora.Send(Referring.Partner())));
        var text = await cora.Send(Working.File(agreement));
        await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Slides.Query(agreement, text)));
        await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Show.TakeOut(agreement, text)));
        Assert.Single((await cora.Send(new Show.Query(training))).Slides);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(Giving.Slides(Guid.NewGuid())))).Code);
        Assert.Equal("File", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(Giving.Slides(training, "<html>"u8.ToArray())))).Errors).PropertyName);
        await cora.Send(new Show.TakeOut(training, slides));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Slides.Query(training, slides)))).Code);
        await zone.RunJobs();
        Assert.True(await zone.IsErased(slides));
    }
}
