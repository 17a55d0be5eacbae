using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace VictimSupport.Benchmarks;

/// <summary>Forms that save themselves while they are filled in, and the application killed (<c>kill -9</c>) in the middle of it: every saving that was answered is there.</summary>
internal sealed class DraftKills(string program, string folder, string engine, int times)
{
    private const int Clients = 12;

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"kill -9 under savings of drafts, {engine}, {times} times, {Clients} forms. {Machine.Describe()}");
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "drafts", cluster, 100);
        var (port, random, watch, broken) = (Machine.FreePort(), new Random(), Stopwatch.StartNew(), new List<string>());
        using var client = new Client(port, product.Pass);
        var work = new Workload(product, client);
        var child = await product.Start(port);
        await work.Token();
        var token = work.Form(0)["__RequestVerificationToken"];
        // The last version of each form that was answered.
        var (answered, savings) = (new ConcurrentDictionary<Guid, int>(), 0);
        for (var round = 1; round <= times && broken.Count == 0; round++)
        {
            using var over = new CancellationTokenSource();
            var known = savings;
            var typing = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => Type(over.Token))));
            for (var begun = Stopwatch.StartNew(); Volatile.Read(ref savings) == known && begun.Elapsed.TotalSeconds < 10;) await Task.Delay(5);
            await Task.Delay(random.Next(50, 1000));
            await child.Kill();
            await over.CancelAsync();
            await typing;
            await child.DisposeAsync();
            child = await product.Start(port);
            var there = await Versions(product);
            broken.AddRange(answered.Where(a => there.GetValueOrDefault(a.Key) < a.Value).Select(a => $"draft {a.Key} was answered as version {a.Value}, {there.GetValueOrDefault(a.Key)} is there"));
        }
        await child.DisposeAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {times} kills in {watch.Elapsed.TotalSeconds:0} s; {savings} savings answered in {answered.Count} forms"));
        if (savings == 0) broken.Add("nothing was saved");
        return broken;

        async Task Type(CancellationToken until)
        {
            var (once, version, dossier) = (Guid.CreateVersion7(), 0, product.Dossiers[Random.Shared.Next(product.Dossiers.Count)]);
            for (var turn = 1; !until.IsCancellationRequested; turn++)
            {
                var fields = new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = token, ["vs-once"] = once.ToString(), ["vs-draft"] = once.ToString(), ["vs-place"] = "note", ["vs-version"] = version.ToString(CultureInfo.InvariantCulture),
                    ["vs-turn"] = turn.ToString(CultureInfo.InvariantCulture), ["Form.Text"] = new string('a', turn % 2000),
                };
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/{Product.Zone}/dossiers/{dossier}") { Content = new FormUrlEncodedContent(fields) };
                    request.Headers.Add("Vs-Draft", "1");
                    request.Headers.TryAddWithoutValidation("Cookie", client.Cookies);
                    request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
                    using var answer = await Http.SendAsync(request, CancellationToken.None);
                    if (answer.StatusCode != HttpStatusCode.OK) continue;
                    using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None));
                    version = said.RootElement.GetProperty("version").GetInt32();
                    answered.AddOrUpdate(said.RootElement.GetProperty("draft").GetGuid(), version, (_, before) => Math.Max(before, version));
                    Interlocked.Increment(ref savings);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
                {
                    await Task.Delay(50, CancellationToken.None);
                }
            }
        }
    }

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    private static async Task<Dictionary<Guid, int>> Versions(Product product)
    {
        await using var open = product.Where.Connect(product.Where.Data + (product.Where.IsSqlite ? ";Mode=ReadOnly;Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = """SELECT "Id", "Version" FROM draft""";
        await using var row = await command.ExecuteReaderAsync();
        var versions = new Dictionary<Guid, int>();
        while (await row.ReadAsync()) versions[Guid.Parse(row.GetValue(0).ToString()!)] = Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture);
        return versions;
    }
}
