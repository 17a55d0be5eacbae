using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Kit;
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

    /// <summary>Names a trainee to a dossier.</summary>
    public static Task Names(this TestZone zone, Guid dossier, Guid trainee) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        var now = zone.Platform.Clock.GetUtcNow();
        context.Add(Grant.Give(dossier, trainee, GrantKind.Trainee, now, null, Guid.NewGuid()));
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return new Written<bool>(true, new AuditRecord(default, null, "Test.Name", null, "{}"));
    }, TestContext.Current.CancellationToken);
}
