using System.Globalization;

namespace VictimSupport.Zones.Contracts;

/// <summary>When a service is open, by day of the week, on a Belgian clock.</summary>
public sealed class OpeningHours
{
    private static readonly DayOfWeek[] Week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];
    private readonly Dictionary<DayOfWeek, IReadOnlyList<(TimeOnly From, TimeOnly To)>> days;

    private OpeningHours(Dictionary<DayOfWeek, IReadOnlyList<(TimeOnly, TimeOnly)>> days) => this.days = days;

    /// <summary>Nothing was said yet.</summary>
    public static readonly OpeningHours Unknown = new([]);

    public bool AreKnown => days.Count > 0;

    /// <summary>Spans in order; none: closed.</summary>
    public IReadOnlyList<(TimeOnly From, TimeOnly To)> On(DayOfWeek day) => days.GetValueOrDefault(day, []);

    /// <summary>The days on which it is open, Monday first, each as people write it: <c>08:30–12:00, 13:00–17:00</c>.</summary>
    public IEnumerable<(DayOfWeek Day, string Spans)> Written =>
        Week.Where(days.ContainsKey).Select(day => (day, string.Join(", ", days[day].Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.From:HH:mm}–{s.To:HH:mm}")))));

    /// <summary>Reads seven days from Monday, separated by <c>;</c>, each <c>08:30-12:00,13:00-17:00</c> or nothing. null: it is none.</summary>
    public static OpeningHours? Read(string value)
    {
        if (value.Length == 0) return Unknown;
        var written = value.Split(';');
        if (written.Length != Week.Length) return null;
        var read = new Dictionary<DayOfWeek, IReadOnlyList<(TimeOnly, TimeOnly)>>();
        foreach (var (day, spans) in Week.Zip(written))
        {
            if (Spans(spans) is not { } found) return null;
            if (found.Count > 0) read[day] = found;
        }
        return new OpeningHours(read);
    }

    /// <summary>One day, as people write it: dashes of any kind, one digit for the hour, spaces. null: it cannot be read, or one span begins before the one before ended.</summary>
    public static IReadOnlyList<(TimeOnly From, TimeOnly To)>? Spans(string day)
    {
        var spans = new List<(TimeOnly From, TimeOnly To)>();
        foreach (var span in day.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (span.Replace('–', '-').Replace('—', '-').Split('-', StringSplitOptions.TrimEntries) is not [var from, var to] || Time(from) is not { } start || Time(to) is not { } end || start >= end) return null;
            if (spans.Count > 0 && start < spans[^1].To) return null;
            spans.Add((start, end));
        }
        return spans;
    }

    /// <summary>One day as it is kept: <c>08:30-12:00,13:00-17:00</c>.</summary>
    public static string Write(IEnumerable<(TimeOnly From, TimeOnly To)> spans) => string.Join(',', spans.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.From:HH:mm}-{s.To:HH:mm}")));

    private static TimeOnly? Time(string text) => TimeOnly.TryParseExact(text.Replace('.', ':').Replace('h', ':').Replace('u', ':'), ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
