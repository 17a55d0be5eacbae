using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Partners;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Bodies;

/// <summary>Whom a form may name: colleagues of the zone and partners of its directory. Whoever left, and a partner no longer offered, stay named where they were.</summary>
internal sealed class Ours(IStaff staff, IAccounts accounts)
{
    private static readonly IReadOnlyList<Role> Roles = AccessMatrix.All.Single(row => row.Deed == May.SeeBodies).Roles;

    public async Task<IReadOnlyList<Guid>> Working(Guid zone, CancellationToken ct) => await staff.Holding(zone, Roles, ct);

    /// <summary>Colleagues to choose from, those named already among them.</summary>
    public async Task<IReadOnlyList<Choice>> Colleagues(Guid zone, IEnumerable<Guid> named, CancellationToken ct)
    {
        var names = await accounts.Named((await Working(zone, ct)).Concat(named).Distinct(), ct);
        return [.. names.Values.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    /// <summary>Names of colleagues, whether they still work here or not.</summary>
    public async Task<Func<Guid, string>> Names(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var names = await accounts.Named(ids.Distinct(), ct);
        return id => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
    }

    /// <summary>The first fault of who is named in a form; null: none.</summary>
    /// <param name="kept">Named there before: they may stay.</param>
    public async Task<ValidationFailure?> Fault(Guid zone, string field, IEnumerable<Guid> named, IEnumerable<Guid> kept, CancellationToken ct)
    {
        var strangers = named.Except(kept).ToList();
        return strangers.Count > 0 && strangers.Except(await Working(zone, ct)).Any() ? new ValidationFailure(field, Words.BodyChooseColleague) : null;
    }

    /// <summary>The same of partners.</summary>
    public static async Task<ValidationFailure?> FaultOfPartners(ZoneDbContext zone, string field, IEnumerable<Guid> named, IEnumerable<Guid> kept, CancellationToken ct)
    {
        var others = named.Except(kept).ToList();
        if (others.Count == 0) return null;
        return await zone.Set<Partner>().CountAsync(p => others.Contains(p.Id) && p.Ended == null, ct) == others.Count ? null : new ValidationFailure(field, Words.BodyChoosePartner);
    }

    /// <summary>Partners to choose from, those named already among them.</summary>
    public static async Task<IReadOnlyList<Choice>> Partners(ZoneDbContext zone, IEnumerable<Guid> named, CancellationToken ct)
    {
        var ids = named.ToList();
        return [.. (await zone.Set<Partner>().AsNoTracking().Where(p => p.Ended == null || ids.Contains(p.Id)).Select(p => new { p.Id, p.Organisation }).ToListAsync(ct)).OrderBy(p => p.Organisation, StringComparer.CurrentCulture).Select(p => new Choice(p.Id.ToString(), p.Organisation))];
    }

    /// <summary>What partners are called, offered or not.</summary>
    public static async Task<IReadOnlyList<string>> PartnerNames(ZoneDbContext zone, IReadOnlyCollection<Guid> ids, CancellationToken ct) => ids.Count == 0 ? [] :
        [.. (await zone.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id)).Select(p => p.Organisation).ToListAsync(ct)).Order(StringComparer.CurrentCulture)];

    /// <summary>Days that make sense in a form of this trade: a typing error is none of them.</summary>
    public static bool IsLikely(DateOnly day) => day.Year is >= 2000 and < 2100;
}
