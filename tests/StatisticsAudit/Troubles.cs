using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>A14: what was seen of a release on whose day a zone was away and whose first run died.</summary>
/// <param name="Left">The run that died left rows.</param>
/// <param name="Early">It came out though a zone did not answer and the window was open.</param>
/// <param name="Again">A second run changed what was out.</param>
/// <param name="Rows">Of the store.</param>
/// <param name="Lines">Of the file.</param>
internal sealed record Trouble(bool Died, bool Left, bool Early, bool CameOut, bool Again, IReadOnlyList<string> Rows, IReadOnlyList<string[]> Lines)
{
    public const string Edition = "2026-Q4-P";

    /// <summary>Ten zones in two areas, before the last quarter of the year is over.</summary>
    /// <param name="other">What a sabotaged build has in place of the product's parts.</param>
    public static Task<House> TenZones(bool hearsAll = false, Action<House, IServiceCollection>? other = null) =>
        House.Start(Country.Part(95, 1_500, ("NAM", 5), ("LIM", 5)), new DateTimeOffset(2026, 12, 10, 1, 0, 0, TimeSpan.Zero), new DateOnly(2026, 10, 1), hearsAll, other);

    /// <summary>Lets it happen, and sees what becomes of the store and of the file.</summary>
    /// <param name="evening">What a sabotaged build does before the job of a night.</param>
    public static async Task<Trouble> Watch(House house, Func<House, Task>? evening = null)
    {
        house.Tonight.Today = new DateOnly(2027, 2, 14);
        house.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 15, 2, 0, 0, TimeSpan.Zero));
        var (before, died, left) = (House.Hash(await house.Rows()), false, false);
        // The process dies in the middle of the noise.
        house.Bits.DiesAfter = 400;
        try
        {
            await house.Desk.Release("P", "2026-Q4", (_, _) => Task.CompletedTask, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            (died, left) = (true, House.Hash(await house.Rows()) != before);
        }
        house.Bits.DiesAfter = null;
        // A zone is away on the day, and all through the window.
        house.Tonight.Silent.Add(house.Country.Zones[0].Code);
        await Night(new DateOnly(2027, 2, 16));
        await Night(new DateOnly(2027, 3, 1));
        var early = (await house.Releases()).Contains(Edition);
        await Night(new DateOnly(2027, 3, 2));
        var (rows, cameOut) = (await house.Rows(), (await house.Releases()).Contains(Edition));
        house.Tonight.Silent.Clear();
        await Night(new DateOnly(2027, 3, 3));
        var again = !(await house.Rows()).Where(OfIt).SequenceEqual(rows.Where(OfIt), StringComparer.Ordinal);
        var file = cameOut ? await File.ReadAllTextAsync(await house.Desk.Export(Edition, Path.Combine(house.Folder, "out"), CancellationToken.None)) : "";
        return new Trouble(died, left, early, cameOut, again, rows, [.. file.TrimEnd().Split("\r\n").Skip(1).Select(l => l.Split(';'))]);

        async Task Night(DateOnly day)
        {
            if (evening is not null) await evening(house);
            await house.Night(day);
        }

        static bool OfIt(string row) => row.Contains(Edition, StringComparison.Ordinal);
    }

    /// <summary>What the missing zone's area is shown as.</summary>
    public string Gone => Lines.Select(l => l[5].Split(' ').FirstOrDefault(p => p.Split('+').Contains("NAM"))).OfType<string>().FirstOrDefault() ?? "nowhere";

    /// <param name="fault">Of a sabotaged build: the one that must be among what is found, for whatever else ails it. Null: any.</param>
    public Finding Judged(string? fault = null)
    {
        var there = Lines.Where(l => l[8] == Gone).ToList();
        var faults = new (bool Is, string Fault)[]
        {
            (!Died, "it did not die"), (Left, "the killed run left rows"), (Early, "it came out without waiting"), (!CameOut, "it did not come out after the window"), (Again, "it came out a second time"),
            (there.Count == 0 || there.Exists(l => l[^3].Length > 0 || !l[^1].StartsWith(':')), "the area is not ':' throughout"), (Rows.Any(r => r.Contains($"/{Gone}|", StringComparison.Ordinal)), "the store has cells of the area"), (Lines.Any(l => l[5].Length == 0), "a total does not say without which area"),
        }.Where(f => f.Is).Select(f => f.Fault).ToList();
        return new Finding($"killed in the noise: no row; waited for in the window; then {there.Count} lines ':' and no cell of {Gone}; once{(faults.Count > 0 ? "; FAULTS: " + string.Join(", ", faults) : "")}", fault is null ? faults.Count == 0 : !faults.Contains(fault, StringComparer.Ordinal));
    }
}

/// <summary>A build of the product that goes wrong on the day of a release, made at its seams and run as the product is: what it does is seen in its store, and told by nobody.</summary>
/// <param name="Fault">What the test must say of it.</param>
/// <param name="Other">What it has in place of the product's parts.</param>
/// <param name="Evening">What it does before the job of a night.</param>
internal sealed record Sabotage(string Says, string Fault, Action<House, IServiceCollection>? Other = null, Func<House, Task>? Evening = null)
{
    public static readonly IReadOnlyList<Sabotage> All =
    [
        new("it stores as it draws, without a transaction", "the killed run left rows", (house, services) => services.Replace(ServiceDescriptor.Singleton<IRandomBits>(_ => new StoresAsItDraws(house)))),
        new("it takes a zone's silence for no cases", "it came out without waiting", (_, services) => services.AddScoped<InventedFacts>().Replace(ServiceDescriptor.Scoped<ITellFacts, SilenceIsNothing>())),
        new("its window never closes", "it did not come out after the window", (house, services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new StoppedClock(house.Clock, new DateTimeOffset(2027, 3, 1, 2, 0, 0, TimeSpan.Zero))))),
        new("each night it throws away what is out and draws anew", "it came out a second time", Evening: ThrowsAway),
    ];

    public async Task<Finding> Run()
    {
        await using var house = await Trouble.TenZones(other: Other);
        return (await Trouble.Watch(house, Evening)).Judged(Fault);
    }

    // The guards of the store are taken off first: they hold against whoever leaves them on.
    private static Task ThrowsAway(House house) => house.Figures.Write(async store =>
    {
        foreach (var table in store.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().OrderBy(t => t == "published_release")) // on it the others stand
        {
            foreach (var statement in new[] { $"DROP TRIGGER IF EXISTS {table}_no_update", $"DROP TRIGGER IF EXISTS {table}_no_delete", $"DELETE FROM {table}" }) await store.Database.ExecuteSqlRawAsync(statement);
        }
    }, CancellationToken.None);

    private sealed class StoresAsItDraws(House house) : IRandomBits
    {
        private const int After = 300;
        private int draws;

        public void Fill(Span<byte> bytes)
        {
            if (++draws == After) Store().GetAwaiter().GetResult();
            house.Bits.Fill(bytes);
        }

        private Task Store() => house.Figures.Write(store =>
        {
            store.Add(new Release { Id = Trouble.Edition, Kind = ReleaseKind.P, Period = "2026-Q4", ProgrammeHash = TableProgramme.Shipped.Hash, PublishedAt = house.Clock.GetUtcNow(), Areas = "NAM;LIM", Zones = 10, OfZones = 10 });
            store.Add(new ProtectedCell { Release = Trouble.Edition, Table = "T1", Cell = "LIM|2026-10|Offence", Value = 42, Variance = 9, Shown = true });
            return Task.CompletedTask;
        }, CancellationToken.None);
    }

    private sealed class SilenceIsNothing(InventedFacts facts) : ITellFacts
    {
        public async Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct)
        {
            try
            {
                return await facts.Facts(asked, ct);
            }
            catch (TimeoutException)
            {
                return [];
            }
        }
    }

    private sealed class StoppedClock(TimeProvider clock, DateTimeOffset last) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() is var now && now < last ? now : last;
        public override long GetTimestamp() => clock.GetTimestamp();
        public override long TimestampFrequency => clock.TimestampFrequency;
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
    }
}
