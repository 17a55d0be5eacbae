using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>SMS and e-mail to somebody who is helped: neutral, by the gate, once, and not at all when a rule changes first.</summary>
public sealed class MessageTests(Platforms platforms)
{
    private static readonly Dictionary<string, string?> NeutralSender = new() { ["Texts:From"] = "agenda@mail.example" };
    private static readonly Dictionary<string, string?> Provider = new() { ["SmsGateway:Address"] = "{number}@sms.example", ["SmsGateway:From"] = "agenda@mail.example" };

    [Theory, EveryEngine]
    public async Task A_message_leaves_once_from_a_neutral_sender_and_says_nothing_more_than_was_written(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Send(await Message(worker, dossier, person, "Thursday at ten is fine. Until then."));
        await zone.RunJobs();
        await zone.RunJobs();
        var mail = Assert.Single(platform.Post.Letters, l => l.To == "ada@example.org");
        Assert.Equal(("agenda@mail.example", "Un message", "Thursday at ten is fine. Until then."), (mail.From, mail.Subject, mail.Text));
        Assert.Equal(MessageState.Sent, (await Messages(zone)).Single().State);
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "Message sent to the person");
    }

    [Theory, EveryEngine]
    public async Task By_a_providers_gateway_a_text_message_leaves_once_for_the_number_meant_for_it_and_not_where_the_rule_is_never(string engine)
    {
        await using var platform = Platform.Start(engine, Provider);
        var (zone, worker, dossier, person) = await Reachable(platform);
        using var visit = worker.Visit();
        var page = (await visit.Page($"/dossiers/{dossier}/people/{person}/message")).Body!.TextContent;
        Assert.DoesNotContain("No SMS provider is set up", page, StringComparison.Ordinal);
        Assert.Contains("No neutral sender for e-mail is set up", page, StringComparison.Ordinal);
        await worker.Agrees(dossier, person, r => r with { SmsNumber = "0470 99 88 77" });
        await worker.Send(await Message(worker, dossier, person, "Thursday at ten is fine.") with { Channel = Channel.Sms });
        await zone.RunJobs();
        await zone.RunJobs();
        var sms = Assert.Single(Texts());
        Assert.Equal(("32470998877@sms.example", "agenda@mail.example", "", "Thursday at ten is fine."), (sms.To, sms.From, sms.Subject, sms.Text));
        await worker.Agrees(dossier, person, r => r with { SmsNumber = "02 279 22 11" }); // a landline takes none
        await Assert.ThrowsAsync<RefusedException>(async () => await worker.Send(await Message(worker, dossier, person, "Nobody reads this.") with { Channel = Channel.Sms }));
        await worker.Agrees(dossier, person, r => r with { SmsNumber = "0470 99 88 77" });
        await worker.Send(await Message(worker, dossier, person, "One more.") with { Channel = Channel.Sms });
        await worker.Agrees(dossier, person, r => r with { Sms = Rule.Never });
        await zone.RunJobs();
        Assert.Single(Texts());

        List<VictimSupport.Foundation.Mail.Letter> Texts() => [.. platform.Post.Letters.Where(l => l.To.EndsWith("@sms.example", StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task A_rule_that_changes_drops_what_waits_in_the_same_transaction(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Send(await Message(worker, dossier, person, "Until Thursday."));
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Never });
        Assert.Equal((MessageState.Dropped, Bar.RuleChanged), Assert.Single((await Messages(zone)).Select(m => (m.State, m.Why))));
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "ada@example.org");
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "What waited to go out was dropped");
    }

    [Fact]
    public async Task Another_address_drops_it_too_and_so_does_the_hour()
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Send(await Message(worker, dossier, person, "One."));
        var now = await worker.Send(new Edit.Query(dossier, person, "fr"));
        await worker.Send(now with { Dossier = dossier, Person = person, Mail = "other@example.org" });
        Assert.Equal(Bar.Changed, Assert.Single(await Messages(zone)).Why);
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, From = new TimeOnly(8, 0), Until = new TimeOnly(12, 0) });
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Send(await Message(worker, dossier, person, "Two."));
        platform.Clock.Advance(TimeSpan.FromHours(4)); // the mail server was away meanwhile, say
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To.EndsWith("@example.org", StringComparison.Ordinal));
        Assert.Equal([Bar.Changed, Bar.Hours], (await Messages(zone)).Select(m => m.Why));
    }

    [Theory, EveryEngine]
    public async Task Under_a_condition_it_leaves_at_once_or_comes_back_to_whoever_wrote_it(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.OnlyIf, WhatMayBeSaid = "while he is at work" });
        await worker.Send(await Message(worker, dossier, person, "In time."));
        platform.Clock.Advance(TimeSpan.FromMinutes(14));
        await zone.RunJobs();
        Assert.Equal("In time.", Assert.Single(platform.Post.Letters, l => l.To == "ada@example.org").Text);
        Assert.DoesNotContain((await worker.Opens(dossier)).Planned, a => a.Kind == ActKind.Other);

        await worker.Send(await Message(worker, dossier, person, "Too late."));
        platform.Clock.Advance(TimeSpan.FromMinutes(16)); // the mail server was away meanwhile, say
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == "ada@example.org");
        Assert.Equal((MessageState.Dropped, Bar.Late), (await Messages(zone)).Select(m => (m.State, m.Why)).Last());
        var act = Assert.Single((await worker.Opens(dossier)).Planned, a => a.Kind == ActKind.Other);
        Assert.Equal((worker.Id, person), (act.By, Assert.Single(act.Persons)));
        Assert.NotNull(act.Text);

        // What was called simply safe may wait.
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe });
        await worker.Send(await Message(worker, dossier, person, "Any time."));
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await zone.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.Text == "Any time.");
    }

    [Theory, EveryEngine]
    public async Task A_never_in_another_dossier_takes_back_what_waits_here_and_its_record_names_no_dossier_but_its_own(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe, Visit = Rule.Safe });
        await worker.Send(new VictimSupport.Casework.Letters.Prepare.Command { Dossier = dossier, Person = person, Kind = VictimSupport.Casework.Letters.LetterKind.Recontact, Language = "fr", Text = "Bonjour", Shown = (await worker.RulesOf(dossier, person)).Revision });
        await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true });
        platform.Post.Failing = new TimeoutException("away"); // it waits
        await worker.Send(await Message(worker, dossier, person, "Until Thursday."));
        await zone.RunJobs();
        // Somebody for whom this dossier does not exist writes down what the same person says in theirs.
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var colleague = zone.As(Role.Caseworker);
        var (other, same) = await colleague.Knows(zone, "Rue 1", mail: "ada@example.org");
        await colleague.Agrees(other, same, r => r with { Mail = Rule.Never, Letter = Rule.Never, Visit = Rule.Never });
        await zone.RunJobs();
        Assert.Equal((MessageState.Dropped, Bar.Never), Assert.Single((await Messages(zone)).Select(m => (m.State, m.Why))));
        Assert.Equal((VictimSupport.Casework.Letters.LetterState.Dropped, Bar.Never), Assert.Single((await zone.Look(z => z.Set<VictimSupport.Casework.Letters.Letter>().ToListAsync())).Select(l => (l.State, l.Why))));
        var opened = await worker.Opens(dossier);
        Assert.Single(opened.Timeline, h => h.Title == "What waited to go out was dropped");
        Assert.Equal([ActKind.Visit, ActKind.Other], opened.Planned.Where(a => a.Kind is ActKind.Visit or ActKind.Other).Select(a => a.Kind).Order());
        Assert.All(opened.Planned.Where(a => a.Kind is ActKind.Visit or ActKind.Other), a => Assert.Equal([person], a.Persons));
        // In the record of who wrote it down, and in the job's, nothing leads from one dossier to the other.
        foreach (var row in await zone.Look(z => z.Set<VictimSupport.Foundation.Audit.AuditRow>().AsNoTracking().ToListAsync()))
        {
            var own = row.Payload + row.Subject;
            Assert.False(own.Contains(dossier.ToString(), StringComparison.OrdinalIgnoreCase) && own.Contains(other.ToString(), StringComparison.OrdinalIgnoreCase), row.Payload);
            if (row.Actor == colleague.Id) Assert.DoesNotContain(dossier.ToString(), own, StringComparison.OrdinalIgnoreCase);
        }
        // Confirmed there, nothing comes back a second time; and what is queued after they were asked here anew stays.
        await colleague.Send(new StillGood.Command(other, same, (await colleague.RulesOf(other, same)).Revision));
        await zone.RunJobs();
        Assert.Equal(opened.Planned.Count, (await worker.Opens(dossier)).Planned.Count);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe });
        await worker.Send(await Message(worker, dossier, person, "As you wish."));
        platform.Post.Failing = null;
        await zone.RunJobs();
        Assert.Equal("As you wish.", Assert.Single(platform.Post.Letters, l => l.To == "ada@example.org").Text);
    }

    [Theory, EveryEngine]
    public async Task What_waits_when_the_dossier_is_closed_does_not_go_and_whoever_closes_it_is_told(string engine)
    {
        await using var platform = Platform.Start(engine, NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        platform.Post.Failing = new TimeoutException("away");
        await worker.Send(await Message(worker, dossier, person, "Until Thursday."));
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Close.Closing.AndDropped, await worker.ClosesAtOnce(dossier));
        Assert.Equal((MessageState.Dropped, Bar.Ended), Assert.Single((await Messages(zone)).Select(m => (m.State, m.Why))));
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "What waited to go out was dropped");
        platform.Post.Failing = null;
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "ada@example.org");
        // Written after that, to say goodbye, it goes.
        await worker.Send(await Message(worker, dossier, person, "All the best."));
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.To == "ada@example.org");
    }

    [Fact]
    public async Task One_of_a_dossier_that_was_closed_by_another_door_does_not_go_either()
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Send(await Message(worker, dossier, person, "Until Thursday."));
        DateTimeOffset? closed = platform.Clock.GetUtcNow().AddSeconds(30);
        await zone.Handle.Database.Write(new VictimSupport.Foundation.Secrecy.Keyring(zone.Handle.Keys), async z =>
        {
            await z.Set<Dossier>().ExecuteUpdateAsync(set => set.SetProperty(d => d.Closed, closed));
            return new Written<bool>(true, new VictimSupport.Foundation.Audit.AuditRecord(default, null, "Test.Plant", null, "{}"));
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == "ada@example.org");
        Assert.Equal((MessageState.Dropped, Bar.Ended), Assert.Single((await Messages(zone)).Select(m => (m.State, m.Why))));
    }

    [Fact]
    public async Task What_the_gate_stops_when_it_leaves_comes_back_to_whoever_wrote_it()
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        await worker.Agrees(dossier, person, r => r with { From = new TimeOnly(8, 0), Until = new TimeOnly(12, 0) });
        await worker.Send(await Message(worker, dossier, person, "Until Thursday."));
        platform.Clock.Advance(TimeSpan.FromHours(4));
        await zone.RunJobs();
        var act = Assert.Single((await worker.Opens(dossier)).Planned, a => a.Kind == ActKind.Other);
        Assert.Equal(worker.Id, act.By);
        Assert.Contains(VictimSupport.Design.Html.Spoken.In("fr", () => VictimSupport.Casework.Words.Of(Bar.Hours)), act.Text!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_provider_is_set_up_the_page_says_so_and_nothing_is_queued()
    {
        var (zone, worker, dossier, person) = await Reachable(await platforms.On("sqlite"));
        using var visit = worker.Visit();
        var page = (await visit.Page($"/dossiers/{dossier}/people/{person}/message")).Body!.TextContent;
        Assert.Contains("No SMS provider is set up", page, StringComparison.Ordinal);
        Assert.Contains("No neutral sender for e-mail is set up", page, StringComparison.Ordinal);
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await Message(worker, dossier, person, "Hello")))).Errors, e => e.PropertyName == "Channel");
        Assert.Empty(await Messages(zone));
    }

    [Theory]
    [InlineData("The police will call you"), InlineData("Uw slachtofferbejegenaar"), InlineData("Ihr Opferbeistand"), InlineData("À propos des violences"), InlineData("Politie")]
    public async Task What_would_tell_others_is_turned_back_at_its_field_and_kept(string text)
    {
        await using var platform = Platform.Start("sqlite", NeutralSender);
        var (zone, worker, dossier, person) = await Reachable(platform);
        using var visit = worker.Visit();
        var refused = await visit.Submit($"/dossiers/{dossier}/people/{person}/message", new Dictionary<string, string> { ["Form.Channel"] = "Mail", ["Form.Text"] = text });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(text, (await Visit.Read(refused)).QuerySelector("[name='Form.Text']")!.TextContent.Trim());
        Assert.Empty(await Messages(zone));
    }

    private static async Task<(TestZone Zone, Person Worker, Guid Dossier, Guid Person)> Reachable(Platform platform)
    {
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1", mail: "ada@example.org");
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, Sms = Rule.Safe });
        return (zone, worker, dossier, person);
    }

    private static async Task<Text.Command> Message(Person worker, Guid dossier, Guid person, string text) =>
        new() { Dossier = dossier, Person = person, Channel = Channel.Mail, Text = text, Shown = (await worker.RulesOf(dossier, person)).Revision };

    private static Task<List<Message>> Messages(TestZone zone) => zone.Look(z => z.Set<Message>().AsNoTracking().OrderBy(m => m.Id).ToListAsync());
}
