using MediatR;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>Reads in the current zone. What it shows is recorded durably before it is sent.</summary>
public interface IQuery<out T> : IRequest<T>;

/// <summary>Writes in the current zone: saved whole with its audit record, or not at all.</summary>
public interface ICommand<out T> : IRequest<T>;

/// <summary>Reads in the catalogue, the database about the house: zones, accounts, jobs.</summary>
public interface ICatalogQuery<out T> : IRequest<T>;

/// <summary>Writes in the catalogue.</summary>
public interface ICatalogCommand<out T> : IRequest<T>;

/// <summary>A request that cannot be tried twice without harm, or whose refusal must be known: failed validation is recorded too.</summary>
public interface ISensitive;

/// <summary>A command that leaves no record of its own: a caller's own unsent text, or that a page is open. It shows nothing of anybody and decides nothing; a refusal is recorded as ever.
/// A test of the house names the few there are.</summary>
public interface IUnrecorded;

/// <summary>A command that is asked beside a form which is still being filled in: what was typed there is not sent by it.</summary>
public interface IBesideTheForm;

/// <summary>A result that shows several dossiers; each is recorded as listed.</summary>
public interface IListDossiers
{
    IEnumerable<Guid> Listed { get; }
}
