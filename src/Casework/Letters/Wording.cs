using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Letters;

/// <summary>Writes letters from the zone's texts, or from the shipped ones, in the language of whoever gets them.</summary>
internal sealed partial class Wording(ZoneDbContext zone, UseCase here, Caller caller, IAccounts accounts, IZoneSettings settings, TimeProvider clock)
{
    /// <summary>Languages in which letters are written.</summary>
    public static readonly IReadOnlyList<string> Languages = ["fr", "nl", "de", "en"];

    /// <summary>The written language of somebody: of a sign language the one around it, of any other the fallback.</summary>
    public static string Spoken(string language, string fallback) => language switch
    {
        "fr" or "nl" or "de" or "en" => language,
        "lsfb" => "fr",
        "vgt" => "nl",
        "dgs" => "de",
        _ => fallback,
    };

    /// <summary>The words in square brackets that have a value in this kind. A leaflet is about nobody; a card in somebody's purse does not say of whom it is.</summary>
    public static IReadOnlyList<string> Placeholders(LetterKind kind) => kind switch
    {
        LetterKind.PocketCard => ["[phone]", "[hours]"],
        _ when kind.IsLeaflet() => ["[service]", "[phone]", "[hours]"],
        _ => ["[name]", "[service]", "[worker]", "[phone]", "[hours]", "[date]"],
    };

    /// <summary>The shipped text of a kind.</summary>
    public static string Shipped(LetterKind kind, string language) => Design.Html.Spoken.In(language, () => Words.Of("LetterText_" + kind));

    /// <summary>A placeholder nobody filled in, such as <c>[…]</c>; null: there is none.</summary>
    public static string? Gap(string text) => Placeholder().Match(text) is { Success: true } found ? found.Value : null;

    /// <summary>The language a letter to this person is written in.</summary>
    public string LanguageOf(string person) => Spoken(person, here.InZone.Record.FirstLanguage);

    /// <summary>The zone's text of a kind, else the shipped one; with its placeholders.</summary>
    public async Task<string> Template(LetterKind kind, string language, CancellationToken ct) =>
        await zone.Set<LetterTemplate>().AsNoTracking().Where(t => t.Kind == kind && t.Language == language).Select(t => t.Wording).SingleOrDefaultAsync(ct) ?? Shipped(kind, language);

    public async Task<LetterHead> Head(CancellationToken ct) => await zone.Set<LetterHead>().AsNoTracking().SingleOrDefaultAsync(ct) ?? new LetterHead();

    /// <summary>What in a text that others see would tell, in this zone, who writes or why; null: nothing.</summary>
    public async Task<string?> Telling(string text, CancellationToken ct)
    {
        ZoneFacts facts = here.InZone.Record.Facts;
        return Neutral.Telling(text, [.. (await settings.Of(here.InZone.Id, ct)).ServiceNames.Values, .. new[] { facts.NameFr, facts.NameNl, facts.NameDe }.OfType<string>()]);
    }

    /// <summary>The text for one person, or a leaflet for anybody. A line whose placeholder has no value is left out.</summary>
    public async Task<string> Compose(LetterKind kind, string language, string name, CancellationToken ct)
    {
        var set = await settings.Of(here.InZone.Id, ct);
        var names = set.ServiceNames;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[name]"] = name == People.Particulars.Nameless ? "" : name,
            ["[service]"] = names.TryGetValue(language, out var own) ? own : names.Values.FirstOrDefault() ?? (kind.IsLeaflet() ? "" : Design.Html.Spoken.In(language, () => Words.OurService)),
            ["[worker]"] = (await accounts.Named([caller.Self], ct)).TryGetValue(caller.Self, out var worker) ? worker.DisplayName : "",
            ["[phone]"] = (await Head(ct)).ServicePhone,
            ["[hours]"] = Hours(set.Hours, CultureInfo.GetCultureInfo(language + "-BE").DateTimeFormat, brief: kind == LetterKind.PocketCard),
            ["[date]"] = Moment.ShowLong(Moment.Day(clock.GetUtcNow()), CultureInfo.GetCultureInfo(language + "-BE")),
        };
        var text = new StringBuilder();
        foreach (var line in (await Template(kind, language, ct)).ReplaceLineEndings("\n").Split('\n'))
        {
            if (values.Any(v => v.Value.Length == 0 && line.Contains(v.Key, StringComparison.Ordinal))) continue;
            text.Append(values.Aggregate(line, (whole, v) => whole.Replace(v.Key, v.Value, StringComparison.Ordinal))).Append('\n');
        }
        return text.ToString().Trim();
    }

    // A day a line, as a list.
    private static string Hours(OpeningHours hours, DateTimeFormatInfo names, bool brief) => string.Join('\n', hours.Written.Select(d => $"- {(brief ? names.GetAbbreviatedDayName(d.Day) : names.GetDayName(d.Day))} {d.Spans}"));

    [GeneratedRegex(@"\[[^\[\]\n]{1,40}\]", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
