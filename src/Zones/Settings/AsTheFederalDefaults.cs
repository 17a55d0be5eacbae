using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>Until zones choose for themselves.</summary>
internal sealed class AsTheFederalDefaults : IZoneSettings
{
    public ValueTask<ZoneSettings> Of(Guid zone, CancellationToken ct) => new(ZoneSettings.FederalDefaults);
}
