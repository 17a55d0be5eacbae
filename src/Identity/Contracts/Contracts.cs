using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Contracts;

/// <summary>Is a session alive? Asked on every request; an ended session acts at once in this process and within seconds in others.</summary>
public interface ISessions
{
    /// <summary>The account behind a living session, and notes that it was seen; null: ended, too old, too long idle.</summary>
    ValueTask<Guid?> AccountOf(Guid session, CancellationToken ct);

    /// <summary>Ends every session of an account, inside a use case that writes the catalogue: dead here at the next request after it commits, in other processes within seconds.</summary>
    /// <returns>How many were alive.</returns>
    Task<int> EndSessions(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid account, DateTimeOffset now, CancellationToken ct);
}

/// <summary>A colleague as other modules may know one.</summary>
public sealed record Colleague(Guid Id, string DisplayName, string Email, string Language, string Theme);

/// <summary>Names and addresses of colleagues.</summary>
public interface IAccounts
{
    /// <summary>Kept in memory for seconds; unknown ids are left out.</summary>
    ValueTask<IReadOnlyDictionary<Guid, Colleague>> Named(IEnumerable<Guid> accounts, CancellationToken ct);

    Task<Colleague?> WithEmail(string email, CancellationToken ct);
}

/// <summary>What an invitation will give when it is taken up.</summary>
/// <param name="Zone">null: a role on the platform.</param>
public sealed record Promise(Guid? Zone, Role Role, DateOnly? Until);

/// <summary>An open or ended invitation, as those who gave it may see it.</summary>
public sealed record InvitationState(Guid Id, string Email, string DisplayName, Guid? Zone, Role Role, DateTimeOffset Expires, DateTimeOffset? TakenUp, DateTimeOffset? Revoked);

/// <summary>Invites people. Called from inside a use case that writes the catalogue.</summary>
public interface IInvite
{
    /// <summary>Adds an invitation to the catalogue's current transaction.</summary>
    /// <returns>The one-time path, <c>/account/invitation/…</c>: known here and in the mail only, hashed at rest.</returns>
    string Invite(VictimSupport.Foundation.Persistence.CatalogDbContext house, string email, string displayName, Promise promise, Guid? by, DateTimeOffset now);

    Task<IReadOnlyList<InvitationState>> Of(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid? zone, CancellationToken ct);
    Task Revoke(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct);
}

/// <summary>Told, in the same transaction, that somebody took an invitation up: the module that knows roles gives the one promised.</summary>
public interface IHearOfInvitations
{
    Task TakenUp(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid account, Promise promise, Guid? invitedBy, CancellationToken ct);
}

/// <summary>Accounts of the demo: nobody's, with no password.</summary>
public interface IMakeDemoAccounts
{
    /// <summary>Made if it is missing; its id follows from its address.</summary>
    Guid Ensure(VictimSupport.Foundation.Persistence.CatalogDbContext house, string email, string displayName, string language, DateTimeOffset now);
}

/// <summary>Which demo accounts there are and where they lead; the picker shows them.</summary>
public interface IListDemoAccounts
{
    Task<IReadOnlyList<DemoChoice>> All(CancellationToken ct);
}

/// <param name="Group">Heading: a zone's code and name, or the platform.</param>
/// <param name="Roles">Roles, in words.</param>
/// <param name="Leads">Where the account starts, such as <c>/9901/worklist</c>.</param>
public sealed record DemoChoice(Guid Account, string DisplayName, string Group, string Roles, string Leads);

/// <summary>Somewhere an account may go: a zone, or a desk of the platform.</summary>
/// <param name="Path">First segment with its slash, such as <c>/9901</c>.</param>
/// <param name="Key">What the pass for it names.</param>
/// <param name="Roles">The roles held there, in words.</param>
public sealed record Place(string Path, string Key, string Name, string Roles, string Leads);

/// <summary>Knows where an account may go; implemented where roles live.</summary>
public interface IKnowPlaces
{
    ValueTask<IReadOnlyList<Place>> Of(Guid account, CancellationToken ct);
}
