using System.Globalization;
using System.Net.Http.Headers;
using AngleSharp.Html.Parser;

namespace VictimSupport.Benchmarks;

/// <summary>B17: what a page weighs on the wire for somebody whose browser keeps nothing of us yet: the page, its style sheets, scripts and icon, compressed as a browser asks for it, heads of the answers included.</summary>
internal sealed class Weight(string program, string folder)
{
    /// <summary>Two hosts, as in production: each answers its own pages.</summary>
    public static readonly (string Name, string Value)[] Hosts = [("Hosts__Public", "public.example"), ("Hosts__Portal", "portal.example")];

    private static readonly HtmlParser Parser = new();

    public async Task<bool> Run()
    {
        var product = await Product.Prepare(program, Path.Combine(folder, "product"), "bench", null, 300);
        var port = Machine.FreePort();
        await using var running = await product.Start(port, "Production", Hosts);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Console.WriteLine($"{Machine.Describe()}; published, Production.");
        Console.WriteLine();
        Console.WriteLine("| B17 | cold kB | gate | scripts gz kB | gate | style sheets gz kB | gate | the page itself kB | answers |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var kept = true;
        (string Name, string Host, string Cookie, string[] Paths, double All, double Scripts, double Sheets)[] pages =
        [
            ("public page, the heaviest language", "public.example", "", [.. new[] { "fr", "nl", "de", "en" }.Select(l => $"/{Product.Zone}/{l}/contact")], 50, 10, 14),
            ("portal page, a worklist of 25 rows", "portal.example", product.Pass, [$"/{Product.Zone}/worklist?tab=Team"], 100, 25, 28),
        ];
        foreach (var (name, host, cookie, paths, all, scripts, sheets) in pages)
        {
            var heaviest = (await Task.WhenAll(paths.Select(path => Cold(http, host, cookie, path)))).MaxBy(w => w.All);
            var fits = heaviest.All <= all && heaviest.Scripts <= scripts && heaviest.Sheets <= sheets;
            kept &= fits;
            string Met(double is_, double gate) => is_ <= gate ? "met" : "**missed**";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {heaviest.All:0.0} | ≤ {all:0} {Met(heaviest.All, all)} | {heaviest.Scripts:0.0} | ≤ {scripts:0} {Met(heaviest.Scripts, scripts)} | {heaviest.Sheets:0.0} | ≤ {sheets:0} {Met(heaviest.Sheets, sheets)} | {heaviest.Page:0.0} | {heaviest.Answers} |"));
        }
        return kept;
    }

    private static async Task<(double All, double Scripts, double Sheets, double Page, int Answers)> Cold(HttpClient http, string host, string cookie, string path)
    {
        var (text, page) = await Get(http, host, cookie, path, "gzip, deflate, br, zstd");
        var document = Parser.ParseDocument(text);
        List<string> Of(string selector, string attribute) => [.. document.QuerySelectorAll(selector).Select(e => e.GetAttribute(attribute)!).Distinct()];
        var (scripts, sheets, rest) = (Of("script[src]", "src"), Of("link[rel=stylesheet]", "href"), Of("link[rel=icon]", "href").Concat(Of("img[src]", "src")).ToList());
        if (scripts.Count == 0 || sheets.Count == 0) throw new InvalidOperationException($"{path} names no script or no style sheet: this is not the page.");
        var all = page;
        foreach (var asset in scripts.Concat(sheets).Concat(rest)) all += (await Get(http, host, cookie, asset, "gzip, deflate, br, zstd")).Weight;
        async Task<double> Zipped(List<string> files)
        {
            var sum = 0.0;
            foreach (var file in files) sum += (await Get(http, host, cookie, file, "gzip", heads: false)).Weight;
            return sum;
        }
        return (all, await Zipped(scripts), await Zipped(sheets), page, 1 + scripts.Count + sheets.Count + rest.Count);
    }

    // In kB of a thousand bytes.
    private static async Task<(string Text, double Weight)> Get(HttpClient http, string host, string cookie, string path, string encodings, bool heads = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        if (cookie.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
        var body = await answer.Content.ReadAsByteArrayAsync();
        static int Length(HttpHeaders headers) => headers.NonValidated.Sum(h => h.Value.Sum(v => h.Key.Length + v.Length + 4));
        var head = "HTTP/1.1 200 OK\r\n\r\n".Length + Length(answer.Headers) + Length(answer.Content.Headers);
        return (answer.Content.Headers.ContentEncoding.Count == 0 ? System.Text.Encoding.UTF8.GetString(body) : "", (body.Length + (heads ? head : 0)) / 1000.0);
    }
}
