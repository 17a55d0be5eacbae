using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Privacy.Audit;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Operator;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Privacy;

/// <summary>What the catalogue's chain holds of one zone, and of no other.</summary>
public sealed class EventsTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_role_given_from_outside_any_zone_stands_in_its_own_zone_only(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Give", null, house =>
        {
            house.Add(RoleGrant.Give(Guid.NewGuid(), zone.Id, Role.OnCall, null, Guid.NewGuid(), "invitation", platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        }, default);
        await zone.RunJobs();

        var shown = (await zone.As(Role.DataProtectionOfficer).Send(new Events.Query())).Rows;
        Assert.Single(shown, r => r.Line.Act == "Test.Give"); // no subject was named: the grant itself says whose it is
        Assert.DoesNotContain((await other.As(Role.DataProtectionOfficer).Send(new Events.Query())).Rows, r => r.Line.Act == "Test.Give");
        Assert.DoesNotContain(shown, r => r.Line.Act is "Foundation.AnchorAudit" or "Foundation.LowerNextDue"); // what the machinery notes drowns nobody
    }

    [Theory, EveryEngine]
    public async Task What_is_written_to_the_catalogue_from_within_a_zone_stands_under_it(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, administrator) = (await platform.Zone(), await platform.Zone());
        using var visit = zone.Visit(Role.ZoneAdministrator);
        await visit.Submit("/admin/staff/invite", [KeyValuePair.Create("Form.Name", "Nova"), KeyValuePair.Create("Form.Email", $"nova@{zone.Code}.example"), KeyValuePair.Create("Form.Template", "FrontDesk")]);
        var rows = (await zone.As(Role.Coordinator).Send(new Events.Query())).Rows;
        Assert.Contains(rows, r => r.Line.Act.StartsWith("Zones.Staff.", StringComparison.Ordinal) && r.Line.Changed.Any(c => c.StartsWith("Invitation added", StringComparison.Ordinal)));
        Assert.DoesNotContain((await administrator.As(Role.Coordinator).Send(new Events.Query())).Rows, r => r.Line.Act.StartsWith("Zones.Staff.", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task A_suspension_is_in_the_zones_own_log_with_its_reason(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        using var operators = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        foreach (var (to, reason) in new[] { ("Suspended", nameof(StateReason.Incident)), ("Active", nameof(StateReason.Settled)) })
            await operators.Submit("/operator", [KeyValuePair.Create("Form.Code", zone.Code), KeyValuePair.Create("Form.To", to), KeyValuePair.Create("Form.Reason", reason)]);
        var rows = (await zone.As(Role.DataProtectionOfficer).Send(new Events.Query())).Rows.Where(r => r.Line.Act == "Zones.Operator.Home").ToList();
        Assert.Equal(["Settled", "Incident"], rows.Select(r => r.Line.Why));
    }
}
