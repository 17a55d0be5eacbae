using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Npgsql;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Benchmarks;

/// <summary>One engine's data, seeded by the product itself, with somebody signed in. Two of them with the same seed stand side by side: the product's and the reference's.</summary>
internal sealed class Product
{
    public const string Zone = "9901";
    private static readonly HtmlParser Parser = new();
    private readonly string program, folder, prefix;
    private readonly Cluster? cluster;

    private Product(string program, string folder, string prefix, Cluster? cluster) => (this.program, this.folder, this.prefix, this.cluster) = (program, folder, prefix, cluster);

    public string Folder => folder;
    public string Program => program;
    public string Pass { get; private set; } = "";

    /// <summary>Who is signed in, before any place: what passes are made from.</summary>
    public string Signed { get; private set; } = "";
    public Guid Account { get; private set; }
    public Guid Session { get; private set; }

    /// <summary>Dossiers that a page can show (none sealed: those ask for a fresh factor); the last is one that was registered through the form.</summary>
    public IReadOnlyList<Guid> Dossiers { get; private set; } = [];
    public Guid Template { get; private set; }
    public Reference.Where Where => new(folder, cluster?.Server, prefix, Zone, Path.Combine(folder, "keys", "master.key"));

    /// <summary>Seeds, signs a coordinator in, and registers one intake through the form.</summary>
    public static async Task<Product> Prepare(string program, string folder, string prefix, Cluster? cluster, int dossiers, int zones = 1)
    {
        var product = new Product(program, folder, prefix, cluster);
        Directory.CreateDirectory(folder);
        await Child.Run(program, ["demo", "seed", "--zones", zones.ToString(CultureInfo.InvariantCulture), "--dossiers", dossiers.ToString(CultureInfo.InvariantCulture), "--seed", "1"], product.Environment("Development"), folder);
        var port = Machine.FreePort();
        await using (await product.Start(port, "Development"))
        {
            (product.Pass, product.Account, product.Signed) = await product.SignIn(port, $"/{Zone}/worklist");
            using var client = new Client(port, product.Pass);
            var made = await new Workload(product, client).Intake(0);
            product.Template = Guid.TryParse(made.Split('/')[^1], out var template) ? template : throw new InvalidOperationException("The intake answered " + made);
        }
        await product.Employ();
        await product.Look();
        return product;
    }

    /// <summary>The same data once more, for the reference: nothing may run on them meanwhile.</summary>
    public async Task<Product> Copy(string to, string under)
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
        if (cluster is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await using var server = new NpgsqlConnection(cluster.Server);
            await server.OpenAsync();
            var names = new List<string>();
            await using (var read = new NpgsqlCommand("SELECT datname FROM pg_database WHERE datname LIKE @like", server))
            {
                read.Parameters.AddWithValue("like", prefix + "\\_%");
                await using var row = await read.ExecuteReaderAsync();
                while (await row.ReadAsync()) names.Add(row.GetString(0));
            }
            foreach (var name in names)
            {
                await using var copy = new NpgsqlCommand($"CREATE DATABASE \"{under}{name[prefix.Length..]}\" TEMPLATE \"{name}\" STRATEGY file_copy", server) { CommandTimeout = 300 };
                await copy.ExecuteNonQueryAsync();
            }
        }
        return new Product(program, to, under, cluster) { Pass = Pass, Account = Account, Session = Session, Signed = Signed, Dossiers = Dossiers, Template = Template };
    }

    /// <summary>The program as it runs in production, answering; jobs included.</summary>
    public Task<Child> Start(int port, string environment = "Production", params (string Name, string Value)[] settings) => Start(port, Environment(environment), settings);

    private async Task<Child> Start(int port, Dictionary<string, string> environment, (string Name, string Value)[] settings)
    {
        environment["Urls"] = $"http://127.0.0.1:{port}";
        foreach (var (name, value) in settings) environment[name] = value;
        var child = Child.Start(program, [], environment, folder);
        await Answering(port, child);
        return child;
    }

    public static async Task Answering(int port, Child child)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60);)
        {
            if (child.HasEnded) throw new InvalidOperationException("It ended instead of serving: " + child.Errors);
            try
            {
                using var answer = await http.GetAsync($"http://127.0.0.1:{port}/health");
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(20);
            }
        }
        throw new TimeoutException("It did not answer within a minute: " + child.Errors);
    }

    public Dictionary<string, string> Environment(string environment)
    {
        var all = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment, ["Data__Directory"] = folder, ["Mail__Folder"] = Path.Combine(folder, "mail"), ["DOTNET_gcServer"] = "0", ["DOTNET_NOLOGO"] = "1",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (environment == "Production")
        {
            all["Keys__MasterFile"] = Path.Combine(folder, "keys", "master.key");
            all["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            all["Portal__Address"] = "https://portal.example";
            (all["Hosts__Portal"], all["Hosts__Public"]) = ("127.0.0.1", "localhost"); // one machine, two names
        }
        if (cluster is null) return all;
        all["Database__Engine"] = "postgresql";
        all["Database__Server"] = cluster.Server;
        all["Database__Prefix"] = prefix;
        return all;
    }

    /// <summary>Somebody who works on dossiers of a zone, signed in: one of the two caseworkers, the coordinator, or whoever is on call.</summary>
    public async Task<string> SignIn(int port, string zone, int which) => (await SignIn(port, $"/{zone}/worklist", page => page.Where(f => f.QuerySelector("input[name=leads]")?.GetAttribute("value") == $"/{zone}/").ElementAt(which % 4))).Pass;

    private Task<(string Pass, Guid Account, string Signed)> SignIn(int port, string leads)
    {
        var role = leads.StartsWith("/operator", StringComparison.Ordinal) ? "operator" : "coordinator";
        return SignIn(port, leads, page => page.First(f => f.ParentElement!.TextContent.Contains(role, StringComparison.Ordinal)));
    }

    // By hand what a browser does at /demo: press, follow, keep the pass.
    private static async Task<(string Pass, Guid Account, string Signed)> SignIn(int port, string leads, Func<IEnumerable<IHtmlFormElement>, IHtmlFormElement> choose)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = true, UseCookies = true };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var page = Parser.ParseDocument(await http.GetStringAsync("/demo"));
        var form = choose(page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>());
        var fields = form.QuerySelectorAll("input").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "", StringComparer.Ordinal);
        fields["leads"] = leads;
        using var answer = await http.PostAsync(form.GetAttribute("action") is { Length: > 0 } action ? action : "/demo", new FormUrlEncodedContent(fields));
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"Signing in led to {(int)answer.StatusCode}.");
        var pass = handler.CookieContainer.GetCookies(new Uri($"http://127.0.0.1:{port}{leads}"))["p"] ?? throw new InvalidOperationException("No pass was given.");
        var signed = $"s={handler.CookieContainer.GetCookies(new Uri($"http://127.0.0.1:{port}/account/"))["s"]?.Value}";
        return ($"p={pass.Value}", Guid.Parse(fields["account"]), signed);
    }

    // Roles of a story count where stories are told only, and what is measured is the program as it runs in production: whoever owns the database can make them real.
    private async Task Employ() => await Column(Where.Catalog, """UPDATE role_grant SET "Reason" = 'given' WHERE "Reason" = 'demo' RETURNING "Id" """);

    private async Task Look()
    {
        Dossiers = [.. (await Column(Where.Data, """SELECT "Id" FROM dossier WHERE "Closed" IS NULL AND "Protection" <> 2 ORDER BY "Id" """)).Select(Guid.Parse)];
        Session = (await Column(Where.Catalog, $"""SELECT "Id" FROM session WHERE "Account" = '{(cluster is null ? Account.ToString().ToUpperInvariant() : Account.ToString())}' ORDER BY "LastSeen" DESC""")).Select(Guid.Parse).First();
        SqliteConnection.ClearAllPools();
    }

    private async Task<List<string>> Column(string connection, string sql)
    {
        await using var open = Where.Connect(connection);
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await row.ReadAsync()) values.Add(row.GetValue(0).ToString()!);
        return values;
    }
}

/// <summary>The requests of B1, B2 and B3, the same to product and reference.</summary>
internal sealed class Workload(Product product, Client client)
{
    private static readonly HtmlParser Parser = new();
    private string token = "";

    public async Task<(bool Good, long Bytes)> Dossier(int i, string query = "") => Fine(await client.Send(HttpMethod.Get, $"/{Product.Zone}/dossiers/{product.Dossiers[i * 7 % product.Dossiers.Count]}{query}"), HttpStatusCode.OK);
    public async Task<(bool Good, long Bytes)> Worklist(int i, string query = "") => Fine(await client.Send(HttpMethod.Get, $"/{Product.Zone}/worklist{(query.Length > 0 ? query : "?tab=Team")}"), HttpStatusCode.OK);

    /// <summary>Searches, and notes how many rows were found: an answer that found nobody is none, as whoever is searched is there.</summary>
    public async Task<(bool Good, long Bytes)> Search(string text, string query = "", System.Collections.Concurrent.ConcurrentBag<int>? found = null)
    {
        if (token.Length == 0) await Token();
        using var answer = await client.Answer(HttpMethod.Post, $"/{Product.Zone}/search{query}", new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["Form.Text"] = text });
        var page = await answer.Content.ReadAsStringAsync();
        var rows = page.Split("/dossiers/").Length - 1;
        found?.Add(rows);
        return (answer.StatusCode == HttpStatusCode.OK && rows > 0, page.Length);
    }

    public async Task<(bool Good, long Bytes)> Write(int i) => ((await Intake(i)).Contains("/9901/", StringComparison.Ordinal), 0);

    /// <returns>Where the answer leads; a status where it does not.</returns>
    public async Task<string> Intake(int i)
    {
        if (token.Length == 0) await Token();
        using var answer = await client.Answer(HttpMethod.Post, $"/{Product.Zone}/intake", Form(i));
        if (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location is { } to) return to.ToString();
        return $"{(int)answer.StatusCode}: {Parser.ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector(".govuk-error-summary")?.TextContent}";
    }

    /// <summary>What somebody typed: nobody twice.</summary>
    public Dictionary<string, string> Form(int i)
    {
        var random = new Random(HashCode.Combine(i, 17));
        string Name(int length) => string.Concat(Enumerable.Range(0, length).Select(n => n == 0 ? (char)('A' + random.Next(26)) : (char)('a' + random.Next(26))));
        return new()
        {
            ["__RequestVerificationToken"] = token, ["vs-once"] = Guid.CreateVersion7().ToString(), ["Form.Trigger"] = "Patrol", ["Form.Municipality"] = "Exemple", ["Form.SubKind"] = "Burglary",
            ["Form.FamilyName"] = Name(9), ["Form.GivenName"] = Name(6), ["Form.Phone"] = $"0470 {random.Next(10, 99)} {random.Next(10, 99)} {random.Next(10, 99)}", ["Form.Safe"] = "Safe", ["Form.Language"] = "fr", ["Form.Note"] = "Une note de la nuit, à lire demain.",
        };
    }

    public async Task Token()
    {
        using var form = await client.Answer(HttpMethod.Get, $"/{Product.Zone}/intake");
        if (form.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.FirstOrDefault(c => c.StartsWith("f=", StringComparison.Ordinal)) is { } cookie) client.Cookies += "; " + cookie.Split(';')[0];
        token = Parser.ParseDocument(await form.Content.ReadAsStringAsync()).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
    }

    private static (bool, long) Fine((HttpStatusCode Status, long Bytes) answer, HttpStatusCode expected) => (answer.Status == expected, answer.Bytes);
}
