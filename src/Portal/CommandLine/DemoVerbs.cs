using System.CommandLine;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static class DemoVerbs
{
    public static Command Verb(Verbs verbs) => new("demo", "Fictitious data.");

    /// <summary>The story zones with their people; may be repeated.</summary>
    public static Task SeedStories(IServiceProvider services, CancellationToken ct) => services.GetRequiredService<IMakeStoryZones>().Make(ct);
}
