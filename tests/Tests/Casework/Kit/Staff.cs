using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Casework;

/// <summary>Colleagues with an account and an address, where mail is what a test is about.</summary>
internal static class Staff
{
    /// <summary>Somebody the catalogue knows, with this role in the zone.</summary>
    public static async Task<Person> Hires(this TestZone zone, string name, Role role, string language = "en")
    {
        var services = zone.Platform.Services;
        var now = zone.Platform.Clock.GetUtcNow();
        var account = await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Hire", zone.Id, house =>
        {
            var id = services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, AddressOf(zone, name), name, language, now);
            var grant = RoleGrant.Give(id, zone.Id, role, null, null, "invitation", now);
            grant.Confirm(Guid.NewGuid(), now);
            house.Add(grant);
            return Task.FromResult(id);
        }, TestContext.Current.CancellationToken);
        return new Person(zone, new Caller(account, Guid.NewGuid(), new HashSet<Role> { role }) { LastFactor = DateTimeOffset.MaxValue });
    }

    public static string AddressOf(TestZone zone, string name) => $"{name}@{zone.Code}.example";

    /// <summary>A colleague is away from now on, replaced by another or by nobody.</summary>
    public static async Task IsAway(this TestZone zone, Person away, Person? replacement = null)
    {
        var (services, now) = (zone.Platform.Services, zone.Platform.Clock.GetUtcNow());
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Away", zone.Id, house =>
            Task.FromResult(house.Add(Absence.Plan(zone.Id, away.Id, today.AddDays(-1), today.AddDays(2), replacement?.Id, away.Id, now)) is not null), TestContext.Current.CancellationToken);
        services.GetRequiredService<WhoIsAway>().Forget(zone.Id);
    }

    /// <summary>Gives a dossier to a stand-in.</summary>
    public static Task Gives(this TestZone zone, Guid dossier, Guid standIn) => zone.Names(dossier, standIn, GrantKind.StandIn);

    /// <summary>Names a trainee to a dossier.</summary>
    public static Task Names(this TestZone zone, Guid dossier, Guid trainee, GrantKind kind = GrantKind.Trainee) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        var now = zone.Platform.Clock.GetUtcNow();
        context.Add(Grant.Give(dossier, trainee, kind, now, null, Guid.NewGuid()));
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return new Written<bool>(true, new AuditRecord(default, null, "Test.Name", null, "{}"));
    }, TestContext.Current.CancellationToken);
}
