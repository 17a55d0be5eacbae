using System.Globalization;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>Codes of the programme in the reader's language.</summary>
internal static class Said
{
    public static string Table(Table table) => Words.Of("PubTable_" + table.Id);

    public static string Axis(string name) => Words.Of("PubAxis_" + name);

    /// <param name="axis">Its name; <c>area</c> and <c>period</c> are axes too.</param>
    public static string Code(string axis, string code) => (axis, code) switch
    {
        (Axes.Area, _) => Place(code),
        (Axes.Period, _) => Period(code),
        _ => CodeNames.Of(axis, code),
    };

    /// <summary>An area, a union of areas, a region or the country.</summary>
    public static string Place(string place) => place == Geography.Country ? Words.PubPlace_BE
        : Axes.IsRegion(place) ? string.Join(" + ", Geography.Members(place).Select(m => Words.Of("PubRegion_" + m)))
        : string.Join(" + ", Geography.Members(place).Select(m => StatisticalAreas.Find(m) is null ? m : Words.Of("PubPlace_" + m)));

    public static string Period(string period)
    {
        var year = period[..4];
        return Axes.SpanOf(period) switch
        {
            Span.Year => year,
            Span.Quarter => Words.PubQuarterOf(period[6..], year),
            _ => DateOnly.ParseExact(period + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture).ToString("MMMM yyyy", CultureInfo.CurrentCulture),
        };
    }

    public static string Kind(ReleaseKind kind) => Words.Of("PubReleaseKind_" + kind);

    /// <summary>2026-Q2, first release.</summary>
    public static string Edition(Release release) => $"{Period(release.Period)}, {Kind(release.Kind)}" + (release.IsValid ? "" : ", " + Words.PubWithdrawn);

    /// <summary>That it was taken back, when and why; empty: it stands.</summary>
    public static string Withdrawn(Release release) => release.Withdrawn is { } back ? Words.PubWithdrawnText(Design.Html.Moment.Show(Design.Html.Moment.Day(back.At)), Words.Of("PubFault_" + back.Fault)) : "";

    /// <summary>That releases are out whose figures cannot be read here, and by which programme they were made.</summary>
    public static string Unreadable(IReadOnlyList<Release> releases) => Words.PubUnreadableText(string.Join(", ", releases.Select(r => $"{r.Id} ({r.ProgrammeHash[..Math.Min(12, r.ProgrammeHash.Length)]})")));

    /// <summary>That the figures of some areas are of the first release, because the final one is without them; empty: of none.</summary>
    public static string OfFirst(IReadOnlyList<string> places) => places.Count == 0 ? "" : Words.PubOfFirstText(string.Join(", ", places.Select(Place)));

    /// <summary>Everything a figure is about, in words.</summary>
    public static string Cell(Figure figure) => string.Join(", ", Axes.At(figure).Where(a => a.Value != Published.All).Select(a => Code(a.Key, a.Value)));

    /// <summary>The figure with its margin, or the sign that stands in its place.</summary>
    public static string Shown(Figure figure) => figure.Value is { } value ? Words.PubFigureAndMargin(value.ToString("N0", CultureInfo.CurrentCulture), figure.Margin!.Value.ToString("N0", CultureInfo.CurrentCulture)) : figure.IsMissing ? ":" : "c";

    /// <summary>Signs that stand beside a value: u, p.</summary>
    public static IEnumerable<string> Signs(Figure figure) => figure.Signs.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How a figure is quoted: release, table, cell, margin.</summary>
    public static string Citation(Release release, Figure figure) => Words.PubCitation(
        release.Id, Design.Html.Moment.Show(Design.Html.Moment.Day(release.PublishedAt)), figure.Table.Id, Table(figure.Table), Cell(figure),
        figure.Value is null ? Shown(figure) : $"{Shown(figure)} ({Words.PubNineteenOfTwenty})", Coverage(release), release.ProgrammeHash[..12]);

    /// <summary>For whom totals are, where it is not said of a release how many people live in its zones.</summary>
    public static string Totals(IEnumerable<Release> releases) => releases.All(r => r.InhabitantsPercent is not null) ? Words.PubOfParticipating : Words.PubInhabitantsUnknown;

    /// <summary>Of how many zones the figures of a release are, without which areas, and how many of them looked at theirs; before it, that it was taken back: it stands under all figures, on paper and in files too.</summary>
    public static string Coverage(Release release) => (release.IsValid ? "" : Withdrawn(release) + " ") + (release.Missing.Length == 0 ? Words.PubCoverageOf(release.Zones, release.OfZones)
        : Words.PubCoverageWithout(release.Zones, release.OfZones, string.Join(", ", release.Missing.Split(';').Select(Place))))
        + (release.InhabitantsPercent is { } percent ? " " + Words.PubInhabitants(percent) : "")
        + (release.Validated is { } validated ? " " + Words.PubValidated(validated) : "");
}
