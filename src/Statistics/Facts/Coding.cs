using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Facts;

/// <summary>What a case is in each dimension of the programme.</summary>
internal static class Coding
{
    private const string Rest = "Rest", NoContact = "NoContact";

    /// <summary>The dimensions in which a case may be several things.</summary>
    public static bool IsSeveral(string dimension) => dimension is "service" or "target";

    /// <summary>null: the case is not in tables with this dimension.</summary>
    public static string? Of(CaseFact fact, string dimension) => dimension switch
    {
        "category" => fact.Category,
        "subKind" => fact.SubKind,
        "capacity" => fact.Capacity,
        "damage" => fact.Damage,
        "place" => fact.Place ?? NoContact,
        "delay" => Delay(fact.Delay),
        "language" => fact.Language is "nl" or "fr" or "de" ? fact.Language : "other",
        "violence" => fact.IsAtHome ? fact.Category == "PartnerViolence" ? "PartnerViolence" : "OtherAtHome" : null,
        "sexAge" => SexAge(fact) ?? Rest,
        // Whoever lacks one of the three is in the rest, so that the parts add up to all cases.
        "sexAgePlace" => SexAge(fact) is { } known && fact.Place is { } place ? $"{known}:{place}" : Rest,
        _ => throw new InvalidOperationException($"No case says what it is in {dimension}."),
    };

    /// <summary>The combinations a case is in; each once, so that it moves no cell by more than one.</summary>
    public static void Combinations(CaseFact fact, Table table, List<int> into)
    {
        into.Clear();
        into.Add(0);
        foreach (var dimension in table.Dimensions)
        {
            if (IsSeveral(dimension.Name))
            {
                var places = (dimension.Name == "service" ? fact.Services : fact.Targets).Distinct(StringComparer.Ordinal).Take(table.Delta2).Select(code => Place(table, dimension, code)).ToList();
                var before = into.ToList();
                into.Clear();
                foreach (var combination in before) into.AddRange(places.Select(p => (combination * dimension.Codes.Count) + p));
            }
            else if (Of(fact, dimension.Name) is { } code)
            {
                var place = Place(table, dimension, code);
                for (var i = 0; i < into.Count; i++) into[i] = (into[i] * dimension.Codes.Count) + place;
            }
            else
            {
                into.Clear();
                return;
            }
        }
    }

    private static int Place(Table table, Dimension dimension, string code) => dimension.PlaceOf(code) is >= 0 and var place ? place : throw new InvalidOperationException($"{table.Id} has no code {code} in {dimension.Name}.");

    private static string? SexAge(CaseFact fact) => fact.Sex is "Female" or "Male" && fact.Age is { } age ? $"{fact.Sex}:{Band(age)}" : null;

    private static string Band(int age) => age switch { < 18 => "0-17", < 35 => "18-34", < 55 => "35-54", < 70 => "55-69", _ => "70+" };

    private static string Delay(int? days) => days switch { null => NoContact, <= 1 => "0-1", <= 7 => "2-7", <= 14 => "8-14", _ => "15+" };
}
