using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Operator;

/// <summary>A file of zones: RFC 4180, UTF-8 with or without BOM, a header and a line per zone. All its faults are found in one reading.</summary>
internal static partial class ZoneFile
{
    public const int LargestBytes = 4 * 1024 * 1024;
    public static readonly IReadOnlyList<string> Columns = ["code", "name_fr", "name_nl", "name_de", "languages", "province", "judicial_arrondissement", "municipalities"];

    public static (IReadOnlyList<ZoneFacts> Zones, IReadOnlyList<LineFault> Faults) Read(byte[] file)
    {
        if (file.Length > LargestBytes) return ([], [new LineFault(1, null, Words.FileTooLarge(LargestBytes / 1024 / 1024))]);
        if (Text(file, out var broken) is not { } text) return ([], [new LineFault(broken, null, Words.FileNotUtf8)]);
        var (zones, faults) = (new List<ZoneFacts>(), new List<LineFault>());
        var (codes, places, line) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal), 0);
        var bad = false;
        using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ",", IgnoreBlankLines = false, BadDataFound = _ => bad = true, MaxFieldSize = 10_000, AllowComments = false,
        });
        while (true)
        {
            var start = parser.RawRow + 1;
            bad = false;
            try
            {
                if (!parser.Read()) break;
            }
            catch (CsvHelperException)
            {
                faults.Add(new LineFault(start, null, Words.BadQuotes));
                break; // beyond a field without end nothing can be told apart
            }
            if (parser.Record is not { } fields || (fields.Length == 1 && string.IsNullOrWhiteSpace(fields[0]))) continue;
            if (line++ == 0)
            {
                if (fields.Select(f => f.Trim()).SequenceEqual(Columns)) continue;
                return ([], [new LineFault(start, null, Words.WrongHeader(string.Join(',', Columns)))]);
            }
            if (bad) faults.Add(new LineFault(start, null, Words.BadQuotes));
            else if (fields.Length != Columns.Count) faults.Add(new LineFault(start, null, Words.WrongFieldCount(fields.Length, Columns.Count)));
            else if (Zone([.. fields.Select(f => f.Trim())], start, codes, places, faults) is { } zone) zones.Add(zone);
        }
        if (line == 0) faults.Add(new LineFault(1, null, Words.WrongHeader(string.Join(',', Columns))));
        else if (line == 1) faults.Add(new LineFault(1, null, Words.NoZonesInFile));
        return (zones, faults);
    }

    // null: the line has a fault.
    private static ZoneFacts? Zone(string[] fields, int line, Dictionary<string, int> codes, Dictionary<string, int> places, List<LineFault> faults)
    {
        var before = faults.Count;
        var (code, languages, municipalities) = (fields[0], Listed(fields[4]), Listed(fields[7]));
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
        return faults.Count > before ? null : new ZoneFacts(code, Name(1), Name(2), Name(3), languages, fields[5], fields[6], municipalities);

        void Fault(string column, string text) => faults.Add(new LineFault(line, column, text));
    }

    private static List<string> Listed(string field) => [.. field.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static string? Text(byte[] file, out int brokenLine)
    {
        var start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        brokenLine = 0;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file, start, file.Length - start);
        }
        catch (DecoderFallbackException wrong)
        {
            brokenLine = 1 + file.AsSpan(start, Math.Clamp(wrong.Index, 0, file.Length - start)).Count((byte)'\n');
            return null;
        }
    }

    [GeneratedRegex(@"\A[0-9]{4}\z", RegexOptions.None, 1000)]
    private static partial Regex FourDigits();

    [GeneratedRegex(@"\A[0-9]{5}\z", RegexOptions.None, 1000)]
    private static partial Regex FiveDigits();

    [GeneratedRegex(@"\A[A-Z]{2,4}\z", RegexOptions.None, 1000)]
    private static partial Regex ShortCode();
}
