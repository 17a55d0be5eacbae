using MediatR;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Drafts;

/// <summary>Innermost: the command that a form was sent with has succeeded, so what was kept of the form goes in its transaction. A form turned back keeps its draft.</summary>
internal sealed class Sent<TRequest, TResponse>(UseCase here, IServiceProvider services, TimeProvider clock) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var response = await next();
        if (here.Sent is { } sent && here.Caller.Account is { } account && request is ICommand<TResponse> and not IUnrecorded and not IBesideTheForm)
            await Draft.End(services.GetRequiredService<ZoneDbContext>(), sent, account, clock.GetUtcNow(), cancellationToken); // only now: before the transaction there is no context
        return response;
    }
}
