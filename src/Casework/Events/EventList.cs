using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Events;

/// <summary>A line as a page shows it: with what the lines of the same person add to it.</summary>
/// <param name="Same">Numbers of the lines that were joined to it.</param>
internal sealed record LineRow(EventLine Line, LineSays Says, PlaceOfEvent? Place, IReadOnlyList<int> Same)
{
    public EventRole Role { get; private init; } = Line.Role;
    public EventState State { get; private init; } = Line.State;

    /// <summary>null: not known.</summary>
    public string? Language { get; private init; } = Line.Language;

    /// <summary>One of the lines says that they died.</summary>
    public bool Died { get; private init; } = Line.Role == EventRole.Deceased;

    /// <summary>Of these, whose number is not shown: whoever said never to calls, in whatever dossier of the zone, is not called because they stand in a list too.</summary>
    public static Task<IReadOnlySet<Guid>> NotToCall(Nevers nevers, IEnumerable<LineRow> rows, CancellationToken ct) => nevers.NeverCalled(rows.Where(r => r.Says.Phone is not null).Select(r => (r.Line.Id, r.Says.Who)), ct);

    /// <summary>The name; who is not identified is called by their number.</summary>
    public string Called => Says.IsNamed ? Says.Name : Words.EventUnidentified(Line.Number);
    public string Told => string.Join(", ", new[] { Called, Says.AgeText.Length > 0 ? Words.EventYears(Says.AgeText) : null, Words.Of(Role), State == EventState.NotKnown ? null : Words.Of(State), Place?.Word }.OfType<string>());

    /// <summary>Those that stand for themselves, in the order of their numbers.</summary>
    public static IReadOnlyList<LineRow> Of(IReadOnlyList<EventLine> lines, EventSays says) => [.. Together(lines).Select(same => new LineRow(same[0], same.Select(l => l.Says!.Value).Aggregate((told, other) => told.FilledFrom(other)), same.Select(l => says.Place(l.Place)).FirstOrDefault(p => p is not null), [.. same.Skip(1).Select(l => l.Number)])
    {
        Role = RoleOf(same), State = StateOf(same), Language = same.Select(l => l.Language).FirstOrDefault(l => l is not null), Died = same.Any(l => l.Role == EventRole.Deceased),
    })];

    /// <summary>The lines of each person: first the one that stands, then those that were joined to it.</summary>
    public static IEnumerable<IReadOnlyList<EventLine>> Together(IReadOnlyList<EventLine> lines)
    {
        var under = lines.Where(l => l.SameAs is not null).ToLookup(l => l.SameAs!.Value);
        var there = lines.Select(l => l.Id).ToHashSet();
        // One joined to a line that is behind a wall stands for itself: that it was joined would tell of the other.
        return lines.Where(l => l.SameAs is not { } other || !there.Contains(other)).Select(l => (IReadOnlyList<EventLine>)[l, .. Under(l, under, [])]);
    }

    /// <summary>Under which line each stands; whoever stands for themselves under their own. Links are read by it: what was said of a line holds of the person.</summary>
    public static IReadOnlyDictionary<Guid, Guid> Standing(IReadOnlyList<EventLine> lines) => Together(lines).SelectMany(same => same.Select(l => (l.Id, Stands: same[0].Id))).ToDictionary(l => l.Id, l => l.Stands);

    /// <summary>What the line that stands says; what it leaves open, as the first under it says.</summary>
    public static EventRole RoleOf(IReadOnlyList<EventLine> same) => same.Select(l => l.Role).FirstOrDefault(r => r != EventRole.Involved, EventRole.Involved);

    /// <inheritdoc cref="RoleOf"/>
    public static EventState StateOf(IReadOnlyList<EventLine> same) => same.Select(l => l.State).FirstOrDefault(s => s != EventState.NotKnown);

    private static IEnumerable<EventLine> Under(EventLine line, ILookup<Guid, EventLine> under, HashSet<Guid> seen) =>
        !seen.Add(line.Id) ? [] : under[line.Id].SelectMany(l => Under(l, under, seen).Prepend(l));
}
