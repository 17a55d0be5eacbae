using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;
using Seen = VictimSupport.Casework.Referrals.Seen;
using Show = VictimSupport.Casework.Referrals.Show;
using Waiting = VictimSupport.Casework.Referrals.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>What somebody thinks about, and what they agreed to and nobody sent, comes back on a day: no partner knows of it, so nobody would ask.</summary>
public sealed class StandstillTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Who_thinks_about_it_is_asked_again_in_a_fortnight_and_stands_on_the_list_until_then(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var offered = platform.Clock.GetUtcNow();
        var referral = await anna.Offers(dossier, partner, ReferralState.Offered);
        var act = Assert.Single(await Open(zone, referral));
        Assert.Equal((ActKind.Referral, 14.0), (act.Kind, Math.Round((act.DueAt - offered).TotalDays, 1)));
        Assert.Equal([await anna.LeadOf(dossier)], act.Persons);
        Assert.Equal((referral, ReferralState.Offered), Assert.Single((await anna.Send(new Waiting.Query())).Rows.Select(r => (r.Referral, r.State))));
        Assert.Equal(1, (await anna.Send(new VictimSupport.Casework.Worklist.Mine.Query(VictimSupport.Casework.Worklist.Tab.Mine, 1))).WithPartners);
        using var hers = anna.Visit();
        Assert.Contains("Thinks about it", (await hers.Page("/referrals")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        // It has not come back: that it will is planned.
        Assert.Empty((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        Assert.False(await anna.Send(new Seen.Command(dossier, referral)));

        platform.Clock.Advance(Standstill.AskAgainAfter);
        await zone.RunJobs();
        Assert.Contains("think", Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack), StringComparison.Ordinal);
        Assert.Equal(act.DueAt, Assert.Single(await Open(zone, referral)).RemindedFor); // its worker was told
        // Looked at, and still thought about: another fortnight.
        await anna.Send(new Seen.Command(dossier, referral));
        Assert.Equal(14.0, Math.Round((Assert.Single(await Open(zone, referral)).DueAt - platform.Clock.GetUtcNow()).TotalDays, 1));
        await anna.Turns(dossier, referral, ReferralState.Refused);
        Assert.Empty(await Open(zone, referral));
        Assert.Empty((await anna.Send(new Waiting.Query())).Rows);
    }

    [Theory, EveryEngine]
    public async Task What_was_accepted_and_not_sent_comes_back_in_two_days_and_ends_by_itself_when_it_goes(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner, ReferralState.Offered);
        await anna.Turns(dossier, referral, ReferralState.Accepted);
        var act = Assert.Single(await Open(zone, referral)); // to ask again is done with
        Assert.Equal(2.0, Math.Round((act.DueAt - platform.Clock.GetUtcNow()).TotalDays, 1));
        Assert.True((await anna.Opens(dossier)).Dossier.NextDue <= act.DueAt);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await anna.Agrees(dossier, referral);
        Assert.Equal(act.Id, Assert.Single(await Open(zone, referral)).Id); // the same day holds
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        Assert.Equal(act.DueAt, Assert.Single(await Open(zone, referral)).RemindedFor);
        Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        await anna.Sends(dossier, referral);
        Assert.Empty(await Open(zone, referral));
        var done = await zone.Look(z => z.Set<FollowUp>().AsNoTracking().SingleAsync(f => f.Id == act.Id));
        Assert.Equal((anna.Id, false), (done.DoneBy, done.Dropped));
        var view = await anna.Opens(dossier);
        Assert.Equal(view.Planned.Min(a => a.DueAt), view.Dossier.NextDue);
        // Ticked off by hand before anything was agreed to, it stands there once when something is.
        var second = await anna.Offers(dossier, partner);
        await anna.Send(new Complete.Command(Assert.Single(await Open(zone, second)).Id));
        await anna.Agrees(dossier, second);
        Assert.Single(await Open(zone, second));
        await anna.Turns(dossier, second, ReferralState.Withdrawn);
        Assert.Empty(await Open(zone, second));
        Assert.Contains(await zone.Look(z => z.Set<FollowUp>().AsNoTracking().Where(f => f.About == second).ToListAsync()), f => f.Dropped); // nobody sent it
    }

    [Theory, EveryEngine]
    public async Task Ticked_off_and_not_sent_it_comes_back_in_two_days_and_taken_back_it_is_the_same_act_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral);
        platform.Clock.Advance(Standstill.SendWithin);
        var act = Assert.Single(await Open(zone, referral));
        await anna.Send(new Complete.Command(act.Id));
        var next = Assert.Single(await Open(zone, referral));
        Assert.NotEqual(act.Id, next.Id);
        Assert.Equal(2.0, Math.Round((next.DueAt - platform.Clock.GetUtcNow()).TotalDays, 1));
        await anna.Send(new Complete.Command(act.Id)); // pressed twice
        Assert.Equal(next.Id, Assert.Single(await Open(zone, referral)).Id);
        Assert.Equal((dossier, true), await anna.Send(new Complete.Undo(act.Id)));
        Assert.Equal(act.Id, Assert.Single(await Open(zone, referral)).Id);
        var view = await anna.Opens(dossier);
        Assert.Equal(view.Planned.Min(a => a.DueAt), view.Dossier.NextDue);
        // Sent since, it asks nothing any more.
        await anna.Send(new Complete.Command(act.Id));
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await anna.Sends(dossier, referral);
        Assert.Equal((dossier, false), await anna.Send(new Complete.Undo(act.Id)));
        Assert.Empty(await Open(zone, referral));
        // What ended with a yes is not asked again, and what came of the yes stays.
        var second = await anna.Offers(dossier, partner, ReferralState.Offered);
        var asks = Assert.Single(await Open(zone, second));
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await anna.Turns(dossier, second, ReferralState.Accepted);
        Assert.Equal((dossier, false), await anna.Send(new Complete.Undo(asks.Id)));
        Assert.Contains("not sent", Assert.Single(await Open(zone, second)).Text!.Value, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task In_a_dossier_that_is_opened_again_it_comes_back_whether_its_act_was_late_or_left(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var cora = await zone.Hires("cora", Role.Coordinator);
        var referral = await anna.Offers(dossier, partner, ReferralState.Offered);
        platform.Clock.Advance(Standstill.AskAgainAfter + TimeSpan.FromDays(1));
        await anna.Closes(dossier);
        Assert.Empty(await Open(zone, referral));
        await cora.Send(new Reopen.Command(dossier)); // its act is late: nobody ticked it
        var act = Assert.Single(await Open(zone, referral));
        Assert.Equal(14.0, Math.Round((act.DueAt - platform.Clock.GetUtcNow()).TotalDays, 1));
        Assert.Contains((await anna.Opens(dossier)).Planned, a => a.Kind != ActKind.Referral); // and to get in touch
        await anna.Closes(dossier);
        await cora.Send(new Reopen.Command(dossier, [act.Id])); // taken up, it is the same
        Assert.Equal(act.Id, Assert.Single(await Open(zone, referral)).Id);
        await anna.Closes(dossier);
        await cora.Send(new Reopen.Command(dossier, []));
        Assert.NotEqual(act.Id, Assert.Single(await Open(zone, referral)).Id);
        var view = await anna.Opens(dossier);
        Assert.Equal(view.Planned.Min(a => a.DueAt), view.Dossier.NextDue);
    }

    [Theory, EveryEngine]
    public async Task What_is_taken_back_before_it_went_is_one_thing_to_do_and_now(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Phone);
        await anna.Agrees(dossier, await anna.LeadOf(dossier), s => s with { Call = Rule.Never });
        var act = Assert.Single(await Open(zone, referral));
        Assert.True(act.DueAt <= platform.Clock.GetUtcNow());
        // What a partner must erase is not ended with what was planned.
        var paper = await anna.Send(Referring.Partner("Paper") with { Mailbox = null });
        var (sent, _, _) = await anna.Refers(dossier, paper);
        await anna.Turns(dossier, sent, ReferralState.Withdrawn);
        Assert.Single(await Open(zone, sent));
    }

    [Theory, EveryEngine]
    public async Task A_dossier_does_not_close_over_a_referral_that_never_went_out(string engine)
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On(engine));
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral);
        var gap = Assert.Single(await anna.Send(new Close.Query(dossier)), g => g.Kind == GapKind.UnsentReferral);
        Assert.Equal((referral, false), (gap.Entry!.Value, gap.MayStayUnknown));
        using var hers = anna.Visit();
        var says = (await hers.Page($"/dossiers/{dossier}/close")).QuerySelector("[data-unfinished] a")!;
        Assert.Contains("never sent", says.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await hers.Get(says.GetAttribute("href")!)).StatusCode);
        await Assert.ThrowsAsync<ValidationException>(() => anna.ClosesAtOnce(dossier));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Close.Command { Dossier = dossier, Reason = ClosingReason.OpenedInError, Outcome = Outcome.NoContact }));
        // Sent, it is a reason to close, however far it has come; nor is one refused, or thought about, in the way.
        await anna.Sends(dossier, referral);
        await anna.Offers(dossier, partner, ReferralState.Refused);
        await anna.Offers(dossier, partner, ReferralState.Offered);
        await anna.ClosesAtOnce(dossier);
        Assert.False((await anna.Opens(dossier)).Dossier.IsOpen);
    }

    [Theory, EveryEngine]
    public async Task One_that_was_withdrawn_or_refused_after_all_is_not_in_the_way_of_closing(string engine)
    {
        var (_, anna, dossier, partner) = await Begin(await platforms.On(engine));
        var (withdrawn, refused) = (await anna.Offers(dossier, partner), await anna.Offers(dossier, partner));
        await anna.Agrees(dossier, withdrawn);
        await anna.Turns(dossier, withdrawn, ReferralState.Withdrawn);
        await Assert.ThrowsAsync<ValidationException>(() => anna.ClosesAtOnce(dossier));
        await anna.Turns(dossier, refused, ReferralState.Refused);
        await anna.ClosesAtOnce(dossier);
        Assert.False((await anna.Opens(dossier)).Dossier.IsOpen);
    }

    private static Task<List<FollowUp>> Open(TestZone zone, Guid referral) => zone.Look(z => z.Set<FollowUp>().AsNoTracking().Where(f => f.About == referral && f.Done == null).ToListAsync());

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Partner)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        return (zone, anna, await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "Robbery")), await anna.Send(Referring.Partner()));
    }
}
