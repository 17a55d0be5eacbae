using System.Net;
using System.Text;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Campaign;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.Network;
using Giving = VictimSupport.Tests.Network.Giving;
using Look = VictimSupport.Statistics.Campaign.Look;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Statistics;

/// <summary>Zones look at their figures of a year before the final ones come out.</summary>
public sealed class CampaignTests(Platforms platforms)
{
    private const string Path = "/our-figures/campaign";
    private static readonly DateTimeOffset February2027 = new(2027, 2, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Deadline = new(2027, 3, 15);
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task From_the_opening_to_the_release_that_says_how_many_looked(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var campaigns = world.Platform.Services.GetRequiredService<IRunCampaigns>();
        Assert.Equal(["No campaign was opened yet."], await campaigns.Status(Ct));
        using var analyst = world.Analyst();
        using (var early = world.Zones[0].Visit(Role.Coordinator)) Assert.Contains("has not been asked yet", (await early.Page(Path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        world.Platform.Clock.SetUtcNow(February2027);
        foreach (var (year, day) in new[] { (2027, Deadline), (2025, Deadline), (2026, new DateOnly(2027, 2, 1)), (2026, new DateOnly(2027, 3, 31)) }) await Assert.ThrowsAsync<StartRefusedException>(() => campaigns.Open(year, day, Ct));
        var said = await campaigns.Open(2026, Deadline, Ct);
        Assert.Equal("2026\tuntil 2027-03-15\t0 of 10 zones looked", said[0]);
        Assert.Equal(world.Zones.Select(z => z.Code + "\thas not looked yet").Order(StringComparer.Ordinal), said.Skip(1));
        // Opened again nothing is added; another deadline is told to those who have not looked.
        Assert.Equal(["2026 was open already: 0 zones added, deadline as it was", said[0]], (await campaigns.Open(2026, Deadline, Ct)).Take(2));

        // Three zones look, of which one takes it back and one looks twice.
        foreach (var zone in world.Zones.Take(3)) await Press(zone, 0, "is noted");
        await Press(world.Zones[1], 0, "is taken back");
        foreach (var zone in world.Zones.Take(3)) await zone.RunJobs();
        Assert.Equal("2026\tuntil 2027-03-15\t2 of 10 zones looked", (await campaigns.Status(Ct))[0]);
        Assert.Contains(world.Zones[1].Code + "\thas not looked yet", await campaigns.Status(Ct));
        var quality = (await analyst.Page("/figures/quality")).QuerySelector("main")!.TextContent;
        Assert.DoesNotContain(world.Zones[1].Code, quality, StringComparison.Ordinal); // who is late is no reader's
        Assert.Contains("2 of 10 zones.", await Said(analyst, "/figures/quality", "#campaign + p"), StringComparison.Ordinal);

        // The zones are those of the second half of the year: they took part from then on.
        var asked = await world.Zones[0].Look(z => z.Set<YearAsked>().SingleAsync(Ct));
        Assert.Equal((new DateOnly(2026, 7, 1), new DateOnly(2026, 12, 31)), (asked.From, asked.Until));
        Assert.Equal(64, asked.ProgrammeHash.Length);

        // Eight did not look, and the figures come out on their day all the same.
        await world.Release("2026-F");
        await using (var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished()) Assert.Equal((10, 2), await store.Set<Release>().Select(r => new ValueTuple<int, int?>(r.Zones, r.Validated)).SingleAsync(Ct));
        Assert.Contains("Participating zones: 10 of 10 on this platform. Zones that looked at these figures before they came out: 2.", await Said(analyst, "/figures/quality", "main"), StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("vs-campaign-").FullName;
        var lines = await File.ReadAllLinesAsync(await world.Platform.Services.GetRequiredService<IReleaseFigures>().Export("2026-F", folder, Ct), Ct);
        Directory.Delete(folder, recursive: true);
        var (head, line) = (lines[0].Trim('\uFEFF').Split(';'), lines[1].Split(';'));
        Assert.Equal("2", line[Array.IndexOf(head, "validated")]);

        // From then on nothing of it changes.
        var chief = world.Zones[0].As(Role.Coordinator);
        Assert.False(await chief.Send(new Look.TakeBackCommand()));
        Assert.False(await world.Zones[1].As(Role.Coordinator).Send(new Look.ValidateCommand()));
        using var after = chief.Visit();
        var page = await after.Page(Path);
        Assert.Contains("are out", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("main form[method=post]"));
        await Assert.ThrowsAsync<StartRefusedException>(() => campaigns.Open(2026, new DateOnly(2027, 4, 15), Ct));
    }

    [Fact]
    public async Task Nobody_asked_and_nobody_looked_is_no_reason_to_hold_figures_back()
    {
        await using var world = await FiguresWorld.Start("sqlite");
        await world.Release("2026-F");
        await using (var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished()) Assert.Null((await store.Set<Release>().SingleAsync(Ct)).Validated);
        using var analyst = world.Analyst();
        Assert.DoesNotContain("looked at their figures", await Said(analyst, "/figures/quality", "main"), StringComparison.Ordinal);

        await using var other = await FiguresWorld.Start("sqlite");
        other.Platform.Clock.SetUtcNow(February2027);
        await other.Platform.Services.GetRequiredService<IRunCampaigns>().Open(2026, Deadline, Ct);
        await other.Release("2026-F");
        await using var second = other.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished();
        Assert.Equal((10, 0), await second.Set<Release>().Select(r => new ValueTuple<int, int?>(r.Zones, r.Validated)).SingleAsync(Ct));
    }

    [Theory, EveryEngine]
    public async Task Coordinators_who_look_are_not_reminded_until_they_take_it_back_each_time_once_in_words_that_tell_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (cora, _, _) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await other.Hires("otto", Role.Coordinator));
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, cora);
        await Runs(1);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 1, 6, 59, 0, TimeSpan.Zero)); // 7:59 in Belgium
        await Runs(1);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 1, 7, 0, 0, TimeSpan.Zero));
        await Runs(2);
        // Looked: nothing on the deadline. Taken back: once more, a week after it.
        Assert.True(await Looks(cora));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 16, 9, 0, 0, TimeSpan.Zero));
        await Runs(2);
        Assert.True(await cora.Send(new Look.TakeBackCommand()));
        await Runs(2);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 22, 9, 0, 0, TimeSpan.Zero));
        await Runs(3);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 5, 22, 9, 0, 0, TimeSpan.Zero));
        await Runs(3);
        Assert.All(Told(), l => Assert.Equal(Staff.AddressOf(zone, "cora"), l.To));
        Assert.All(Told(), l => Assert.DoesNotContain(zone.Code, l.Subject + l.Text, StringComparison.Ordinal));
        Assert.Equal("Figures to look at", Told()[0].Subject);

        // From the day of the final figures on nobody is asked any more.
        var late = await platform.Zone();
        var carl = await late.Hires("carl", Role.Coordinator);
        await Asks(late, carl);
        await late.RunJobs();
        Assert.Equal(3, Told().Count);

        // A server that stood still for weeks tells once, not for each day that it missed.
        await carl.SendAsPlatform(Question(platform) with { Year = 2027, Deadline = new DateOnly(2028, 3, 15), From = new DateOnly(2027, 1, 1), Until = new DateOnly(2027, 12, 31) });
        platform.Clock.Advance(TimeSpan.FromDays(60));
        await late.RunJobs();
        await late.RunJobs();
        Assert.Equal(4, Told().Count);

        async Task Runs(int told)
        {
            for (var i = 0; i < 2; i++)
            {
                await zone.RunJobs();
                await other.RunJobs();
            }
            Assert.Equal(told, Told().Count);
        }

        List<Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith(FiguresToLookAt.ReminderKind, StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task Who_never_looks_is_reminded_at_the_opening_a_fortnight_before_on_the_day_and_a_week_after(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, cora);
        await Runs(1);
        foreach (var (day, told) in new[] { (1, 2), (15, 3), (22, 4) })
        {
            platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, day, 6, 59, 0, TimeSpan.Zero)); // 7:59 in Belgium
            await Runs(told - 1);
            platform.Clock.Advance(TimeSpan.FromMinutes(1));
            await Runs(told);
        }
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 5, 22, 9, 0, 0, TimeSpan.Zero));
        await Runs(4);

        async Task Runs(int told)
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
            Assert.Equal(told, platform.Post.Letters.Count(l => l.Key.StartsWith(FiguresToLookAt.ReminderKind, StringComparison.Ordinal)));
        }
    }

    [Theory, EveryEngine]
    public async Task What_is_missing_leads_to_the_dossier_and_tells_of_none_that_the_reader_may_not_open(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, free, walled) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("free", Role.Coordinator), await zone.Hires("walled", Role.Coordinator));
        var (first, second, closed, error) = (await worker.Registers(Cases.Intake(zone, "Appelle", "Ada")), await worker.Registers(Cases.Intake(zone, "Bis", "Bo")), await worker.Registers(Cases.Intake(zone, "Calme", "Cy")), await worker.Registers(Cases.Intake(zone, "Zeger", "Zo")));
        await worker.Closes(closed); // what was unknown then is said to be
        await free.Protects(error, Protection.Sealed, worker.Id);
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Ada", FamilyName = "Appelle" });
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, free);

        var seen = (await free.Send(new Look.Query()))!;
        Assert.Equal(new[] { first, second }.Order(), seen.Lacking.First.Select(d => d.Dossier).Order());
        Assert.Equal(2, seen.Lacking.Dossiers);
        Assert.Contains("First contact", seen.Lacking.First[0].What);
        Assert.Equal([second], (await walled.Send(new Look.Query()))!.Lacking.First.Select(d => d.Dossier));
        using (var visit = free.Visit())
        {
            var page = await visit.Page(Path);
            Assert.Equal(seen.Lacking.First.Select(d => d.Dossier), page.QuerySelectorAll("section[aria-labelledby=lacking] tbody a").Select(a => Guid.Parse(a.GetAttribute("href")!.Split('/')[^1])));
            Assert.DoesNotContain("Appelle", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("3", page.QuerySelector("section[aria-labelledby=glance] tbody tr td data")!.GetAttribute("value"));
        }
        using (var visit = walled.Visit())
        {
            var page = await visit.Page(Path);
            Assert.Null(page.QuerySelector("section[aria-labelledby=glance]"));
            Assert.NotNull(page.QuerySelector("main a[href$='/our-figures/closed']"));
        }
        // Whoever completes it finds it gone.
        var form = await worker.Send(new Edit.Query(second, await worker.LeadOf(second), "fr"));
        await worker.Send(form with { Dossier = second, Person = await worker.LeadOf(second), Sex = Sex.Female, BirthDate = new DateOnly(1985, 5, 5) });
        var after = (await free.Send(new Look.Query()))!.Lacking.First.Single(d => d.Dossier == second).What;
        Assert.Equal(2, seen.Lacking.First.Single(d => d.Dossier == second).What.Except(after).Count());
        var acts = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Actor == free.Id).Select(r => new { r.Act, r.Payload }).ToListAsync(Ct));
        Assert.Contains(acts, a => a.Act == "Statistics.Campaign.Look" && a.Payload.Contains("campaign 2026", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Figures_that_change_afterwards_are_said_to_have_and_what_is_hidden_changes_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossiers = new List<Guid>();
        for (var i = 0; i < 16; i++) dossiers.Add(await worker.Registers(Cases.Intake(zone, "Een" + (char)('a' + i), "Otto" + (char)('a' + i))));
        await chief.Protects(dossiers[15], Protection.Sealed, worker.Id);
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, chief);
        Assert.True(await Looks(chief));
        Assert.Equal((chief.Id, false), await Now());
        // In a sealed dossier: beside the figures that everybody may see it would say that there is one.
        await Becomes(dossiers[15]);
        Assert.Equal((chief.Id, false), await Now());
        foreach (var dossier in dossiers.Take(6)) await Becomes(dossier);
        Assert.Equal((chief.Id, true), await Now());
        using (var visit = chief.Visit())
        {
            var page = await visit.Page(Path);
            Assert.Contains("have changed since", page.QuerySelector("main .vs-notice")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(2, page.QuerySelectorAll("main form[method=post]").Length);
        }
        Assert.True(await Looks(chief));
        Assert.Equal((chief.Id, false), await Now());
        Assert.True(await chief.Send(new Look.TakeBackCommand()));
        Assert.Equal(((Guid?)null, false), await Now());
        Assert.False(await chief.Send(new Look.TakeBackCommand()));

        async Task<(Guid? By, bool Changed)> Now() => await chief.Send(new Look.Query()) is { } now ? (now.By, now.Changed) : default;

        async Task Becomes(Guid dossier)
        {
            var form = await worker.Send(new Edit.Query(dossier, await worker.LeadOf(dossier), "fr"));
            await worker.Send(form with { Dossier = dossier, Person = await worker.LeadOf(dossier), Sex = Sex.Female });
        }
    }

    [Theory, EveryEngine]
    public async Task Structural_work_is_among_what_was_looked_at_and_what_of_it_stays_in_the_zone_is_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.Coordinator);
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, chief);
        Assert.True(await Looks(chief));
        // Noted late, of the year that is asked about: it comes out with the figures, so it is to be looked at.
        var (training, session, people) = await chief.Gave(zone, Giving.Plan(), -40, Giving.Colleague(default, "Ann"));
        Assert.True((await chief.Send(new Look.Query()))!.Changed);
        using (var visit = chief.Visit()) Assert.NotNull((await visit.Page(Path)).QuerySelector("section[aria-labelledby=trainings]")); // and it stands on the page
        Assert.True(await Looks(chief));
        // Of another year, and by the names of its units, nothing of it comes out.
        await chief.Gave(zone, Giving.Plan("Hate", topic: "HATE"), -1, Giving.Colleague(default, "Bas"));
        var form = (await chief.Send(new VictimSupport.Network.Trainings.Correct.Query(training, people[0]))).Form;
        await chief.Send(form with { Training = training, Participant = people[0], Unit = "Wijk" });
        Assert.False((await chief.Send(new Look.Query()))!.Changed);
        // The morning after, a word that is of other figures has lapsed.
        await chief.Notes(training, session);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        Assert.Null((await chief.Send(new Look.Query()))!.Validated);
    }

    [Theory, EveryEngine]
    public async Task What_changed_while_somebody_looked_is_shown_before_it_is_said_to_be_the_figures(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossiers = await Twelve(zone, worker);
        platform.Clock.SetUtcNow(February2027);
        await Asks(zone, chief);
        using var visit = chief.Visit();
        var shown = await visit.Page(Path);
        await Become(worker, dossiers[..6]);
        var answer = await visit.Send(Path, Form(shown), []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var again = await Visit.Read(answer);
        Assert.Contains("changed while you looked", again.QuerySelector(".govuk-error-summary a[href='#Seen']")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(again.QuerySelector("button#Seen"));
        Assert.Null((await chief.Send(new Look.Query()))!.Validated);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(Path, Form(again), [])).StatusCode);
        Assert.NotNull((await chief.Send(new Look.Query()))!.Validated);

        static AngleSharp.Html.Dom.IHtmlFormElement Form(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>("main form[method=post]")!;
    }

    [Theory, EveryEngine]
    public async Task Counted_is_who_looked_at_the_figures_that_come_out_and_not_at_others(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var campaigns = world.Platform.Services.GetRequiredService<IRunCampaigns>();
        var (zone, chief) = (world.Zones[0], await world.Zones[0].Hires("chief", Role.Coordinator));
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossiers = await Twelve(zone, worker);
        world.Platform.Clock.SetUtcNow(February2027);
        await campaigns.Open(2026, Deadline, Ct);
        Assert.True(await Looks(chief));
        Assert.True(await Looks(world.Zones[1].As(Role.Coordinator)));
        foreach (var looked in world.Zones.Take(2)) await looked.RunJobs();
        Assert.Equal("2026\tuntil 2027-03-15\t2 of 10 zones looked", (await campaigns.Status(Ct))[0]);
        await Become(worker, dossiers[..6]);
        var status = await campaigns.Status(Ct);
        Assert.Equal("2026\tuntil 2027-03-15\t1 of 10 zones looked", status[0]);
        Assert.Contains(zone.Code + "\tlooked, and its figures have changed since", status);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Stands.Query(2026)))).Code);
        // One that looked and does not answer now is said to: the final figures would not count it.
        await Becomes(world.Zones[1], ZoneState.Suspended);
        status = await campaigns.Status(Ct);
        Assert.Equal("2026\tuntil 2027-03-15\t0 of 10 zones looked", status[0]);
        Assert.Contains(world.Zones[1].Code + "\tlooked, and does not answer now", status);
        await Becomes(world.Zones[1], ZoneState.Active);
        await world.Release("2026-F");
        await using var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished();
        Assert.Equal(1, (await store.Set<Release>().SingleAsync(Ct)).Validated);
        // The words are two still: no job ran since. What is told is who looked at what came out.
        await using (var house = world.Platform.Services.GetRequiredService<CatalogDatabase>().Lease()) Assert.Equal(2, await house.Set<AskedZone>().CountAsync(a => a.Validated != null, Ct));
        // And so says the operator's list, which asks no zone any more; the zone's own page says one thing, not two.
        Assert.Equal(["2026\t2026-F is out\t1 of 10 zones looked at what came out"], await campaigns.Status(Ct));
        using (var hers = chief.Visit())
        {
            var page = await hers.Page(Path);
            Assert.True((await chief.Send(new Look.Query()))!.Changed);
            Assert.Contains("changes no more", Assert.Single(page.QuerySelectorAll("main .vs-notice")).TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("answer again", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("then say that these are your figures", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }
        using var analyst = world.Analyst();
        Assert.Contains("final figures published: 1 of 10 zones", await Said(analyst, "/figures/quality", "#campaign + p"), StringComparison.Ordinal);

        async Task Becomes(TestZone silent, ZoneState state)
        {
            await world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house => (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == silent.Id, Ct)).State = state, Ct);
            world.Platform.Services.GetRequiredService<ZoneRegistry>().LetGo(silent.Code);
        }
    }

    [Theory, EveryEngine]
    public async Task A_zone_whose_figures_changed_after_it_looked_is_asked_again_and_counts_no_more(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var campaigns = world.Platform.Services.GetRequiredService<IRunCampaigns>();
        var (zone, chief) = (world.Zones[0], await world.Zones[0].Hires("chief", Role.Coordinator));
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossiers = await Twelve(zone, worker);
        world.Platform.Clock.SetUtcNow(February2027);
        await campaigns.Open(2026, Deadline, Ct);
        await Runs();
        Assert.Equal(1, Told());
        Assert.True(await Looks(chief));
        // The next morning nothing has changed: nobody is asked, and the word stands.
        world.Platform.Clock.SetUtcNow(February2027.AddDays(1));
        await Runs();
        Assert.Equal((1, "2026\tuntil 2027-03-15\t1 of 10 zones looked"), (Told(), (await campaigns.Status(Ct))[0]));
        await Become(worker, dossiers[..6]);
        await Runs();
        Assert.Equal(1, Told()); // once a day is often enough
        world.Platform.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 6, 59, 0, TimeSpan.Zero)); // 7:59 in Belgium
        await Runs();
        Assert.Equal(1, Told());
        world.Platform.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 7, 0, 0, TimeSpan.Zero));
        await Runs();
        Assert.Equal(2, Told());
        await Runs();
        Assert.Equal(2, Told());
        var status = await campaigns.Status(Ct);
        Assert.Equal("2026\tuntil 2027-03-15\t0 of 10 zones looked", status[0]);
        Assert.Contains(zone.Code + "\thas not looked yet", status);
        using var analyst = world.Analyst();
        Assert.Contains("0 of 10 zones.", await Said(analyst, "/figures/quality", "#campaign + p"), StringComparison.Ordinal);
        using var hers = chief.Visit();
        var page = await hers.Page(Path);
        Assert.Contains("have changed since your zone answered", page.QuerySelector("main .vs-notice")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Not given yet", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Single(page.QuerySelectorAll("main form[method=post]"));
        Assert.Equal(CampaignIs.Unanswered, await chief.Send(new Waits.Query()));
        Assert.Null(await chief.SendAsPlatform(new Stands.Query(2026)));
        // Looked at these it counts again, and is left alone.
        Assert.True(await Looks(chief));
        world.Platform.Clock.SetUtcNow(February2027.AddDays(4));
        await Runs();
        Assert.Equal((2, "2026\tuntil 2027-03-15\t1 of 10 zones looked"), (Told(), (await campaigns.Status(Ct))[0]));
        // From the day of the final figures on nobody is asked any more, whatever changes.
        await Become(worker, dossiers[6..]);
        world.Platform.Clock.SetUtcNow(FiguresWorld.FinalDay);
        await Runs();
        Assert.Equal(2, Told());
        Assert.NotNull((await zone.Look(z => z.Set<YearAsked>().SingleAsync(Ct))).Validated);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Recheck.Command(2026)))).Code);

        async Task Runs()
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
        }

        int Told() => world.Platform.Post.Letters.Count(l => l.Key.StartsWith(FiguresToLookAt.ReminderKind, StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "chief"));
    }

    [Theory, EveryEngine]
    public async Task Opened_again_it_asks_the_zones_that_came_in_since_and_moves_the_deadline(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var campaigns = world.Platform.Services.GetRequiredService<IRunCampaigns>();
        var cora = await world.Zones[0].Hires("cora", Role.Coordinator);
        world.Platform.Clock.SetUtcNow(February2027);
        await campaigns.Open(2026, Deadline, Ct);
        await world.Zones[0].RunJobs();
        Assert.True(await Looks(world.Zones[1].As(Role.Coordinator)));
        await Backdoor(world.Platform, house => house.Remove(house.Set<AskedZone>().Single(a => a.ZoneId == world.Zones[9].Id))); // as one that came in since
        var later = new DateOnly(2027, 3, 22);
        world.Platform.Clock.Advance(TimeSpan.FromDays(1));
        var said = await campaigns.Open(2026, later, Ct);
        Assert.Equal(["2026 was open already: 1 zones added, deadline moved from 2027-03-15", "2026\tuntil 2027-03-22\t0 of 10 zones looked"], said.Take(2));
        foreach (var zone in world.Zones) Assert.Equal(later, (await zone.Look(z => z.Set<YearAsked>().SingleAsync(Ct))).Deadline);
        // Who has not looked is told once more, and reminded by the new day; who has looked is not.
        Assert.Equal(2, await Told());
        world.Platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 1, 9, 0, 0, TimeSpan.Zero)); // two weeks before the first one
        Assert.Equal(2, await Told());
        world.Platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 8, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal(3, await Told());
        Assert.Null((await world.Zones[1].Look(z => z.Set<YearAsked>().SingleAsync(Ct))).RemindAt);

        async Task<int> Told()
        {
            for (var i = 0; i < 2; i++) await world.Zones[0].RunJobs();
            return world.Platform.Post.Letters.Count(l => l.Key.StartsWith(FiguresToLookAt.ReminderKind, StringComparison.Ordinal) && l.To == Staff.AddressOf(world.Zones[0], "cora"));
        }
    }

    [Theory, EveryEngine]
    public async Task It_stands_in_the_menu_while_it_asks_and_on_the_bell_until_somebody_answered(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        using var hers = cora.Visit();
        using var others = anna.Visit();
        platform.Clock.SetUtcNow(February2027);
        Assert.Equal((false, 0), await Now(hers));
        await Asks(zone, cora);
        Assert.Equal((true, 1), await Now(hers));
        Assert.Equal((false, 0), await Now(others));
        Assert.Contains("Yearly figures to look at", await Said(hers, "/waiting", "main"), StringComparison.Ordinal);
        Assert.DoesNotContain("Yearly figures to look at", await Said(others, "/waiting", "main"), StringComparison.Ordinal);
        Assert.True(await Looks(cora));
        Assert.Equal((true, 0), await Now(hers));
        Assert.True(await cora.Send(new Look.TakeBackCommand()));
        Assert.Equal((true, 1), await Now(hers));
        // From the day of the final figures on it asks nobody any more.
        platform.Clock.SetUtcNow(FiguresWorld.FinalDay);
        Assert.Equal((false, 0), await Now(hers));

        static async Task<(bool Menu, int Bell)> Now(Visit visit)
        {
            var page = await visit.Page("/search");
            return (page.QuerySelector($"nav a[href$='{Path}']") is not null, int.Parse(page.QuerySelector(".vs-bell .vs-count")?.TextContent ?? "0", System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory, EveryEngine]
    public async Task Told_twice_or_too_late_the_mark_is_the_same(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.Coordinator);
        await Backdoor(platform, house => house.Add(AskedZone.New(2026, zone.Id, new DateOnly(2026, 7, 1), new DateOnly(2026, 12, 31))));
        await Backdoor(platform, house => house.Add(VictimSupport.Statistics.Campaign.Campaign.New(2026, "x", platform.Clock.GetUtcNow(), Deadline)));
        var campaigns = platform.Services.GetRequiredService<IRunCampaigns>();
        // Killed after the zone had it and before that was noted: asked again it says so, and has one row.
        await Asks(zone, chief);
        await campaigns.AskTheRest(Ct);
        Assert.NotNull((await Asked()).HadIt);
        await campaigns.AskTheRest(Ct);
        Assert.Equal(1, await zone.Look(z => z.Set<YearAsked>().CountAsync(Ct)));

        await Looks(chief);
        var first = await Message();
        await Delivers(first);
        var mark = await Asked();
        Assert.Equal((1, true), (mark.Turn, mark.Validated is not null));
        await Delivers(first); // killed before it was noted as delivered
        await zone.RunJobs();
        Assert.Equal((mark.Turn, mark.Validated), ((await Asked()).Turn, (await Asked()).Validated));
        await chief.Send(new Look.TakeBackCommand());
        await Delivers(await Message());
        await Delivers(first); // what holds is told, whatever the message was about
        Assert.Equal((2, (DateTimeOffset?)null), ((await Asked()).Turn, (await Asked()).Validated));
        // An earlier word that was read before and comes after says nothing.
        var asked = await Asked();
        asked.Hears(1, platform.Clock.GetUtcNow());
        Assert.Null(asked.Validated);

        Task<OutboxMessage> Message() => zone.Look(z => z.Set<OutboxMessage>().Where(m => m.Kind == TellThatWeLooked.KindName).OrderByDescending(m => m.Key).FirstAsync(Ct));

        async Task<AskedZone> Asked()
        {
            await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
            return await house.Set<AskedZone>().AsNoTracking().SingleAsync(a => a.ZoneId == zone.Id, Ct);
        }

        async Task Delivers(OutboxMessage message)
        {
            await using var scope = platform.Services.CreateAsyncScope();
            var where = scope.ServiceProvider.GetRequiredService<WhereAndWho>();
            (where.Zone, where.Caller) = (zone.Handle, Caller.Platform);
            ZoneRecord record;
            await using (var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease()) record = await house.Set<ZoneRecord>().AsNoTracking().SingleAsync(z => z.Id == zone.Id, Ct);
            await scope.ServiceProvider.GetServices<IDeliver>().OfType<TellThatWeLooked>().Single().Deliver(message, record, Ct);
        }
    }

    [Fact]
    public async Task Whoever_may_not_finds_nothing_there()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        await Asks(zone, zone.As(Role.Coordinator));
        foreach (var role in Enum.GetValues<Role>().Except([Role.Coordinator, Role.Operator, Role.Analyst]))
        {
            using var visit = zone.Visit(role);
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(Path)).StatusCode);
            foreach (var deed in new Func<Task>[] { () => zone.As(role).Send(new Look.Query()), () => zone.As(role).Send(new Look.ValidateCommand()), () => zone.As(role).Send(new Look.TakeBackCommand()) })
                Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(deed)).Code);
        }
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Coordinator).Send(Question(platform)))).Code); // no zone asks itself
        using var stranger = other.Visit(Role.Coordinator);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/{zone.Code}{Path}")).StatusCode);
        Assert.Null(await other.As(Role.Coordinator).Send(new Look.Query()));
        Assert.False(await other.As(Role.Coordinator).Send(new Look.ValidateCommand())); // never asked: there is nothing to say it of
    }

    private static Ask.Command Question(Platform platform) => new(2026, new string('a', 64), platform.Clock.GetUtcNow(), Deadline, new DateOnly(2026, 7, 1), new DateOnly(2026, 12, 31));

    private static async Task<List<Guid>> Twelve(TestZone zone, Person worker)
    {
        var dossiers = new List<Guid>();
        for (var i = 0; i < 12; i++) dossiers.Add(await worker.Registers(Cases.Intake(zone, "Een" + (char)('a' + i), "Otto" + (char)('a' + i))));
        return dossiers;
    }

    // So many that the masked figures say something else.
    private static async Task Become(Person worker, IEnumerable<Guid> dossiers)
    {
        foreach (var dossier in dossiers)
        {
            var form = await worker.Send(new Edit.Query(dossier, await worker.LeadOf(dossier), "fr"));
            await worker.Send(form with { Dossier = dossier, Person = await worker.LeadOf(dossier), Sex = Sex.Female });
        }
    }

    private static async Task<bool> Looks(Person somebody) => await somebody.Send(new Look.ValidateCommand { Seen = (await somebody.Send(new Look.Query()))!.Digest });

    private static Task<bool> Asks(TestZone zone, Person somebody) => somebody.SendAsPlatform(Question(zone.Platform));

    private static Task Backdoor(Platform platform, Action<CatalogDbContext> write) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
    {
        write(house);
        return Task.FromResult(true);
    }, Ct);

    private static async Task Press(TestZone zone, int form, string said)
    {
        using var visit = zone.Visit(Role.Coordinator);
        var forms = (await visit.Page(Path)).QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form[method=post]").ToList();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(Path, forms[form], [])).StatusCode);
        Assert.Contains(said, (await visit.Page(Path)).Body!.TextContent, StringComparison.Ordinal);
    }

    private static async Task<string> Said(Visit visit, string path, string part) => (await visit.Page(path)).QuerySelector(part)!.TextContent;
}
