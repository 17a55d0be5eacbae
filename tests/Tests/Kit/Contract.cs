using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VictimSupport.Tests.Kit;

/// <summary>An OpenAPI document: what it says of its operations, and whether an answer is as it says.</summary>
internal sealed class Contract(JsonNode document)
{
    public static Contract Read(string yaml) => new(Yaml.Read(yaml));

    public string Version => (string)document["openapi"]!;

    /// <summary>Every operation by method and path, as <c>GET /releases/{release}</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode> Operations => document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Where(o => o.Key != "parameters").Select(o => (Key: $"{o.Key.ToUpperInvariant()} {p.Key}", Operation: o.Value!))).ToDictionary(o => o.Key, o => o.Operation, StringComparer.Ordinal);

    /// <summary>Names of the parameters of an operation in the query.</summary>
    public IEnumerable<string> Query(string operation) => Operations[operation]["parameters"]?.AsArray().Select(p => Of(p)!).Where(p => (string)p["in"]! == "query").Select(p => (string)p["name"]!) ?? [];

    /// <summary>What breaks the house's rules for a contract: version, ids, tags, summaries, the problem that every operation may answer, references to nowhere, parameters of the path.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!Version.StartsWith("3.0.", StringComparison.Ordinal)) faults.Add($"version {Version}");
        var tags = document["tags"]?.AsArray().Select(t => (string?)t!["name"]).ToList() ?? [];
        foreach (var (key, operation) in Operations)
        {
            if ((string?)operation["operationId"] is not { Length: > 2 } id || !char.IsAsciiLetterLower(id[0]) || !id.All(char.IsAsciiLetterOrDigit)) faults.Add($"{key}: no operationId in lower camel case");
            if (operation["tags"]?.AsArray() is not { Count: > 0 } own || own.Any(t => !tags.Contains((string?)t))) faults.Add($"{key}: no tag, or one that is not declared");
            if (((string?)operation["summary"])?.Length is not > 3) faults.Add($"{key}: no summary");
            if (Of(operation["responses"]?["default"])?["content"]?["application/problem+json"]?["schema"] is null) faults.Add($"{key}: no default problem");
            if (operation["responses"]?["200"]?["content"]?["application/json"]?["schema"] is null) faults.Add($"{key}: says nothing of its answer");
            var path = key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var inPath = (document["paths"]![path]!["parameters"]?.AsArray() ?? []).Select(p => Of(p)).Where(p => (string?)p?["in"] == "path" && (bool?)p["required"] == true).Select(p => (string)p!["name"]!).Order(StringComparer.Ordinal);
            if (!path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}')).Order(StringComparer.Ordinal).SequenceEqual(inPath, StringComparer.Ordinal)) faults.Add($"{key}: the parameters of its path are others");
        }
        faults.AddRange(Operations.Values.Select(o => (string?)o["operationId"]).GroupBy(id => id).Where(g => g.Count() > 1).Select(g => $"{g.Key} twice"));
        faults.AddRange(References(document).Where(r => At(r) is null).Select(r => $"{r} leads nowhere"));
        return faults;
    }

    /// <summary>What in an answer is not as the contract says; also what it does not say at all.</summary>
    /// <param name="status">200, or <c>default</c>.</param>
    public IReadOnlyList<string> Misfits(string operation, string status, string media, JsonNode? answer)
    {
        var faults = new List<string>();
        if (Of(Operations[operation]["responses"]?[status])?["content"]?[media]?["schema"] is not { } schema) return [$"{operation} does not answer {status} {media}"];
        Fits(schema, answer, "$", faults);
        return faults;
    }

    private void Fits(JsonNode schema, JsonNode? value, string at, List<string> faults)
    {
        schema = Of(schema)!;
        if (value is null)
        {
            if ((bool?)schema["nullable"] != true) faults.Add($"{at} is null");
            return;
        }
        switch ((string?)schema["type"])
        {
            case "object" when value is JsonObject there:
                faults.AddRange((schema["required"]?.AsArray() ?? []).Select(r => (string)r!).Where(r => !there.ContainsKey(r)).Select(r => $"{at}.{r} is missing"));
                foreach (var (name, own) in there)
                {
                    if (schema["properties"]?[name] is { } known) Fits(known, own, $"{at}.{name}", faults);
                    else if (schema["additionalProperties"] is JsonObject more) Fits(more, own, $"{at}.{name}", faults);
                    else if ((schema["additionalProperties"] as JsonValue)?.GetValue<bool>() != true) faults.Add($"{at}.{name} is not in the contract");
                }
                break;
            case "array" when value is JsonArray items:
                for (var i = 0; i < items.Count; i++) Fits(schema["items"]!, items[i], $"{at}[{i}]", faults);
                break;
            case "string" when value.GetValueKind() == JsonValueKind.String:
                var text = (string)value!;
                if (schema["enum"] is JsonArray codes && !codes.Any(c => (string)c! == text)) faults.Add($"{at} is {text}");
                if ((string?)schema["format"] is "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _)) faults.Add($"{at} is no time");
                if ((string?)schema["format"] is "uri" && !Uri.TryCreate(text, UriKind.Absolute, out _)) faults.Add($"{at} is no address");
                break;
            case "integer" when value.GetValueKind() == JsonValueKind.Number && decimal.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) is var number && number == decimal.Truncate(number):
                break;
            default:
                faults.Add($"{at} is no {(string?)schema["type"]}");
                break;
        }
    }

    private JsonNode? Of(JsonNode? node) => node is JsonObject && (string?)node["$ref"] is { } reference ? At(reference) : node;

    private JsonNode? At(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => (node as JsonObject)?[name]);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}

/// <summary>So much of YAML as the contracts of the house use: blocks by two blanks, lists, quoted and plain scalars on one line, short lists in brackets. Anything else is refused, not guessed.</summary>
internal static class Yaml
{
    public static JsonNode Read(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0).Select(l => (Indent: l.Length - l.TrimStart().Length, Text: l.TrimStart())).ToList();
        var at = 0;
        var whole = Block(lines, ref at, 0);
        return at == lines.Count ? whole : throw new FormatException(lines[at].Text);
    }

    private static JsonNode Block(List<(int Indent, string Text)> lines, ref int at, int indent)
    {
        if (IsItem(lines[at].Text))
        {
            var list = new JsonArray();
            while (at < lines.Count && lines[at].Indent == indent && IsItem(lines[at].Text))
            {
                var rest = lines[at].Text[2..];
                if (Split(rest) is null)
                {
                    list.Add(Scalar(rest));
                    at++;
                    continue;
                }
                lines[at] = (indent + 2, rest);
                list.Add(Block(lines, ref at, indent + 2));
            }
            return list;
        }
        var map = new JsonObject();
        while (at < lines.Count && lines[at].Indent == indent)
        {
            var (key, value) = Split(lines[at].Text) ?? throw new FormatException(lines[at].Text);
            at++;
            map.Add(key, value.Length > 0 ? Scalar(value) : at < lines.Count && lines[at].Indent == indent + 2 ? Block(lines, ref at, indent + 2) : throw new FormatException($"{key} is empty"));
        }
        return map;
    }

    private static bool IsItem(string line) => line.StartsWith("- ", StringComparison.Ordinal);

    // A key, and what stands behind it on its line.
    private static (string Key, string Value)? Split(string line)
    {
        var end = line.StartsWith('"') ? line.IndexOf("\":", 1, StringComparison.Ordinal) + 1 : line.IndexOf(':', StringComparison.Ordinal);
        if (end <= 0 || (end + 1 < line.Length && line[end + 1] != ' ')) return null;
        return (line[..end].Trim('"'), line[(end + 1)..].Trim());
    }

    private static JsonNode? Scalar(string text)
    {
        if (text.StartsWith('[')) return new JsonArray([.. text.Trim('[', ']').Split(", ").Select(Scalar)]);
        if (text.StartsWith('"')) return JsonNode.Parse(text);
        if (text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal) || "{}[]&*!|>'%@`#,?-".Contains(text[0], StringComparison.Ordinal)) throw new FormatException($"{text}: quote it");
        return text is "true" or "false" ? JsonValue.Create(text == "true") : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);
    }
}
