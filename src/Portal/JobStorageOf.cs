using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Portal;

/// <summary>Hangfire keeps its own tables beside the catalogue on server engines, and nothing in embedded mode: what must happen follows from the zones' rows.</summary>
internal static class JobStorageOf
{
    public static string Engine(IConfiguration configuration) => (configuration["Database:Engine"] ?? "sqlite").ToLowerInvariant();
    public static string Connection(IServiceProvider services) => services.GetRequiredService<CatalogDatabase>().ConnectionString;
}
