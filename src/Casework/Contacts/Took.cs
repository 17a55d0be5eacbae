using VictimSupport.Casework.Codes;

namespace VictimSupport.Casework.Contacts;

/// <summary>What was agreed on: who, when, where, with whom.</summary>
/// <param name="Travel">Minutes there.</param>
internal sealed record Agreed(IReadOnlyList<Guid> Persons, DateTimeOffset At, int Minutes, Place Place, string? Room, int Travel, Guid Worker, Guid? Companion, bool ForThem, Counterpart? With, string? Note);

/// <summary>What was written down of a contact that took place, or was tried in vain.</summary>
internal sealed record Took(IReadOnlyList<Guid> Persons, DateTimeOffset At, int Minutes, Place Place, bool ForThem, Counterpart? With, bool OnCall, bool Held, IReadOnlyList<ServiceKind> Services, IReadOnlyList<Topic> Informed, string? Note)
{
    /// <summary>Kept only where it was for the person.</summary>
    public AskedForThem? Asked { get; init; }
}

/// <summary>What was asked for a person of somebody else, what they answered, and on which day the person was told.</summary>
internal sealed record AskedForThem(string? Question, string? Answer, DateOnly? ToldOn)
{
    public const int Longest = 4000;

    public bool IsEmpty => string.IsNullOrWhiteSpace(Question) && string.IsNullOrWhiteSpace(Answer) && ToldOn is null;
}
