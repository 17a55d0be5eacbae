using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>What a zone may settle for itself. The name stands in the database: it is never reused for something else.</summary>
internal enum SettingCode
{
    ServiceNameFr = 1, ServiceNameNl, ServiceNameDe, OfficialLanguages, Languages, Hours, FirstContactHours, TeamSeesAll, CallOutHours, FirstLetterFor, VictimMeans, OutsideStandIn, YearsOfAssistance, YearsOfPoliceFacts, Accent, ReferralAnswerDays,
    RecontactDaysOffence, RecontactDaysShockingEvent, RecontactDaysRoadAccident, RecontactDaysFamilySituation, RecontactDaysPartnerViolence, ShortTermWeeks,

    /// <summary>After how many hours a reminder that led to nothing is told on to the coordinators.</summary>
    ToldOnHours = 40,

    /// <summary>Whether colleagues may make themselves an address for calendar programs.</summary>
    CalendarFeeds = 41,

    /// <summary>In how many days another zone, or this one, is to say a word on a handover.</summary>
    HandoverAnswerDays = 42,

    /// <summary>For how many days feedback on the public pages is kept.</summary>
    FeedbackDays = 45,

    /// <summary>Within how many hours somebody who asks on the public page has an answer.</summary>
    RequestAnswerHours = 60,

    /// <summary>For how many days a request is kept that was answered, declined or became a dossier.</summary>
    RequestKeptDays = 61,

    /// <summary>Which kinds of consultation bodies are offered: they differ by community.</summary>
    BodyKinds = 70,

    /// <summary>After how many years without a training on a topic a colleague is due for one.</summary>
    TrainingYears = 71,

    /// <summary>The rooms where somebody can be met, offered where an appointment is planned.</summary>
    Rooms = 72,
}

/// <summary>How it is asked on the page.</summary>
internal enum Shape { Text, Lines, Number, YesNo, One, Several, Week, Colour, Colleague }

/// <summary>What a number counts.</summary>
internal enum Unit { Hours, Days, Weeks, Years }

/// <summary>A setting: the federal default, and what is locked. Its value is always a text, so that old and new can be read years later.</summary>
internal sealed record Setting(SettingCode Code, Shape Shape, string Default)
{
    /// <summary>The locked limits of a number.</summary>
    public (int Least, int Most) Limits { get; init; }

    /// <summary>What a number counts.</summary>
    public Unit Unit { get; init; }

    /// <summary>What there is to choose from, where that is fixed; the first is the locked minimum where there is one.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Something must be chosen.</summary>
    public bool NeedsOne { get; init; }

    public static readonly IReadOnlyList<Setting> All =
    [
        new(SettingCode.ServiceNameFr, Shape.Text, ""),
        new(SettingCode.ServiceNameNl, Shape.Text, ""),
        new(SettingCode.ServiceNameDe, Shape.Text, ""),
        new(SettingCode.OfficialLanguages, Shape.Several, "") { Options = ["fr", "nl", "de"], NeedsOne = true },
        new(SettingCode.Languages, Shape.Several, "fr;nl;de") { Options = ["fr", "nl", "de", "en"], NeedsOne = true },
        new(SettingCode.Hours, Shape.Week, ""),
        new(SettingCode.Rooms, Shape.Lines, ""),
        // A zone may be quicker than the federal delay and keep a window shorter, never the reverse.
        new(SettingCode.FirstContactHours, Shape.Number, "48") { Limits = (1, 48) },
        new(SettingCode.ToldOnHours, Shape.Number, "24") { Limits = (1, 168) },
        new(SettingCode.TeamSeesAll, Shape.YesNo, "no"),
        new(SettingCode.CallOutHours, Shape.Number, "72") { Limits = (0, 72) },
        // Somebody is asked again within a month at the latest, after partner violence within a fortnight.
        new(SettingCode.RecontactDaysOffence, Shape.Number, "10") { Limits = (1, 30), Unit = Unit.Days },
        new(SettingCode.RecontactDaysShockingEvent, Shape.Number, "10") { Limits = (1, 30), Unit = Unit.Days },
        new(SettingCode.RecontactDaysRoadAccident, Shape.Number, "14") { Limits = (1, 30), Unit = Unit.Days },
        new(SettingCode.RecontactDaysFamilySituation, Shape.Number, "14") { Limits = (1, 30), Unit = Unit.Days },
        new(SettingCode.RecontactDaysPartnerViolence, Shape.Number, "7") { Limits = (1, 14), Unit = Unit.Days },
        // Short-term help: nobody is kept for longer than half a year without a word.
        new(SettingCode.ShortTermWeeks, Shape.Number, "12") { Limits = (4, 26), Unit = Unit.Weeks },
        // When somebody is busy leaves the house: only where the zone wants it.
        new(SettingCode.CalendarFeeds, Shape.YesNo, "no"),
        new(SettingCode.FirstLetterFor, Shape.Several, ""),
        new(SettingCode.VictimMeans, Shape.One, nameof(VictimMeaning.Event)) { Options = Enum.GetNames<VictimMeaning>() },
        new(SettingCode.OutsideStandIn, Shape.Colleague, ""),
        new(SettingCode.YearsOfAssistance, Shape.One, "10") { Options = ["5", "10", "20", "30"] },
        new(SettingCode.YearsOfPoliceFacts, Shape.One, "10") { Options = ["10", "20", "30"] },
        new(SettingCode.ReferralAnswerDays, Shape.Number, "10") { Limits = (3, 30), Unit = Unit.Days },
        new(SettingCode.HandoverAnswerDays, Shape.Number, "3") { Limits = (1, 14), Unit = Unit.Days },
        new(SettingCode.FeedbackDays, Shape.Number, "90") { Limits = (7, 365), Unit = Unit.Days },
        new(SettingCode.RequestAnswerHours, Shape.Number, "48") { Limits = (1, 48) },
        new(SettingCode.RequestKeptDays, Shape.Number, "30") { Limits = (1, 90), Unit = Unit.Days },
        new(SettingCode.BodyKinds, Shape.Several, "") { NeedsOne = true },
        new(SettingCode.TrainingYears, Shape.Number, "3") { Limits = (1, 10), Unit = Unit.Years },
        new(SettingCode.Accent, Shape.Colour, ZoneSettings.FederalDefaults.Accent),
    ];

    public static Setting? Find(string? code) => All.FirstOrDefault(s => string.Equals(s.Code.ToString(), code, StringComparison.OrdinalIgnoreCase));
    public static Setting Of(SettingCode code) => All.First(s => s.Code == code);

    /// <summary>What is wrong with a value, in words; null: nothing. Whatever is written is checked here, from whichever page it comes.</summary>
    /// <param name="about">What the answer depends on beside the value.</param>
    public string? Fault(string value, Around about) => Shape switch
    {
        Shape.Text => value.Length > 120 ? Words.TooLong : value.Any(char.IsControl) ? Words.ControlCharacters : null,
        Shape.Lines => value.Length > 1000 || Several(value).Any(line => line.Length > ZoneSettings.LongestRoom) ? Words.TooLong : value.Any(char.IsControl) ? Words.ControlCharacters : null,
        Shape.Number => int.TryParse(value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= Limits.Least && number <= Limits.Most ? null : Words.BetweenLimits(Limits.Least, Limits.Most),
        Shape.YesNo => value is "yes" or "no" ? null : Words.ChooseOne,
        Shape.One => Options.Contains(value) ? null : Words.ChooseOne,
        Shape.Several => SeveralFault(Several(value), about),
        Shape.Week => OpeningHours.Read(value) is null ? Words.WrongHours : null,
        Shape.Colour => Colours.Fault(value),
        Shape.Colleague => value.Length == 0 || (Guid.TryParse(value, out var account) && about.StandIns.Contains(account)) ? null : Words.ChooseOne,
        _ => Words.ChooseOne,
    };

    private string? SeveralFault(IReadOnlyList<string> chosen, Around about)
    {
        var options = about.Shipped is { } shipped ? [.. shipped.Select(s => s.Code)] : Options;
        return chosen.Any(c => !options.Contains(c)) || (NeedsOne && chosen.Count == 0) ? Words.ChooseOne : null;
    }

    public static IReadOnlyList<string> Several(string value) => value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>What the answer to a setting depends on: who could stand in, and what there is to choose from where a module ships that.</summary>
internal sealed record Around(IReadOnlyList<Guid> StandIns, IReadOnlyList<ShippedOption>? Shipped);

/// <summary>Something to choose that a module ships, in the reader's language.</summary>
internal sealed record ShippedOption(string Code, string Word);
