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
