using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Onboarding;

namespace VictimSupport.Tests.Zones.Onboarding;

/// <summary>A zone comes in by five steps. Whatever breaks off, the next host goes on from what was kept, and nothing is done twice.</summary>
public sealed class WizardTests
{
    [Fact]
    public async Task A_kill_between_any_two_steps_loses_nothing_and_doubles_nothing()
    {
        var folder = Path.Combine(Path.GetTempPath(), "vs-wizard-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            Guid draft = default;
            await Host(folder, async (_, visit) =>
            {
                Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/operator/zones/new", Fields(("Form.Code", "77")))).StatusCode);
                var named = await visit.Submit("/operator/zones/new", Fields(("Form.Code", "7701"), ("Form.Official", "fr"), ("Form.NameFr", "Zone Essai")));
                draft = Guid.Parse(named.Headers.Location!.ToString().Split('/')[4]);
            });
            await Host(folder, async (_, visit) =>
            {
                Assert.Contains("7701", (await visit.Page("/operator/zones/new")).Body!.TextContent, StringComparison.Ordinal); // waits to be finished
                Assert.EndsWith("/place", (await visit.Get($"/operator/zones/new/{draft}/check")).Headers.Location!.ToString(), StringComparison.Ordinal);
                Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/operator/zones/new/{draft}/place", Fields(("Form.Province", "NAM"), ("Form.Arrondissement", "NAM"), ("Form.Municipalities", "92094\n92003")))).StatusCode);
            });
            await Host(folder, async (_, visit) =>
            {
                Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit($"/operator/zones/new/{draft}/people", People("chief@7701.example", "CHIEF@7701.example"))).StatusCode); // two people, not one twice
                Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/operator/zones/new/{draft}/people", People("chief@7701.example", "officer@7701.example"))).StatusCode);
            });
            await Host(folder, async (_, visit) => Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/operator/zones/new/{draft}/sign-in", Fields(("Form.Way", "Portal")))).StatusCode));
            // Killed while the zone is made: its record and database stand, nobody is invited.
            await Host(folder, async (platform, _) =>
            {
                await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async house =>
                {
                    (await Draft.Of(house, draft, default)).Begin();
                    return true;
                }, default);
                await platform.Services.GetRequiredService<Provisioning>().AddZone("7701", "Zone Essai", null, null, ["fr"], default);
            });
            await Host(folder, async (_, visit) =>
            {
                Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/operator/zones/new/{draft}/check", [])).StatusCode);
            });
            await Host(folder, async (platform, visit) =>
            {
                Assert.False(await Again(visit, draft)); // finished: there is no button any more
                await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
                var zone = await house.Set<ZoneRecord>().AsNoTracking().SingleAsync();
                Assert.Equal(("7701", ZoneState.Active, "NAM", "92094;92003"), (zone.Code, zone.State, zone.Province, zone.Municipalities));
                var invited = await platform.Services.GetRequiredService<IInvite>().Of(house, zone.Id, default);
                Assert.Equal([Role.ZoneAdministrator, Role.DataProtectionOfficer], invited.SelectMany(i => i.Roles).Order());
                Assert.NotNull((await house.Set<ZoneDraft>().SingleAsync()).Finished);
                // Who pressed stands in the log, and what was done to the zone under the zone.
                var records = await house.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(r => r.Act == "Zones.PlaceZone" || r.Act == "Zones.InviteFirstPeople").ToListAsync();
                Assert.Equal(2, records.Count);
                Assert.All(records, r => Assert.Equal((zone.Id, true), (r.Subject!.Value, r.Actor is not null)));
            });
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_code_belongs_to_one_zone_and_one_draft()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/operator/zones/new", Fields(("Form.Code", zone.Code), ("Form.Official", "fr"), ("Form.NameFr", "X")))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/operator/zones/new", Fields(("Form.Code", "7702"), ("Form.Official", "fr"), ("Form.NameFr", "X")))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/operator/zones/new", Fields(("Form.Code", "7702"), ("Form.Official", "fr"), ("Form.NameFr", "X")))).StatusCode);
    }

    [Fact]
    public async Task A_small_service_begins_with_an_administrator_who_coordinates_once_confirmed()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, op) = (await platform.Zone(), Guid.NewGuid());
        var account = await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async house =>
        {
            var id = platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, "chief@small.example", "Chief", "en", platform.Clock.GetUtcNow());
            await using var scope = platform.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IHearOfInvitations>().TakenUp(house, id, new Promise(zone.Id, [Role.ZoneAdministrator, Role.Coordinator], null), op, onPaper: null, default);
            return id;
        }, default);
        var chief = zone.As(account, Role.ZoneAdministrator, Role.Coordinator);
        Assert.True(await zone.Holds(chief, Role.ZoneAdministrator));
        Assert.False(await zone.Holds(chief, Role.Coordinator));
        var officer = await zone.Brings("Officer", Role.DataProtectionOfficer, op);
        await chief.Send(new VictimSupport.Zones.Confirmations.List.Command("role", (await platform.Grant(officer.Id, Role.DataProtectionOfficer)).Id, true));
        await officer.Send(new VictimSupport.Zones.Confirmations.List.Command("role", (await platform.Grant(chief.Id, Role.Coordinator)).Id, true));
        Assert.True(await zone.Holds(chief, Role.Coordinator));
    }

    [Fact]
    public async Task An_operator_does_not_invite_himself_under_another_name_of_his_mailbox()
    {
        await using var platform = Platform.Start("sqlite");
        var op = await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house => Task.FromResult(platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, "otto@house.example", "Otto", "en", platform.Clock.GetUtcNow())), default);
        using var visit = new Visit(platform, "operator", op, Role.Operator);
        var begun = await visit.Submit("/operator/zones/new", Fields(("Form.Code", "7703"), ("Form.Official", "fr"), ("Form.NameFr", "X")));
        var draft = Guid.Parse(begun.Headers.Location!.ToString().Split('/')[4]);
        foreach (var (step, fields) in new[] { ("place", Fields(("Form.Province", "NAM"), ("Form.Arrondissement", "NAM"), ("Form.Municipalities", "92094"))), ("people", People("chief@x.example", "o.t.t.o+dpo@house.example")), ("sign-in", Fields(("Form.Way", "Portal"))) })
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/operator/zones/new/{draft}/{step}", fields)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit($"/operator/zones/new/{draft}/check", [])).StatusCode);
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Empty(await platform.Services.GetRequiredService<IInvite>().Of(house, (await house.Set<ZoneRecord>().SingleAsync(z => z.Code == "7703")).Id, default)); // neither of the two
    }

    private static async Task<bool> Again(Visit visit, Guid draft) => (await visit.Page($"/operator/zones/new/{draft}/check")).QuerySelector("main form[method=post]") is not null;

    private static Dictionary<string, string> People(string chief, string officer) => Fields(("Form.AdministratorName", "Chief"), ("Form.AdministratorEmail", chief), ("Form.OfficerName", "Officer"), ("Form.OfficerEmail", officer));

    // A host of its own over the same data, gone again at the end: what a kill and a new start are.
    private static async Task Host(string folder, Func<Platform, Visit, Task> deed)
    {
        await using var platform = Platform.Start("sqlite", new() { ["Data:Directory"] = folder });
        using var visit = new Visit(platform, "operator", new Guid("00000000-0000-0000-0000-00000000b0b0"), Role.Operator);
        await deed(platform, visit);
    }

    private static Dictionary<string, string> Fields(params (string, string)[] fields) => fields.ToDictionary(f => f.Item1, f => f.Item2);
}
