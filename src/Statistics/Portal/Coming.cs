using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>An edition that is not out.</summary>
/// <param name="Opens">The day on which it comes out, if all zones answer.</param>
/// <param name="Waits">The last day on which it waits for zones that do not answer.</param>
internal sealed record Coming(Edition Edition, DateOnly Opens, DateOnly Waits)
{
    /// <summary>Its day is past.</summary>
    public bool IsLate(DateOnly today) => Opens < today;

    /// <summary>Those of the last months that are still awaited, and the next of each kind, the earliest first. One that a later release made pointless will not come.</summary>
    public static IReadOnlyList<Coming> Of(IReadOnlyList<Release> releases, DateOnly today)
    {
        var (month, quarter) = (today.AddMonths(0), Edition.QuarterOf(today));
        return
        [
            .. Calendar.Around(today).Append(Edition.OfMonth(month.Year, month.Month)).Append(Edition.OfQuarter(quarter.Year, ((quarter.Month - 1) / 3) + 1)).Append(Edition.OfYear(today.Year))
                .Where(e => !releases.Any(r => r.Id == e.Id || (r.Kind > e.Kind && (r.Kind == ReleaseKind.F ? r.Period == Edition.Year(e.From) : r.Period == Edition.Quarter(e.From)))))
                .Select(e => new Coming(e, Calendar.Opens(e), Calendar.Closes(e)))
                // What nobody drew within its window and some days is the operator's to decide: it is not announced any more.
                .Where(c => c.Waits.AddDays(7) >= today).OrderBy(c => c.Opens).ThenBy(c => c.Edition.Id, StringComparer.Ordinal),
        ];
    }
}
