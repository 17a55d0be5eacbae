using System.Diagnostics;
using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using VictimSupport.Benchmarks.Reference;

namespace VictimSupport.Benchmarks;

/// <summary>So many dossiers handed over from one zone to another, and the application killed (<c>kill -9</c>) again and again while every word of it travels: proposals there; acceptances, questions and refusals back; answers and
/// withdrawals there; what is said to those back. A quarter each is accepted, asked about and then accepted, refused, withdrawn. In the end each word arrived once, both zones and both audits say the same, and there is one dossier
/// for each that was accepted. What a killed carrier had in hand is put back in the outbox by hand, where the product waits a quarter of an hour.</summary>
internal sealed class HandoverKills(string program, string folder, string engine, int tries, int times)
{
    private const string There = "9902";
    private static readonly HtmlParser Parser = new();
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"kill -9 under {tries} handovers, {engine}, {times} times on each of four ways. {Machine.Describe()}");
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
        var ways = new List<(int Kills, int Between)> { await Carry(product, from) };
        var all = (await Column(to, """SELECT "Id" FROM handover ORDER BY "Id" """)).ConvertAll(Guid.Parse);
        if (all.Count != tries) broken.Add($"{all.Count} handovers arrived");
        List<Guid> Fate(int which) => [.. all.Where((_, i) => i % 4 == which)];
        var (accepted, asked, refused, withdrawn) = (Fate(0), Fate(1), Fate(2), Fate(3));

        await Say(pass, async there =>
        {
            foreach (var handover in accepted) await Decide(there, handover, "Accept");
            foreach (var handover in asked) await Decide(there, handover, "Ask", ("Form.Question", "Seit wann?"));
            foreach (var handover in refused) await Decide(there, handover, "Refuse", ("Form.Reason", "Weggezogen"));
        });
        ways.Add(await Carry(product, to));
        await Say(product.Pass, async here =>
        {
            foreach (var handover in asked) await Send(here, $"/{Product.Zone}/handovers/{handover}/reply", "[name='Form.Text']", ("Form.Text", "Seit einem Jahr"));
            foreach (var handover in withdrawn) await Send(here, $"/{Product.Zone}/handovers/{handover}", null);
        });
        ways.Add(await Carry(product, from));
        await Say(pass, async there =>
        {
            foreach (var handover in asked) await Decide(there, handover, "Accept");
        });
        ways.Add(await Carry(product, to));

        var (taken, back) = (accepted.Count + asked.Count, tries + asked.Count); // dossiers there; words of the receiving zone: one each, and a question
        foreach (var (zone, where) in new[] { (from, "where they came from"), (to, "where they went") })
        {
            await Expect(zone, """SELECT COUNT(*) FROM handover WHERE "State" = 4""", taken, "are accepted " + where);
            await Expect(zone, """SELECT COUNT(*) FROM handover WHERE "State" = 5""", refused.Count, "are refused " + where);
            await Expect(zone, """SELECT COUNT(*) FROM handover WHERE "State" = 7""", withdrawn.Count, "are withdrawn " + where);
            foreach (var (step, times, what) in new[] { (2, tries, "deliveries"), (3, asked.Count, "questions"), (4, asked.Count, "answers"), (5, taken, "acceptances"), (6, refused.Count, "refusals"), (8, withdrawn.Count, "withdrawals") })
                await Expect(zone, $"""SELECT COUNT(*) FROM handover_turn WHERE "Step" = {step}""", times, $"{what} are noted {where}");
            await Expect(zone, """SELECT COUNT(*) FROM parcel WHERE "Content" IS NOT NULL OR "Key" IS NOT NULL OR "Arrived" IS NULL""", 0, "parcels still hold something");
        }
        await Expect(to, "SELECT COUNT(*) FROM dossier", before + taken, "dossiers are there in all");
        // What travelled, what was received, and what both audits say of it, by the parcel.
        foreach (var (sender, receiver, words) in new[] { (from, to, tries + asked.Count + withdrawn.Count), (to, from, back) })
        {
            await Expect(sender, "SELECT COUNT(*) FROM parcel", words, "parcels were sent");
            await Expect(receiver, "SELECT COUNT(*) FROM inbox", words, "parcels were received");
            await Expect(receiver, $"SELECT COUNT(DISTINCT subject) FROM audit WHERE act = 'Foundation.Parcels.Carry.Receive' AND payload LIKE '%parcel from {sender.Zone}%'", words, "parcels stand in the receiver's audit");
            await Expect(sender, $"SELECT COUNT(DISTINCT subject) FROM audit WHERE act = 'Foundation.Parcels.Carry.Receipt' AND payload LIKE '%parcel to {receiver.Zone}%'", words, "parcels stand in the sender's audit");
        }
        // Who is told: of what came and of answers there, of every word of the other zone here.
        await Expect(to, """SELECT COUNT(*) FROM outbox WHERE "Kind" = 'handover-came'""", tries + asked.Count, "are told there");
        await Expect(from, """SELECT COUNT(*) FROM outbox WHERE "Kind" = 'handover-turned'""", back, "are told here");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {tries} handovers ({accepted.Count} accepted, {asked.Count} asked about and accepted, {refused.Count} refused, {withdrawn.Count} withdrawn), {ways.Sum(w => w.Kills)} kills, {ways.Sum(w => w.Between)} of them with parcels under way, {watch.Elapsed.TotalSeconds:0} s"));
        if (ways.Exists(w => w.Between == 0)) broken.Add("on one of the ways no kill came while parcels were under way");
        return broken;

        async Task Say(string who, Func<Client, Task> what)
        {
            await using var child = await product.Start(port, "Production", ("Jobs__Run", "false"));
            using var client = new Client(port, who);
            await what(client);
        }

        async Task Expect(Where zone, string sql, long expected, string what)
        {
            var found = await Count(zone, sql);
            if (found != expected) broken.Add($"{found} {what}, {expected} expected");
        }
    }

    private async Task<(int Kills, int Between)> Carry(Product product, Where sender)
    {
        var (random, between, kills) = (new Random(1), 0, 0);
        await Again(sender); // something may be in hand since the other zone's way
        for (; kills < times && await Waiting() > 0; kills++)
        {
            var known = await Waiting();
            await using (var child = await product.Start(Machine.FreePort()))
            {
                // The first sweep comes within twenty seconds; killed at any moment once parcels arrive.
                for (var wait = Stopwatch.StartNew(); await Waiting() == known && wait.Elapsed.TotalSeconds < 40;) await Task.Delay(1);
                await Task.Delay(random.Next(0, 30));
                await child.Kill();
            }
            if (await Waiting() > 0) between++;
            await Again(sender);
        }
        await using var last = await product.Start(Machine.FreePort());
        for (var wait = Stopwatch.StartNew(); await Waiting() > 0 && wait.Elapsed < Patience;) await Task.Delay(200);
        await last.Kill();
        return (kills, between);

        Task<long> Waiting() => Count(sender, """SELECT COUNT(*) FROM parcel WHERE "Arrived" IS NULL""");
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

    private static Task Decide(Client client, Guid handover, string decision, params (string Name, string Value)[] says) =>
        Send(client, $"/{There}/handovers/{handover}/decision", "[name='Form.Decision']", [("Form.Decision", decision), .. says]);

    // The form of the page that has such a field; null: the button that takes it back.
    private static async Task Send(Client client, string path, string? with, params (string Name, string Value)[] says)
    {
        var fields = Fields(await Page(client, HttpMethod.Get, path, null), with ?? "[name='__RequestVerificationToken']");
        fields.RemoveAll(f => says.Any(s => s.Name == f.Key));
        fields.AddRange(says.Select(s => new KeyValuePair<string, string>(s.Name, s.Value)));
        using var sent = await client.Answer(HttpMethod.Post, with is null ? path + "?handler=Withdraw" : path, fields);
        if (sent.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"{path.Split('/')[^1]} was answered by {(int)sent.StatusCode}.");
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
