namespace VictimSupport.Foundation.Access;

/// <summary>Who asks: an account with the roles it holds where it stands, a program, nobody, or the platform itself (a job).</summary>
/// <param name="Account">null: nobody, or the platform.</param>
/// <param name="Roles">Roles in the current zone, or platform roles outside any zone.</param>
public sealed record Caller(Guid? Account, Guid? Session, IReadOnlySet<Role> Roles, bool IsPlatform = false)
{
    /// <summary>The program that asks, in the account's name or, without one, in its own; null: a person in front of a page.</summary>
    public Guid? Client { get; init; }

    /// <summary>What the program was given: a module's name each, such as <c>zones</c>.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>();

    public static readonly Caller Nobody = new(null, null, new HashSet<Role>());

    /// <summary>A job: it stands behind no person and may do what its request requires.</summary>
    public static readonly Caller Platform = new(null, null, new HashSet<Role>(), IsPlatform: true);

    /// <summary>When this session last showed a factor; null: it never did, or nobody asks.</summary>
    public DateTimeOffset? LastFactor { get; init; }

    /// <summary>Did it show one within the last five minutes? The platform itself has none to show.</summary>
    public bool IsFresh(DateTimeOffset now) => IsPlatform || (LastFactor is { } shown && now - shown < FreshFactorAttribute.GoodFor);

    public bool May(May deed) => IsPlatform || (deed == Access.May.HoldAnAccount ? Account is not null : AccessMatrix.Allows(deed, Roles));
    public bool Is(Role role) => Roles.Contains(role);

    /// <summary>The account, where the use case cannot be reached without one.</summary>
    public Guid Self => Account ?? throw new InvalidOperationException("This use case needs an account; its request is open to nobody in particular.");
}
