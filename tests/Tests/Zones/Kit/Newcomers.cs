using AngleSharp.Dom;
using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Zones;

/// <summary>People who come in by an invitation and sign in, through the real pages and cookies.</summary>
internal static partial class Newcomers
{
    public const string Secret = "a long sentence nobody guesses";

    public static Dictionary<string, string> Fields(params (string, string)[] fields) => fields.ToDictionary(f => f.Item1, f => f.Item2);

    /// <summary>The administrator asks somebody in by the page.</summary>
    public static async Task<HttpResponseMessage> Invites(this Visit administrator, string email, string template = "Caseworker", params (string, string)[] more) =>
        await administrator.Submit("/admin/staff/invite", Fields([("Form.Name", "Noor Example"), ("Form.Email", email), ("Form.Template", template), ("Form.Language", "en"), .. more]));

    /// <summary>The path of the link in the last mail to this address.</summary>
    public static string LinkTo(this Platform platform, string email) =>
        new Uri(Link().Match(platform.Post.Letters.Last(l => l.To == email).Text).Value).AbsolutePath;

    /// <summary>Sets up an account behind a link; the visitor holds what a browser would.</summary>
    public static async Task<(Visit Visit, byte[] Totp)> TakesUp(this Platform platform, string path, string name = "Noor Example")
    {
        var visit = new Visit(platform, "", null);
        var page = await visit.Page(path);
        var secret = platform.Services.GetRequiredService<TotpSecrets>().Offered(page.QuerySelector("[name='Form.Totp']")!.GetAttribute("value"))!;
        var response = await visit.Send(path, page.QuerySelectorAll<IHtmlFormElement>("main form").Last(), Fields(("Form.DisplayName", name), ("Form.Secret", Secret), ("Form.Again", Secret), ("Form.Code", platform.CodeOf(secret))));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return (visit, secret);
    }

    public static async Task<HttpResponseMessage> SignsIn(this Visit visit, Platform platform, string email, byte[] totp, string to)
    {
        await visit.Submit("/account/sign-in?to=" + Uri.EscapeDataString(to), Fields(("Form.Email", email), ("Form.Secret", Secret)));
        var second = await visit.Submit("/account/second-factor?to=" + Uri.EscapeDataString(to), Fields(("Form.Code", platform.CodeOf(totp))));
        return await visit.Client.GetAsync(second.Headers.Location!.ToString(), TestContext.Current.CancellationToken);
    }

    /// <summary>A new half minute each time: a code is good once.</summary>
    public static string CodeOf(this Platform platform, byte[] secret)
    {
        platform.Clock.Advance(TimeSpan.FromSeconds(31));
        return Totp.CodeAt(secret, platform.Clock.GetUtcNow());
    }

    public static async Task<Guid> AccountOf(this Platform platform, string email)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<Account>().Where(a => a.Email == email).Select(a => a.Id).SingleAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<IReadOnlyList<RoleGrant>> RolesOf(this Platform platform, Guid account)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account).ToListAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Gives a role that counts.</summary>
    public static Task Gives(this TestZone zone, Guid account, Role role) => zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Give", zone.Id, house =>
    {
        var grant = RoleGrant.Give(account, zone.Id, role, null, null, "given", zone.Platform.Clock.GetUtcNow());
        grant.Confirm(Guid.NewGuid(), zone.Platform.Clock.GetUtcNow());
        house.Add(grant);
        return Task.FromResult(true);
    }, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"https?://\S+", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
