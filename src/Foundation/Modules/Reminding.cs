using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Modules;

/// <summary>A kind of thing that somebody is reminded of when it falls due. A module registers one for each kind it knows (scoped); who is told how, once, and told on, is not its matter.</summary>
public interface IRemind
{
    /// <summary>Stable code, at most 40 characters, such as <c>reminder</c>; stands in the database and in keys of the outbox.</summary>
    string Kind { get; }

    /// <summary>Is it told on to the coordinators where whoever was told does nothing?</summary>
    bool IsToldOn { get; }

    /// <summary>What fell due and was not told yet, the earliest first. Inside the transaction in which it is noted as told: a source that keeps a mark of its own sets it here.</summary>
    Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct);

    /// <summary>When the next will fall due; null: nothing is to come.</summary>
    Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct);

    /// <summary>Which of these still wait as they did when they were told.</summary>
    Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct);
}

/// <summary>Something fell due.</summary>
/// <param name="About">Its id; with <paramref name="DueAt"/> it names the effect.</param>
/// <param name="Dossier">Where it stands: who may not know of that dossier is not told. null: in none.</param>
/// <param name="To">Accounts; none: the coordinators.</param>
/// <param name="DueAt">A whole minute.</param>
public sealed record Fallen(Guid About, Guid? Dossier, IReadOnlyList<Guid> To, DateTimeOffset DueAt)
{
    /// <summary>Noted as told, and told to nobody: whoever it is for has just planned it.</summary>
    public bool Quiet { get; init; }
}
