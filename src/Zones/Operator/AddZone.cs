using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Operator;

internal sealed class AddZone(Provisioning provisioning, CatalogDatabase catalog, IInvite invitations, IAccounts accounts, TimeProvider clock) : IAddZones
{
    public async Task<string?> Add(string code, string? fr, string? nl, string? de, IReadOnlyList<string> languages, string? administrator, CancellationToken ct)
    {
        var zone = await provisioning.AddZone(code, fr, nl, de, languages, ct);
        return administrator is null ? null : await InviteFirst(administrator, new Promise(zone.Id, Role.ZoneAdministrator, null), ct);
    }

    public Task<string?> InviteOperator(string email, CancellationToken ct) => InviteFirst(email, new Promise(null, Role.Operator, null), ct);

    public async Task<bool> ConfirmOperator(string email, CancellationToken ct)
    {
        if (await accounts.WithEmail(email, ct) is not { } colleague) return false;
        return await catalog.WriteAsPlatform("Zones.ConfirmOperator", colleague.Id, async house =>
        {
            var now = clock.GetUtcNow();
            var operators = await house.Set<RoleGrant>().Where(g => g.Zone == null && g.Role == Role.Operator).ToListAsync(ct);
            if (operators.Count(g => g.Counts(now)) > 1 || operators.FirstOrDefault(g => g.Account == colleague.Id && g.IsWaiting(now)) is not { } waiting) return false;
            waiting.ConfirmByCommandLine(now);
            return true;
        }, ct);
    }

    // Only where nobody holds the role and no invitation to it is open: afterwards those who are there bring others in.
    private Task<string?> InviteFirst(string email, Promise promise, CancellationToken ct) => catalog.WriteAsPlatform("Zones.InviteFirst", promise.Zone, async house =>
    {
        var now = clock.GetUtcNow();
        var held = (await house.Set<RoleGrant>().Where(g => g.Zone == promise.Zone && promise.Roles.Contains(g.Role)).ToListAsync(ct)).Any(g => g.Counts(now));
        var invited = (await invitations.Of(house, promise.Zone, ct)).Any(i => i.Roles.Any(promise.Roles.Contains) && i.IsOpen(now));
        return held || invited ? null : invitations.Invite(house, email, "", promise, null, now);
    }, ct);
}
