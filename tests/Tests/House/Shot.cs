using System.Text;

namespace VictimSupport.Tests.House;

/// <summary>Who sends: nobody, somebody with a role here or elsewhere, an operator.</summary>
/// <param name="Said">The kit's header; null: nobody.</param>
internal sealed record Sender(string Name, string? Said, string Place, (string Cookie, string Token) Token, IReadOnlyList<VictimSupport.Foundation.Access.Role> Roles);

/// <summary>One request of the generator, from a door's own metadata. The same random makes the same.</summary>
internal sealed class Shot
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"];
    private static readonly string[] Tongues = ["en", "nl-BE,fr;q=0.8", "xx-YY", "*", "en;q=9", ",,,;;;", "i-klingon,zh-Hant-TW;q=0.1", "fr-BE-x-" + "aaaaaaaa", "en;q=1.0000000000000000001", "tlh;q=-1"];
    private static readonly string[] Kinds = ["text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense", "application/x-www-form-urlencoded; charset=utf-7", "*/*", "junk"];

    public required string Method { get; init; }
    public required string Path { get; init; }
    public required Sender Sender { get; init; }
    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }
    public string? ContentType { get; private init; }
    public byte[]? Body { get; private init; }

    /// <summary>So much of it that the server may hang up: no answer is an answer too.</summary>
    public bool MayBreak => Body?.Length > 12_000_000 || Headers.Sum(h => h.Value.Length) > 20_000 || Headers.Count > 80;

    public override string ToString() => $"{Method} {Path} as {Sender.Name}, {ContentType} {(Body is null ? "" : Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 1_500))))} {string.Join(' ', Headers.Select(h => h.Name))}";

    public static Shot At(Door door, IReadOnlyList<Sender> senders, string zone, Func<string, Random, string> id, Random random)
    {
        var (sender, knock) = (senders[random.Next(senders.Count)], door.Knocks[random.Next(door.Knocks.Count)]);
        var method = random.Next(25) == 0 ? Methods[random.Next(Methods.Length)] : knock.Method;
        var hurt = random.Next(10) switch { 0 => 1.0, 1 or 2 => 0, _ => 1.5 / Math.Max(1, knock.Boxes.Count) }; // how many of its fields are hostile
        var path = door.Path(p => Uri.EscapeDataString(random.Next(8) == 0 ? Short(random) : p.ParameterPolicies.Any(q => q.Content?.Contains("int", StringComparison.Ordinal) == true) ? random.Next(600).ToString(System.Globalization.CultureInfo.InvariantCulture) : id(p.Name, random)));
        if (door.IsInZone) path = "/" + (random.Next(40) == 0 ? Short(random).Replace('/', '_') is var odd && random.Next(2) == 0 ? Uri.EscapeDataString(odd) : random.Next(10_000).ToString("0000", System.Globalization.CultureInfo.InvariantCulture) : zone) + path;
        if (random.Next(25) == 0) path += random.Next(6) switch { 0 => "/", 1 => "//x", 2 => "%00", 3 => "/%2e%2e/%2e%2e/", 4 => ";v=1", _ => "/" + Uri.EscapeDataString(Short(random)) };

        var fields = new List<(string Name, byte[] Value)>();
        foreach (var box in knock.Boxes.Where(b => !Hostile.IsFile(b)))
        {
            if (random.Next(15) == 0) continue;
            for (var times = box.IsMany ? random.Next(4) : 1; times > 0; times--)
            {
                var fitting = Hostile.Fitting(box, id, random).ToList();
                fields.AddRange(random.NextDouble() < hurt ? fitting.Select(f => (Key(f.Name, random), Hostile.Value(random))) : fitting);
            }
        }
        if (random.Next(20) == 0) fields.AddRange(fields.ToList());
        if (random.Next(400) == 0) fields.AddRange(Enumerable.Range(0, 1_100).Select(i => ($"x{i}", Array.Empty<byte>())));

        var query = knock.Method == "GET" ? fields.Where(f => f.Value.Length < 2_000).ToList() : [];
        var token = random.Next(10) switch { 0 => null, 1 => senders[random.Next(senders.Count)].Token.Token, 2 => "CfDJ8" + Convert.ToBase64String(Encoding.Latin1.GetBytes(sender.Token.Token))[..^4], _ => sender.Token.Token };
        if (knock.Handler is { } handler) query.Add(("handler", Hostile.Bytes(handler)));
        if (random.Next(30) == 0) query.Add((Key("handler", random), Hostile.Bytes(Short(random))));
        if (query.Count > 0) path += "?" + string.Join('&', query.Select(f => Escape(Hostile.Bytes(f.Name)) + "=" + Escape(f.Value)));

        var headers = Around(sender, random);
        if (method is "GET" or "HEAD" or "TRACE" && random.Next(20) != 0) return new Shot { Method = method, Path = path, Sender = sender, Headers = headers };
        if (token is not null) fields.Add(("__RequestVerificationToken", Hostile.Bytes(token)));
        var (kind, body) = Written(knock, fields, random);
        return new Shot { Method = method, Path = path, Sender = sender, Headers = headers, ContentType = kind, Body = body };
    }

    private static List<(string, string)> Around(Sender sender, Random random)
    {
        var headers = new List<(string, string)>();
        var cookies = new List<string>();
        if (random.Next(12) != 0) cookies.Add("f=" + sender.Token.Cookie);
        if (random.Next(8) == 0) cookies.Add($"{"spfl"[random.Next(4)]}={Uri.EscapeDataString(Short(random))}");
        if (random.Next(40) == 0) cookies.Add(".AspNetCore.Mvc.CookieTempDataProvider=CfDJ8" + new string('A', random.Next(400)));
        if (random.Next(40) == 0) cookies.Add("l=" + Short(random).Replace(';', '_'));
        if (cookies.Count > 0) headers.Add(("Cookie", string.Join("; ", cookies)));
        // The pages for anybody read a form only where the browser says that it was filled in here.
        if (random.Next(10) != 0) headers.Add(("Sec-Fetch-Site", random.Next(10) == 0 ? Short(random) : "same-origin"));
        headers.Add(("Accept-Language", random.Next(3) == 0 ? Tongues[random.Next(Tongues.Length)] : "en"));
        if (random.Next(60) == 0) headers.Add(("Accept-Language", Short(random)));
        if (random.Next(60) == 0) headers.Add((((string[])["Range", "If-None-Match", "If-Modified-Since", "Content-Encoding", "Accept", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-URL", "X-HTTP-Method-Override", "Origin", "Referer", "Authorization", "traceparent"])[random.Next(13)], Short(random)));
        if (random.Next(500) == 0) headers.AddRange(Enumerable.Range(0, 120).Select(i => ($"X-Flood-{i}", "x")));
        if (random.Next(500) == 0) headers.Add(("X-Large", new string('x', 40_000)));
        return headers;
    }

    private static (string Kind, byte[] Body) Written(Knock knock, List<(string Name, byte[] Value)> fields, Random random)
    {
        var file = knock.Boxes.Any(Hostile.IsFile);
        switch (random.Next(file ? 60 : 30))
        {
            case 0: return (Kinds[random.Next(Kinds.Length)], Encoded(fields));
            case 1: return ("application/json", random.Next(2) == 0 ? Hostile.Value(random) : Hostile.Bytes("{\"Form\":{\"Trigger\":{}},\"a\":[" + new string('[', 200)));
            case 2: return ("application/x-www-form-urlencoded", [.. Encoded(fields), (byte)'&', .. Hostile.Value(random), (byte)'=', .. Hostile.Value(random)]);
            case 3: return ("multipart/form-data; boundary=b", Multipart(fields, knock, random) is var whole ? whole[..random.Next(whole.Length)] : []); // cut off
            case 4: return ($"multipart/form-data; boundary={new string('b', random.Next(1, 300))}", Multipart(fields, knock, random));
            case 5 or 6: return ("multipart/form-data; boundary=b", Multipart(fields, knock, random));
            default: return file ? ("multipart/form-data; boundary=b", Multipart(fields, knock, random)) : ("application/x-www-form-urlencoded", Encoded(fields));
        }
    }

    private static byte[] Encoded(List<(string Name, byte[] Value)> fields)
    {
        var body = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            if (body.Length > 0) body.WriteByte((byte)'&');
            body.Write(Encoding.ASCII.GetBytes(Escape(Hostile.Bytes(name))));
            body.WriteByte((byte)'=');
            body.Write(value.Length > 100_000 ? value : Encoding.ASCII.GetBytes(Escape(value)));
        }
        return body.ToArray();
    }

    private static byte[] Multipart(List<(string Name, byte[] Value)> fields, Knock knock, Random random)
    {
        var body = new MemoryStream();
        foreach (var (name, value) in fields) Part($"Content-Disposition: form-data; name=\"{name}\"", value);
        foreach (var box in knock.Boxes.Where(Hostile.IsFile)) Part($"Content-Disposition: form-data; name=\"{box.Name}\"; filename=\"{Short(random).Replace('\r', '_').Replace('\n', '_')}\"\r\nContent-Type: text/csv", random.Next(3) == 0 ? Hostile.Value(random) : Lines(random));
        body.Write("--b--\r\n"u8);
        return body.ToArray();

        void Part(string head, byte[] value)
        {
            body.Write(Encoding.UTF8.GetBytes("--b\r\n" + head + "\r\n\r\n"));
            body.Write(value);
            body.Write("\r\n"u8);
        }
    }

    // A table with some cells that are none.
    private static byte[] Lines(Random random) => Hostile.Bytes("code,name,email,role,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities\r\n"
        + string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => string.Join(',', Enumerable.Range(0, random.Next(1, 14)).Select(_ => random.Next(3) == 0 ? Short(random) : "\"9\"\"x\"")) + "\r\n")));

    private static string Key(string name, Random random) => random.Next(30) switch
    {
        0 => name + "[0]", 1 => name + ".Deep[1].Deeper", 2 => name + "[2147483647]", 3 => name + "[-1]", 4 => name + ".index", 5 => name.ToUpperInvariant(), 6 => new string('k', 2_100), 7 => name + "\0", _ => name,
    };

    private static string Short(Random random)
    {
        var value = Hostile.Text(random);
        return value.Length > 300 ? value[..300] : value;
    }

    private static string Escape(byte[] value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var b in value)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_') text.Append((char)b);
            else text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
