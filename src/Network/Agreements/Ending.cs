using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Agreements;

/// <summary>Agreements whose end comes near: the coordinators are told at the notice, and once more shortly before the end, however many there are that day.</summary>
internal sealed class Ending : IRemind
{
    public string Kind => PartnerReminders.Ending;
    public bool IsToldOn => false; // it is told to the coordinators in the first place

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await zone.Set<Agreement>().Where(a => a.NextReminder != null && a.NextReminder <= now).OrderBy(a => a.NextReminder).ThenBy(a => a.Id).ToListAsync(ct);
        if (due.Count == 0) return [];
        var ids = due.ConvertAll(a => a.Id);
        var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().Where(p => ids.Contains(p.AgreementId)).ToListAsync(ct)).ToLookup(p => p.AgreementId);
        // The first stands for all.
        var told = new Fallen(due[0].Id, null, [], due[0].NextReminder!.Value);
        foreach (var agreement in due) agreement.Settle([.. periods[agreement.Id]], now);
        return [told];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await zone.Set<Agreement>().Where(a => a.NextReminder != null).OrderBy(a => a.NextReminder).Select(a => a.NextReminder).FirstOrDefaultAsync(ct);

    public Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());
}
