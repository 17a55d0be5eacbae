using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Pools;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.OnCall;

/// <summary>A pool holds those zones whose own administrator agreed, as long as they want, and is seen by nobody else.</summary>
public sealed class PoolTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_zone_is_in_a_pool_once_its_own_administrator_agreed_and_not_before(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (here, there) = (await platform.Zone(), await platform.Zone());
        var (admin, other) = (here.As(Role.ZoneAdministrator), await there.Hires("bernard", Role.ZoneAdministrator, "nl"));
        var pool = await admin.Send(platform.Proposal("Zzpool") with { Zones = there.Code });
        Assert.False(await Share());
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("pool-asked", StringComparison.Ordinal));
        Assert.Equal((Staff.AddressOf(there, "bernard"), "Gedeelde permanentie: een vraag"), (letter.To, letter.Subject));
        Assert.DoesNotContain("Zzpool", letter.Subject + letter.Text, StringComparison.Ordinal);

        // Whoever is asked sees with whom; its rota is not theirs yet.
        Assert.Equal(Membership.Asked, Assert.Single(await other.Send(new List.Query())).State);
        Assert.True((await other.Send(new Show.Query(pool))).MayAnswer);
        var cora = there.As(Role.Coordinator);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new VictimSupport.OnCall.Rotas.Show.Query(pool, null)))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => other.Send(new Show.Ask { Pool = pool, Code = here.Code }))).Code);
        // Nobody agrees for another zone: the same deed in the proposer's own zone answers for that one, which has.
        Assert.False(await admin.Send(new Show.Answer { Pool = pool, Agrees = true }));
        Assert.False(await Share());

        Assert.True(await other.Send(new Show.Answer { Pool = pool, Agrees = true }));
        Assert.True(await Share());
        Assert.False(await other.Send(new Show.Answer { Pool = pool, Agrees = false })); // said already
        Assert.True(await Share());
        Assert.NotNull(await cora.Send(new VictimSupport.OnCall.Rotas.Show.Query(pool, null)));
        Assert.Equal(["Zone Ailleurs"], (await admin.Send(new Show.Query(pool))).Outside.Select(o => o.Zone));

        // Each act stands in the audit under the zone in which it was done.
        var records = await platform.House(h => h.Set<AuditRow>().AsNoTracking().Where(r => r.Act.StartsWith("OnCall.Pools")).Select(r => new { r.Act, r.Subject }).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Contains(records, r => r.Act == "OnCall.Pools.Propose" && r.Subject == here.Id);
        Assert.Contains(records, r => r.Act == "OnCall.Pools.Show.Answer" && r.Subject == there.Id);

        Task<bool> Share() => platform.Services.GetRequiredService<IKnowPools>().Share(here.Id, there.Id, TestContext.Current.CancellationToken);
    }

    [Theory, EveryEngine]
    public async Task Who_refuses_sees_it_no_more_and_who_leaves_stays_until_the_day_said(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var (third, knows) = (await platform.Zone(), platform.Services.GetRequiredService<IKnowPools>());
        var asked = third.As(Role.ZoneAdministrator);
        await two.Admin.Send(new Show.Ask { Pool = two.Pool, Code = third.Code });
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => two.Admin.Send(new Show.Ask { Pool = two.Pool, Code = third.Code }))).Errors, e => e.PropertyName == "Code");
        Assert.True(await asked.Send(new Show.Answer { Pool = two.Pool, Agrees = false }));
        Assert.Empty(await asked.Send(new List.Query()));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => asked.Send(new Show.Query(two.Pool)))).Code);

        // Its people's shifts go with the zone; what lay before that day stays.
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.BertKey, now.AddDays(1), 12));
        await two.Cora.Send(two.Shift(two.BertKey, now.AddDays(5), 12));
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddDays(6), 12));
        var (there, today) = (two.There.As(Role.ZoneAdministrator), VictimSupport.Design.Html.Moment.Day(now));
        await Assert.ThrowsAsync<ValidationException>(() => there.Send(new Show.Leave { Pool = two.Pool, Last = today.AddDays(-1) }));
        await there.Send(new Show.Leave { Pool = two.Pool, Last = today.AddDays(2) });
        Assert.Equal([two.Bert.Id, two.Anna.Id], (await two.Rota()).Select(s => s.Account));
        Assert.True(await knows.Share(two.Here.Id, two.There.Id, TestContext.Current.CancellationToken));
        platform.Clock.Advance(TimeSpan.FromDays(3));
        Assert.False(await knows.Share(two.Here.Id, two.There.Id, TestContext.Current.CancellationToken));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => there.Send(new Show.Query(two.Pool)))).Code);
        Assert.True(Assert.Single(await there.Send(new List.Query())).IsOver);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Coordinator).Send(new VictimSupport.OnCall.Rotas.Show.Query(two.Pool, null)))).Code);
    }

    [Fact]
    public async Task A_pool_is_proposed_by_an_administrator_with_a_fresh_factor_to_zones_that_exist()
    {
        var platform = await platforms.On("sqlite");
        var (here, there) = (await platform.Zone(), await platform.Zone());
        var (admin, form) = (here.As(Role.ZoneAdministrator), platform.Proposal("Pool"));
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => here.As(Role.Coordinator).Send(form))).Code);
        await Assert.ThrowsAsync<StaleFactorException>(() => admin.Stale().Send(form));
        await Wrong(form with { Zones = "0000" }, "Zones");
        await Wrong(form with { Zones = here.Code }, "Zones");
        await Wrong(form with { Outside = " " }, "Zones");
        await Wrong(form with { Title = " " }, "Title");
        await Wrong(form with { From = form.From!.Value.AddDays(-1) }, "From");
        await Wrong(form with { Until = form.From.Value.AddDays(-1) }, "Until");
        var once = form with { Zones = there.Code, Once = Guid.NewGuid() };
        Assert.Equal(await admin.Send(once), await admin.Send(once)); // the same form makes one
        Assert.Single(await there.As(Role.ZoneAdministrator).Send(new List.Query()));

        async Task Wrong(Propose.Command typed, string field) => Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => admin.Send(typed))).Errors, e => e.PropertyName == field);
    }

    [Fact]
    public async Task A_pool_of_others_is_not_there_and_a_forged_form_changes_nothing()
    {
        var platform = await platforms.On("sqlite");
        var (two, stranger) = (await platform.Pooled(), await platform.Zone());
        using var visit = stranger.Visit(Role.ZoneAdministrator, Role.Coordinator, Role.OnCall);
        await two.Cora.Send(two.Shift(two.AnnaKey, platform.Clock.GetUtcNow().AddDays(1), 8));
        var shift = (await two.Rota())[0].Id;
        foreach (var path in new[] { $"/admin/pools/{two.Pool}", $"/on-call/rota/{two.Pool}", $"/on-call/rota/{two.Pool}/edit", $"/on-call/rota/{two.Pool}/fill", $"/on-call/rota/{two.Pool}/terms", $"/on-call/rota/{two.Pool}/sheet", $"/on-call/rota/{two.Pool}/statement", $"/on-call/rota/{two.Pool}/shift/{shift}", $"/on-call/swaps/ask/{shift}" })
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        foreach (var deed in new Func<Task>[]
        {
            () => stranger.As(Role.ZoneAdministrator).Send(new Show.Leave { Pool = two.Pool, Last = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()) }),
            () => stranger.As(Role.ZoneAdministrator).Send(new Show.AddOutside { Pool = two.Pool, OutsideZone = "x" }),
            () => stranger.As(Role.Coordinator).Send(two.Shift(two.AnnaKey, platform.Clock.GetUtcNow().AddDays(2), 8)),
            () => stranger.As(Role.Coordinator).Send(new VictimSupport.OnCall.Rotas.Edit.Remove { Pool = two.Pool, Shift = shift }),
        }) Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(deed)).Code);
        using var cora = two.Cora.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await cora.Forge($"/on-call/rota/{two.Pool}/edit/{shift}?handler=Remove")).StatusCode);
        using var admin = two.Admin.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Forge($"/admin/pools/{two.Pool}?handler=Leave", ("Last", "2026-12-01"))).StatusCode);
        Assert.Single(await two.Rota());
        Assert.True((await two.Admin.Send(new Show.Query(two.Pool))).IsIn);
    }

    [Fact]
    public async Task The_pages_propose_agree_and_name_zones_without_any_script()
    {
        var platform = await platforms.On("sqlite");
        var (here, there) = (await platform.Zone(), await platform.Zone());
        using var visit = here.Visit(Role.ZoneAdministrator);
        var wrong = await visit.Submit("/admin/pools/propose", [KeyValuePair.Create("Form.Title", "Zzpool"), KeyValuePair.Create("Form.From", "2026-11-30"), KeyValuePair.Create("Form.Zones", "0000")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var again = await Visit.Read(wrong);
        Assert.Equal("Zzpool", again.QuerySelector("[name='Form.Title']")!.GetAttribute("value")); // what was typed stays
        Assert.NotNull(again.QuerySelector("#Form_Zones-error"));
        var made = await visit.Submit("/admin/pools/propose", [KeyValuePair.Create("Form.Title", "Zzpool"), KeyValuePair.Create("Form.From", "2026-11-30"), KeyValuePair.Create("Form.Zones", there.Code)]);
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        using var other = there.Visit(Role.ZoneAdministrator);
        var pool = (await other.Page("/admin/pools")).QuerySelector("main table a")!;
        Assert.Equal("Zzpool", pool.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, (await other.Submit(pool.GetAttribute("href")!, [], "main form[action*='handler=Answer']:has([value='true'])")).StatusCode);
        Assert.Contains("agreed", (await other.Page(pool.GetAttribute("href")!)).QuerySelector("main table")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await other.Submit(pool.GetAttribute("href")!, [KeyValuePair.Create("OutsideZone", "Zzailleurs")], "main form[action*='handler=Outside']")).StatusCode);
        Assert.Contains("Zzailleurs", (await visit.Page(pool.GetAttribute("href")!.Replace("/" + there.Code, "/" + here.Code, StringComparison.Ordinal))).Body!.TextContent, StringComparison.Ordinal);
    }
}
