using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Agreements;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Working with partners in numbers: the directory and what was in force on the last day of the year (of a year that runs: today), what began, was renewed and ended in it, what was done.</summary>
internal sealed class PartnershipCounts(ZoneDbContext zone, TimeProvider clock) : ICountStructuralWork
{
    public const string ByType = "partners-by-type", ByLevel = "partners-by-level", BySphere = "partners-by-sphere", Agreed = "agreements", Done = "partner-activities";
    public const string InForce = "in-force", New = "new", Renewed = "renewed", Ended = "ended";

    public async Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct)
    {
        var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        var today = Moment.Day(clock.GetUtcNow());
        return today < first ? [] : [.. await Partners(last, ct), .. await Agreements(first, last < today ? last : today, ct), .. await Activities(first, last, ct)];
    }

    private async Task<IEnumerable<StructuralCount>> Partners(DateOnly last, CancellationToken ct)
    {
        var until = Moment.Instant(last.AddDays(1).ToDateTime(TimeOnly.MinValue));
        var there = await zone.Set<Partner>().AsNoTracking().Where(p => p.Added < until && (p.Ended == null || p.Ended >= until)).Select(p => new { p.Type, p.Level, p.Sphere }).ToListAsync(ct);
        return
        [
            .. PartnerTypes.All.Select(t => new StructuralCount(ByType, t.Code, there.Count(p => p.Type == t.Code))).Where(c => c.Count > 0),
            .. Enum.GetValues<PartnerLevel>().Select(l => new StructuralCount(ByLevel, l.ToString(), there.Count(p => p.Level == l))),
            .. Enum.GetValues<PartnerSphere>().Select(s => new StructuralCount(BySphere, s.ToString(), there.Count(p => p.Sphere == s))),
        ];
    }

    private async Task<IEnumerable<StructuralCount>> Agreements(DateOnly first, DateOnly until, CancellationToken ct)
    {
        var all = await zone.Set<Agreement>().AsNoTracking().ToListAsync(ct);
        var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().ToListAsync(ct)).ToLookup(p => p.AgreementId);
        var (inForce, begun, renewed, ended) = (0, 0, 0, 0);
        foreach (var agreement in all)
        {
            List<AgreementPeriod> own = [.. periods[agreement.Id]];
            // One that was ended before it began never was.
            var signed = Agreement.Signed(own).Where(p => agreement.Stopped is null || p.From < agreement.Stopped).ToList();
            if (signed.Count == 0) continue;
            if (agreement.Holds(own, until)) inForce++;
            if (Within(signed[0].From)) begun++;
            renewed += signed.Skip(1).Count(p => Within(p.From));
            // The day after the last one lies in the year, and nothing follows.
            if (agreement.LastDay(own)?.AddDays(1) is { } over && Within(over)) ended++;
        }
        return [new(Agreed, InForce, inForce), new(Agreed, New, begun), new(Agreed, Renewed, renewed), new(Agreed, Ended, ended)];

        bool Within(DateOnly day) => day >= first && day <= until;
    }

    private async Task<IEnumerable<StructuralCount>> Activities(DateOnly first, DateOnly last, CancellationToken ct)
    {
        var kinds = await zone.Set<Activity>().Where(a => a.Gone == null && a.On >= first && a.On <= last).GroupBy(a => a.Kind).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return Enum.GetValues<ActivityKind>().Select(k => new StructuralCount(Done, k.ToString(), kinds.GetValueOrDefault(k)));
    }
}
