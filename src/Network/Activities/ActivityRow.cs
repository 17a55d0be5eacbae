using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Activities;

/// <summary>An entry as a list shows it.</summary>
/// <param name="With">Names of the partners.</param>
internal sealed record ActivityRow(Guid Id, ActivityKind Kind, DateOnly On, ActivitySays Says, IReadOnlyList<string> With)
{
    /// <summary>The latest first.</summary>
    /// <param name="partner">null: with whomever.</param>
    /// <param name="year">null: whenever.</param>
    public static async Task<IReadOnlyList<ActivityRow>> Of(ZoneDbContext zone, Keyring keys, Guid? partner, int? year, int most, CancellationToken ct)
    {
        var all = zone.Set<Activity>().AsNoTracking().Where(a => a.Gone == null);
        if (year is { } when)
        {
            var (first, last) = (new DateOnly(when, 1, 1), new DateOnly(when, 12, 31));
            all = all.Where(a => a.On >= first && a.On <= last);
        }
        // Which ones first: with whom is one column, and only what is shown is opened.
        var ids = (await all.OrderByDescending(a => a.On).ThenByDescending(a => a.Added).Select(a => new { a.Id, a.Partners }).ToListAsync(ct)).Where(a => partner is not { } one || a.Partners.Contains(one)).Take(most).Select(a => a.Id).ToList();
        var rows = await zone.Set<Activity>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync(ct);
        await keys.Fetch(ids, ct);
        var names = await PartnerNames.Of(zone, ct);
        return [.. rows.OrderBy(a => ids.IndexOf(a.Id)).Select(a => new ActivityRow(a.Id, a.Kind, a.On, a.Says!.Value, [.. names.These(a.Partners).Select(n => n.Name)]))];
    }
}
