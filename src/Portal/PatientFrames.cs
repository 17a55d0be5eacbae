using VictimSupport.Design.Chrome;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Portal;

/// <summary>What stands round a page, as long as the database answers.</summary>
internal sealed class PatientFrames(Frames frames, Pulse pulse) : IChrome
{
    public ValueTask<Frame> ForAsync(HttpContext http) => pulse.Wait(frames.ForAsync(http));
}
