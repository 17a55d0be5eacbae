using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Identity;

/// <summary>Somebody with an account, a password and an authenticator app, in front of the real pages with a browser of their own.</summary>
internal sealed class Holder : IDisposable
{
    public const string Secret = "a long sentence nobody guesses";

    private Holder(Platform platform, Guid id, string mail, byte[] totp) => (Platform, Id, Mail, Totp, Visit) = (platform, id, mail, totp, new Visit(platform, "", null));

    public Platform Platform { get; }
    public Guid Id { get; }
    public string Mail { get; }
    public byte[] Totp { get; set; }
    public Visit Visit { get; private set; }

    /// <summary>An account that holds these roles in a zone, or on the platform where none is named.</summary>
    public static async Task<Holder> Make(Platform platform, TestZone? zone, string mail, params Role[] roles)
    {
        var (id, totp, now) = (Guid.NewGuid(), VictimSupport.Identity.Accounts.Totp.NewSecret(), platform.Clock.GetUtcNow());
        await platform.Write(house =>
        {
            var account = new Account
            {
                Id = id, UserName = mail, NormalizedUserName = Addresses.Normal(mail), Email = mail, NormalizedEmail = Addresses.Normal(mail), EmailConfirmed = true, DisplayName = mail.Split('@')[0], Language = "en",
                Created = now, SecurityStamp = "s", TotpSecret = platform.Services.GetRequiredService<TotpSecrets>().Protect(totp),
            };
            account.PasswordHash = new PasswordHasher<Account>().HashPassword(account, Secret);
            house.Add(account);
            foreach (var role in roles)
            {
                var grant = RoleGrant.Give(id, zone?.Id, role, null, Guid.NewGuid(), "given", now);
                grant.Confirm(Guid.NewGuid(), now);
                house.Add(grant);
            }
            return Task.FromResult(true);
        });
        return new Holder(platform, id, mail, totp);
    }

    /// <summary>A code not used yet: half a minute goes by.</summary>
    public string Code()
    {
        Platform.Clock.Advance(TimeSpan.FromSeconds(31));
        return VictimSupport.Identity.Accounts.Totp.CodeAt(Totp, Platform.Clock.GetUtcNow());
    }

    /// <summary>Another browser of the same person.</summary>
    public Holder Elsewhere() => new(Platform, Id, Mail, Totp);

    public Task<HttpResponseMessage> Password(string to = "", string secret = Secret) => Visit.Submit("/account/sign-in?to=" + Uri.EscapeDataString(to), Fields(("Form.Email", Mail), ("Form.Secret", secret)), "form[action='/account/sign-in']");
    public Task<HttpResponseMessage> Second(string to = "", string? code = null) => Visit.Submit("/account/second-factor?to=" + Uri.EscapeDataString(to), Fields(("Form.Code", code ?? Code())));

    public async Task SignIn(string to = "")
    {
        Assert.Equal(HttpStatusCode.Redirect, (await Password(to)).StatusCode);
        var second = await Second(to);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        if (to.Length > 0) Assert.Equal(to, (await Visit.Client.GetAsync(second.Headers.Location!.ToString())).Headers.Location!.ToString());
    }

    public async Task<HttpStatusCode> Status(string path) => (await Visit.Client.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode;

    public static Dictionary<string, string> Fields(params (string, string)[] fields) => fields.ToDictionary(f => f.Item1, f => f.Item2);

    public void Dispose() => Visit.Dispose();
}

internal static class House
{
    public static Task<T> Write<T>(this Platform platform, Func<CatalogDbContext, Task<T>> work) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, work, TestContext.Current.CancellationToken);

    public static async Task<T> Look<T>(this Platform platform, Func<CatalogDbContext, Task<T>> at)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await at(house);
    }

    public static Task<Account> Account(this Platform platform, Guid id) => platform.Look(house => house.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == id));
    public static Task<List<Session>> Sessions(this Platform platform, Guid account) => platform.Look(house => house.Set<Session>().AsNoTracking().Where(s => s.Account == account).ToListAsync());

    /// <summary>Runs the house's own jobs, as the clock would.</summary>
    public static Task RunHouse(this Platform platform) => platform.Services.GetRequiredService<HouseJob>().Run(TestContext.Current.CancellationToken);

    public static IHtmlFormElement Form(this AngleSharp.Dom.IParentNode page, string selector) => (IHtmlFormElement)(page.QuerySelector(selector) ?? throw new InvalidOperationException("no form " + selector));
}
