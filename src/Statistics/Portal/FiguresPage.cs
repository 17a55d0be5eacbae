using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>What the pages of the figures over all zones have in common: each stands at <c>/figures</c> for those of the platform, and within a zone at <c>/{code}/country</c> for its own people.</summary>
internal abstract class FiguresPage(WhereAndWho who) : PageModel
{
    public const string InZone = "country", Outside = "figures";

    /// <summary>Before whose page's path its links stand.</summary>
    public string Root => who.Zone is { } zone ? $"/{zone.Code}/{InZone}" : "/" + Outside;

    /// <summary>May the other pages of the figures be opened?</summary>
    public bool MayRead => who.Caller.May(May.SeeProtectedFigures);

    public IEnumerable<(string Href, string Text, bool IsHere)> Tabs => new[]
    {
        ("", Words.PubOverviewTab), ("/pivot", Words.PubPivotTab), ("/map", Words.PubMapTab), ("/structural", Words.PubWorkTab), ("/definitions", Words.PubDefinitionsTab), ("/quality", Words.PubQualityTab), ("/calendar", Words.PubCalendarTab), ("/privacy", Words.PubPrivacyTab),
    }.Select(t => (Root + t.Item1, t.Item2, Request.PathBase + Request.Path == new Microsoft.AspNetCore.Http.PathString(Root + t.Item1)));

    /// <summary>The page on which a figure is quoted.</summary>
    public string Cite(Release release, Figure figure) => $"{Root}/cite/{release.Id}/{figure.Table.Id}/{Uri.EscapeDataString(figure.Id)}";
}
