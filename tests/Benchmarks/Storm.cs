using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>One request of a storm.</summary>
/// <param name="Status">0: no answer came.</param>
/// <param name="Kept">What was typed stands in the answer.</param>
internal sealed record Seen(double Begun, double Ended, bool Post, int Status, bool Kept)
{
    public double Took => Ended - Begun;
    public bool Good => Status is 200 or 302;
}

/// <summary>People who register intakes and open dossiers as fast as they are answered, while something is broken on purpose. What they were told is noted.</summary>
internal sealed class Storm(Product product, Client client, Workload work)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<Seen> seen = new();
    private int next;

    /// <summary>Dossiers whose registration was acknowledged.</summary>
    public ConcurrentQueue<Guid> Acknowledged { get; } = new();

    /// <summary>How often each dossier's page was answered 200.</summary>
    public ConcurrentDictionary<Guid, int> Shown { get; } = new();

    public IReadOnlyCollection<Seen> All => seen;
    public double Now => watch.Elapsed.TotalSeconds;

    /// <summary>Until <paramref name="until"/>; the last requests are waited for.</summary>
    public Task Run(int clients, CancellationToken until) => Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
    {
        var random = new Random();
        while (!until.IsCancellationRequested)
        {
            var one = random.Next(3) == 0 ? await Page(random) : await Intake();
            seen.Enqueue(one);
            if (!one.Good && !until.IsCancellationRequested) await Task.Delay(100, CancellationToken.None); // nobody hammers at a closed door
        }
    }, CancellationToken.None)));

    public async Task<Seen> Intake()
    {
        var (i, begun) = (Interlocked.Increment(ref next), Now);
        var form = work.Form(i);
        form["Form.Note"] = $"Une note de la nuit, la {i.ToString(CultureInfo.InvariantCulture)}e: à lire demain.";
        try
        {
            using var answer = await client.Answer(HttpMethod.Post, $"/{Product.Zone}/intake", form, whole: false);
            var status = (int)answer.StatusCode;
            if (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location is { } to && Guid.TryParse(to.ToString().Split('/')[^1], out var dossier)) Acknowledged.Enqueue(dossier);
            else if (status == 302) status = 1; // it led somewhere else: to the sign-in, say
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            return new Seen(begun, Now, true, status, page.Contains(form["Form.Note"], StringComparison.Ordinal) && page.Contains(form["Form.FamilyName"], StringComparison.Ordinal));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Seen(begun, Now, true, 0, false);
        }
    }

    public async Task<Seen> Page(Random random)
    {
        var (dossier, begun, status) = (product.Dossiers[random.Next(product.Dossiers.Count)], Now, 0);
        try
        {
            using var answer = await client.Answer(HttpMethod.Get, $"/{Product.Zone}/dossiers/{dossier}", whole: false);
            status = (int)answer.StatusCode;
            if (status == 200) Shown.AddOrUpdate(dossier, 1, (_, n) => n + 1);
            await answer.Content.ReadAsByteArrayAsync();
            return new Seen(begun, Now, false, status, true);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Seen(begun, Now, false, 0, true);
        }
    }

    public string Figures => string.Join(", ", seen.GroupBy(s => (s.Post, s.Status)).OrderBy(g => g.Key).Select(g => $"{g.Count()} {(g.Key.Post ? "POST" : "GET")} {(g.Key.Status == 0 ? "without answer" : g.Key.Status.ToString(CultureInfo.InvariantCulture))}"));
}

/// <summary>What the databases themselves say, read past the product, against what people were told.</summary>
internal sealed class Proof(Product product)
{
    private const string Register = "Casework.Intakes.Register", Show = "Casework.Dossiers.ShowView";
    private Dictionary<Guid, int> shownBefore = [];
    private HashSet<Guid> seeded = [];

    public async Task Begin()
    {
        shownBefore = await Shown();
        seeded = [.. await Guids(product.Where.Data, """SELECT "Id" FROM dossier""")];
    }

    /// <summary>Of these dossiers only: is each there with its person, follow-up, key, record and outbox row?</summary>
    public async Task<List<string>> Of(IReadOnlyCollection<Guid> acknowledged)
    {
        var broken = new List<string>();
        foreach (var some in acknowledged.Chunk(400))
        {
            var ids = string.Join(',', some.Select(Literal));
            var persons = await Rows(product.Where.Data, $"""SELECT "DossierId", "Id" FROM person WHERE "DossierId" IN ({ids})""");
            Missing(broken, some, "dossier", await Guids(product.Where.Data, $"""SELECT "Id" FROM dossier WHERE "Id" IN ({ids})"""));
            Missing(broken, some, "person", persons.Select(r => Guid.Parse(r[0])));
            Missing(broken, some, "follow_up", await Guids(product.Where.Data, $"""SELECT "DossierId" FROM follow_up WHERE "DossierId" IN ({ids})"""));
            Missing(broken, some, "outbox row", await Guids(product.Where.Data, $"""SELECT "About" FROM outbox WHERE "Key" LIKE 'dossier-opened %' AND "About" IN ({ids})"""));
            Missing(broken, some, "audit record", await Guids(product.Where.Data, $"SELECT subject FROM audit WHERE act = '{Register}' AND subject IN ({ids})"));
            var owners = persons.Select(r => Guid.Parse(r[1])).ToList();
            Missing(broken, owners, "data key", owners.Count == 0 ? [] : await Guids(product.Where.Keys, $"SELECT id FROM data_key WHERE id IN ({string.Join(',', owners.Select(Literal))})"));
        }
        return broken;
    }

    /// <summary>Everything: also that nothing is there in part, and that no page was shown without its record.</summary>
    public async Task<List<string>> Whole(Storm storm)
    {
        var broken = await Of(storm.Acknowledged);
        if (storm.Acknowledged.GroupBy(d => d).Count(g => g.Count() > 1) is > 0 and var twice) broken.Add($"{twice} dossiers were acknowledged to two different forms");
        var all = (await Guids(product.Where.Data, """SELECT "Id" FROM dossier""")).ToHashSet();
        var made = all.Except(seeded).ToList();
        var outbox = (await Guids(product.Where.Data, """SELECT "About" FROM outbox WHERE "Key" LIKE 'dossier-opened %'""")).ToHashSet();
        var records = (await Guids(product.Where.Data, $"SELECT subject FROM audit WHERE act = '{Register}'")).ToHashSet();
        foreach (var part in (string[])["person", "follow_up", "milestone", "safe_contact"])
            Missing(broken, made, part, await Guids(product.Where.Data, $"""SELECT "DossierId" FROM {part}"""));
        Missing(broken, made, "outbox row", outbox);
        Missing(broken, made, "audit record", records);
        Missing(broken, [.. outbox.Union(records)], "dossier (only an outbox row or a record)", all);
        var shown = await Shown();
        foreach (var (dossier, times) in storm.Shown)
            if (shown.GetValueOrDefault(dossier) - shownBefore.GetValueOrDefault(dossier) is var noted && noted < times) broken.Add($"dossier {dossier} was shown {times} times, {noted} are recorded");
        Console.WriteLine($"  database: {all.Count} dossiers, {made.Count} of them made here, {storm.Acknowledged.Count} acknowledged; {storm.Shown.Values.Sum()} pages shown, {shown.Values.Sum() - shownBefore.Values.Sum()} recorded");
        return broken;
    }

    /// <summary>The product's own verification, with no process of it running.</summary>
    public async Task<List<string>> Commands()
    {
        var broken = new List<string>();
        foreach (var verb in (string[])["audit", "keys"])
        {
            try
            {
                Console.Write(await Child.Read(product.Program, [verb, "verify"], product.Environment("Production"), product.Folder));
            }
            catch (InvalidOperationException e)
            {
                broken.Add(e.Message);
            }
        }
        return broken;
    }

    private async Task<Dictionary<Guid, int>> Shown() =>
        (await Rows(product.Where.Data, $"SELECT subject, count(*) FROM audit WHERE act = '{Show}' GROUP BY subject")).ToDictionary(r => Guid.Parse(r[0]), r => int.Parse(r[1], CultureInfo.InvariantCulture));

    private static void Missing(List<string> broken, IReadOnlyCollection<Guid> wanted, string what, IEnumerable<Guid> found)
    {
        var there = found.ToHashSet();
        broken.AddRange(wanted.Where(id => !there.Contains(id)).Select(id => $"{id} has no {what}"));
    }

    private string Literal(Guid id) => product.Where.IsSqlite ? $"'{id.ToString().ToUpperInvariant()}'" : $"'{id}'";

    private async Task<IEnumerable<Guid>> Guids(string connection, string sql) => (await Rows(connection, sql)).Select(r => Guid.Parse(r[0]));

    // A connection of its own each time: the server may have been killed since the last.
    private async Task<List<string[]>> Rows(string connection, string sql)
    {
        await using DbConnection open = product.Where.Connect(connection + (product.Where.IsSqlite ? ";Mode=ReadOnly;Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<string[]>();
        while (await row.ReadAsync()) rows.Add([.. Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i).ToString()!)]);
        return rows;
    }
}
