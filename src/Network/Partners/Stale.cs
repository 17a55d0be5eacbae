using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Entries that nobody looked at for six months: the coordinators are told once, however many there are.</summary>
internal sealed class Stale : IRemind
{
    public string Kind => PartnerReminders.Stale;
    public bool IsToldOn => false; // it is told to the coordinators in the first place

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var stale = await Untold(zone).Where(p => p.StaleAt <= now).OrderBy(p => p.StaleAt).ThenBy(p => p.Id).ToListAsync(ct);
        foreach (var partner in stale) partner.Remind();
        // The first stands for all.
        return [.. stale.Take(1).Select(p => new Fallen(p.Id, null, [], p.StaleAt))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await Untold(zone).OrderBy(p => p.StaleAt).Select(p => (DateTimeOffset?)p.StaleAt).FirstOrDefaultAsync(ct);

    public Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    private static IQueryable<Partner> Untold(ZoneDbContext zone) => zone.Set<Partner>().Where(p => p.Ended == null && (p.RemindedFor == null || p.RemindedFor != p.CheckedOn));
}
