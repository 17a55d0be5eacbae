using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;
using VictimSupport.Identity.Notices;
using VictimSupport.Identity.Passkeys;
using VictimSupport.Identity.Recoveries;
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
        }).AddPasswordValidator<Passwords>();
        services.AddScoped<ILookupNormalizer, Addresses>();
        // Saved by the pipeline, with the audit record, not by the store.
        services.AddScoped<IUserStore<Account>>(s => new UserOnlyStore<Account, CatalogDbContext, Guid>(s.GetRequiredService<CatalogDbContext>()) { AutoSaveChanges = false });
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddScoped<Ceremony>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IConfiguration>((o, configuration) =>
        {
            var domain = o.ServerDomain = configuration["Identity:ServerDomain"] ?? "localhost";
            o.UserVerificationRequirement = o.ResidentKeyRequirement = "required";
            o.AttestationConveyancePreference = "none";
            o.ValidateOrigin = said => new(Ceremony.IsOurs(said, domain));
        });
        services.AddSingleton(s => SessionLimits.Read(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<SessionBook>();
        services.AddSingleton<ISessions>(s => s.GetRequiredService<SessionBook>());
        services.AddSingleton<AccountBook>();
        services.AddSingleton<IAccounts>(s => s.GetRequiredService<AccountBook>());
        services.AddSingleton<TotpSecrets>();
        services.AddSingleton<SignIn.HalfWay>();
        services.AddScoped<SignIn.PlaceDoor>();
        services.AddSingleton<Home.Rounds>();
        services.AddSingleton<PaperCodes>();
        services.AddSingleton<Door>();
        services.AddSingleton<Inviting>();
        services.AddSingleton<IInvite>(s => s.GetRequiredService<Inviting>());
        services.AddSingleton<IDeliverForTheHouse, InvitationLetter>();
        services.AddSingleton<SignIn.KeptForms>();
        services.AddSingleton<IMakeDemoAccounts, Demo.DemoAccounts>();
        services.AddScoped<Ladder>();
        services.AddScoped<IAwaitASecondPerson, Ladder>();
        foreach (var kind in Enum.GetValues<NoticeKind>()) services.AddSingleton<IDeliverForTheHouse>(s => ActivatorUtilities.CreateInstance<NoticeMail>(s, kind));
        services.AddSingleton<IInMenu, RecoveriesInMenu>();
        services.AddSingleton<IInMenu, Clients.ClientsInMenu>();
        services.AddSingleton<Federations.Providers>();
        services.AddSingleton<IKnowProviders, Federations.ProvidersOfZones>();
        services.AddSingleton<Federations.Trips>();
        services.AddSingleton<Federations.HomeRule>();
        services.AddScoped<IAwaitASecondPerson, Federations.Changes>();
        services.AddSingleton<IInMenu, Federations.FederationInMenu>();
        Tokens.TokenServer.Add(services);
        Cookies.Add(services);
    }

    public void Map(WebApplication app)
    {
        SessionClock.Map(app);
        Tokens.TokenServer.Map(app);
    }
}
