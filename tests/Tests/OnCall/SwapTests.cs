using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Swaps;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Staff = VictimSupport.Tests.Casework.Staff;

namespace VictimSupport.Tests.OnCall;

/// <summary>A shift changes hands when it is accepted, once, and not before.</summary>
public sealed class SwapTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_shift_goes_over_at_acceptance_only_and_two_acceptances_at_once_change_it_once(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var shift = await Enters(two, two.AnnaKey, 1);
        var swap = await two.Anna.Send(new Ask.Command { Shift = shift, Who = two.BertKey });
        Assert.Equal(two.Anna.Id, (await two.Rota())[0].Account);
        Assert.Equal(SwapState.Asked, Assert.Single((await two.Bert.Send(new Mine.Query())).OfMe).Swap.State);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => two.Bert.Send(new Mine.Accept { Swap = swap }))));
        Assert.Single(answers, changed => changed);
        var after = Assert.Single(await two.Rota());
        Assert.Equal((two.Bert.Id, two.There.Id), (after.Account, after.Employer));
        Assert.Equal([Turn.Swapped, Turn.Entered], (await two.Cora.Send(new History.Query(two.Pool, shift))).Rows.Select(r => r.Turn));
        Assert.False(await two.Bert.Send(new Mine.Refuse { Swap = swap }));
        Assert.False(await two.Anna.Send(new Mine.Withdraw { Swap = swap }));
    }

    [Theory, EveryEngine]
    public async Task Of_two_colleagues_who_accept_at_once_one_gets_it(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var carl = await two.There.Hires("carl", Role.OnCall);
        var shift = await Enters(two, two.AnnaKey, 1);
        var (first, second) = (await two.Anna.Send(new Ask.Command { Shift = shift, Who = two.BertKey }), await two.Anna.Send(new Ask.Command { Shift = shift, Who = $"{carl.Id:N}@{two.There.Code}" }));
        var answers = await Task.WhenAll(Task.Run(() => two.Bert.Send(new Mine.Accept { Swap = first })), Task.Run(() => carl.Send(new Mine.Accept { Swap = second })));
        Assert.Single(answers, changed => changed);
        Assert.Equal(answers[0] ? two.Bert.Id : carl.Id, Assert.Single(await two.Rota()).Account);
        var states = await platform.House(h => h.Set<Swap>().Where(s => s.Shift == shift).Select(s => s.State).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([SwapState.Accepted, SwapState.Lapsed], states.Order());
    }

    [Theory, EveryEngine]
    public async Task One_shift_is_given_for_another_and_both_change_or_none(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var (hers, his) = (await Enters(two, two.AnnaKey, 1), await Enters(two, two.BertKey, 3));
        var swap = await two.Anna.Send(new Ask.Command { Shift = hers, Who = two.BertKey, InReturn = his });
        // Meanwhile Bert backs up in the hours he would be on duty: nothing changes.
        var backUp = await Enters(two, two.BertKey, 1, Rank.BackUp);
        await Assert.ThrowsAsync<ValidationException>(() => two.Bert.Send(new Mine.Accept { Swap = swap }));
        Assert.Equal([two.Anna.Id, two.Bert.Id, two.Bert.Id], (await two.Rota()).Select(s => s.Account));
        using (var visit = two.Bert.Visit())
        {
            var page = await Visit.Read(await visit.Submit("/on-call/swaps", [], "main form[action*='handler=Accept']"));
            Assert.NotNull(page.QuerySelector(".govuk-error-summary"));
        }
        await two.Cora.Send(new Edit.Remove { Pool = two.Pool, Shift = backUp });
        Assert.True(await two.Bert.Send(new Mine.Accept { Swap = swap }));
        Assert.Equal([(two.Bert.Id, two.There.Id), (two.Anna.Id, two.Here.Id)], (await two.Rota()).Select(s => (s.Account, s.Employer)));
    }

    [Theory, EveryEngine]
    public async Task Refused_withdrawn_or_overtaken_it_changes_nothing_and_only_those_two_have_a_say(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var carl = await two.Here.Hires("carl", Role.OnCall);
        var shift = await Enters(two, two.AnnaKey, 1);
        var ask = new Ask.Command { Shift = shift, Who = two.BertKey, Once = Guid.NewGuid() };
        var first = await two.Anna.Send(ask);
        Assert.Equal(first, await two.Anna.Send(ask)); // the same form again
        await Assert.ThrowsAsync<ValidationException>(() => two.Anna.Send(ask with { Once = default })); // it waits already
        foreach (var deed in new Func<Task>[]
        {
            () => carl.Send(new Mine.Accept { Swap = first }), () => two.Anna.Send(new Mine.Accept { Swap = first }), () => two.Bert.Send(new Mine.Withdraw { Swap = first }), () => carl.Send(ask with { Once = default }),
            async () => await (await platform.Zone()).As(two.Bert.Id, Role.OnCall).Send(new Mine.Accept { Swap = first }),
        }) Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(deed)).Code);
        Assert.True(await two.Bert.Send(new Mine.Refuse { Swap = first }));
        var second = await two.Anna.Send(ask with { Once = Guid.NewGuid() });
        Assert.True(await two.Anna.Send(new Mine.Withdraw { Swap = second }));
        Assert.False(await two.Bert.Send(new Mine.Accept { Swap = second }));
        var third = await two.Anna.Send(ask with { Once = Guid.NewGuid() });
        await two.Cora.Send((await two.Cora.Send(new Edit.Query(two.Pool, shift))).Known! with { Pool = two.Pool, Shift = shift, Who = $"{carl.Id:N}@{two.Here.Code}" });
        Assert.False(await two.Bert.Send(new Mine.Accept { Swap = third }));
        Assert.Equal(carl.Id, Assert.Single(await two.Rota()).Account);
        await Assert.ThrowsAsync<ValidationException>(() => two.Anna.Send(new Ask.Command { Shift = Guid.Empty }));
    }

    [Fact]
    public async Task Whoever_is_asked_is_told_by_mail_and_by_the_bell_without_a_name()
    {
        await using var platform = Platform.Start("sqlite");
        var two = await platform.Pooled();
        await two.Anna.Send(new Ask.Command { Shift = await Enters(two, two.AnnaKey, 1), Who = two.BertKey });
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("swap-asked", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(two.There, "bert"), letter.To);
        Assert.DoesNotContain("anna", letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        using var visit = two.Bert.Visit();
        Assert.Contains("Requests to swap a shift", (await visit.Page("/waiting")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Forge("/on-call/swaps?handler=Accept", ("swap", Guid.NewGuid().ToString()))).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Whoever_asked_is_told_once_that_it_was_accepted_refused_or_came_to_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var (accepted, refused, late, withdrawn) = (await Asked(1), await Asked(3), await Asked(5), await Asked(7));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => two.Bert.Send(new Mine.Accept { Swap = accepted }))));
        await two.Bert.Send(new Mine.Refuse { Swap = refused });
        platform.Clock.Advance(TimeSpan.FromDays(6));
        Assert.False(await two.Bert.Send(new Mine.Accept { Swap = late })); // the shift is over
        await two.Anna.Send(new Mine.Withdraw { Swap = withdrawn });
        await platform.RunHouseJob();
        var letters = platform.Post.Letters.Where(l => l.Key.StartsWith("swap-answered", StringComparison.Ordinal)).ToList();
        Assert.Equal(new[] { accepted, refused, late }.Select(s => $"swap-answered {s}").Order(StringComparer.Ordinal), letters.Select(l => l.Key).Order(StringComparer.Ordinal));
        Assert.All(letters, l => Assert.Equal(Staff.AddressOf(two.Here, "anna"), l.To));
        Assert.All(letters, l => Assert.DoesNotContain("bert", l.Subject + l.Text, StringComparison.OrdinalIgnoreCase));

        async Task<Guid> Asked(int days) => await two.Anna.Send(new Ask.Command { Shift = await Enters(two, two.AnnaKey, days), Who = two.BertKey });
    }

    [Theory, EveryEngine]
    public async Task Whoever_swaps_is_told_once_when_another_makes_it_impossible(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var carl = await two.There.Hires("carl", Role.OnCall);
        var (removed, taken) = (await Enters(two, two.AnnaKey, 1), await Enters(two, two.AnnaKey, 3));
        await two.Anna.Send(new Ask.Command { Shift = removed, Who = two.BertKey });
        var first = await two.Anna.Send(new Ask.Command { Shift = taken, Who = two.BertKey });
        await two.Anna.Send(new Ask.Command { Shift = taken, Who = $"{carl.Id:N}@{two.There.Code}" });
        await platform.RunHouseJob();
        Assert.Equal((2, 0, 0), (Told(two.Here, "anna"), Told(two.There, "bert"), Told(two.There, "carl"))); // her two shifts were entered
        await two.Anna.Send(new Mine.Seen());

        await two.Cora.Send(new Edit.Remove { Pool = two.Pool, Shift = removed });
        Assert.Equal([News.Removed, News.Lapsed], (await Unseen(two.Anna)).Order());
        Assert.Equal([News.Lapsed], await Unseen(two.Bert));
        // Bert takes the other one himself: he knows; Anna and Carl are told that Carl's request came to nothing.
        Assert.True(await two.Bert.Send(new Mine.Accept { Swap = first }));
        Assert.Equal([News.Lapsed], await Unseen(two.Bert));
        Assert.Equal([News.Lapsed], await Unseen(carl));
        Assert.Equal(2, (await Unseen(two.Anna)).Count(n => n == News.Lapsed));
        for (var i = 0; i < 2; i++) await platform.RunHouseJob();
        Assert.Equal((2 + 3, 1, 1), (Told(two.Here, "anna"), Told(two.There, "bert"), Told(two.There, "carl")));

        int Told(TestZone zone, string who) => platform.Post.Letters.Count(l => l.Key.StartsWith("shift-news", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, who));
    }

    private static async Task<IReadOnlyList<News>> Unseen(Person who) => [.. (await who.Send(new Mine.Query())).News.Select(n => n.News.What)];

    private static async Task<Guid> Enters(Pooling.Two two, string who, int days, Rank rank = Rank.Duty)
    {
        var start = two.Here.Platform.Clock.GetUtcNow().AddDays(days);
        start = new DateTimeOffset(start.Year, start.Month, start.Day, 17, 0, 0, TimeSpan.Zero);
        await two.Cora.Send(two.Shift(who, start, 12, rank));
        return (await two.Rota()).Single(s => s.Start == start && s.Rank == rank).Id;
    }
}
