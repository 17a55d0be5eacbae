using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Conduct;
using VictimSupport.Zones.GoLive;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Zones.GoLive;

/// <summary>The tasks follow from what is really there; the switch needs all that is needed.</summary>
public sealed class ChecklistTests(Platforms platforms)
{
    [Fact]
    public async Task A_zone_goes_live_when_what_is_needed_is_done_and_then_the_band_is_gone()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var chief = await zone.Hires("Chief", Role.ZoneAdministrator);
        using var visit = chief.Visit();
        Assert.NotNull((await visit.Page("/admin/checklist")).QuerySelector(".vs-practice"));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Checklist.Command()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/admin/checklist", [])).StatusCode);

        var people = new[] { chief, await zone.Hires("Coordinator", Role.Coordinator), await zone.Hires("Officer", Role.DataProtectionOfficer) };
        var today = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow());
        await chief.Send(new Change.Command { Setting = SettingCode.ServiceNameFr, Text = "Service d'essai", From = today });
        await chief.Send(new Change.Command { Setting = SettingCode.Hours, Days = ["08:00-12:00", "", "", "", "", "", ""], From = today });
        await chief.Send(new VictimSupport.Zones.Settings.List.SeenCommand());
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", zone.Id, async house =>
        {
            var ids = people.Select(p => p.Id).ToList();
            foreach (var account in await house.Set<Account>().Where(a => ids.Contains(a.Id)).ToListAsync()) account.SignedIn(platform.Clock.GetUtcNow());
            house.Add(new ConductAcceptance { Id = Guid.NewGuid(), Zone = zone.Id, Account = chief.Id, Version = ConductText.First, Language = "fr", At = platform.Clock.GetUtcNow() });
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.All((await chief.Send(new Checklist.Query())).Tasks.Where(t => t.Needed), t => Assert.True(t.Done, t.Code.ToString()));

        await Assert.ThrowsAsync<RefusedException>(() => people[1].Send(new Checklist.Command())); // the administrator's to switch
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/checklist", [])).StatusCode);
        Assert.Null((await visit.Page("/admin/checklist")).QuerySelector(".vs-practice"));
        Assert.False(await chief.Send(new Checklist.Command())); // once
    }

    [Fact]
    public async Task A_zone_whose_people_sign_in_at_their_own_provider_goes_live_once_that_is_set_up()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var chief = zone.As(Role.ZoneAdministrator);
        Assert.DoesNotContain((await chief.Send(new Checklist.Query())).Tasks, t => t.Code == TaskCode.SignIn);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", zone.Id, house =>
        {
            var draft = VictimSupport.Zones.Onboarding.ZoneDraft.New(Guid.NewGuid(), platform.Clock.GetUtcNow());
            draft.Name(zone.Code, "Zone Essai", null, null, ["fr"]);
            draft.SignInBy(VictimSupport.Zones.Onboarding.SignInWay.OwnProvider);
            draft.Finish(platform.Clock.GetUtcNow());
            house.Add(draft);
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        var task = Assert.Single((await chief.Send(new Checklist.Query())).Tasks, t => t.Code == TaskCode.SignIn);
        Assert.Equal((false, true), (task.Done, task.Needed));
        using var visit = chief.Visit();
        Assert.Equal(HttpStatusCode.OK, (await visit.Get(task.Path)).StatusCode);
    }

    [Fact]
    public async Task Every_task_leads_to_a_page_that_is_there()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.ZoneAdministrator);
        foreach (var task in (await zone.As(Role.ZoneAdministrator).Send(new Checklist.Query())).Tasks)
            Assert.True((await visit.Get(task.Path)).StatusCode == HttpStatusCode.OK, task.Path);
    }
}
