using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Invitations;
using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Foundation;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.OnCall;
using Enlist = VictimSupport.Network.Invitations.Import;
using Import = VictimSupport.Network.Trainings.Import;
using Offer = VictimSupport.Network.Invitations.Show;
using Offers = VictimSupport.Network.Invitations.List;
using Person = VictimSupport.Tests.Kit.Person;
using Put = VictimSupport.Network.Invitations.Correct;
using Show = VictimSupport.Network.Trainings.Show;

using Post = VictimSupport.Foundation.Parcels.Post;

namespace VictimSupport.Tests.Network;

/// <summary>A training that other zones of a pool see and register their own people for: once each, whatever dies between, with the answer going back, and nobody else's people to be seen.</summary>
public sealed class InvitationTests
{
    [Theory, EveryEngine]
    public async Task An_invited_zone_registers_its_people_and_each_gets_a_seat_or_waits_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform, capacity: 2);
        var offer = Assert.Single(await two.Bert.Send(new Offers.Query()));
        Assert.Equal(("Annoncer un décès", true, SeatsLeft.Left, two.Here.Code), (offer.Invitation.Subject, offer.Takes, offer.Invitation.Seats, offer.Invitation.From));
        Assert.Equal("Salle 2", Assert.Single(offer.Invitation.Sittings).Place);
        await two.Cora.Enters(two.Training, "Ann");
        var form = Asks(offer.Invitation.Id, "Bob", "Wijk") with { Once = Guid.NewGuid() };
        Assert.Equal(await two.Bert.Send(form), await two.Bert.Send(form)); // the same form again
        await two.Bert.Send(Asks(offer.Invitation.Id, "Cees", "Wijk", "cees@police.example"));
        Assert.Equal("Bob Asked, Cees Asked", await Ours(two, offer.Invitation.Id));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(Asks(offer.Invitation.Id, "BOB", "wijk")))).Errors, e => e.PropertyName == "FullName");
        await two.Travel();
        Assert.Equal("Bob Placed, Cees Waiting", await Ours(two, offer.Invitation.Id));
        var list = await two.Cora.Of(two.Training);
        Assert.Equal([("Ann", null, ParticipantState.Registered), ("Bob", two.There.Code, ParticipantState.Registered), ("Cees", two.There.Code, ParticipantState.Waiting)], list.OrderBy(p => p.Number).Select(p => (p.FullName, p.From, p.State)));
        Assert.Equal((RankGroup.Basic, "nl", "Wijk"), (list.Single(p => p.FullName == "Bob").Rank, list.Single(p => p.FullName == "Bob").Language, list.Single(p => p.FullName == "Bob").Unit));
        Assert.Equal(SeatsLeft.WaitingList, Assert.Single(await two.Bert.Send(new Offers.Query())).Invitation.Seats);
        await two.Travel();
        Assert.Equal(3, (await two.Cora.Of(two.Training)).Count); // nothing is said twice

        // Who is withdrawn there leaves the seat to whoever waits; the same word brought again withdraws nobody else.
        var bob = (await two.Bert.Send(new Offer.Query(offer.Invitation.Id))).Ours.Single(r => r.FullName == "Bob");
        Assert.True(await two.Bert.Send(new Offer.Withdraw(offer.Invitation.Id, bob.Id)));
        Assert.False(await two.Bert.Send(new Offer.Withdraw(offer.Invitation.Id, bob.Id)));
        Assert.Equal("Bob Withdrawing, Cees Waiting", await Ours(two, offer.Invitation.Id));
        await two.Travel();
        Assert.Equal("Bob Withdrawn, Cees Placed", await Ours(two, offer.Invitation.Id));
        Assert.Contains(platform.Post.Letters, l => l.To == "cees@police.example");
        // Withdrawn by the giving zone, the other learns it.
        await two.Cora.Send(new Show.Withdraw(two.Training, (await two.Cora.Of(two.Training)).Single(p => p.FullName == "Cees").Id));
        await two.Travel();
        Assert.Equal("Bob Withdrawn, Cees Withdrawn", await Ours(two, offer.Invitation.Id));
    }

    [Theory, EveryEngine]
    public async Task How_somebody_was_registered_is_put_right_by_their_own_zone_and_both_lists_say_the_same(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform, capacity: 1);
        var offer = await two.Offer();
        await two.Bert.Send(Asks(offer, "Bob", "Wijk", "bob@police.example"));
        await two.Bert.Send(Asks(offer, "Cees", "Wijk"));
        await two.Travel();
        Assert.Equal("Bob Placed, Cees Waiting", await Ours(two, offer));
        var (bob, cees) = (await Id("Bob"), await Id("Cees"));
        var form = (await two.Bert.Send(new Put.Query(offer, bob))).Form;
        Assert.Equal(("Bob", "Wijk", RankGroup.Basic, "bob@police.example", "nl"), (form.FullName, form.Unit, form.Rank, form.Mailbox, form.Language));
        var change = form with { Invited = offer, Registration = bob, FullName = "Robert", Unit = "Interventie", Rank = RankGroup.Middle, Mailbox = "robert@police.example", Language = "fr" };
        Assert.Equal("FullName", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(change with { FullName = "CEES", Unit = "wijk" }))).Errors).PropertyName);
        Assert.Equal("Mailbox", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(change with { Mailbox = "no address" }))).Errors).PropertyName);
        using (var visit = two.Bert.Visit())
        {
            // Two look at it: whoever saves second is told, and may save over what stands there now.
            var path = $"/trainings/invitations/{offer}/people/{bob}";
            var (first, second) = (Form(await visit.Page(path)), Form(await visit.Page(path)));
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, first, [KeyValuePair.Create("Form.Unit", "Garde")])).StatusCode);
            var late = await visit.Send(path, second, [KeyValuePair.Create("Form.Unit", "Onthaal")]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
            Assert.Equal("Garde", (await two.Bert.Send(new Put.Query(offer, bob))).Form.Unit);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, Form(await Visit.Read(late)), [])).StatusCode);
            Assert.Equal("Onthaal", (await two.Bert.Send(new Put.Query(offer, bob))).Form.Unit);
        }
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(change));
        change = change with { Seen = (await two.Bert.Send(new Put.Query(offer, bob))).Form.Seen };
        await two.Bert.Send(change);
        await two.Travel();
        // The seat stays; the other zone has the new name, and the old one nowhere.
        Assert.Equal("Cees Waiting, Robert Placed", await Ours(two, offer));
        var there = (await two.Cora.Of(two.Training)).OrderBy(p => p.Number).ToList();
        Assert.Equal([("Robert", "Interventie", RankGroup.Middle, "robert@police.example", "fr", ParticipantState.Registered), ("Cees", "Wijk", RankGroup.Basic, null, "nl", ParticipantState.Waiting)], there.Select(p => (p.FullName, p.Unit, p.Rank!.Value, p.Mailbox, p.Language, p.State)));
        // Sent on and taken in, in both zones; each leads to its training, and to nobody else's people.
        using (var bert = two.Bert.Visit())
        {
            var page = await bert.Page("/trainings/invitations/people");
            Assert.Equal(["Cees", "Robert"], page.QuerySelectorAll("section[aria-labelledby=sent] bdi").Select(b => b.TextContent));
            Assert.Equal(2, page.QuerySelectorAll($"section[aria-labelledby=sent] a[href*='/trainings/invitations/{offer}/people/']").Length);
            Assert.Empty(page.QuerySelectorAll("section[aria-labelledby=received] tbody tr"));
        }
        using (var cora = two.Cora.Visit())
        {
            var page = await cora.Page("/trainings/invitations/people");
            Assert.Equal(["Cees", "Robert"], page.QuerySelectorAll("section[aria-labelledby=received] bdi").Select(b => b.TextContent));
            Assert.Contains(two.There.Code, page.QuerySelector("section[aria-labelledby=received] tbody tr")!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("section[aria-labelledby=sent] tbody tr"));
        }
        using (var anna = two.There.Visit(Role.Caseworker)) Assert.Empty((await anna.Page("/trainings/invitations/people")).QuerySelectorAll("main a[href*='/people/']"));
        // Who withdrew stands on no list there: nothing is put right.
        await two.Bert.Send(new Offer.Withdraw(offer, bob));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(change))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new Put.Query(offer, cees)))).Code); // the other zone's
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Caseworker).Send(new Put.Query(offer, cees)))).Code);

        static AngleSharp.Html.Dom.IHtmlFormElement Form(AngleSharp.Html.Dom.IHtmlDocument page) => (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[method=post]")!;

        async Task<Guid> Id(string name) => (await two.Bert.Send(new Offer.Query(offer))).Ours.Single(r => r.FullName == name).Id;
    }

    [Theory, EveryEngine]
    public async Task A_name_that_is_asked_out_at_home_is_gone_from_the_other_zone_too(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform, capacity: 1);
        var offer = await two.Offer();
        await two.Bert.Send(Asks(offer, "Bob", "Wijk", "bob@police.example"));
        await two.Bert.Send(Asks(offer, "Cees", "Wijk"));
        await two.Travel();
        var home = await two.Bert.Send(Giving.Plan("At home"));
        await two.Bert.Send(two.There.Sitting(home, -1));
        var bob = await two.Bert.Enters(home, "Bob", "Wijk");
        await two.Bert.Send(Asks(offer, "Bob", "Wacht")); // of another unit: somebody else
        // From a registration as from an entry at home, by the link of the page on which it is put right.
        var asked = (await two.Bert.Send(new Offer.Query(offer))).Ours.Single(r => r is { FullName: "Bob", Unit: "Wijk" }).Id;
        using (var visit = two.Bert.Visit())
        {
            var path = (await visit.Page($"/trainings/invitations/{offer}/people/{asked}")).QuerySelector("main a[href$='/name']")!.GetAttribute("href")![5..];
            Assert.Equal([bob.ToString()], (await visit.Page(path)).QuerySelectorAll("main input[type=checkbox][checked]").Select(b => b.GetAttribute("value")));
        }
        var list = await two.Bert.Send(new TakeNameOut.Query(bob));
        Assert.Equal([(asked, EntryLike.Same)], list.Others.Select(e => (e.Id, e.Is)));
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(new TakeNameOut.Command { Participant = bob, Take = [asked], Print = "of another list" }));
        Assert.Equal(2, await two.Bert.Send(new TakeNameOut.Command { Participant = bob, Take = [asked], Print = list.Print }));
        await two.Travel();
        // Withdrawn there, without a name, and whoever waited has the seat; the namesake stays.
        Assert.Equal([("(name taken out)", RegistrationState.Withdrawn), ("Bob", RegistrationState.Waiting), ("Cees", RegistrationState.Placed)], (await two.Bert.Send(new Offer.Query(offer))).Ours.Select(r => (r.FullName, r.State)));
        Assert.Equal([("(name taken out)", null, ParticipantState.Withdrawn), ("Cees", null, ParticipantState.Registered), ("Bob", null, ParticipantState.Waiting)], (await two.Cora.Of(two.Training)).OrderBy(p => p.Number).Select(p => (p.FullName, p.Mailbox, p.State)));
        var theirs = (await two.Cora.Of(two.Training)).First(p => p.FullName == "Cees");
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new TakeNameOut.Query(theirs.Id)))).Code); // another zone's colleague asks there
    }

    [Theory, EveryEngine]
    public async Task Moved_or_cancelled_the_other_zone_learns_it_and_whoever_registered_is_told(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform);
        var offer = await two.Offer();
        await two.Bert.Send(Asks(offer, "Bob", "Wijk"));
        await two.Travel();
        var session = Assert.Single((await two.Cora.Send(new Show.Query(two.Training))).Sessions);
        await two.Cora.Send((await two.Cora.Send(new Session.Query(two.Training, session.Id))).Form with { Training = two.Training, Session = session.Id, Place = "Salle 9" });
        await two.Travel();
        Assert.Equal("Salle 9", Assert.Single((await two.Bert.Send(new Offer.Query(offer))).Invitation.Sittings).Place);
        await two.There.RunJobs();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("training-moved", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(two.There, "berta"), letter.To);
        foreach (var secret in new[] { "Bob", "Salle", "décès" }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.Ordinal);
        await two.Cora.Send(new Show.Cancel(two.Training));
        await two.Travel();
        var cancelled = await two.Bert.Send(new Offer.Query(offer));
        Assert.Equal((true, false), (cancelled.Invitation.IsCancelled, cancelled.Takes));
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(Asks(offer, "Cees", "Wijk")));
        await two.Cora.Send(new Show.Revive(two.Training));
        await two.Travel();
        Assert.True((await two.Bert.Send(new Offer.Query(offer))).Takes);
    }

    [Theory, EveryEngine]
    public async Task Who_was_there_is_seen_in_both_zones_counted_by_zone_and_due_no_more(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform);
        var offer = await two.Offer();
        await two.Cora.Enters(two.Training, "Ann");
        foreach (var name in (string[])["Bob", "Cees"]) await two.Bert.Send(Asks(offer, name, "Wijk"));
        await two.Travel();
        platform.Clock.Advance(TimeSpan.FromDays(4));
        var people = await two.Cora.Of(two.Training);
        var session = Assert.Single((await two.Cora.Send(new Show.Query(two.Training))).Sessions);
        Assert.Equal(2, await two.Cora.Notes(two.Training, session.Id, [.. people.Where(p => p.FullName is "Ann" or "Bob").Select(p => p.Id)]));
        await two.Travel();
        Assert.Equal([("Bob", true), ("Cees", false)], (await two.Bert.Send(new Offer.Query(offer))).Ours.Select(r => (r.FullName, r.WasThere)));
        var year = VictimSupport.Design.Html.Moment.Day(session.Start).Year;
        Assert.Equal(["training-zones/own 1", $"training-zones/{two.There.Code} 1"], await Counts(two.Here, "training-zones"));
        Assert.Equal(["training-units/Intervention 1"], await Counts(two.Here, "training-units"));
        Assert.Equal(["training-ranks/Basic 1"], await Counts(two.Here, "training-ranks"));
        Assert.Equal(["training-elsewhere/Wijk 1"], await Counts(two.There, "training-elsewhere"));
        // And stands in each zone's own figures, the other's code among its rows.
        foreach (var (by, table, rows) in new[] { (two.Cora, "training_zones", (string[])["Our zone 1", $"{two.There.Code} 1"]), (two.Cora, "training_ranks", ["basic ranks 1"]), (two.Bert, "training_elsewhere", ["Wijk 1"]) })
        {
            using var visit = by.Visit();
            var shown = (await visit.Page($"/our-figures?period={year}-Q4")).QuerySelectorAll($"section[aria-labelledby={table}] tbody tr");
            Assert.Equal(rows, shown.Select(r => $"{r.QuerySelector("th")!.TextContent.Trim()} {r.QuerySelector("td")!.TextContent.Trim()}"));
        }
        Assert.Equal(["trainings/participants 0"], await Counts(two.There, "trainings", "participants"));
        Assert.Equal(["Cees"], (await two.Bert.Send(new Due.Query("DEATH", 3))).Where(r => !r.ByAccount).Select(r => r.Latest.FullName)); // trained by a neighbour is trained
        Assert.DoesNotContain(await two.Cora.Send(new Due.Query("DEATH", 3)), r => !r.ByAccount); // whoever came from there is looked after there
        // How the other zone registered somebody is not changed here.
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new VictimSupport.Network.Trainings.Correct.Query(two.Training, people.Single(p => p.FullName == "Bob").Id)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new VictimSupport.Network.Trainings.Correct.Command { Training = two.Training, Participant = people.Single(p => p.FullName == "Bob").Id, FullName = "Rob", Unit = "Wijk", Language = "nl" }))).Code);
        var certificate = Assert.Single((await two.Cora.Send(new Certificates.Query(two.Training, people.Single(p => p.FullName == "Bob").Id))).All);
        Assert.Contains(two.There.Code, certificate.Unit, StringComparison.Ordinal);
        // Who was there does not withdraw any more, from neither zone.
        var bob = (await two.Bert.Send(new Offer.Query(offer))).Ours.Single(r => r.FullName == "Bob");
        Assert.False(await two.Bert.Send(new Offer.Withdraw(offer, bob.Id)));

        async Task<string[]> Counts(TestZone zone, string table, string? row = null) =>
            [.. (await zone.Look(z => new TrainingCounts(z, platform.Clock).In(year, TestContext.Current.CancellationToken))).Where(c => c.Table == table && (row is null || c.Row == row)).Select(c => $"{c.Table}/{c.Row} {c.Count}").OrderDescending(StringComparer.Ordinal)];
    }

    [Theory, EveryEngine]
    public async Task A_zone_outside_the_pool_hears_nothing_and_one_that_leaves_registers_nobody_more(string engine)
    {
        await using var platform = Platform.Start(engine, services: s => s.AddTransient<MediatR.IRequestHandler<Say.Command, Guid>, Say.Handler>());
        var two = await Opened(platform);
        var third = await platform.Zone();
        var (offer, stranger) = (await two.Offer(), third.As(Role.Coordinator));
        await two.Bert.Send(Asks(offer, "Bob", "Wijk"));
        await two.Travel();
        Assert.Empty(await stranger.Send(new Offers.Query()));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new Offer.Query(offer)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(Asks(offer, "Dirk", "Wijk")))).Code);
        using (var visit = stranger.Visit()) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/trainings/invitations/{offer}")).StatusCode);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new OpenTo.Command { Training = two.Training, Pools = [two.Pool], Until = two.Here.Today().AddDays(2) }))).Code);
        // A word in another's name is nobody's: the thread is the invited zone's alone.
        await third.As().SendAsPlatform(new Say.Command(two.Here.Code, offer, new TrainingAsk(Guid.NewGuid(), new Participant.Person("Dirk", "Wijk", null, "nl"))));
        await third.RunJobs();
        Assert.Equal(["Bob"], (await two.Cora.Of(two.Training)).Select(p => p.FullName));
        using (var front = two.There.Visit(Role.FrontDesk)) Assert.Equal(HttpStatusCode.NotFound, (await front.Get("/trainings/invitations")).StatusCode);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Caseworker).Send(Asks(offer, "Dirk", "Wijk")))).Code);

        // The other zone leaves the pool: nobody new, and who has a seat keeps it. What is under way is answered.
        var late = await two.Bert.Send(Asks(offer, "Late", "Wijk"));
        await two.There.As(Role.ZoneAdministrator).Send(new VictimSupport.OnCall.Pools.Show.Leave { Pool = two.Pool, Last = two.Here.Today() });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(Asks(offer, "Dirk", "Wijk")))).Code);
        await two.Travel();
        var left = await two.Bert.Send(new Offer.Query(offer));
        Assert.Equal((true, false), (left.Invitation.IsClosed, left.Takes));
        Assert.Equal((RegistrationState.Refused, RefusedBecause.Closed), (left.Ours.Single(r => r.Id == late).State, left.Ours.Single(r => r.Id == late).Why));
        Assert.Equal(RegistrationState.Placed, left.Ours.Single(r => r.FullName == "Bob").State);
        Assert.True(await two.Bert.Send(new Offer.Withdraw(offer, left.Ours.Single(r => r.FullName == "Bob").Id)));
        await two.Travel();
        Assert.Equal(ParticipantState.Withdrawn, Assert.Single(await two.Cora.Of(two.Training)).State);
        // With nothing begun it is there no more.
        Assert.Empty((await two.Bert.Send(new Offers.Query())));
    }

    [Theory, EveryEngine]
    public async Task Who_joins_the_pool_later_is_invited_and_who_comes_after_it_is_over_is_refused(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform, days: 1);
        var (offer, third) = (await two.Offer(), await platform.Zone());
        await two.Admin.Send(new VictimSupport.OnCall.Pools.Show.Ask { Pool = two.Pool, Code = third.Code });
        await third.As(Role.ZoneAdministrator).Send(new VictimSupport.OnCall.Pools.Show.Answer { Pool = two.Pool, Agrees = true });
        await two.Here.RunRound();
        await two.Here.RunRound();
        Assert.Single(await third.As(Role.Coordinator).Send(new Offers.Query()));
        // Asked in time and carried too late: it is answered all the same.
        await two.Bert.Send(Asks(offer, "Bob", "Wijk"));
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await two.Travel();
        Assert.Equal((RegistrationState.Refused, RefusedBecause.Over), Assert.Single((await two.Bert.Send(new Offer.Query(offer))).Ours) is var bob ? (bob.State, bob.Why!.Value) : default);
        Assert.Empty(await two.Cora.Of(two.Training));
        Assert.Empty(await two.Bert.Send(new Offers.Query()));
    }

    [Theory, EveryEngine]
    public async Task Killed_between_any_two_steps_there_is_one_participant_in_the_end(string engine)
    {
        var reaper = new ParcelTests.Reaper();
        await using var platform = Platform.Start(engine, services: services => ParcelTests.Kills(services, reaper));
        var two = await Opened(platform, days: 20, capacity: 3);
        var (offer, many) = (await two.Offer(), 0);
        foreach (var request in new[] { typeof(Outbox.Claim), typeof(Carry.PickUp), typeof(Carry.Receive), typeof(Carry.Receipt), typeof(Outbox.Done) })
        {
            foreach (var after in new[] { false, true })
            {
                var asked = await two.Bert.Send(Asks(offer, $"Bob {++many}", "Wijk"));
                await Dies(two.There, request, after);
                await Dies(two.Here, request, after);
                await two.Travel();
                Assert.Equal(many, (await two.Cora.Of(two.Training)).Count);
                Assert.Equal(many <= 3 ? RegistrationState.Placed : RegistrationState.Waiting, (await two.Bert.Send(new Offer.Query(offer))).Ours.Single(r => r.Id == asked).State);
            }
        }
        Assert.Equal(Enumerable.Range(1, many), (await two.Cora.Of(two.Training)).Select(p => p.Number).Order());

        async Task Dies(TestZone zone, Type request, bool after)
        {
            (reaper.Takes, reaper.After) = (request, after);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
            platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
            await zone.RunJobs();
        }
    }

    [Fact]
    public async Task What_travels_and_what_rests_names_nobody_and_the_pages_do_it_without_script()
    {
        const string Canary = "Zzkanarievogel";
        await using var platform = Platform.Start("sqlite");
        var two = await Opened(platform);
        var offer = await two.Offer();
        using var visit = two.Bert.Visit();
        var wrong = await visit.Submit($"/trainings/invitations/{offer}", new Dictionary<string, string> { ["Form.FullName"] = Canary, ["Form.Unit"] = " ", ["Form.Language"] = "nl" }, "form[action*='handler=Register']");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(Canary, (await Visit.Read(wrong)).QuerySelector("[name='Form.FullName']")!.GetAttribute("value")); // what was typed stays
        var sent = await visit.Submit($"/trainings/invitations/{offer}", new Dictionary<string, string> { ["Form.FullName"] = Canary, ["Form.Unit"] = "Wijk", ["Form.Rank"] = "Basic", ["Form.Language"] = "nl" }, "form[action*='handler=Register']");
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var parcel = await two.There.Look(z => z.Set<Parcel>().SingleAsync());
        Assert.DoesNotContain(Canary, System.Text.Encoding.UTF8.GetString(parcel.Content!), StringComparison.Ordinal);
        await two.Travel();
        Assert.Contains(Canary, (await visit.Page($"/trainings/invitations/{offer}")).QuerySelector("[data-state='Placed']")!.TextContent, StringComparison.Ordinal);
        using (var cora = two.Cora.Visit())
        {
            Assert.Contains(two.There.Code, (await cora.Page($"/trainings/{two.Training}")).QuerySelector("[data-state='Registered']")!.TextContent, StringComparison.Ordinal);
            var empty = await cora.Submit($"/trainings/{two.Training}/zones", new Dictionary<string, string> { ["Form.Pools"] = two.Pool.ToString(), ["Form.Until"] = "" });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        }
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(Canary, StringComparison.Ordinal));
        // Whoever may not register sees no form, and a phone no label without content.
        using var anna = two.There.Visit(Role.Caseworker);
        var page = await anna.Page($"/trainings/invitations/{offer}");
        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.Equal(4, page.QuerySelectorAll("main thead th").Length);
    }

    /// <summary>Two zones in a pool, and a training of the first that is open to the other.</summary>
    private sealed record Pair(TestZone Here, TestZone There, Guid Pool, Person Admin, Person Cora, Person Bert, Guid Training)
    {
        /// <summary>Everything that waits in both goes there and back.</summary>
        public async Task Travel()
        {
            for (var i = 0; i < 3; i++)
            {
                await There.RunJobs();
                await Here.RunJobs();
            }
        }

        public async Task<Guid> Offer() => Assert.Single(await Bert.Send(new Offers.Query())).Invitation.Id;
    }

    [Theory, EveryEngine]
    public async Task A_list_is_shown_first_and_each_of_it_travels_as_if_registered_alone_in_its_order(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await Opened(platform, capacity: 2);
        var offer = await two.Offer();
        await two.Bert.Send(Asks(offer, "Bob", "Wijk"));
        const string List = "unit;name;e-mail address;rank group\nWijk;BOB;;\nWijk;Cees;cees@police.example;Basic\nWijk;Dirk;;\nWijk;cees;;\n";
        using var visit = two.Bert.Visit();
        var path = $"/trainings/invitations/{offer}/import";
        Assert.NotNull((await visit.Page($"/trainings/invitations/{offer}")).QuerySelector($"main a[href$='{path}']"));
        // A row that is wrong keeps all out, and what was pasted stays.
        var wrong = await visit.Submit(path, [KeyValuePair.Create("Form.Text", List + "Wijk;;\n")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("Dirk", (await Visit.Read(wrong)).QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(new Enlist.Command(offer, List + "Wijk;;\n", Guid.NewGuid())));
        var shown = await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", List)]));
        Assert.Equal(4, shown.QuerySelectorAll("main tbody tr").Length);
        Assert.Equal("Bob Asked", await Ours(two, offer)); // looked at, nothing written and nothing sent
        Assert.Equal([Import.ParticipantRowIs.Entered, Import.ParticipantRowIs.New, Import.ParticipantRowIs.New, Import.ParticipantRowIs.Twice], (await two.Bert.Send(new Enlist.Query(offer, List))).Rows.Select(r => r.Is));
        // Another list than the one that was shown is shown first.
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(new Enlist.Command(offer, List, Guid.NewGuid()) { Seen = "of another" }));
        var once = Guid.NewGuid();
        Assert.Equal(2, await two.Bert.Send(new Enlist.Command(offer, List, once) { Seen = shown.QuerySelector("[name=Seen]")!.GetAttribute("value") }));
        Assert.Equal(0, await two.Bert.Send(new Enlist.Command(offer, List, once)));
        Assert.Equal(0, await two.Bert.Send(new Enlist.Command(offer, List, Guid.NewGuid()))); // later: everybody is on it
        Assert.Equal("Bob Asked, Cees Asked, Dirk Asked", await Ours(two, offer));
        await two.Travel();
        Assert.Equal("Bob Placed, Cees Placed, Dirk Waiting", await Ours(two, offer));
        Assert.Equal([("Bob", two.There.Code), ("Cees", two.There.Code), ("Dirk", two.There.Code)], (await two.Cora.Of(two.Training)).OrderBy(p => p.Number).Select(p => (p.FullName, p.From!)));
        Assert.Equal((RankGroup.Basic, "cees@police.example"), (await two.Cora.Of(two.Training)).Single(p => p.FullName == "Cees") is var cees ? (cees.Rank, cees.Mailbox) : default);
        // Whoever may only look registers nobody, and of what is over or not theirs no list is taken.
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Caseworker).Send(new Enlist.Query(offer, List)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new Enlist.Query(offer, List)))).Code);
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(new Enlist.Command(offer, "Eva;Wijk\n", Guid.NewGuid())));
    }

    private static async Task<Pair> Opened(Platform platform, int? capacity = null, int days = 3)
    {
        var pooled = await platform.Pooled();
        var bert = await pooled.There.Hires("berta", Role.Coordinator);
        var training = await pooled.Cora.Send(Giving.Plan(capacity: capacity));
        await pooled.Cora.Send(pooled.Here.Sitting(training, days));
        await pooled.Cora.Send(new OpenTo.Command { Training = training, Pools = [pooled.Pool], Until = pooled.Here.Today().AddDays(days) });
        var two = new Pair(pooled.Here, pooled.There, pooled.Pool, pooled.Admin, pooled.Cora, bert, training);
        await two.Travel();
        return two;
    }

    private static Offer.Command Asks(Guid invitation, string name, string unit, string? mailbox = null) => new() { Invitation = invitation, FullName = name, Unit = unit, Mailbox = mailbox, Language = "nl", Rank = RankGroup.Basic };

    private static async Task<string> Ours(Pair two, Guid offer) => string.Join(", ", (await two.Bert.Send(new Offer.Query(offer))).Ours.Select(r => $"{r.FullName} {r.State}"));

    /// <summary>Puts a word into a thread, as only the platform could.</summary>
    internal static class Say
    {
        [Requires(May.RunThePlatform)]
        internal sealed record Command(string To, Guid Thread, TrainingAsk Ask) : VictimSupport.Foundation.Pipeline.ICommand<Guid>;

        internal sealed class Handler(Post post) : MediatR.IRequestHandler<Command, Guid>
        {
            public Task<Guid> Handle(Command command, CancellationToken ct) => post.Send(command.To, TrainingAsk.ParcelKind, command.Thread, command.Ask, ct);
        }
    }
}
