using VictimSupport.Casework.Codes;
using VictimSupport.Design.Forms;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Lists;

/// <summary>Facts that the zone calls by words of its own: a row of a list may say them too.</summary>
internal static class OwnFacts
{
    /// <summary>Those offered now, by each of their words as it is folded, and by what a form knows them by.</summary>
    public static async Task<IReadOnlyDictionary<string, OwnCode>> In(ZoneDbContext zone, DateTimeOffset now, CancellationToken ct)
    {
        var known = new Dictionary<string, OwnCode>(StringComparer.Ordinal);
        foreach (var own in (await Offered.Handler.OwnOf.In(zone, CodeList.SubKind, ct)).Where(c => c.Holds(Moment.Day(now))).OrderBy(c => c.Id))
        {
            foreach (var said in new[] { own.Value, own.Fr, own.Nl, own.De, own.En }.Where(word => word.Length > 0)) known.TryAdd(FourLanguages.Fold(said), own);
        }
        return known;
    }
}
