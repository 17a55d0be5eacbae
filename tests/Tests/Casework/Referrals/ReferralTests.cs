using System.Net;
using System.Text.RegularExpressions;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Mail;
using VictimSupport.Network.Contracts;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;
using Show = VictimSupport.Casework.Referrals.Show;
using Waiting = VictimSupport.Casework.Referrals.Waiting;

namespace VictimSupport.Tests.Casework;

/// <summary>A referral from the offer to the withdrawal: nothing leaves without consent, and what the partner reads is what was agreed to.</summary>
public sealed partial class ReferralTests(Platforms platforms)
{
    private const string Mailbox = "onthaal@caw.example";

    [Theory, EveryEngine]
    public async Task Nothing_leaves_without_consent_and_consent_is_to_what_was_shown(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Mail }));
        // Agreed to without being shown, and agreed to after something changed: neither counts.
        var consent = await anna.Consent(dossier, referral, null, SharedField.Name, SharedField.Phone);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(consent with { Shown = null }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(consent with { Fields = [.. consent.Fields, SharedField.Municipality] }));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Phone = "0470 99 88 77" });
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(consent));
        Assert.Equal(0, await zone.Look(z => z.Set<Consent>().CountAsync()));
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<Link>().CountAsync()));
        Assert.Empty(platform.Post.Letters);
        // A consent to one version does not send another.
        var first = await anna.Agrees(dossier, referral, SharedField.Name);
        await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Municipality);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Mail, Consent = first }));
        Assert.Equal(0, await zone.Look(z => z.Set<Link>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task What_is_ticked_is_what_is_shown_what_is_kept_and_what_the_partner_reads(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Address = "Rue Zzrue 1", Mail = "zz@mail.example" });
        await anna.Agrees(dossier, lead, s => s with { Call = Rule.OnlyIf, Sms = Rule.Never, Hours = "10-12 u.", CodeWord = "Magnolia" });
        var referral = await anna.Offers(dossier, partner);
        using var hers = anna.Visit();
        var path = $"/dossiers/{dossier}/referrals/{referral}/consent";
        var ticked = new[] { SharedField.Name, SharedField.Phone, SharedField.Message };
        var shown = await Visit.Read(await hers.Client.PostAsync($"/{zone.Code}{path}?handler=Preview", Form(await hers.Page(path), [.. ticked.Select(f => ("Form.Fields", f.ToString())), ("Form.Message", "Appelez après midi")])));
        var lines = shown.Lines("[data-goes]");
        // In the partner's language, with the rules that belong to a number.
        Assert.Equal(["Nom|Peet Peeters", "Téléphone|0470 12 34 56", "Appeler|seulement si; 10-12 u.; Mot de passe convenu: Magnolia", "SMS|jamais", "Un message de la personne|Appelez après midi"], lines.Where(l => !l.StartsWith("Règles de contact|vérifiées avec la personne le ", StringComparison.Ordinal)));
        Assert.Equal(4, Array.FindIndex(lines, l => l.StartsWith("Règles de contact|", StringComparison.Ordinal))); // under the rules, before what the person says
        var action = shown.QuerySelectorAll("main form").First(f => f.QuerySelector("[name='Form.Shown']") is not null).GetAttribute("action")!;
        Assert.DoesNotContain("handler", action, StringComparison.Ordinal);
        var saved = await hers.Client.PostAsync(action, Form(shown, [.. ticked.Select(f => ("Form.Fields", f.ToString())), ("Form.Message", "Appelez après midi"), ("Form.AgreedBy", "Person"), ("Form.How", "OnScreen")]));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var kept = Assert.Single((await anna.Send(new Show.Query(dossier, referral))).Consents);
        Assert.Equal(lines, kept.Content.Lines.Select(l => $"{l.Label}|{l.Value}"));
        var sent = await anna.Sends(dossier, referral);
        using var them = zone.Passer();
        var closed = await them.Page($"/partner/{sent.Token}");
        foreach (var secret in new[] { "Peeters", "0470 12", "470123456", "Magnolia", "Zzrue", (await anna.Opens(dossier)).Dossier.Number }) Assert.DoesNotContain(secret, closed.DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        var read = await them.Opens(sent.Token!, $"{sent.Code![..4]} {sent.Code[4..]}");
        Assert.Equal(lines, read.Lines("[lang='fr']"));
        foreach (var secret in new[] { "Zzrue", "zz@mail", "Val-Clair" }) Assert.DoesNotContain(secret, read.DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        // Nothing of it stays open: the code is asked again.
        Assert.Empty((await them.Page($"/partner/{sent.Token}")).QuerySelectorAll("[lang='fr'] dd"));
        var open = await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead };
        await zone.RunJobs();
        Assert.Contains((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerRead);
        await anna.Send(open); // whoever had the person open meanwhile saves as if nobody had read anything
        Assert.Contains(await Records(zone), r => r.Act == "Network.Answers.Answer.Open" && r.Subject == dossier && r.Payload.Contains("partner-read", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Who_thought_about_it_and_consents_has_accepted_and_the_history_says_so(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner, ReferralState.Offered);
        await anna.Agrees(dossier, referral);
        await anna.Agrees(dossier, referral);
        Assert.Equal([(MilestoneKind.Referral, (int)ReferralState.Offered), (MilestoneKind.Referral, (int)ReferralState.Accepted), (MilestoneKind.ConsentGiven, 1), (MilestoneKind.ConsentGiven, 2)],
            (await zone.Look(z => z.Set<Milestone>().Where(m => m.About == referral).Select(m => new { m.Kind, m.Code }).ToListAsync())).Select(m => (m.Kind, m.Code ?? 0)).Order());
    }

    [Theory, EveryEngine]
    public async Task A_withdrawal_ends_the_link_at_once_tells_the_partner_once_and_asking_again_is_a_new_consent(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner, ReferralState.Offered);
        await anna.Turns(dossier, referral, ReferralState.Accepted);
        await anna.Agrees(dossier, referral);
        var sent = await anna.Sends(dossier, referral, SentAs.Mail);
        Assert.Null(sent.Token); // a mail carries it
        await zone.RunJobs();
        await zone.RunJobs();
        var mail = Assert.Single(platform.Post.Letters, l => l.To == Mailbox);
        var reference = (await anna.Send(new Show.Query(dossier, referral))).Referral.Reference!;
        foreach (var secret in new[] { "Peeters", "0470", (await anna.Opens(dossier)).Dossier.Number, "polic", "slachtoffer" }) Assert.DoesNotContain(secret, mail.Subject + mail.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(reference, mail.Subject, StringComparison.Ordinal);
        var token = Token().Match(mail.Text).Groups["token"].Value;
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains(token, StringComparison.Ordinal));

        // What came in by the link lies in the tray until it is collected.
        using var them = zone.Passer();
        await them.Answers(token, PartnerAnswers.Received);
        await them.Answers(token, PartnerAnswers.Received);
        Assert.Equal(ReferralState.Sent, await anna.StateOf(dossier, referral));
        Assert.Equal(1, await zone.Look(z => z.Set<LinkAnswer>().CountAsync(a => a.Collected == null)));
        await zone.RunJobs();
        Assert.Equal(ReferralState.Received, await anna.StateOf(dossier, referral));

        platform.Clock.Advance(TimeSpan.FromDays(2));
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        await them.IsDead(token);
        Assert.False(await zone.Look(z => z.Set<Link>().AnyAsync(l => l.Content != null)));
        await zone.RunJobs();
        await zone.RunJobs();
        var told = Assert.Single(platform.Post.Letters, l => l.To == Mailbox && l.Key != mail.Key);
        Assert.Contains(reference, told.Text, StringComparison.Ordinal);
        foreach (var secret in new[] { "Peeters", "0470" }) Assert.DoesNotContain(secret, told.Subject + told.Text, StringComparison.OrdinalIgnoreCase);
        var history = (await anna.Send(new Show.Query(dossier, referral))).History;
        Assert.Equal([ReferralState.Offered, ReferralState.Accepted, ReferralState.Sent, ReferralState.Received, ReferralState.Withdrawn], history.Where(m => m.Kind is MilestoneKind.Referral or MilestoneKind.PartnerAnswered).Select(m => (ReferralState)m.Code!.Value));
        Assert.Contains(history, m => m.Kind == MilestoneKind.PartnerTold);
        Assert.Contains((await anna.Opens(dossier)).Timeline, h => h.Title.Contains("CAW Lindeberg", StringComparison.Ordinal));
        // One accepted and one withdrawn, and no refusal.
        Assert.Equal(0, await zone.Look(z => z.Set<Milestone>().CountAsync(m => m.Kind == MilestoneKind.Referral && m.Code == (int)ReferralState.Refused)));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Agree.Query(dossier, referral, [], null)));

        // Two months later, in the dossier that was closed meanwhile.
        await anna.Closes(dossier);
        platform.Clock.Advance(TimeSpan.FromDays(60));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Offers(dossier, partner));
        await anna.Send(new Reopen.Command(dossier));
        var again = await anna.Offers(dossier, partner);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Send.Command { Dossier = dossier, Referral = again, How = SentAs.Mail }));
        await anna.Agrees(dossier, again);
        Assert.Equal(2, Assert.Single((await anna.Send(new Show.Query(dossier, again))).Consents).Consent.Version);
        var other = await anna.Offers(dossier, await anna.Send(Referring.Partner("Other")));
        await anna.Agrees(dossier, other);
        Assert.Equal(1, Assert.Single((await anna.Send(new Show.Query(dossier, other))).Consents).Consent.Version); // per recipient
    }

    [Theory, EveryEngine]
    public async Task What_waits_to_leave_when_it_is_withdrawn_never_does_and_who_got_nothing_is_told_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral);
        await anna.Sends(dossier, referral, SentAs.Mail);
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Mailbox);
        Assert.Null((await anna.Send(new Show.Query(dossier, referral))).Referral.Waiting);
        // On a sheet, to a partner nobody can write to: somebody has to tell it.
        var onPaper = await anna.Send(Referring.Partner("Paper") with { Mailbox = null });
        var (second, token, _) = await anna.Refers(dossier, onPaper);
        await anna.Turns(dossier, second, ReferralState.Withdrawn);
        using var them = zone.Passer();
        await them.IsDead(token);
        Assert.Contains((await anna.Opens(dossier)).Planned, a => a.Kind == ActKind.Referral && a.Text is not null);
    }

    [Fact]
    public async Task A_link_that_was_never_made_one_that_ended_one_of_another_zone_and_one_taken_back_give_the_same_bytes()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, anna, dossier, partner) = await Begin(platform);
        var other = await platform.Zone();
        var (withdrawn, replaced, expired) = (await anna.Refers(dossier, partner), await anna.Refers(dossier, partner), await anna.Refers(dossier, partner));
        await anna.Turns(dossier, withdrawn.Referral, ReferralState.Withdrawn);
        await anna.Sends(dossier, replaced.Referral);
        using var them = zone.Passer();
        using var there = other.Passer();
        var forged = new string('A', withdrawn.Token.Length);
        Assert.Equal(HttpStatusCode.OK, (await them.Get($"/partner/{expired.Token}")).StatusCode);
        var bytes = await Bytes(them, forged);
        Assert.Equal(bytes, await Bytes(them, withdrawn.Token));
        Assert.Equal(bytes, await Bytes(them, replaced.Token));
        // In both: the hash of a style sheet may hold a zone's code.
        Assert.Equal(bytes.Replace(other.Code, zone.Code, StringComparison.Ordinal), (await Bytes(there, expired.Token)).Replace(other.Code, zone.Code, StringComparison.Ordinal));
        platform.Clock.Advance(Referral.LinkGoodFor);
        Assert.Equal(bytes, await Bytes(them, expired.Token));
        // A post tells no more than a look.
        var fresh = await anna.Refers(dossier, partner);
        var page = await them.Page($"/partner/{fresh.Token}");
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("form[action*='handler=Open']")!;
        string? posted = null;
        foreach (var dead in new[] { forged, withdrawn.Token, expired.Token, replaced.Token })
        {
            form.SetAttribute("action", $"/{zone.Code}/partner/{dead}?handler=Open");
            var answer = await them.Send("/", form, [KeyValuePair.Create("Code", "00000000")]);
            var told = Same(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), dead);
            Assert.Equal((HttpStatusCode.NotFound, posted ??= told), (answer.StatusCode, told));
            Assert.DoesNotContain("<form", told[told.IndexOf("<main", StringComparison.Ordinal)..told.IndexOf("</main", StringComparison.Ordinal)], StringComparison.Ordinal);
        }
        // What could be read is gone once the time is over.
        await zone.RunJobs();
        Assert.Equal(1, await zone.Look(z => z.Set<Link>().CountAsync(l => l.Content != null)));

        static async Task<string> Bytes(Visit visit, string token)
        {
            var answer = await visit.Get($"/partner/{token}");
            return answer.StatusCode == HttpStatusCode.NotFound ? Same(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), token) : "alive";
        }

        static string Same(string text, string token) => text.Replace(token, "TOKEN", StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Five_wrong_codes_lock_what_may_be_read_until_a_new_one_is_given_and_each_is_recorded(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, token, code) = await anna.Refers(dossier, partner);
        var wrong = code == "12345678" ? "87654321" : "12345678";
        using var them = zone.Passer();
        string? said = null;
        for (var i = 0; i < Link.MostWrongCodes; i++) said = (await them.Opens(token, wrong)).QuerySelector("[role=alert].govuk-inset-text")?.TextContent;
        Assert.NotNull(said);
        var right = await them.Opens(token, code);
        Assert.Equal(said, right.QuerySelector("[role=alert].govuk-inset-text")?.TextContent); // who guesses learns nothing
        Assert.Empty(right.QuerySelectorAll("[lang='fr'] dd"));
        Assert.Equal(Link.MostWrongCodes + 1, (await Records(zone)).Count(r => r.Act == "Network.Answers.Answer.Open" && r.Payload.Contains("wrong-code", StringComparison.Ordinal) && r.Subject == dossier));
        await zone.RunJobs();
        Assert.Contains((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.PartnerLocked);
        Assert.True((await anna.Send(new Show.Query(dossier, referral))).IsLocked);
        // To answer needs no code.
        await them.Answers(token, PartnerAnswers.TakenUp);
        var once = Guid.NewGuid();
        var fresh = await anna.Send(new Send.NewCode(dossier, referral, once));
        Assert.Null(await anna.Send(new Send.NewCode(dossier, referral, once)));
        Assert.NotEmpty((await them.Opens(token, fresh!)).Lines("[lang='fr']"));
        // At rest there is no code and no token.
        var link = await zone.Look(z => z.Set<Link>().AsNoTracking().SingleAsync());
        Assert.DoesNotContain(fresh!, Convert.ToHexString(link.CodeHash!), StringComparison.Ordinal);
        Assert.Equal(Link.Hash(token), link.TokenHash);
        Assert.True(Convert.FromBase64String(token.Replace('-', '+').Replace('_', '/') + "=").Length * 8 >= 128);
    }

    [Theory, EveryEngine]
    public async Task Whether_it_counts_is_decided_when_it_is_accepted_and_two_of_a_person_do(string engine)
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On(engine));
        var refused = await anna.Offers(dossier, partner, ReferralState.Refused);
        var offered = await anna.Offers(dossier, partner, ReferralState.Offered);
        foreach (var name in new[] { "CAW Een", "CAW Twee" }) await anna.Offers(dossier, await anna.Send(Referring.Partner(name)));
        Assert.Equal([null, null, true, true], await Decided());
        await anna.Agrees(dossier, offered); // a third, by consent
        Assert.Equal([null, false, true, true], await Decided());
        await anna.Agrees(dossier, offered, SharedField.Name); // another version decides nothing
        await anna.Turns(dossier, offered, ReferralState.Withdrawn);
        Assert.Equal([null, false, true, true], await Decided());

        async Task<bool?[]> Decided() => [.. (await zone.Look(z => z.Set<Referral>().AsNoTracking().ToListAsync())).OrderBy(r => r.Id != refused).ThenBy(r => r.Id != offered).ThenBy(r => r.Id).Select(r => r.Counts)];
    }

    [Theory, EveryEngine]
    public async Task Received_and_nothing_more_in_time_it_comes_back_once_and_stays_received(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, token, _) = await anna.Refers(dossier, partner);
        var (second, said, _) = await anna.Refers(dossier, partner);
        using var them = zone.Passer();
        platform.Clock.Advance(TimeSpan.FromDays(9));
        foreach (var link in new[] { token, said }) await them.Answers(link, PartnerAnswers.Received);
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(9.9)); // as long again as the zone waits for an answer
        await them.Answers(said, PartnerAnswers.TakenUp);
        await zone.RunJobs();
        Assert.Equal((0, ReferralState.Received), (await Back(), await anna.StateOf(dossier, referral)));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow().AddDays(0.2));
        platform.Clock.Advance(TimeSpan.FromDays(0.2));
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(11));
        await zone.RunJobs();
        Assert.Equal((1, ReferralState.Received, ReferralState.TakenUp), (await Back(), await anna.StateOf(dossier, referral), await anna.StateOf(dossier, second)));
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "anna") && l.Key.StartsWith("reminder", StringComparison.Ordinal));

        async Task<int> Back() => (await anna.Opens(dossier)).Planned.Count(a => a.Kind == ActKind.Referral);
    }

    [Theory, EveryEngine]
    public async Task Without_an_answer_in_time_it_comes_back_to_its_worker(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, token, _) = await anna.Refers(dossier, partner);
        platform.Clock.Advance(TimeSpan.FromDays(9.9));
        await zone.RunJobs();
        Assert.Equal(ReferralState.Sent, await anna.StateOf(dossier, referral));
        platform.Clock.Advance(TimeSpan.FromDays(0.2));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(ReferralState.NoAnswer, await anna.StateOf(dossier, referral));
        Assert.Single((await anna.Opens(dossier)).Planned, a => a.Kind == ActKind.Referral);
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "anna"));
        Assert.Equal(ReferralState.NoAnswer, Assert.Single((await anna.Send(new Waiting.Query())).Rows).State);
        // A late answer is an answer.
        using var them = zone.Passer();
        await them.Answers(token, PartnerAnswers.CannotTakeUp);
        await zone.RunJobs();
        Assert.Equal(ReferralState.CannotTakeUp, await anna.StateOf(dossier, referral));
        Assert.Equal(2, (await anna.Opens(dossier)).Planned.Count(a => a.Kind == ActKind.Referral));
        Assert.Empty((await anna.Send(new Waiting.Query())).Rows);
    }

    [Fact]
    public async Task A_new_version_ends_what_was_sent_before()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var (referral, token, code) = await anna.Refers(dossier, partner, SharedField.Name, SharedField.Phone);
        await anna.Agrees(dossier, referral, SharedField.Name);
        using var them = zone.Passer();
        await them.IsDead(token);
        var sent = await anna.Sends(dossier, referral);
        Assert.Single((await them.Opens(sent.Token!, sent.Code!)).Lines("[lang='fr']"));
        Assert.NotEqual(code, sent.Code);
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.Equal([2, 1], view.Consents.Select(c => c.Consent.Version));
        Assert.Equal(1, view.Consents[1].Content.Lines.Count(l => l.Value.Contains("0470", StringComparison.Ordinal))); // what was agreed to first stands as it was
    }

    [Fact]
    public async Task Where_somebody_said_never_and_where_an_address_is_secret_it_is_not_offered_and_does_not_go()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Address = "Rue Zzrue 1", Mail = "zz@mail.example" });
        var referral = await anna.Offers(dossier, partner);
        var before = (await anna.Send(new Agree.Query(dossier, referral, [], null))).Possible;
        Assert.Superset(new HashSet<SharedField> { SharedField.Phone, SharedField.Mail, SharedField.Address }, before.ToHashSet());
        await anna.Agrees(dossier, lead, s => s with { Call = Rule.Never, Sms = Rule.Never, Mail = Rule.Never });
        await anna.Endangers(dossier, Danger.AddressSecret);
        var after = (await anna.Send(new Agree.Query(dossier, referral, [], null))).Possible;
        Assert.Equal([SharedField.Phone, SharedField.Mail, SharedField.Address], before.Except(after));
        // Forced into the form, it does not go either.
        await anna.Send(await anna.Consent(dossier, referral, null, [SharedField.Name, SharedField.Phone, SharedField.Mail, SharedField.Address]));
        Assert.Equal("Peet Peeters", Assert.Single(Assert.Single((await anna.Send(new Show.Query(dossier, referral))).Consents).Content.Lines).Value);
    }

    [Theory, EveryEngine]
    public async Task A_rule_that_changes_takes_back_what_a_partner_would_be_told_until_consent_is_asked_anew(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var lead = await anna.LeadOf(dossier);
        var (waiting, open, agreed, said, named) = (await anna.Offers(dossier, partner), await anna.Offers(dossier, partner), await anna.Offers(dossier, partner), await anna.Offers(dossier, partner), await anna.Offers(dossier, partner));
        foreach (var each in new[] { waiting, open, agreed, said }) await anna.Agrees(dossier, each, SharedField.Name, SharedField.Phone);
        await anna.Agrees(dossier, named, SharedField.Name);
        await anna.Sends(dossier, waiting, SentAs.Mail);
        await anna.Sends(dossier, said, SentAs.Phone);
        var (sheet, other) = (await anna.Sends(dossier, open), await anna.Sends(dossier, named));
        using var them = zone.Passer();
        // What says the same as before stays.
        await anna.Agrees(dossier, lead, s => s with { Visit = Rule.Never });
        Assert.Equal(HttpStatusCode.OK, (await them.Get($"/partner/{sheet.Token}")).StatusCode);
        await anna.Agrees(dossier, lead, s => s with { Call = Rule.Never });
        await them.IsDead(sheet.Token!);
        Assert.NotEmpty((await them.Opens(other.Token!, other.Code!)).Lines("[lang='fr']"));
        Assert.Equal(1, await zone.Look(z => z.Set<Link>().CountAsync(l => l.Content != null)));
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Mailbox);
        foreach (var (referral, state) in new[] { (waiting, ReferralState.Accepted), (open, ReferralState.Sent), (agreed, ReferralState.Accepted) })
        {
            var view = await anna.Send(new Show.Query(dossier, referral));
            Assert.Equal((state, null, null), (view.Referral.State, view.Referral.ConsentId, view.Referral.Waiting));
            Assert.Contains("Redemander le consentement", Assert.Single(view.CameBack), StringComparison.Ordinal);
            Assert.Contains(view.History, m => m.Kind == MilestoneKind.TakenBack && m.By == anna.Id);
            await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Mail, Consent = view.Consents[0].Consent.Id }));
        }
        // Of what was said by telephone nothing can leave any more, and the partner still knows it: it comes back too, once, so that somebody tells them. What would say nothing else stays.
        Assert.Contains("lui dire ce qui a changé", Assert.Single((await anna.Send(new Show.Query(dossier, said))).CameBack), StringComparison.Ordinal);
        await anna.Agrees(dossier, lead, s => s with { Sms = Rule.Never });
        Assert.Single((await anna.Send(new Show.Query(dossier, said))).CameBack);
        Assert.Empty((await anna.Send(new Show.Query(dossier, named))).CameBack);
        Assert.Equal(4, (await anna.Opens(dossier)).Planned.Count(a => a.Kind == ActKind.Referral));
        // Asked anew, it goes again, with the rule that holds now.
        await anna.Agrees(dossier, waiting, SharedField.Name, SharedField.Phone);
        await anna.Sends(dossier, waiting, SentAs.Mail);
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == Mailbox);
    }

    [Fact]
    public async Task Another_number_takes_back_a_link_and_so_does_a_second_row_that_says_never()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var lead = await anna.LeadOf(dossier);
        var (_, first, _) = await anna.Refers(dossier, partner, SharedField.Name, SharedField.Phone);
        using var them = zone.Passer();
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Address = "Rue 1" });
        Assert.Equal(HttpStatusCode.OK, (await them.Get($"/partner/{first}")).StatusCode);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Phone = "0470 99 88 77" });
        await them.IsDead(first);
        var (_, second, _) = await anna.Refers(dossier, partner, SharedField.Name, SharedField.Phone);
        var twin = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Peet", FamilyName = "Peeters", Capacity = Capacity.Victim, Language = "fr" });
        await anna.Agrees(dossier, twin, s => s with { Call = Rule.Never });
        Assert.Equal(HttpStatusCode.OK, (await them.Get($"/partner/{second}")).StatusCode);
        await anna.Send(new Merge.Command
        {
            Dossier = dossier, Person = lead, Other = twin, Version = (await anna.Opens(dossier)).Dossier.Version, Name = Merge.Row.Kept, Capacity = Merge.Row.Kept, Sex = Merge.Row.Kept, Birth = Merge.Row.Kept, Language = Merge.Row.Kept, Phone = Merge.Row.Kept, Mail = Merge.Row.Kept, Address = Merge.Row.Kept,
        });
        await them.IsDead(second);
    }

    [Theory, EveryEngine]
    public async Task A_never_said_in_another_dossier_is_told_to_the_partner_too_and_takes_back_what_says_otherwise(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (sent, token, _) = await anna.Refers(dossier, partner, SharedField.Name, SharedField.Phone);
        var waiting = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, waiting, SharedField.Name, SharedField.Phone);
        await anna.Sends(dossier, waiting, SentAs.Mail);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var bert = await zone.Hires("bert", Role.Caseworker);
        var other = await bert.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56"));
        await bert.Agrees(other, await bert.LeadOf(other), s => s with { Call = Rule.Never, Sms = Rule.Never });
        await zone.RunJobs();
        using var them = zone.Passer();
        await them.IsDead(token);
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Mailbox);
        foreach (var referral in new[] { sent, waiting }) Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        Assert.DoesNotContain(SharedField.Phone, (await anna.Send(new Agree.Query(dossier, waiting, [], null))).Possible);
        await anna.Send(await anna.Consent(dossier, waiting, null, [SharedField.Name, SharedField.Phone]));
        Assert.Equal("Peet Peeters", Assert.Single((await anna.Send(new Show.Query(dossier, waiting))).Consents[0].Content.Lines).Value);
    }

    [Theory, EveryEngine]
    public async Task What_would_be_told_today_is_what_was_agreed_to_or_it_does_not_go(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (referral, waiting) = (await anna.Offers(dossier, partner), await anna.Offers(dossier, partner));
        foreach (var each in new[] { referral, waiting }) await anna.Send(await anna.Consent(dossier, each, "Appelez après midi", SharedField.Municipality, SharedField.Message));
        await anna.Sends(dossier, waiting, SentAs.Mail);
        var facts = await anna.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier));
        var send = new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Sheet, Consent = (await anna.Send(new Send.Query(dossier, referral))).Consent!.Id };
        await anna.Send(facts with { Dossier = dossier, Municipality = "Deux-Rives" });
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Mailbox);
        foreach (var each in new[] { referral, waiting })
        {
            var view = await anna.Send(new Show.Query(dossier, each));
            Assert.Equal((ReferralState.Accepted, null, null), (view.Referral.State, view.Referral.Waiting, view.Referral.ConsentId));
            Assert.Single(view.CameBack);
        }
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(send)); // nobody agreed
        using var hers = anna.Visit();
        Assert.NotEmpty((await hers.Page($"/dossiers/{dossier}/referrals/{referral}")).QuerySelectorAll($"main a[href$='/referrals/{referral}/consent']"));
        // Asked anew with what holds today, it goes.
        await anna.Send(await anna.Consent(dossier, referral, "Appelez après midi", SharedField.Municipality, SharedField.Message));
        Assert.NotNull(await anna.Send(send with { Consent = (await anna.Send(new Send.Query(dossier, referral))).Consent!.Id }));
    }

    [Fact]
    public async Task A_partner_is_never_told_that_the_alleged_perpetrator_may_answer()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var lead = await anna.LeadOf(dossier);
        await anna.Agrees(dossier, lead, s => s with { Call = Rule.OnlyIf, Sms = Rule.Never, WhoMayAnswer = "son ami Theo Later", CodeWord = "Magnolia" });
        var referral = await anna.Offers(dossier, partner);
        Assert.Contains("Appeler|seulement si; Qui peut répondre: son ami Theo Later; Mot de passe convenu: Magnolia", await Lines());
        // He turns out to be the alleged perpetrator: then it holds as if nobody had been asked, and his name goes nowhere.
        await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Theo", FamilyName = "Later", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Equal(["Téléphone|0470 12 34 56", "Appeler|pas demandé; Mot de passe convenu: Magnolia", "SMS|jamais"], (await Lines()).Take(3));
        await anna.Agrees(dossier, referral, SharedField.Phone);
        var sent = await anna.Sends(dossier, referral);
        using var them = zone.Passer();
        Assert.DoesNotContain("Later", (await them.Opens(sent.Token!, sent.Code!)).Body!.TextContent, StringComparison.Ordinal);

        async Task<IEnumerable<string>> Lines() => (await anna.Send(new Agree.Query(dossier, referral, [SharedField.Phone], null))).Preview!.Lines.Select(l => $"{l.Label}|{l.Value}");
    }

    [Fact]
    public async Task A_refusal_is_a_result_and_who_is_only_mentioned_is_referred_nowhere()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var refused = await anna.Offers(dossier, partner, ReferralState.Refused, RefusalReason.HasHelp);
        var view = await anna.Send(new Show.Query(dossier, refused));
        Assert.Equal((ReferralState.Refused, RefusalReason.HasHelp), (view.Referral.State, view.Referral.Refusal));
        Assert.Equal(ReferralState.Refused, (ReferralState)Assert.Single(view.History).Code!.Value);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Turns(dossier, refused, ReferralState.Withdrawn));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Send.Query(dossier, refused)));
        var author = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        var command = new Offer.Command { Dossier = dossier, Persons = [author], Need = Need.Support, Partner = partner, Answer = ReferralState.Accepted };
        Assert.Equal("mentioned", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(command))).Code);
        Assert.DoesNotContain((await anna.Send(new Offer.Query(dossier, null, [], null))).Persons, p => p.Id == author);
        // Two who are helped have one each.
        var relative = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Peeters", Capacity = Capacity.Relative, Language = "nl" });
        await anna.Send(command with { Persons = [await anna.LeadOf(dossier), relative] });
        Assert.Equal(2, await zone.Look(z => z.Set<Referral>().Where(r => r.DossierId == dossier && r.State == ReferralState.Accepted).Select(r => r.PersonId).Distinct().CountAsync()));
        // What is no longer offered is offered to nobody.
        await anna.Send(new VictimSupport.Network.Partners.List.End(partner));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(command with { Persons = [relative] }));
    }

    [Fact]
    public async Task A_representative_agrees_only_where_they_stand_in_the_dossier_as_one()
    {
        var (_, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var referral = await anna.Offers(dossier, partner);
        var consent = await anna.Consent(dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative };
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(consent));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await anna.Send(consent with { Representative = await anna.LeadOf(dossier) }))).Code);
        var mother = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Mia", FamilyName = "Peeters", Capacity = Capacity.Representative, Language = "nl" });
        await anna.Send(consent with { Representative = mother });
        Assert.Equal(mother, Assert.Single((await anna.Send(new Show.Query(dossier, referral))).Consents).Consent.Representative);
    }

    [Theory, EveryEngine]
    public async Task What_went_to_a_service_outside_leaves_a_receipt_when_by_which_way_and_whether_it_was_acknowledged(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (_, anna, dossier, partner) = await Begin(platform);
        var referral = await anna.Offers(dossier, partner);
        await anna.Agrees(dossier, referral, SharedField.Name);
        Assert.Null((await anna.Send(new Show.Query(dossier, referral))).Receipt);
        var on = platform.Clock.GetUtcNow();
        await anna.Sends(dossier, referral, SentAs.Sheet);
        using var hers = anna.Visit();
        var path = $"/dossiers/{dossier}/referrals/{referral}";
        Assert.Equal((SentAs.Sheet, (DateTimeOffset?)null), (await anna.Send(new Show.Query(dossier, referral))).Receipt is { } receipt && receipt.Sent - on < TimeSpan.FromMinutes(1) ? (receipt.How, receipt.Acknowledged) : default);
        Assert.Contains("on paper", (await hers.Page(path)).QuerySelector("[data-receipt='out']")!.TextContent, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromHours(3));
        await anna.Turns(dossier, referral, ReferralState.Received, partner: true);
        Assert.Contains("Receipt acknowledged", (await hers.Page(path)).QuerySelector("[data-receipt='acknowledged']")!.TextContent, StringComparison.Ordinal);
        // Sent once more, it is not acknowledged yet.
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await anna.Sends(dossier, referral, SentAs.Mail);
        var again = (await anna.Send(new Show.Query(dossier, referral))).Receipt!.Value;
        Assert.Equal((SentAs.Mail, (DateTimeOffset?)null), (again.How, again.Acknowledged));
    }

    [Fact]
    public async Task Pressed_twice_it_is_one_referral_one_consent_and_one_link()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var offer = new Offer.Command { Dossier = dossier, Persons = [await anna.LeadOf(dossier)], Need = Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() };
        var referral = (await anna.Send(offer))!.Value;
        Assert.Equal(referral, await anna.Send(offer));
        var consent = await anna.Consent(dossier, referral, null, SharedField.Name);
        Assert.Equal(await anna.Send(consent), await anna.Send(consent));
        var send = new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Sheet, Consent = (await anna.Send(new Send.Query(dossier, referral))).Consent!.Id, Once = Guid.NewGuid() };
        Assert.NotNull(await anna.Send(send));
        Assert.Null(await anna.Send(send));
        Assert.Equal((1, 1, 1), await zone.Look(async z => (await z.Set<Referral>().CountAsync(r => r.DossierId == dossier), await z.Set<Consent>().CountAsync(c => c.DossierId == dossier), await z.Set<Link>().CountAsync(l => l.DossierId == dossier))));
    }

    [Theory, EveryEngine]
    public async Task Said_by_telephone_it_is_sent_without_a_link_and_only_what_was_agreed_to(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, _) = await Begin(platform);
        var partner = await anna.Send(Referring.Partner("Telefoon") with { Mailbox = null });
        var referral = await anna.Offers(dossier, partner);
        var send = new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Phone };
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(send)); // nothing was agreed to
        var first = await anna.Agrees(dossier, referral, SharedField.Name);
        var second = await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Language);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(send with { Consent = first })); // nor to this any more
        Assert.Equal(ReferralState.Accepted, await anna.StateOf(dossier, referral));

        // On the page it is what such a partner is asked by, and there is nothing to show once.
        using var hers = anna.Visit();
        var path = $"/dossiers/{dossier}/referrals/{referral}";
        var page = await hers.Page($"{path}/send");
        Assert.Equal(nameof(SentAs.Phone), page.QuerySelector("[name='Form.How'][checked]")!.GetAttribute("value"));
        Assert.Contains("078 15 00 00", page.Body!.TextContent, StringComparison.Ordinal);
        var sent = await hers.Submit($"{path}/send", [], "form:has([name='Form.How'])");
        Assert.Equal($"/{zone.Code}{path}", sent.Headers.Location!.ToString());
        Assert.Equal(0, await zone.Look(z => z.Set<Link>().CountAsync()));
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.Equal((ReferralState.Sent, SentAs.Phone, second, true), (view.Referral.State, view.Referral.SentAs, view.Referral.SentConsent, view.Referral.WentOut));
        Assert.Contains(view.History, m => m.Kind == MilestoneKind.Referral && m.Code == (int)ReferralState.Sent);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Send.NewCode(dossier, referral, default)));

        // Its silence is noticed as any other, and so is a withdrawal: there is no reference that a mail could name.
        platform.Clock.Advance(VictimSupport.Zones.Contracts.ZoneSettings.FederalDefaults.ReferralAnswerWithin);
        await zone.RunJobs();
        Assert.Equal(ReferralState.NoAnswer, await anna.StateOf(dossier, referral));
        await anna.Send(await anna.Send(new VictimSupport.Network.Partners.Edit.Query(partner)) with { Partner = partner, Mailbox = Mailbox });
        await anna.Turns(dossier, referral, ReferralState.Withdrawn);
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Mailbox);
        Assert.Contains((await anna.Send(new Show.Query(dossier, referral))).CameBack, text => text is not null);

        // A link that was sent before is dead, and what comes by it changes nothing.
        var (again, token, _) = await anna.Refers(dossier, partner);
        Assert.Null((await anna.Sends(dossier, again, SentAs.Phone)).Code);
        using var them = zone.Passer();
        await them.IsDead(token);
        Assert.Equal(0, await zone.Look(z => z.Set<Link>().CountAsync(l => l.Content != null)));
    }

    [Fact]
    public async Task A_trainee_sends_nothing_and_for_whom_a_wall_stands_there_is_no_referral()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var (referral, _, _) = await anna.Refers(dossier, partner);
        var tess = zone.As(Role.Trainee);
        await zone.Names(dossier, tess.Id);
        Assert.Equal(ReferralState.Sent, await tess.StateOf(dossier, referral)); // reads
        foreach (var deed in new Func<Person, Task>[] { p => p.Offers(dossier, partner), p => p.Turns(dossier, referral, ReferralState.Withdrawn), p => p.Send(new Send.Query(dossier, referral)), p => p.Send(new Send.NewCode(dossier, referral, default)), p => p.Send(new Send.Command { Dossier = dossier, Referral = referral, How = SentAs.Sheet }), p => p.Send(new Agree.Query(dossier, referral, [], null)) })
            Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => deed(tess))).Code);
        var walled = await zone.Hires("walled", Role.Coordinator);
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5)); // who works here is kept for seconds
        Assert.Single((await walled.Send(new Waiting.Query())).Rows);
        await zone.As(Role.DataProtectionOfficer).Send(new Build.Command { Colleague = walled.Id, Round = Round.Dossier, Number = (await anna.Opens(dossier)).Dossier.Number });
        Assert.Empty((await walled.Send(new Waiting.Query())).Rows);
        foreach (var deed in new Func<Person, Task>[] { p => p.Send(new Show.Query(dossier, referral)), p => p.Turns(dossier, referral, ReferralState.Withdrawn), p => p.Send(new Send.Query(dossier, referral)), p => p.Send(new Send.NewCode(dossier, referral, default)), p => p.Send(new Agree.Query(dossier, referral, [], null)), p => p.Send(new Offer.Query(dossier, null, [], null)) })
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => deed(walled))).Code);
        Assert.Equal(ReferralState.Sent, await anna.StateOf(dossier, referral));
    }

    [Fact]
    public async Task A_referral_of_another_dossier_or_another_zone_is_nothing()
    {
        var platform = await platforms.On("sqlite");
        var (zone, anna, dossier, partner) = await Begin(platform);
        var (other, bert, theirs, elsewhere) = await Begin(platform);
        var (referral, _, _) = await anna.Refers(dossier, partner);
        var second = await anna.Registers(Cases.Intake(zone, "Muster", "Bram"));
        foreach (var (by, place) in new[] { (anna, second), (bert, theirs) })
        {
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => by.Send(new Show.Query(place, referral)))).Code);
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => by.Turns(place, referral, ReferralState.Withdrawn))).Code);
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => by.Send(new Send.NewCode(place, referral, default)))).Code);
        }
        await Assert.ThrowsAsync<ValidationException>(() => bert.Offers(theirs, partner)); // a partner of another zone is none
        Assert.Equal(0, await other.Look(z => z.Set<Referral>().CountAsync()));
    }

    [Fact]
    public async Task Nothing_of_it_is_readable_in_a_record_or_printed_by_a_type_that_holds_it()
    {
        var (zone, anna, dossier, partner) = await Begin(await platforms.On("sqlite"));
        var (_, token, code) = await anna.Refers(dossier, partner, SharedField.Name, SharedField.Phone);
        foreach (var record in await Records(zone)) foreach (var secret in new[] { "Peeters", "0470 12", "470123456", token, code }) Assert.DoesNotContain(secret, record.Payload + record.Act, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("x", new Disclosure("xx", [new("xx", "xx")]).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("x", new DisclosedLine("xx", "xx").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("x", new Send.Sent("xx", "xx", default).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("x", new LinkMail.Leaving(default, default, default, "xx", "xx", default).ToString(), StringComparison.Ordinal);
    }

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Partner)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "Robbery"));
        return (zone, anna, dossier, await anna.Send(Referring.Partner()));
    }

    private static Task<List<AuditRow>> Records(TestZone zone) => zone.Look(z => z.Set<AuditRow>().AsNoTracking().ToListAsync());

    // What a browser would send of the page as it stands, and what is typed into it.
    private static FormUrlEncodedContent Form(AngleSharp.Html.Dom.IHtmlDocument page, IEnumerable<(string Name, string Value)> typed)
    {
        var own = page.QuerySelectorAll("main form input[type=hidden], main form input[type=date]").OfType<AngleSharp.Html.Dom.IHtmlInputElement>().Where(i => i.Name is { Length: > 0 }).Select(i => (i.Name!, i.Value));
        return new FormUrlEncodedContent(own.Concat(typed).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
    }

    [GeneratedRegex("/partner/(?<token>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
