using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Files;

/// <summary>What every file that is taken in has in common: RFC 4180, UTF-8 with or without BOM, a header and a line for each thing. All faults are found in one reading.</summary>
internal static class CsvFile
{
    /// <summary>Reads the lines that have the right shape; the reader of a line returns null where it adds a fault.</summary>
    /// <param name="empty">What is said of a file with a header and nothing below.</param>
    /// <param name="more">Columns that may follow, all or none; where there are none their fields are empty.</param>
    public static (IReadOnlyList<T> Lines, IReadOnlyList<LineFault> Faults) Read<T>(byte[] file, int largest, IReadOnlyList<string> columns, string empty, Func<string[], int, List<LineFault>, T?> read, IReadOnlyList<string>? more = null) where T : class
    {
        IReadOnlyList<string> all = [.. columns, .. more ?? []];
        var width = columns.Count;
        if (file.Length > largest) return ([], [new LineFault(1, null, largest >= 1024 * 1024 ? Words.FileTooLarge(largest / 1024 / 1024) : Words.FileTooLargeKb(largest / 1024))]);
        if (Text(file, out var broken) is not { } text) return ([], [new LineFault(broken, null, Words.FileNotUtf8)]);
        var (lines, faults, line, bad) = (new List<T>(), new List<LineFault>(), 0, false);
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
                width = fields.Length;
                if (fields.Select(f => f.Trim()).SequenceEqual(columns) || fields.Select(f => f.Trim()).SequenceEqual(all)) continue;
                return ([], [new LineFault(start, null, Words.WrongHeader(string.Join(',', columns)))]);
            }
            if (bad) faults.Add(new LineFault(start, null, Words.BadQuotes));
            else if (fields.Length != width) faults.Add(new LineFault(start, null, Words.WrongFieldCount(fields.Length, width)));
            else if (read([.. fields.Select(f => f.Trim()), .. Enumerable.Repeat("", all.Count - width)], start, faults) is { } one) lines.Add(one);
        }
        if (line == 0) faults.Add(new LineFault(1, null, Words.WrongHeader(string.Join(',', columns))));
        else if (line == 1) faults.Add(new LineFault(1, null, empty));
        return (lines, faults);
    }

    /// <summary>The things of a field that lists several, separated by <c>;</c>.</summary>
    public static List<string> Listed(string field) => [.. field.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

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
}
