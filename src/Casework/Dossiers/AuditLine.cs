using System.Text.Json;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Casework.Dossiers;

/// <summary>One audit record, read as what it says of one dossier.</summary>
/// <param name="Replacing">The absent colleague in whose place it was opened.</param>
/// <param name="Changed">Ids of all that was changed with it.</param>
internal sealed record AuditLine(DateTimeOffset At, Guid? Actor, What What, string? Why, Guid? Replacing, IReadOnlySet<Guid> Changed)
{
    private const string ReplacingCode = "replacing ";

    /// <summary>Reasons that have a word of their own; any other is control.</summary>
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["assigned"] = "Assigned", ["own"] = "Own", ["unassigned"] = "Unassigned", ["control"] = "Control", ["platform"] = "Platform", ["intake"] = "Intake", ["named"] = "Named", ["on duty"] = "OnDuty", ["stand-in"] = "StandIn", ["team"] = "Team", ["break-glass"] = "BreakGlass", ["break glass"] = "BreakGlass",
        ["print-ForThePerson"] = "PrintForThePerson", ["print-Appointment"] = "PrintAppointment", ["print-Justice"] = "PrintJustice", ["print-HandOn"] = "PrintHandOn", ["print-Other"] = "PrintOther",
    };

    /// <summary>null: the record does not speak of this dossier after all.</summary>
    public static AuditLine? Read(AuditRow row, Guid dossier)
    {
        using var payload = JsonDocument.Parse(row.Payload);
        var (listed, changed) = (Ids(payload, "listed"), Ids(payload, "changed"));
        var concerns = row.Subject == dossier;
        if (!concerns && !listed.Contains(dossier) && !changed.Contains(dossier)) return null;
        var why = concerns && payload.RootElement.TryGetProperty("why", out var said) ? said.GetString() : null;
        Guid? replacing = why?.StartsWith(ReplacingCode, StringComparison.Ordinal) == true && Guid.TryParse(why[ReplacingCode.Length..], out var absent) ? absent : null;
        var what = row.Act.Contains('!', StringComparison.Ordinal) ? What.Refused
            : !concerns && listed.Contains(dossier) ? row.Act.StartsWith("Casework.Intakes.", StringComparison.Ordinal) ? What.CardShown : What.Listed
            : row.Act.Contains("Print", StringComparison.Ordinal) ? What.Printed
            : changed.Count > 0 ? What.Changed
            : row.Act.Contains("Export", StringComparison.Ordinal) || row.Act.Contains("Download", StringComparison.Ordinal) ? What.Exported
            : row.Act == Act.Of(typeof(Opened.Query)) || row.Act.StartsWith("Privacy.", StringComparison.Ordinal) ? What.Asked
            : What.Opened;
        // Why somebody was refused is for the audit alone: "wall" and "absent" are one.
        return new AuditLine(row.At, row.Actor, what, what == What.Refused || why is null || replacing is not null ? null : Reasons.GetValueOrDefault(why, "Control"), replacing, changed);
    }

    /// <summary>Does it speak of something that does not exist for the reader? Other dossiers of the same list are never shown, so they do not count.</summary>
    public bool Touches(IReadOnlySet<Guid> hidden) => hidden.Overlaps(Changed);

    // "listed" holds ids, "changed" what happened to which: the id stands last.
    private static HashSet<Guid> Ids(JsonDocument payload, string of) => payload.RootElement.TryGetProperty(of, out var some) && some.ValueKind == JsonValueKind.Array
        ? [.. some.EnumerateArray().Select(e => Guid.TryParse(e.GetString()?.Split(' ')[^1], out var id) ? id : (Guid?)null).OfType<Guid>()] : [];
}
