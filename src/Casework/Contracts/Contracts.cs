using MediatR;

namespace VictimSupport.Casework.Contracts;

/// <summary>Fills a zone with fictitious dossiers, through the same use cases that people use.</summary>
public interface ITellStories
{
    /// <summary>Tells the house's stories; does nothing in a zone that has dossiers.</summary>
    /// <param name="stand">Sets the clock to so long before the demo's now, so that a story has a past.</param>
    /// <returns>Were they told now?</returns>
    Task<bool> Tell(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Somebody tries one dossier after another that is not theirs: what the readers of the audit should notice the day after.</summary>
    Task TryInVain(IMediator pipeline, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>What only rights show: a restricted, a sealed and a walled dossier, a broken glass to sign, and a collective event; does nothing where it was told.</summary>
    /// <param name="people">Coordinator, a colleague, a worker: those in whose names the three pipelines stand.</param>
    Task KeepApart(IMediator coordinator, IMediator colleague, IMediator worker, IReadOnlyList<Guid> people, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Puts the story's messages in the tray, in the caller's name: somebody of the front desk. May be repeated.</summary>
    Task LeaveMessages(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Names a trainee to a story's dossier, in the caller's name: a coordinator. May be repeated.</summary>
    /// <returns>The dossier; null: there is none.</returns>
    Task<Guid?> NameTrainee(IMediator pipeline, Guid trainee, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Writes a note in that dossier, in the caller's name: the trainee. May be repeated.</summary>
    Task WriteAsTrainee(IMediator pipeline, Guid dossier, string language, Action<TimeSpan> stand, CancellationToken ct);

    /// <summary>Registers so many dossiers: the same seed and day give the same people and facts.</summary>
    Task Generate(IMediator pipeline, string language, int dossiers, int seed, Action<TimeSpan> stand, CancellationToken ct);
}

/// <summary>Tells the figures what they may know of the zone's cases: codes, whole years and days counted, a month. Nothing that names anybody, no id, no exact day.</summary>
public interface ITellFacts
{
    /// <summary>The cases registered between these days that count and were not taken back. In no order that says anything.</summary>
    Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct);
}

/// <param name="From">The first day.</param>
/// <param name="Until">The last day.</param>
/// <param name="Contacts">The first contact too.</param>
/// <param name="Ages">Ages too: for them alone something sealed is opened.</param>
/// <param name="Given">Services and referrals too.</param>
public sealed record FactsAsked(DateOnly From, DateOnly Until, bool Contacts, bool Ages, bool Given);

/// <summary>One counted case: a helped person in one dossier, in statistics codes.</summary>
/// <param name="Month">The first day of the month in which it was registered.</param>
/// <param name="IsAtHome">Is violence between partners or in the family the main fact?</param>
/// <param name="Age">In whole years when it was registered; null: not known, or not asked.</param>
/// <param name="Place">Of the first contact; null: there was none, or it was not asked.</param>
/// <param name="Delay">Days from the request to the first contact, 0 on the same day; null as for the place.</param>
/// <param name="Services">Kinds of service that were given and count, each once.</param>
/// <param name="Targets">Kinds of partner of the accepted referrals that count, each once.</param>
public sealed record CaseFact(DateOnly Month, string Category, string SubKind, bool IsAtHome, string Capacity, string Sex, int? Age, string Damage, string Language, string? Place, int? Delay, IReadOnlyList<string> Services, IReadOnlyList<string> Targets);
