using AngleSharp.Dom;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Tests.Kit;

/// <summary>Another program, as the zone's administrator registered it on the page, and what it would do.</summary>
internal sealed class Programs : IDisposable
{
    public const string Back = "https://app.example/back";
    private readonly HttpClient http;

    private Programs(TestZone zone, string id, string? secret) => (Zone, Id, Secret, http) = (zone, id, secret, zone.Platform.CreateDefaultClient(new Uri("http://localhost")));

    public TestZone Zone { get; }
    public string Id { get; }
    public string? Secret { get; set; }
    public string Verifier { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant();

    public static Task<Programs> System(TestZone zone) => Register(zone, "System", false);
    public static Task<Programs> App(TestZone zone, bool keepsSecret = false) => Register(zone, "App", keepsSecret);

    private static async Task<Programs> Register(TestZone zone, string kind, bool keepsSecret)
    {
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        List<KeyValuePair<string, string>> fields = [new("Form.Name", "Planner"), new("Form.Kind", kind), new("Form.Addresses", kind == "App" ? Back : ""), new("Form.Scopes", "zones"), new("Form.Scopes", "figures")];
        if (keepsSecret) fields.Add(new("Form.KeepsSecret", "true"));
        var answer = await administrator.Submit("/admin/clients", fields);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var codes = (await Visit.Read(answer)).QuerySelectorAll(".govuk-inset-text code").Select(c => c.TextContent).ToList();
        return new Programs(zone, codes[0], codes.Count > 1 ? codes[1] : null);
    }

    /// <summary>A system's access token.</summary>
    public async Task<string> Token(string scope) => (await Ask(("grant_type", "client_credentials"), ("scope", scope))).GetProperty("access_token").GetString()!;

    public string AuthorizePath(string scope = "zones offline_access openid", string? back = null, string more = "") =>
        $"/{Zone.Code}/connect/authorize?client_id={Id}&response_type=code&redirect_uri={Uri.EscapeDataString(back ?? Back)}&scope={Uri.EscapeDataString(scope)}&state=s1&nonce=n1&code_challenge={Challenge(Verifier)}&code_challenge_method=S256{more}";

    /// <summary>The person reads what is asked, says yes, and is sent back with a code.</summary>
    public async Task<string> Code(Visit person, string scope = "zones offline_access openid")
    {
        var path = AuthorizePath(scope);
        var page = await person.Page(path);
        Assert.Contains("Planner", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("until you sign out", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var answer = await person.Send(path, page.QuerySelectorAll<IHtmlFormElement>("main form").Last(), [KeyValuePair.Create("decision", "yes")]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var back = answer.Headers.Location!;
        Assert.StartsWith(Back, back.ToString(), StringComparison.Ordinal);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query);
        Assert.Equal("s1", query["state"]);
        return query["code"]!;
    }

    public Task<JsonElement> Redeem(string code, string? verifier = null) => Ask(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Back), ("code_verifier", verifier ?? Verifier));
    public Task<JsonElement> Refresh(string token) => Ask(("grant_type", "refresh_token"), ("refresh_token", token));
    public Task<JsonElement> Ask(params (string, string)[] fields) => Ask("token", null, fields);

    /// <summary>What a token end point of the zone answers, whether yes or no.</summary>
    public async Task<JsonElement> Ask(string at, HttpClient? host, (string, string)[] fields)
    {
        IEnumerable<(string, string)> all = [.. fields, ("client_id", Id), .. Secret is { } secret ? [("client_secret", secret)] : Array.Empty<(string, string)>()];
        var answer = await (host ?? http).PostAsync($"/{Zone.Code}/connect/{at}", new FormUrlEncodedContent(all.Select(f => KeyValuePair.Create(f.Item1, f.Item2))), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Asks the API who it is.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Me(string token, TestZone? elsewhere = null, HttpClient? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{(elsewhere ?? Zone).Code}/api/zones/v1/me");
        request.Headers.Authorization = new("Bearer", token);
        var answer = await (host ?? http).SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    public static string Challenge(string verifier) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public void Dispose() => http.Dispose();
}
