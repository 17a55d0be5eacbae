using System.Text.Json;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Privacy.Audit;

/// <summary>What sort of thing was done.</summary>
internal enum LineKind { Read = 1, Listed = 2, Changed = 3, Exported = 4, Refused = 5, BreakGlass = 6 }

/// <summary>One record of the audit, taken apart: codes and ids, as they were written.</summary>
/// <param name="Changed">What was changed, as <c>Note added …</c>.</param>
internal sealed record Line(DateTimeOffset At, long Seq, Guid? Actor, string Act, string? Refusal, string? Why, Guid? Session, Guid? Subject, IReadOnlyList<Guid> Listed, IReadOnlyList<string> Changed)
{
    public const string BreakGlassWhy = "break-glass";

    /// <summary>It showed a list, whatever was in it: that nothing was, or nothing its reader may know of, is one.</summary>
    public bool IsList { get; private init; }

    /// <summary>Done by another program, in nobody's name.</summary>
    public bool ByProgram { get; private init; }

    /// <summary>Settings that went from one value to another, as <c>hours: 48 → 72</c>; nothing stands for the default.</summary>
    public IReadOnlyList<string> Turned { get; private init; } = [];

    /// <summary>A look into the audit itself: it opens no dossier, whichever one it was about.</summary>
    public bool IsOfAudit => Act.StartsWith("Privacy.", StringComparison.Ordinal);

    public LineKind Kind => Refusal is not null ? LineKind.Refused
        : Act.Contains("BreakGlass", StringComparison.Ordinal) || Why == BreakGlassWhy ? LineKind.BreakGlass
        : Act.Contains("Export", StringComparison.Ordinal) ? LineKind.Exported
        : Changed.Count > 0 ? LineKind.Changed
        : IsList ? LineKind.Listed : LineKind.Read;

    public static Line Of(AuditRow row)
    {
        var (act, refusal) = Acts.Split(row.Act);
        using var payload = Parse(row.Payload);
        var root = payload.RootElement;
        return new Line(row.At, row.Seq, row.Actor, act, refusal, Text(root, "why"), Guid.TryParse(Text(root, "session"), out var session) ? session : null, row.Subject,
            [.. Texts(root, "listed").Select(id => Guid.TryParse(id, out var dossier) ? dossier : Guid.Empty).Where(id => id != Guid.Empty)], [.. Texts(root, "changed")])
        {
            IsList = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("listed", out var list) && list.ValueKind == JsonValueKind.Array,
            ByProgram = Text(root, "client") is not null,
            Turned = [.. Objects(root, "turned").Select(t => $"{Text(t, "what")}: {Text(t, "from") ?? "–"} → {Text(t, "to") ?? "–"}")],
        };
    }

    // A record that somebody broke is for `audit verify` to find; here it is shown without what it cannot say.
    private static JsonDocument Parse(string payload)
    {
        try
        {
            return JsonDocument.Parse(payload);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse("{}");
        }
    }

    private static string? Text(JsonElement root, string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> Objects(JsonElement root, string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object) : [];

    private static IEnumerable<string> Texts(JsonElement root, string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!) : [];
}
