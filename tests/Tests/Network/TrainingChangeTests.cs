using FluentValidation;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Network.Trainings;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Network;

/// <summary>A training that is moved or cancelled: own colleagues are told, and nobody moves it over another's head.</summary>
public sealed class TrainingChangeTests
{
    [Theory, EveryEngine]
    public async Task Who_takes_part_or_waits_is_told_what_stands_now_in_their_language_and_nobody_else(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan(capacity: 2));
        var session = await cora.Send(zone.Sitting(training, 9));
        await cora.Enters(training, "Wout Exemple", mailbox: "ann@police.example", language: "nl");
        await cora.Enters(training, "Xena Exemple");
        await cora.Enters(training, "Yves Exemple", mailbox: "bas@police.example", language: "de"); // waits
        await cora.Send(new Show.Withdraw(training, await cora.Enters(training, "Zita Exemple", mailbox: "dora@police.example")));
        await Travel();
        Assert.Empty(Told());

        await cora.Send(await Form());
        await Travel();
        Assert.Empty(Told()); // saved as it was
        await cora.Send(await Form() with { Place = "Salle 9" });
        await cora.Send(await Form() with { Place = "Salle 10" }); // before anything left: told twice what stands now
        await Travel();
        Assert.Equal(["ann@police.example", "ann@police.example", "bas@police.example", "bas@police.example"], Told().Select(l => l.To).Order(StringComparer.Ordinal));
        Assert.Equal(4, Told().Select(l => l.Key).Distinct().Count());
        Assert.All(Told(), l => Assert.Contains("Salle 10", l.Text, StringComparison.Ordinal));
        Assert.All(Told(), l => Assert.DoesNotContain("Exemple", l.Subject + l.Text, StringComparison.Ordinal));
        Assert.Equal(["Een opleiding is gewijzigd", "Eine Fortbildung hat sich geändert"], Told().OrderBy(l => l.To, StringComparer.Ordinal).Select(l => l.Subject).Distinct());

        await cora.Send(new Show.Cancel(training));
        await Travel();
        Assert.Contains("gaat niet door", Told().Last(l => l.To.StartsWith("ann", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        await cora.Send(await Form() with { Place = "Salle 11" }); // it does not take place: nobody needs to know where
        await Travel();
        Assert.Equal(6, Told().Count);
        await cora.Send(new Show.Revive(training));
        await Travel();
        Assert.Equal(8, Told().Count);
        Assert.Contains("Salle 11", Told()[^1].Text, StringComparison.Ordinal);

        // Once it is over, putting right what was noted tells nobody; nor does cancelling it.
        platform.Clock.Advance(TimeSpan.FromDays(10));
        await cora.Send(await Form() with { Place = "Salle 12" });
        await cora.Send(new Show.Cancel(training));
        await Travel();
        Assert.Equal(8, Told().Count);

        List<Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("training-changed", StringComparison.Ordinal))];
        async Task<Session.Command> Form() => (await cora.Send(new Session.Query(training, session))).Form with { Training = training, Session = session };
        async Task Travel()
        {
            await zone.RunJobs();
            await zone.RunJobs();
        }
    }

    [Theory, EveryEngine]
    public async Task Who_moves_a_session_that_was_moved_meanwhile_is_told_what_stands_there(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var training = await cora.Send(Giving.Plan());
        var session = await cora.Send(zone.Sitting(training, 9));
        var (path, opened) = ($"/trainings/{training}/session/{session}", (await cora.Send(new Session.Query(training, session))).Form with { Training = training, Session = session });
        await cora.Send(opened with { Place = "Salle 9" });
        Assert.Equal("Day", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(opened with { Place = "Salle 3" }))).Errors).PropertyName);
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(opened with { Seen = null }));
        Assert.Equal("Salle 9", Assert.Single((await cora.Send(new Show.Query(training))).Sessions).Place);
        // On the page: what stands there is shown, what was typed is kept, and sent again it is taken.
        using var visit = cora.Visit();
        const string form = "main form[method=post]:not([action*='handler='])"; // the other one takes it away
        var answer = await visit.Submit(path, [new("Form.Place", "Salle 3"), new("Form.Seen", opened.Seen!)], form);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("Salle 9", page.QuerySelector(".govuk-inset-text")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Salle 3", page.QuerySelector("#Form_Place")!.GetAttribute("value"));
        var seen = page.QuerySelector("input[name='Form.Seen']")!.GetAttribute("value")!;
        await visit.Submit(path, [new("Form.Place", "Salle 3"), new("Form.Seen", seen)], form);
        Assert.Equal("Salle 3", Assert.Single((await cora.Send(new Show.Query(training))).Sessions).Place);
    }
}
