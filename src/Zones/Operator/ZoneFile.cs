using System.Text.RegularExpressions;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Files;

namespace VictimSupport.Zones.Operator;

/// <summary>A file of zones: a header and a line for each.</summary>
internal static partial class ZoneFile
{
    public const int LargestBytes = 4 * 1024 * 1024;
    public static readonly IReadOnlyList<string> Columns = ["code", "name_fr", "name_nl", "name_de", "languages", "province", "judicial_arrondissement", "municipalities"];

    /// <summary>May follow: postcodes with the names of the places, by which the public finds its zone.</summary>
    public static readonly IReadOnlyList<string> More = ["places"];

    public static (IReadOnlyList<ZoneFacts> Zones, IReadOnlyList<LineFault> Faults) Read(byte[] file)
    {
        var (codes, places) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        return CsvFile.Read(file, LargestBytes, Columns, Words.NoZonesInFile, (fields, line, faults) => Zone(fields, line, codes, places, faults), More);
    }

    /// <summary>Four digits, a space, a name.</summary>
    public static bool IsPlace(string place) => place.Length <= 80 && Postcode().IsMatch(place);

    // null: the line has a fault.
    private static ZoneFacts? Zone(string[] fields, int line, Dictionary<string, int> codes, Dictionary<string, int> places, List<LineFault> faults)
    {
        var before = faults.Count;
        var (code, languages, municipalities) = (fields[0], CsvFile.Listed(fields[4]), CsvFile.Listed(fields[7]));
        string? Name(int i) => fields[i].Length == 0 ? null : fields[i].Normalize();

        if (!FourDigits().IsMatch(code)) Fault("code", Words.FourDigits);
        else if (!codes.TryAdd(code, line)) Fault("code", Words.CodeTwice(codes[code]));
        foreach (var (i, column, language) in new[] { (1, "name_fr", "fr"), (2, "name_nl", "nl"), (3, "name_de", "de") })
        {
            if (fields[i].Length == 0 && languages.Contains(language)) Fault(column, Words.NameMissing(language));
            else if (fields[i].Length > 200) Fault(column, Words.TooLong);
            else if (fields[i].Any(char.IsControl)) Fault(column, Words.ControlCharacters);
        }
        if (languages.Count == 0 || languages.Except(["fr", "nl", "de"]).Any() || languages.Distinct().Count() != languages.Count) Fault("languages", Words.WrongLanguages);
        if (!ShortCode().IsMatch(fields[5])) Fault("province", Words.WrongShortCode);
        if (!ShortCode().IsMatch(fields[6])) Fault("judicial_arrondissement", Words.WrongShortCode);
        if (municipalities.Count == 0) Fault("municipalities", Words.NoMunicipality);
        if (municipalities.Count > 100) Fault("municipalities", Words.TooLong);
        foreach (var place in municipalities)
        {
            if (!FiveDigits().IsMatch(place)) Fault("municipalities", Words.WrongNis(place.Length > 20 ? place[..20] + "…" : place));
            else if (!places.TryAdd(place, line)) Fault("municipalities", Words.MunicipalityTwice(place, places[place]));
        }
        var postcodes = CsvFile.Listed(fields[8]);
        foreach (var place in postcodes.Where(p => !IsPlace(p)).Take(1)) Fault("places", Words.WrongPlace(place.Length > 40 ? place[..40] + "…" : place));
        if (postcodes.Count > 300) Fault("places", Words.TooLong);
        return faults.Count > before ? null : new ZoneFacts(code, Name(1), Name(2), Name(3), languages, fields[5], fields[6], municipalities) { Places = postcodes.Count == 0 ? null : [.. postcodes.Select(p => p.Normalize())] };

        void Fault(string column, string text) => faults.Add(new LineFault(line, column, text));
    }

    [GeneratedRegex(@"\A[0-9]{4}\z", RegexOptions.None, 1000)]
    private static partial Regex FourDigits();

    [GeneratedRegex(@"\A[0-9]{5}\z", RegexOptions.None, 1000)]
    private static partial Regex FiveDigits();

    [GeneratedRegex(@"\A[1-9][0-9]{3} [^;\p{Cc}]{1,75}\z", RegexOptions.None, 1000)]
    private static partial Regex Postcode();

    [GeneratedRegex(@"\A[A-Z]{2,4}\z", RegexOptions.None, 1000)]
    private static partial Regex ShortCode();
}
