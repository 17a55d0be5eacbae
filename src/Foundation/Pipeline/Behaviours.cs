using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>Outermost: a refusal is recorded in a transaction of its own, after everything else was rolled back.</summary>
internal sealed class RecordRefusals<TRequest, TResponse>(UseCase useCase, AuditDesk audit) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        try
        {
            return await next();
        }
        catch (RefusedException refusal)
        {
            await audit.Append(useCase, useCase.Trail.Refusal(request, refusal.Code, refusal.Subject, useCase.Caller), CancellationToken.None);
            throw;
        }
        catch (ValidationException) when (request is ISensitive)
        {
            await audit.Append(useCase, useCase.Trail.Refusal(request, "invalid", null, useCase.Caller), CancellationToken.None);
            throw;
        }
    }
}

/// <summary>The caller's roles against what the request requires.</summary>
internal sealed class Authorise<TRequest, TResponse>(UseCase useCase) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    private static readonly Demand Demand = Demand.Of(typeof(TRequest))
        ?? throw new InvalidOperationException($"{typeof(TRequest)} carries neither [Requires] nor [Open].");

    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        Demand.Admits(useCase.Caller) ? next() : throw new RefusedException(useCase.Caller.Client is null ? "role" : "scope");
}

/// <summary>Some deeds need a factor shown just now, whatever page or endpoint they come from.</summary>
internal sealed class Fresh<TRequest, TResponse>(UseCase useCase, TimeProvider clock) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    private static readonly bool Demanded = FreshFactorAttribute.On(typeof(TRequest));

    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        Demanded && !useCase.Caller.IsFresh(clock.GetUtcNow()) ? throw new StaleFactorException() : next();
}

/// <summary>Runs the request's rules; what they find comes back as one exception with a field for each fault.</summary>
internal sealed class Validate<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> rules) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        List<ValidationFailure>? faults = null;
        foreach (var rule in rules)
        {
            var result = await rule.ValidateAsync(request, cancellationToken);
            if (!result.IsValid) (faults ??= []).AddRange(result.Errors);
        }
        return faults is null ? await next() : throw new ValidationException(faults);
    }
}

/// <summary>A command is one transaction in the database it belongs to, its audit record chained last; a query's record is durable before the
/// result leaves the pipeline.</summary>
internal sealed class Transact<TRequest, TResponse>(UseCase useCase, CatalogDatabase catalog, AuditDesk audit, NextDue nextDue) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        switch (request)
        {
            case ICommand<TResponse>:
                var zone = useCase.InZone;
                DateTimeOffset? due = null;
                var written = await zone.Database.Write(useCase.Keys, async context =>
                {
                    useCase.Write(context);
                    return await Run(context, async () =>
                    {
                        due = EarliestDue(context);
                        if (due is { } first) await nextDue.Lower(zone.Id, first, cancellationToken);
                    });
                }, cancellationToken);
                if (due is { } then) await nextDue.Lower(zone.Id, then, CancellationToken.None);
                return written;
            case ICatalogCommand<TResponse>:
                return await catalog.Write(async context =>
                {
                    useCase.Write(context);
                    return await Run(context, () =>
                    {
                        useCase.Trail.StandsIn(useCase.Place?.Id);
                        return Task.CompletedTask;
                    });
                }, cancellationToken);
            default:
                var shown = await next();
                if (useCase.Trail.Shows(shown)) await audit.Append(useCase, useCase.Trail.Read(request, shown, useCase.Caller), cancellationToken);
                return shown;
        }

        async Task<Written<TResponse>> Run(DbContext context, Func<Task> beforeSaving)
        {
            var response = await next();
            useCase.Trail.Changes(context.ChangeTracker);
            await beforeSaving();
            await context.SaveChangesAsync(cancellationToken);
            if (useCase.IsGivenUp) throw new SilentDatabaseException();
            return new Written<TResponse>(response, request is IUnrecorded ? null : useCase.Trail.Write(request, response, useCase.Caller));
        }
    }

    private static DateTimeOffset? EarliestDue(DbContext context) => context.ChangeTracker.Entries<IFallDue>()
        .Where(e => e.State is EntityState.Added or EntityState.Modified).Min(e => e.Entity.Due);
}
