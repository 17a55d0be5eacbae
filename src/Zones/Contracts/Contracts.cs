using VictimSupport.Foundation.Access;

namespace VictimSupport.Zones.Contracts;

/// <summary>Who works in a zone: ids and roles, nothing of what they do.</summary>
public interface IStaff
{
    /// <summary>Accounts that hold one of these roles in the zone now.</summary>
    Task<IReadOnlyList<Guid>> Holding(Guid zone, IEnumerable<Role> roles, CancellationToken ct);
}

/// <summary>Adds a zone to the platform, for the command line and the operator's page.</summary>
public interface IAddZones
{
    /// <summary>Makes the zone if it is missing, and invites its first administrator where it has none and none is invited.</summary>
    /// <returns>The one-time path of the invitation, or null where nobody was invited.</returns>
    Task<string?> Add(string code, string? fr, string? nl, string? de, IReadOnlyList<string> languages, string? administrator, CancellationToken ct);

    /// <summary>Invites the first operator; null where the platform has one, or one is invited.</summary>
    Task<string?> InviteOperator(string email, CancellationToken ct);
}

/// <summary>The zones of the demo, with an account for every role.</summary>
public interface IMakeStoryZones
{
    /// <summary>Makes what is missing; may be repeated and resumed.</summary>
    /// <param name="zones">How many; after the four of the stories come plain ones, from code 9805.</param>
    Task<IReadOnlyList<StoryZone>> Make(int zones, CancellationToken ct);
}

/// <param name="Caseworkers">Accounts in whose name the stories are told; the first is the coordinator.</param>
public sealed record StoryZone(string Code, string Language, IReadOnlyList<Guid> Caseworkers);
