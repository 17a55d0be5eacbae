using Xunit.Sdk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Zones;

[assembly: AssemblyFixture(typeof(VictimSupport.Tests.Kit.Platforms))]

namespace VictimSupport.Tests.Kit;

/// <summary>The real host, once per engine for the whole run. Only the clock and the mail are replaced.</summary>
public sealed class Platforms : IAsyncDisposable
{
    private readonly Dictionary<string, Platform> started = [];
    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Engines this run has: SQLite always, PostgreSQL where VS_TEST_POSTGRES names a server, SQL Server where VS_TEST_SQLSERVER does.</summary>
    public static IEnumerable<string> Engines
    {
        get
        {
            yield return "sqlite";
            if (Environment.GetEnvironmentVariable("VS_TEST_POSTGRES") is { Length: > 0 }) yield return "postgresql";
            else if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException("In CI PostgreSQL may not be skipped: VS_TEST_POSTGRES is not set.");
            if (Environment.GetEnvironmentVariable("VS_TEST_SQLSERVER") is { Length: > 0 }) yield return "sqlserver";
        }
    }

    public async Task<Platform> On(string engine)
    {
        await one.WaitAsync();
        try
        {
            if (!started.TryGetValue(engine, out var platform)) started[engine] = platform = Platform.Shared(engine);
            return platform;
        }
        finally
        {
            one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var platform in started.Values) await platform.DisposeAsync();
    }
}

/// <summary>One engine as data for a theory: <c>[Theory, EveryEngine]</c>.</summary>
public sealed class EveryEngineAttribute : Xunit.v3.DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Platforms.Engines.Select(e => new TheoryDataRow(e))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>A running host on one engine. Every test makes a zone of its own in it, so the whole suite tests the walls.</summary>
public sealed partial class Platform : WebApplicationFactory<Program>
{
    private static int zones = 1000;
    private readonly string engine, folder;
    private readonly string prefix = "vst" + Guid.NewGuid().ToString("N")[..8];

    private Platform(string engine, bool shared = false)
    {
        this.engine = engine;
        Clock = new TestClock(shared);
        folder = Path.Combine(Path.GetTempPath(), "vs-tests-" + prefix);
    }

    public TestClock Clock { get; }
    public Postbox Post { get; } = new();
    public LogCatcher Logs { get; } = new();
    public string Folder => folder;
    public string Engine => engine;

    /// <summary>For a second host on the same catalogue.</summary>
    public Dictionary<string, string?> SameHouse => new() { ["Database:Prefix"] = prefix, ["Data:Directory"] = folder };

    /// <summary>The one that every test shares: a request knows whose test it is, and so what the time is.</summary>
    internal static Platform Shared(string engine)
    {
        var platform = new Platform(engine, shared: true) { Settings = [] };
        platform.Server.PreserveExecutionContext = true;
        return platform;
    }

    /// <param name="conduct">The code of conduct stands at the door, as in life; else whoever comes has accepted it.</param>
    /// <param name="services">What else a test replaces: what another module would say.</param>
    public static Platform Start(string engine, Dictionary<string, string?>? settings = null, bool conduct = false, Action<IServiceCollection>? services = null)
    {
        var platform = new Platform(engine) { Settings = settings ?? [], Conduct = conduct, More = services };
        _ = platform.Server;
        return platform;
    }

    private Dictionary<string, string?> Settings { get; init; } = [];
    private bool Conduct { get; init; }
    private Action<IServiceCollection>? More { get; init; }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("Data:Directory", folder);
        builder.UseSetting("Demo:Enabled", "false");
        builder.UseSetting("Jobs:Run", "false");
        builder.UseSetting("Database:Engine", engine);
        builder.UseSetting("Database:Prefix", prefix);
        // Hundreds of zones in one run: an idle one gives its connections back at once.
        builder.UseSetting("Database:IdleSeconds", "2");
        builder.UseSetting("Database:PoolPerZone", "12");
        if (engine == "postgresql") builder.UseSetting("Database:Server", Environment.GetEnvironmentVariable("VS_TEST_POSTGRES"));
        if (engine == "sqlserver") builder.UseSetting("Database:Server", Environment.GetEnvironmentVariable("VS_TEST_SQLSERVER"));
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new WallClock(Clock)));
            services.Replace(ServiceDescriptor.Singleton<ISendMail>(Post));
            services.AddSingleton<IStartupFilter, KitSignIn>();
            OncePerRun.PagesAreRead(services);
            if (!Conduct) services.RemoveAll<VictimSupport.Foundation.Access.IStandAtTheDoor>();
            More?.Invoke(services);
        });
    }

    /// <summary>A zone of its own for one test.</summary>
    public async Task<TestZone> Zone(params string[] languages)
    {
        var code = Interlocked.Increment(ref zones).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var provisioning = Services.GetRequiredService<Provisioning>();
        OncePerRun.BringTemplates(folder);
        var record = await provisioning.AddZone(code, "Zone " + code, "Zone " + code, "Zone " + code, languages.Length == 0 ? ["fr"] : languages, TestContext.Current.CancellationToken);
        OncePerRun.KeepTemplates(folder);
        return new TestZone(this, record);
    }

    /// <summary>Does what is due in a zone, as the sweep would.</summary>
    public async Task RunJobs(string code)
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ZoneJob>().RunDue(code, TestContext.Current.CancellationToken);
    }

    /// <summary>Does all there may be to do in a zone, as the sweep would at its hourly round.</summary>
    public async Task RunRound(string code)
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ZoneJob>().Run(code, TestContext.Current.CancellationToken);
    }

    /// <summary>Empties the catalogue's outbox, as the sweep would.</summary>
    public async Task RunHouseJob()
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<HouseJob>().Run(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (engine == "postgresql") await DropDatabases();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task DropDatabases()
    {
        await using var connection = new NpgsqlConnection(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES"));
        await connection.OpenAsync();
        var names = new List<string>();
        await using (var list = new NpgsqlCommand("SELECT datname FROM pg_database WHERE datname LIKE @p", connection))
        {
            list.Parameters.AddWithValue("p", prefix + "%");
            await using var row = await list.ExecuteReaderAsync();
            while (await row.ReadAsync()) names.Add(row.GetString(0));
        }
        foreach (var name in names)
        {
            await using var drop = new NpgsqlCommand($"DROP DATABASE \"{name}\" WITH (FORCE)", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }
}

/// <summary>Mail that would have left.</summary>
public sealed class Postbox : ISendMail
{
    private readonly List<Letter> letters = [];

    public IReadOnlyList<Letter> Letters { get { lock (letters) return [.. letters]; } }

    /// <summary>Set to make the next deliveries fail as a mail server that is away.</summary>
    public Exception? Failing { get; set; }

    /// <summary>Set to kill the process right after a letter has left, before anything notes that it did.</summary>
    public Func<Letter, bool> Dies { get; set; } = _ => false;

    public Task Send(Letter letter, CancellationToken ct)
    {
        if (Failing is { } failure) throw failure;
        lock (letters) letters.Add(letter);
        if (Dies(letter)) throw new OperationCanceledException("killed");
        return Task.CompletedTask;
    }
}

/// <summary>Everything the host logged, for the canary.</summary>
public sealed class LogCatcher : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;
    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue(formatter(state, exception) + exception);
    public void Dispose() { }
}
