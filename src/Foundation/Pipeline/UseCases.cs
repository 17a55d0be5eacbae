using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>The only way to a handler. Each use case runs in a scope of its own: a fresh context on the right connection, nothing left
/// over from the one before. A handler cannot send another request: what two deeds share is behaviour of an entity.</summary>
internal sealed class UseCases(IServiceScopeFactory scopes, WhereAndWho current, Pulse pulse, Turns turns, UseCase? outer = null) : IMediator
{
    private const int Attempts = 4;

    public async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        if (outer?.Begun == true) throw new InvalidOperationException($"{request.GetType()} is sent from inside a use case. Share behaviour, not requests.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Once(request, cancellationToken);
            }
            catch (DbUpdateException) when (request is ICommand<TResponse> or ICatalogCommand<TResponse> && attempt < Attempts)
            {
                // Somebody else wrote the same row, or sent the same form, at the same moment; nothing of ours was kept. Read again what stands there now.
            }
        }
    }

    private async Task<TResponse> Once<TResponse>(IRequest<TResponse> request, CancellationToken ct)
    {
        var scope = scopes.CreateAsyncScope();
        var inner = scope.ServiceProvider.GetRequiredService<UseCase>();
        inner.Caller = current.Caller;
        inner.Place = current.Zone;
        inner.Sent = current.Sent;
        inner.Begun = true;
        try
        {
            var response = await pulse.Wait(Run(scope, request, ct));
            current.Opened = inner.Trail.Opened ?? current.Opened;
            return response;
        }
        catch (SilentDatabaseException)
        {
            inner.IsGivenUp = true;
            throw;
        }
    }

    // The scope and the turn end with the use case, not with whoever waits for it.
    private async Task<TResponse> Run<TResponse>(AsyncServiceScope scope, IRequest<TResponse> request, CancellationToken ct)
    {
        await using var ends = scope;
        var turn = await turns.Take(current.Zone, ct);
        try
        {
            return await new Mediator(scope.ServiceProvider.GetService!).Send(request, ct);
        }
        finally
        {
            turn?.Release();
        }
    }

    public Task<object?> Send(object request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Requests are sent by their type.");

    public Task Publish(object notification, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A page sends requests; it tells no events.");

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default) where TNotification : INotification =>
        throw new NotSupportedException("A page sends requests; it tells no events.");
}

/// <summary>Where the current request or job stands and for whom; set once by the zone middleware, the pass, or EnterZone.</summary>
public sealed class WhereAndWho : IDisposable
{
    private ZoneHandle? zone;

    /// <summary>Held open until the request or the job has ended.</summary>
    public ZoneHandle? Zone
    {
        get => zone;
        internal set
        {
            value?.Enter();
            zone?.Leave();
            zone = value;
        }
    }

    public Caller Caller { get; internal set; } = Caller.Nobody;

    /// <summary>The path names no zone, neither one that exists nor one that does not.</summary>
    public bool IsOutside { get; internal set; }

    /// <summary>Whose pass came with the request though its session has ended: nobody's rights, but what was typed is theirs.</summary>
    public Guid? Was { get; internal set; }

    /// <summary>The form that this request sends, where a draft of it is kept.</summary>
    public SentForm? Sent { get; set; }

    /// <summary>The dossier that this request opened last; what stands round the page may have to say why.</summary>
    public Audit.Opened? Opened { get; internal set; }

    /// <summary>The page itself shows how the people of the dossier may be reached: it need not stand round the page too.</summary>
    public bool RulesAreShown { get; set; }

    public void Dispose() => Zone = null;
}

/// <summary>A form that is sent and was saved while it was filled in.</summary>
/// <param name="Draft">Where what was typed is kept.</param>
/// <param name="Once">The one-time id of the page that sends it.</param>
public sealed record SentForm(Guid Draft, Guid Once)
{
    /// <summary>A use case of the catalogue has done what the form asked: no transaction of the zone ended its draft with it.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its draft has ended.</summary>
    public bool HasEnded { get; set; }
}
