using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace VictimSupport.Foundation.Modules;

/// <summary>A module of the house: one line in Program.cs, and all that it adds in one file.</summary>
public interface IModule
{
    /// <summary>Services, menu entries, jobs, demo stories. Handlers, rules and mappings are found by themselves.</summary>
    void Add(IServiceCollection services);

    /// <summary>Endpoints that are no pages; each needs <c>[Requires]</c> or <c>[Open]</c> in its metadata.</summary>
    void Map(WebApplication app) { }
}

/// <summary>The assemblies of the modules in this program, in the order of Program.cs.</summary>
public sealed record HouseModules(IReadOnlyList<IModule> Modules)
{
    public IReadOnlyList<Assembly> Assemblies { get; } = [.. Modules.Select(m => m.GetType().Assembly)];
}

/// <summary>An entry of a zone's main menu; shown to those who may.</summary>
public interface IInMenu
{
    /// <summary>From this order on an entry is not everyday: in a long menu it stands behind one press, with the others of its kind.</summary>
    const int Rare = 700;

    int Order { get; }
    Access.May Deed { get; }

    /// <summary>Path below the zone, such as <c>/worklist</c>.</summary>
    string Path { get; }

    /// <summary>Text in the current language, resolved at the moment of use.</summary>
    string Text { get; }
}

/// <summary>An entry that stands in the menu only while there is something behind it for the reader. Registered scoped.</summary>
public interface IInMenuAtTimes : IInMenu
{
    ValueTask<bool> IsNow(CancellationToken ct);
}

/// <summary>Something that waits for the reader and belongs on the bell: its figure is the sum of the lines on the page behind it.</summary>
public interface IRing
{
    /// <summary>It is not of the zone's database, and the module keeps it for some seconds: what was written is known only to it.</summary>
    bool KeepsItsFigure => false;

    /// <summary>How many things wait for the caller in the current zone, by kind; none for whoever may not see them. Asked for every page.</summary>
    ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct);
}

/// <param name="Text">In the reader's language.</param>
/// <param name="Path">Where it is seen, below the zone.</param>
public sealed record RingLine(string Text, string Path, int Count);

/// <summary>Something that must be seen in red on every page while it lasts.</summary>
public interface IWarn
{
    /// <summary>Empty: nothing to warn of on the page that this request shows.</summary>
    ValueTask<IReadOnlyList<Warning>> Of(Pipeline.WhereAndWho who, CancellationToken ct);
}

/// <param name="Path">Below the zone: a press posts there and ends it; null: it is not the reader's to end.</param>
/// <param name="Everywhere">It is the same on every page of the zone: pages that are open ask for it.</param>
public sealed record Warning(string Text, string? Path = null, string? Act = null, bool Everywhere = false);
