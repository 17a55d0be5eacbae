using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Zones.Conduct;

/// <summary>Stands at the door of every zone: nothing opens before its code of conduct is accepted, at first entry and again when the text changed.</summary>
internal sealed class Conducts(CatalogDatabase catalog, TimeProvider clock) : IStandAtTheDoor
{
    public const string Page = "/conduct";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, (int Version, long Read)> current = new();
    private readonly ConcurrentDictionary<(Guid Zone, Guid Account), int> accepted = new(); // only ever grows, so it is never too old to say yes

    public async ValueTask<string?> First(Guid zone, Guid account, bool sends, CancellationToken ct)
    {
        if (!current.TryGetValue(zone, out var known) || clock.GetElapsedTime(known.Read) > Fresh)
        {
            await using var house = catalog.Lease();
            if (current.Count > 10_000) current.Clear();
            current[zone] = known = (await VersionOf(house, zone, ct), clock.GetTimestamp());
        }
        if (!accepted.TryGetValue((zone, account), out var seen) || seen < known.Version)
        {
            await using var house = catalog.Lease();
            seen = await house.Set<ConductAcceptance>().Where(a => a.Zone == zone && a.Account == account).MaxAsync(a => (int?)a.Version, ct) ?? 0;
            if (accepted.Count > 20_000) accepted.Clear();
            accepted[(zone, account)] = seen;
        }
        return seen >= known.Version || (sends && seen > 0) ? null : Page;
    }

    public void Forget(Guid zone) => current.TryRemove(zone, out _);

    public static async Task<int> VersionOf(CatalogDbContext house, Guid zone, CancellationToken ct) => await house.Set<ConductText>().Where(t => t.Zone == zone).MaxAsync(t => (int?)t.Version, ct) ?? ConductText.First;

    /// <summary>The text as it is now, in the reader's language, else in the zone's first.</summary>
    public static async Task<(int Version, string Text, string Language)> Read(CatalogDbContext house, ZoneRecord zone, CancellationToken ct)
    {
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        if (await house.Set<ConductText>().AsNoTracking().Where(t => t.Zone == zone.Id).OrderByDescending(t => t.Version).FirstOrDefaultAsync(ct) is not { } own) return (ConductText.First, Default(language), language);
        foreach (var one in (string[])[language, .. zone.Facts.Languages, "fr", "nl", "de", "en"])
        {
            if (own.In(one) is { Length: > 0 } text) return (own.Version, text, one);
        }
        return (own.Version, Default(language), language);
    }

    /// <summary>The text that the house comes with.</summary>
    public static string Default(string language) =>
        Spoken.In(language, () => string.Join("\n\n", Words.Conduct1, Words.Conduct2, Words.Conduct3, Words.Conduct4, Words.Conduct5, Words.Conduct6, Words.Conduct7));
}
