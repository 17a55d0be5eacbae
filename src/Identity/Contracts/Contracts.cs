using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Contracts;

/// <summary>A session that is alive.</summary>
/// <param name="LastFactor">When it last showed a factor.</param>
/// <param name="Ends">When it will end if nothing more is asked, or because it is too old.</param>
/// <param name="IsLast">Nothing will keep it alive longer than that: it is too old.</param>
public sealed record LivingSession(Guid Account, DateTimeOffset LastFactor, DateTimeOffset Ends, bool IsLast);

/// <summary>Is a session alive? Asked on every request; an ended session acts at once in this process and within seconds in others.</summary>
public interface ISessions
{
    /// <summary>The session, and notes that it was seen unless the request is quiet; null: ended, too old, too long idle.</summary>
    ValueTask<LivingSession?> Of(Guid session, bool quiet, CancellationToken ct);

    /// <summary>How many sessions of the account are alive.</summary>
    Task<int> AliveOf(Guid account, CancellationToken ct);

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

    /// <summary>When each last signed in; null: never yet.</summary>
    Task<IReadOnlyDictionary<Guid, DateTimeOffset?>> LastSignIns(IEnumerable<Guid> accounts, CancellationToken ct);
}

/// <summary>What an invitation will give when it is taken up.</summary>
/// <param name="Zone">null: roles on the platform.</param>
/// <param name="Until">The last day on which the roles count; null: no end.</param>
public sealed record Promise(Guid? Zone, IReadOnlyList<Role> Roles, DateOnly? Until)
{
    public Promise(Guid? zone, Role role, DateOnly? until) : this(zone, [role], until) { }
}

/// <summary>Who is asked in.</summary>
/// <param name="Language">fr, nl, de or en: of the mail.</param>
public sealed record Invitee(string Email, string DisplayName, string Language);

/// <summary>What became of the mail that carries a link.</summary>
/// <param name="None">The link goes another way, such as the command line.</param>
/// <param name="Failed">The mail server refused it or was away; it is tried again.</param>
public enum InvitationMail { None, Waiting, Failed, Sent }

/// <summary>An open or ended invitation, as those who gave it may see it: never whether the address had an account before.</summary>
/// <param name="Opened">When the link was first opened, by the person or by a scanner of mails.</param>
/// <param name="OnPaper">A code for paper is in use.</param>
public sealed record InvitationState(Guid Id, string Email, string DisplayName, Guid? Zone, IReadOnlyList<Role> Roles, DateOnly? Until, DateTimeOffset Created, DateTimeOffset Expires,
    DateTimeOffset? Opened, DateTimeOffset? TakenUp, DateTimeOffset? Revoked, InvitationMail Mail, bool OnPaper)
{
    public bool IsOpen(DateTimeOffset now) => TakenUp is null && Revoked is null && now < Expires;
}

/// <summary>Why an address is not invited.</summary>
public enum AddressDoubt
{
    /// <summary>It holds a letter outside ASCII: a Cyrillic а would pass for an a.</summary>
    NotPlain = 1,

    /// <summary>The eye takes it for the address of a colleague of the zone, of somebody invited there, or of another who is brought in with it.</summary>
    LooksLikeAnother,

    /// <summary>It leads to the mailbox of whoever invites: nobody gives himself a role.</summary>
    Oneself,
}

/// <summary>Invites people. Called from inside a use case that writes the catalogue.</summary>
public interface IInvite
{
    /// <summary>Adds an invitation to the catalogue's current transaction; no mail leaves.</summary>
    /// <returns>The one-time path, <c>/account/invitation/…</c>: known here only, hashed at rest.</returns>
    string Invite(VictimSupport.Foundation.Persistence.CatalogDbContext house, string email, string displayName, Promise promise, Guid? by, DateTimeOffset now);

    /// <summary>The same, and the mail with the link leaves by the catalogue's outbox once the transaction is kept. The link is sealed until then and forgotten after.</summary>
    void InviteByMail(VictimSupport.Foundation.Persistence.CatalogDbContext house, Invitee invitee, Promise promise, Guid by, DateTimeOffset now);

    /// <summary>A new link and new 72 hours; the old link and a code on paper are dead.</summary>
    /// <exception cref="RefusedException">It is not there, taken up, or revoked.</exception>
    Task Resend(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct);

    /// <summary>Makes a short code with check digits that is handed over on paper; an earlier one is dead.</summary>
    /// <param name="by">Who makes it and so has seen it: never the second person for what is taken up by it.</param>
    /// <returns>The code, known here only.</returns>
    /// <exception cref="RefusedException">It is not there, or no longer open.</exception>
    Task<string> CodeForPaper(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid invitation, Guid? zone, Guid by, DateTimeOffset now, CancellationToken ct);

    /// <summary>May these addresses be invited into this zone together? What is in doubt, by address as it was given; those that are missing may.</summary>
    Task<IReadOnlyDictionary<string, AddressDoubt>> Doubts(VictimSupport.Foundation.Persistence.CatalogDbContext house, IReadOnlyCollection<string> emails, Guid zone, Guid by, DateTimeOffset now, CancellationToken ct);

    Task<IReadOnlyList<InvitationState>> Of(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid? zone, CancellationToken ct);
    Task Revoke(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct);
}

/// <summary>Told, in the same transaction, that somebody took an invitation up: the module that knows roles gives those promised.</summary>
public interface IHearOfInvitations
{
    /// <param name="onPaper">With a code, and who made it and has seen it: then nothing counts before a second person says so. null: by the mailed link.</param>
    Task TakenUp(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid account, Promise promise, Guid? invitedBy, Guid? onPaper, CancellationToken ct);

    /// <summary>It is kept: what was remembered of the account's roles is old.</summary>
    void Kept(Guid account);

    /// <summary>The name of the zone that asks, in the reader's language.</summary>
    Task<string> NameOf(VictimSupport.Foundation.Persistence.CatalogDbContext house, Promise promise, CancellationToken ct);
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
public sealed record Place(string Path, string Key, string Name, string Roles, string Leads)
{
    /// <summary>A zone's four digits; null: a desk of the platform.</summary>
    public string? Code => Path.Length == 5 && Path.Skip(1).All(char.IsAsciiDigit) ? Path[1..] : null;

    /// <summary>The name without the code.</summary>
    public string Called { get; init; } = Name;
}

/// <summary>Knows where an account may go; implemented where roles live.</summary>
public interface IKnowPlaces
{
    ValueTask<IReadOnlyList<Place>> Of(Guid account, CancellationToken ct);

    /// <summary>Before a pass is minted: the first place a session enters binds it to the zones or to the platform, because no platform role combines with a zone's in one session.</summary>
    /// <returns>false: it stands on the other side.</returns>
    Task<bool> Enter(Guid session, bool onPlatform, CancellationToken ct);

    /// <summary>Does the account come to that zone from this one to help in events, and for nothing else: no role of its own there, no other visit? The zone asked for it and the other accepted, or there would be no visit.</summary>
    ValueTask<bool> OnlyHelps(Guid account, Guid zone, Guid from, CancellationToken ct);

    /// <summary>On which side a session stands; null: it has entered nowhere yet.</summary>
    ValueTask<bool?> IsOnPlatform(Guid session, CancellationToken ct);
}

/// <summary>Knows the colour by which a zone is told from others; implemented where its settings live.</summary>
public interface IKnowColours
{
    /// <summary>null: the zone chose none and has that of the house.</summary>
    ValueTask<ZoneColour?> Of(Guid zone, CancellationToken ct);
}

/// <param name="Day">Such as <c>#22577a</c>; readable on white.</param>
/// <param name="Night">The same, readable on the ground of the night.</param>
public sealed record ZoneColour(string Day, string Night);

/// <summary>Knows who holds which role, read in the catalogue's current transaction; implemented where roles live.</summary>
public interface IKnowRoles
{
    /// <param name="zone">null: on the platform.</param>
    Task<IReadOnlySet<Role>> Of(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid account, Guid? zone, DateTimeOffset now, CancellationToken ct);

    /// <summary>Zones in which the account holds any role now.</summary>
    Task<IReadOnlyList<Guid>> ZonesOf(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid account, DateTimeOffset now, CancellationToken ct);

    /// <summary>Everybody in a zone with the roles held there now.</summary>
    Task<IReadOnlyDictionary<Guid, IReadOnlySet<Role>>> StaffOf(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid zone, DateTimeOffset now, CancellationToken ct);
}

/// <summary>Names of the programs that a zone let in.</summary>
public interface IKnowPrograms
{
    ValueTask<string?> Name(Guid client, CancellationToken ct);
}

/// <summary>Programs that read the figures over all zones: registered by whoever runs the platform, each with a secret of its own that is shown once. They belong to no zone, and no zone lets them in.</summary>
public interface IProgramsOfThePlatform
{
    /// <summary>Registers one; kept in the audit.</summary>
    /// <param name="scope">The name of the API it may ask, such as <c>figures</c>.</param>
    /// <returns>Its id, and its secret, known here only.</returns>
    Task<(Guid Id, string Secret)> Register(string name, string scope, CancellationToken ct);

    /// <summary>Ends one: tokens it holds are worth nothing within seconds; kept in the audit.</summary>
    /// <returns>false: there is none, or it has ended.</returns>
    Task<bool> End(Guid id, CancellationToken ct);

    /// <summary>All there are and were, the latest first.</summary>
    Task<IReadOnlyList<ProgramOfThePlatform>> All(CancellationToken ct);
}

/// <param name="LastUsed">When it last asked for a token; null: never.</param>
public sealed record ProgramOfThePlatform(Guid Id, string Name, DateTimeOffset Created, DateTimeOffset? LastUsed, DateTimeOffset? Ended);

/// <summary>Knows which zones have agreed to accept each other's people; implemented where pools live.</summary>
public interface IKnowPools
{
    /// <summary>Do both belong to one pool today?</summary>
    Task<bool> Share(Guid zone, Guid other, CancellationToken ct);

    /// <summary>The pools a zone belongs to today, by name, each with the other zones that are at work.</summary>
    Task<IReadOnlyList<SharedPool>> Of(Guid zone, CancellationToken ct);
}

/// <param name="Others">In the order of their codes; the zone that asked is not among them.</param>
public sealed record SharedPool(Guid Id, string Name, IReadOnlyList<VictimSupport.Foundation.Zones.ZoneRecord> Others);

/// <summary>Knows whether a zone's people can sign in at a provider of their own; read in the catalogue's current transaction.</summary>
public interface IKnowProviders
{
    /// <summary>Is one confirmed and allowed?</summary>
    Task<bool> Has(VictimSupport.Foundation.Persistence.CatalogDbContext house, Guid zone, CancellationToken ct);
}

/// <summary>After a theft: ends the keys of the token server.</summary>
public interface IEndTokenKeys
{
    /// <summary>Every token is worth nothing from now on; new keys are made when they are needed.</summary>
    /// <returns>How many keys were ended.</returns>
    Task<int> EndAll(CancellationToken ct);
}
