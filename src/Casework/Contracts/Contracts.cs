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

    /// <summary>Registers so many dossiers: the same seed and day give the same people and facts.</summary>
    Task Generate(IMediator pipeline, string language, int dossiers, int seed, Action<TimeSpan> stand, CancellationToken ct);
}
