using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.People;

namespace VictimSupport.Casework.Demo;

/// <summary>A case that nobody had.</summary>
/// <param name="At">When it was registered.</param>
/// <param name="Met">The first contact with the person; null: there was none.</param>
/// <param name="Closed">null: not yet.</param>
internal sealed record InventedCase(DateTimeOffset At, SubKind Kind, Trigger Trigger, Particulars Who, Capacity Capacity, Sex Sex, Damage Damage, string Language, bool IsMinor, Meeting? Met, DateTimeOffset? Closed);

internal sealed record Meeting(DateTimeOffset At, Place Place, int Minutes, IReadOnlyList<ServiceKind> Services);

/// <summary>Invents the cases of a zone, day by day. Each day has dice of its own, thrown by the zone's code and the day: what is invented for a day does not depend on any other, on the machine or on when it is asked.</summary>
internal static class Invention
{
    /// <summary>So long after a dossier was opened it is closed, at most.</summary>
    private const int ClosedWithin = 60;

    private static readonly DateOnly Beginning = new(2026, 1, 1);

    private static readonly KindOfEvent[] Kinds = [KindOfEvent.Offence, KindOfEvent.ShockingEvent, KindOfEvent.RoadAccident, KindOfEvent.FamilySituation, KindOfEvent.PartnerViolence];

    /// <summary>How an area differs: its size, the shares of the five kinds of event and by how many hundredths each share grows in a year, how many of a hundred wait a step longer, and its languages.</summary>
    private sealed record Mix(double Size, int[] Shares, int[] Growth, int Slow, (string, int)[] Languages);

    private static readonly (string, int)[] Dutch = [("nl", 86), ("fr", 5), ("other", 9)], French = [("fr", 90), ("nl", 1), ("other", 9)];

    private static readonly Dictionary<string, Mix> Mixes = new(StringComparer.Ordinal)
    {
        ["ANT"] = new(1.25, [40, 13, 9, 14, 24], [-8, 0, 0, 3, 12], 10, Dutch),
        ["LIM"] = new(0.85, [35, 14, 13, 17, 21], [0, 5, -10, 4, 6], 0, Dutch),
        ["OVL"] = new(1.05, [36, 15, 11, 16, 22], [4, 0, -5, 0, 5], 5, Dutch),
        ["WVL"] = new(0.95, [33, 17, 13, 17, 20], [-4, 6, 10, 0, 0], 0, Dutch),
        ["LEU"] = new(0.80, [38, 14, 10, 16, 22], [15, 0, 0, -5, 0], 0, Dutch),
        ["HVV"] = new(0.90, [41, 12, 10, 15, 22], [18, 0, 0, 0, 4], 15, [("nl", 70), ("fr", 18), ("other", 12)]),
        ["BRU"] = new(1.40, [46, 11, 6, 12, 25], [-6, 0, -10, 8, 10], 25, [("fr", 55), ("nl", 12), ("other", 33)]),
        ["WBR"] = new(0.75, [36, 14, 13, 17, 20], [6, 0, 0, 0, 0], 0, French),
        ["HAI"] = new(1.20, [37, 13, 10, 17, 23], [0, 4, 0, 6, 20], 30, French),
        ["NAM"] = new(0.85, [33, 15, 14, 18, 20], [0, 0, 12, 0, 4], 10, French),
        ["LUX"] = new(0.65, [28, 17, 20, 18, 17], [0, 0, 15, -4, 0], 20, French),
        ["LIE"] = new(1.15, [38, 13, 10, 16, 23], [-3, 0, 0, 10, 8], 10, [("fr", 83), ("de", 8), ("other", 9)]),
    };

    private static readonly Dictionary<KindOfEvent, (string, int)[]> SubKindsOf = new()
    {
        [KindOfEvent.Offence] = [("Burglary", 24), ("Assault", 26), ("Robbery", 10), ("SexualViolence", 10), ("Stalking", 9), ("Homicide", 2), ("OtherOffence", 19)],
        [KindOfEvent.ShockingEvent] = [("DeathNotification", 45), ("Suicide", 20), ("Fire", 12), ("Disappearance", 8), ("OtherShock", 15)],
        [KindOfEvent.RoadAccident] = [("RoadAccident", 1)],
        [KindOfEvent.FamilySituation] = [("FamilyViolence", 34), ("FamilyConflict", 41), ("SocialDistress", 25)],
        [KindOfEvent.PartnerViolence] = [("PartnerViolence", 1)],
    };

    // Days from the request to the first contact: 0–1, 2–7, 8–14, 15 and more, none at all.
    private static readonly Dictionary<KindOfEvent, (int, int)[]> Waits = new()
    {
        [KindOfEvent.Offence] = [(0, 18), (1, 38), (2, 18), (3, 12), (4, 14)],
        [KindOfEvent.ShockingEvent] = [(0, 68), (1, 18), (2, 4), (3, 3), (4, 7)],
        [KindOfEvent.RoadAccident] = [(0, 40), (1, 30), (2, 12), (3, 8), (4, 10)],
        [KindOfEvent.FamilySituation] = [(0, 24), (1, 38), (2, 16), (3, 9), (4, 13)],
        [KindOfEvent.PartnerViolence] = [(0, 50), (1, 30), (2, 8), (3, 4), (4, 8)],
    };

    private static readonly Dictionary<KindOfEvent, (Place, int)[]> Places = new()
    {
        [KindOfEvent.Offence] = [(Place.Phone, 46), (Place.Office, 24), (Place.Home, 22), (Place.Scene, 4), (Place.Written, 4)],
        [KindOfEvent.ShockingEvent] = [(Place.Home, 48), (Place.Scene, 16), (Place.Hospital, 14), (Place.Phone, 14), (Place.Office, 8)],
        [KindOfEvent.RoadAccident] = [(Place.Hospital, 30), (Place.Scene, 16), (Place.Phone, 30), (Place.Home, 16), (Place.Office, 8)],
        [KindOfEvent.FamilySituation] = [(Place.Office, 36), (Place.Phone, 34), (Place.Home, 26), (Place.Scene, 4)],
        [KindOfEvent.PartnerViolence] = [(Place.Office, 40), (Place.Phone, 34), (Place.Home, 10), (Place.Scene, 8), (Place.Hospital, 8)],
    };

    private static readonly (int, int)[] Ages = [(8, 5), (21, 11), (28, 13), (38, 20), (48, 19), (58, 15), (67, 9), (78, 8)];

    private static readonly string[] Begin = ["Bar", "Del", "Fen", "Gor", "Hal", "Kor", "Lim", "Mar", "Nol", "Pel", "Quin", "Ros", "Sul", "Tem", "Vor", "Wil", "Zan", "Bri", "Cal", "Dro"],
        Middle = ["a", "e", "i", "o", "u", "en", "el", "in", "or", "un"], End = ["bert", "dam", "gem", "kort", "lin", "mans", "nard", "pont", "ric", "stel", "tov", "vink", "wart", "zeel"],
        // Nobody is called so: whoever sees one of these knows that the data are invented.
        Last = ["-Fictif", "-Verzonnen", "-Erfunden", "-Exemple", "-Voorbeeld", "-Muster"];

    private static readonly string[] Elsewhere = ["en", "ar", "tr", "pl", "ro", "es", "uk", "it"];

    /// <summary>All cases of a zone, in the order in which they were registered.</summary>
    public static IEnumerable<InventedCase> Of(InventedZone zone)
    {
        var (mix, number) = (Mixes[zone.Area], int.Parse(zone.Code, System.Globalization.CultureInfo.InvariantCulture));
        for (var day = zone.From; day <= zone.Until; day = day.AddDays(1))
        {
            var dice = new Random(unchecked((number * 73_856_093) ^ (day.DayNumber * 19_349_663)));
            // Zones of an area differ by a fifth; on a Sunday there is half as much.
            var expected = zone.Yearly / 365.0 * mix.Size * (0.8 + (number % 5 / 10.0)) * (day.DayOfWeek == DayOfWeek.Sunday ? 0.54 : 1.077);
            var minute = 0;
            for (var left = Poisson(dice, expected); left > 0; left--)
            {
                minute += dice.Next(1, 40);
                yield return One(dice, mix, day, minute, zone.Until);
            }
        }
    }

    private static InventedCase One(Random dice, Mix mix, DateOnly day, int minute, DateOnly until)
    {
        var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(7, 30)), TimeSpan.Zero).AddMinutes(Math.Min(minute, 10 * 60));
        var years = (day.DayNumber - Beginning.DayNumber) / 365.0;
        var kind = Pick(dice, [.. Kinds.Select((k, i) => (k, (int)(1000 * mix.Shares[i] * Math.Clamp(1 + (mix.Growth[i] / 100.0 * years), 0.3, 3) * Season(k, day.Month))))]);
        var sub = SubKinds.Find(Pick(dice, SubKindsOf[kind]))!;
        var capacity = sub.Capacity == Capacity.Relative ? Pick(dice, [(Capacity.Relative, 88), (Capacity.Witness, 7), (Capacity.Victim, 5)]) : Pick(dice, [(Capacity.Victim, 77), (Capacity.Relative, 14), (Capacity.Witness, 9)]);
        var women = kind == KindOfEvent.PartnerViolence ? 82 : sub.Code == "SexualViolence" ? 86 : 54;
        var sex = Pick(dice, [(Sex.Female, women), (Sex.Male, 97 - women), (Sex.Other, 1), (Sex.NotSaid, 2)]);
        int? age = dice.Next(100) < 4 ? null : Pick(dice, Ages) + dice.Next(-4, 5);
        var language = Pick(dice, mix.Languages) is var spoken && spoken == "other" ? Elsewhere[dice.Next(Elsewhere.Length)] : spoken;
        var born = age is { } known && dice.Next(10) > 0 ? day.AddYears(-known).AddDays(-dice.Next(1, 360)) : (DateOnly?)null;
        var who = new Particulars(Begin[dice.Next(Begin.Length)] + Middle[dice.Next(Middle.Length)] + End[dice.Next(End.Length)] + Last[dice.Next(Last.Length)], Stories.Given[dice.Next(Stories.Given.Length)],
            dice.Next(10) < 6 ? $"0470 {dice.Next(10, 99)} {dice.Next(10, 99)} {dice.Next(10, 99)}" : null, BirthDate: born, EstimatedAge: born is null ? age : null);
        var met = Meet(dice, mix, kind, at, until);
        var closes = at.AddDays(dice.Next(met is null ? 35 : 10, ClosedWithin));
        return new InventedCase(at, sub, Pick(dice, [(Trigger.Patrol, 34), (Trigger.OfficialReport, 30), (Trigger.Person, 18), (Trigger.Relative, 6), (Trigger.SocialService, 5), (Trigger.Hospital, 4), (Trigger.ProsecutorsOrder, 3)]),
            who, capacity, sex, Hurt(dice, kind), language, age < 18, met, Day(closes) <= until && age is not null && sex != Sex.NotSaid && closes > (met?.At ?? at) ? closes : null);
    }

    private static Meeting? Meet(Random dice, Mix mix, KindOfEvent kind, DateTimeOffset at, DateOnly until)
    {
        var step = Pick(dice, Waits[kind]);
        if (step < 3 && dice.Next(100) < mix.Slow) step++;
        var days = step switch { 0 => dice.Next(0, 2), 1 => dice.Next(2, 8), 2 => dice.Next(8, 15), _ => dice.Next(15, 28) };
        var (place, minutes, services) = (Pick(dice, Places[kind]), dice.Next(1, 9) * 10, Given(dice, kind));
        var met = at.AddDays(days).AddMinutes(dice.Next(5, 180));
        return step == 4 || Day(met) > until ? null : new Meeting(met, place, minutes, services);
    }

    private static List<ServiceKind> Given(Random dice, KindOfEvent kind)
    {
        var given = new List<ServiceKind> { ServiceKind.Listening };
        foreach (var (service, share) in ((ServiceKind, int)[])[(ServiceKind.Information, 62), (ServiceKind.Orientation, 34), (ServiceKind.PracticalHelp, 26), (ServiceKind.FirstHelp, kind == KindOfEvent.ShockingEvent ? 40 : 8), (ServiceKind.PreparingHearing, kind is KindOfEvent.Offence or KindOfEvent.PartnerViolence ? 9 : 1), (ServiceKind.DeathNotification, kind == KindOfEvent.ShockingEvent ? 38 : 0), (ServiceKind.Recontact, 7)])
        {
            if (dice.Next(100) < share) given.Add(service);
        }
        return given;
    }

    private static Damage Hurt(Random dice, KindOfEvent kind)
    {
        var (material, physical, moral) = kind switch
        {
            KindOfEvent.Offence => (48, 30, 66), KindOfEvent.ShockingEvent => (8, 5, 84), KindOfEvent.RoadAccident => (58, 62, 48), KindOfEvent.FamilySituation => (12, 18, 74), _ => (16, 52, 82),
        };
        return (dice.Next(100) < material ? Damage.Material : Damage.None) | (dice.Next(100) < physical ? Damage.Physical : Damage.None) | (dice.Next(100) < moral ? Damage.Moral : Damage.None);
    }

    private static double Season(KindOfEvent kind, int month) => (kind, month) switch
    {
        (KindOfEvent.Offence, >= 10 or 1) => 1.12,
        (KindOfEvent.RoadAccident, 6 or 7 or 10 or 11) => 1.2,
        (KindOfEvent.FamilySituation or KindOfEvent.PartnerViolence, 7 or 8 or 12) => 1.1,
        _ => 1,
    };

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    // Knuth's way: right for the few a day there are.
    private static int Poisson(Random dice, double expected)
    {
        var (limit, product, count) = (Math.Exp(-expected), dice.NextDouble(), 0);
        while (product > limit)
        {
            product *= dice.NextDouble();
            count++;
        }
        return count;
    }

    private static T Pick<T>(Random dice, (T What, int Weight)[] from)
    {
        var at = dice.Next(from.Sum(f => f.Weight));
        foreach (var (what, weight) in from)
        {
            if ((at -= weight) < 0) return what;
        }
        return from[^1].What;
    }
}
