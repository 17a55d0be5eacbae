using System.Net;
using AngleSharp.Html.Parser;

namespace VictimSupport.Benchmarks;

/// <summary>Somebody signed in to one zone, with connections of their own.</summary>
internal sealed class Worker(int port, string zone, string pass) : IDisposable
{
    private static readonly HtmlParser Parser = new();
    private readonly Client client = new(port, pass);
    private string token = "";

    /// <summary>Takes a form's token, as a browser does before it sends.</summary>
    public async Task Begin()
    {
        using var form = await client.Answer(HttpMethod.Get, $"/{zone}/intake");
        if (form.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.FirstOrDefault(c => c.StartsWith("f=", StringComparison.Ordinal)) is { } cookie) client.Cookies += "; " + cookie.Split(';')[0];
        token = Parser.ParseDocument(await form.Content.ReadAsStringAsync()).QuerySelector("input[name=__RequestVerificationToken]")?.GetAttribute("value") ?? throw new InvalidOperationException($"The intake answered {form.StatusCode}.");
    }

    public async Task<(HttpStatusCode Status, string Text)> Get(string path)
    {
        using var answer = await client.Answer(HttpMethod.Get, $"/{zone}{path}");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<(HttpStatusCode Status, string Text)> Post(string path, params (string Name, string Value)[] fields)
    {
        using var answer = await Send(path, fields);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<(HttpStatusCode Status, string Text)> Search(string text) => Post("/search", ("Form.Text", text));

    /// <summary>Registers somebody.</summary>
    /// <returns>The dossier; null with the answer's status and first words where there is none.</returns>
    public async Task<(Guid? Dossier, string Said)> Intake(string family, string given, string phone, string town, string note, Guid? once = null)
    {
        using var answer = await Send("/intake", ("vs-once", (once ?? Guid.CreateVersion7()).ToString()), ("Form.Trigger", "Patrol"), ("Form.Municipality", town), ("Form.SubKind", "Burglary"), ("Form.FamilyName", family),
            ("Form.GivenName", given), ("Form.Phone", phone), ("Form.Safe", "Safe"), ("Form.Language", "fr"), ("Form.Note", note));
        if (answer.StatusCode == HttpStatusCode.Redirect && Guid.TryParse(answer.Headers.Location?.ToString().Split('/')[^1], out var dossier)) return (dossier, "");
        return (null, $"{(int)answer.StatusCode} {Parser.ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector(".govuk-error-summary")?.TextContent.Trim()}");
    }

    public void Dispose() => client.Dispose();

    private Task<HttpResponseMessage> Send(string path, params (string Name, string Value)[] fields) =>
        client.Answer(HttpMethod.Post, $"/{zone}{path}", [KeyValuePair.Create("__RequestVerificationToken", token), .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]);

    /// <summary>So many people of a zone, on a product that runs in production; they sign in beforehand, where the picker is.</summary>
    public static async Task<Worker[]> Several(int port, string zone, IReadOnlyList<string> passes, int many)
    {
        var all = Enumerable.Range(0, many).Select(i => new Worker(port, zone, passes[i % passes.Count])).ToArray();
        foreach (var worker in all) await worker.Begin();
        return all;
    }
}
