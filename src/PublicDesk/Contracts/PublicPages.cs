using MediatR;

namespace VictimSupport.PublicDesk.Contracts;

/// <summary>Makes the public pages of the demo's zones.</summary>
public interface IMakePublicPages
{
    /// <summary>Publishes what is missing, in the name of whoever looks after the page; may be repeated.</summary>
    /// <param name="language">The zone's first.</param>
    Task Make(IMediator pipeline, string zone, string language, CancellationToken ct);
}
