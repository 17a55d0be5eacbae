using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Agreements;

/// <summary>An agreement as a list shows it on a day.</summary>
/// <param name="With">Names of the partners.</param>
/// <param name="LastDay">null: without an end, or not signed.</param>
internal sealed record AgreementRow(Guid Id, string Title, AgreementState State, IReadOnlyList<(Guid Id, string Name)> With, DateOnly? From, DateOnly? LastDay)
{
    /// <summary>Of the tag that says the state.</summary>
    public string Colour => State switch { AgreementState.InForce => "green", AgreementState.ToRenew => "orange", AgreementState.Ended => "grey", _ => "blue" };

    public string Term => From is not { } from ? "" : LastDay is { } last ? Words.AgreementFromUntil(Moment.Show(from), Moment.Show(last)) : Words.AgreementFrom(Moment.Show(from));

    /// <summary>All of a zone, or those with a partner: what needs somebody first, then by title. A zone has some dozens.</summary>
    public static async Task<IReadOnlyList<AgreementRow>> Of(ZoneDbContext zone, Guid? partner, DateOnly day, CancellationToken ct)
    {
        var agreements = (await zone.Set<Agreement>().AsNoTracking().ToListAsync(ct)).Where(a => partner is not { } one || a.Partners.Contains(one)).ToList();
        var ids = agreements.ConvertAll(a => a.Id);
        var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().Where(p => ids.Contains(p.AgreementId)).ToListAsync(ct)).ToLookup(p => p.AgreementId);
        var names = await PartnerNames.Of(zone, ct);
        return [.. agreements.Select(a => Of(a, [.. periods[a.Id]], names, day)).OrderBy(r => r.State switch { AgreementState.ToRenew => 0, AgreementState.Draft => 1, AgreementState.Coming => 2, AgreementState.InForce => 3, _ => 4 }).ThenBy(r => r.Title, StringComparer.CurrentCulture)];
    }

    public static AgreementRow Of(Agreement agreement, IReadOnlyList<AgreementPeriod> periods, PartnerNames names, DateOnly day) =>
        new(agreement.Id, agreement.Title, agreement.StateOn(periods, day), names.These(agreement.Partners), periods.Count == 0 ? null : periods.Min(p => p.From), agreement.LastDay(periods) ?? (Agreement.Signed(periods).Count == 0 ? periods.Max(p => p.Until) : null));
}
