using MediatR;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Zones;

/// <summary>The one way into a zone without a request: for jobs and the few acts between zones. Who may use it is a list that a test keeps.</summary>
public sealed class EnterZone(IServiceScopeFactory scopes, ZoneRegistry zones)
{
    /// <summary>Sends a request in a zone, in the platform's name unless a caller is given; false: the zone is not there.</summary>
    public async Task<bool> In(string code, Func<IMediator, Task> deed, Caller? caller = null)
    {
        if (await (caller is null or { IsPlatform: true } ? zones.Find(code) : zones.FindForPeople(code)) is not { } zone) return false;
        await using var scope = scopes.CreateAsyncScope();
        var where = scope.ServiceProvider.GetRequiredService<WhereAndWho>();
        where.Zone = zone;
        where.Caller = caller ?? Caller.Platform;
        await deed(scope.ServiceProvider.GetRequiredService<IMediator>());
        return true;
    }
}
