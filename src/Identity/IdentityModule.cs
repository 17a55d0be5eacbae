using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity;

/// <summary>Who somebody is: accounts, invitations, sign-in, sessions. Knows no zone and no dossier.</summary>
public sealed class IdentityModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddIdentityCore<Account>(o =>
        {
            o.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            o.User.RequireUniqueEmail = true;
            o.User.AllowedUserNameCharacters = "";
            // Length counts; rules of composition only make people write passwords down.
            o.Password.RequiredLength = Passwords.Shortest;
            o.Password.RequireDigit = o.Password.RequireLowercase = o.Password.RequireUppercase = o.Password.RequireNonAlphanumeric = false;
            o.Password.RequiredUniqueChars = 5;
            o.Lockout.MaxFailedAccessAttempts = 5;
            o.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
        }).AddPasswordValidator<Passwords>();
        services.AddScoped<IUserStore<Account>>(s => new UserOnlyStore<Account, CatalogDbContext, Guid>(s.GetRequiredService<CatalogDbContext>()));
        services.AddSingleton<SessionBook>();
        services.AddSingleton<ISessions>(s => s.GetRequiredService<SessionBook>());
        services.AddSingleton<AccountBook>();
        services.AddSingleton<IAccounts>(s => s.GetRequiredService<AccountBook>());
        services.AddSingleton<TotpSecrets>();
        services.AddSingleton<SignIn.HalfWay>();
        services.AddSingleton<PaperCodes>();
        services.AddSingleton<Door>();
        services.AddSingleton<Inviting>();
        services.AddSingleton<IInvite>(s => s.GetRequiredService<Inviting>());
        services.AddSingleton<IDeliverForTheHouse, InvitationLetter>();
        services.AddSingleton<IMakeDemoAccounts, Demo.DemoAccounts>();
        Cookies.Add(services);
    }

    public void Map(WebApplication app) => TotpPicture.Map(app);
}
