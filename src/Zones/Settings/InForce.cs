using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>The settings that hold today, as of a few seconds ago at most; a change made in this process acts at once.</summary>
internal sealed class InForce(CatalogDatabase catalog, IEnumerable<IShipSubKinds> shipped, IEnumerable<IShipBodyKinds> bodies, IStaff staff, TimeProvider clock) : IZoneSettings
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<(Guid Zone, DateOnly Day), (ZoneSettings Settings, long Read)> known = new();

    public async ValueTask<ZoneSettings> Of(Guid zone, CancellationToken ct)
    {
        var settings = await Chosen(zone, ct);
        // Whoever no longer holds the role is no stand-in, whatever a zone once chose.
        return settings.OutsideStandIn is not { } standIn || (await staff.Holding(zone, [Role.OutsideStandIn], ct)).Contains(standIn) ? settings : settings with { OutsideStandIn = null };
    }

    private async ValueTask<ZoneSettings> Chosen(Guid zone, CancellationToken ct)
    {
        var today = Design.Html.Moment.Day(clock.GetUtcNow());
        if (known.TryGetValue((zone, today), out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Settings;
        await using var house = catalog.Lease();
        var changes = await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone && c.Withdrawn == null).ToListAsync(ct);
        var languages = await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleOrDefaultAsync(ct) ?? "";
        var live = await house.Set<ZoneStep>().Where(s => s.Zone == zone && s.Step == ZoneStep.Live).Select(s => (DateTimeOffset?)s.At).SingleOrDefaultAsync(ct);
        if (known.Count > 10_000) known.Clear();
        var settings = Read(today, changes, languages) with { Live = live };
        known[(zone, today)] = (settings, clock.GetTimestamp());
        return settings;
    }

    public void Forget(Guid zone)
    {
        foreach (var key in known.Keys.Where(k => k.Zone == zone)) known.TryRemove(key, out _);
    }

    /// <summary>The value of one setting on a day, the default where the zone chose nothing.</summary>
    /// <param name="languages">The official languages of the zone as the catalogue has them.</param>
    public string ValueOn(DateOnly day, SettingCode code, IEnumerable<SettingChange> changes, string languages) => SettingChange.On(day, code, changes)?.Value ?? DefaultOf(code, languages);

    /// <summary>The federal default of a setting; that of the official languages is what the operator said of the zone, that of the first letters what is shipped, that of consultation bodies what there is in the communities of those languages.</summary>
    public string DefaultOf(SettingCode code, string languages) => code switch
    {
        SettingCode.OfficialLanguages => languages,
        SettingCode.FirstLetterFor => string.Join(';', FirstLetters.Where(k => k.ByDefault).Select(k => k.Code)),
        SettingCode.BodyKinds => string.Join(';', Bodies.Where(k => k.Languages.Count == 0 || k.Languages.Intersect(Setting.Several(languages)).Any()).Select(k => k.Code)),
        _ => Setting.Of(code).Default,
    };

    /// <summary>Is every official language worked in, on the day and on each later one that is planned?</summary>
    public bool SpeaksWhatIsOfficial(DateOnly from, IReadOnlyList<SettingChange> changes, string languages) =>
        changes.Where(c => c.Withdrawn is null && c.From > from).Select(c => c.From).Append(from)
            .All(day => !Setting.Several(ValueOn(day, SettingCode.OfficialLanguages, changes, languages)).Except(Setting.Several(ValueOn(day, SettingCode.Languages, changes, languages))).Any());

    /// <summary>What there is to choose from, where a module ships it; null: the setting itself says so.</summary>
    public IReadOnlyList<ShippedOption>? Shipped(SettingCode code) => code switch
    {
        SettingCode.FirstLetterFor => [.. FirstLetters.Select(k => new ShippedOption(k.Code, k.Word()))],
        SettingCode.BodyKinds => [.. Bodies.Select(k => new ShippedOption(k.Code, k.Word()))],
        _ => null,
    };

    private IEnumerable<ShippedBodyKind> Bodies => bodies.SelectMany(b => b.All);
    private IReadOnlyList<ShippedSubKind> FirstLetters => [.. shipped.SelectMany(s => s.ForFirstLetters)];

    private ZoneSettings Read(DateOnly day, List<SettingChange> changes, string languages)
    {
        return new ZoneSettings(TimeSpan.FromHours(Number(SettingCode.FirstContactHours)), Value(SettingCode.TeamSeesAll) == "yes", TimeSpan.FromHours(Number(SettingCode.CallOutHours)),
            Guid.TryParse(Value(SettingCode.OutsideStandIn), out var standIn) ? standIn : null)
        {
            ServiceNames = new[] { ("fr", SettingCode.ServiceNameFr), ("nl", SettingCode.ServiceNameNl), ("de", SettingCode.ServiceNameDe) }.Select(n => (n.Item1, Name: Value(n.Item2))).Where(n => n.Name.Length > 0).ToDictionary(n => n.Item1, n => n.Name, StringComparer.Ordinal),
            OfficialLanguages = Setting.Several(Value(SettingCode.OfficialLanguages)),
            // The operator may have made a language official that the zone had left out.
            Languages = [.. Setting.Several(Value(SettingCode.Languages)).Union(Setting.Several(Value(SettingCode.OfficialLanguages)))],
            // What is no longer shipped as harmless is not sent, whatever a zone once chose.
            FirstLetterFor = Setting.Several(Value(SettingCode.FirstLetterFor)).Where(c => FirstLetters.Any(k => k.Code == c)).ToHashSet(StringComparer.Ordinal),
            BodyKinds = Setting.Several(Value(SettingCode.BodyKinds)).ToHashSet(StringComparer.Ordinal),
            TrainedEvery = Number(SettingCode.TrainingYears),
            Victim = Enum.Parse<VictimMeaning>(Value(SettingCode.VictimMeans)),
            ToldOnAfter = TimeSpan.FromHours(Number(SettingCode.ToldOnHours)),
            Accent = Value(SettingCode.Accent),
            CalendarFeeds = Value(SettingCode.CalendarFeeds) == "yes",
            ReferralAnswerWithin = TimeSpan.FromDays(Number(SettingCode.ReferralAnswerDays)),
            HandoverAnswerWithin = TimeSpan.FromDays(Number(SettingCode.HandoverAnswerDays)),
            FeedbackKept = TimeSpan.FromDays(Number(SettingCode.FeedbackDays)),
            RequestAnswerWithin = TimeSpan.FromHours(Number(SettingCode.RequestAnswerHours)),
            RequestKept = TimeSpan.FromDays(Number(SettingCode.RequestKeptDays)),
            Rooms = Setting.Several(Value(SettingCode.Rooms)),
            Hours = OpeningHours.Read(Value(SettingCode.Hours)) ?? OpeningHours.Unknown,
            YearsOfAssistance = Number(SettingCode.YearsOfAssistance),
            YearsOfPoliceFacts = Number(SettingCode.YearsOfPoliceFacts),
            RecontactAfter = ZoneSettings.FederalDefaults.RecontactAfter.Keys.ToDictionary(kind => kind, kind => TimeSpan.FromDays(Number(Enum.Parse<SettingCode>("RecontactDays" + kind))), StringComparer.Ordinal),
            ShortTerm = TimeSpan.FromDays(7 * Number(SettingCode.ShortTermWeeks)),
        };

        string Value(SettingCode code) => ValueOn(day, code, changes, languages);
        int Number(SettingCode code) => int.Parse(Value(code), CultureInfo.InvariantCulture);
    }
}
