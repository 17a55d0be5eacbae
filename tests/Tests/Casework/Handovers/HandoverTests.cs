using System.Net;
using System.Text.Json;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Foundation;
using VictimSupport.Tests.Kit;
using Decide = VictimSupport.Casework.Handovers.Decide;
using List = VictimSupport.Casework.Handovers.List;
using Person = VictimSupport.Tests.Kit.Person;
using Show = VictimSupport.Casework.Handovers.Show;
using Withdraw = VictimSupport.Casework.Handovers.Withdraw;

namespace VictimSupport.Tests.Casework;

/// <summary>A handover between two zones: what was ticked goes and nothing else, once whatever happens; who answers for the persons is known in both zones at any moment.</summary>
public sealed class HandoverTests(Platforms platforms)
{
    [Fact]
    public async Task Whoever_takes_over_a_child_learns_through_whom_it_is_reached_and_through_whom_never()
    {
        var (a, worker, family) = await Family.In(await platforms.On("sqlite"));
        var b = await a.Platform.Zone();
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "the father lives at home", Reference = "LA.7" });
        await worker.Send(await worker.Standing(family, family.Father) with { Role = StandingRole.Parent });
        var aunt = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = family.Dossier, GivenName = "Odile", FamilyName = "Verzonnen", Phone = "0470 55 44 33", Capacity = Capacity.SupportPerson, Language = "fr" });
        await worker.Send(await worker.Standing(family, aunt) with { Role = StandingRole.Other, Conflict = true, ConflictWhat = "sides with him" });
        var handover = await a.As(Role.Coordinator).HandsOver(family.Dossier, b, f => f with { Persons = [family.Noah], Fields = [] });
        // Nobody ticked it, and it went; whoever is in a conflict is told of without a name.
        var note = Assert.Single((await b.As(Role.Coordinator).Send(new Show.Query(handover))).Content!.Notes);
        Assert.Equal([family.Noah], note.Persons);
        foreach (var said in new[] { "support person", "Rosa Fictif, 0470 99 88 77", "LA.7", "parent", "nothing goes through this person" }) Assert.Contains(said, note.Text, StringComparison.Ordinal);
        foreach (var secret in new[] { "Marc", "0499", "lives at home", "Odile", "Verzonnen", "0470 55 44 33", "sides with him" }) Assert.DoesNotContain(secret, note.Text, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Through_whom_a_child_is_reached_goes_no_more_once_they_say_never_or_are_the_alleged_perpetrator(string engine)
    {
        var (a, worker, family) = await Family.In(await platforms.On(engine));
        var b = await a.Platform.Zone();
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "the father lives at home", Reference = "LA.7" });
        var chief = a.As(Role.Coordinator);
        Task<Guid> Proposes() => chief.HandsOver(family.Dossier, b, f => f with { Persons = [family.Noah], Fields = [] });
        async Task<string> Comes(Guid handover) => Assert.Single((await b.As(Role.Coordinator).Send(new Show.Query(handover))).Content!.Notes).Text;
        async Task<HandoverState> After(Guid handover)
        {
            for (var i = 0; i < 3; i++)
            {
                await a.RunJobs();
                await b.RunJobs();
            }
            return await chief.StateOf(handover);
        }
        var first = await Proposes();
        Assert.Contains("Rosa Fictif, 0470 99 88 77", await Comes(first), StringComparison.Ordinal);
        await worker.Agrees(family.Dossier, family.Grandmother, s => s with { Call = Rule.Never });
        Assert.Equal(HandoverState.Withdrawn, await After(first));
        var second = await Proposes();
        Assert.Contains("Rosa Fictif.", await Comes(second), StringComparison.Ordinal);
        Assert.DoesNotContain("0470 99 88 77", await Comes(second), StringComparison.Ordinal);
        // She changes it: with her number go her own rules.
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Agrees(family.Dossier, family.Grandmother, s => s with { Call = Rule.OnlyIf, From = new TimeOnly(9, 0), Until = new TimeOnly(11, 0), CodeWord = "Magnolia" });
        Assert.Equal(HandoverState.Withdrawn, await After(second));
        var third = await Proposes();
        foreach (var rule in new[] { "0470 99 88 77", "09:00", "11:00", "Magnolia", VictimSupport.Casework.Words.Of(Rule.OnlyIf) }) Assert.Contains(rule, await Comes(third), StringComparison.Ordinal);
        // Said in a dossier of her own, where nobody knows of the child.
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var hers = await worker.Registers(Cases.Intake(a, "Fictif", "Rosa", "0470 99 88 77"));
        await worker.Agrees(hers, await worker.LeadOf(hers), s => s with { Call = Rule.Never });
        Assert.Equal(HandoverState.Withdrawn, await After(third));
        var fourth = await Proposes();
        Assert.DoesNotContain("0470 99 88 77", await Comes(fourth), StringComparison.Ordinal);
        // Under another row she is the alleged perpetrator: of her no name goes.
        await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = family.Dossier, GivenName = "Rosa", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Equal(HandoverState.Withdrawn, await After(fourth));
        Assert.DoesNotContain("Fictif", await Comes(await Proposes()), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Nobody_is_reached_through_the_dead_nor_whoever_is_a_minor_no_more(string engine)
    {
        foreach (var grown in new[] { false, true })
        {
            var (a, worker, family) = await Family.In(await platforms.On(engine));
            var (b, chief) = (await a.Platform.Zone(), a.As(Role.Coordinator));
            await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Reached = Authority.Prosecutor, Reason = "the father lives at home", Reference = "LA.7" });
            var handover = await chief.HandsOver(family.Dossier, b, f => f with { Persons = [family.Noah], Fields = [] });
            var whom = grown ? family.Noah : family.Grandmother;
            var form = await worker.Send(new Edit.Query(family.Dossier, whom, "fr")) with { Dossier = family.Dossier, Person = whom };
            await worker.Send(grown ? form with { IsMinor = false, BirthDate = new DateOnly(2000, 1, 1), EstimatedAge = null } : form with { Capacity = Capacity.Deceased });
            for (var i = 0; i < 3; i++)
            {
                await a.RunJobs();
                await b.RunJobs();
            }
            Assert.Equal(HandoverState.Withdrawn, await chief.StateOf(handover));
            var again = await b.As(Role.Coordinator).Send(new Show.Query(await chief.HandsOver(family.Dossier, b, f => f with { Persons = [family.Noah], Fields = [] })));
            Assert.DoesNotContain("0470 99 88 77", Assert.Single(again.Content!.Notes).Text, StringComparison.Ordinal);
        }
    }

    [Theory, EveryEngine]
    public async Task A_never_of_somebody_else_at_the_same_telephone_asks_an_open_handover_back(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await Reachable(anna, r => r with { Call = Rule.Safe, Sms = Rule.Safe });
        var handover = await anna.HandsOver(dossier, b);
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await Reachable(anna, r => r with { Call = Rule.Never, Sms = Rule.Never }, "Lotte", "0470 11 22 33");
        for (var i = 0; i < 3; i++)
        {
            await a.RunJobs();
            await b.RunJobs();
        }
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        var again = Assert.Single((await bert.Send(new Show.Query(await anna.HandsOver(dossier, b)))).Content!.People);
        Assert.Equal((null, Rule.NotAsked, Rule.NotAsked), (again.Identity.Phone, again.Rules.Call, again.Rules.Sms));
    }

    [Theory, EveryEngine]
    public async Task Violence_while_it_is_open_asks_it_back_and_a_fortnight_makes_nothing_safe(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await Reachable(anna, r => r with { Mail = Rule.Safe });
        var handover = await anna.HandsOver(dossier, b);
        var way = Assert.Single((await bert.Send(new Decide.Query(handover))).Ways).Way;
        platform.Clock.Advance(TimeSpan.FromDays(14.1));
        Assert.Empty((await bert.Send(new Decide.Query(handover))).Ways);
        Assert.Equal(Bar.Outdated, Bars.Of((await Assert.ThrowsAsync<RefusedException>(() => bert.Accepts(handover, tell: way))).Code));
        await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33") with { SubKind = "PartnerViolence" }); // in another dossier
        for (var i = 0; i < 3; i++)
        {
            await a.RunJobs();
            await b.RunJobs();
        }
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        Assert.Contains((await anna.Opens(dossier)).Planned, p => p.Text?.Value == VictimSupport.Design.Html.Spoken.In(a.Handle.Record.FirstLanguage, () => VictimSupport.Casework.Words.ZoneHandoverOutdated));
    }

    [Theory, EveryEngine]
    public async Task Proposed_asked_answered_accepted_and_the_case_counts_once(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert, worker) = (a.As(Role.Coordinator), b.As(Role.Coordinator), await b.Hires("worker", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33", "Assault") with { Language = "nl" });
        await Agrees(anna, dossier, r => r with { Letter = Rule.Safe, Sms = Rule.Never, CodeWord = "Magnolia" });
        var handover = await anna.HandsOver(dossier, b);

        // There, not decided on: the first zone answers for her in both.
        Assert.Equal(HandoverState.Delivered, await anna.StateOf(handover));
        var came = await bert.Send(new Show.Query(handover));
        Assert.False((await anna.Send(new Show.Query(handover))).Handover.IsTheirs);
        Assert.True(came.Handover.IsTheirs);
        var mia = Assert.Single(came.Content!.People);
        Assert.Equal(("Mia Janssens", "nl", "0470 11 22 33"), (mia.Identity.FullName, mia.Language, mia.Identity.Phone));
        Assert.Equal((Rule.Never, Rule.Safe, "Magnolia"), (mia.Rules.Sms, mia.Rules.Letter, mia.Rules.Details.CodeWord));
        Assert.Null(mia.Identity.BirthDate);

        await bert.AsksAbout(handover, "Since when does she live here?");
        await b.RunJobs();
        Assert.Equal(HandoverState.Asked, await anna.StateOf(handover));
        Assert.Equal("Since when does she live here?", await anna.Send(new Reply.Query(handover)));
        await anna.Send(new Reply.Command { Handover = handover, Text = "For a year", Once = Guid.NewGuid() });
        await a.RunJobs();
        Assert.Equal("For a year", (await bert.Send(new Show.Query(handover))).Turns.Single(t => t.Step == HandoverStep.Answered).Text!.Value);

        var theirs = (await bert.Accepts(handover, worker.Id))!.Value;
        Assert.False((await bert.Send(new Show.Query(handover))).Handover.IsTheirs);
        await b.RunJobs();
        var ours = (await anna.Send(new Show.Query(handover))).Handover;
        Assert.Equal((HandoverState.Accepted, true), (ours.State, ours.IsTheirs));
        var view = await bert.Opens(theirs);
        Assert.Equal(ours.OtherNumber, view.Dossier.Number);
        Assert.Equal((await anna.Opens(dossier)).Dossier.Number, (await bert.Send(new Show.Query(handover))).Handover.OtherNumber);
        Assert.Equal(worker.Id, view.Dossier.AssignedTo);
        var person = Assert.Single(view.People);
        Assert.Equal((Rule.Never, "Magnolia"), (person.Safe.Sms, person.Safe.Details.Value.CodeWord));
        Assert.True(person.Safe.MustBeAskedAgain(b.Platform.Clock.GetUtcNow())); // they hold, and whoever took over asks

        // She is told: when she is reached, and in a letter in her language, as letters are safe. The gate sees to it.
        Assert.Equal([ActKind.FirstContact, ActKind.Letter], view.Planned.Select(p => p.Kind).Order());
        var letter = await bert.Send(new Prepare.Query(theirs, person.Id, null, null));
        Assert.Equal((LetterKind.HandedOver, "nl", Bar.None), (letter.Kind, letter.Language, letter.Bar));
        Assert.StartsWith("Beste Mia", letter.Text, StringComparison.Ordinal);

        // Counted where it was registered, received here; what is left to be done is said to whoever has it there.
        Assert.Equal((CaseOrigin.Here, true), await CaseOf(a));
        Assert.Equal((CaseOrigin.HandedOver, false), await CaseOf(b));
        Assert.Equal(ActKind.Administration, Assert.Single((await anna.Opens(dossier)).Planned).Kind);
        Assert.Contains((await anna.Opens(dossier)).Timeline, h => h.Handover == handover);
        Assert.Null((await b.Look(z => z.Set<Handover>().SingleAsync())).Content); // the dossier has it
    }

    [Theory, EveryEngine]
    public async Task Whoever_is_handed_over_is_told_at_once_in_their_language_where_that_is_simply_safe_and_ticked(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var handover = await anna.HandsOver(await Reachable(anna, r => r with { Mail = Rule.Safe, Letter = Rule.Safe }), b);
        var offer = Assert.Single((await bert.Send(new Decide.Query(handover))).Ways);
        Assert.Equal((Channel.Mail, "Mia Janssens", Telling.Says("nl")), (offer.Way.Channel, offer.Name, offer.Says));
        var theirs = (await bert.Accepts(handover, tell: offer.Way))!.Value;
        Assert.Equal(theirs, await bert.Accepts(handover, tell: offer.Way));
        for (var i = 0; i < 2; i++) await b.RunJobs();
        var mail = Assert.Single(platform.Post.Letters, l => l.To == "mia@example.org");
        Assert.Equal(("agenda@mail.example", Telling.Says("nl")), (mail.From, mail.Text));
        Assert.StartsWith("Vanaf nu", mail.Text, StringComparison.Ordinal);
        // A letter would say it once more; what is said when she is reached stays.
        Assert.Equal([ActKind.FirstContact], (await bert.Opens(theirs)).Planned.Select(p => p.Kind));
        Assert.Contains((await bert.Opens(theirs)).Timeline, h => h.Title == "Message sent to the person");

        // Nothing goes by itself: not ticked, it is a letter and the first contact.
        var second = (await bert.Accepts(await anna.HandsOver(await Reachable(anna, r => r with { Mail = Rule.Safe, Letter = Rule.Safe }, "Bo"), b)))!.Value;
        await b.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "bo@example.org");
        Assert.Equal([ActKind.FirstContact, ActKind.Letter], (await bert.Opens(second)).Planned.Select(p => p.Kind).Order());
    }

    [Theory]
    [InlineData("fr"), InlineData("nl"), InlineData("de"), InlineData("en"), InlineData("vgt"), InlineData("ar")]
    public void What_tells_them_tells_nothing_else_in_any_language(string language) =>
        Assert.Null(Neutral.Telling(Telling.Says(language), ["zone", "dossier", "akte", "service", "dienst", "bureau", "help", "hulp", "hilf", "aide", "http", "www", "?"]));

    [Theory]
    [InlineData("never"), InlineData("never elsewhere"), InlineData("never elsewhere there"), InlineData("two weeks old"), InlineData("violence since"), InlineData("not asked"), InlineData("a condition"), InlineData("words"), InlineData("other hours"), InlineData("at night"), InlineData("the perpetrator's"), InlineData("no address"), InlineData("a minor")]
    public async Task Where_it_is_not_simply_safe_it_stays_with_the_first_contact(string what)
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        if (what == "never elsewhere") await Reachable(bert, r => r with { Mail = Rule.Never });
        var dossier = await Reachable(anna, r => r with
        {
            Mail = what switch { "never" => Rule.Never, "not asked" => Rule.NotAsked, "a condition" => Rule.OnlyIf, _ => Rule.Safe }, Letter = Rule.Never, WhatMayBeSaid = what is "words" or "a condition" ? "that the library calls" : null,
            From = what == "other hours" ? new TimeOnly(3, 0) : null, Until = what == "other hours" ? new TimeOnly(4, 0) : null,
        });
        var lead = await anna.LeadOf(dossier);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        if (what == "never elsewhere there") await Reachable(anna, r => r with { Mail = Rule.Never }); // in another dossier of the zone that she leaves
        if (what == "two weeks old") platform.Clock.Advance(TimeSpan.FromDays(15));
        if (what == "violence since") await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33") with { SubKind = "PartnerViolence" }); // in another dossier
        if (what == "a minor") await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "nl")) with { Dossier = dossier, Person = lead, IsMinor = true });
        if (what == "the perpetrator's") await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Jan", FamilyName = "Peeters", Mail = "mia@example.org", Capacity = Capacity.AllegedAuthor, Language = "nl" });
        var handover = await anna.HandsOver(dossier, b, f => f with { Fields = what == "no address" ? [HandedField.Phone] : f.Fields });
        if (what == "at night") platform.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Empty((await bert.Send(new Decide.Query(handover))).Ways);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => bert.Accepts(handover, tell: new VictimSupport.Casework.Contacts.Reminder(lead, Channel.Mail)));
        Assert.Equal((what switch
        {
            "never" or "never elsewhere" or "never elsewhere there" => Bar.Never, "two weeks old" or "violence since" => Bar.Outdated, "a condition" or "words" => Bar.OnlyIf, "other hours" or "at night" => Bar.Hours, "a minor" => Bar.Minor, _ => Bar.NotAsked,
        }, (string?)nameof(Decide.Command.Tell)), (Bars.Of(refused.Code), refused.Field));
        Assert.Equal(HandoverState.Delivered, await bert.StateOf(handover)); // nothing of it holds
        await Refused(() => bert.Accepts(handover, tell: new VictimSupport.Casework.Contacts.Reminder(Guid.NewGuid(), Channel.Mail)));
        var theirs = (await bert.Accepts(handover))!.Value;
        await b.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "mia@example.org");
        Assert.Equal(VictimSupport.Casework.Words.ZoneHandoverTellThem, Assert.Single((await bert.Opens(theirs)).Planned, p => p.Kind == ActKind.FirstContact).Text!.Value);
    }

    [Fact]
    public async Task Whoever_reaches_one_of_those_who_were_handed_over_has_not_reached_the_others()
    {
        var platform = await platforms.On("sqlite");
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bea", FamilyName = "Voorbeeld", Capacity = Capacity.Relative, Language = "nl" });
        var theirs = (await bert.Accepts(await anna.HandsOver(dossier, b)))!.Value;
        var people = (await bert.Opens(theirs)).People.Select(p => p.Id).ToList();
        Assert.Equal(2, people.Count);
        await bert.Send(await bert.Contact(b, theirs) with { Persons = [people[0]] });
        Assert.Equal([people[1]], Assert.Single((await bert.Opens(theirs)).Planned, p => p.Kind == ActKind.FirstContact).Persons);
    }

    [Theory, EveryEngine]
    public async Task A_never_said_in_another_dossier_while_the_handover_is_open_asks_it_back_and_goes_along_with_the_next(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await Reachable(anna, r => r with { Mail = Rule.Safe, Letter = Rule.Safe });
        var handover = await anna.HandsOver(dossier, b);
        Assert.Equal(Rule.Safe, Assert.Single((await bert.Send(new Show.Query(handover))).Content!.People).Rules.Mail);
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await Reachable(anna, r => r with { Mail = Rule.Never });
        for (var i = 0; i < 3; i++)
        {
            await a.RunJobs();
            await b.RunJobs();
        }
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        var again = await anna.HandsOver(dossier, b);
        var rules = Assert.Single((await bert.Send(new Show.Query(again))).Content!.People).Rules;
        Assert.Equal((Rule.Never, Rule.Safe), (rules.Mail, rules.Letter));
    }

    [Fact]
    public async Task What_was_ticked_by_day_and_is_late_does_not_ring_at_night_and_whoever_was_told_is_not_told_again()
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var handover = await anna.HandsOver(await Reachable(anna, r => r with { Mail = Rule.Safe }), b);
        var theirs = (await bert.Accepts(handover, tell: (await bert.Send(new Decide.Query(handover))).Ways[0].Way))!.Value;
        platform.Clock.Advance(TimeSpan.FromHours(13)); // the server stood still until eleven at night
        await b.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "mia@example.org");
        Assert.Contains((await bert.Opens(theirs)).Timeline, h => h.Title == "What waited to go out was dropped");
        platform.Clock.Advance(TimeSpan.FromHours(11));
        var dossier = await Reachable(anna, r => r with { Mail = Rule.Safe }, "Bo");
        var told = await anna.HandsOver(dossier, b, f => f with { Told = true });
        Assert.Empty((await bert.Send(new Decide.Query(told))).Ways);
        var lead = await anna.LeadOf(dossier);
        await Refused(() => bert.Accepts(told, tell: new VictimSupport.Casework.Contacts.Reminder(lead, Channel.Mail)));
    }

    [Theory, EveryEngine]
    public async Task A_never_said_before_it_goes_stops_it_and_whoever_works_on_it_is_told(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var handover = await anna.HandsOver(await Reachable(anna, r => r with { Mail = Rule.Safe }), b);
        var theirs = (await bert.Accepts(handover, tell: (await bert.Send(new Decide.Query(handover))).Ways[0].Way))!.Value;
        // In another dossier: she comes to the desk of the other zone at once.
        await Reachable(bert, r => r with { Mail = Rule.Never });
        await b.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "mia@example.org");
        Assert.Contains((await bert.Opens(theirs)).Timeline, h => h.Title == "What waited to go out was dropped");
        Assert.Contains((await bert.Opens(theirs)).Planned, p => p.Kind == ActKind.FirstContact);
    }

    [Fact]
    public async Task On_the_page_a_way_is_ticked_and_without_a_provider_none_is_offered()
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), await b.Hires("bert", Role.Coordinator));
        var handover = await anna.HandsOver(await Reachable(anna, r => r with { Mail = Rule.Safe }), b);
        using var visit = bert.Visit();
        var page = await visit.Page($"/handovers/{handover}/decision");
        var box = Assert.Single(page.QuerySelectorAll("[name='Form.Tell']"));
        Assert.Null(box.GetAttribute("checked"));
        Assert.Contains(Telling.Says("nl"), page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // A form that was open while she said never: kept, and said at the field.
        await Reachable(b.As(Role.Coordinator), r => r with { Mail = Rule.Never });
        var barred = await Visit.Read(await visit.Submit($"/handovers/{handover}/decision", [new("Form.Decision", "Accept"), new("Form.Tell", box.GetAttribute("value")!)]));
        Assert.NotNull(barred.QuerySelector(".govuk-error-message"));
        await using var without = Platform.Start("sqlite");
        var (c, d) = (await without.Zone(), await without.Zone());
        var other = await c.As(Role.Coordinator).HandsOver(await Reachable(c.As(Role.Coordinator), r => r with { Mail = Rule.Safe }), d);
        Assert.Empty((await d.As(Role.Coordinator).Send(new Decide.Query(other))).Ways);
    }

    [Theory, EveryEngine]
    public async Task Safe_goes_only_with_what_it_was_said_of_and_never_by_the_alleged_perpetrator(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33"));
        await Agrees(anna, dossier, r => r with { Call = Rule.OnlyIf, Sms = Rule.Safe, SmsNumber = "0470 99 88 77", Mail = Rule.Never, Letter = Rule.Safe, Visit = Rule.Safe, WhoMayAnswer = "Jan Peeters" });
        async Task<RulesAsTheyStood> There(params HandedField[] fields)
        {
            var handover = await anna.HandsOver(dossier, b, f => f with { Fields = [.. fields] });
            var rules = Assert.Single((await bert.Send(new Show.Query(handover))).Content!.People).Rules;
            await bert.Refuses(handover);
            await b.RunJobs();
            return rules;
        }

        var whole = await There(HandedField.Phone, HandedField.Address);
        Assert.Equal((Rule.OnlyIf, Rule.Safe, Rule.Never, Rule.Safe, Rule.Safe), (whole.Call, whole.Sms, whole.Mail, whole.Letter, whole.Visit));
        Assert.Equal(("0470 99 88 77", "Jan Peeters"), (whole.Details.SmsNumber, whole.Details.WhoMayAnswer));
        var bare = await There();
        Assert.Equal((Rule.OnlyIf, Rule.NotAsked, Rule.Never, Rule.NotAsked, Rule.NotAsked), (bare.Call, bare.Sms, bare.Mail, bare.Letter, bare.Visit));
        Assert.Null(bare.Details.SmsNumber);
        await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Jan", FamilyName = "Peeters", Capacity = Capacity.AllegedAuthor, Language = "nl" });
        var named = await There(HandedField.Phone, HandedField.Address);
        Assert.Equal((Rule.NotAsked, Rule.NotAsked, Rule.Never, Rule.NotAsked, Rule.NotAsked), (named.Call, named.Sms, named.Mail, named.Letter, named.Visit));
        Assert.Null(named.Details.WhoMayAnswer);
    }

    [Theory, EveryEngine]
    public async Task What_is_the_perpetrators_too_goes_as_not_asked_and_takes_back_what_waits_and_a_number_that_must_not_ring_stays_behind(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33"));
        await Agrees(anna, dossier, r => r with { Call = Rule.Safe, Sms = Rule.Safe, Letter = Rule.Safe, Visit = Rule.OnlyIf, WhatMayBeSaid = "that the library calls" });
        async Task<HandedPerson> There(Guid handover)
        {
            var person = Assert.Single((await bert.Send(new Show.Query(handover))).Content!.People);
            await bert.Refuses(handover);
            await b.RunJobs();
            return person;
        }

        var waiting = await anna.HandsOver(dossier, b);
        var his = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Jan", FamilyName = "Peeters", Capacity = Capacity.AllegedAuthor, Language = "nl", Address = "Dorpsstraat 1" });
        Assert.Equal(HandoverState.Withdrawing, await anna.StateOf(waiting));
        await a.RunJobs();
        await b.RunJobs();
        var home = (await There(await anna.HandsOver(dossier, b))).Rules;
        Assert.Equal((Rule.Safe, Rule.Safe, Rule.NotAsked, Rule.NotAsked), (home.Call, home.Sms, home.Letter, home.Visit));
        await anna.Send(await anna.Send(new Edit.Query(dossier, his, "nl")) with { Dossier = dossier, Person = his, Address = null, Phone = "0470 11 22 33" });
        var phone = await There(await anna.HandsOver(dossier, b));
        Assert.Equal((Rule.NotAsked, Rule.NotAsked, Rule.Safe, "0470 11 22 33"), (phone.Rules.Call, phone.Rules.Sms, phone.Rules.Letter, phone.Identity.Phone));
        // Somebody else, at the same telephone, said never: it is not told as hers, and the number does not go.
        await anna.Send(await anna.Send(new Edit.Query(dossier, his, "nl")) with { Dossier = dossier, Person = his, Phone = null });
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await Reachable(anna, r => r with { Call = Rule.Never, Letter = Rule.Never }, "Lotte", "0470 11 22 33");
        var shared = await There(await anna.HandsOver(dossier, b));
        Assert.Equal((Rule.NotAsked, Rule.NotAsked, Rule.Safe, (string?)null), (shared.Rules.Call, shared.Rules.Sms, shared.Rules.Letter, shared.Identity.Phone));
    }

    [Theory, EveryEngine]
    public async Task An_alleged_perpetrator_entered_while_it_waits_takes_back_what_names_them_and_nothing_else(string engine)
    {
        var (a, b) = await Two(engine);
        var anna = a.As(Role.Coordinator);
        async Task<HandoverState> After(string agreed)
        {
            var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33"));
            await Agrees(anna, dossier, r => r with { Letter = Rule.Safe, WhoMayAnswer = agreed });
            var handover = await anna.HandsOver(dossier, b);
            await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Jan", FamilyName = "Peeters", Capacity = Capacity.AllegedAuthor, Language = "nl" });
            return await anna.StateOf(handover);
        }

        Assert.Equal((HandoverState.Withdrawing, HandoverState.Delivered), (await After("Jan Peeters"), await After("Els Maes")));
    }

    [Theory, EveryEngine]
    public async Task A_rule_that_changes_while_the_other_zone_decides_takes_the_handover_back_and_accepted_at_once_it_is_asked_again(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33"));
        await Agrees(anna, dossier, r => r with { Sms = Rule.Safe, Letter = Rule.Safe });
        var waiting = await anna.HandsOver(dossier, b);
        await Agrees(anna, dossier, r => r with { Sms = Rule.Never, Letter = Rule.Safe });
        Assert.Equal(HandoverState.Withdrawing, await anna.StateOf(waiting));
        Assert.Contains((await anna.Opens(dossier)).Planned, p => p.Kind == ActKind.Administration);
        await a.RunJobs();
        await b.RunJobs();
        Assert.Equal((HandoverState.Withdrawn, HandoverState.Withdrawn), (await anna.StateOf(waiting), await bert.StateOf(waiting)));

        var again = await anna.HandsOver(dossier, b);
        var theirs = (await bert.Accepts(again))!.Value; // its word has not come yet
        await Agrees(anna, dossier, r => r with { Sms = Rule.Never, Letter = Rule.Never });
        await a.RunJobs();
        var safe = Assert.Single((await bert.Opens(theirs)).People).Safe;
        Assert.Equal((Rule.Never, Rule.NotAsked), (safe.Sms, safe.Letter));
        await b.RunJobs();
        Assert.Equal((HandoverState.Accepted, HandoverState.Accepted), (await anna.StateOf(again), await bert.StateOf(again)));
        var lead = await anna.LeadOf(dossier);
        Assert.DoesNotContain((await anna.Send(new Propose.Query(dossier))).Persons, p => p.Id == lead); // she has gone already
    }

    [Theory, EveryEngine]
    public async Task An_act_that_did_not_go_stays_with_whoever_planned_it(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        var handover = await anna.HandsOver(dossier, b);
        a.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await anna.Send(await anna.Contact(a, dossier) with { Next = ActKind.CallBack, Due = a.Platform.Clock.GetUtcNow().AddDays(2) });
        await bert.Accepts(handover);
        await b.RunJobs();
        Assert.Contains((await anna.Opens(dossier)).Planned, p => p.Kind == ActKind.CallBack);
    }

    [Theory, EveryEngine]
    public async Task A_dossier_with_nothing_left_to_do_closes_as_handed_over(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Sex = Sex.Female, EstimatedAge = 40, Damages = [Damage.Moral] });
        await anna.Send(await anna.Contact(a, dossier));
        var handover = await anna.HandsOver(dossier, b);
        await bert.Accepts(handover);
        await b.RunJobs();
        var closed = (await anna.Opens(dossier)).Dossier;
        Assert.Equal((false, ClosingReason.HandedOver), (closed.IsOpen, closed.Reason));
        Assert.Empty((await anna.Opens(dossier)).Planned);
    }

    [Theory, EveryEngine]
    public async Task Reopened_what_the_other_zone_does_by_now_is_not_taken_up_here_and_nobody_gets_in_touch_again(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Sex = Sex.Female, EstimatedAge = 40, Damages = [Damage.Moral] });
        await anna.Send(await anna.Contact(a, dossier) with { Next = ActKind.CallBack, Due = a.Platform.Clock.GetUtcNow().AddDays(2) });
        var handover = await anna.HandsOver(dossier, b);
        await bert.Accepts(handover);
        await b.RunJobs();
        Assert.Equal(ClosingReason.HandedOver, (await anna.Opens(dossier)).Dossier.Reason);
        Assert.Empty(await anna.Send(new Reopen.Query(dossier)));
        using var hers = anna.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Submit($"/dossiers/{dossier}/reopen", [])).StatusCode);
        Assert.Equal(ActKind.Administration, Assert.Single((await anna.Opens(dossier)).Planned).Kind);
        // What is planned here since, and cancelled by somebody here, is taken up again.
        await anna.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = a.Platform.Clock.GetUtcNow().AddDays(3) });
        await anna.ClosesAtOnce(dossier);
        Assert.Equal([ActKind.Administration, ActKind.CallBack], (await anna.Send(new Reopen.Query(dossier))).Select(c => c.Kind));
    }

    [Theory, EveryEngine]
    public async Task A_dossier_does_not_close_over_a_handover_that_nobody_has_decided_on(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (await a.Hires("anna", Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        var handover = await anna.HandsOver(dossier, b);
        async Task StaysOpen()
        {
            var gap = Assert.Single(await anna.Send(new Close.Query(dossier)), g => g.Kind == GapKind.OpenHandover);
            Assert.Equal((handover, false), (gap.Entry!.Value, gap.MayStayUnknown));
            await Assert.ThrowsAsync<ValidationException>(() => anna.ClosesAtOnce(dossier));
            await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Close.Command { Dossier = dossier, Reason = ClosingReason.OpenedInError, Outcome = Outcome.NoContact }));
        }

        await StaysOpen();
        using var hers = anna.Visit();
        var says = (await hers.Page($"/dossiers/{dossier}/close")).QuerySelector("[data-unfinished] a")!;
        Assert.EndsWith($"/handovers/{handover}", says.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await hers.Get(says.GetAttribute("href")!)).StatusCode);
        await bert.AsksAbout(handover);
        await b.RunJobs();
        await StaysOpen();
        // Taken back, it may have been accepted there meanwhile: it holds once they have said so.
        await anna.Send(new Withdraw.Command(handover));
        await StaysOpen();
        await a.RunJobs();
        await b.RunJobs();
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        Assert.DoesNotContain((await anna.Opens(dossier)).Planned, p => p.Kind == ActKind.Administration); // whoever took it back knows
        await anna.ClosesAtOnce(dossier);
        Assert.False((await anna.Opens(dossier)).Dossier.IsOpen);
    }

    [Theory, EveryEngine]
    public async Task Refused_there_it_is_an_act_here_at_once_on_the_worklist_and_reminded_of(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, chief, bert) = (await a.Hires("anna", Role.Caseworker), await a.Hires("chief", Role.Coordinator), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        await anna.Send(await anna.Contact(a, dossier) with { Next = ActKind.CallBack, Due = platform.Clock.GetUtcNow().AddDays(20) });
        foreach (var done in (await anna.Opens(dossier)).Planned.Where(p => p.Kind != ActKind.CallBack)) await anna.Send(new Complete.Command(done.Id));
        var lead = await anna.LeadOf(dossier);
        var handover = await anna.HandsOver(dossier, b);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await bert.Refuses(handover, "She moved on");
        await b.RunJobs();
        var act = Assert.Single((await anna.Opens(dossier)).Planned, p => p.Kind == ActKind.Administration);
        Assert.True(act.DueAt <= platform.Clock.GetUtcNow());
        Assert.Equal([lead], act.Persons);
        Assert.Equal(Stays(a), act.Text!.Value);
        Assert.Equal(act.DueAt, (await anna.Opens(dossier)).Dossier.NextDue);
        Assert.Equal(1, (await anna.Send(new Bell.Query())).Due);
        for (var i = 0; i < 2; i++) await a.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith($"{ActsDue.Code} {act.Id}", StringComparison.Ordinal) && l.To == Staff.AddressOf(a, "anna"));
        platform.Clock.Advance(TimeSpan.FromHours(25));
        for (var i = 0; i < 2; i++) await a.RunJobs();
        Assert.Equal(1, (await chief.Send(new Bell.Query())).ToldOn); // done by nobody, it is told on
    }

    [Theory, EveryEngine]
    public async Task What_comes_back_to_a_dossier_that_was_closed_over_it_opens_it_again(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (await a.Hires("anna", Role.Coordinator), b.As(Role.Coordinator));
        foreach (var how in new[] { "refused", "withdrawn", "outdated" })
        {
            var dossier = await anna.Registers(Cases.Intake(a, "Janssens", how));
            var handover = await anna.HandsOver(dossier, b);
            // As it was possible before a handover stood in the way.
            foreach (var dropped in (await anna.Opens(dossier)).Planned) await anna.Send(new Complete.Command(dropped.Id));
            var (now, nothing, reason) = ((DateTimeOffset?)a.Platform.Clock.GetUtcNow(), (DateTimeOffset?)null, (ClosingReason?)ClosingReason.HandedOver);
            await a.Handle.Database.Write(new Keyring(a.Handle.Keys), async z =>
            {
                await z.Set<Dossier>().Where(d => d.Id == dossier).ExecuteUpdateAsync(set => set.SetProperty(d => d.Closed, now).SetProperty(d => d.Reason, reason).SetProperty(d => d.NextDue, nothing).SetProperty(d => d.PutOffUntil, nothing), TestContext.Current.CancellationToken);
                return new VictimSupport.Foundation.Persistence.Written<bool>(true, new AuditRecord(default, null, "Test.Plant", null, "{}"));
            }, TestContext.Current.CancellationToken);
            if (how == "withdrawn") await anna.Send(new Withdraw.Command(handover));
            else if (how == "outdated") await anna.Agrees(dossier, await anna.LeadOf(dossier), r => r with { Letter = Rule.Never });
            else await bert.Refuses(handover);
            for (var i = 0; i < 2; i++)
            {
                await a.RunJobs();
                await b.RunJobs();
            }
            var view = await anna.Opens(dossier);
            Assert.Equal((how, true, (ClosingReason?)null), (how, view.Dossier.IsOpen, view.Dossier.Reason));
            var act = Assert.Single(view.Planned, p => p.Kind == ActKind.Administration);
            Assert.Equal(act.DueAt, view.Dossier.NextDue);
            Assert.True(view.Dossier.PutOffUntil > now);
            Assert.Equal(1, await a.Look(z => z.Set<Milestone>().CountAsync(m => m.DossierId == dossier && m.Kind == MilestoneKind.Reopened)));
        }
    }

    [Theory, EveryEngine]
    public async Task A_risk_or_a_danger_noted_while_the_other_zone_decides_asks_it_back(string engine)
    {
        var (a, b) = await Two(engine);
        var anna = a.As(Role.Coordinator);
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia"));
        var lead = await anna.LeadOf(dossier);
        var note = new NoteRisk.Command { Dossier = dossier, Persons = [lead], On = VictimSupport.Design.Html.Moment.Day(a.Platform.Clock.GetUtcNow()), Level = RiskLevel.Acute, Author = RiskAuthor.Police };
        var risk = Guid.Empty;
        Assert.Equal(HandoverState.Withdrawing, await After(async () => risk = await anna.Send(note)));
        Assert.Equal(HandoverState.Withdrawing, await After(() => anna.Send(new NoteRisk.Withdraw(dossier, risk)))); // it was told of a risk that is none
        Assert.Equal(HandoverState.Delivered, await After(() => anna.Send(new NoteRisk.Withdraw(dossier, risk)))); // pressed twice
        Assert.Equal(HandoverState.Withdrawing, await After(() => Says(Danger.AuthorAtLarge, Danger.DangerousDog)));
        Assert.Equal(HandoverState.Delivered, await After(() => Says(Danger.AuthorAtLarge))); // less than was said

        async Task Says(params Danger[] dangers) => await anna.Send(await anna.Send(new Facts.Query(dossier)) with { Dossier = dossier, Dangers = [.. dangers] });

        async Task<HandoverState> After(Func<Task> what)
        {
            var handover = await anna.HandsOver(dossier, b);
            await what();
            var state = await anna.StateOf(handover);
            if (state == HandoverState.Delivered) await anna.Send(new Withdraw.Command(handover));
            for (var i = 0; i < 2; i++)
            {
                await a.RunJobs();
                await b.RunJobs();
            }
            return state;
        }
    }

    [Theory, EveryEngine]
    public async Task The_risk_that_holds_and_the_kind_of_interpreter_go_along_whatever_is_ticked(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), await b.Hires("bert", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia"));
        var lead = await anna.LeadOf(dossier);
        var bo = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Janssens", Capacity = Capacity.Relative, Language = "nl" });
        var cas = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Cas", FamilyName = "Janssens", Capacity = Capacity.Relative, Language = "nl" });
        var today = VictimSupport.Design.Html.Moment.Day(a.Platform.Clock.GetUtcNow());
        Task<Guid> Risk(RiskLevel level, int daysAgo, params Guid[] persons) => anna.Send(new NoteRisk.Command { Dossier = dossier, Persons = [.. persons], On = today.AddDays(-daysAgo), Level = level, Author = RiskAuthor.Prosecutor, Once = Guid.NewGuid() });
        await Risk(RiskLevel.Low, 9, lead, bo);
        await Risk(RiskLevel.High, 3, lead);
        await anna.Send(new NoteRisk.Withdraw(dossier, await Risk(RiskLevel.Acute, 1, lead))); // in error
        await Risk(RiskLevel.Acute, 1, cas);
        await anna.Send(new Interpret.Command { Dossier = dossier, Person = lead, Kind = InterpreterKind.Sworn, Name = "Wanda Wolkers", Agency = "Wolk & Co", Version = (await anna.Opens(dossier)).Dossier.Version });

        var handover = await anna.HandsOver(dossier, b, f => f with { Persons = [lead, bo], Fields = [] });
        var content = (await bert.Send(new Show.Query(handover))).Content!;
        var came = content.People.ToDictionary(p => p.Key);
        Assert.Equal((new HandedRisk(RiskLevel.High, RiskAuthor.Prosecutor, today.AddDays(-3)), InterpreterKind.Sworn), (came[lead].Risk, came[lead].Interpreter));
        Assert.Equal((new HandedRisk(RiskLevel.Low, RiskAuthor.Prosecutor, today.AddDays(-9)), InterpreterKind.None), (came[bo].Risk, came[bo].Interpreter));
        Assert.DoesNotContain("Wol", JsonSerializer.Serialize(content), StringComparison.Ordinal); // by whom is no matter of the other zone
        using var his = bert.Visit();
        var goes = (await his.Page($"/handovers/{handover}")).QuerySelector("[data-goes]")!;
        Assert.Contains("high", goes.QuerySelector(".vs-badge--danger")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("sworn interpreter", goes.TextContent, StringComparison.Ordinal);

        var theirs = (await bert.Accepts(handover))!.Value;
        var view = await bert.Opens(theirs);
        var (mia, her) = (view.People.Single(p => p.Name.StartsWith("Mia", StringComparison.Ordinal)).Id, await b.Look(z => z.Set<VictimSupport.Casework.People.Risk>().AsNoTracking().ToListAsync()));
        Assert.Equal([RiskLevel.High, RiskLevel.Low], view.Risks.Select(r => r.Level).OrderDescending());
        var risk = Assert.Single(her, r => r.Persons.Contains(mia));
        Assert.Equal((RiskLevel.High, RiskAuthor.Prosecutor, today.AddDays(-3), bert.Id), (risk.Level, risk.Author, risk.On, risk.By));
        Assert.Equal((RiskLevel.High, 3), (view.Dossier.Risk, view.Dossier.Urgency)); // as urgent as it was there
        Assert.Equal(2, view.Timeline.Count(h => h.Title.StartsWith(VictimSupport.Casework.Words.Of(MilestoneKind.RiskNoted), StringComparison.Ordinal)));
        var interpreter = await b.Look(z => z.Set<Interpreter>().AsNoTracking().SingleAsync());
        Assert.Equal((mia, InterpreterKind.Sworn, false), (interpreter.Id, interpreter.Kind, interpreter.MustBeChecked));
        Assert.Null(interpreter.Who);
    }

    [Fact]
    public async Task What_was_proposed_before_risks_went_along_is_read_all_the_same()
    {
        var (a, b) = await Two("sqlite");
        var anna = a.As(Role.Coordinator);
        var handover = await anna.HandsOver(await anna.Registers(Cases.Intake(a, "Janssens", "Mia")), b);
        var now = JsonSerializer.SerializeToNode((await b.As(Role.Coordinator).Send(new Show.Query(handover))).Content!)!;
        foreach (var person in now["People"]!.AsArray()) Assert.True(person!.AsObject().Remove("Risk") & person.AsObject().Remove("Interpreter"));
        var before = now.Deserialize<HandedOver>()!;
        Assert.Equal(("Mia Janssens", null, InterpreterKind.None), (before.People[0].Identity.FullName, before.People[0].Risk, before.People[0].Interpreter));
        var (person2, _, risk, interpreter) = before.People[0].Enters(before.Becomes(VictimSupport.Foundation.Numbers.DossierNumber.Of(2026, 1, b.Handle.Keys.NumberKey), anna.Id, a.Platform.Clock.GetUtcNow(), a.Platform.Clock.GetUtcNow()), anna.Id, a.Platform.Clock.GetUtcNow());
        Assert.Equal(("Mia Janssens", null, null), (person2.Identity.Value.FullName, risk, interpreter));
    }

    [Theory, EveryEngine]
    public async Task What_was_noted_of_a_contact_goes_where_it_is_ticked_as_a_note_does(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, trainee, bert) = (a.As(Role.Coordinator), a.As(Role.Trainee), b.As(Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia"));
        var lead = await anna.LeadOf(dossier);
        var bo = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Janssens", Capacity = Capacity.Relative, Language = "nl" });
        await a.Names(dossier, trainee.Id);
        var talk = a.Platform.Clock.GetUtcNow().AddHours(-2);
        async Task Talks(Person by, string? note, bool missed = false, params Guid[] persons) => await by.Send(await by.Contact(a, dossier) with { At = talk, Persons = [.. persons], Note = note, Missed = missed, Services = missed ? [] : [VictimSupport.Casework.Codes.ServiceKind.Listening], Once = Guid.NewGuid() });
        await Talks(anna, "She sleeps badly", persons: lead);
        await Talks(anna, "Nobody opened", missed: true, lead);
        await Talks(anna, "Of both", persons: [lead, bo]);
        await Talks(anna, null, persons: lead);
        await Talks(trainee, "Not signed", persons: lead);
        await anna.Send(await anna.Appointment(a, dossier) with { Note = "Has not taken place" });
        await Notes(anna, dossier, Layer.Assistance, "A note", lead);
        var contacts = (await a.Look(z => z.Set<VictimSupport.Casework.Contacts.Contact>().AsNoTracking().ToListAsync())).Where(c => c.Note is not null).ToDictionary(c => c.Note!.Value, c => c.Id);

        var page = await anna.Send(new Propose.Query(dossier));
        Assert.Equal(["A note", "Nobody opened", "Of both", "She sleeps badly"], page.Notes.Select(n => n.Begins).Order());
        Assert.Equal(talk, page.Notes.Single(n => n.Begins == "She sleeps badly").At);
        foreach (var forged in new[] { "Not signed", "Has not taken place" }) await Refused(() => anna.Handing(dossier, b, f => f with { Notes = [contacts[forged]] }));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Handing(dossier, b, f => f with { Persons = [lead], Notes = [contacts["Of both"]] }))).Errors, e => e.PropertyName == "Notes");
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Handing(dossier, b, f => f with { Notes = [.. Enumerable.Range(0, 101).Select(_ => Guid.NewGuid())] }))).Errors, e => e.PropertyName.EndsWith("Notes", StringComparison.Ordinal));

        var handover = await anna.HandsOver(dossier, b, f => f with { Persons = [lead], Notes = [contacts["She sleeps badly"]] });
        var note = Assert.Single((await bert.Send(new Show.Query(handover))).Content!.Notes);
        Assert.Equal((talk, "She sleeps badly"), (note.At, note.Text));
        Assert.Equal([lead], note.Persons);
        var went = Assert.Single((await anna.Send(new Show.Query(handover))).Notes); // what went is seen here too
        Assert.Equal((talk, "She sleeps badly"), (went.At, went.Text.Value));
        var theirs = (await bert.Accepts(handover))!.Value;
        Assert.Contains("She sleeps badly", (await b.Look(z => z.Set<Note>().AsNoTracking().SingleAsync(n => n.DossierId == theirs))).Text.Value, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Only_what_was_ticked_and_shown_goes_and_what_may_not_go_is_nothing(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, trainee) = (a.As(Role.Coordinator), a.As(Role.Trainee));
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia", "0470 11 22 33"));
        var lead = await anna.LeadOf(dossier);
        var bo = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Janssens", Capacity = Capacity.Relative, Language = "nl" });
        var author = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Zz", FamilyName = "Täter", Capacity = Capacity.AllegedAuthor, Language = "nl" });
        await a.Names(dossier, trainee.Id);
        await Notes(anna, dossier, Layer.Assistance, "Goes", lead);
        await Notes(anna, dossier, Layer.Assistance, "Stays", lead);
        await Notes(anna, dossier, Layer.Assistance, "Of both", lead, bo);
        await Notes(anna, dossier, Layer.Assistance, "Names the author", lead, author);
        await Notes(anna, dossier, Layer.Police, "For the file", lead);
        await Notes(trainee, dossier, Layer.Assistance, "Not signed", lead);
        var notes = (await a.Look(z => z.Set<Note>().AsNoTracking().ToListAsync())).ToDictionary(n => n.Text.Value, n => n.Id);

        var page = await anna.Send(new Propose.Query(dossier));
        Assert.Equal(new[] { lead, bo }.Order(), page.Persons.Select(p => p.Id).Order());
        Assert.Equal(["Goes", "Of both", "Stays"], page.Notes.Select(n => n.Begins).Order());
        foreach (var forged in new[] { "Names the author", "For the file", "Not signed" })
            await Refused(() => anna.Handing(dossier, b, f => f with { Notes = [notes[forged]] }));
        await Refused(() => anna.Handing(dossier, b, f => f with { Persons = [lead, author] }));
        await Refused(() => anna.Handing(dossier, b, f => f with { Notes = [Guid.NewGuid()] }));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Handing(dossier, b, f => f with { Persons = [lead], Notes = [notes["Of both"]] }))).Errors, e => e.PropertyName == "Notes");

        // What goes must be what was shown.
        var form = await anna.Handing(dossier, b, f => f with { Persons = [lead], Notes = [notes["Goes"]], Fields = [HandedField.Reports] });
        foreach (var other in new[] { form with { Shown = null }, form with { Notes = [] }, form with { Fields = [.. form.Fields, HandedField.Phone] }, form with { Reason = "Another" } })
            Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(other))).Errors, e => e.PropertyName == "Fields");
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(form with { Zone = "0000" }))).Errors, e => e.PropertyName == "Zone");
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(form with { Zone = a.Code }))).Errors, e => e.PropertyName == "Zone");
        Assert.Equal(0, await a.Look(z => z.Set<Handover>().CountAsync()));
        var handover = await anna.Send(form);
        Assert.Equal(handover, await anna.Send(form)); // sent twice it is one
        await a.RunJobs();
        var came = (await b.As(Role.Coordinator).Send(new Show.Query(handover))).Content!;
        Assert.Equal("Goes", Assert.Single(came.Notes).Text);
        Assert.Equal(lead, Assert.Single(came.People).Key);
        Assert.Null(came.People[0].Identity.Phone);
        Assert.Equal(Rule.NotAsked, came.People[0].Rules.Call); // the rules are no field; safe was said of a number that stays here
        Assert.Null(came.FactsAt);
        // A second one waits until the first is decided on.
        Assert.NotNull((await anna.Send(new Propose.Query(dossier))).Barred);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(form with { Once = Guid.NewGuid() }));
    }

    [Theory, EveryEngine]
    public async Task Whoever_may_not_see_it_finds_nothing(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, other, third) = (await a.Hires("anna", Role.Caseworker), a.As(Role.Caseworker), await (await platforms.On(engine)).Zone());
        var (lead, walled) = (await b.Hires("lead", Role.Coordinator), await b.Hires("walled", Role.Coordinator));
        await b.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, FamilyName = "Janssens", GivenName = "Mia" });
        var dossier = await anna.Registers(Cases.Intake(a, "Janssens", "Mia"));
        await Refused(() => other.Send(new Propose.Query(dossier)));
        await Refused(() => a.As(Role.Trainee).Send(new Propose.Query(dossier)));
        var handover = await anna.HandsOver(dossier, b);

        Assert.Equal(walled.Id, await b.Look(z => z.Set<VictimSupport.Casework.Walls.WalledOff>().Select(w => w.Account).SingleAsync()));
        foreach (var stranger in new[] { other, a.As(Role.ZoneAdministrator), b.As(Role.Caseworker), b.As(Role.OnCall), b.As(Role.DataProtectionOfficer), walled, third.As(Role.Coordinator) })
        {
            await Refused(() => stranger.Send(new Show.Query(handover)));
            await Refused(() => stranger.Accepts(handover));
            await Refused(() => stranger.Send(new Withdraw.Command(handover)));
        }
        // Neither side decides for the other.
        await Refused(() => a.As(Role.Coordinator).Accepts(handover));
        await Refused(() => lead.Send(new Withdraw.Command(handover)));
        await Refused(() => lead.Send(new Reply.Command { Handover = handover, Text = "x" }));
        Assert.Empty((await walled.Send(new List.Query())).Waiting);
        Assert.Single((await lead.Send(new List.Query())).Waiting);
        using var visit = walled.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/handovers/{handover}")).StatusCode);
        // A wall built later stands round it too.
        await b.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = lead.Id, Round = VictimSupport.Casework.Walls.Round.Person, FamilyName = "Janssens", GivenName = "Mia" });
        await Refused(() => lead.Send(new Show.Query(handover)));
        Assert.Equal(HandoverState.Delivered, await anna.StateOf(handover));
    }

    [Theory, EveryEngine]
    public async Task Sealed_it_goes_nowhere_and_restricted_only_by_whoever_leads(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, chief) = (await a.Hires("anna", Role.Caseworker), await a.Hires("chief", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a));
        await chief.Protects(dossier, Protection.Restricted, anna.Id);
        Assert.NotNull((await anna.Send(new Propose.Query(dossier))).Barred);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Handing(dossier, b));
        Assert.Null((await chief.Send(new Propose.Query(dossier))).Barred);
        var (lead, worker, colleague) = (b.As(Role.Coordinator), await b.Hires("worker", Role.Caseworker), b.As(Role.Caseworker));
        var theirs = (await lead.Accepts(await chief.HandsOver(dossier, b), worker.Id))!.Value;
        Assert.Equal(Protection.Restricted, (await worker.Opens(theirs)).Dossier.Protection);
        await Refused(() => colleague.Opens(theirs));
        await b.RunJobs();
        await chief.Protects(dossier, Protection.Sealed, anna.Id, chief.Id);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Handing(dossier, b));
    }

    [Theory, EveryEngine]
    public async Task What_comes_first_to_the_receiving_zone_wins_in_both(string engine)
    {
        var (a, b) = await Two(engine);
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));

        // Accepted in two tabs it is one dossier.
        var first = await anna.HandsOver(await anna.Registers(Cases.Intake(a)), b);
        var made = await bert.Accepts(first);
        Assert.Equal(made, await bert.Accepts(first));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => bert.Refuses(first))).Errors, e => e.PropertyName == "Decision");
        // Taken back there before its word came: accepted all the same, in both.
        Assert.True(await anna.Send(new Withdraw.Command(first)));
        Assert.False(await anna.Send(new Withdraw.Command(first)));
        Assert.Equal(HandoverState.Withdrawing, await anna.StateOf(first));
        await a.RunJobs();
        await b.RunJobs();
        await a.RunJobs();
        Assert.Equal((HandoverState.Accepted, HandoverState.Accepted), (await anna.StateOf(first), await bert.StateOf(first)));

        // Taken back before: it cannot be accepted any more, in either.
        var second = await anna.HandsOver(await anna.Registers(Cases.Intake(a)), b);
        await anna.Send(new Withdraw.Command(second));
        await a.RunJobs();
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => bert.Accepts(second))).Errors, e => e.PropertyName == "Decision");
        await b.RunJobs();
        Assert.Equal((HandoverState.Withdrawn, HandoverState.Withdrawn), (await anna.StateOf(second), await bert.StateOf(second)));
        Assert.Null((await b.Look(z => z.Set<Handover>().SingleAsync(h => h.Id == second))).Content);

        // Taken back before it left at all: it arrives, and is taken back there.
        var third = await anna.Send(await anna.Handing(await anna.Registers(Cases.Intake(a)), b));
        await anna.Send(new Withdraw.Command(third));
        await a.RunJobs();
        await b.RunJobs();
        Assert.Equal((HandoverState.Withdrawn, HandoverState.Withdrawn), (await anna.StateOf(third), await bert.StateOf(third)));

        // Refused: the first zone goes on, and may propose again.
        var dossier = await anna.Registers(Cases.Intake(a));
        var fourth = await anna.HandsOver(dossier, b);
        await bert.Refuses(fourth, "She moved on");
        await b.RunJobs();
        var refused = await anna.Send(new Show.Query(fourth));
        Assert.Equal((HandoverState.Refused, false, "She moved on"), (refused.Handover.State, refused.Handover.IsTheirs, refused.Turns[^1].Text!.Value));
        Assert.Null((await anna.Send(new Propose.Query(dossier))).Barred);
        Assert.Equal(1, await b.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task What_became_no_dossier_is_forgotten_a_month_later_with_its_key(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var (refused, accepted) = (await anna.HandsOver(await anna.Registers(Cases.Intake(a)), b), await anna.HandsOver(await anna.Registers(Cases.Intake(a, "Janssens", "Mia")), b));
        Assert.Equal(2, await bert.Send(new Inbound.Query()));
        await bert.Accepts(accepted);
        await bert.Refuses(refused, "She moved on");
        await b.RunJobs();
        platform.Clock.Advance(ClearHandovers.Kept - TimeSpan.FromMinutes(1));
        await b.RunJobs();
        Assert.Equal("She moved on", (await bert.Send(new Show.Query(refused))).Turns[^1].Text!.Value);
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        await b.RunJobs();
        await Refused(() => bert.Send(new Show.Query(refused)));
        Assert.Throws<ErasedException>(() => new Keyring(b.Handle.Keys).Open(refused));
        Assert.Equal([accepted], await b.Look(z => z.Set<HandoverTurn>().Select(t => t.HandoverId).Distinct().ToListAsync()));
        // What became a dossier stays with it, and there it stays with the one it came from.
        Assert.Equal((HandoverState.Accepted, HandoverState.Refused), (await bert.StateOf(accepted), await anna.StateOf(refused)));
        Assert.Equal("She moved on", (await anna.Send(new Show.Query(refused))).Turns[^1].Text!.Value);
    }

    [Theory, EveryEngine]
    public async Task Silence_reminds_and_is_told_on(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, _, _) = (await a.Hires("anna", Role.Caseworker), await a.Hires("chief", Role.Coordinator), await b.Hires("lead", Role.Coordinator));
        var handover = await anna.HandsOver(await anna.Registers(Cases.Intake(a)), b);
        await b.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith("handover-came", StringComparison.Ordinal) && l.To == Staff.AddressOf(b, "lead"));
        Assert.Equal(1, Assert.Single(await Lines(b)));
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await a.RunJobs();
        await b.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.Key.StartsWith(HandoversWaiting.Code, StringComparison.Ordinal));
        platform.Clock.Advance(TimeSpan.FromDays(1).Add(TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 2; i++)
        {
            await a.RunJobs();
            await b.RunJobs();
        }
        Assert.Equal([Staff.AddressOf(a, "anna"), Staff.AddressOf(b, "lead")], platform.Post.Letters.Where(l => l.Key.StartsWith(HandoversWaiting.Code, StringComparison.Ordinal)).Select(l => l.To).Order());
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await a.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.Key.StartsWith("told-on", StringComparison.Ordinal) && l.To == Staff.AddressOf(a, "chief"));
        Assert.DoesNotContain(platform.Post.Letters, l => (l.Subject + l.Text).Contains("Exemple", StringComparison.Ordinal));
        Assert.Equal(HandoverState.Delivered, await anna.StateOf(handover));
        await anna.Send(await anna.Contact(a, (await a.Look(z => z.Set<Handover>().SingleAsync(h => h.Id == handover))).DossierId)); // what else was told on of it is done
        Assert.Equal(1, (await a.As(Role.Coordinator).Send(new VictimSupport.Casework.FollowUps.Bell.Query())).ToldOn);

        async Task<IReadOnlyList<int>> Lines(TestZone zone) => [await zone.As(Role.Coordinator).Send(new Inbound.Query())];
    }

    [Theory, EveryEngine]
    public async Task Killed_between_any_two_steps_there_is_one_dossier_in_the_end(string engine)
    {
        var reaper = new ParcelTests.Reaper();
        await using var platform = Platform.Start(engine, services: services => ParcelTests.Kills(services, reaper));
        foreach (var request in new[] { typeof(Outbox.Claim), typeof(Carry.PickUp), typeof(Carry.Receive), typeof(Carry.Receipt), typeof(Outbox.Done) })
        {
            foreach (var after in new[] { false, true })
            {
                var (a, b) = (await platform.Zone(), await platform.Zone());
                var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
                var dossier = await anna.Registers(Cases.Intake(a));
                var handover = await anna.Send(await anna.Handing(dossier, b));
                await Dies(a, request, after);
                await bert.Accepts(handover);
                await Dies(b, request, after);
                Assert.Equal(1, await b.Look(z => z.Set<Dossier>().CountAsync()));
                Assert.Equal((HandoverState.Accepted, HandoverState.Accepted), (await anna.StateOf(handover), await bert.StateOf(handover)));
                Assert.Equal(1, (await anna.Send(new Show.Query(handover))).Turns.Count(t => t.Step == HandoverStep.Delivered));
                Assert.Equal([HandoverStep.Proposed, HandoverStep.Delivered, HandoverStep.Accepted], (await bert.Send(new Show.Query(handover))).Turns.Select(t => t.Step));
            }
        }

        async Task Dies(TestZone zone, Type request, bool after)
        {
            // What else waits goes first.
            (reaper.Takes, reaper.After) = (request, after);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
            for (var i = 0; i < 2; i++)
            {
                platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
                await zone.RunJobs();
            }
        }
    }

    [Theory, EveryEngine]
    public async Task Killed_at_any_step_a_question_an_answer_a_refusal_and_a_withdrawal_each_act_once_and_both_audits_tell(string engine)
    {
        var reaper = new ParcelTests.Reaper();
        await using var platform = Platform.Start(engine, services: services => ParcelTests.Kills(services, reaper));
        foreach (var request in new[] { typeof(Outbox.Claim), typeof(Carry.PickUp), typeof(Carry.Receive), typeof(Carry.Receipt), typeof(Outbox.Done) })
        {
            foreach (var after in new[] { false, true })
            {
                var (a, b) = (await platform.Zone(), await platform.Zone());
                var (anna, bert) = (await a.Hires("anna", Role.Coordinator), await b.Hires("bert", Role.Coordinator));
                var (refused, withdrawn) = (await anna.HandsOver(await anna.Registers(Cases.Intake(a)), b), await anna.HandsOver(await anna.Registers(Cases.Intake(a, "Janssens", "Mia")), b));
                await Goes(b, () => bert.AsksAbout(refused, "Since when?"));
                Assert.Equal((HandoverState.Asked, HandoverState.Asked), (await anna.StateOf(refused), await bert.StateOf(refused)));
                await Goes(a, () => anna.Send(new Reply.Command { Handover = refused, Text = "For a year", Once = Guid.NewGuid() }));
                Assert.Equal((HandoverState.Delivered, HandoverState.Delivered), (await anna.StateOf(refused), await bert.StateOf(refused)));
                await Goes(b, () => bert.Refuses(refused, "She moved on"));
                Assert.Equal((HandoverState.Refused, HandoverState.Refused), (await anna.StateOf(refused), await bert.StateOf(refused)));
                await Goes(a, () => anna.Send(new Withdraw.Command(withdrawn)));
                Assert.Equal(HandoverState.Withdrawn, await bert.StateOf(withdrawn));
                // What says so waits in the other zone, and dies there too.
                Assert.Equal(HandoverState.Withdrawing, await anna.StateOf(withdrawn));
                await Dies(b);
                Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(withdrawn));

                foreach (var zone in new[] { a, b }) await Settles(zone);
                HandoverStep[] spoken = [HandoverStep.Proposed, HandoverStep.Delivered, HandoverStep.Asked, HandoverStep.Answered, HandoverStep.Refused];
                foreach (var one in new[] { anna, bert }) Assert.Equal(spoken, (await one.Send(new Show.Query(refused))).Turns.Select(t => t.Step));
                Assert.Equal([HandoverStep.Proposed, HandoverStep.Delivered, HandoverStep.AskedBack, HandoverStep.Withdrawn], (await anna.Send(new Show.Query(withdrawn))).Turns.Select(t => t.Step));
                Assert.Equal([HandoverStep.Proposed, HandoverStep.Delivered, HandoverStep.Withdrawn], (await bert.Send(new Show.Query(withdrawn))).Turns.Select(t => t.Step));
                Assert.Equal(0, await b.Look(z => z.Set<Dossier>().CountAsync()));
                await Both(a, b, 4);
                await Both(b, a, 3);
                // Told once of each: two that came and an answer there; a question, a refusal and a withdrawal here.
                Assert.Equal((3, 3), (Told(b, "bert", "handover-came"), Told(a, "anna", "handover-turned")));

                // Nothing else waits: what is killed is what carries this word.
                async Task Goes(TestZone from, Func<Task> says)
                {
                    foreach (var zone in new[] { a, b }) await Settles(zone);
                    await says();
                    var now = platform.Clock.GetUtcNow();
                    Assert.Equal("parcel", Assert.Single(await from.Look(z => z.Set<OutboxMessage>().Where(m => m.Delivered == null && m.NotBefore <= now).Select(m => m.Kind).ToListAsync())));
                    await Dies(from);
                }

                async Task Dies(TestZone zone)
                {
                    (reaper.Takes, reaper.After) = (request, after);
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
                    Assert.Null(reaper.Takes);
                    for (var i = 0; i < 2; i++)
                    {
                        platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
                        await zone.RunJobs();
                    }
                }
            }
        }

        // Not what is only due later.
        async Task Settles(TestZone zone)
        {
            for (var i = 0; i < 2; i++) await zone.RunJobs();
        }

        // Every parcel that left was received once, and both audits say so by its id.
        async Task Both(TestZone from, TestZone to, int parcels)
        {
            var sent = await from.Look(z => z.Set<Parcel>().AsNoTracking().ToListAsync());
            Assert.Equal(parcels, sent.Count);
            Assert.All(sent, p => Assert.True(p is { Arrived: not null, Content: null, Key: null }));
            var received = await to.Look(z => z.Set<Arrival>().Where(r => r.From == from.Code).Select(r => r.Id).ToListAsync());
            Assert.Equal(sent.Select(p => p.Id).Order(), received.Order());
            foreach (var (zone, act, says) in new[] { (to, "Foundation.Parcels.Carry.Receive", $"parcel from {from.Code}"), (from, "Foundation.Parcels.Carry.Receipt", $"parcel to {to.Code}") })
            {
                var records = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == act && received.Contains(r.Subject!.Value)).ToListAsync());
                Assert.Equal(received.Order(), records.Select(r => r.Subject!.Value).Distinct().Order());
                Assert.All(records, r => Assert.Contains(says, r.Payload, StringComparison.Ordinal));
            }
        }

        int Told(TestZone zone, string who, string kind) => platform.Post.Letters.Count(l => l.Key.StartsWith(kind, StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, who));
    }

    [Theory, EveryEngine]
    public async Task Killed_while_silence_is_told_of_each_is_told_once(string engine)
    {
        var reaper = new ParcelTests.Reaper();
        await using var platform = Platform.Start(engine, services: services => ParcelTests.Kills(services, reaper));
        foreach (var request in new[] { typeof(VictimSupport.Casework.Reminding.Remind.Command), typeof(VictimSupport.Casework.Reminding.Remind.TellOn), typeof(Outbox.Claim) })
        {
            foreach (var after in new[] { false, true })
            {
                var (a, b) = (await platform.Zone(), await platform.Zone());
                var (anna, _, _) = (await a.Hires("anna", Role.Caseworker), await a.Hires("chief", Role.Coordinator), await b.Hires("lead", Role.Coordinator));
                var dossier = await anna.Registers(Cases.Intake(a));
                await anna.Send(await anna.Contact(a, dossier)); // she was reached, and will be again: nothing falls due but the silence
                await anna.Send(new Recontact.Command(dossier));
                await anna.HandsOver(dossier, b);
                await b.RunJobs();
                foreach (var (later, dies) in new[] { (TimeSpan.FromDays(3).Add(TimeSpan.FromMinutes(2)), request != typeof(VictimSupport.Casework.Reminding.Remind.TellOn)), (TimeSpan.FromHours(25), request != typeof(VictimSupport.Casework.Reminding.Remind.Command)) })
                {
                    platform.Clock.Advance(later);
                    foreach (var zone in new[] { a, b })
                    {
                        if (dies && (zone == a || later > TimeSpan.FromDays(2)))
                        {
                            (reaper.Takes, reaper.After) = (request, after);
                            await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
                            platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
                        }
                        for (var i = 0; i < 2; i++) await zone.RunJobs();
                    }
                }
                Assert.Equal((1, 1, 1), (Count(a, "anna", HandoversWaiting.Code), Count(b, "lead", HandoversWaiting.Code), Count(a, "chief", "told-on")));
            }
        }

        int Count(TestZone zone, string who, string kind) => platform.Post.Letters.Count(l => l.Key.StartsWith(kind, StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, who));
    }

    [Fact]
    public async Task On_the_pages_from_the_proposal_to_the_acceptance_and_nothing_in_logs_or_clear_in_the_database()
    {
        await using var platform = Platform.Start("sqlite");
        var (a, b) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (await a.Hires("anna", Role.Coordinator), await b.Hires("bert", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(a, "Kanarienvogel", "Mia", "0470 11 22 33"));
        var lead = await anna.LeadOf(dossier);
        using var hers = anna.Visit();
        using var his = bert.Visit();
        var path = $"/dossiers/{dossier}/handover";
        KeyValuePair<string, string>[] fields = [new("Form.Zone", b.Code), new("Form.Reason", "Kanarienvogel wohnt dort"), new("Form.Basis", "TheirWish"), new("Form.Told", "False")];
        // Nothing chosen: said at the field, and what was typed is kept.
        var wrong = await Visit.Read(await hers.Submit(path, [new("Form.Reason", "Kanarienvogel wohnt dort")]));
        Assert.Contains("Kanarienvogel wohnt dort", wrong.QuerySelector("[name='Form.Reason']")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(wrong.QuerySelector(".govuk-error-message"));
        var page = await hers.Page(path);
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelectorAll("main form").First(f => f.QuerySelector("[name='Form.Zone']") is not null);
        form.SetAttribute("action", form.QuerySelector("button[formaction]")!.GetAttribute("formaction")!);
        var shown = await Visit.Read(await hers.Send(path, form, [.. fields, new("Form.Persons", lead.ToString()), new("Form.Fields", "Phone")]));
        Assert.Contains("0470 11 22 33", shown.QuerySelector("[data-goes]")!.TextContent, StringComparison.Ordinal);
        var sent = await hers.Send(path, (AngleSharp.Html.Dom.IHtmlFormElement)shown.QuerySelectorAll("main form").First(f => f.QuerySelector("[name='Form.Shown']") is not null), []);
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var handover = Guid.Parse(sent.Headers.Location!.ToString().Split('/')[^1]);
        await a.RunJobs();
        Assert.Contains("Kanarienvogel", (await his.Page($"/handovers/{handover}")).QuerySelector("[data-goes]")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await his.Page("/handovers")).QuerySelector($"a[href$='/handovers/{handover}']"));
        var undecided = await Visit.Read(await his.Submit($"/handovers/{handover}/decision", []));
        Assert.NotNull(undecided.QuerySelector(".govuk-error-message"));
        var accepted = await his.Submit($"/handovers/{handover}/decision", [new("Form.Decision", "Accept")]);
        Assert.Contains("/dossiers/", accepted.Headers.Location!.ToString(), StringComparison.Ordinal);
        await b.RunJobs();
        Assert.Equal("Accepted", (await hers.Page($"/handovers/{handover}")).QuerySelector("[data-state]")!.GetAttribute("data-state"));
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains("Kanarienvogel", StringComparison.Ordinal));
        Assert.DoesNotContain(platform.Post.Letters, l => (l.Subject + l.Text).Contains("Kanarienvogel", StringComparison.Ordinal));
        foreach (var zone in new[] { a, b })
        {
            var clear = await zone.Look(z => z.Set<AuditRow>().Select(r => r.Payload).ToListAsync());
            Assert.DoesNotContain(clear, p => p.Contains("Kanarienvogel", StringComparison.Ordinal));
            Assert.Contains(clear, p => p.Contains(zone == a ? $"parcel to {b.Code}" : $"parcel from {a.Code}", StringComparison.Ordinal));
        }
    }

    private async Task<(TestZone A, TestZone B)> Two(string engine) => await platforms.On(engine) is var platform ? (await platform.Zone(), await platform.Zone("nl")) : default;

    private static async Task<(CaseOrigin, bool)> CaseOf(TestZone zone) => await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().SingleAsync()) is var one ? (one.Origin, one.Counts) : default;

    private static async Task Agrees(Person by, Guid dossier, Func<Safe.Command, Safe.Command> how)
    {
        var person = await by.LeadOf(dossier);
        await by.Send(await by.Send(new Edit.Query(dossier, person, "nl")) with { Dossier = dossier, Person = person, Address = "Dorpsstraat 1" });
        await by.Agrees(dossier, person, how);
    }

    private static string Stays(TestZone zone) => VictimSupport.Design.Html.Spoken.In(zone.Handle.Record.FirstLanguage, () => VictimSupport.Casework.Words.ZoneHandoverStays);

    private static readonly Dictionary<string, string?> NeutralSender = new() { ["Texts:From"] = "agenda@mail.example" };

    // With a mailbox, and rules that were asked.
    private static async Task<Guid> Reachable(Person by, Func<Safe.Command, Safe.Command> how, string given = "Mia", string? phone = null)
    {
        var dossier = await by.Registers(Cases.Intake(by.Zone, "Janssens", given, phone ?? (given == "Mia" ? "0470 11 22 33" : "0470 44 55 66")) with { Language = "nl" });
        var person = await by.LeadOf(dossier);
        await by.Send(await by.Send(new Edit.Query(dossier, person, "nl")) with { Dossier = dossier, Person = person, Address = given + "straat 1", Mail = $"{given.ToLowerInvariant()}@example.org" });
        await by.Agrees(dossier, person, how);
        return dossier;
    }

    private static async Task Notes(Person by, Guid dossier, Layer layer, string text, params Guid[] persons) => await by.Send(new Write.Command { Dossier = dossier, Persons = [.. persons], Layer = layer, Text = text, Once = Guid.NewGuid() });

    private static async Task Refused(Func<Task> deed) => await Assert.ThrowsAsync<RefusedException>(deed);
}
