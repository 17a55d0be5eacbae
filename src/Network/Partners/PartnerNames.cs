using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Network.Partners;

/// <summary>A zone's partners by name, as a form offers them and a page says them.</summary>
internal sealed record PartnerNames(IReadOnlyDictionary<Guid, string> All, IReadOnlySet<Guid> Offered)
{
    public static async Task<PartnerNames> Of(ZoneDbContext zone, CancellationToken ct)
    {
        var all = await zone.Set<Partner>().AsNoTracking().Select(p => new { p.Id, p.Organisation, p.Ended }).ToListAsync(ct);
        return new PartnerNames(all.ToDictionary(p => p.Id, p => p.Organisation), all.Where(p => p.Ended == null).Select(p => p.Id).ToHashSet());
    }

    /// <summary>Those of these that there are, in the order of their names.</summary>
    public IReadOnlyList<(Guid Id, string Name)> These(IEnumerable<Guid> partners) => [.. partners.Where(All.ContainsKey).Select(p => (p, All[p])).OrderBy(p => p.Item2, StringComparer.CurrentCulture)];

    /// <summary>Those offered, and those that are chosen already though they are offered no longer.</summary>
    public IReadOnlyList<Choice> Choices(IReadOnlyCollection<Guid> chosen) => [.. These(All.Keys.Where(p => Offered.Contains(p) || chosen.Contains(p))).Select(p => new Choice(p.Id.ToString(), p.Name))];

    /// <exception cref="RefusedException">One of them is none of this zone's.</exception>
    public void Demand(IEnumerable<Guid> partners)
    {
        foreach (var partner in partners) if (!All.ContainsKey(partner)) throw new RefusedException("absent", partner);
    }
}
