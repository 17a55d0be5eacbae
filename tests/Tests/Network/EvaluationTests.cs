using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Links;
using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Network;

/// <summary>What those who took part thought: once each, by a link of their own, in their language, and without their names.</summary>
public sealed class EvaluationTests(Platforms platforms)
{
    private static readonly Dictionary<string, string> Marks = new() { ["Form.Useful"] = "5", ["Form.Clear"] = "4", ["Form.Trainer"] = "3", ["Form.Organised"] = "2", ["Form.Remark"] = "Zzremark" };

    [Theory, EveryEngine]
    public async Task Whose_address_was_wrong_is_asked_anew_and_the_link_in_the_other_mailbox_is_dead(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout", mailbox: "wrong@police.example", language: "nl"));
        Assert.Equal(1, await cora.Send(new Evaluations.Ask(training)));
        await zone.RunJobs();
        await zone.RunJobs();
        var token = TokenIn(Assert.Single(platform.Post.Letters, l => l.To == "wrong@police.example").Text);
        var form = (await cora.Send(new Correct.Query(training, people[0]))).Form with { Training = training, Participant = people[0] };
        await cora.Send(form with { Unit = "Wijk" }); // the same address: nothing is asked anew
        Assert.Equal(0, await cora.Send(new Evaluations.Ask(training)));
        form = form with { Turn = (await cora.Send(new Correct.Query(training, people[0]))).Form.Turn, Mailbox = "wout@police.example" };
        await cora.Send(form);
        using var reader = zone.Passer();
        Assert.Equal(HttpStatusCode.NotFound, (await reader.Get($"/evaluation/{token}")).StatusCode);
        Assert.Equal(1, await cora.Send(new Evaluations.Ask(training)));
        await zone.RunJobs();
        await zone.RunJobs();
        var anew = TokenIn(Assert.Single(platform.Post.Letters, l => l.To == "wout@police.example").Text);
        Assert.Equal(HttpStatusCode.OK, (await reader.Get($"/evaluation/{anew}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task By_mail_in_the_language_of_whoever_was_there_answered_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout", mailbox: "ann@police.example", language: "nl"), Giving.Colleague(default, "Xena", mailbox: "bas@police.example", language: "de"), Giving.Colleague(default, "Yves"));
        await cora.Enters(training, "Zita", mailbox: "dora@police.example"); // was not there: is not asked
        Assert.Equal(2, await cora.Send(new Evaluations.Ask(training)));
        Assert.Equal(0, await cora.Send(new Evaluations.Ask(training)));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(["ann@police.example Uw mening over een opleiding", "bas@police.example Ihre Meinung zu einer Fortbildung"], platform.Post.Letters.Select(l => $"{l.To} {l.Subject}").Order(StringComparer.Ordinal));
        var token = TokenIn(platform.Post.Letters.Single(l => l.To.StartsWith("ann", StringComparison.Ordinal)).Text);
        Assert.DoesNotContain(await zone.Look(z => z.Set<Link>().ToListAsync()), l => l.TokenHash.Contains(token, StringComparison.Ordinal)); // kept as a hash only

        using var ann = zone.Passer();
        var page = await ann.Page($"/evaluation/{token}"); // the browser speaks English
        Assert.Equal("nl", page.QuerySelector("main div[lang]")!.GetAttribute("lang"));
        Assert.Contains("Uw mening over de opleiding", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Wout", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("stressteam", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal); // whoever was touched by it may ask for a talk
        var unfinished = await ann.Submit($"/evaluation/{token}", Marks.Where(m => m.Key != "Form.Clear"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unfinished.StatusCode);
        var again = await Visit.Read(unfinished);
        Assert.Contains("Kies een cijfer", again.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Zzremark", again.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        var done = await ann.Submit($"/evaluation/{token}", Marks);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        var thanks = await Visit.Read(done);
        Assert.NotNull(thanks.QuerySelector("[role=status]"));
        Assert.Contains("stressteam", thanks.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ann.Get($"/evaluation/{token}")).StatusCode);
        Assert.Equal(1, (await cora.Send(new Evaluations.Query(training))).Answers);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Evaluations.Paper(training, people[0])))).Code); // who has a mailbox gets no link that others see
        Assert.Empty(await CanaryTests.Holding(zone, "Zzremark"));
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains("Zzremark", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Of_a_training_over_two_years_each_answer_counts_once(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout"));
        await cora.Send(zone.Sitting(training, 50));
        Assert.True(await cora.Send(Answer((await cora.Send(new Evaluations.Paper(training, people[0]))).Token, 5)));
        platform.Clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal((0, 1), (await Answers(2026), await Answers(2027)));

        Task<int> Answers(int year) => zone.Look(async z => (await new TrainingCounts(z, platform.Clock).In(year, TestContext.Current.CancellationToken)).Single(c => c.Row == "evaluations").Count);
    }

    [Theory, EveryEngine]
    public async Task Whose_mail_got_lost_is_asked_again_and_whoever_has_answered_is_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, _, _) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout", mailbox: "ann@police.example"), Giving.Colleague(default, "Xena", mailbox: "bas@police.example"), Giving.Colleague(default, "Yves"));
        Assert.Equal(0, await cora.Send(new Evaluations.AskAgain(training))); // nobody was asked yet
        Assert.Equal(2, await cora.Send(new Evaluations.Ask(training)));
        await zone.RunJobs();
        await zone.RunJobs();
        var (lost, had) = (Token("ann"), Token("bas"));
        Assert.True(await cora.Send(Answer(had, 5)));
        // Who answered is noted, and not by which answer: not in the audit either.
        var received = Assert.Single(await zone.Look(z => z.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(r => r.Act == "Network.Trainings.Evaluate").ToListAsync()));
        Assert.Contains("Participant changed", received.Payload, StringComparison.Ordinal);
        Assert.DoesNotContain("Evaluation ", received.Payload, StringComparison.Ordinal);
        Assert.Equal((0, 0), ((await cora.Send(new Evaluations.Query(training))).ToAskAgain, await cora.Send(new Evaluations.AskAgain(training)))); // not twice a day
        platform.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, (await cora.Send(new Evaluations.Query(training))).ToAskAgain);
        using var visit = cora.Visit();
        var page = (await visit.Page($"/trainings/{training}/evaluations")).QuerySelector("main form[action*='handler=AskAgain']")!.ParentElement!;
        foreach (var name in new[] { "Wout", "Xena", "ann@" }) Assert.DoesNotContain(name, page.TextContent, StringComparison.Ordinal); // how many, never who
        await visit.Submit($"/trainings/{training}/evaluations", [], "main form[action*='handler=AskAgain']");
        Assert.Equal(0, await cora.Send(new Evaluations.AskAgain(training))); // pressed twice
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(["ann@police.example", "ann@police.example", "bas@police.example"], platform.Post.Letters.Select(l => l.To).Order(StringComparer.Ordinal));
        var anew = Token("ann");
        Assert.NotEqual(lost, anew);
        Assert.False(await cora.Send(Answer(lost, 5)));
        Assert.True(await cora.Send(Answer(anew, 4)));
        Assert.False(await cora.Send(Answer(anew, 4)));
        Assert.Equal(2, (await cora.Send(new Evaluations.Query(training))).Answers);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await cora.Send(new Evaluations.AskAgain(training)));

        string Token(string box) => TokenIn(platform.Post.Letters.Last(l => l.To.StartsWith(box, StringComparison.Ordinal)).Text);
    }

    [Fact]
    public async Task Two_presses_at_once_are_one_answer()
    {
        foreach (var engine in Platforms.Engines)
        {
            var zone = await (await platforms.On(engine)).Zone();
            var cora = zone.As(Role.Coordinator);
            var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout"));
            var link = await cora.Send(new Evaluations.Paper(training, people[0]));
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cora.Send(Answer(link.Token, 5))));
            Assert.Equal(1, answers.Count(a => a));
            Assert.Equal(1, (await cora.Send(new Evaluations.Query(training))).Answers);
        }
    }

    [Theory, EveryEngine]
    public async Task It_is_shown_as_means_and_remarks_five_answers_at_a_time(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, year) = (zone.As(Role.Coordinator), zone.Today().Year);
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, [.. Enumerable.Range(1, 10).Select(i => Giving.Colleague(default, "Wout" + (char)('a' + i), mailbox: $"wout{i}@police.example"))]);
        foreach (var (person, mark) in people.Take(5).Zip([5, 4, 4, 4, 4]))
        {
            var before = await cora.Send(new Evaluations.Query(training));
            Assert.Empty(before.Means);
            Assert.Empty(before.Remarks);
            Assert.Null((await cora.Send(new VictimSupport.Network.Trainings.List.Query(year, null))).Given.MarkHundredths);
            Assert.True(await cora.Send(Answer(await ByMail(cora, person), mark) with { Remark = "Remark " + mark }));
        }
        using var visit = cora.Visit();
        var page = (await visit.Page($"/trainings/{training}/evaluations")).QuerySelector("main")!;
        Assert.Equal(["4.2", "1.0", "1.0", "1.0"], page.QuerySelectorAll("tbody td:nth-child(2)").Select(c => c.TextContent.Replace(',', '.')));
        Assert.Equal(["Remark 4", "Remark 4", "Remark 4", "Remark 4", "Remark 5"], page.QuerySelectorAll("blockquote").Select(c => c.TextContent));
        Assert.DoesNotContain("Wout", page.QuerySelector("section[aria-labelledby=remarks]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(180, (await Year()).MarkHundredths); // (21 + 5×3) ÷ 20
        // Whoever looks before and after one more answer learns nothing of it, up to the tenth.
        foreach (var person in people.Skip(5))
        {
            var now = await cora.Send(new Evaluations.Query(training));
            Assert.Equal((5, 180), (now.Shown, (await Year()).MarkHundredths));
            Assert.Equal("4.2", now.Means[0].Mean.Replace(',', '.'));
            Assert.DoesNotContain("Remark 1", now.Remarks);
            Assert.True(await cora.Send(Answer(await ByMail(cora, person), 1) with { Remark = "Remark 1" }));
        }
        var all = await cora.Send(new Evaluations.Query(training));
        Assert.Equal((10, 10, "2.6", 10), (all.Answers, all.Shown, all.Means[0].Mean.Replace(',', '.'), all.Remarks.Count));
        Assert.Equal((10, 10), ((await Year()).Answers, (await Year()).Marked));

        async Task<YearOfTrainings> Year() => (await cora.Send(new VictimSupport.Network.Trainings.List.Query(year, null))).Given;
    }

    [Theory, EveryEngine]
    public async Task Whoever_keeps_the_training_cannot_bare_one_answer_with_others_that_they_gave_themselves(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        // One real colleague; others whom the keeper made up, on paper and under spellings of one mailbox.
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1,
            [Giving.Colleague(default, "Real", mailbox: "real@police.example"), .. Enumerable.Range(1, 6).Select(i => Giving.Colleague(default, "Paper" + (char)('a' + i))), .. Enumerable.Range(1, 5).Select(i => Giving.Colleague(default, "Plus" + (char)('a' + i), "Plus", $"Keeper+{i}@police.example")),
             .. Enumerable.Range(1, 3).Select(i => Giving.Colleague(default, "True" + (char)('a' + i), mailbox: $"true{i}@police.example"))]);
        Assert.True(await cora.Send(Answer(await ByMail(cora, people[0]), 1) with { Remark = "Zzreal" }));
        foreach (var paper in people[1..7]) Assert.True(await cora.Send(Answer((await cora.Send(new Evaluations.Paper(training, paper))).Token, 5)));
        foreach (var plus in people[7..12]) Assert.True(await cora.Send(Answer(await ByMail(cora, plus), 5)));
        Assert.Equal((12, 0, 0), await Seen()); // twelve answers, two mailboxes
        // Three more mailboxes: now everything comes out in one go, what came on paper with it.
        foreach (var one in people[12..14]) Assert.True(await cora.Send(Answer(await ByMail(cora, one), 3)));
        Assert.Equal((14, 0, 0), await Seen());
        Assert.True(await cora.Send(Answer(await ByMail(cora, people[14]), 3)));
        Assert.Equal((15, 15, 1), await Seen());
        // Whether somebody without a mailbox has answered is said nowhere: they stay on the list, and get a link that opens nothing.
        var page = await cora.Send(new Evaluations.Query(training));
        Assert.Equal(6, page.OnPaper.Count);
        var again = await cora.Send(new Evaluations.Paper(training, people[1]));
        Assert.Equal(page.Open + 1, (await cora.Send(new Evaluations.Query(training))).Open);
        Assert.False(await cora.Send(Answer(again.Token, 1)));
        using var reader = zone.Passer();
        Assert.Equal(HttpStatusCode.NotFound, (await reader.Get($"/evaluation/{again.Token}")).StatusCode);
        Assert.Equal((15, 15, 1), await Seen());

        async Task<(int, int, int)> Seen() => await cora.Send(new Evaluations.Query(training)) is var now ? (now.Answers, now.Shown, now.Remarks.Count) : default;
    }

    [Fact]
    public async Task A_link_dies_when_a_new_one_is_made_when_it_is_taken_back_and_when_its_time_is_over()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var (training, _, people) = await cora.Gave(zone, Giving.Plan(), -1, Giving.Colleague(default, "Wout"), Giving.Colleague(default, "Xena", mailbox: "bas@police.example"));
        var absent = await cora.Enters(training, "Yves");
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Evaluations.Paper(training, absent)))).Code);
        using var passer = zone.Passer();
        var first = (await cora.Send(new Evaluations.Paper(training, people[0]))).Token;
        Assert.Equal(HttpStatusCode.OK, (await passer.Get($"/evaluation/{first}")).StatusCode);
        var second = (await cora.Send(new Evaluations.Paper(training, people[0]))).Token;
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Get($"/evaluation/{first}")).StatusCode);
        Assert.Equal(1, await cora.Send(new Evaluations.End(training)));
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Get($"/evaluation/{second}")).StatusCode);
        Assert.False(await cora.Send(Answer(second, 5)));
        var third = (await cora.Send(new Evaluations.Paper(training, people[0]))).Token;
        platform.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Get($"/evaluation/{third}")).StatusCode);
        // One that never was, and that of another zone, are the same.
        foreach (var path in new[] { "/evaluation/nonsense", "/evaluation/" + new string('x', 5_000) }) Assert.Equal(HttpStatusCode.NotFound, (await passer.Get(path)).StatusCode);
        var alive = (await cora.Send(new Evaluations.Paper(training, people[0]))).Token;
        using var elsewhere = (await platform.Zone()).Passer();
        Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.Get($"/evaluation/{alive}")).StatusCode);
        Assert.Equal(0, (await cora.Send(new Evaluations.Query(training))).Answers);
    }

    // As the mail carries it.
    private static async Task<string> ByMail(Person cora, Guid participant) => (await cora.SendAsPlatform(new EvaluationMail.Command(participant)))!.Link.Token;

    private static Evaluate.Command Answer(string token, int useful) => new() { Token = token, Useful = useful, Clear = 1, Trainer = 1, Organised = 1 };

    private static string TokenIn(string text) => text[(text.IndexOf("/evaluation/", StringComparison.Ordinal) + "/evaluation/".Length)..].Split('\n', '\r', ' ')[0];
}
