using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>A zone's own colours as a style sheet. A zone that does not exist has the federal one.</summary>
internal static class Theme
{
    public const string Path = "/theme.css";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, [Open("a zone's colours, as on its public page")] async (WhereAndWho who, IZoneSettings settings, CancellationToken ct) =>
        Results.Text(Colours.Sheet(who.Zone is { } zone ? (await settings.Of(zone.Id, ct)).Accent : Colours.Federal), "text/css"));
}

/// <summary>The colours of zones, for pages that stand outside them and name several.</summary>
internal sealed class ColoursOfZones(IZoneSettings settings) : IKnowColours
{
    public async ValueTask<ZoneColour?> Of(Guid zone, CancellationToken ct) =>
        (await settings.Of(zone, ct)).Accent is var accent && accent == ZoneSettings.FederalDefaults.Accent ? null : new ZoneColour(accent, Colours.AtNight(accent));
}
