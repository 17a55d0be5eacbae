using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Facts;

/// <summary>What cases are in each dimension of the programme.</summary>
internal static class Coding
{
    /// <summary>The case is not in tables with this dimension. So far below zero that no other dimension brings the number of its cell up again.</summary>
    public const int Nowhere = -1_000_000;

    private const string Rest = "Rest", NoContact = "NoContact", Other = "other";

    /// <summary>The dimensions in which a case may be several things.</summary>
    public static bool IsSeveral(string dimension) => dimension is "service" or "target";

    /// <summary>Writes for each case told at which place among the codes of a dimension it is, or <see cref="Nowhere"/>.</summary>
    /// <exception cref="InvalidOperationException">Nobody says what a case is in it; and where it is called: the dimension has no such code.</exception>
    public static Action<Told, int[]> In(Dimension dimension)
    {
        return dimension.Name switch
        {
            "category" => Codes(told => told.Category),
            "subKind" => Codes(told => told.SubKind),
            "capacity" => Codes(told => told.Capacity),
            "damage" => Codes(told => told.Damage),
            "place" => Codes(told => told.Place, none: NoContact),
            "offer" => Codes(told => told.Offer),
            "callOut" => Codes(told => told.CallOut),
            "language" => Codes(told => told.Language, none: Other, unknown: Other),
            "delay" => Steps(told => told.Delay, [NoContact, .. Told.Delays]),
            "violence" => Steps(told => told.Home, [null, "PartnerViolence", "OtherAtHome"]),
            "sexAge" => Steps(told => told.Who, [Rest, .. Told.SexAges]),
            // Whoever lacks one of the three is in the rest, so that the parts add up to all cases.
            "sexAgePlace" => Steps(told => told.WhoWhere, [Rest, .. Told.SexAges.SelectMany(s => Told.Places.Select(p => $"{s}:{p}"))]),
            _ => throw new InvalidOperationException($"No case says what it is in {dimension.Name}."),
        };

        Action<Told, int[]> Codes(Func<Told, FactCode[]> column, string? none = null, string? unknown = null)
        {
            var places = new PlacesOf(dimension, none, unknown);
            return (told, into) => places.Find(column(told).AsSpan(0, told.Length), into);
        }

        Action<Told, int[]> Steps(Func<Told, int[]> column, IReadOnlyList<string?> codes)
        {
            var places = new PlacesOf(dimension);
            int[] by = [.. codes.Select(code => code is null ? Nowhere : places.Of(code))];
            return (told, into) =>
            {
                var steps = column(told).AsSpan(0, told.Length);
                for (var i = 0; i < steps.Length; i++) into[i] = by[steps[i]];
            };
        }
    }

    /// <summary>The places of these cases, in their order.</summary>
    public static int[] Places(Dimension dimension, IReadOnlyList<CaseFact> cases)
    {
        var (told, places) = (new Told(cases.Count), new int[cases.Count]);
        told.Read([.. cases]);
        In(dimension)(told, places);
        return places;
    }

    /// <summary>The combinations of a table that a case is in; each once, so that it moves no cell by more than one.</summary>
    public static void Combinations(CaseFact fact, Table table, List<int> into)
    {
        into.Clear();
        into.AddRange(new Coder([table], Edition.OfMonth(fact.Month.Year, fact.Month.Month)).Count([fact])[0].SelectMany((times, combination) => Enumerable.Repeat(combination, times)));
    }
}

/// <summary>What some cases tell, in a column for each thing: dimensions are read along it, with no call for a case.</summary>
internal sealed class Told(int most)
{
    /// <summary>The steps of some columns, in their order, from 1 on; 0: not known, or none.</summary>
    public static readonly string[] Delays = ["0-1", "2-7", "8-14", "15+"], Places = ["Office", "Home", "Elsewhere", "PhoneOnly"], SexAges = [.. ((string[])["Female", "Male"]).SelectMany(s => Bands.Select(b => $"{s}:{b}"))];

    private static readonly FactCode Partner = "PartnerViolence", Female = "Female", Male = "Male";
    private readonly PlacesOf met = new(new Dimension("place", ["", .. Places]), none: "", unknown: ""); // a place that no list knows stops the tables of places, and no other
    private readonly int[] where = new int[most];

    private static string[] Bands => ["0-17", "18-34", "35-54", "55-69", "70+"];

    public int Length { get; private set; }
    public FactCode[] Category { get; } = new FactCode[most];
    public FactCode[] SubKind { get; } = new FactCode[most];
    public FactCode[] Capacity { get; } = new FactCode[most];
    public FactCode[] Damage { get; } = new FactCode[most];
    public FactCode[] Language { get; } = new FactCode[most];
    public FactCode[] Place { get; } = new FactCode[most];
    public FactCode[] Offer { get; } = new FactCode[most];
    public FactCode[] CallOut { get; } = new FactCode[most];

    /// <summary>Steps of <see cref="Delays"/>.</summary>
    public int[] Delay { get; } = new int[most];

    /// <summary>0: the main fact is no violence at home; 1: it is between partners; 2: other.</summary>
    public int[] Home { get; } = new int[most];

    /// <summary>Steps of <see cref="SexAges"/>.</summary>
    public int[] Who { get; } = new int[most];

    /// <summary>The same, and the places of the first contact within each of them.</summary>
    public int[] WhoWhere { get; } = new int[most];

    /// <summary>Takes these in the place of those before.</summary>
    public void Read(ReadOnlySpan<CaseFact> cases)
    {
        Length = cases.Length;
        for (var i = 0; i < cases.Length; i++)
        {
            var one = cases[i];
            (Category[i], SubKind[i], Capacity[i], Damage[i], Language[i], Place[i]) = (one.Category, one.SubKind, one.Capacity, one.Damage, one.Language, one.Place);
            (Offer[i], CallOut[i]) = (one.Offer, one.CallOut);
            (Delay[i], Home[i], Who[i]) = (Waited(one.Delay), !one.IsAtHome ? 0 : one.Category == Partner ? 1 : 2, SexAge(one));
        }
        met.Find(Place.AsSpan(0, Length), where);
        for (var i = 0; i < cases.Length; i++) WhoWhere[i] = Who[i] == 0 || where[i] == 0 ? 0 : ((Who[i] - 1) * Places.Length) + where[i];
    }

    private static int Waited(int? days) => days is { } of ? 1 + Past(of, 1) + Past(of, 7) + Past(of, 14) : 0;

    // Women by age, then men; nobody of another sex.
    private static int SexAge(CaseFact one)
    {
        if (one.Age is not { } age || (one.Sex != Female && one.Sex != Male)) return 0;
        var band = 1 + Past(age, 17) + Past(age, 34) + Past(age, 54) + Past(age, 69);
        return one.Sex == Female ? band : 5 + band;
    }

    // Without a branch: ages and waits follow no order that could be foreseen.
    private static int Past(int of, int limit) => of > limit ? 1 : 0;
}

/// <summary>Finds the places of codes, by their numbers.</summary>
/// <param name="none">The code of whatever has none; null: it has no place.</param>
/// <param name="unknown">The code of whatever the dimension does not know; null: that is a mistake.</param>
internal sealed class PlacesOf(Dimension dimension, string? none = null, string? unknown = null)
{
    private const int NotAsked = -1;
    private int[] places = [];

    /// <exception cref="InvalidOperationException">The dimension has no such code.</exception>
    public int Of(FactCode code) => (uint)code.Number < (uint)places.Length && places[code.Number] is >= 0 and var place ? place : Ask(code);

    /// <summary>Writes the place of each.</summary>
    /// <exception cref="InvalidOperationException">The dimension has no such code.</exception>
    public void Find(ReadOnlySpan<FactCode> codes, Span<int> into)
    {
        var known = places;
        for (var i = 0; i < codes.Length; i++)
        {
            var number = codes[i].Number;
            if ((uint)number < (uint)known.Length && known[number] is >= 0 and var place) into[i] = place;
            else
            {
                into[i] = Ask(codes[i]);
                known = places;
            }
        }
    }

    private int Ask(FactCode code)
    {
        if (code.Number >= places.Length)
        {
            var met = places.Length;
            Array.Resize(ref places, code.Number + 1);
            Array.Fill(places, NotAsked, met, places.Length - met);
        }
        var place = code == default ? dimension.PlaceOf(none ?? "") : dimension.PlaceOf(code.ToString());
        if (place < 0 && unknown is not null) place = dimension.PlaceOf(unknown);
        return places[code.Number] = place >= 0 ? place : throw new InvalidOperationException($"There is no code {code} in {dimension.Name}.");
    }
}
