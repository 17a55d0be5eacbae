using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Contacts;

/// <summary>A secret address at which a calendar program reads when somebody is busy in this zone: times, and nothing else.</summary>
internal sealed class Feed
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>Of the address's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";
    public DateTimeOffset Made { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <returns>The feed, and the token: known here only.</returns>
    public static (Feed Feed, string Token) Make(Guid account, DateTimeOffset now)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (new Feed { Id = Guid.CreateVersion7(now), Account = account, TokenHash = Hash(token), Made = now }, token);
    }

    /// <summary>So many random bits need no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public void Revoke(DateTimeOffset now) => Revoked ??= now;

    internal sealed class Mapping : IZoneMapping<Feed>
    {
        public void Configure(EntityTypeBuilder<Feed> b)
        {
            b.ToTable("calendar_feed");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.TokenHash).HasMaxLength(64);
            b.HasIndex(f => f.TokenHash).IsUnique();
            b.HasIndex(f => f.Account);
        }
    }
}

/// <summary>Writes iCalendar (RFC 5545): lines of at most 75 octets ended by CR LF, what has a meaning there escaped, times in UTC.</summary>
internal static class ICalendar
{
    private const int Octets = 75;

    /// <param name="Uid">The same event at each reading, and nothing by which anything else is known.</param>
    internal sealed record Event(string Uid, DateTimeOffset From, DateTimeOffset To);

    /// <param name="summary">What every event is called.</param>
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
            Line("SUMMARY:" + Escape(summary));
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

    internal static string Escape(string text) => text.ReplaceLineEndings("\n").Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
