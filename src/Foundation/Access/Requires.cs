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

/// <summary>A program may do this too, with this scope. Without it no program may, whatever the person behind it holds.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ScopeAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>What a type demands of its caller.</summary>
/// <param name="Deed">null: open to all.</param>
/// <param name="Scope">null: no program may.</param>
public sealed record Demand(May? Deed, string? Scope = null)
{
    /// <summary>May this caller? A program needs the scope, and in a person's name may no more than that person.</summary>
    public bool Admits(Caller caller)
    {
        var person = Deed is not { } deed || caller.May(deed);
        return caller.Client is null ? person : Scope is { } scope && caller.Scopes.Contains(scope) && (caller.Account is null || person);
    }

    /// <summary>Reads the demand off a page or request type; null when it carries neither attribute.</summary>
    public static Demand? Of(MemberInfo type) => Known.GetOrAdd(type, static t =>
        t.GetCustomAttribute<RequiresAttribute>() is { } requires ? new Demand(requires.Deed, t.GetCustomAttribute<ScopeAttribute>()?.Name)
        : t.GetCustomAttribute<OpenAttribute>() is not null ? new Demand(null, t.GetCustomAttribute<ScopeAttribute>()?.Name)
        : null);

    private static readonly ConcurrentDictionary<MemberInfo, Demand?> Known = new();
}
