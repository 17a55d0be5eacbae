using System.Diagnostics;
using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using VictimSupport.Benchmarks.Reference;

namespace VictimSupport.Benchmarks;

/// <summary>So many dossiers handed over from one zone to another, and the application killed (<c>kill -9</c>) again and again while proposals travel there and acceptances back. In the end each is one dossier there,
/// delivered once, accepted in both zones. What a killed carrier had in hand is put back in the outbox by hand, where the product waits a quarter of an hour.</summary>
internal sealed class HandoverKills(string program, string folder, string engine, int tries, int times)
{
    private const string There = "9902";
    private static readonly HtmlParser Parser = new();
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"kill -9 under {tries} handovers, {engine}, {times} times on the way there and {times} on the way back. {Machine.Describe()}");
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "handovers", cluster, 100, zones: 4);
        var (from, to) = (product.Where, product.Where with { Zone = There });
        var (watch, port, broken) = (Stopwatch.StartNew(), Machine.FreePort(), new List<string>());
        string pass;
        await using (await product.Start(port, "Development", ("Jobs__Run", "false"))) pass = await product.SignIn(port, There, 2);
        var before = await Count(to, "SELECT COUNT(*) FROM dossier");
        await using (await product.Start(port, "Production", ("Jobs__Run", "false")))
        {
            using var client = new Client(port, product.Pass);
            var work = new Workload(product, client);
            for (var i = 0; i < tries; i++) await Propose(client, Guid.Parse((await work.Intake(100_000 + i)).Split('/')[^1]));
        }
        var there = await Carry(product, from, () => Count(to, "SELECT COUNT(*) FROM handover"), () => Count(from, """SELECT COUNT(*) FROM parcel WHERE "Arrived" IS NULL"""));
        if (await Count(to, "SELECT COUNT(*) FROM handover") != tries) broken.Add($"{await Count(to, "SELECT COUNT(*) FROM handover")} handovers arrived");
        await using (await product.Start(port, "Production", ("Jobs__Run", "false")))
        {
            using var client = new Client(port, pass);
            foreach (var handover in await Column(to, """SELECT "Id" FROM handover""")) await Accept(client, Guid.Parse(handover));
        }
        var back = await Carry(product, to, () => Count(from, """SELECT COUNT(*) FROM handover WHERE "State" = 4"""), () => Count(to, """SELECT COUNT(*) FROM parcel WHERE "Arrived" IS NULL"""));

        await Expect(from, """SELECT COUNT(*) FROM handover WHERE "State" = 4""", tries, "are accepted where they came from");
        await Expect(to, """SELECT COUNT(*) FROM handover WHERE "State" = 4""", tries, "are accepted where they went");
        await Expect(to, "SELECT COUNT(*) FROM dossier", before + tries, "dossiers are there in all");
        await Expect(from, """SELECT COUNT(*) FROM handover_turn WHERE "Step" = 2""", tries, "deliveries are noted where they came from");
        await Expect(from, """SELECT COUNT(*) FROM handover_turn WHERE "Step" = 5""", tries, "acceptances are noted where they came from");
        await Expect(to, "SELECT COUNT(*) FROM inbox", tries, "parcels were received");
        await Expect(from, "SELECT COUNT(*) FROM inbox", tries, "parcels came back");
        foreach (var zone in new[] { from, to }) await Expect(zone, """SELECT COUNT(*) FROM parcel WHERE "Content" IS NOT NULL OR "Key" IS NOT NULL""", 0, "parcels still hold something");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {tries} handovers, {there.Kills + back.Kills} kills, {there.Between + back.Between} of them with parcels under way, {watch.Elapsed.TotalSeconds:0} s"));
        if (there.Between + back.Between == 0) broken.Add("no kill came while parcels were under way");
        return broken;

        async Task Expect(Where zone, string sql, long expected, string what)
        {
            var found = await Count(zone, sql);
            if (found != expected) broken.Add($"{found} {what}, {expected} expected");
        }
    }

    private async Task<(int Kills, int Between)> Carry(Product product, Where sender, Func<Task<long>> arrived, Func<Task<long>> waiting)
    {
        var (random, between) = (new Random(1), 0);
        for (var kill = 0; kill < times && await waiting() > 0; kill++)
        {
            var known = await arrived();
            await using (var child = await product.Start(Machine.FreePort()))
            {
                // The first sweep comes within twenty seconds; killed at any moment once parcels arrive.
                for (var wait = Stopwatch.StartNew(); await arrived() == known && await waiting() > 0 && wait.Elapsed.TotalSeconds < 40;) await Task.Delay(1);
                await Task.Delay(random.Next(0, 30));
                await child.Kill();
            }
            if (await waiting() > 0) between++;
            await Again(sender);
        }
        await using var last = await product.Start(Machine.FreePort());
        for (var wait = Stopwatch.StartNew(); await waiting() > 0 && wait.Elapsed < Patience;) await Task.Delay(200);
        await last.Kill();
        return (times, between);
    }

    private static async Task Propose(Client client, Guid dossier)
    {
        var path = $"/{Product.Zone}/dossiers/{dossier}/handover";
        var fields = Fields(await Page(client, HttpMethod.Get, path, null), "[name='Form.Zone']");
        fields.RemoveAll(f => f.Key is "Form.Zone" or "Form.Reason" or "Form.Basis" or "Form.Told");
        fields.AddRange([new("Form.Zone", There), new("Form.Reason", "Wohnt dort"), new("Form.Basis", "TheyAgree"), new("Form.Told", "True")]);
        var shown = await Page(client, HttpMethod.Post, path + "?handler=Preview", fields);
        fields.Add(new("Form.Shown", shown.QuerySelector("[name='Form.Shown']")?.GetAttribute("value") ?? throw new InvalidOperationException("Nothing was shown: " + shown.QuerySelector(".govuk-error-summary")?.TextContent)));
        using var sent = await client.Answer(HttpMethod.Post, path, fields);
        if (sent.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"A proposal was answered by {(int)sent.StatusCode}.");
    }

    private static async Task Accept(Client client, Guid handover)
    {
        var path = $"/{There}/handovers/{handover}/decision";
        var fields = Fields(await Page(client, HttpMethod.Get, path, null), "[name='Form.Decision']");
        fields.RemoveAll(f => f.Key == "Form.Decision");
        fields.Add(new("Form.Decision", "Accept"));
        using var sent = await client.Answer(HttpMethod.Post, path, fields);
        if (sent.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"An acceptance was answered by {(int)sent.StatusCode}.");
    }

    private static async Task<IHtmlDocument> Page(Client client, HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? fields)
    {
        using var answer = await client.Answer(method, path, fields);
        if (answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.FirstOrDefault(c => c.StartsWith("f=", StringComparison.Ordinal)) is { } cookie && !client.Cookies.Contains("; f=", StringComparison.Ordinal)) client.Cookies += "; " + cookie.Split(';')[0];
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path.Split('/')[^1]} was answered by {(int)answer.StatusCode}.");
        return await Parser.ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
    }

    // What a browser would send: what stands in the form, and what is ticked.
    private static List<KeyValuePair<string, string>> Fields(IHtmlDocument page, string with) =>
        [.. page.QuerySelectorAll("form").First(f => f.QuerySelector(with) is not null).QuerySelectorAll("input, textarea, select").Where(i => i.GetAttribute("name") is { Length: > 0 } && (i is not IHtmlInputElement { Type: "checkbox" or "radio" } box || box.IsChecked))
            .Select(i => new KeyValuePair<string, string>(i.GetAttribute("name")!, i switch { IHtmlInputElement input => input.Value, IHtmlTextAreaElement text => text.Value, IHtmlSelectElement select => select.Value ?? "", _ => "" }))];

    // A quarter of an hour goes by.
    private static async Task Again(Where zone)
    {
        var now = DateTime.UtcNow.AddMinutes(-1);
        await using var open = zone.Connect(zone.Data + (zone.IsSqlite ? ";Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = """UPDATE outbox SET "NotBefore" = @now WHERE "Delivered" IS NULL AND "Kind" = 'parcel'""";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("now", zone.IsSqlite ? now.Ticks : now);
        command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> Count(Where zone, string sql) => long.Parse((await Column(zone, sql))[0], CultureInfo.InvariantCulture);

    private static async Task<List<string>> Column(Where zone, string sql)
    {
        await using var open = zone.Connect(zone.Data + (zone.IsSqlite ? ";Mode=ReadOnly;Pooling=False" : ";Pooling=false"));
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await row.ReadAsync()) values.Add(row.GetValue(0).ToString()!);
        return values;
    }
}
