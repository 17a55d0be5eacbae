using System.CommandLine;
using System.Globalization;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.CommandLine;

/// <summary>The command line of the program. Exit codes: 0 good, 1 refused, 2 usage.</summary>
internal sealed class Verbs
{
    public const int Good = 0, Refused = 1, Usage = 2;
    private readonly IReadOnlyList<IModule> modules;
    private static readonly InvocationConfiguration Terminal = new() { EnableDefaultExceptionHandler = false };
    private readonly string[] args;

    private Verbs(IReadOnlyList<IModule> modules, string[] args) => (this.modules, this.args) = (modules, args);

    public static Verbs Of(IReadOnlyList<IModule> modules, string[] args) => new(modules, args);

    public async Task<int> InvokeAsync()
    {
        // No verb: serve. Settings may follow (--Data:Directory=…), as for any ASP.NET Core program.
        if (args.Length == 0 || (args[0].StartsWith("--", StringComparison.Ordinal) && args[0] is not "--help" and not "--version")) return await Guard(Terminal.Error, () => Serve.Run(modules, args));
        CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.GetCultureInfo("en"); // its words are matched by scripts, whatever the machine speaks
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Terminal.Error.WriteLineAsync(error.Message);
            await Terminal.Error.WriteLineAsync("See --help.");
            return Usage;
        }
        return await Guard(Terminal.Error, () => parsed.InvokeAsync(Terminal));
    }

    private RootCommand Root() => new(
        """
        The platform that police zones share for their victim-assistance service. Without a command it serves the portal.

        Settings come from appsettings.json, environment variables (Data__Directory=/srv/vs) or, when serving, arguments (--Data:Directory=/srv/vs):
          Data:Directory      where embedded mode keeps everything (default .data)
          Database:Engine     sqlite (default), postgresql, sqlserver
          Database:Server     connection string of the administering login, for server engines
          Keys:MasterFile     the master key, a file only its owner can read (required outside development)
        Exit codes: 0 good, 1 refused, 2 usage.
        """)
    {
        Migrate.Verb(this), ZoneVerbs.Verb(this), AccountVerbs.Verb(this), DemoVerbs.Verb(this), AuditVerbs.Verb(this), KeyVerbs.Verb(this), StatisticsVerbs.Verb(this),
    };

    /// <summary>Runs a verb's work on a prepared house.</summary>
    public Task<int> Run(ParseResult parsed, Func<IServiceProvider, TextWriter, Task<int>> work, CancellationToken ct, TimeProvider? clock = null) =>
        Prepared(modules, [], clock, services => work(services, parsed.InvocationConfiguration.Output), ct);

    /// <summary>A program without pages or jobs on a prepared house: folder locked, catalogue migrated, master key checked.</summary>
    public static async Task<int> Prepared(IReadOnlyList<IModule> modules, string[] args, TimeProvider? clock, Func<IServiceProvider, Task<int>> work, CancellationToken ct)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. args, "--Jobs:Run=false"], ContentRootPath = Serve.ContentRoot });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        Host.AddAll(builder, modules);
        if (clock is not null) builder.Services.AddSingleton(clock);
        await using var app = builder.Build();
        var provisioning = app.Services.GetRequiredService<Provisioning>();
        using var only = provisioning.TakeTheHouse(app.Services.GetRequiredService<DataFolder>());
        await provisioning.PrepareHouse(ct);
        return await work(app.Services);
    }

    private static async Task<int> Guard(TextWriter errors, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (StartRefusedException refused)
        {
            await errors.WriteLineAsync(refused.Message);
            return Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            // A file or a database that is not to be had: the operator needs the sentence, not where in the program it was met.
            await errors.WriteLineAsync(e.Message);
            return Refused;
        }
    }
}
