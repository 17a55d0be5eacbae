using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Structural;

/// <summary>Of which zones the structural work of a place is, which is not what the release's figures of cases are of: an area is in it with all its zones or not at all.</summary>
/// <param name="Areas">As they are shown.</param>
/// <param name="Without">Areas of the same place of which there is nothing.</param>
/// <param name="Zones">Only to be counted and compared: nobody is told which they are.</param>
internal sealed record WorkCover(Release Release, string Place, IReadOnlyList<string> Areas, IReadOnlyList<string> Without, IReadOnlySet<Guid> Zones)
{
    public string Said => (Areas.Count == 0 ? Words.PubWorkOfNone : Words.PubWorkOf(Zones.Count, Names(Areas))) + (Areas.Count == 0 || Without.Count == 0 ? "" : " " + Words.PubWorkWithout(Names(Without)));

    /// <param name="sums">All of the release.</param>
    /// <param name="taking">Who took part in which release, as the catalogue keeps it.</param>
    public static WorkCover Of(Release release, string place, IReadOnlyList<StructuralSum> sums, IEnumerable<TakesPart> taking)
    {
        // The country is the areas that have rows; whoever takes part in one of them is in its sums, with the whole year.
        var meant = place == Geography.Country ? release.Areas.Split(';') : [place];
        var told = meant.Where(a => sums.Any(s => s.Place == a)).ToList();
        var members = told.SelectMany(Geography.Members).ToHashSet(StringComparer.Ordinal);
        var zones = taking.Where(t => t.Release == release.Id).GroupBy(t => t.ZoneId).Where(g => members.Contains(g.MinBy(t => t.Quarter)!.Area)).Select(g => g.Key).ToHashSet();
        return new WorkCover(release, place, told, [.. meant.Except(told, StringComparer.Ordinal)], zones);
    }

    private static string Names(IEnumerable<string> areas) => string.Join(", ", areas.Select(Portal.Said.Place).Order(StringComparer.CurrentCulture));
}
