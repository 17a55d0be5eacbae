using System.Globalization;
using System.Text;

namespace VictimSupport.Design.Html;

/// <summary>Writes iCalendar (RFC 5545): lines of at most 75 octets ended by CR LF, what has a meaning there escaped, times in UTC.</summary>
public static class ICalendar
{
    private const int Octets = 75;

    /// <param name="Uid">The same event at each reading, and nothing by which anything else is known.</param>
    /// <param name="Summary">What this one is called; null: as all of them.</param>
    public sealed record Event(string Uid, DateTimeOffset From, DateTimeOffset To, string? Summary = null);

    /// <param name="summary">What an event is called that has no name of its own.</param>
    public static string Write(string name, string summary, IEnumerable<Event> events, DateTimeOffset now)
    {
        var text = new StringBuilder();
        Line("BEGIN:VCALENDAR");
        Line("VERSION:2.0");
        Line("PRODID:-//VictimSupport//Agenda//EN");
        Line("CALSCALE:GREGORIAN");
        Line("METHOD:PUBLISH");
        Line("X-WR-CALNAME:" + Escape(name));
        foreach (var one in events)
        {
            Line("BEGIN:VEVENT");
            Line("UID:" + Escape(one.Uid));
            Line("DTSTAMP:" + Utc(now));
            Line("DTSTART:" + Utc(one.From));
            Line("DTEND:" + Utc(one.To));
            Line("SUMMARY:" + Escape(one.Summary ?? summary));
            Line("CLASS:PRIVATE");
            Line("TRANSP:OPAQUE");
            Line("END:VEVENT");
        }
        Line("END:VCALENDAR");
        return text.ToString();

        // A long line goes on after a break and a space; no character is cut in two.
        void Line(string line)
        {
            var length = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                if (length + rune.Utf8SequenceLength > Octets)
                {
                    text.Append("\r\n ");
                    length = 1;
                }
                text.Append(rune.ToString());
                length += rune.Utf8SequenceLength;
            }
            text.Append("\r\n");
        }
    }

    private static string Escape(string text) => text.ReplaceLineEndings("\n").Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
