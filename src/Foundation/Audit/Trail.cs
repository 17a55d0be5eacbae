using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Audit;

/// <summary>An entity that belongs to a dossier: a change to it is recorded under that dossier.</summary>
public interface IOfDossier
{
    Guid DossierId { get; }
}

/// <summary>An entity that was promised to be nobody's: the audit does not say which one somebody made, else it could be held against who made it.</summary>
public interface IOfNobody;

/// <summary>A dossier was opened: which, why, and until when that reason lasts.</summary>
public sealed record Opened(Guid Dossier, string Why, DateTimeOffset? Until);

/// <summary>An entity of the catalogue that belongs to a zone: a change to it is recorded under that zone, so that the zone's own people find it.</summary>
public interface IOfZone
{
    /// <summary>null: of the platform.</summary>
    Guid? Zone { get; }
}

/// <summary>Collects, while a use case runs, what its audit record must say. Guards note the dossier and why it opened; the pipeline notes the rest.</summary>
public sealed class Trail
{
    private readonly List<(string Kind, Guid Id, string How)> changes = [];
    private readonly List<(string What, string? From, string? To)> turns = [];
    private Guid? subject;
    private string? reason;

    /// <summary>The dossier this use case opened, why, and until when that reason lasts; null: it opened none.</summary>
    internal Opened? Opened { get; private set; }

    /// <summary>The dossier this use case concerns, and why it may be opened (assigned, on duty, control …).</summary>
    /// <param name="until">null: the reason has no end.</param>
    public void Concerns(Guid dossier, string why, DateTimeOffset? until = null)
    {
        subject = dossier;
        reason = why;
        Opened = new Opened(dossier, why, until);
    }

    /// <summary>A setting turns from one value to another, null meaning the default. Settings are about the house, never about a person.</summary>
    public void Turns(string what, string? from, string? to) => turns.Add((what, from, to));

    /// <summary>Why this is asked for, as a code. What is asked for with a reason is recorded, also where it shows no dossier: an export, a look into the audit.</summary>
    public void Because(string why) => reason = why;

    /// <summary>The same, and about which dossier, account or zone it is; no dossier is opened by it.</summary>
    public void Because(string why, Guid about) => (reason, subject) = (why, about);

    /// <summary>A use case on the catalogue that stands in a zone concerns that zone, where it names nothing nearer.</summary>
    internal void StandsIn(Guid? zone) => subject ??= zone;

    internal void Changes(ChangeTracker tracker)
    {
        foreach (var entry in tracker.Entries())
        {
            var how = entry.State switch { EntityState.Added => "added", EntityState.Modified => "changed", EntityState.Deleted => "removed", _ => null };
            if (how is null || entry.Entity is IOfNobody || entry.Metadata.FindPrimaryKey()?.Properties is not [{ ClrType: var type }] || type != typeof(Guid)) continue;
            changes.Add((entry.Metadata.ClrType.Name, (Guid)entry.Property(entry.Metadata.FindPrimaryKey()!.Properties[0].Name).CurrentValue!, how));
            if (entry.Entity is IOfDossier part) subject ??= part.DossierId;
            else if (entry.Entity is IOfZone { Zone: { } zone }) subject ??= zone;
        }
    }

    /// <summary>Did this read show a dossier, or rows of several, or was it asked for with a reason? Menus and code lists are not worth a record.</summary>
    internal bool Shows(object? response) => subject is not null || reason is not null || response is IListDossiers;

    internal AuditRecord Write(object request, object? response, Caller caller) => Record(request, "", response, subject, null, caller);
    internal AuditRecord Read(object request, object? response, Caller caller) => Record(request, "", response, subject, null, caller);
    internal AuditRecord Refusal(object request, string code, Guid? about, Caller caller) => Record(request, "!" + code, null, about ?? subject, code, caller);

    private AuditRecord Record(object request, string suffix, object? response, Guid? about, string? refusal, Caller caller)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (reason is not null) json.WriteString("why", reason);
            if (refusal is not null) json.WriteString("refused", refusal);
            if (caller.IsPlatform) json.WriteBoolean("platform", true);
            else if (caller.Session is { } session) json.WriteString("session", session);
            if (caller.Client is { } client) json.WriteString("client", client);
            if (response is IListDossiers list)
            {
                json.WriteStartArray("listed");
                foreach (var id in list.Listed) json.WriteStringValue(id);
                json.WriteEndArray();
            }
            if (changes.Count > 0 && refusal is null)
            {
                json.WriteStartArray("changed");
                foreach (var (kind, id, how) in changes) json.WriteStringValue($"{kind} {how} {id}");
                json.WriteEndArray();
            }
            if (turns.Count > 0 && refusal is null)
            {
                json.WriteStartArray("turned");
                foreach (var (what, from, to) in turns)
                {
                    json.WriteStartObject();
                    json.WriteString("what", what);
                    json.WriteString("from", from);
                    json.WriteString("to", to);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return new AuditRecord(default, caller.Account, Act.Of(request.GetType()) + suffix, about, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}

/// <summary>The name of a use case in the audit, taken from where it lives: <c>VictimSupport.Casework.Dossiers.Show+Query</c> is <c>Casework.Dossiers.Show</c>.</summary>
public static class Act
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, string> Names = new();

    public static string Of(Type request) => Names.GetOrAdd(request, type =>
    {
        var name = (type.DeclaringType ?? type).FullName!.Replace("VictimSupport.", "", StringComparison.Ordinal).Replace('+', '.');
        return type.DeclaringType is null || type.Name is "Query" or "Command" ? name : $"{name}.{type.Name}";
    });
}
