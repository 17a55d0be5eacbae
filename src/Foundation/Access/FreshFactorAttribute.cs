using System.Collections.Concurrent;
using System.Reflection;

namespace VictimSupport.Foundation.Access;

/// <summary>This page or use case needs a factor shown within the last five minutes: exports, sealed dossiers, changes of roles, deletion.
/// Whoever showed theirs longer ago is asked again and loses nothing that was typed.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FreshFactorAttribute : Attribute
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    private static readonly ConcurrentDictionary<MemberInfo, bool> Known = new();

    /// <summary>Does this page or request demand a fresh factor?</summary>
    public static bool On(MemberInfo type) => Known.GetOrAdd(type, static t => t.IsDefined(typeof(FreshFactorAttribute)));
}

/// <summary>The caller may do this, once a factor has been shown again. The page filter leads there and back.</summary>
public sealed class StaleFactorException() : Exception("A factor must be shown again.");
