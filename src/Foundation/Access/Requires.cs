using System.Collections.Concurrent;
using System.Reflection;

namespace VictimSupport.Foundation.Access;

/// <summary>Says which deed of the access matrix a page and a use case need. One without this or <see cref="OpenAttribute"/> does not start the host.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresAttribute(May deed) : Attribute
{
    public May Deed { get; } = deed;
}

/// <summary>Anyone may come here, signed in or not; the reason is for the reader and for the list the tests print.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OpenAttribute(string because) : Attribute
{
    public string Because { get; } = because;
}

/// <summary>What a type demands of its caller.</summary>
/// <param name="Deed">null: open to all.</param>
public sealed record Demand(May? Deed)
{
    /// <summary>Reads the demand off a page or request type; null when it carries neither attribute.</summary>
    public static Demand? Of(MemberInfo type) => Known.GetOrAdd(type, static t =>
        t.GetCustomAttribute<RequiresAttribute>() is { } requires ? new Demand(requires.Deed)
        : t.GetCustomAttribute<OpenAttribute>() is not null ? new Demand((May?)null)
        : null);

    private static readonly ConcurrentDictionary<MemberInfo, Demand?> Known = new();
}
