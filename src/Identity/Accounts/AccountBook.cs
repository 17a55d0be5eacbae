using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Accounts;

/// <summary>Colleagues by id, as last read; a changed name shows within seconds.</summary>
internal sealed class AccountBook(CatalogDatabase catalog, Pulse pulse, TimeProvider clock) : IAccounts
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, (Colleague Colleague, long Read)> known = new();

    public async ValueTask<IReadOnlyDictionary<Guid, Colleague>> Named(IEnumerable<Guid> accounts, CancellationToken ct)
    {
        var wanted = accounts.Distinct().ToList();
        var missing = wanted.Where(id => !known.TryGetValue(id, out var entry) || clock.GetElapsedTime(entry.Read) > Fresh).ToList();
        if (missing.Count > 0)
        {
            if (known.Count > 10_000) known.Clear();
            foreach (var account in await pulse.Wait(Read(missing, ct))) known[account.Id] = (Of(account), clock.GetTimestamp());
        }
        return wanted.Where(known.ContainsKey).ToDictionary(id => id, id => known[id].Colleague);
    }

    private async Task<List<Account>> Read(List<Guid> ids, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<Account>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync(ct);
    }

    public async Task<Colleague?> WithEmail(string email, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var normal = Addresses.Normal(email);
        return await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == normal, ct) is { } account ? Of(account) : null;
    }

    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset?>> LastSignIns(IEnumerable<Guid> accounts, CancellationToken ct)
    {
        var ids = accounts.Distinct().ToList();
        await using var house = catalog.Lease();
        return await house.Set<Account>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.LastSignIn, ct);
    }

    public void Forget(Guid account) => known.TryRemove(account, out _);

    private static Colleague Of(Account account) => new(account.Id, account.DisplayName, account.Email ?? "", account.Language, account.Theme);
}
