using VictimSupport.Casework;
using VictimSupport.Foundation.Modules;
using VictimSupport.Identity;
using VictimSupport.Network;
using VictimSupport.OnCall;
using VictimSupport.Portal.CommandLine;
using VictimSupport.Privacy;
using VictimSupport.PublicDesk;
using VictimSupport.Statistics;
using VictimSupport.Zones;

// The table of contents: what the house is made of, in the order in which one may lean on the other.
IReadOnlyList<IModule> modules =
[
    new IdentityModule(),
    new ZonesModule(),
    new NetworkModule(),
    new PublicDeskModule(),
    new CaseworkModule(),
    new OnCallModule(),
    new PrivacyModule(),
    new StatisticsModule(),
];

return await Verbs.Of(modules, args).InvokeAsync();

/// <summary>Named so that tests can start the real host.</summary>
public sealed partial class Program;
