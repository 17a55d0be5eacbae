using MediatR;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Drafts;

/// <summary>Innermost: the command that a form was sent with has succeeded, so what was kept of the form goes in its transaction. A form turned back keeps its draft.</summary>
internal sealed class Sent<TRequest, TResponse>(UseCase here, IServiceProvider services, TimeProvider clock) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var response = await next();
        if (here.Sent is not { } sent || here.Caller.Account is not { } account || request is IUnrecorded or IBesideTheForm) return response;
        if (request is ICommand<TResponse>)
        {
            await Draft.End(services.GetRequiredService<ZoneDbContext>(), sent, account, clock.GetUtcNow(), cancellationToken); // only now: before the transaction there is no context
            sent.HasEnded = true;
        }
        else if (request is ICatalogCommand<TResponse>)
        {
            sent.IsDone = true;
        }
        return response;
    }
}

/// <summary>A form that wrote the catalogue alone has been sent. Nothing is done here: being a command of the zone, it ends the form's draft like any other.</summary>
internal static class SentElsewhere
{
    [Requires(May.BeSignedIn)]
    internal sealed record Command : ICommand<bool>;

    internal sealed class Handler : IRequestHandler<Command, bool>
    {
        public Task<bool> Handle(Command command, CancellationToken ct) => Task.FromResult(true);
    }
}
