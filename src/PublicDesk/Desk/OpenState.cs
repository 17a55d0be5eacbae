using System.Globalization;
using VictimSupport.Design.Html;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>Whether a service answers its telephone now, by its own hours on a Belgian clock. Holidays are not in them.</summary>
/// <param name="Until">Open: until then.</param>
/// <param name="Next">Closed: when it opens again; null: it says no hours.</param>
internal sealed record OpenState(bool IsKnown, bool IsOpen, DateTime? Until, DateTime? Next, DateOnly Today)
{
    public static OpenState At(OpeningHours hours, DateTimeOffset now)
    {
        var (today, time) = (Moment.Day(now), TimeOnly.FromDateTime(Moment.Local(now)));
        if (!hours.AreKnown) return new(false, false, null, null, today);
        foreach (var (from, to) in hours.On(today.DayOfWeek))
        {
            if (from <= time && time < to) return new(true, true, today.ToDateTime(to), null, today);
            if (from > time) return new(true, false, null, today.ToDateTime(from), today);
        }
        for (var ahead = 1; ahead <= 7; ahead++)
        {
            var day = today.AddDays(ahead);
            if (hours.On(day.DayOfWeek) is [var first, ..]) return new(true, false, null, day.ToDateTime(first.From), today);
        }
        return new(false, false, null, null, today);
    }

    /// <summary>In the reader's language; null: nothing is known.</summary>
    public string? InWords => this switch
    {
        { IsKnown: false } => null,
        { Until: { } until } => Words.OpenUntil(Clock(until)),
        { Next: { } next } when DateOnly.FromDateTime(next) == Today => Words.OpensToday(Clock(next)),
        { Next: { } next } when DateOnly.FromDateTime(next) == Today.AddDays(1) => Words.OpensTomorrow(Clock(next)),
        { Next: { } next } => Words.OpensOn(Day(next.DayOfWeek), Clock(next)),
        _ => null,
    };

    public static string Day(DayOfWeek day) => CultureInfo.CurrentCulture.DateTimeFormat.GetDayName(day);

    private static string Clock(DateTime at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>A page for anybody as it is shown: whose, in which language, when.</summary>
internal sealed record PageNow(PublicPage Page, string Language, OpenState Open)
{
    /// <summary>Monday first, spans as they are written; a day without hours is left out.</summary>
    public IReadOnlyList<(string Day, string Spans)> Week =>
        [.. Page.Hours.Written.Select(d => (OpenState.Day(d.Day), d.Spans))];

    public IReadOnlyList<Helpline> Helplines => Desk.Helplines.For(Language, Page.Communities);

    /// <summary>For a link that calls.</summary>
    public static string Tel(string number) => "tel:" + string.Concat(number.Where(c => char.IsAsciiDigit(c) || c == '+'));
    public static string Text(string number) => "sms:" + string.Concat(number.Where(c => char.IsAsciiDigit(c) || c == '+'));
}
