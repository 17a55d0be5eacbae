using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VictimSupport.Tests.Kit;

/// <summary>What each of a run's hundreds of hosts would find out anew and the same, and what was a sixth of the suite's time.</summary>
internal static class OncePerRun
{
    private static readonly string templates = Path.Combine(Path.GetTempPath(), "vs-tests-templates-" + Guid.NewGuid().ToString("N")[..8]);

    static OncePerRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) => { if (Directory.Exists(templates)) Directory.Delete(templates, recursive: true); };

    /// <summary>The properties of the pages' types are read by reflection once.</summary>
    public static void PagesAreRead(IServiceCollection services)
    {
        var own = services.Single(d => d.ServiceType == typeof(IPageApplicationModelPartsProvider)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IPageApplicationModelPartsProvider>(s => new KnownParts((IPageApplicationModelPartsProvider)ActivatorUtilities.CreateInstance(s, own))));
    }

    /// <summary>An empty zone of this schema lies ready for a host that has not made one yet.</summary>
    /// <param name="folder">The host's data.</param>
    public static void BringTemplates(string folder) => Copy(templates, Path.Combine(folder, "templates"));

    /// <summary>The empty zone that a host made is kept for the next.</summary>
    public static void KeepTemplates(string folder) => Copy(Path.Combine(folder, "templates"), templates);

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from)) return;
        foreach (var file in Directory.EnumerateFiles(from, "zone-*.db"))
        {
            var there = Path.Combine(to, Path.GetFileName(file));
            if (File.Exists(there)) continue;
            Directory.CreateDirectory(to);
            var half = Path.Combine(to, Guid.NewGuid() + ".half");
            File.Copy(file, half);
            File.Move(half, there, overwrite: true);
        }
    }

    private sealed class KnownParts(IPageApplicationModelPartsProvider own) : IPageApplicationModelPartsProvider
    {
        private static readonly ConcurrentDictionary<PropertyInfo, PagePropertyModel> known = new();

        public PageHandlerModel? CreateHandlerModel(MethodInfo method) => own.CreateHandlerModel(method);
        public PageParameterModel CreateParameterModel(ParameterInfo parameter) => own.CreateParameterModel(parameter);
        // A host changes its models: each gets a copy.
        public PagePropertyModel CreatePropertyModel(PropertyInfo property) => new(known.GetOrAdd(property, own.CreatePropertyModel));
        public bool IsHandler(MethodInfo methodInfo) => own.IsHandler(methodInfo);
    }
}
