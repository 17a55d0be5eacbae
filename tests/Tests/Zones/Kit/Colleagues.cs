using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Zones;

/// <summary>People who come in as they really do: invited by somebody, with a role that waits where it must.</summary>
internal static class Colleagues
{
    /// <summary>An account takes an invitation up that <paramref name="by"/> gave (nobody: the command line).</summary>
    public static async Task<Person> Brings(this TestZone zone, string name, Role role, Guid? by = null, Guid? account = null)
    {
        var (services, ct) = (zone.Platform.Services, TestContext.Current.CancellationToken);
        var holder = await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Bring", zone.Id, async house =>
        {
            var id = account ?? services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, AddressOf(zone, name), name, "en", zone.Platform.Clock.GetUtcNow());
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IHearOfInvitations>().TakenUp(house, id, new Promise(zone.Id, role, null), by, onPaper: null, ct);
            return id;
        }, ct);
        return new Person(zone, new Caller(holder, Guid.NewGuid(), new HashSet<Role> { role }) { LastFactor = DateTimeOffset.MaxValue });
    }

    public static string AddressOf(TestZone zone, string name) => $"{name.ToLowerInvariant()}@{zone.Code}.example";

    /// <summary>The newest grant of this role.</summary>
    public static async Task<RoleGrant> Grant(this Platform platform, Guid account, Role role)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account && g.Role == role).OrderByDescending(g => g.From).FirstAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Does the role count now, as every request sees it?</summary>
    public static async Task<bool> Holds(this TestZone zone, Person person, Role role)
    {
        var standing = zone.Platform.Services.GetRequiredService<Standing>();
        standing.Forget(person.Id);
        return (await standing.Holding(zone.Id, [role], TestContext.Current.CancellationToken)).Contains(person.Id);
    }

    /// <summary>An operator of the platform, with a real role.</summary>
    public static async Task<Guid> Operator(this Platform platform)
    {
        var account = Guid.NewGuid();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Operator", null, house =>
            Task.FromResult(house.Add(RoleGrant.GiveFirst(account, null, Role.Operator, null, null, platform.Clock.GetUtcNow()))), TestContext.Current.CancellationToken);
        return account;
    }
}
