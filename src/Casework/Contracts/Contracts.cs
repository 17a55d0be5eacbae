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
