using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>What the invented zones tell tonight. Stands in the place of the casework's answer; everything behind it is the product.</summary>
internal sealed class Tonight(Country country)
{
    private readonly Dictionary<string, List<Case>> zones = country.Zones.Select((z, i) => (z.Code, Cases: country.In(i).ToList())).ToDictionary(z => z.Code, z => z.Cases, StringComparer.Ordinal);

    public DateOnly Today { get; set; }

    /// <summary>Zones that do not answer.</summary>
    public HashSet<string> Silent { get; } = new(StringComparer.Ordinal);

    /// <summary>As the casework would: what was registered by now, between the days, and no more of each case than was asked.</summary>
    public IReadOnlyList<CaseFact> Tell(string zone, FactsAsked asked)
    {
        if (Silent.Contains(zone)) throw new TimeoutException("invented: this zone is away");
        var first = new DateOnly(Country.Year, 1, 1);
        return
        [
            .. zones.GetValueOrDefault(zone, []).Where(c => first.AddDays(c.Day) is var day && day <= Today && day >= asked.From && day <= asked.Until).Select(c => c.Fact).Select(f => f with
            {
                Age = asked.Ages ? f.Age : null, Place = asked.Contacts ? f.Place : default, Delay = asked.Contacts ? f.Delay : null, Services = asked.Given ? f.Services : [], Targets = asked.Given ? f.Targets : [],
            }),
        ];
    }

    /// <summary>A night's corrections and erasures.</summary>
    public void Trickle(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var there = zones.Values.ElementAt(random.Next(zones.Count));
            if (there.Count == 0) continue;
            var at = random.Next(there.Count);
            if (random.Next(2) == 0) there.RemoveAt(at);
            else there[at] = there[at] with { Fact = Country.As(there[at].Fact, Country.CategoryOf(random.Next(Country.CategoryCount))) };
        }
    }

    public void Add(string zone, IEnumerable<Case> cases) => zones[zone].AddRange(cases);

    /// <summary>The truth as it is now.</summary>
    public Country Now => country.With([.. zones.Values.SelectMany(z => z)]);
}

internal sealed class InventedFacts(UseCase useCase, Tonight tonight) : ITellFacts
{
    public Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct) => Task.FromResult(tonight.Tell(useCase.Place!.Code, asked));
}

/// <summary>The machine's random source, in a process that can be made to die while it draws.</summary>
internal sealed class MortalBits : IRandomBits
{
    private readonly CryptographicBits bits = new();

    public int? DiesAfter { get; set; }

    public void Fill(Span<byte> bytes)
    {
        if (DiesAfter is { } left && (DiesAfter = left - 1) < 0) throw new OperationCanceledException("killed");
        bits.Fill(bytes);
    }
}

/// <summary>The real host on SQLite with invented zones. Replaced are the clock, what the zones tell, and the random source by the same one that can die.</summary>
internal sealed class House : WebApplicationFactory<Program>
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "vs-audit-" + Guid.NewGuid().ToString("N")[..8]);

    private House(Country country, DateTimeOffset from, bool hearsAll, Action<House, IServiceCollection>? other) => (hears, this.other, Country, Tonight, Clock) = (hearsAll, other, country, new Tonight(country), new FakeTimeProvider(from) { AutoAdvanceAmount = TimeSpan.FromTicks(10) });

    private readonly bool hears;
    private readonly Action<House, IServiceCollection>? other;

    public Country Country { get; }
    public Tonight Tonight { get; }
    public FakeTimeProvider Clock { get; }
    public MortalBits Bits { get; } = new();
    public LinesOfLog Logs { get; } = new();
    public string Folder => folder;
    public IReleaseFigures Desk => Services.GetRequiredService<IReleaseFigures>();
    public CatalogDatabase Catalog => Services.GetRequiredService<CatalogDatabase>();
    public FiguresDatabase Figures => Services.GetRequiredService<FiguresDatabase>();

    /// <summary>Makes the zones and gives each its place.</summary>
    /// <param name="placed">First day of the quarter from which on they are counted.</param>
    /// <param name="hearsAll">Every line of the log is kept, down to the statements of the databases.</param>
    /// <param name="other">What a sabotaged build has in place of the product's parts.</param>
    public static async Task<House> Start(Country country, DateTimeOffset from, DateOnly placed, bool hearsAll = false, Action<House, IServiceCollection>? other = null)
    {
        var house = new House(country, from, hearsAll, other);
        _ = house.Server;
        var provisioning = house.Services.GetRequiredService<Provisioning>();
        var records = await house.Catalog.WriteAsPlatform("audit", null, catalog => Task.FromResult(country.Zones.Select(z => provisioning.Note(catalog, new ZoneFacts(z.Code, "Zone " + z.Code, "Zone " + z.Code, "Zone " + z.Code, ["fr"], z.Area is "LEU" or "HVV" ? "VBR" : z.Area, z.IsGermanSpeaking ? "EUP" : z.Area, []), taken: true)).ToList()), CancellationToken.None);
        foreach (var record in records) await provisioning.Make(record, CancellationToken.None);
        var given = await house.Desk.PlaceZones(placed, CancellationToken.None);
        if (given.Count != country.Zones.Count) throw new InvalidOperationException("Not every zone has a place.");
        return house;
    }

    /// <summary>One night: the hourly job at two.</summary>
    public Task<IReadOnlyList<string>> Night(DateOnly day)
    {
        Clock.SetUtcNow(new DateTimeOffset(day, new TimeOnly(2, 0), TimeSpan.Zero));
        Tonight.Today = day.AddDays(-1);
        return Desk.ReleaseWhatIsDue(CancellationToken.None);
    }

    /// <summary>What a release gives to whoever reads it: the three exports, and every page of the API.</summary>
    public async Task<Exports> Read(string id)
    {
        var (release, figures) = (await Services.GetRequiredService<Published>().Of(id, CancellationToken.None))!.Value;
        var answers = new List<string>();
        foreach (var table in figures.Select(f => f.Table.Id).Distinct(StringComparer.Ordinal))
        {
            answers.Add(await Ask($"/releases/{id}/tables/{table}", JsonStat.MediaType));
            for (string? next = $"/releases/{id}/tables/{table}/cells?pageSize=1000"; next is not null;)
            {
                answers.Add(await Ask(next, "application/json"));
                next = JsonDocument.Parse(answers[^1]).RootElement.TryGetProperty("next", out var more) ? more.GetString()![(more.GetString()!.IndexOf(Api, StringComparison.Ordinal) + Api.Length)..] : null;
            }
        }
        return Exports.Of(release, figures, answers);
    }

    private const string Api = "/api/figures/v1";
    private (string Token, DateTimeOffset Until)? pass;

    // As a program that an operator registered, with a token of its own.
    private async Task<string> Ask(string path, string accept)
    {
        using var http = CreateDefaultClient(new Uri("http://localhost"));
        if (pass is null || pass.Value.Until < Clock.GetUtcNow())
        {
            var (program, secret) = await Services.GetRequiredService<IProgramsOfThePlatform>().Register("audit", "figures", CancellationToken.None);
            using var given = await http.PostAsync("/figures/connect/token", new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "figures"), new("client_id", program.ToString()), new("client_secret", secret)]));
            pass = (JsonDocument.Parse(await given.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString()!, Clock.GetUtcNow().AddMinutes(5));
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, Api + path) { Headers = { Authorization = new("Bearer", pass.Value.Token) } };
        request.Headers.Accept.ParseAdd(accept);
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : throw new InvalidOperationException($"{path}: {answer.StatusCode}");
    }

    /// <summary>Every row of the store's cells and ledger, as text.</summary>
    public async Task<List<string>> Rows()
    {
        await using var store = Figures.Lease();
        var rows = (await store.Set<ProtectedCell>().AsNoTracking().OrderBy(c => c.Release).ThenBy(c => c.Table).ThenBy(c => c.Cell).ToListAsync()).ConvertAll(c => string.Create(CultureInfo.InvariantCulture, $"{c.Release}/{c.Table}/{c.Cell}={c.Value} {c.Variance:R} {c.Shown}"));
        rows.AddRange((await store.Set<LedgerRow>().AsNoTracking().OrderBy(l => l.Month).ThenBy(l => l.Number).ToListAsync()).Select(l => string.Create(CultureInfo.InvariantCulture, $"ledger/{l.Month}/{l.Number}={l.Release} {l.Table} {l.Delta2} {l.Sigma2} {l.Spent}")));
        rows.AddRange((await store.Set<Release>().AsNoTracking().OrderBy(r => r.Id).ToListAsync()).Select(r => string.Create(CultureInfo.InvariantCulture, $"release/{r.Id}={r.ProgrammeHash} {r.PublishedAt:O} {r.Missing}")));
        return rows;
    }

    public async Task<List<string>> Releases()
    {
        await using var store = Figures.Lease();
        return await store.Set<Release>().AsNoTracking().OrderBy(r => r.Id).Select(r => r.Id).ToListAsync();
    }

    public static string Hash(IEnumerable<string> rows) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))));

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        foreach (var (name, value) in new[] { ("Data:Directory", folder), ("Demo:Enabled", "false"), ("Jobs:Run", "false"), ("Database:Engine", "sqlite"), ("Database:IdleSeconds", "2") }) builder.UseSetting(name, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddFilter<LinesOfLog>("", hears ? LogLevel.Debug : LogLevel.Warning).AddProvider(Logs));
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            services.Replace(ServiceDescriptor.Singleton<IRandomBits>(Bits));
            services.AddSingleton(Tonight);
            services.Replace(ServiceDescriptor.Scoped<ITellFacts, InventedFacts>());
            other?.Invoke(this, services);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Everything the host logged.</summary>
internal sealed class LinesOfLog : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;
    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception) + exception);
    public void Dispose() { }
}

/// <summary>What many nights of the product left: the job each night, corrections and erasures in between, and everything that came out.</summary>
/// <param name="Changes">The nights on which the store was another than the night before.</param>
/// <param name="Due">The days of the calendar among them.</param>
/// <param name="Touched">Rows that were there the night before and were another or gone, by night.</param>
/// <param name="Files">Each release as it is exported and answered.</param>
/// <param name="Truths">Truth of each release as of its night.</param>
internal sealed record Nights(int Count, IReadOnlyList<DateOnly> Changes, IReadOnlyList<DateOnly> Due, IReadOnlyDictionary<DateOnly, IReadOnlySet<string>> Touched, IReadOnlyDictionary<string, Exports> Files,
    IReadOnlyDictionary<string, (Country Country, Truth Truth)> Truths, IReadOnlyList<ProtectedCell> Cells, IReadOnlyList<string> Refused)
{
    /// <summary>Runs the job night after night.</summary>
    public static async Task<Nights> Run(Country country, DateOnly from, DateOnly until, int trickle)
    {
        await using var house = await House.Start(country, new DateTimeOffset(from, new TimeOnly(1, 0), TimeSpan.Zero), new DateOnly(Country.Year, 1, 1));
        var (random, before, out_) = (new Random(7), new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (changes, touched, truths, refused) = (new List<DateOnly>(), new Dictionary<DateOnly, IReadOnlySet<string>>(), new Dictionary<string, (Country, Truth)>(StringComparer.Ordinal), new List<string>());
        // What was due earlier is out before the first night is counted.
        await house.Night(from);
        foreach (var row in await house.Rows()) before[row[..row.IndexOf('=', StringComparison.Ordinal)]] = row;
        out_.UnionWith(await house.Releases());
        var nights = 0;
        for (var day = from.AddDays(1); day <= until; day = day.AddDays(1), nights++)
        {
            house.Tonight.Trickle(random, trickle);
            refused.AddRange((await house.Night(day)).Where(l => !l.EndsWith("\tout", StringComparison.Ordinal)));
            var now = (await house.Rows()).ToDictionary(r => r[..r.IndexOf('=', StringComparison.Ordinal)], StringComparer.Ordinal);
            if (now.Count != before.Count || before.Any(b => now.GetValueOrDefault(b.Key) != b.Value)) changes.Add(day);
            touched[day] = before.Where(b => now.GetValueOrDefault(b.Key) != b.Value).Select(b => b.Key).ToHashSet(StringComparer.Ordinal);
            foreach (var id in (await house.Releases()).Where(out_.Add))
            {
                var kind = id[(id.LastIndexOf('-') + 1)..];
                // The zones told what was registered until the night before.
                var then = house.Tonight.Now;
                truths[id] = (then, Truth.Of(then, Edition.Parse(kind, id[..id.LastIndexOf('-')])!));
            }
            before = now;
        }
        var files = new Dictionary<string, Exports>(StringComparer.Ordinal);
        foreach (var id in out_) files[id] = await house.Read(id);
        await using var store = house.Figures.Lease();
        var due = Enumerable.Range(Country.Year, 2).SelectMany(y => Enumerable.Range(1, 12).Select(m => Edition.OfMonth(y, m)).Concat(Enumerable.Range(1, 4).Select(q => Edition.OfQuarter(y, q))).Append(Edition.OfYear(y))).Select(VictimSupport.Statistics.Releases.Calendar.Opens).Where(d => d > from && d <= until).Distinct().Order().ToList();
        return new Nights(nights, changes, due, touched, files, truths, await store.Set<ProtectedCell>().AsNoTracking().ToListAsync(), refused);
    }
}
