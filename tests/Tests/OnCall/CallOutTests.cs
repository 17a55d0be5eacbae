using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.OnCall.CallOuts;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.House;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Conduct;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Visits;
using Enter = VictimSupport.Casework.CallOuts.Enter;
using MyCallOuts = VictimSupport.Casework.CallOuts.Mine;
using Open = VictimSupport.OnCall.CallOuts.Open;
using Visit = VictimSupport.Tests.Kit.Visit;

namespace VictimSupport.Tests.OnCall;

/// <summary>A colleague of one zone goes out in another: what the press begins, what it opens, and when it ends.</summary>
public sealed class CallOutTests(Platforms platforms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Bert is of the second zone, on duty since two hours for ten more; he is called out to the first.</summary>
    private sealed record Night(Pooling.Two Two, DateTimeOffset Ends, Guid CallOut, Person Visitor)
    {
        public Platform Platform => Two.Here.Platform;
        public TestZone Facts => Two.Here;

        /// <summary>The last instant at which it is Bert's, and the first at which it is not.</summary>
        public DateTimeOffset Until => Ends + ZoneSettings.FederalDefaults.CallOutWindow;

        public Enter.Command Form => new()
        {
            CallOut = CallOut, SubKind = "DeathNotification", By = CalledBy.Dispatcher, CalledAt = Platform.Clock.GetUtcNow(), ReportToFollow = true, Language = "fr", Once = Guid.NewGuid(),
            Persons = [new() { GivenName = "Ada", FamilyName = "Exemple", Relation = "mère du défunt" }, new() { Unknown = true, Capacity = Capacity.Relative }], Acts = [CallOutAct.NotifiedOfDeath, CallOutAct.WishToSeeBody],
            Note = "Grand-mère au cœur fragile", Tasks = [DayTask.CallWithin24Hours, DayTask.LastFarewell], OwnTask = "Sœur à l'école", OwnDue = Platform.Clock.GetUtcNow().AddHours(10),
        };

        public string Page => $"/call-outs/enter/{CallOut}";
    }

    private static async Task<Night> Begins(Platform platform)
    {
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 12));
        var begun = await Goes(two.Bert, two.Pool, two.Here);
        return new Night(two, now.AddHours(10), begun, two.Bert.In(two.Here, Role.Visitor));
    }

    private static async Task<Guid> Goes(Person who, Guid pool, TestZone to, string? colleague = null)
    {
        var begun = await who.Send(new Open.Command { To = $"{pool:N}:{to.Id:N}", Who = colleague, Once = Guid.NewGuid() });
        if (begun.Visits) await who.Send(new Open.Admit(begun.Id));
        who.Zone.Platform.Services.GetRequiredService<IVisits>().Kept(begun.Account);
        return begun.Id;
    }

    [Theory, EveryEngine]
    public async Task One_press_lets_whoever_is_on_duty_in_and_both_zones_have_it_on_record(string engine)
    {
        var platform = await platforms.On(engine);
        var night = await Begins(platform);
        var visit = Assert.Single(await platform.House(h => h.Set<VictimSupport.Zones.Visits.Visit>().AsNoTracking().Where(v => v.About == night.CallOut).ToListAsync(Ct)));
        Assert.Equal((night.Two.Bert.Id, night.Facts.Id, night.Two.There.Id, VisitKind.CallOut, night.Until), (visit.Account, visit.Zone, visit.From, visit.Kind, visit.Until));
        foreach (var (zone, act) in new[] { (night.Two.There, "OnCall.CallOuts.Open"), (night.Facts, "OnCall.CallOuts.Open") })
            Assert.Contains(await platform.House(h => h.Set<AuditRow>().AsNoTracking().Where(r => r.Subject == zone.Id && r.Actor == night.Two.Bert.Id).ToListAsync(Ct)), r => r.Act.StartsWith(act, StringComparison.Ordinal));
        using (var bert = night.Two.Bert.Visit())
        {
            var pressed = await bert.Press("/on-call/call-out", $"button[value='{night.Two.Pool:N}:{night.Facts.Id:N}']");
            Assert.StartsWith($"/{night.Facts.Code}/call-outs/enter/", pressed.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
        // The same press sent again begins nothing more.
        var press = new Open.Command { To = $"{night.Two.Pool:N}:{night.Facts.Id:N}", Once = Guid.NewGuid() };
        Assert.Equal((await night.Two.Bert.Send(press)).Id, (await night.Two.Bert.Send(press)).Id);
        var together = press with { Once = Guid.NewGuid() };
        Assert.Single((await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => night.Two.Bert.Send(together)))).Select(b => b.Id).Distinct());
        // Nor past the page: two of one form cannot stand there.
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            house.Add(CallOut.Begin(night.Two.Pool, night.Two.Bert.Id, night.Two.There.Id, night.Facts.Id, DateTimeOffset.MaxValue, night.Two.Bert.Id, night.Two.There.Id, together.Once, platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        }, Ct));
    }

    [Theory, EveryEngine]
    public async Task Only_who_is_on_duty_or_was_within_the_window_goes_and_whom_a_coordinator_calls_out(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        var to = $"{two.Pool:N}:{two.Here.Id:N}";
        Assert.Equal("not-on-duty", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(new Open.Command { To = to }))).Code);
        Assert.Empty((await two.Bert.Send(new Open.Query())).To);
        await two.Cora.Send(two.Shift(two.BertKey, now.AddHours(-2), 4, Rank.BackUp));
        Assert.Contains((await two.Bert.Send(new Open.Query())).To, d => d.Zone == two.Here.Id);
        // Anna has no shift; a coordinator calls her out, Bert may not.
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(new Open.Command { To = to, Who = two.AnnaKey }))).Code);
        Assert.True((await two.Cora.Send(new Open.Command { To = $"{two.Pool:N}:{two.There.Id:N}", Who = two.AnnaKey })).Visits);
        await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(new Open.Command { To = to, Who = $"{Guid.NewGuid():N}@{two.Here.Code}" }));
        // A zone that is not in the pool leads nowhere, nor does a pool one is not in.
        var stranger = await platform.Zone();
        foreach (var wrong in new[] { $"{two.Pool:N}:{stranger.Id:N}", $"{Guid.NewGuid():N}:{two.Here.Id:N}", "x" }) Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(new Open.Command { To = wrong }))).Code);
        // What another began is nobody else's to admit.
        var begun = await two.Bert.Send(new Open.Command { To = to, Once = Guid.NewGuid() });
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new Open.Admit(begun.Id)))).Code);
        platform.Clock.Advance(TimeSpan.FromHours(2) + ZoneSettings.FederalDefaults.CallOutWindow);
        Assert.Empty((await two.Bert.Send(new Open.Query())).To);
    }

    [Theory, EveryEngine]
    public async Task A_call_out_becomes_a_dossier_of_the_zone_of_the_facts_with_its_tasks_and_is_counted_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        var form = night.Form;
        // What is being typed is kept while the visit lasts, though its writer is not of the zone.
        var typed = new VictimSupport.Casework.Drafts.Save.Command { Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Turn = 1, Place = "/Casework/CallOuts/Enter callout " + night.CallOut, Boxes = new Dictionary<string, string[]> { ["Form.Note"] = ["nuit"] } };
        await night.Visitor.Send(typed);
        await night.Facts.RunJobs();
        Assert.NotNull(await night.Visitor.Send(new VictimSupport.Casework.Drafts.Find.Query(typed.Place, null)));
        var first = await night.Visitor.Send(form);
        Assert.Equal(night.CallOut, first.Id);
        Assert.Equal(night.CallOut, (await night.Visitor.Send(form)).Id); // the same form again
        var id = await night.Facts.Look(z => z.Set<VictimSupport.Casework.CallOuts.CallOut>().Where(c => c.Id == night.CallOut).Select(c => c.DossierId).SingleAsync(Ct));

        // The day team sees it at once, of nobody, with what is to be done; the bell rings.
        var cora = night.Two.Cora;
        Assert.Equal([id], (await cora.Send(new Mine.Query(VictimSupport.Casework.Worklist.Tab.Unassigned, 1))).Rows.Select(r => r.Dossier));
        var seen = await cora.Opens(id);
        Assert.Equal((night.CallOut, (Guid?)null), (seen.Dossier.CallOut!.Value, seen.Dossier.AssignedTo));
        Assert.Equal([ActKind.FirstContact, ActKind.CallBack, ActKind.Accompany, ActKind.Other], seen.Planned.Select(f => f.Kind).Order());
        Assert.Contains(seen.Planned, f => f.Text?.Value == "Sœur à l'école" && f.DueAt > platform.Clock.GetUtcNow().AddHours(10).AddMinutes(-1) && f.DueAt <= platform.Clock.GetUtcNow().AddHours(10));
        Assert.Equal((CalledBy.Dispatcher, night.Two.Bert.Id, night.Two.There.Id, true), (seen.CallOut!.CalledBy!.Value, seen.CallOut.Performer, seen.CallOut.Employer, seen.CallOut.ReportToFollow));
        Assert.Contains("Ada Exemple", seen.People.Select(p => p.Name));
        Assert.Contains("mère du défunt", seen.Timeline.Select(h => h.Text));
        await night.Facts.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith("dossier-opened " + id, StringComparison.Ordinal));

        // Towards morning: a name, the number, the end; the second saving adds to the first.
        platform.Clock.Advance(TimeSpan.FromHours(3));
        var again = (await night.Visitor.Send(new Enter.Query(night.CallOut))).Form;
        var rows = again.Persons.ConvertAll(p => p.Unknown ? p with { GivenName = "Noor", FamilyName = "Fictif" } : p);
        var ended = platform.Clock.GetUtcNow();
        var saved = await night.Visitor.Send(again with { CallOut = night.CallOut, Once = Guid.NewGuid(), Persons = rows, Report = "BR.30.L1.012345/2026", Ended = ended, HandsOver = true });
        Assert.Equal(ended, saved.To);
        Assert.InRange(ended - saved.From!.Value, TimeSpan.FromMinutes(179), TimeSpan.FromMinutes(181));
        seen = await cora.Opens(id);
        Assert.Equal(["Ada Exemple", "Noor Fictif"], seen.People.Select(p => p.Name).Order());
        Assert.Equal(["BR.30.L1.012345/2026"], seen.OfficialReports);
        Assert.Equal((false, true), (seen.CallOut!.ReportToFollow, seen.CallOut.HandedOver is not null));
        Assert.Equal([ActKind.CallBack, ActKind.Accompany, ActKind.Other], seen.Planned.Select(f => f.Kind).Order()); // somebody was there: the wait for a first contact is over
        // Counted once: two persons, one contact on call with a death notification, in the zone of the facts; nothing in that of the employer.
        var contact = Assert.Single(await night.Facts.Look(z => z.Set<Contact>().AsNoTracking().Where(c => c.DossierId == id).ToListAsync(Ct)));
        Assert.Equal((true, Place.Scene, 180), (contact.OnCall, contact.Place, contact.Minutes));
        Assert.Equal([ServiceKind.DeathNotification], contact.Services);
        Assert.Equal([1, 1], (await night.Facts.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().AsNoTracking().Where(c => c.DossierId == id).ToListAsync(Ct))).Select(c => c.Number));
        Assert.Equal(0, await night.Two.There.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(Ct)));
        // By hand-over nothing is planned twice, and a later saving counts nothing anew.
        await night.Visitor.Send((await night.Visitor.Send(new Enter.Query(night.CallOut))).Form with { CallOut = night.CallOut, Once = Guid.NewGuid(), Scene = "Rue de l'Exemple 1" });
        Assert.Single(await night.Facts.Look(z => z.Set<Contact>().AsNoTracking().Where(c => c.DossierId == id).ToListAsync(Ct)));
        Assert.Equal(3, (await cora.Opens(id)).Planned.Count);
        await Assert.ThrowsAsync<ValidationException>(() => night.Visitor.Send(again with { CallOut = night.CallOut, Once = Guid.NewGuid() })); // over an older one
    }

    [Theory, EveryEngine]
    public async Task The_statement_counts_call_outs_by_worker_and_zones_also_those_outside(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        var now = platform.Clock.GetUtcNow();
        await night.Visitor.Send(night.Form);
        var month = new Statement.Query(night.Two.Pool, Month.Of(VictimSupport.Design.Html.Moment.Day(now)));
        Assert.Equal((1, TimeSpan.Zero, 1), (await night.Two.Cora.Send(month)).Rows.Where(r => r.Rank is null).Select(r => (r.Shifts, r.Time, r.Unknown)).Single()); // nobody has said how long
        using (var page = night.Two.Cora.Visit()) Assert.Contains("length unknown", (await page.Page($"/on-call/rota/{night.Two.Pool}/statement?month={month.Month}")).QuerySelector("main thead")!.TextContent, StringComparison.Ordinal);
        await night.Visitor.Send(new Known.Command(night.CallOut, now, now.AddHours(3)));
        var count = new Count.Command { Kind = FactsKind.RoadAccident, From = now.AddHours(-2), Until = now.AddHours(-1), Once = Guid.NewGuid() };
        var outside = (await night.Two.Bert.Send(new Count.Query())).Single();
        Assert.Equal(await night.Two.Bert.Send(count with { To = outside.Key }), await night.Two.Bert.Send(count with { To = outside.Key }));
        await Assert.ThrowsAsync<ValidationException>(() => night.Two.Bert.Send(count with { To = outside.Key, Once = Guid.NewGuid(), Until = count.From }));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => night.Two.Bert.Send(new Open.Command { To = outside.Key }))).Code); // a count is no visit
        var rows = (await night.Two.Cora.Send(new Statement.Query(night.Two.Pool, Month.Of(VictimSupport.Design.Html.Moment.Day(now))))).Rows.Where(r => r.Rank is null).ToList();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.Equal(("bert", 1, 0), (r.Name, r.Shifts, r.Unknown)));
        Assert.All(rows, r => Assert.StartsWith(night.Two.There.Code, r.Employer, StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromHours(3), rows.Single(r => r.Served.StartsWith(night.Facts.Code, StringComparison.Ordinal)).Time);
        Assert.Equal(TimeSpan.FromHours(1), rows.Single(r => r.Served == "Zone Ailleurs").Time);
        using var visit = night.Two.Cora.Visit();
        Assert.Contains("\"Call-outs\"", await (await visit.Get($"/on-call/rota/{night.Two.Pool}/statement/csv?month={Month.Of(VictimSupport.Design.Html.Moment.Day(now))}")).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        // Nobody tells how long another's took.
        Assert.False(await night.Two.Cora.Send(new Known.Command(night.CallOut, now, now.AddHours(9))));
    }

    /// <summary>What a visitor reaches in a zone: every address here, with the account, the session and the visit as they stand in the catalogue.</summary>
    private static async Task<List<string>> Reaches(Visit there, IEnumerable<string> addresses)
    {
        var reached = new List<string>();
        foreach (var address in addresses)
        {
            if ((await there.Get(address)).StatusCode == HttpStatusCode.OK) reached.Add(address);
        }
        return reached;
    }

    [Fact]
    public async Task A_visitor_reaches_their_own_call_out_and_nothing_else_and_after_it_nothing_at_all()
    {
        await using var platform = Platform.Start("sqlite");
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        using var bert = await SignedIn.In(two.There, "night@z.example", Role.Caseworker);
        var key = $"{bert.Account:N}@{two.There.Code}";
        await two.Cora.Send(two.Shift(key, now.AddHours(-2), 12));
        var self = two.There.As(bert.Account, Role.Caseworker);
        var mine = await Goes(self, two.Pool, two.Here);
        await Accepts(platform, bert.Account, two.Here.Id);
        await bert.Enter(two.Here);
        var there = new Visit(bert.Visit.Client, two.Here.Code);

        // Somebody else's call-out and dossiers there, and a dossier in a zone they never visit.
        var third = await platform.Zone();
        var (elsewhere, team) = (await third.As(Role.Caseworker).Registers(Cases.Intake(third)), await two.Here.As(Role.Caseworker).Registers(Cases.Intake(two.Here)));
        var nightly = new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid(), Persons = [new() { GivenName = "Bo", FamilyName = "Muster" }] };
        var annas = (await two.Anna.Send(nightly)).Id;
        var annasDossier = await DossierOf(two.Here, annas);
        var own = $"/call-outs/enter/{mine}";
        string[] open = ["/call-outs", own];
        var hers = await two.Here.Look(z => z.Set<VictimSupport.Casework.People.Person>().Where(p => p.DossierId == annasDossier).Select(p => p.Id).FirstAsync(Ct));
        // Open to whoever stands in the zone, and of nobody.
        string[] common = ["/alarms", "/events", "/admin/access-matrix", "/conduct"];
        Assert.Equal(common, await Reaches(there, common));
        foreach (var address in common) Assert.DoesNotContain("Muster", await (await there.Get(address)).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        // Every page of the zone, with the id of everything that is there and not theirs.
        var shut = EveryPageTests.Addresses(platform, [team, annasDossier, elsewhere, annas, hers, two.Pool, bert.Account]).Except(open).Except(common).ToList();
        Assert.True(shut.Count > 500, $"{shut.Count} addresses");
        Assert.Equal(open, await Reaches(there, [.. open, .. shut]));
        var saved = await there.Submit(own, [KeyValuePair.Create("Form.SubKind", "DeathNotification"), KeyValuePair.Create("Form.Persons[0].GivenName", "Ada"), KeyValuePair.Create("Form.Persons[0].FamilyName", "Exemple"), KeyValuePair.Create("Form.Note", "Nacht")]);
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var dossier = await DossierOf(two.Here, mine);
        // Their own dossier too is there as the call-out and not as a dossier.
        string[] all = [.. open, .. shut, $"/dossiers/{dossier}", $"/dossiers/{dossier}/contact"];
        Assert.Equal(open, await Reaches(there, all));
        Assert.Contains("Ada Exemple", (await there.Page(own)).Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Muster", (await there.Page("/call-outs")).Body!.TextContent, StringComparison.Ordinal);

        // A form for another's call-out, and one that names another's person.
        var page = await there.Page(own);
        var forged = (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[data-draft]")!;
        forged.SetAttribute("action", $"/{two.Here.Code}/call-outs/enter/{annas}");
        Assert.Equal(HttpStatusCode.NotFound, (await there.Send(own, forged, [KeyValuePair.Create("Form.Note", "forged")])).StatusCode);
        var stranger = await two.Here.Look(z => z.Set<VictimSupport.Casework.People.Person>().Where(p => p.DossierId == team).Select(p => p.Id).FirstAsync(Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await there.Submit(own, [KeyValuePair.Create("Form.Persons[1].Id", stranger.ToString())])).StatusCode);

        // A planted leak is one that this test sees: a call-out of another's that somebody wrote under their name, with the grant that goes with it.
        await two.Here.Handle.Database.Write(new Keyring(two.Here.Handle.Keys), async z =>
        {
            await z.Set<VictimSupport.Casework.CallOuts.CallOut>().Where(c => c.Id == annas).ExecuteUpdateAsync(s => s.SetProperty(c => c.Performer, bert.Account), Ct);
            z.Add(Grant.Give(annasDossier, bert.Account, GrantKind.CallOut, now, now.AddDays(2), bert.Account));
            await z.SaveChangesAsync(Ct);
            return new Written<bool>(true, new AuditRecord(default, null, "Test.Plant", null, "{}"));
        }, Ct);
        Assert.Equal(open, await Reaches(there, all)); // no visit of theirs is about it
        await Plants(platform, new VisitAsked(bert.Account, two.Here.Id, two.There.Id, VisitKind.CallOut, annas, now.AddDays(2)), now);
        Assert.Contains($"/call-outs/enter/{annas}", await Reaches(there, all)); // the leak
        await Changes(platform, v => v.About == annas, (v, at) => v.End(at));
        Assert.Equal(open, await Reaches(there, all));

        // To the last instant, and not one longer.
        platform.Clock.Advance(now.AddHours(10) + ZoneSettings.FederalDefaults.CallOutWindow - platform.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        var late = two.Here.As(bert.Account, Role.Visitor);
        Assert.Equal(mine, (await late.Send(new Enter.Query(mine))) is { Number: not null } ? mine : Guid.Empty);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => late.Send(new Enter.Query(mine)))).Code);
        Assert.Empty((await late.Send(new MyCallOuts.Query())).Rows);
    }

    [Theory, EveryEngine]
    public async Task The_zone_of_the_facts_ends_it_early_and_the_day_team_gets_it_as_it_stands(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        await night.Visitor.Send(night.Form);
        var dossier = await DossierOf(night.Facts, night.CallOut);
        var path = $"/dossiers/{dossier}/call-out";
        using var cora = night.Two.Cora.Visit();
        using (var worker = night.Facts.Visit(Role.Caseworker)) Assert.Equal(HttpStatusCode.NotFound, (await worker.Get(path)).StatusCode);
        Assert.NotNull((await cora.Page($"/dossiers/{dossier}")).QuerySelector($"a[href$='{path}']"));
        Assert.Equal(HttpStatusCode.NotFound, (await cora.Get($"/dossiers/{await night.Two.Cora.Registers(Cases.Intake(night.Facts))}/call-out")).StatusCode);
        // Nobody of the other zone ends it, and nobody ends one of a zone they are not of.
        Assert.Empty(await night.Two.There.As(Role.Coordinator).Send(new Known.Over(night.CallOut)));
        Assert.Equal(night.CallOut, (await night.Visitor.Send(new Enter.Query(night.CallOut))) is { Number: not null } ? night.CallOut : Guid.Empty);

        Assert.Equal(HttpStatusCode.Redirect, (await cora.Submit(path, [])).StatusCode);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => night.Visitor.Send(new Enter.Query(night.CallOut)))).Code);
        Assert.Empty((await night.Visitor.Send(new MyCallOuts.Query())).Rows);
        Assert.Empty(await platform.Services.GetRequiredService<IVisits>().Of(night.Two.Bert.Id, night.Facts.Id, Ct));
        await night.Facts.RunJobs();
        var seen = await night.Two.Cora.Opens(dossier);
        Assert.NotNull(seen.CallOut!.HandedOver);
        Assert.Equal([ServiceKind.DeathNotification], Assert.Single(await night.Facts.Look(z => z.Set<Contact>().AsNoTracking().Where(c => c.DossierId == dossier).ToListAsync(Ct))).Services);
        Assert.Null((await cora.Page(path)).QuerySelector("main form"));
    }

    [Theory, EveryEngine]
    public async Task Whoever_knows_somebody_there_passes_it_on_to_the_back_up_and_it_exists_no_more_for_them(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        var now = platform.Clock.GetUtcNow();
        // Nobody stands by yet: that is said before anything is done.
        using (var alone = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor)) Assert.Null((await alone.Page($"/call-outs/pass-on/{night.CallOut}")).QuerySelector(".govuk-summary-list"));
        await night.Two.Cora.Send(night.Two.Shift(night.Two.AnnaKey, now.AddHours(-1), 12, Rank.BackUp));
        await night.Visitor.Send(night.Form);
        var dossier = await DossierOf(night.Facts, night.CallOut);

        using var bert = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor);
        Assert.NotNull((await bert.Page(night.Page)).QuerySelector($"a[href$='/call-outs/pass-on/{night.CallOut}']"));
        Assert.Contains("anna", (await bert.Page($"/call-outs/pass-on/{night.CallOut}")).QuerySelector(".govuk-summary-list")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await bert.Submit($"/call-outs/pass-on/{night.CallOut}", [])).StatusCode);
        foreach (var path in new[] { night.Page, $"/call-outs/pass-on/{night.CallOut}" }) Assert.Equal(HttpStatusCode.NotFound, (await bert.Get(path)).StatusCode);
        Assert.Empty((await night.Visitor.Send(new MyCallOuts.Query())).Rows);
        // A wall, which holds whatever they are in that zone.
        var (coordinator, leads) = (night.Two.Bert.In(night.Facts, Role.Coordinator), night.Two.Cora);
        await Assert.ThrowsAsync<RefusedException>(() => coordinator.Opens(dossier));
        Assert.NotEmpty((await leads.Opens(dossier)).People);
        // Anna goes on with what stands there.
        var hers = await night.Two.Anna.Send(new Enter.Query(night.CallOut));
        Assert.Contains("Ada Exemple", hers.Names.Values);
        await night.Two.Anna.Send(hers.Form with { CallOut = night.CallOut, Once = Guid.NewGuid(), Note = "Anna was there", HandsOver = true });
        Assert.Equal(night.Two.Anna.Id, (await leads.Opens(dossier)).CallOut!.Performer);
        await night.Facts.RunJobs();
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("call-out-passed-on", StringComparison.Ordinal));
        Assert.Equal(VictimSupport.Tests.Casework.Staff.AddressOf(night.Facts, "anna"), letter.To);
        Assert.DoesNotContain("Exemple", letter.Subject + letter.Text, StringComparison.Ordinal);

        // Before anything is written down, and from a zone to a third's colleague: who stands by comes as a visitor. What is not theirs nobody passes on.
        var second = await Goes(night.Two.Bert, night.Two.Pool, night.Facts);
        await Assert.ThrowsAsync<RefusedException>(() => night.Two.Anna.Send(new Known.Onward(second, night.Two.Bert.Id)));
        await Assert.ThrowsAsync<RefusedException>(() => night.Visitor.Send(new Known.Onward(second, night.Two.Cora.Id))); // who does not stand by
        Assert.Equal(HttpStatusCode.Redirect, (await bert.Submit($"/call-outs/pass-on/{second}", [])).StatusCode);
        Assert.Null((await night.Two.Anna.Send(new Enter.Query(second))).Number);
        await Assert.ThrowsAsync<RefusedException>(() => night.Visitor.Send(new Enter.Query(second)));
        // What she writes down after that is kept from him too, whatever he is there.
        await night.Two.Anna.Send(new Enter.Command { CallOut = second, SubKind = "Fire", Language = "fr", Once = Guid.NewGuid(), Persons = [new() { GivenName = "Bo", FamilyName = "Exemple" }] });
        var later = await DossierOf(night.Facts, second);
        Assert.NotEmpty((await leads.Opens(later)).People);
        await Assert.ThrowsAsync<RefusedException>(() => coordinator.Opens(later));
    }

    [Theory, EveryEngine]
    public async Task Whom_a_coordinator_calls_out_is_told_and_the_page_says_at_which_number_to_ring_them(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        await two.Cora.Send(two.Shift(two.BertKey, platform.Clock.GetUtcNow().AddHours(-2), 12) with { Number = "0470 12 34 56" });
        using var cora = two.Cora.Visit();
        async Task<string> CallsOut(string who)
        {
            var sent = await cora.Submit("/on-call/call-out", [KeyValuePair.Create("Form.Who", who), KeyValuePair.Create("Form.To", $"{two.Pool:N}:{two.Here.Id:N}")]);
            Assert.Equal($"/{two.Here.Code}/on-call", sent.Headers.Location!.ToString());
            return (await cora.Page("/on-call")).QuerySelector(".govuk-notification-banner")!.TextContent;
        }
        Assert.Contains("0470 12 34 56", await CallsOut(two.BertKey), StringComparison.Ordinal);
        Assert.Contains("no number", await CallsOut(two.AnnaKey), StringComparison.Ordinal); // who has no shift now
        // Who goes of themselves knows it.
        await Goes(two.Bert, two.Pool, two.Here);
        await platform.RunHouseJob();
        await platform.RunHouseJob();
        var letters = platform.Post.Letters.Where(l => l.Key.StartsWith("call-out-begun", StringComparison.Ordinal)).ToList();
        Assert.Equal(new[] { VictimSupport.Tests.Casework.Staff.AddressOf(two.Here, "anna"), VictimSupport.Tests.Casework.Staff.AddressOf(two.There, "bert") }.Order(), letters.Select(l => l.To).Order());
        Assert.All(letters, l => Assert.DoesNotContain(two.Here.Code, l.Subject + l.Text, StringComparison.Ordinal));
        // The same press sent again calls nobody out anew.
        var press = new Open.Command { To = $"{two.Pool:N}:{two.Here.Id:N}", Who = two.BertKey, Once = Guid.NewGuid() };
        Assert.Equal((await two.Cora.Send(press)), (await two.Cora.Send(press)));
        await platform.RunHouseJob();
        Assert.Equal(3, platform.Post.Letters.Count(l => l.Key.StartsWith("call-out-begun", StringComparison.Ordinal)));
    }

    [Theory, EveryEngine]
    public async Task A_call_out_given_back_with_nobody_standing_by_is_told_to_the_coordinators_of_the_zone_of_the_facts(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        await night.Two.There.Hires("chef", Role.Coordinator); // of the other zone
        await night.Visitor.Send(night.Form);
        using var bert = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor);
        Assert.Equal(HttpStatusCode.Redirect, (await bert.Submit($"/call-outs/pass-on/{night.CallOut}", [])).StatusCode);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => night.Visitor.Send(new Known.Onward(night.CallOut, null)))).Code); // given back once
        await platform.RunHouseJob();
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("call-out-to-nobody", StringComparison.Ordinal));
        Assert.Equal(VictimSupport.Tests.Casework.Staff.AddressOf(night.Facts, "cora"), letter.To);
        foreach (var said in new[] { "Exemple", "bert", night.Facts.Code }) Assert.DoesNotContain(said, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task One_begun_by_mistake_ends_with_its_visit_and_stands_in_no_statement(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => night.Two.Anna.Send(new Known.Mistake(night.CallOut)))).Code); // nobody else's
        using var bert = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor);
        var pressed = await bert.Submit("/call-outs", [], "main form[action*='handler=Mistake']");
        Assert.Equal("/account/home", pressed.Headers.Location!.ToString());
        Assert.Empty((await night.Visitor.Send(new MyCallOuts.Query())).Rows);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => night.Visitor.Send(new Enter.Query(night.CallOut)))).Code);
        Assert.Empty(await platform.Services.GetRequiredService<IVisits>().Of(night.Two.Bert.Id, night.Facts.Id, Ct));
        var month = new Statement.Query(night.Two.Pool, Month.Of(VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow())));
        Assert.DoesNotContain((await night.Two.Cora.Send(month)).Rows, r => r.Rank is null);

        // One of which something is written is none: the page does not offer it, and an older page does nothing.
        var second = await Goes(night.Two.Bert, night.Two.Pool, night.Facts);
        var before = await bert.Page("/call-outs");
        await night.Visitor.Send(night.Form with { CallOut = second });
        Assert.Equal(HttpStatusCode.Redirect, (await bert.Send("/call-outs", (AngleSharp.Html.Dom.IHtmlFormElement)before.QuerySelector("main form[action*='handler=Mistake']")!, [])).StatusCode);
        Assert.NotNull((await night.Visitor.Send(new Enter.Query(second))).Number);
        Assert.Null((await bert.Page("/call-outs")).QuerySelector("main form"));
        Assert.Equal(1, Assert.Single((await night.Two.Cora.Send(month)).Rows, r => r.Rank is null).Shifts);
        // Whoever is of the zone stays in it.
        await night.Two.Cora.Send(new Open.Command { To = $"{night.Two.Pool:N}:{night.Facts.Id:N}", Once = Guid.NewGuid() });
        using var cora = night.Two.Cora.Visit();
        Assert.Equal($"/{night.Facts.Code}/call-outs", (await cora.Submit("/call-outs", [], "main form[action*='handler=Mistake']")).Headers.Location!.ToString());
        Assert.Equal(1, Assert.Single((await night.Two.Cora.Send(month)).Rows, r => r.Rank is null).Shifts);
    }

    [Theory, EveryEngine]
    public async Task Of_which_nothing_was_written_down_when_its_time_is_over_the_coordinators_are_told_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        using var bert = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor);
        var others = new List<Guid>();
        for (var i = 0; i < 3; i++) others.Add(await Goes(night.Two.Bert, night.Two.Pool, night.Facts));
        await night.Visitor.Send(night.Form with { CallOut = others[0] });
        await night.Visitor.Send(new Known.Mistake(others[1]));
        Assert.Equal(HttpStatusCode.Redirect, (await bert.Submit($"/call-outs/pass-on/{others[2]}", [])).StatusCode); // to nobody, which was told then
        IEnumerable<VictimSupport.Foundation.Mail.Letter> Told() => platform.Post.Letters.Where(l => l.Key.StartsWith("call-out-unwritten", StringComparison.Ordinal));
        platform.Clock.Advance(night.Until - platform.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        await night.Facts.RunJobs();
        Assert.Empty(Told());
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await night.Facts.RunJobs();
        await night.Two.There.RunJobs(); // nothing of theirs
        await night.Facts.RunJobs();
        var letter = Assert.Single(Told());
        Assert.Equal((true, VictimSupport.Tests.Casework.Staff.AddressOf(night.Facts, "cora")), (letter.Key.Contains(night.CallOut.ToString(), StringComparison.Ordinal), letter.To));
        foreach (var said in new[] { "bert", "Exemple", night.Facts.Code }) Assert.DoesNotContain(said, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task Once_it_is_saved_a_visitor_too_is_told_what_waits_at_the_address_and_of_nobody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var night = await Begins(platform);
        var cora = night.Two.Cora;
        var (theirs, _) = await cora.Knows(night.Facts, "Rue de la Gare 12 bte 3, 1000 Bruxelles", "Zzkanarie", "Quirien", phone: null);
        await cora.Endangers(theirs, Danger.DangerousDog, Danger.MinorPresent);
        async Task<Danger> Saves(string scene, string town)
        {
            var now = (await night.Visitor.Send(new Enter.Query(night.CallOut))).Form;
            await night.Visitor.Send((now.Version == 0 ? night.Form : now) with { CallOut = night.CallOut, Once = Guid.NewGuid(), Scene = scene, Municipality = town });
            return (await night.Visitor.Send(new Enter.Query(night.CallOut))).AtTheDoor;
        }
        Assert.Equal(Danger.None, await Saves("Rue de la Gare 14", "1000 Bruxelles"));
        Assert.Equal(Danger.None, await Saves("Rue de la Gare", "1000 Bruxelles")); // no house
        Assert.Equal(Danger.DangerousDog, await Saves("12, rue de la gare, B-1000 BRUXELLES", "Val-Clair"));
        Assert.Equal(Danger.DangerousDog, await Saves("Rue de la Gare 12", "1000 Bruxelles"));
        using (var bert = new Visit(platform, night.Facts.Code, night.Two.Bert.Id, Role.Visitor))
        {
            var said = (await bert.Page(night.Page)).QuerySelector("main")!;
            Assert.Contains("Dangerous dog", said.TextContent, StringComparison.Ordinal);
            foreach (var secret in new[] { "Zzkanarie", "Quirien", theirs.ToString(), "Minor present" }) Assert.DoesNotContain(secret, said.OuterHtml, StringComparison.Ordinal);
        }
        await cora.Protects(theirs, Protection.Sealed, cora.Id);
        Assert.Equal(Danger.None, (await night.Visitor.Send(new Enter.Query(night.CallOut))).AtTheDoor);
    }

    [Fact]
    public async Task A_visit_ends_with_its_instant_with_the_session_and_with_the_last_role_at_home()
    {
        await using var platform = Platform.Start("sqlite");
        var two = await platform.Pooled();
        using var bert = await SignedIn.In(two.There, "ends@z.example", Role.Caseworker);
        var now = platform.Clock.GetUtcNow();
        await Accepts(platform, bert.Account, two.Here.Id);
        var standing = platform.Services.GetRequiredService<IKnowStanding>();
        Task<Caller?> Stands() => standing.Of(bert.Account, bert.Session, two.Here.Id, true, Ct).AsTask();
        Assert.Empty((await Stands())!.Roles);
        await Plants(platform, new VisitAsked(bert.Account, two.Here.Id, two.There.Id, VisitKind.CallOut, Guid.NewGuid(), now.AddMinutes(20)), now);
        Assert.Equal([Role.Visitor], (await Stands())!.Roles);
        Assert.Contains(await platform.Services.GetRequiredService<VictimSupport.Identity.Contracts.IKnowPlaces>().Of(bert.Account, Ct), p => p.Code == two.Here.Code && p.Leads == $"/{two.Here.Code}/call-outs");
        // In the history of roles, and on the review, it stands with the zone it came from.
        Assert.Contains(await platform.Services.GetRequiredService<IRoleHistory>().Of(two.Here.Id, Ct), s => s.Role == Role.Visitor && s.Account == bert.Account && s.To == now.AddMinutes(20));
        using (var admin = two.Admin.Visit()) Assert.Contains(two.There.Code, (await admin.Page("/admin/review")).Body!.TextContent, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromMinutes(20) - TimeSpan.FromSeconds(1));
        Assert.Equal([Role.Visitor], (await Stands())!.Roles);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await Stands())!.Roles);
        await Plants(platform, new VisitAsked(bert.Account, two.Here.Id, two.There.Id, VisitKind.Event, Guid.NewGuid(), now.AddDays(1)), platform.Clock.GetUtcNow());
        Assert.Equal([Role.Visitor], (await Stands())!.Roles);
        await bert.EndRoles();
        Assert.Empty((await Stands())!.Roles);
        await bert.EndSession();
        Assert.Null(await Stands());
    }

    [Fact]
    public async Task A_visit_is_begun_from_a_zone_where_one_works_into_another_for_some_time()
    {
        var platform = await platforms.On("sqlite");
        var two = await platform.Pooled();
        var visits = platform.Services.GetRequiredService<IVisits>();
        var now = platform.Clock.GetUtcNow();
        var asked = new VisitAsked(two.Bert.Id, two.Here.Id, two.There.Id, VisitKind.Event, Guid.NewGuid(), now.AddHours(1));
        foreach (var wrong in new[] { asked with { From = two.Here.Id }, asked with { Zone = two.There.Id }, asked with { Until = now }, asked with { Account = Guid.NewGuid() } })
            await Assert.ThrowsAsync<RefusedException>(() => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Visit", null, h => visits.Begin(h, wrong, two.Cora.Id, Ct), Ct));
        Task<T> Writes<T>(Func<CatalogDbContext, Task<T>> work) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Visit", null, work, Ct);
        var one = await Writes(h => visits.Begin(h, asked, two.Cora.Id, Ct));
        Assert.Equal(one, await Writes(h => visits.Begin(h, asked with { Until = now.AddHours(2) }, two.Cora.Id, Ct)));
        visits.Kept(two.Bert.Id);
        Assert.Equal(now.AddHours(2), Assert.Single(await visits.Of(two.Bert.Id, two.Here.Id, Ct)).Until);
        await Writes(async h => { await visits.Prolong(h, VisitKind.Event, asked.About, now.AddHours(3), Ct); return true; });
        Assert.Equal([two.Bert.Id], await Writes(h => visits.End(h, VisitKind.Event, asked.About, null, Ct)));
        visits.Kept(two.Bert.Id);
        Assert.Empty(await visits.Of(two.Bert.Id, two.Here.Id, Ct));
        Assert.Equal(one, Assert.Single(await visits.In(two.Here.Id, now.AddMinutes(-1), now.AddMinutes(1), Ct)).Id);
    }

    private static Task<Guid> DossierOf(TestZone zone, Guid callOut) => zone.Look(z => z.Set<VictimSupport.Casework.CallOuts.CallOut>().Where(c => c.Id == callOut).Select(c => c.DossierId).SingleAsync(Ct));

    private static Task Accepts(Platform platform, Guid account, Guid zone) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Accept", zone, house =>
        Task.FromResult(house.Add(new ConductAcceptance { Id = Guid.NewGuid(), Zone = zone, Account = account, Version = ConductText.First, Language = "en", At = platform.Clock.GetUtcNow() }) is not null), Ct);

    private static async Task Plants(Platform platform, VisitAsked asked, DateTimeOffset now)
    {
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Visit", asked.Zone, house => Task.FromResult(house.Add(VictimSupport.Zones.Visits.Visit.Begin(asked, asked.Account, now)) is not null), Ct);
        platform.Services.GetRequiredService<IVisits>().Kept(asked.Account);
    }

    private static async Task Changes(Platform platform, System.Linq.Expressions.Expression<Func<VictimSupport.Zones.Visits.Visit, bool>> which, Action<VictimSupport.Zones.Visits.Visit, DateTimeOffset> how)
    {
        var account = await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Visit", null, async house =>
        {
            var visit = await house.Set<VictimSupport.Zones.Visits.Visit>().SingleAsync(which, Ct);
            how(visit, platform.Clock.GetUtcNow());
            return visit.Account;
        }, Ct);
        platform.Services.GetRequiredService<IVisits>().Kept(account);
    }
}
