using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>A caseload goes to colleagues: seen before, each with its record, walls kept, taken back within ten minutes.</summary>
public sealed class HandOverTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_coordinator_sees_what_would_go_where_overrides_one_and_takes_it_all_back(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna, bert, cleo) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cleo", Role.Caseworker));
        Guid[] all = [await anna.Registers(Cases.Intake(zone, "Exemple")), await anna.Registers(Cases.Intake(zone, "Voorbeeld")), await anna.Registers(Cases.Intake(zone, "Muster")), await anna.Registers(Cases.Intake(zone, "Sample"))];
        var closed = await anna.Registers(Cases.Intake(zone, "Fictif"));
        await anna.Closes(closed);
        var (hidden, kept) = (all[3], all[2]);
        await zone.WallsOff(chief, hidden);
        await zone.WallsOff(bert, kept);
        var meeting = await anna.Send(await anna.Appointment(zone, all[0]));
        using var visit = chief.Visit();
        Assert.DoesNotContain(anna.Id.ToString(), (await visit.Page("/worklist/hand-over")).QuerySelectorAll("[name='Form.To'][checked]").Select(c => c.GetAttribute("value")));
        var look = await Visit.Read(await visit.Submit("/worklist/hand-over", [KeyValuePair.Create("Form.From", anna.Id.ToString()), KeyValuePair.Create("Form.To", bert.Id.ToString())]));
        Assert.Equal(all[..3].Order(), look.QuerySelectorAll("input[name$='.Dossier']").Select(i => Guid.Parse(i.GetAttribute("value")!)).Order()); // one is not there for her
        Assert.DoesNotContain("Exemple", look.QuerySelector("main")!.TextContent, StringComparison.Ordinal); // initials only
        foreach (var id in all) Assert.Equal(anna.Id, await AssignedTo(zone, id)); // nothing is done yet
        var answer = await chief.Send(new HandOver.Query(anna.Id, [bert.Id]));
        Assert.Null(answer.Rows.Single(r => r.Dossier == kept).Proposed); // he may not have it, and nobody says why
        Assert.DoesNotContain(bert.Id, answer.Rows.Single(r => r.Dossier == kept).MayGet);

        var form = look.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").Last();
        var second = look.QuerySelectorAll("input[name$='.Dossier']").Single(i => i.GetAttribute("value") == all[1].ToString()).GetAttribute("name")!.Replace(".Dossier", ".To", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/hand-over", form, [KeyValuePair.Create(second, cleo.Id.ToString())])).StatusCode);
        Assert.Equal([bert.Id, cleo.Id, anna.Id, anna.Id], [await AssignedTo(zone, all[0]), await AssignedTo(zone, all[1]), await AssignedTo(zone, kept), await AssignedTo(zone, hidden)]);
        Assert.Equal(bert.Id, await WorkerOf(zone, meeting));
        Assert.Equal(all[..2].Order(), (await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Worklist.HandOne").Select(r => r.Subject!.Value).ToListAsync())).Order());
        Assert.NotNull((await bert.Opens(all[0])).Dossier.NextDue); // what was planned stays planned
        await zone.RunJobs();
        await zone.RunJobs();
        var told = platform.Post.Letters.Where(l => l.Key.StartsWith("caseload-received", StringComparison.Ordinal)).ToList();
        Assert.Equal([Staff.AddressOf(zone, "bert"), Staff.AddressOf(zone, "cleo")], told.Select(l => l.To).Order(StringComparer.Ordinal));
        Assert.All(told, l => Assert.DoesNotContain("anna", l.Subject + l.Text, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(platform.Post.Letters, l => l.Key.StartsWith("appointment-given", StringComparison.Ordinal)); // one mail of dossiers is enough

        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/worklist", [], "main form[action*='handler=Undo']")).StatusCode);
        foreach (var id in all) Assert.Equal(anna.Id, await AssignedTo(zone, id));
        Assert.Equal(anna.Id, await WorkerOf(zone, meeting));
    }

    [Theory, EveryEngine]
    public async Task Whoever_gives_work_reads_what_colleagues_have_already_and_whoever_has_least_is_proposed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna, bert, cleo) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cleo", Role.Caseworker));
        var hers = await anna.Registers(Cases.Intake(zone));
        await bert.Registers(Cases.Intake(zone, "Muster"));
        await bert.Closes(await bert.Registers(Cases.Intake(zone, "Fictif")));
        var hidden = await cleo.Registers(Cases.Intake(zone, "Voorbeeld"));
        await zone.WallsOff(chief, hidden);
        var look = await chief.Send(new HandOver.Query(anna.Id, [bert.Id, cleo.Id]));
        Assert.Equal((1, 1, 0), (look.Loads[anna.Id], look.Loads[bert.Id], look.Loads[cleo.Id])); // what is not there for her is not counted
        Assert.Equal(cleo.Id, Assert.Single(look.Rows).Proposed);
        using var visit = chief.Visit();
        foreach (var path in new[] { $"/dossiers/{hers}", "/worklist/hand-over" }) Assert.Equal("bert (1 open)", (await visit.Page(path)).QuerySelector($"main option[value='{bert.Id}']")!.TextContent);
        var (message, other) = (await chief.Send(TrayTests.Message()), await platform.Zone());
        var dora = await other.Hires("dora", Role.Coordinator);
        var coming = await dora.HandsOver(await dora.Registers(Cases.Intake(other)), zone);
        Assert.All(new[] { (await chief.Send(new Bulk.Query([hers], true))).Loads, (await chief.Send(new VictimSupport.Casework.Tray.Open.Query(message))).Loads, (await chief.Send(new VictimSupport.Casework.Handovers.Decide.Query(coming))).Loads },
            loads => Assert.Equal((1, 0), (loads[bert.Id], loads[cleo.Id])));
        using var own = anna.Visit();
        Assert.DoesNotContain(" open)", (await own.Page("/worklist/hand-over")).QuerySelector("main")!.TextContent, StringComparison.Ordinal); // she sees none but her own: a nought would be a lie
    }

    [Theory, EveryEngine]
    public async Task Whoever_leaves_hands_over_their_own_and_nobody_elses(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, dora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("dora", Role.Coordinator));
        var (mine, his) = (await dora.Registers(Cases.Intake(zone)), await bert.Registers(Cases.Intake(zone, "Muster")));
        await dora.Send(new Assign.Command(mine, anna.Id));
        Assert.Equal([anna.Id], (await anna.Send(new HandOver.Query(null, []))).Holders);
        Assert.Null((await anna.Send(new HandOver.Query(bert.Id, [anna.Id]))).From);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new HandOver.Command { From = bert.Id, Rows = [new HandOver.Going { Dossier = his, To = anna.Id }] }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new HandOver.Command { From = anna.Id, Rows = [new HandOver.Going { Dossier = his, To = anna.Id }] }));
        var turn = await anna.Send(new HandOver.Command { From = anna.Id, Rows = [new HandOver.Going { Dossier = mine, To = bert.Id }] });
        Assert.True(await anna.Send(new HandOne.Command(turn.Id, mine)));
        Assert.False(await anna.Sees(mine)); // it is his now
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new HandOne.Command(turn.Id, mine)));
        await Assert.ThrowsAsync<RefusedException>(() => dora.Send(new TakeBack.Command(turn.Id, mine))); // another's turn
        Assert.True(await anna.Send(new TakeBack.Command(turn.Id, mine)));
        Assert.False(await anna.Send(new TakeBack.Command(turn.Id, mine)));
        Assert.Equal(anna.Id, await AssignedTo(zone, mine));
        Assert.True(await anna.Send(new HandOne.Command(turn.Id, mine)));
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new TakeBack.Command(turn.Id, mine)));
        Assert.Equal(bert.Id, await AssignedTo(zone, mine));
    }

    [Fact]
    public async Task What_is_sealed_is_handed_over_by_itself_and_to_a_restricted_one_the_new_one_is_named_for_as_long()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (locked, closed) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster")));
        await chief.Protects(locked, Protection.Restricted, anna.Id);
        await chief.Protects(closed, Protection.Sealed, anna.Id, chief.Id);
        var look = await chief.Send(new HandOver.Query(anna.Id, [bert.Id]));
        Assert.True(look.Rows.Single(r => r.Dossier == closed).Alone);
        Assert.Equal(bert.Id, look.Rows.Single(r => r.Dossier == locked).Proposed);
        Assert.DoesNotContain(closed, (await zone.As(Role.Coordinator).Send(new HandOver.Query(anna.Id, [bert.Id]))).Rows.Select(r => r.Dossier)); // who is not named never hears of it
        var turn = await chief.Send(new HandOver.Command { From = anna.Id, Rows = [new HandOver.Going { Dossier = locked, To = bert.Id }, new HandOver.Going { Dossier = closed, To = bert.Id }] });
        Assert.Equal([locked], turn.Steps.Select(s => s.Dossier));
        await chief.Send(new HandOne.Command(turn.Id, locked));
        Assert.True(await bert.Sees(locked));
        await chief.Send(new TakeBack.Command(turn.Id, locked));
        Assert.False(await bert.Sees(locked));
        Assert.True(await anna.Sees(locked));
        // A forged form of whoever has it and does not lead it names nobody.
        var forged = await anna.Send(new HandOver.Command { From = anna.Id, Rows = [new HandOver.Going { Dossier = locked, To = bert.Id }] });
        Assert.False(await anna.Send(new HandOne.Command(forged.Id, locked)));
        Assert.False(await bert.Sees(locked));
        Assert.Equal(anna.Id, (await anna.Opens(locked)).Dossier.AssignedTo);
    }

    [Fact]
    public async Task The_appointments_of_somebody_who_left_are_found_and_given_to_others()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var dossier = await bert.Registers(Cases.Intake(zone));
        var meeting = await bert.Send(await bert.Appointment(zone, dossier) with { Worker = anna.Id });
        var kept = await bert.Send(await bert.Appointment(zone, dossier) with { Worker = anna.Id, At = zone.Platform.Clock.GetUtcNow().AddDays(3) });
        var look = await chief.Send(new HandOver.Query(anna.Id, [bert.Id]));
        Assert.Empty(look.Rows); // no dossier is hers
        Assert.Equal([meeting, kept], look.Meetings.Select(m => m.Contact));
        Assert.All(look.Meetings, m => Assert.Equal(bert.Id, m.Proposed)); // whose dossier it is
        Assert.DoesNotContain(anna.Id, look.Meetings.SelectMany(m => m.MayGo));
        var turn = await chief.Send(new HandOver.Command { From = anna.Id, Meetings = [new HandOver.Meeting { Dossier = dossier, Contact = meeting, To = bert.Id }, new HandOver.Meeting { Dossier = dossier, Contact = kept }] });
        Assert.True(await chief.Send(new HandOne.Command(turn.Id, dossier)));
        Assert.Equal((bert.Id, anna.Id), (await WorkerOf(zone, meeting), await WorkerOf(zone, kept)));
        Assert.Equal(bert.Id, await AssignedTo(zone, dossier));
        await zone.WallsOff(chief, dossier);
        Assert.DoesNotContain(anna.Id, (await chief.Send(new HandOver.Query(null, []))).Holders);
    }

    [Theory, EveryEngine]
    public async Task Two_appointments_of_one_dossier_go_to_whom_each_was_given_and_who_was_to_go_along_goes_alone(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (chief, anna, bert, dora) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("dora", Role.Caseworker));
        var dossier = await chief.Registers(Cases.Intake(zone));
        await chief.Send(new Assign.Command(dossier, chief.Id));
        var plan = await chief.Appointment(zone, dossier) with { Worker = anna.Id, At = zone.Platform.Clock.GetUtcNow().AddDays(2) };
        var monday = await chief.Send(plan);
        var thursday = await chief.Send(plan with { At = plan.At!.Value.AddDays(3), Companion = dora.Id });
        var turn = await chief.Send(new HandOver.Command
        {
            From = anna.Id, Meetings = [new HandOver.Meeting { Dossier = dossier, Contact = monday, To = bert.Id }, new HandOver.Meeting { Dossier = dossier, Contact = thursday, To = dora.Id }],
        });
        Assert.True(await chief.Send(new HandOne.Command(turn.Id, dossier)));
        Assert.Equal((bert.Id, dora.Id), (await WorkerOf(zone, monday), await WorkerOf(zone, thursday)));
        Assert.Null(await zone.Look(z => z.Set<Contact>().Where(c => c.Id == thursday).Select(c => c.Companion).SingleAsync()));
        Assert.Equal(new[] { bert.Id, dora.Id }.Order(), (await zone.Look(z => z.Set<VictimSupport.Foundation.Jobs.OutboxMessage>().Where(m => m.Key.StartsWith("appointment-given " + turn.Id)).Select(m => m.To!.Value).ToListAsync())).Order());
        Assert.True(await bert.Sees(dossier) && await dora.Sees(dossier));
        Assert.False(await anna.Sees(dossier));
        Assert.True(await chief.Send(new TakeBack.Command(turn.Id, dossier)));
        Assert.Equal((anna.Id, anna.Id), (await WorkerOf(zone, monday), await WorkerOf(zone, thursday)));
        Assert.True(await anna.Sees(dossier));
        Assert.False(await bert.Sees(dossier));
    }

    private static Task<Guid?> AssignedTo(TestZone zone, Guid id) => zone.Look(z => z.Set<Dossier>().Where(d => d.Id == id).Select(d => d.AssignedTo).SingleAsync());
    private static Task<Guid?> WorkerOf(TestZone zone, Guid id) => zone.Look(z => z.Set<Contact>().Where(c => c.Id == id).Select(c => c.Worker).SingleAsync());
}
