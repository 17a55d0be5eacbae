using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Who stands for a child: told and reached by decision only, and never the alleged perpetrator.</summary>
public sealed class StandingTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Nobody_is_told_before_it_was_decided_by_whom_and_why(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var chief = zone.As(Role.Coordinator);
        var told = await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Told = Authority.Person };
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(told)), "What", "Reason");
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(told with { Told = Authority.Coordinator, What = "the hearing", Reason = "she asks" })), "Told");
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(told with { Told = Authority.Prosecutor, What = "the hearing", Reason = "ordered" })), "Reference");
        await worker.Send(told with { What = "the day of the hearing", Reason = "Noah wants it" });
        var view = await worker.Opens(family.Dossier);
        var standing = Assert.Single(view.Standings);
        Assert.Equal((family.Grandmother, family.Noah, Authority.Person, "Noah wants it"), (standing.WhoId, standing.PersonId, standing.Told, standing.Words.Value.Reason));
        Assert.Contains(view.Timeline, h => h.Title == "Decision on who represents or supports" && h.By == worker.Id);
        // A coordinator's decision and its reason stay the coordinator's.
        await chief.Send(await chief.Standing(family, family.Grandmother) with { Told = Authority.Coordinator, Reason = "agreed in the team" });
        var written = await worker.Standing(family, family.Grandmother);
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(written with { Reason = "something else", What = "all of it" })), "Reason", "What");
        await worker.Send(written with { Reached = Authority.Person });
        Assert.Equal("agreed in the team", Assert.Single((await worker.Opens(family.Dossier)).Standings).Words.Value.Reason);
        // What it says of the two is sealed.
        Assert.False(await zone.Look(async z => (await z.Set<Standing>().Select(s => s.Words).ToListAsync()).Exists(w => w.ToString() != "•••")));
    }

    [Fact]
    public async Task Words_typed_over_a_coordinators_decision_are_refused_where_they_stand_and_kept()
    {
        var (zone, worker, family) = await Family.In(await platforms.On("sqlite"));
        var chief = zone.As(Role.Coordinator);
        await chief.Send(await chief.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Told = Authority.Coordinator, What = "the hearing", Reason = "agreed in the team" });
        using var visit = worker.Visit();
        var path = $"/dossiers/{family.Dossier}/people/{family.Noah}/standing/{family.Grandmother}";
        var answer = await visit.Submit(path, [new("Form.Reached", "Person"), new("Form.What", "the school"), new("Form.Reason", "Noah wants it")], "main form[method=post]:not([action*='Remove'])");
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var wrong = await Visit.Read(answer);
        Assert.Equal(2, wrong.QuerySelectorAll(".govuk-error-summary a").Length);
        Assert.Equal(("the school", "Noah wants it"), (wrong.QuerySelector("[name='Form.What']")!.GetAttribute("value"), wrong.QuerySelector("[name='Form.Reason']")!.GetAttribute("value")));
        var standing = Assert.Single((await worker.Opens(family.Dossier)).Standings);
        Assert.Equal((Authority.Nobody, "the hearing", "agreed in the team"), (standing.Reached, standing.Words.Value.What, standing.Words.Value.Reason));
    }

    [Theory, EveryEngine]
    public async Task The_alleged_perpetrator_is_told_nothing_and_reached_for_nobody(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        var father = await worker.Standing(family, family.Father) with { Role = StandingRole.Parent };
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(father with { Told = Authority.Prosecutor, What = "all", Reason = "ordered", Reference = "LA.1" })), "Told");
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(father with { Reached = Authority.Prosecutor, Reason = "ordered", Reference = "LA.1" })), "Reached");
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(father with { Role = StandingRole.Support })), "Role");
        // That he holds parental authority is noted; it is a conflict whether or not somebody ticked it.
        await worker.Send(father);
        Assert.True(Assert.Single((await worker.Opens(family.Dossier)).Standings).Conflict);
        // Nor by a second row, nor in words.
        var twin = new Edit.Command { Dossier = family.Dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.SupportPerson, Language = "fr" };
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(twin)), "Capacity");
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(twin with { GivenName = "Somebody", FamilyName = "Else", Phone = "0499/11.22.33", Capacity = Capacity.Representative })), "Capacity");
        foreach (var words in new[] { "Marc Fictif", "son père, FICTIF Marc, le soir", "marc" })
        {
            Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(family.Dossier, family.Noah, r => r with { ThirdPerson = words })), "ThirdPerson");
            Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Agrees(family.Dossier, family.Noah, r => r with { WhoMayAnswer = words })), "WhoMayAnswer");
        }
        await worker.Agrees(family.Dossier, family.Noah, r => r with { ThirdPerson = "sa grand-mère Rosa Fictif" }); // a family shares its name
    }

    [Theory, EveryEngine]
    public async Task Whoever_turns_out_to_be_the_perpetrator_is_reached_no_more_whatever_was_decided_before(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Agrees(family.Dossier, family.Noah, r => r with { Call = Rule.OnlyIf, ThirdPerson = "Theo Later", WhatMayBeSaid = "the school" });
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "ordered", Reference = "LA.1" });
        var call = new Call.Command { Dossier = family.Dossier, Person = family.Noah };
        Assert.StartsWith("+32", (await worker.Send(call with { Through = family.Grandmother, Shown = await Shown(), ThroughShown = 0 })).To, StringComparison.Ordinal);
        Assert.Equal("Theo Later", (await worker.Send(call with { Shown = await Shown() })).Agreed.ThirdPerson);
        // Somebody is put down as the author who has the grandmother's telephone: it is his.
        var hers = (await worker.Opens(family.Dossier)).People.Single(p => p.Id == family.Grandmother).Identity.Phone;
        await worker.Send(new Edit.Command { Dossier = family.Dossier, GivenName = "Theo", FamilyName = "Later", Phone = hers, Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Equal("gate-conflict", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(call with { Through = family.Grandmother, Shown = await Shown(), ThroughShown = 0 }))).Code);
        // And whom the agreement names is asked nothing: it holds as if nobody had been asked.
        var leave = await worker.Send(call with { Shown = await Shown() });
        Assert.Equal((Passage.AttendedAfterScript, null, "the school"), (leave.Passage, leave.Agreed.ThirdPerson, leave.Agreed.WhatMayBeSaid));
        using var visit = worker.Visit();
        Assert.Contains("names somebody who is now the alleged perpetrator", (await visit.Page($"/dossiers/{family.Dossier}")).Body!.TextContent, StringComparison.Ordinal);

        async Task<int> Shown() => (await worker.RulesOf(family.Dossier, family.Noah)).Revision;
    }

    [Theory, EveryEngine]
    public async Task A_child_is_reached_through_the_grandmother_by_decision_of_the_prosecutor(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Agrees(family.Dossier, family.Noah, r => r with { Call = Rule.Never, Letter = Rule.Never });
        Assert.Equal("gate-undecided", await Code(await Through(await Shown())));
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Told = Authority.Prosecutor, Reached = Authority.Prosecutor, What = "only the hour of the hearing", Reason = "the father lives at home", Reference = "LA.30.99.17/2026" });
        // Whoever read the rules before that reads again.
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await Through(await Shown() - 1)))).Errors, e => e.PropertyName == "Shown");
        Assert.Equal("gate-unread", await Code(await Through(null)));
        using var visit = worker.Visit();
        var page = await visit.Page($"/dossiers/{family.Dossier}/people/{family.Noah}/call");
        Assert.Empty(page.QuerySelectorAll("a[href^='tel:']"));
        Assert.Contains("only the hour of the hearing", page.Body!.TextContent, StringComparison.Ordinal);
        var shown = await Visit.Read(await visit.Submit($"/dossiers/{family.Dossier}/people/{family.Noah}/call", []));
        Assert.Equal("tel:+32470998877", Assert.Single(shown.QuerySelectorAll("a[href^='tel:']")).GetAttribute("href"));
        Assert.Contains("Rosa Fictif", shown.Body!.TextContent, StringComparison.Ordinal);
        // His own telephone stays closed.
        Assert.Equal("gate-never", await Code(new Call.Command { Dossier = family.Dossier, Person = family.Noah, Shown = await Shown() }));
        // She says never of hers: that holds here too.
        await worker.Agrees(family.Dossier, family.Grandmother, r => r with { Call = Rule.Never });
        Assert.Equal("gate-never", await Code(await Through(await Shown())));
        await worker.Agrees(family.Dossier, family.Grandmother, r => r with { Call = Rule.Safe });
        Assert.Null(await Code(await Through(await Shown())));
        // In a conflict, and the moment she is the alleged perpetrator, it ends.
        await worker.Send(await worker.Send(new Edit.Query(family.Dossier, family.Grandmother, "fr")) with { Dossier = family.Dossier, Person = family.Grandmother, Capacity = Capacity.AllegedAuthor });
        Assert.Equal("gate-conflict", await Code(await Through(await Shown())));
        Assert.NotEmpty(await zone.Look(z => z.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(a => a.Act == "Casework.People.Call!gate-conflict" && a.Actor == worker.Id).ToListAsync()));

        async Task<int> Shown() => (await worker.RulesOf(family.Dossier, family.Noah)).Revision;
        async Task<Call.Command> Through(int? shown) => new() { Dossier = family.Dossier, Person = family.Noah, Shown = shown, Through = family.Grandmother, ThroughShown = (await worker.RulesOf(family.Dossier, family.Grandmother)).Revision };

        async Task<string?> Code(Call.Command call)
        {
            try
            {
                await worker.Send(call);
                return null;
            }
            catch (RefusedException refused)
            {
                return refused.Code;
            }
        }
    }

    [Theory, EveryEngine]
    public async Task The_rules_of_whoever_is_really_called_stand_above_their_number_and_were_read_as_they_are(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Agrees(family.Dossier, family.Noah, r => r with { Call = Rule.OnlyIf, WhatMayBeSaid = "the school", CodeWord = "Tulip", SmsNumber = "0470 00 00 08" });
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Told = Authority.Prosecutor, What = "only the hour", Reason = "ordered", Reference = "LA.1" });
        await worker.Agrees(family.Dossier, family.Grandmother, r => r with { Call = Rule.OnlyIf, WhoMayAnswer = "Wies next door", CodeWord = "Magnolia", WhatMayBeSaid = "all of it" });
        using var visit = worker.Visit();
        var dossier = await visit.Page($"/dossiers/{family.Dossier}");
        Assert.NotEmpty(dossier.QuerySelectorAll($".vs-around a[href$='/people/{family.Grandmother}/safe-contact']"));
        var path = $"/dossiers/{family.Dossier}/people/{family.Noah}/call";
        var page = await visit.Page(path);
        Assert.Contains("SMS go to a second number", page.Body!.TextContent, StringComparison.Ordinal);
        var card = page.QuerySelector($"section[aria-labelledby='through-{family.Grandmother}']")!.TextContent;
        foreach (var said in new[] { "Wies next door", "Magnolia", "only the hour" }) Assert.Contains(said, card, StringComparison.Ordinal);
        foreach (var other in new[] { "Tulip", "all of it" }) Assert.DoesNotContain(other, card, StringComparison.Ordinal);
        // With her number, hers alone stand there.
        var shown = (await Visit.Read(await visit.Submit(path, [], "section.vs-card form"))).QuerySelector("main")!;
        Assert.Equal("tel:+32470998877", Assert.Single(shown.QuerySelectorAll("a[href^='tel:']")).GetAttribute("href"));
        Assert.Contains("Magnolia", shown.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Tulip", shown.TextContent, StringComparison.Ordinal);
        // She changed hers since the page was shown: it is read again.
        var (noah, hers) = ((await worker.RulesOf(family.Dossier, family.Noah)).Revision, (await worker.RulesOf(family.Dossier, family.Grandmother)).Revision);
        await worker.Agrees(family.Dossier, family.Grandmother, r => r with { CodeWord = "Peony" });
        var call = new Call.Command { Dossier = family.Dossier, Person = family.Noah, Through = family.Grandmother, Shown = noah };
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(call with { ThroughShown = hers })), "Shown");
        Assert.Equal("gate-unread", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(call))).Code);
        Assert.Equal("Peony", (await worker.Send(call with { ThroughShown = hers + 1 })).Agreed.CodeWord);
    }

    [Theory, EveryEngine]
    public async Task One_is_reached_for_a_minor_and_for_no_adult_and_in_no_conflict(string engine)
    {
        var (_, worker, family) = await Family.In(await platforms.On(engine));
        var reached = await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Person, Reason = "wants it" };
        Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(reached with { Conflict = true })), "Reached");
        await worker.Send(reached);
        // The mother has no number of hers alone: it is the father's.
        Fails(await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.Standing(family, family.Mother) with { Role = StandingRole.Parent, Reached = Authority.Person, Reason = "wants it" })), "Reached");
        var mother = await worker.Send(new Edit.Query(family.Dossier, family.Mother, "fr"));
        await worker.Send(mother with { Dossier = family.Dossier, Person = family.Mother, Phone = "0471 00 00 01" });
        await worker.Send(await worker.Standing(family, family.Mother) with { Role = StandingRole.Parent, Reached = Authority.Person, Reason = "wants it" });
        Assert.Equal([family.Mother], (await worker.Opens(family.Dossier)).Standings.Where(s => s.Reached != Authority.Nobody).Select(s => s.WhoId));
        // The mother is an adult: she is reached herself.
        Fails(await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send((await worker.Send(new Stand.Query(family.Dossier, family.Mother, family.Grandmother))).Form with
        {
            Dossier = family.Dossier, Person = family.Mother, Who = family.Grandmother, Role = StandingRole.Support, Reached = Authority.Person, Reason = "wants it",
        })), "Reached");
        await worker.Send(new Stand.Remove(family.Dossier, family.Noah, family.Mother));
        Assert.DoesNotContain((await worker.Opens(family.Dossier)).Standings, s => s.WhoId == family.Mother);
    }

    [Theory, EveryEngine]
    public async Task Nobody_of_another_dossier_or_behind_a_wall_stands_for_anybody(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var elsewhere = await worker.Registers(Cases.Intake(zone, "Elders", "Els"));
        var stranger = await worker.LeadOf(elsewhere);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await worker.Standing(family, family.Grandmother) with { Who = stranger, Role = StandingRole.Other }))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Stand.Query(family.Dossier, stranger, null)))).Code);
        var colleague = zone.As(Role.Caseworker);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => colleague.Send(new Stand.Query(family.Dossier, family.Noah, null)))).Code);
    }

    [Fact]
    public async Task The_page_keeps_what_was_typed_and_works_by_form_alone()
    {
        var (_, worker, family) = await Family.In(await platforms.On("sqlite"));
        using var visit = worker.Visit();
        var path = $"/dossiers/{family.Dossier}/people/{family.Noah}/standing";
        var wrong = await Visit.Read(await visit.Submit(path, [new("Form.Chosen", family.Grandmother.ToString()), new("Form.Role", "Support"), new("Form.Reached", "Prosecutor"), new("Form.Reason", "the father lives at home")]));
        Assert.NotNull(wrong.QuerySelector(".govuk-error-summary"));
        Assert.Equal("the father lives at home", wrong.QuerySelector("[name='Form.Reason']")!.GetAttribute("value"));
        await visit.Submit(path, [new("Form.Chosen", family.Grandmother.ToString()), new("Form.Role", "Support"), new("Form.Reached", "Prosecutor"), new("Form.Reason", "the father lives at home"), new("Form.Reference", "LA.1")]);
        var page = await visit.Page($"/dossiers/{family.Dossier}");
        Assert.Contains("Contact through Rosa Fictif", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("LA.1", page.Body.TextContent, StringComparison.Ordinal);
    }

    internal static void Fails(ValidationException refused, params string[] fields) => Assert.All(fields, f => Assert.Contains(refused.Errors, e => e.PropertyName == f));
}

/// <summary>Noah saw his father hit his mother; his grandmother is there for him.</summary>
internal sealed record Family(Guid Dossier, Guid Noah, Guid Mother, Guid Grandmother, Guid Father)
{
    public static async Task<(TestZone Zone, VictimSupport.Tests.Kit.Person Worker, Family Family)> In(Platform platform)
    {
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, "Fictif", "Noah", subKind: "FamilyViolence"));
        var noah = await worker.LeadOf(dossier);
        await worker.Send(await worker.Send(new Edit.Query(dossier, noah, "fr")) with { Dossier = dossier, Person = noah, Capacity = Capacity.Witness, EstimatedAge = 9, Phone = "0470 00 00 09" });
        var mother = await worker.Send(Somebody("Sarah", "Muster", Capacity.Victim, "0499 11 22 33"));
        var grandmother = await worker.Send(Somebody("Rosa", "Fictif", Capacity.SupportPerson, "0470 99 88 77"));
        var father = await worker.Send(Somebody("Marc", "Fictif", Capacity.AllegedAuthor, "0499 11 22 33"));
        return (zone, worker, new Family(dossier, noah, mother, grandmother, father));

        Edit.Command Somebody(string given, string family, Capacity capacity, string phone) => new() { Dossier = dossier, GivenName = given, FamilyName = family, Capacity = capacity, Language = "fr", Phone = phone };
    }
}

internal static class Standings
{
    /// <summary>The form about somebody who stands for Noah, as it is filled in now.</summary>
    public static async Task<Stand.Command> Standing(this VictimSupport.Tests.Kit.Person by, Family family, Guid who) =>
        (await by.Send(new Stand.Query(family.Dossier, family.Noah, who))).Form with { Dossier = family.Dossier, Person = family.Noah, Who = who };
}
