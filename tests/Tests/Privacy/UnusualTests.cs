using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Privacy.Audit;
using VictimSupport.Privacy.Unusual;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Privacy;

/// <summary>What the nightly job finds in the audit, and who gets to see it.</summary>
public sealed class UnusualTests(Platforms platforms)
{
    private static readonly Guid Me = Guid.NewGuid(), Colleague = Guid.NewGuid();
    private static readonly DateOnly Day = new(2026, 11, 24);

    [Fact]
    public void A_name_among_the_people_of_a_dossier_is_found_once_for_each_who_opens_it()
    {
        var dossier = Guid.NewGuid();
        Assert.Equal([FindingKind.OwnName], Kinds([Opens(dossier, "assigned"), Opens(dossier, "assigned")], named: (dossier, Me)));
        Assert.Equal([FindingKind.ColleaguesName], Kinds([Opens(dossier, "control")], named: (dossier, Colleague)));
        Assert.Empty(Kinds([Opens(dossier, "control"), Opens(dossier, "assigned")], named: (dossier, Colleague))); // whoever works on it has a reason
        Assert.Empty(Kinds([Line("Privacy.Audit.Log", dossier, "audit")], named: (dossier, Colleague))); // a look into its audit opens no dossier
    }

    [Fact]
    public void Many_dossiers_of_others_are_measured_against_the_persons_own_days()
    {
        var twelve = Enumerable.Range(0, 12).Select(_ => Opens(Guid.NewGuid(), "control")).ToList();
        Assert.Equal([FindingKind.ManyUnassigned], Kinds(twelve, usual: [2, 1, 2, 2, 3, 2]));
        Assert.Empty(Kinds(twelve, usual: [9, 12, 8, 10, 11]));
        Assert.Empty(Kinds(twelve, usual: [1, 1])); // too few days to say what is usual
        Assert.Empty(Kinds([.. Enumerable.Range(0, 12).Select(_ => Opens(Guid.NewGuid(), "assigned"))], usual: [1, 1, 1, 1, 1]));
    }

    [Fact]
    public void At_night_is_unusual_for_whoever_is_not_on_call()
    {
        var night = new DateTimeOffset(2026, 11, 24, 2, 30, 0, TimeSpan.Zero);
        var three = Enumerable.Range(0, 3).Select(_ => Opens(Guid.NewGuid(), "unassigned") with { At = night }).ToList();
        Assert.Equal([FindingKind.AtNight], Kinds(three));
        Assert.Empty(Kinds(three, onCall: Me));
        Assert.Empty(Kinds([.. three.Select(l => l with { At = night.AddHours(4) })]));
    }

    [Fact]
    public void Searching_widely_and_opening_nothing_is_unusual_and_so_are_refusals_again_and_again()
    {
        var found = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToList();
        Assert.Equal([FindingKind.ManyListedNoneOpened], Kinds([Line("Casework.Dossiers.Search", null, null) with { Listed = found }]));
        Assert.Empty(Kinds([Line("Casework.Dossiers.Search", null, null) with { Listed = found }, Opens(found[0], "assigned")]));
        Assert.Empty(Kinds([Line("Casework.Worklist.Mine", null, null) with { Listed = found }])); // a worklist comes unasked
        Assert.Equal([FindingKind.RefusedAgain], Kinds([.. Enumerable.Range(0, 5).Select(_ => Line("A.B", null, null) with { Refusal = "absent" })]));
        Assert.Empty(Kinds([.. Enumerable.Range(0, 9).Select(_ => Line("A.B", null, null) with { Refusal = "invalid" })]));
        Assert.Empty(Kinds([.. Enumerable.Range(0, 9).Select(_ => Line("A.B", null, null) with { Refusal = "own" })])); // what one may not do to oneself
        Assert.Equal([FindingKind.RefusedAgain], Kinds([.. Enumerable.Range(0, 5).Select(_ => Line("Casework.Dossiers.BreakGlass", null, null) with { Refusal = "invalid" })])); // numbers are being guessed
    }

    [Fact]
    public void Searching_for_oneself_or_a_colleague_is_found_though_nothing_is_opened()
    {
        var dossier = Guid.NewGuid();
        foreach (var act in new[] { "Casework.Dossiers.Search", "Casework.Intakes.Register.Check" })
        {
            var search = Line(act, null, null) with { Listed = [dossier] };
            Assert.Equal([FindingKind.OwnNameSearched], Kinds([search, search], named: (dossier, Me)));
            Assert.Equal([FindingKind.ColleaguesNameSearched], Kinds([search], named: (dossier, Colleague)));
            Assert.Equal([FindingKind.OwnName], Kinds([search, Opens(dossier, "control")], named: (dossier, Me))); // said once
            Assert.Empty(Kinds([search with { Listed = [dossier, .. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid())] }], named: (dossier, Me))); // it found half the town
        }
        Assert.Empty(Kinds([Line("Casework.Worklist.Mine", null, null) with { Listed = [dossier] }], named: (dossier, Me)));
    }

    [Theory, EveryEngine]
    public async Task The_job_finds_ones_own_name_once_and_without_opening_anybody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("Ada Exemple", Role.Caseworker);
        await zone.Hires("Karel", Role.Caseworker); // one word: it would be found everywhere
        var officer = await zone.Hires("officer", Role.DataProtectionOfficer);
        var dossier = await worker.Registers(Cases.Intake(zone)); // Ada Exemple
        var other = await worker.Registers(Cases.Intake(zone, "Voorbeeld", "Karel"));
        await worker.Opens(dossier);
        await worker.Opens(other);
        await zone.RunRound();
        Assert.Empty(await Findings(zone)); // the day is not over

        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunRound();
        await zone.RunRound();
        var finding = Assert.Single(await Findings(zone));
        Assert.Equal((FindingKind.OwnName, worker.Id, dossier), (finding.Kind, finding.Actor, finding.Dossier!.Value));
        await worker.Opens(dossier);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunRound();
        Assert.Single(await Findings(zone)); // each once

        var row = Assert.Single(await officer.Send(new List.Query()));
        Assert.NotNull(row.Number);
        using var visit = officer.Visit();
        await visit.Submit("/privacy/unusual", [KeyValuePair.Create("Form.Note", "Asked: a namesake, zzcanary."), KeyValuePair.Create("Form.Done", "true")]);
        var done = Assert.Single(await officer.Send(new List.Query()));
        Assert.True(done.Finding.IsDone);
        Assert.Equal("Asked: a namesake, zzcanary.", done.Note);
        Assert.DoesNotContain(await zone.Look(z => z.Set<AuditRow>().Select(r => r.Payload).ToListAsync()), p => p.Contains("zzcanary", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task The_job_finds_who_searched_for_their_own_name(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("Ada Exemple", Role.Caseworker);
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone)); // Ada Exemple, a colleague's
        await worker.Send(new VictimSupport.Casework.Intakes.Register.Check { FamilyName = "Exemple", GivenName = "Ada" });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunRound();
        var finding = Assert.Single(await Findings(zone), f => f.Actor == worker.Id);
        Assert.Equal((FindingKind.OwnNameSearched, dossier), (finding.Kind, finding.Dossier!.Value));
    }

    [Theory, EveryEngine]
    public async Task Whoever_searches_for_a_name_is_found_though_they_may_see_nothing_of_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, curious, officer) = (await zone.Hires("Ada Exemple", Role.Caseworker), await zone.Hires("Bram Muster", Role.Caseworker), await zone.Hires("officer", Role.DataProtectionOfficer));
        await zone.As(Role.Caseworker).Registers(Cases.Intake(zone)); // Ada Exemple, in a dossier neither may open
        foreach (var (who, typed) in new[] { (worker, "exemple ada"), (curious, "Ada Exemple"), (curious, "Ada"), (curious, "Tess Sample") }) Assert.Empty((await who.Send(new VictimSupport.Casework.Dossiers.Search.Query { Text = typed })).Rows);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunRound();
        var findings = (await Findings(zone)).Where(f => f.Actor == worker.Id || f.Actor == curious.Id).ToList();
        Assert.Equal(FindingKind.OwnNameSearched, Assert.Single(findings, f => f.Actor == worker.Id).Kind);
        Assert.Equal(FindingKind.ColleaguesNameSearched, Assert.Single(findings, f => f.Actor == curious.Id).Kind);
        Assert.All(findings, f => Assert.Equal(((Guid?)null, (Guid?)null), (f.Dossier, f.About))); // whose name it was stands nowhere
        Assert.DoesNotContain(await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act.EndsWith(".Search")).Select(r => r.Payload).ToListAsync()), p => p.Contains(worker.Id.ToString(), StringComparison.Ordinal));
        using var visit = officer.Visit();
        await visit.Page("/privacy/unusual");
    }

    [Theory, EveryEngine]
    public async Task No_figure_is_shown_that_counts_what_its_reader_may_not_know_of(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (officer, worker) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("worker", Role.Caseworker));
        await officer.SendAsPlatform(new Keep.Command(Day, [new Suspicion(FindingKind.AtNight, worker.Id, Day, 417)]));
        using var visit = officer.Visit();
        var page = await visit.Page("/privacy/unusual");
        Assert.Contains("several", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("417", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task What_concerns_all_who_review_goes_to_an_administrator_without_the_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (officer, coordinator, chief, other) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("other", Role.ZoneAdministrator));
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        await officer.SendAsPlatform(new Keep.Command(Day,
        [
            new Suspicion(FindingKind.ColleaguesName, coordinator.Id, Day, 1, dossier, officer.Id),
            new Suspicion(FindingKind.RefusedAgain, chief.Id, Day, 5), // the officer's, who it does not concern
        ]));
        foreach (var reviewer in new[] { chief, other })
        {
            var row = Assert.Single(await reviewer.Send(new List.Query()));
            Assert.Equal((coordinator.Id, (string?)null), (row.Finding.Actor, row.Number));
        }
        Assert.Equal(chief.Id, Assert.Single(await officer.Send(new List.Query())).Finding.Actor);
        Assert.Empty(await coordinator.Send(new List.Query()));
    }

    [Fact]
    public async Task Findings_for_others_take_no_place_from_ones_own()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (officer, _) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("coordinator", Role.Coordinator));
        await officer.SendAsPlatform(new Keep.Command(Day, [new Suspicion(FindingKind.RefusedAgain, Guid.NewGuid(), Day, 5)]));
        await officer.SendAsPlatform(new Keep.Command(Day, [.. Enumerable.Range(1, 200).Select(i => new Suspicion(FindingKind.AtNight, officer.Id, Day.AddDays(i), 3))]));
        Assert.Equal(FindingKind.RefusedAgain, Assert.Single(await officer.Send(new List.Query())).Finding.Kind);
    }

    [Theory, EveryEngine]
    public async Task Nobody_reviews_what_concerns_them(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (officer, coordinator, standIn, worker) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("standin", Role.OutsideStandIn), zone.As(Role.Caseworker));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.WallsOff(officer, dossier);
        await officer.SendAsPlatform(new Keep.Command(Day,
        [
            new Suspicion(FindingKind.RefusedAgain, worker.Id, Day, 5), // for the officer
            new Suspicion(FindingKind.AtNight, officer.Id, Day, 3), // about the officer
            new Suspicion(FindingKind.ColleaguesName, worker.Id, Day, 1, Guid.NewGuid(), officer.Id), // the officer's name
            new Suspicion(FindingKind.OwnName, worker.Id, Day, 1, dossier, worker.Id), // walled off from the officer
            new Suspicion(FindingKind.ColleaguesName, coordinator.Id, Day, 1, Guid.NewGuid(), officer.Id), // about both
        ]));
        Assert.Equal([FindingKind.RefusedAgain], (await officer.Send(new List.Query())).Select(r => r.Finding.Kind));
        Assert.Equal([FindingKind.AtNight, FindingKind.ColleaguesName, FindingKind.OwnName], (await coordinator.Send(new List.Query())).Select(r => r.Finding.Kind).Order(Comparer<FindingKind>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
        Assert.Equal(coordinator.Id, Assert.Single(await standIn.Send(new List.Query())).Finding.Actor);
        var about = (await Findings(zone)).Single(f => f.Actor == officer.Id);
        await Assert.ThrowsAsync<RefusedException>(() => officer.Send(new List.Review { Finding = about.Id, Done = true }));
        Assert.False((await Findings(zone)).Single(f => f.Actor == officer.Id).IsDone);
    }

    private static IEnumerable<FindingKind> Kinds(IReadOnlyList<Line> lines, (Guid Dossier, Guid Account)? named = null, Guid? onCall = null, IReadOnlyList<int>? usual = null) => Signs.In(Day, lines,
        named is { } n ? new Dictionary<Guid, IReadOnlySet<Guid>> { [n.Dossier] = new HashSet<Guid> { n.Account } } : new Dictionary<Guid, IReadOnlySet<Guid>>(), onCall is { } one ? new HashSet<Guid> { one } : new HashSet<Guid>(), _ => usual ?? []).Select(s => s.Kind);

    private static Line Opens(Guid dossier, string why) => Line("Casework.Dossiers.ShowView", dossier, why);
    private static Line Line(string act, Guid? subject, string? why) => new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero), 1, Me, act, null, why, null, subject, [], []);
    private static Task<List<Finding>> Findings(TestZone zone) => zone.Look(z => z.Set<Finding>().AsNoTracking().ToListAsync());
}
