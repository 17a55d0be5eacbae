using System.Reflection;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>The rules of the house. Each rule is a function over types, so that beside the real assemblies it is given a planted violation which it must catch.</summary>
public sealed class WallsTests(Platforms platforms)
{
    [Fact]
    public async Task Of_a_module_only_its_class_and_its_contracts_are_public()
    {
        Assert.Empty((await Modules()).SelectMany(a => PublicTypes(a.GetTypes())));
        Assert.NotEmpty(PublicTypes([typeof(PlantedPublicEntity)]));
    }

    [Fact]
    public async Task Contracts_hold_ids_and_codes()
    {
        Assert.Empty((await Modules()).SelectMany(a => TextInContracts(a.GetTypes().Where(t => t.Namespace?.EndsWith(".Contracts", StringComparison.Ordinal) == true))));
        Assert.NotEmpty(TextInContracts([typeof(PlantedContract)]));
    }

    [Fact]
    public async Task Every_use_case_is_a_request_of_one_kind_and_says_who_may()
    {
        Assert.Empty((await Everything()).SelectMany(a => Lawless(a.GetTypes())));
        Assert.NotEmpty(Lawless([typeof(PlantedRequest)]));
    }

    [Fact]
    public async Task Classes_are_sealed_or_abstract()
    {
        Assert.Empty((await Modules()).SelectMany(a => Unsealed(a.GetTypes())));
        Assert.NotEmpty(Unsealed([typeof(PlantedUnsealed)]));
    }

    [Fact]
    public async Task Entering_a_zone_without_a_request_is_for_few()
    {
        string[] allowed = ["VictimSupport.Foundation.Jobs.ZoneJob", "VictimSupport.Foundation.House", "VictimSupport.Foundation.Zones.EnterZone", "VictimSupport.Foundation.Parcels.Carrier", "VictimSupport.Identity.Home.Rounds", "VictimSupport.Statistics.Facts.ReadZone", "VictimSupport.Statistics.Campaign.Campaigns", "VictimSupport.Statistics.Demo.DemoFigures", "VictimSupport.Portal.CommandLine.DemoVerbs", "VictimSupport.Portal.CommandLine.DemoSeeding"];
        Assert.All((await Everything()).SelectMany(a => UsersOf(a.GetTypes(), typeof(EnterZone))), user => Assert.Contains(user, allowed));
        Assert.NotEmpty(UsersOf([typeof(PlantedIntruder)], typeof(EnterZone)));
    }

    [Fact]
    public async Task Every_entity_of_a_zone_says_which_dossier_or_is_of_the_floor()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var faults = await zone.Look(context => Task.FromResult(context.Model.GetEntityTypes().Where(e => e.ClrType.Assembly != typeof(ZoneDbContext).Assembly)
            .SelectMany(e => e.ClrType.GetProperties().Where(p => p.PropertyType == typeof(string) && FreeText.Contains(p.Name)).Select(p => $"{e.ClrType.Name}.{p.Name} is free text that is not sealed")).ToList()));
        Assert.Empty(faults);
        Assert.Contains("Note", FreeText);
    }

    private static readonly HashSet<string> FreeText = new(StringComparer.Ordinal) { "Note", "Text", "FamilyName", "GivenName", "Name", "Phone", "Mail", "Email", "Address", "Description", "Remarks" };

    [Fact]
    public async Task Every_migration_says_what_the_model_says()
    {
        foreach (var engine in Enum.GetValues<VictimSupport.Foundation.Persistence.Engines.DesignTimeEngine>())
        {
            var modules = (await Modules()).ToArray();
            using var zone = VictimSupport.Foundation.Persistence.Engines.DesignTime.Zone(engine, modules);
            using var catalog = VictimSupport.Foundation.Persistence.Engines.DesignTime.Catalog(engine, modules);
            using var figures = VictimSupport.Foundation.Persistence.Engines.DesignTime.Figures(engine, modules);
            Assert.False(figures.Database.HasPendingModelChanges(), $"figures on {engine}: run infra/dev/migrations.sh");
            Assert.False(zone.Database.HasPendingModelChanges(), $"zone on {engine}: run infra/dev/migrations.sh");
            Assert.False(catalog.Database.HasPendingModelChanges(), $"catalogue on {engine}: run infra/dev/migrations.sh");
        }
    }

    internal static IEnumerable<string> PublicTypes(IEnumerable<Type> types) => types.Where(t => (t.IsPublic || t.IsNestedPublic) && IsOurs(t) && !typeof(IModule).IsAssignableFrom(t)
        && t.Namespace?.EndsWith(".Contracts", StringComparison.Ordinal) != true && t.DeclaringType?.Namespace?.EndsWith(".Contracts", StringComparison.Ordinal) != true).Select(t => t.FullName!);

    private static IEnumerable<string> TextInContracts(IEnumerable<Type> types) => types.SelectMany(t => t.GetProperties()).Where(p => p.PropertyType == typeof(string)
        && p.Name is "Note" or "Text" or "Story" or "Remarks" or "Description" or "Address" or "Phone").Select(p => $"{p.DeclaringType!.Name}.{p.Name}");

    private static IEnumerable<string> Lawless(IEnumerable<Type> types) => types.Where(t => typeof(IBaseRequest).IsAssignableFrom(t) && t is { IsInterface: false, IsAbstract: false } && Demand.Of(t) is null).Select(t => t.FullName!);

    private static IEnumerable<string> Unsealed(IEnumerable<Type> types) => types.Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && IsOurs(t)).Select(t => t.FullName!);

    private static IEnumerable<string> UsersOf(IEnumerable<Type> types, Type wanted) => types.Where(t => t.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Any(c => c.GetParameters().Any(p => p.ParameterType == wanted))).Select(t => t.FullName!).Distinct();

    // What the compiler and Razor write themselves is not ours.
    private static bool IsOurs(Type t) => t.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null && !t.Name.Contains('<') && !t.FullName!.Contains("AspNetCoreGeneratedDocument", StringComparison.Ordinal)
        && t.DeclaringType?.Name.Contains('<') != true && t.Namespace?.StartsWith("VictimSupport", StringComparison.Ordinal) == true && t.Name != "Words";

    private async Task<IReadOnlyList<Assembly>> Modules() => (await platforms.On("sqlite")).Services.GetRequiredService<HouseModules>().Assemblies;
    private async Task<IReadOnlyList<Assembly>> Everything() => [.. await Modules(), typeof(ZoneDbContext).Assembly, typeof(Program).Assembly];

    public sealed class PlantedPublicEntity;
    private sealed record PlantedContract(string Note);
    private sealed record PlantedRequest : IQuery<bool>;
    private class PlantedUnsealed;
    private sealed class PlantedIntruder(EnterZone enter) { public EnterZone Enter => enter; }
}
