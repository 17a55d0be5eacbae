using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Tokens;

namespace VictimSupport.Identity.Clients;

/// <summary>Programs of no zone: what the command line does about them.</summary>
internal sealed class ProgramsOfThePlatform(CatalogDatabase catalog, Bearers bearers, TimeProvider clock) : IProgramsOfThePlatform
{
    public async Task<(Guid Id, string Secret)> Register(string name, string scope, CancellationToken ct)
    {
        var (client, secret) = ApiClient.New(null, name, ClientKind.System, keepsSecret: true, [], [scope], Guid.Empty, clock.GetUtcNow());
        await catalog.WriteAsPlatform("Identity.ProgramRegistered", client.Id, house => Task.FromResult(house.Add(client) is not null), ct);
        return (client.Id, secret!);
    }

    public async Task<bool> End(Guid id, CancellationToken ct)
    {
        await using (var house = catalog.Lease())
        {
            if (!await house.Set<ApiClient>().AnyAsync(c => c.Id == id && c.Zone == null && c.Ended == null, ct)) return false;
        }
        await catalog.WriteAsPlatform("Identity.ProgramEnded", id, async house =>
        {
            (await house.Set<ApiClient>().SingleAsync(c => c.Id == id && c.Zone == null, ct)).End(clock.GetUtcNow());
            return true;
        }, ct);
        bearers.Forget();
        return true;
    }

    public async Task<IReadOnlyList<ProgramOfThePlatform>> All(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return [.. (await house.Set<ApiClient>().AsNoTracking().Where(c => c.Zone == null).ToListAsync(ct)).OrderByDescending(c => c.Created).Select(c => new ProgramOfThePlatform(c.Id, c.Name, c.Created, c.LastUsed, c.Ended))];
    }
}
