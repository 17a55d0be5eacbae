using System.Globalization;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Forms;
using VictimSupport.Design.Html;

namespace VictimSupport.Casework.Lists;

/// <summary>What becomes of a row.</summary>
internal enum PvChoice
{
    /// <summary>Somebody must say: the person or the report may be known.</summary>
    Undecided = 0,
    Take = 1,
    Leave = 2,

    /// <summary>The report goes to a dossier that is there already.</summary>
    Add = 3,
}

/// <summary>A row of a list, and what was chosen for it.</summary>
/// <param name="Known">Somebody alike, or the report, is in this zone already; who may not know of it is not told more.</param>
/// <param name="Person">Who of the dossier it was added to is meant; null: nobody is named, or it was not added.</param>
internal sealed record PvRow(PvCells Cells, PvChoice Choice, bool Known, Guid? AddTo = null, Guid? Person = null);

/// <summary>A whole list: sealed together.</summary>
internal sealed record PvSheet(IReadOnlyList<PvRow> Rows)
{
    /// <summary>For each row the first earlier one with the same name; 0: there is none. Counted from 1, as they are shown.</summary>
    public IReadOnlyList<int> Twins()
    {
        var (first, twins) = (new Dictionary<string, int>(StringComparer.Ordinal), new int[Rows.Count]);
        for (var i = 0; i < Rows.Count; i++)
        {
            if (NameOf(Rows[i].Cells) is { Length: > 0 } name && !first.TryAdd(name, i + 1)) twins[i] = first[name];
        }
        return twins;
    }

    // Whichever part of it stands first.
    private static string NameOf(PvCells cells) => string.Join(' ', $"{cells.GivenName} {cells.FamilyName}".Split([' ', '-', '\''], StringSplitOptions.RemoveEmptyEntries).Select(FourLanguages.Fold).Where(p => p.Length > 0).Order(StringComparer.Ordinal)) is var name && PvReading.IsUnknown(cells) ? "" : name;
}

/// <summary>What was read in a row, and what is wrong with it: a field of <see cref="PvCells"/> and a reason for each.</summary>
/// <param name="Own">The zone's own word for the facts; null: they are called as they are shipped.</param>
internal sealed record PvReading(SubKind? Kind, OwnCode? Own, DateTimeOffset? When, string Language, bool Unknown, IReadOnlyList<(string Field, string Wrong)> Faults)
{
    private static readonly string[] Days = ["d/M/yyyy", "d/M/yy", "d.M.yyyy", "d.M.yy", "d-M-yyyy", "d-M-yy", "yyyy-M-d", "yyyy/M/d", "d MMMM yyyy", "d. MMMM yyyy", "d MMM yyyy", "d. MMM yyyy"];
    private static readonly string[] Moments = [.. Days.SelectMany(d => new[] { d, d + " H:m", d + " H:m:s", d + " H'h'm", d + "'T'H:m", d + "'T'H:m:s" })];

    // Facts that reports call by other words than the service does.
    private static readonly string[] Called = ["Assault", "Burglary", "Disappearance", "FamilyViolence", "Fire", "Homicide", "PartnerViolence", "RoadAccident", "Robbery", "SexualViolence", "Stalking", "Suicide"];
    private static readonly Lazy<Dictionary<string, string>> Known = new(() =>
    {
        var known = Coded(SubKinds.All.Select(s => s.Code), "SubKind_");
        foreach (var (word, code) in PvText.InFourLanguages(Called.Select(c => (c, "PvFacts_" + c)), several: true)) known.TryAdd(word, code);
        return known;
    });
    private static readonly Lazy<Dictionary<string, string>> Tongues = new(() => Coded(Languages.All, "Language_", ("f", "fr"), ("n", "nl"), ("d", "de"), ("e", "en")));
    private static readonly Lazy<HashSet<string>> No = new(() => [.. PvText.InFourLanguages([(0, "PvNoWords")], several: true).Keys]);
    private static readonly Lazy<HashSet<string>> Nobody = new(() => [.. PvText.InFourLanguages([(0, "PvUnknownNames")], several: true).Keys]);

    /// <summary>The facts as a form knows them; null: none was understood.</summary>
    public string? Facts => Own?.Value ?? Kind?.Code;

    /// <param name="usual">The language where the row names none.</param>
    /// <param name="owns">See <see cref="OwnFacts"/>.</param>
    public static PvReading Of(PvCells cells, string usual, IReadOnlyDictionary<string, OwnCode> owns, DateTimeOffset now)
    {
        var faults = new List<(string, string)>();
        var unknown = IsUnknown(cells);
        if (cells.Number.Length == 0) faults.Add((nameof(PvCells.Number), Words.PvNumberMissing));
        TooLong(nameof(PvCells.Number), cells.Number, 60);
        var own = owns.GetValueOrDefault(FourLanguages.Fold(cells.Facts));
        var kind = (own?.Shipped ?? FactsOf(cells.Facts)) is { } code && ShippedCodes.Holds(CodeList.SubKind, code, Moment.Day(now)) ? SubKinds.Find(code) : null;
        if (kind is null) faults.Add((nameof(PvCells.Facts), cells.Facts.Length == 0 ? Words.ChooseFacts : Words.PvFactsUnread));
        var when = DateOf(cells.Date);
        if (cells.Date.Length > 0 && when is null) faults.Add((nameof(PvCells.Date), Words.PvDateUnread));
        else if (when > now.AddHours(1)) faults.Add((nameof(PvCells.Date), Words.InTheFuture));
        else if (when <= now.AddYears(-60)) faults.Add((nameof(PvCells.Date), Words.TooLongAgo));
        if (!unknown && cells.GivenName.Length + cells.FamilyName.Length == 0) faults.Add((nameof(PvCells.FamilyName), Words.NameOrUnknown));
        TooLong(nameof(PvCells.GivenName), cells.GivenName, 200);
        TooLong(nameof(PvCells.FamilyName), cells.FamilyName, 200);
        TooLong(nameof(PvCells.Address), cells.Address, 500);
        var language = cells.Language.Length == 0 ? usual : LanguageOf(cells.Language);
        if (language is null) faults.Add((nameof(PvCells.Language), Words.PvLanguageUnread));
        return new PvReading(kind, kind is null ? null : own, when, language ?? usual, unknown, faults);

        void TooLong(string field, string text, int most)
        {
            if (text.Length > most) faults.Add((field, Words.TooLong));
        }
    }

    /// <summary>The sub-kind a cell means, by its code or by its word in any language; null: none.</summary>
    public static string? FactsOf(string cell) => Known.Value.GetValueOrDefault(FourLanguages.Fold(cell));

    /// <summary>The same of a language.</summary>
    public static string? LanguageOf(string cell) => Tongues.Value.GetValueOrDefault(FourLanguages.Fold(cell));

    /// <summary>Is follow-up to be offered? Whatever an officer writes there, a cross or "shaken, to be called", asks for it, unless it says no: one offer too many harms nobody.</summary>
    public static bool OffersFollowUp(PvCells cells) => cells.FollowUp.Length > 0 && cells.FollowUp is not ("-" or "–" or "/" or "☐") && !No.Value.Contains(FourLanguages.Fold(cells.FollowUp));

    public static bool IsUnknown(PvCells cells) => Nobody.Value.Contains(FourLanguages.Fold(cells.GivenName + cells.FamilyName));

    /// <summary>A day, with an hour or without; the clock is Belgian. null: it cannot be read.</summary>
    internal static DateTimeOffset? DateOf(string cell)
    {
        if (cell.Length is 0 or > 60) return null;
        foreach (var culture in Moment.Cultures)
        {
            if (DateTime.TryParseExact(cell, Moments, culture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AllowInnerWhite, out var local) && local.Year is > 1900 and < 2200)
                return Moment.Instant(Moment.NeverComes(local) ? local.AddHours(1) : local);
        }
        return null;
    }

    private static Dictionary<string, string> Coded(IEnumerable<string> codes, string prefix, params (string Said, string Code)[] also)
    {
        var list = codes.ToList();
        var known = PvText.InFourLanguages(list.Select(c => (c, prefix + c)));
        foreach (var code in list) known[FourLanguages.Fold(code)] = code;
        foreach (var (said, code) in also) known[said] = code;
        return known;
    }
}
