using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Modules;

namespace VictimSupport.Casework;

/// <summary>The work itself: intake, dossiers, people, contacts, next acts.</summary>
public sealed class CaseworkModule : IModule
{
    public void Add(IServiceCollection services) { }
}
