using System.Net;
using System.Security.Claims;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Tests.Kit;

/// <summary>Somebody in front of the pages. Signed in by the kit, unless a test signs in itself through the real cookies.</summary>
public sealed class Visit : IDisposable
{
    internal const string Header = "X-Test-Caller", StaleHeader = "X-Test-Stale";
    private static readonly HtmlParser Parser = new();

    public Visit(Platform platform, string place, Guid? account, params Role[] roles)
    {
        Client = platform.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true, BaseAddress = new Uri("http://localhost") });
        Place = place;
        if (account is { } id) Client.DefaultRequestHeaders.Add(Header, $"{id};{place};{string.Join(',', roles)}");
        LikeABrowser();
    }

    /// <summary>Somebody who really signed in: the client carries the cookies.</summary>
    internal Visit(HttpClient client, string place)
    {
        (Client, Place) = (client, place);
        LikeABrowser();
    }

    /// <summary>By which a browser says that a form was filled in on a page of the same site.</summary>
    internal const string FetchSite = "Sec-Fetch-Site";

    private void LikeABrowser()
    {
        Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        Client.DefaultRequestHeaders.TryAddWithoutValidation(FetchSite, "same-origin");
    }

    public HttpClient Client { get; }
    public string Place { get; }

    /// <summary>Showed a factor long ago; in the kit everybody has just shown one unless it is said.</summary>
    public bool IsStale
    {
        get => Client.DefaultRequestHeaders.Contains(StaleHeader);
        init { if (value) Client.DefaultRequestHeaders.Add(StaleHeader, "yes"); }
    }

    public async Task<HttpResponseMessage> Get(string path) => await Client.GetAsync(At(path), TestContext.Current.CancellationToken);

    public async Task<IHtmlDocument> Page(string path)
    {
        var response = await Get(path);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"GET {path} answered {(int)response.StatusCode}");
        return await Read(response);
    }

    /// <summary>Fills in the form of a page that posts (the one whose action or buttons fit, else the last) and sends it.</summary>
    public async Task<HttpResponseMessage> Submit(string path, IEnumerable<KeyValuePair<string, string>> fields, string form = "main form[method=post]")
    {
        var page = await Page(path);
        var found = page.QuerySelectorAll<IHtmlFormElement>(form).LastOrDefault() ?? throw new InvalidOperationException($"{path} has no form {form}");
        return await Send(path, found, fields);
    }

    public async Task<HttpResponseMessage> Send(string path, IHtmlFormElement form, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var typed = fields.ToList();
        var names = typed.Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        var values = Values(form).Where(f => !names.Contains(f.Key)).Concat(typed).ToList();
        var action = form.GetAttribute("action") is { Length: > 0 } to ? to : At(path);
        return await Client.PostAsync(action, new FormUrlEncodedContent(values), TestContext.Current.CancellationToken);
    }

    /// <summary>Presses a button that sends its form elsewhere.</summary>
    public async Task<HttpResponseMessage> Press(string path, string button)
    {
        var pressed = (await Page(path)).QuerySelector<IHtmlButtonElement>(button) ?? throw new InvalidOperationException($"{path} has no button {button}");
        if (pressed.GetAttribute("formaction") is { } action) pressed.Form!.SetAttribute("action", action);
        return await Send(path, pressed.Form!, pressed.Name is { Length: > 0 } name ? [KeyValuePair.Create(name, pressed.Value)] : []);
    }

    /// <summary>A forged post: no token, straight at the address.</summary>
    public async Task<HttpResponseMessage> Forge(string path, params (string, string)[] fields) =>
        await Client.PostAsync(At(path), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))), TestContext.Current.CancellationToken);

    public static async Task<IHtmlDocument> Read(HttpResponseMessage response) => await Parser.ParseDocumentAsync(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public void Dispose() => Client.Dispose();

    private string At(string path) => path.StartsWith('/') && Place.Length == 4 && char.IsAsciiDigit(Place[0]) && !path.StartsWith("/" + Place, StringComparison.Ordinal) ? $"/{Place}{path}" : path;

    // What a browser without script would send of an untouched form.
    private static IEnumerable<KeyValuePair<string, string>> Values(IHtmlFormElement form)
    {
        foreach (var field in form.Elements)
        {
            switch (field)
            {
                case IHtmlInputElement { Name.Length: > 0, Type: "checkbox" or "radio" } box when box.IsChecked: yield return KeyValuePair.Create(box.Name!, box.Value); break;
                case IHtmlInputElement { Name.Length: > 0, Type: not "checkbox" and not "radio" and not "submit" } input: yield return KeyValuePair.Create(input.Name!, input.Value); break;
                case IHtmlSelectElement { Name.Length: > 0 } select when select.Value is { } chosen: yield return KeyValuePair.Create(select.Name!, chosen); break;
                case IHtmlTextAreaElement { Name.Length: > 0 } area: yield return KeyValuePair.Create(area.Name!, area.Value); break;
            }
        }
    }
}

/// <summary>Stands in for the sign-in: the header says who and where; in any other place that account holds no role.</summary>
internal sealed class KitSignIn : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (http, following) =>
        {
            if (http.Request.Headers[Visit.Header].ToString() is { Length: > 0 } said)
            {
                var (account, place, roles) = (Guid.Parse(said.Split(';')[0]), said.Split(';')[1], said.Split(';')[2]);
                var here = http.Request.Path.Value!.Split('/')[1];
                var held = here == place ? roles.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Role>).ToHashSet() : [];
                http.RequestServices.GetRequiredService<WhereAndWho>().Caller = new Caller(account, account, held) { LastFactor = http.Request.Headers.ContainsKey(Visit.StaleHeader) ? null : DateTimeOffset.MaxValue };
                http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Pass.AccountClaim, account.ToString())], "kit"));
            }
            await following();
        });
        next(app);
    };
}
