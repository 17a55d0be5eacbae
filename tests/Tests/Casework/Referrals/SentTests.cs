using FluentValidation;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Network.Partners;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;
using Show = VictimSupport.Casework.Referrals.Show;
using StillGood = VictimSupport.Casework.People.StillGood;

namespace VictimSupport.Tests.Casework;

/// <summary>What is with a partner, as the service knows it: the day on which the rules were asked is the one that holds when it goes, and sent is only what left.</summary>
public sealed class SentTests
{
    [Theory, EveryEngine]
    public async Task Sent_anew_it_says_when_the_rules_were_asked_last(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, lead, referral) = await Begin(platform);
        var sent = await anna.Sends(dossier, referral);
        var first = Lines(await anna.Send(new Send.Query(dossier, referral)));
        platform.Clock.Advance(TimeSpan.FromDays(9));
        Assert.True(await anna.Send(new StillGood.Command(dossier, lead, (await anna.RulesOf(dossier, lead)).Revision)));
        var today = Spoken.In("fr", () => Moment.Show(Moment.Day(platform.Clock.GetUtcNow())));
        var shown = Lines(await anna.Send(new Send.Query(dossier, referral)));
        var again = await anna.Sends(dossier, referral);
        using var them = zone.Passer();
        var read = (await them.Opens(again.Token!, again.Code!)).Lines("[lang='fr']");
        Assert.Equal(shown, read);
        Assert.Contains(read, l => l.Contains(today, StringComparison.Ordinal));
        Assert.DoesNotContain(first, l => l.Contains(today, StringComparison.Ordinal));
        Assert.Equal(first.Where(l => !l.StartsWith("Règles", StringComparison.Ordinal)), read.Where(l => !l.StartsWith("Règles", StringComparison.Ordinal)));
        // What was agreed to stands as it was.
        Assert.Equal(first, Assert.Single((await anna.Send(new Show.Query(dossier, referral))).Consents).Content.Lines.Select(l => $"{l.Label}|{l.Value}"));
    }

    [Theory, EveryEngine]
    public async Task A_version_whose_mail_never_left_is_not_the_one_that_was_sent(string engine)
    {
        await using var platform = Platform.Start(engine);
        foreach (var why in new[] { "a rule", "no mailbox" })
        {
            var (zone, anna, dossier, lead, referral) = await Begin(platform);
            await anna.Sends(dossier, referral);
            var first = await Agreed();
            await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Phone, SharedField.Language);
            await anna.Sends(dossier, referral, SentAs.Mail);
            var second = await Agreed();
            Assert.NotEqual(first, second);
            if (why == "a rule") await anna.Agrees(dossier, lead, r => r with { Call = Rule.Never });
            else
            {
                var partner = (await anna.Send(new Show.Query(dossier, referral))).Referral.PartnerId;
                await anna.Send(await anna.Send(new VictimSupport.Network.Partners.Edit.Query(partner)) with { Partner = partner, Mailbox = null });
            }
            await zone.RunJobs();
            Assert.DoesNotContain(platform.Post.Letters, l => l.To == "onthaal@caw.example");
            var view = await anna.Send(new Show.Query(dossier, referral));
            Assert.Equal((first, true), (view.Referral.SentConsent, view.Referral.WentOut));
            using var hers = anna.Visit();
            var page = await hers.Page($"/dossiers/{dossier}/referrals/{referral}");
            Assert.DoesNotContain("sent", page.QuerySelector("section[aria-labelledby='c-2']")!.QuerySelectorAll(".vs-badge").Select(b => b.TextContent.Trim()));
            Assert.Contains("sent", page.QuerySelector("section[aria-labelledby='c-1']")!.QuerySelectorAll(".vs-badge").Select(b => b.TextContent.Trim()));
            Assert.Null(page.QuerySelector("[data-receipt]")); // when and how the first went stands in the history

            async Task<Guid?> Agreed() => (await anna.Send(new Show.Query(dossier, referral))).Referral.ConsentId;
        }
    }

    [Fact]
    public async Task A_version_is_sent_once_its_mail_left()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, anna, dossier, _, referral) = await Begin(platform);
        await anna.Sends(dossier, referral, SentAs.Mail);
        Assert.Null((await anna.Send(new Show.Query(dossier, referral))).Referral.SentConsent);
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == "onthaal@caw.example");
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.Equal(Assert.Single(view.Consents).Consent.Id, view.Referral.SentConsent);
    }

    [Theory, EveryEngine]
    public async Task To_a_partner_that_the_zone_offers_no_more_nothing_goes(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, _, referral) = await Begin(platform);
        await anna.Sends(dossier, referral, SentAs.Mail);
        var view = await anna.Send(new Show.Query(dossier, referral));
        var partner = view.Referral.PartnerId;
        await anna.Send(new List.End(partner));
        await zone.RunJobs();
        // The mail that waited did not leave; it is agreed to, and whoever works on the dossier is told why it went no further.
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "onthaal@caw.example");
        var after = (await anna.Send(new Show.Query(dossier, referral))).Referral;
        Assert.Equal((ReferralState.Accepted, false, view.Referral.ConsentId), (after.State, after.WentOut, after.ConsentId));
        Assert.Single((await anna.Opens(dossier)).Planned, p => p.About == referral && p.Text!.Value == Spoken.In("fr", () => VictimSupport.Casework.Words.ReferralPartnerEnded));
        // Nor does it go by any other way, nor does anybody agree to it anew.
        foreach (var how in Enum.GetValues<SentAs>()) Assert.Equal("How", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Sends(dossier, referral, how))).Errors).PropertyName);
        Assert.Equal("Fields", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Agrees(dossier, referral, SharedField.Name))).Errors).PropertyName);
        await anna.Send(new List.Again(partner));
        await anna.Sends(dossier, referral, SentAs.Mail);
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == "onthaal@caw.example");
    }

    private static string[] Lines(Send.Answer view) => [.. view.Content!.Lines.Select(l => $"{l.Label}|{l.Value}")];

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Lead, Guid Referral)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "Robbery"));
        var lead = await anna.LeadOf(dossier);
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe });
        var referral = await anna.Offers(dossier, await anna.Send(Referring.Partner()));
        await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Phone);
        return (zone, anna, dossier, lead, referral);
    }
}
