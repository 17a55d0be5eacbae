using VictimSupport.Casework.Codes;

namespace VictimSupport.Casework.Events;

/// <summary>A line as a page shows it: with what the lines of the same person add to it.</summary>
/// <param name="Same">Numbers of the lines that were joined to it.</param>
internal sealed record LineRow(EventLine Line, LineSays Says, PlaceOfEvent? Place, IReadOnlyList<int> Same)
{
    /// <summary>The name; who is not identified is called by their number.</summary>
    public string Called => Says.IsNamed ? Says.Name : Words.EventUnidentified(Line.Number);
    public string Told => string.Join(", ", new[] { Called, Says.AgeText.Length > 0 ? Words.EventYears(Says.AgeText) : null, Words.Of(Line.Role), Line.State == EventState.NotKnown ? null : Words.Of(Line.State), Place?.Word }.OfType<string>());

    /// <summary>Those that stand for themselves, in the order of their numbers.</summary>
    public static IReadOnlyList<LineRow> Of(IReadOnlyList<EventLine> lines, EventSays says)
    {
        var under = lines.Where(l => l.SameAs is not null).ToLookup(l => l.SameAs!.Value);
        var there = lines.Select(l => l.Id).ToHashSet();
        // One joined to a line that is behind a wall stands for itself: that it was joined would tell of the other.
        return [.. lines.Where(l => l.SameAs is not { } other || !there.Contains(other)).Select(l =>
        {
            var same = Under(l, under, []).ToList();
            return new LineRow(l, same.Aggregate(l.Says!.Value, (told, other) => told.FilledFrom(other.Says!.Value)), says.Place(l.Place), [.. same.Select(s => s.Number)]);
        })];
    }

    private static IEnumerable<EventLine> Under(EventLine line, ILookup<Guid, EventLine> under, HashSet<Guid> seen) =>
        !seen.Add(line.Id) ? [] : under[line.Id].SelectMany(l => Under(l, under, seen).Prepend(l));
}
