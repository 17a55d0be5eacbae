using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Contracts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using Person = VictimSupport.Tests.Kit.Person;
using Seen = VictimSupport.Casework.Referrals.Seen;
using Show = VictimSupport.Casework.Referrals.Show;
using Waiting = VictimSupport.Casework.Referrals.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>What a partner answers, or does not, is heard by somebody of the zone, whatever has become of the dossier meanwhile.</summary>
public sealed class CameBackTests
{
    [Theory, EveryEngine]
    public async Task A_refusal_after_the_dossier_was_closed_is_written_to_its_last_worker_and_waits_until_somebody_deals_with_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var cora = await zone.Hires("cora", Role.Coordinator);
        platform.Clock.Advance(TimeSpan.FromSeconds(5)); // who works here is kept for seconds
        var (referral, token, _) = await anna.Refers(dossier, partner);
        await anna.Closes(dossier);
        await zone.RunJobs();
        Assert.Empty((await anna.Send(new Waiting.Query())).Rows);
        Assert.Equal(0, await Figure(anna));
        using var them = zone.Passer();
        await them.Answers(token, PartnerAnswers.CannotTakeUp);
        await zone.RunJobs();
        await zone.RunJobs();

        var row = Assert.Single((await anna.Send(new Waiting.Query())).Rows);
        Assert.Equal((referral, ReferralState.CannotTakeUp, true), (row.Referral, row.State, row.IsClosed));
        var told = Assert.Single(Told(platform));
        Assert.Equal(Staff.AddressOf(zone, "anna"), told.To);
        foreach (var secret in new[] { "Peeters", "CAW", (await anna.Opens(dossier)).Dossier.Number }) Assert.DoesNotContain(secret, told.Key + told.Subject + told.Text, StringComparison.OrdinalIgnoreCase);
        var act = await zone.Look(z => z.Set<FollowUp>().Where(f => f.About == referral && f.Done == null).Select(f => f.Id).SingleAsync());
        Assert.DoesNotContain(platform.Post.Letters, l => l.Key.StartsWith(ActsDue.Code, StringComparison.Ordinal) && l.Key.Contains(act.ToString(), StringComparison.Ordinal)); // once
        Assert.Equal((1, 1), ((await anna.Send(new Bell.Query())).CameBack, (await cora.Send(new Bell.Query())).CameBack));
        Assert.Null((await anna.Opens(dossier)).Dossier.NextDue); // closed, it stands on no worklist

        // The page behind the bell leads to the list, the list to the referral, and there it ends.
        using var hers = anna.Visit();
        Assert.Contains("/referrals", (await hers.Page("/waiting")).QuerySelectorAll("main a").Select(a => a.GetAttribute("href")!).Single(h => h.EndsWith("/referrals", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.NotNull((await hers.Page("/referrals")).QuerySelector("tbody .vs-badge--warn"));
        await hers.Submit($"/dossiers/{dossier}/referrals/{referral}", [], "form[action*='handler=Seen']");
        Assert.Empty((await anna.Send(new Waiting.Query())).Rows);
        Assert.Equal(0, await Figure(anna));
        Assert.Equal(0, (await cora.Send(new Bell.Query())).CameBack);
        Assert.Null((await hers.Page($"/dossiers/{dossier}/referrals/{referral}")).QuerySelector("[data-came-back]"));
        Assert.False(await anna.Send(new Seen.Command(dossier, referral)));
        Assert.DoesNotContain((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerTold); // there is nothing to erase
    }

    [Theory, EveryEngine]
    public async Task Silence_in_a_closed_dossier_that_is_nobodys_is_written_to_the_coordinators_who_may_know(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (cora, walled) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("walled", Role.Coordinator));
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        var (referral, _, _) = await anna.Refers(dossier, partner);
        await anna.Closes(dossier);
        await cora.Send(new Assign.Command(dossier, null));
        await zone.WallsOff(walled, dossier);
        platform.Clock.Advance(ZoneSettings.FederalDefaults.ReferralAnswerWithin);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal((referral, ReferralState.NoAnswer), Assert.Single((await cora.Send(new Waiting.Query())).Rows.Select(r => (r.Referral, r.State))));
        Assert.Equal(1, await Figure(cora));
        Assert.Equal(Staff.AddressOf(zone, "cora"), Assert.Single(Told(platform)).To);
        Assert.Empty((await walled.Send(new Waiting.Query())).Rows);
        Assert.Equal(0, await Figure(walled));
        Assert.Equal(0, (await walled.Send(new Bell.Query())).CameBack);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Seen.Command(dossier, referral)))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Trainee).Send(new Seen.Command(dossier, referral)))).Code);
    }

    [Theory, EveryEngine]
    public async Task That_a_partner_must_erase_stays_to_be_said_when_the_dossier_is_closed_and_when_it_was_closed_before(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, _) = await Begin(platform);
        var onPaper = await anna.Send(Referring.Partner("Paper") with { Mailbox = null });
        var (before, _, _) = await anna.Refers(dossier, onPaper);
        var (after, _, _) = await anna.Refers(dossier, onPaper);
        var (refused, _, _) = await anna.Refers(dossier, onPaper);
        await anna.Turns(dossier, before, ReferralState.Withdrawn);
        await anna.Turns(dossier, refused, ReferralState.CannotTakeUp, partner: true);
        await anna.Closes(dossier);
        // Closing ends the rest, what a partner refused among it: whoever closes knows that.
        Assert.Equal(before, Assert.Single((await anna.Send(new Waiting.Query())).Rows).Referral);
        Assert.Equal(1, await Figure(anna));
        Assert.Equal(before, Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.DossierId == dossier && f.Done == null).Select(f => f.About).ToListAsync())));
        await anna.Turns(dossier, after, ReferralState.Withdrawn);
        Assert.Equal(new[] { before, after }.Order(), (await anna.Send(new Waiting.Query())).Rows.Select(r => r.Referral).Order());
        Assert.Equal(2, await Figure(anna));
        await zone.RunJobs();
        Assert.Single(Told(platform)); // of what came back after the closing

        // Opened again, it is due before anything else.
        await anna.Send(new Reopen.Command(dossier));
        var view = await anna.Opens(dossier);
        Assert.Equal(view.Planned.Min(a => a.DueAt), view.Dossier.NextDue);
        Assert.True(view.Dossier.NextDue <= platform.Clock.GetUtcNow());
        Assert.Contains(view.Planned, a => a.About == after);
        Assert.NotNull(Assert.Single((await anna.Send(new Show.Query(dossier, after))).CameBack));
        foreach (var referral in new[] { before, after }) await anna.Send(new Seen.Command(dossier, referral));
        foreach (var referral in new[] { before, after }) Assert.Equal(anna.Id, Assert.Single((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerTold).By);
        view = await anna.Opens(dossier);
        Assert.Equal(ActKind.FirstContact, Assert.Single(view.Planned).Kind); // the closing had cancelled it
        Assert.Equal(view.Planned[0].DueAt, view.Dossier.NextDue);
    }

    [Theory, EveryEngine]
    public async Task Ticked_off_on_the_worklist_or_in_the_dossier_the_partner_was_told_and_that_can_be_taken_back(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, _) = await Begin(platform);
        await anna.Send(new Complete.Command(Assert.Single((await anna.Opens(dossier)).Planned).Id)); // the worklist shows what is next
        var (referral, _, _) = await anna.Refers(dossier, await anna.Send(Referring.Partner("Paper") with { Mailbox = null }));
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        var act = Assert.Single((await anna.Opens(dossier)).Planned, a => a.About == referral).Id;
        using var hers = anna.Visit();
        // Both pages say what is recorded.
        Assert.Contains("The partner was told", (await hers.Page("/worklist")).QuerySelector($"button[formaction$='/acts/{act}/done']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("The partner was told", (await hers.Page($"/dossiers/{dossier}")).QuerySelector($"form[action*='/acts/{act}/done'] button")!.TextContent, StringComparison.Ordinal);
        await hers.Press("/worklist", $"button[formaction$='/acts/{act}/done']");
        Assert.Equal(anna.Id, Assert.Single(await Tellings()).By);
        Assert.Empty((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        await hers.Press("/worklist", "form[action*='handler=Undo'] button");
        Assert.Empty(await Tellings());
        Assert.NotNull(Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack));
        await hers.Press($"/dossiers/{dossier}", $"form[action*='/acts/{act}/done'] button");
        await anna.Send(new Complete.Command(act)); // pressed twice
        Assert.Single(await Tellings());
        // Said on the page of the referral it is taken back as well.
        await anna.Send(new Complete.Undo(act));
        await anna.Send(new Seen.Command(dossier, referral));
        Assert.Single(await Tellings());
        Assert.Equal((dossier, true), await anna.Send(new Complete.Undo(act)));
        Assert.Empty(await Tellings());

        async Task<List<Milestone>> Tellings() => [.. (await anna.Send(new Show.Query(dossier, referral))).History.Where(m => m.Kind == MilestoneKind.PartnerTold)];
    }

    [Theory, EveryEngine]
    public async Task Whoever_ticks_off_what_came_back_before_the_withdrawal_told_nobody_and_the_mail_leaves(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, _, _) = await anna.Refers(dossier, partner);
        await anna.Turns(dossier, referral, ReferralState.CannotTakeUp, partner: true);
        var act = Assert.Single((await anna.Opens(dossier)).Planned, a => a.About == referral).Id;
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        using var hers = anna.Visit();
        Assert.Contains("It is dealt with", (await hers.Page($"/dossiers/{dossier}/referrals/{referral}")).QuerySelector("[data-came-back] button")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("The partner was told", (await hers.Page($"/dossiers/{dossier}")).QuerySelector($"form[action*='/acts/{act}/done'] button")!.TextContent, StringComparison.Ordinal);
        await anna.Send(new Complete.Command(act));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == "onthaal@caw.example");
        Assert.Equal(Milestone.ThePlatform, Assert.Single((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerTold).By);
    }

    [Theory, EveryEngine]
    public async Task A_link_that_no_mail_could_carry_comes_back_and_is_not_sent(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral);
        await anna.Sends(dossier, referral, SentAs.Mail);
        await LosesItsMailbox(anna, partner);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "onthaal@caw.example");
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.Equal((ReferralState.Accepted, false, (DateTimeOffset?)null), (view.Referral.State, view.Referral.WentOut, view.Referral.AnswerBy));
        Assert.Equal(In(zone, () => VictimSupport.Casework.Words.LinkDidNotLeave), Assert.Single(view.CameBack));
        Assert.Null(view.LinkUntil);
        Assert.Single((await anna.Opens(dossier)).Planned, a => a.About == referral);
        Assert.Equal(ReferralState.Accepted, Assert.Single((await anna.Send(new Waiting.Query())).Rows).State);
        Assert.Equal(1, await Figure(anna));
        // Another way is open, and time without an answer counts from then.
        var sent = await anna.Sends(dossier, referral);
        using var them = zone.Passer();
        await them.Answers(sent.Token!, PartnerAnswers.Received);
        await zone.RunJobs();
        Assert.Equal(ReferralState.Received, await anna.StateOf(dossier, referral));
    }

    [Theory, EveryEngine]
    public async Task A_partner_that_could_not_be_asked_to_erase_is_not_recorded_as_told(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, _, _) = await anna.Refers(dossier, partner);
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        await LosesItsMailbox(anna, partner);
        await anna.Closes(dossier);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "onthaal@caw.example");
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.DoesNotContain(view.History, m => m.Kind == MilestoneKind.PartnerTold);
        Assert.Equal(In(zone, () => VictimSupport.Casework.Words.TellPartnerToErase), Assert.Single(view.CameBack));
        Assert.Equal(referral, Assert.Single((await anna.Send(new Waiting.Query())).Rows).Referral);
        Assert.Equal(1, await Figure(anna));
        await anna.Send(new Seen.Command(dossier, referral));
        Assert.Equal(anna.Id, Assert.Single((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerTold).By);
    }

    private static async Task LosesItsMailbox(Person by, Guid partner) => await by.Send(await by.Send(new VictimSupport.Network.Partners.Edit.Query(partner)) with { Partner = partner, Mailbox = null });

    // In the zone's first language: the job that wrote it speaks none.
    private static string In(TestZone zone, Func<string> say) => VictimSupport.Design.Html.Spoken.In(zone.Handle.Record.FirstLanguage, say);

    private static IEnumerable<VictimSupport.Foundation.Mail.Letter> Told(Platform platform) => platform.Post.Letters.Where(l => l.Key.StartsWith(Notices.ReferralCameBack, StringComparison.Ordinal));

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Partner)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        return (zone, anna, await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", subKind: "Robbery")), await anna.Send(Referring.Partner()));
    }

    // What the worklist says is what the list behind it shows.
    private static async Task<int> Figure(Person who) => (await who.Send(new VictimSupport.Casework.Worklist.Mine.Query(VictimSupport.Casework.Worklist.Tab.Mine, 1))).WithPartners;
}
