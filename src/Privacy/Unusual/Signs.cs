using VictimSupport.Design.Html;
using VictimSupport.Privacy.Audit;

namespace VictimSupport.Privacy.Unusual;

/// <summary>The rules, over one day of one zone's audit and what is known beside it. Pure: the same day gives the same findings. What they can and cannot see stands in docs/decisions/0047.</summary>
internal static class Signs
{
    /// <summary>Counted as far above the usual: this many at least, and so many times the median of the person's other days.</summary>
    public const int FarAbove = 10, Times = 4;

    /// <summary>Where somebody has no history to compare with.</summary>
    public const int WithoutHistory = 30, EnoughDays = 5;
    public const int NightOpenings = 3, NightEnds = 6, SearchedWithoutOpening = 40, Refusals = 5;

    /// <summary>A search that finds no more than this was for somebody.</summary>
    public const int Few = 10;

    /// <summary>How far back a person's own days are compared.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(60);

    /// <summary>Reasons that explain an opening by the work itself.</summary>
    private static readonly HashSet<string> OwnWork = new(StringComparer.Ordinal) { "assigned", "own", "named", "replacing", "on-duty", "stand-in", "draft" };

    /// <summary>Reasons that explain nothing but that one may.</summary>
    private static readonly HashSet<string> MerelyMay = new(StringComparer.Ordinal) { "unassigned", "control", "team" };

    // A glass that breaks on nothing counts, whatever was behind it. A form that was filled in wrongly, or what one may not do to oneself, is no attempt at a dossier.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal) { "invalid", "own", "invitation" };

    // A look into the audit of a dossier opens no dossier.
    public static bool IsOpening(Line line) => line is { Refusal: null, Subject: not null, Why: not null, IsOfAudit: false } && line.Kind is LineKind.Read or LineKind.Changed or LineKind.BreakGlass;
    public static bool IsMerelyAllowed(Line line) => IsOpening(line) && MerelyMay.Contains(Acts.StemOf(line.Why!));

    /// <summary>Somebody was looked for: by the search, or by the intake's look for duplicates, which shows a card of what one may not open.</summary>
    public static bool IsSearchForSomebody(Line line) => line is { Refusal: null, Listed.Count: > 0 and <= Few } && (line.Act.EndsWith(".Search", StringComparison.Ordinal) || line.Act.EndsWith(".Register.Check", StringComparison.Ordinal));

    /// <param name="bearers">For each dossier opened that day, or found by searching for somebody, the colleagues whose names occur among its people.</param>
    /// <param name="onCall">Who held the on-call role that day.</param>
    /// <param name="usual">For whom it is asked: on how many dossiers a day, on earlier days, somebody had no other reason than that they may.</param>
    public static IEnumerable<Suspicion> In(DateOnly day, IReadOnlyList<Line> lines, IReadOnlyDictionary<Guid, IReadOnlySet<Guid>> bearers, IReadOnlySet<Guid> onCall, Func<Guid, IReadOnlyList<int>> usual)
    {
        foreach (var person in lines.Where(l => l.Actor is not null).GroupBy(l => l.Actor!.Value))
        {
            var opened = person.Where(IsOpening).ToList();
            foreach (var dossier in opened.GroupBy(l => l.Subject!.Value))
            {
                if (!bearers.TryGetValue(dossier.Key, out var named)) continue;
                if (named.Contains(person.Key)) yield return new Suspicion(FindingKind.OwnName, person.Key, day, 1, dossier.Key, person.Key);
                else if (dossier.All(l => !OwnWork.Contains(Acts.StemOf(l.Why!)))) yield return new Suspicion(FindingKind.ColleaguesName, person.Key, day, 1, dossier.Key, named.First());
            }
            foreach (var dossier in person.Where(IsSearchForSomebody).SelectMany(l => l.Listed).Distinct().Where(d => opened.All(l => l.Subject != d)))
            {
                if (!bearers.TryGetValue(dossier, out var named)) continue;
                yield return named.Contains(person.Key) ? new Suspicion(FindingKind.OwnNameSearched, person.Key, day, 1, dossier, person.Key) : new Suspicion(FindingKind.ColleaguesNameSearched, person.Key, day, 1, dossier, named.First());
            }
            // A search that could find nothing of the kind, because the searcher may not see it, was one all the same.
            foreach (var (why, kind) in new[] { ("own-name", FindingKind.OwnNameSearched), ("colleagues-name", FindingKind.ColleaguesNameSearched) })
            {
                if (person.Any(l => l.Refusal is null && l.Why == why && l.Act.EndsWith(".Search", StringComparison.Ordinal) && !l.Listed.Any(bearers.ContainsKey))) yield return new Suspicion(kind, person.Key, day, 1);
            }
            if (Distinct(opened.Where(IsMerelyAllowed)) is >= FarAbove and var many && IsFarAbove(many, usual(person.Key))) yield return new Suspicion(FindingKind.ManyUnassigned, person.Key, day, many);
            if (!onCall.Contains(person.Key) && Distinct(opened.Where(l => Moment.Local(l.At).Hour < NightEnds && !OwnWork.Contains(Acts.StemOf(l.Why!)))) is >= NightOpenings and var night) yield return new Suspicion(FindingKind.AtNight, person.Key, day, night);
            var found = person.Where(l => l.Refusal is null && l.Act.EndsWith(".Search", StringComparison.Ordinal)).SelectMany(l => l.Listed).ToHashSet();
            if (found.Count >= SearchedWithoutOpening && !opened.Any(l => found.Contains(l.Subject!.Value))) yield return new Suspicion(FindingKind.ManyListedNoneOpened, person.Key, day, found.Count);
            if (person.Count(l => l.Refusal is { } code && (!Harmless.Contains(code) || l.Act.EndsWith(".BreakGlass", StringComparison.Ordinal))) is >= Refusals and var refused) yield return new Suspicion(FindingKind.RefusedAgain, person.Key, day, refused);
        }
    }

    public static bool SaysWhoseName(FindingKind kind) => kind is FindingKind.OwnNameSearched or FindingKind.ColleaguesNameSearched;

    internal static bool IsFarAbove(int many, IReadOnlyList<int> days) => days.Count < EnoughDays ? many >= WithoutHistory : many > Times * Median(days);

    private static int Median(IReadOnlyList<int> days) => days.Order().ElementAt(days.Count / 2);
    private static int Distinct(IEnumerable<Line> lines) => lines.Select(l => l.Subject).Distinct().Count();
}
