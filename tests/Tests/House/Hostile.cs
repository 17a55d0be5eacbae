using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace VictimSupport.Tests.House;

/// <summary>What may stand in a field: what belongs there, and what nobody would type on purpose. Bytes, because not all of it is text.</summary>
internal static class Hostile
{
    private static readonly string[] SubKinds = [.. VictimSupport.Casework.Codes.SubKinds.All.Select(s => s.Code)];
    private static readonly string[] Tongues = ["fr", "nl", "de", "en", "ar"];

    /// <summary>A name of 400 characters with diacritics and marks from right to left.</summary>
    public static readonly string LongName = string.Concat(Enumerable.Repeat("Ægidius-Łukasz \u200Fثلاثة\u200F Åse-Ǿ", 20))[..400];

    private static readonly byte[][] Odd =
    [
        [], " "u8.ToArray(), "\t\r\n"u8.ToArray(), [0], [.. "Dupont"u8, 0, .. "x"u8], [1, 27, (byte)'[', (byte)'2', (byte)'J', 0x7F, 0xC2, 0x85],
        [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80, 0xED, 0xA0, 0x80], [0xC3, 0x28, 0xFF], [0xC0, 0xAF], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBF], [0xF0, 0x9F],
        .. new[]
        {
            "\u202Etxt.exe", "\u2066\u2067x", LongName, new('ß', 5_000), "e" + new string('\u0301', 2_000), "👩\u200D👩\u200D👧", "İıſK", "ﬀ①Ⅷ", "'; DROP TABLE person; --", "\" OR \"\"=\"", "<script>alert(1)</script>", "&#0;&lt;", "{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd", "%00%0d%0a",
            "x\r\nSet-Cookie: a=b", "//evil.example/", "javascript:alert(1)", "\\\\evil\\share", "9999999999999999999999999", "-1", "0", "NaN", "1e309", "-Infinity", "0x7fffffff", "2147483648", "-2147483649", "3,14", "1.000,00", "٣٤٥", "1_000",
            "2026-02-30", "99999-01-01", "0001-01-01", "9999-12-31", "-0001-01-01", "2026-13-01", "30/02/2026", "2026-03-29", "2026-10-25", "02:30", "25:61", "24:00", "2026-W07", "2026-11-25T00:00:00+99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
            "Deceased,AllegedAuthor", "Nothing", "null", "undefined", "[]", "{\"a\":1}", "true,false", "on", "00000000-0000-0000-0000-000000000000", "{0192f000-0000-7000-8000-00000000dead}", "not a guid", "+32 470 12 34 56 ext 9", "a@b", "\"@\"@example.test", "a@" + new string('b', 300) + ".test",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Something that does not belong there; now and then something far too large.</summary>
    public static byte[] Value(Random random) => random.Next(4_000) switch
    {
        0 => Filled(10_000_000, random),
        < 3 => Filled(2_500_000, random),
        < 20 => Filled(300_000, random),
        < 400 => Noise(random),
        < 700 => [.. Odd[random.Next(Odd.Length)], .. Odd[random.Next(Odd.Length)]],
        _ => Odd[random.Next(Odd.Length)],
    };

    public static string Text(Random random) => Encoding.Latin1.GetString(Value(random));

    /// <summary>What would be right there, as a form sends it: one field, or several for a day and an hour.</summary>
    public static IEnumerable<(string Name, byte[] Value)> Fitting(Box box, Func<string, Random, string> id, Random random)
    {
        var name = box.Name[(box.Name.LastIndexOf('.') + 1)..];
        if (box.Type == typeof(DateTimeOffset) || box.Type == typeof(DateTime))
            return [(box.Name + ".Date", Bytes($"2026-11-{random.Next(1, 28):00}")), (box.Name + ".Time", Bytes($"{random.Next(24):00}:{random.Next(60):00}"))];
        if (box.Type == typeof(DateOnly) && random.Next(2) == 0)
            return [(box.Name + ".Day", Bytes($"{random.Next(1, 29)}")), (box.Name + ".Month", Bytes($"{random.Next(1, 13)}")), (box.Name + ".Year", Bytes($"{random.Next(1930, 2026)}"))];
        return [(box.Name, Bytes(One()))];

        string One() => box.Type switch
        {
            var t when t == typeof(Guid) => name.Contains("once", StringComparison.OrdinalIgnoreCase) || random.Next(8) == 0 ? Fresh(random).ToString() : id(name.Trim('[', ']', '0'), random),
            var t when t == typeof(bool) => random.Next(2) == 0 ? "true" : "false",
            var t when t.IsEnum => Enum.GetNames(t) is { Length: > 0 } names ? names[random.Next(names.Length)] : "0",
            var t when t == typeof(DateOnly) => $"2026-12-{random.Next(1, 29):00}",
            var t when t == typeof(TimeOnly) => $"{random.Next(24):00}:30",
            var t when t == typeof(string) => name.ToUpperInvariant() switch
            {
                "LANGUAGE" => Tongues[random.Next(Tongues.Length)],
                "SUBKIND" or "ADDITIONAL" => SubKinds[random.Next(SubKinds.Length)],
                "PHONE" => "0470 12 34 56",
                "EMAIL" or "MAIL" => $"somebody{random.Next(1_000_000)}@example.test",
                "OFFICIALREPORTS" => random.Next(2) == 0 ? "BR.30.L1.012345/2026" : "odd number 7",
                "TO" or "BACK" => "/account/home",
                "CODE" => "123456",
                _ => "Exemple",
            },
            _ => random.Next(4).ToString(CultureInfo.InvariantCulture),
        };
    }

    public static bool IsFile(Box box) => box.Type.IsAssignableTo(typeof(IFormFile));

    public static Guid Fresh(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Filled(int length, Random random)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)"ax0 "[random.Next(4)]);
        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(1, 200)];
        random.NextBytes(bytes);
        return bytes;
    }
}
