using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Home;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Desk = VictimSupport.Casework.Worklist.Desk;

namespace VictimSupport.Tests.Identity;

/// <summary>The home across zones: one question a zone, under that zone's own rules, and no zone in another's way.</summary>
public sealed class HomeTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Each_zone_shows_the_figures_of_its_own_pages_and_names_nobody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (one, two, none) = (await platform.Zone(), await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "both@z.example", Role.Coordinator);
        await person.Holds(two, Role.Caseworker);
        var (leads, works) = (one.As(person.Account, Role.Coordinator), two.As(person.Account, Role.Caseworker));
        await one.As(Role.Caseworker).Registers(Cases.Intake(one, "Zzkanarie"));
        var free = await one.As(Role.OnCall).Registers(Cases.Intake(one, "Muster"));
        await one.As(Role.FrontDesk).Send(TrayTests.Message());
        foreach (var family in new[] { "Exemple", "Voorbeeld" }) await works.Registers(Cases.Intake(two, family));
        platform.Clock.Advance(TimeSpan.FromDays(4)); // what an intake plans is late by now
        using var again = await SignedIn.In(one, "both@z.example");
        var today = await works.Registers(Cases.Intake(two, "Oefening"));
        await works.Send(await works.Appointment(two, today));
        await works.Send(await works.Appointment(two, today) with { At = platform.Clock.GetUtcNow().AddHours(5) });
        await works.Send(await works.Appointment(two, today) with { At = platform.Clock.GetUtcNow().AddDays(2) });
        foreach (var i in Enumerable.Range(0, 2)) await none.As(Role.Caseworker).Registers(Cases.Intake(none, "Fictif"));

        var home = await again.Own.Page("/account/home");
        Assert.Equal([$"/{one.Code}/", $"/{two.Code}/"], home.QuerySelectorAll(".vs-doorstep h3 a").Select(a => a.GetAttribute("href")));
        Assert.Contains("coordinator", Of(home, one).QuerySelector(".vs-doorstep__roles")!.TextContent, StringComparison.Ordinal);
        Assert.Equal([$"/{one.Code}/worklist 0 open", $"/{one.Code}/worklist 1 due", $"/{one.Code}/worklist 1 late", $"/{one.Code}/agenda 0 appointments", $"/{one.Code}/tray 1 in", $"/{one.Code}/waiting 3 in"], Lines(home, one));
        Assert.Equal([$"/{two.Code}/worklist 3 open", $"/{two.Code}/worklist 3 due", $"/{two.Code}/worklist 2 late", $"/{two.Code}/agenda 2 appointments", $"/{two.Code}/waiting 6 in"], Lines(home, two));
        foreach (var (who, zone) in new[] { (leads, one), (works, two) })
        {
            var (list, waits, rings) = (await who.Send(new Mine.Query(Tab.Mine, 1)), await who.Send(new Desk.Query()), (await who.Send(new Bell.Query())).Sum);
            Assert.Equal((list.Total, list.DueToday, list.Late), (Figure(home, zone, "open"), Figure(home, zone, "due"), Figure(home, zone, "late")));
            Assert.Equal(rings + waits.Tray + waits.Unsigned, int.Parse(Of(home, zone).QuerySelector("a[href$='/waiting'] .vs-doorstep__count")!.TextContent, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(waits.Tray, Of(home, zone).QuerySelector("a[href$='/tray'] .vs-doorstep__count")?.TextContent is { } tray ? int.Parse(tray, System.Globalization.CultureInfo.InvariantCulture) : 0);
        }
        foreach (var secret in new[] { "Zzkanarie", "Z.", "2026-", free.ToString() }) Assert.DoesNotContain(secret, home.QuerySelector(".vs-doorsteps")!.InnerHtml, StringComparison.OrdinalIgnoreCase);

        // Each leads into that zone, which mints its pass by itself.
        foreach (var link in Of(home, two).QuerySelectorAll<IHtmlAnchorElement>(".vs-doorstep__lines a")) Assert.Equal(HttpStatusCode.OK, await Follow(again.Visit.Client, link.GetAttribute("href")!));
    }

    [Theory, EveryEngine]
    public async Task What_is_walled_off_or_sealed_is_in_no_figure(string engine)
    {
        await using var platform = Platform.Start(engine); // its morning is its own: the appointments are today's
        var zone = await platform.Zone();
        var (anna, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var (walled, @sealed, left) = (await anna.Registers(Cases.Intake(zone, "Exemple")), await anna.Registers(Cases.Intake(zone, "Muster")), await anna.Registers(Cases.Intake(zone, "Oefening")));
        var hours = 2;
        foreach (var dossier in new[] { walled, @sealed, left }) await anna.Send(await anna.Appointment(zone, dossier) with { At = platform.Clock.GetUtcNow().AddHours(hours += 2) });
        Assert.Equal((3, 3), (await Figure(anna, "open"), await Figure(anna, "appointments")));
        await zone.WallsOff(anna, walled);
        Assert.Equal((2, 2), (await Figure(anna, "open"), await Figure(anna, "appointments")));
        await chief.Protects(@sealed, Protection.Sealed, chief.Id);
        Assert.Equal((1, 1), (await Figure(anna, "open"), await Figure(anna, "appointments")));
        // And what waits in the tray behind a wall round the person.
        var message = await zone.As(Role.FrontDesk).Send(TrayTests.Message("Zzkanarie", "Quirien"));
        Assert.Equal(1, await Figure(anna, "in the tray"));
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = anna.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Quirien", FamilyName = "Zzkanarie" });
        Assert.Null(await Figure(anna, "in the tray"));
        Assert.Equal(1, await Figure(chief, "in the tray"));
        Assert.NotEqual(Guid.Empty, message);
    }

    [Theory, EveryEngine]
    public async Task A_trainee_and_a_stand_in_see_what_was_given_to_them_and_who_replaces_what_they_replace(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, trainee, standIn, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), zone.As(Role.Trainee), await zone.Hires("standin", Role.OutsideStandIn), zone.As(Role.Coordinator));
        var (first, second) = (await anna.Registers(Cases.Intake(zone, "Exemple")), await anna.Registers(Cases.Intake(zone, "Muster")));
        await zone.Names(first, trainee.Id);
        await zone.Gives(second, standIn.Id);
        Assert.Equal((1, 1, 0), (await Figure(trainee, "open"), await Figure(standIn, "open"), await Figure(bert, "open")));
        await zone.IsAway(anna, bert);
        Assert.Equal(2, await Figure(bert, "open"));
        // What a trainee wrote waits for those who sign it, and for them once it is given back.
        await trainee.Send(new Write.Command { Dossier = first, Persons = [await anna.LeadOf(first)], Layer = Layer.Assistance, Text = "Beobachtung", Version = (await trainee.Opens(first)).Dossier.Version });
        foreach (var who in new[] { anna, bert, chief, standIn, trainee }) Assert.Equal((await who.Send(new Desk.Query())).Unsigned, await Figure(who, "to countersign") ?? 0);
        Assert.Equal((1, null), (await Figure(anna, "to countersign"), await Figure(trainee, "to countersign")));
        // So does a document that somebody asks to be withdrawn, for everybody but them.
        var document = await bert.Puts(first);
        zone.Platform.Clock.Advance(VictimSupport.Casework.Documents.Document.Slip + TimeSpan.FromMinutes(1));
        await bert.Fresh().Send(new VictimSupport.Casework.Documents.Withdraw.Command { Dossier = first, Document = document, Reason = WithdrawReason.OutOfDate });
        foreach (var who in new[] { anna, bert, chief, standIn, trainee }) Assert.Equal((await who.Send(new Desk.Query())).Unsigned, await Figure(who, "to countersign") ?? 0);
        Assert.Equal((2, 1), (await Figure(anna, "to countersign"), await Figure(bert, "to countersign")));
    }

    [Fact]
    public async Task Whoever_works_on_no_dossiers_sees_no_figure()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        foreach (var role in Enum.GetValues<Role>())
        {
            var shown = await zone.As(role).Send(new Waits.Query());
            Assert.Equal(AccessMatrix.Allows(May.WorkOnDossiers, [role]), shown?.Lines.Any(l => l.Path == "/worklist") == true);
            Assert.Equal(AccessMatrix.Allows(May.OpenCallOuts, [role]), shown?.Lines.All(l => l.Path != "/tray") == true && AccessMatrix.Allows(May.OpenCallOuts, [role])); // nothing waits: no line
        }
        await Assert.ThrowsAsync<RefusedException>(() => zone.As().Send(new Waits.Query()));
    }

    [Theory, EveryEngine]
    public async Task Each_zone_records_that_its_figures_were_shown_and_no_zone_anything_of_another(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (one, two, officers) = (await platform.Zone(), await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "seen@z.example", Role.Caseworker);
        await person.Holds(two, Role.OnCall);
        await person.Holds(officers, Role.DataProtectionOfficer);
        var dossier = await one.As(person.Account, Role.Caseworker).Registers(Cases.Intake(one));
        await person.Own.Page("/account/home");
        foreach (var zone in new[] { one, two })
        {
            var row = Assert.Single(await Recorded(zone));
            Assert.Equal((person.Account, (Guid?)null), (row.Actor!.Value, row.Subject)); // a figure opens no dossier
            Assert.Equal($$"""{"session":"{{person.Session}}","listed":[]}""", row.Payload);
        }
        Assert.Empty(await Recorded(officers)); // nothing was shown there
        Assert.DoesNotContain(await one.Look(z => z.Set<AuditRow>().AsNoTracking().ToListAsync()), r => r.Subject == dossier && r.Act.StartsWith("Identity", StringComparison.Ordinal));

        static async Task<List<AuditRow>> Recorded(TestZone zone) => await zone.Look(z => z.Set<AuditRow>().AsNoTracking().Where(r => r.Act == "Identity.Home.Waits").ToListAsync());
    }

    [Theory, EveryEngine]
    public async Task A_zone_whose_database_is_not_its_own_says_so_for_itself(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (broken, whole) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(broken, "broken@z.example", Role.Caseworker);
        await person.Holds(whole, Role.Caseworker);
        await using (var attacker = await broken.Break()) await attacker.Do($"UPDATE seal SET \"Zone\" = '{Guid.NewGuid().ToString().ToUpperInvariant()}'");
        await platform.Services.GetRequiredService<ZoneRegistry>().Forget(broken.Code);
        var home = await person.Own.Page("/account/home");
        Assert.Equal("This zone cannot be reached now.", Of(home, broken).QuerySelector("p.govuk-body")!.TextContent);
        Assert.Empty(Lines(home, broken));
        Assert.NotEmpty(Lines(home, whole));
        Assert.Contains(platform.Logs.Lines, line => line.Contains($"Zone {broken.Code} was not reached from a home (SealBrokenException)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_does_not_answer_is_waited_for_on_its_own_and_one_that_asks_for_a_factor_says_that()
    {
        await using var platform = Platform.Start("sqlite", services: services => services.AddScoped<ITellAtHome, OnDuty>());
        var zones = new List<TestZone>();
        for (var i = 0; i < 7; i++) zones.Add(await platform.Zone());
        using var person = await SignedIn.In(zones[0], "patient@z.example", Role.Caseworker);
        foreach (var zone in zones.Skip(1)) await person.Holds(zone, Role.Caseworker);
        OnDuty.Says[zones[1].Code] = "silent";
        OnDuty.Says[zones[2].Code] = "blocks";
        OnDuty.Says[zones[3].Code] = "fails";
        OnDuty.Says[zones[4].Code] = "stale";
        OnDuty.Says[zones[5].Code] = OnDuty.Says[zones[6].Code] = "meets";
        // It comes although two zones will not have answered, not even when they are given up.
        var home = await person.Own.Page("/account/home");
        OnDuty.Over.Set();
        foreach (var zone in zones[5..7]) Assert.Equal($"/{zone.Code}/on-call  On", Lines(home, zone)[^1]); // each waited for the other: they were asked at once
        foreach (var zone in zones[1..4])
        {
            Assert.Equal("This zone cannot be reached now.", Of(home, zone).QuerySelector("p.govuk-body")!.TextContent);
            Assert.Empty(Lines(home, zone));
        }
        Assert.Equal($"/account/enter?to=%2F{zones[4].Code}%2F", Of(home, zones[4]).QuerySelector("p a")!.GetAttribute("href"));
        Assert.Empty(Lines(home, zones[4]));
        // Another module's line stands where its order says, with its own link and without a figure.
        Assert.Equal($"/{zones[0].Code}/on-call  On", Lines(home, zones[0])[^1]);
        Assert.Null(Of(home, zones[0]).QuerySelector("a[href$='/on-call'] .vs-doorstep__count"));
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(OnDuty.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_takes_another_sign_in_shows_no_figure_before_it()
    {
        await using var platform = Platform.Start("sqlite");
        var (home, other) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(home, "provider@z.example", Role.Caseworker);
        await person.Holds(other, Role.Caseworker);
        // This session began at the provider of the first zone, which shares no pool with the other.
        await platform.Write(house =>
        {
            var entry = house.Entry(new FederatedSession());
            entry.CurrentValues.SetValues(new Dictionary<string, object> { ["Id"] = person.Session, ["Federation"] = Guid.NewGuid(), ["Zone"] = home.Id, ["StateHash"] = "x" });
            entry.State = EntityState.Added;
            return Task.FromResult(true);
        });
        var page = await person.Own.Page("/account/home");
        Assert.NotEmpty(Lines(page, home));
        Assert.Empty(Lines(page, other));
        var link = Of(page, other).QuerySelector("p a")!;
        Assert.StartsWith("Sign in again", link.TextContent, StringComparison.Ordinal);
        Assert.Equal("/account/federation/stricter?to=%2F" + other.Code + "%2F", (await person.Own.Client.GetAsync(link.GetAttribute("href"))).Headers.Location!.ToString());
        Assert.Empty(await other.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Identity.Home.Waits").ToListAsync()));
    }

    [Fact]
    public async Task What_stands_at_a_zones_door_stands_before_its_figures_too()
    {
        await using var platform = Platform.Start("sqlite", conduct: true);
        var zone = await platform.Zone();
        using var person = await SignedIn.In(zone, "conduct@z.example", Role.Caseworker);
        var home = await person.Own.Page("/account/home");
        Assert.StartsWith("There is something to read", Of(home, zone).QuerySelector("p a")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(Lines(home, zone));
        Assert.Empty(await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Identity.Home.Waits").ToListAsync()));
        // And there one sees whose door it is.
        var door = await person.Visit.Page("/conduct");
        Assert.Equal(zone.Code, door.QuerySelector(".vs-zone__code")!.TextContent);
        Assert.Contains(zone.Code, door.Title!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_zones_figure_is_seen_in_a_session_that_may_become_the_platforms()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var person = await SignedIn.In(zone, "operator@z.example", Role.Caseworker);
        await person.Holds(null, Role.Operator);
        var places = platform.Services.GetRequiredService<IKnowPlaces>();
        var before = await person.Own.Page("/account/home");
        Assert.Empty(Lines(before, zone));
        Assert.NotNull(before.QuerySelector(".vs-doorstep h3 a[href='/operator']"));
        Assert.True(await places.Enter(person.Session, onPlatform: false, default));
        Assert.NotEmpty(Lines(await person.Own.Page("/account/home"), zone));

        using var desk = await SignedIn.In(zone, "desk@z.example", Role.Caseworker);
        await desk.Holds(null, Role.Operator);
        Assert.True(await places.Enter(desk.Session, onPlatform: true, default));
        Assert.Empty(Lines(await desk.Own.Page("/account/home"), zone));
        Assert.Single(await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Identity.Home.Waits").ToListAsync())); // the one time it was seen
    }

    [Fact]
    public async Task Only_zones_in_which_a_role_counts_now_are_asked_and_their_colours_shown()
    {
        await using var platform = Platform.Start("sqlite");
        var (one, two) = (await platform.Zone(), await platform.Zone());
        using var person = await SignedIn.In(one, "ends@z.example", Role.Caseworker);
        await person.Holds(two, Role.Caseworker);
        await platform.Write(house =>
        {
            house.Add(VictimSupport.Zones.Settings.SettingChange.Make(one.Id, VictimSupport.Zones.Settings.SettingCode.Accent, "#7a1f5c", null, new DateOnly(2026, 1, 1), Guid.NewGuid(), platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        });
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        var home = await person.Own.Page("/account/home");
        Assert.Equal("#7a1f5c", Of(home, one).QuerySelector("rect.vs-by-day")!.GetAttribute("fill"));
        Assert.NotNull(Of(home, two).QuerySelector("rect.vs-by-house"));
        await person.EndRoles();
        var gone = await person.Own.Page("/account/home");
        Assert.Empty(gone.QuerySelectorAll(".vs-doorstep"));
        Assert.Empty(gone.QuerySelectorAll(".vs-zones a"));
    }

    private static IElement Of(IHtmlDocument home, TestZone zone) => home.QuerySelectorAll(".vs-doorstep").Single(d => d.QuerySelector("h3 a")!.GetAttribute("href") == $"/{zone.Code}/");

    // Address, figure and first word of each line.
    private static string[] Lines(IHtmlDocument home, TestZone zone) => [.. Of(home, zone).QuerySelectorAll(".vs-doorstep__lines a").Select(a => $"{a.GetAttribute("href")} {a.QuerySelector(".vs-doorstep__count")?.TextContent} {Said(a)}")];

    private static string Said(IElement line) => line.ChildNodes.OfType<IText>().Select(t => t.Text.Trim()).First(t => t.Length > 0).Split(' ')[0];

    private static int? Figure(IHtmlDocument home, TestZone zone, string said) =>
        Of(home, zone).QuerySelectorAll(".vs-doorstep__lines a").Where(a => Said(a) == said).Select(a => (int?)int.Parse(a.QuerySelector(".vs-doorstep__count")!.TextContent, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();

    private static async Task<int?> Figure(VictimSupport.Tests.Kit.Person who, string said)
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("en");
        return (await who.Send(new Waits.Query()))!.Lines.FirstOrDefault(l => l.Text.StartsWith(said, StringComparison.Ordinal))?.Count;
    }

    private static async Task<HttpStatusCode> Follow(HttpClient client, string to)
    {
        for (var i = 0; i < 5; i++)
        {
            var answer = await client.GetAsync(to, TestContext.Current.CancellationToken);
            if (answer.Headers.Location is not { } next) return answer.StatusCode;
            to = next.ToString();
        }
        return HttpStatusCode.LoopDetected;
    }

    /// <summary>What another module would say: who is on duty, in a zone where nothing is wrong.</summary>
    private sealed class OnDuty(UseCase here) : ITellAtHome
    {
        public const string Secret = "Zzgeheim";
        public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Says = new();
        public static readonly ManualResetEventSlim Over = new();
        private static readonly Barrier Both = new(2);
        public int Order => 20;

        public async ValueTask<IReadOnlyList<HomeLine>> Lines(CancellationToken ct)
        {
            switch (Says.GetValueOrDefault(here.InZone.Code))
            {
                case "silent":
                    while (!Over.IsSet) await Task.Delay(50, CancellationToken.None); // does not listen when it is given up
                    break;
                case "blocks": Over.Wait(TimeSpan.FromMinutes(1), CancellationToken.None); break; // as a disk that hangs under an embedded database
                case "meets":
                    if (!Both.SignalAndWait(Rounds.Patience, CancellationToken.None)) throw new TimeoutException();
                    break;
                case "fails": throw new InvalidOperationException(Secret);
                case "stale": throw new StaleFactorException();
                default: break;
            }
            return [new HomeLine("On duty now: Somebody", "/on-call")];
        }
    }
}
