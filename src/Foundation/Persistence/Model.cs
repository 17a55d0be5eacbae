using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;

namespace VictimSupport.Foundation.Persistence;

/// <summary>How an entity of a zone's database (about people) is stored; nested in the entity's file.</summary>
public interface IZoneMapping<T> : IEntityTypeConfiguration<T> where T : class;

/// <summary>How an entity of the catalogue (about the house) is stored.</summary>
public interface ICatalogMapping<T> : IEntityTypeConfiguration<T> where T : class;

/// <summary>How an entity of the figures database (about no one) is stored.</summary>
public interface IFiguresMapping<T> : IEntityTypeConfiguration<T> where T : class;

/// <summary>How an entity is read where only what is published may be read: a view, or a table that holds nothing else.</summary>
public interface IPublishedMapping<T> : IEntityTypeConfiguration<T> where T : class;

/// <summary>A view of the figures' database, made anew at each start by the login that owns what it reads.</summary>
public static class PublishedView
{
    /// <summary>Stands for the engine's own word for yes.</summary>
    public const string Yes = "{yes}";

    private const string Select = "PublishedView:Select";

    /// <param name="select">What it selects, with <see cref="Yes"/> where a flag is compared.</param>
    public static void ToPublishedView<T>(this Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> entity, string name, string select) where T : class =>
        entity.ToView(name).HasAnnotation(Select, select);

    /// <summary>The views of the model, each with what it selects.</summary>
    /// <param name="yes">As the engine writes it.</param>
    internal static IEnumerable<(string Name, string Select)> Views(PublishedDbContext published, string yes) => published.Model.GetEntityTypes().Where(e => e.GetViewName() is not null)
        .Select(e => (e.GetViewName()!, ((string)e.FindAnnotation(Select)!.Value!).Replace(Yes, yes, StringComparison.Ordinal)));

    /// <summary>Everything that may be read.</summary>
    internal static IReadOnlyList<string> Readable(PublishedDbContext published) => [.. published.Model.GetEntityTypes().Select(e => e.GetViewName() ?? e.GetTableName()!).Order(StringComparer.Ordinal)];
}

/// <summary>Tells a context which modules map their entities into it. Carried by the options: a pooled context takes nothing else.</summary>
internal sealed class ModulesExtension(IReadOnlyList<Assembly> modules) : IDbContextOptionsExtension
{
    public IReadOnlyList<Assembly> Modules => modules;
    public DbContextOptionsExtensionInfo Info => new InfoOf(this);
    public void ApplyServices(IServiceCollection services) { }
    public void Validate(IDbContextOptions options) { }

    private sealed class InfoOf(ModulesExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;
        public override string LogFragment => "";
        public override int GetServiceProviderHashCode() => 0;
        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => true;
        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) { }
    }
}

internal static class Model
{
    /// <summary>Applies every mapping of the given kind found in Foundation and the modules; their entities stay internal to them.</summary>
    public static void ApplyMappings(this ModelBuilder model, DbContextOptions options, Type kind)
    {
        foreach (var assembly in options.FindExtension<ModulesExtension>()?.Modules.Prepend(typeof(Model).Assembly) ?? [typeof(Model).Assembly])
        {
            model.ApplyConfigurationsFromAssembly(assembly, type =>
                type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == kind));
        }
    }

    /// <summary>An instant is UTC in every engine. SQLite has no such type and sorts its text form wrongly: there it is ticks.</summary>
    public static void Conventions(this ModelConfigurationBuilder conventions, DbContextOptions options)
    {
        if (options.Extensions.Any(e => e.Info.IsDatabaseProvider && e.GetType().Name.StartsWith("Sqlite", StringComparison.Ordinal)))
            conventions.Properties<DateTimeOffset>().HaveConversion<ToTicks>();
        else
            conventions.Properties<DateTimeOffset>().HaveConversion<ToUtc>();
        conventions.Properties<string>().HaveMaxLength(400);
    }

    private sealed class ToTicks() : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private sealed class ToUtc() : ValueConverter<DateTimeOffset, DateTimeOffset>(at => at.ToUniversalTime(), at => at.ToUniversalTime());
}
