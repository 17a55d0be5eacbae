using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Access;

/// <summary>Something that takes effect only when a second person says so: a role that opens dossiers, a change of federation, the recovery of an account.
/// Each module that has such things implements it; the page of confirmations lists them all.</summary>
public interface IAwaitASecondPerson
{
    /// <summary>Code of the kind, such as <c>role</c>, <c>federation</c>, <c>recovery</c>.</summary>
    string Kind { get; }

    /// <param name="zone">null: what waits on the platform.</param>
    Task<IReadOnlyList<Waiting>> In(CatalogDbContext house, Guid? zone, CancellationToken ct);

    /// <summary>Confirms or refuses, inside the use case that writes the catalogue.</summary>
    /// <returns>The account whose standing changes by it, where one does.</returns>
    /// <exception cref="RefusedException">It does not wait there, or <paramref name="by"/> asked for it or gains by it.</exception>
    Task<Guid?> Decide(CatalogDbContext house, Guid id, Guid? zone, bool confirms, Guid by, CancellationToken ct);
}

/// <param name="What">In words, in the reader's language: nothing of a dossier.</param>
/// <param name="About">Whose account it is about, where it is about one.</param>
/// <param name="Mine">Accounts that may not decide: who asked for it, and who gains by it.</param>
public sealed record Waiting(Guid Id, string What, Guid? About, Guid? AskedBy, DateTimeOffset Since, IReadOnlyList<Guid> Mine);
