using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation;

/// <summary>Puts the floor under the modules: databases, keys, the pipeline, the handlers and rules found in each module.</summary>
public static class House
{
    public static IServiceCollection AddHouse(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment, IReadOnlyList<IModule> modules)
    {
        var house = new HouseModules(modules);
        services.AddSingleton(house);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new DataFolder(configuration));
        services.AddSingleton<IHoldTheMasterKey>(s => MasterKey.Read(configuration, s.GetRequiredService<DataFolder>(), environment.IsDevelopment()));
        services.AddSingleton(s => Engine.Choose(configuration, house, s.GetRequiredService<DataFolder>(), s.GetRequiredService<IHoldTheMasterKey>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new Pulse(s.GetRequiredService<Engine>()));
        services.AddSingleton(s => new CatalogDatabase(s.GetRequiredService<Engine>(), s.GetRequiredService<IHoldTheMasterKey>()));
        services.AddSingleton(s => new FiguresDatabase(s.GetRequiredService<Engine>()));
        services.AddSingleton(s => new ZoneRegistry(s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<Engine>(), s.GetRequiredService<IHoldTheMasterKey>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<IdleZones>();
        services.AddSingleton(s => new Provisioning(s.GetRequiredService<Engine>(), s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<ZoneRegistry>(), s.GetRequiredService<IHoldTheMasterKey>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new KeyCare(s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<ZoneRegistry>(), s.GetRequiredService<Engine>(), s.GetRequiredService<IHoldTheMasterKey>()));
        services.AddSingleton<AuditDesk>();
        services.AddSingleton<HouseSeal>();
        services.AddSingleton<EnterZone>();
        services.AddSingleton<Verification>();
        services.AddSingleton<Jobs.NextDue>();
        services.AddSingleton<Jobs.Sweep>();
        services.AddSingleton<Jobs.ZoneMaking>();
        services.AddTransient<Jobs.ZoneJob>();
        services.AddTransient<Jobs.HouseJob>();
        services.AddSingleton<Jobs.JobBoard>();
        services.AddSingleton(s => new HouseReport(s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<Engine>(), s.GetRequiredService<DataFolder>()));
        services.AddScoped<Jobs.IDoWhatIsDue, Links.EndLinks>();
        services.AddScoped<Jobs.IDeliver, Parcels.Carrier>();
        services.AddScoped<Parcels.Post>();
        services.AddSingleton<Mail.PortalAddress>();
        services.AddSingleton<Hosts>();
        services.AddSingleton(new FileLimit(configuration));
        services.AddSingleton(_ => Scanning.ClamAv.Or(configuration));
        if (configuration["Mail:Host"] is null) services.AddSingleton<Mail.ISendMail, Mail.FolderMail>();
        else services.AddSingleton<Mail.ISendMail, Mail.SmtpMail>();
        services.AddSingleton<Mail.ISendSms, Mail.SmsByMail>();

        services.AddScoped<WhereAndWho>();
        services.AddSingleton<WayBack>();
        services.AddScoped<UseCase>();
        services.AddSingleton<Turns>();
        services.AddScoped<IMediator, UseCases>();
        services.AddScoped(s => s.GetRequiredService<UseCase>().Zone);
        services.AddScoped(s => s.GetRequiredService<UseCase>().House);
        services.AddScoped(s => s.GetRequiredService<UseCase>().Keys);
        services.AddScoped(s => s.GetRequiredService<UseCase>().Trail);
        services.AddScoped(s => s.GetRequiredService<UseCase>().Caller);

        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(RecordRefusals<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Authorise<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Fresh<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Validate<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Transact<,>));
        foreach (var assembly in house.Assemblies.Prepend(typeof(House).Assembly)) AddSlices(services, assembly);
        foreach (var module in modules) module.Add(services);

        services.AddDataProtection().SetApplicationName("VictimSupport");
        services.AddSingleton<FormKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<FormKeys>((keys, store) => keys.XmlRepository = store);
        return services;
    }

    // Handlers and rules are found by what they are: a slice needs no line anywhere else.
    private static void AddSlices(IServiceCollection services, Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType))
            {
                var kind = contract.GetGenericTypeDefinition();
                if (kind == typeof(IRequestHandler<,>)) services.AddTransient(contract, type);
                // Rules that ask nobody are made once: making them builds their expressions.
                else if (kind == typeof(IValidator<>)) services.Add(new(contract, type, type.GetConstructor(Type.EmptyTypes) is null ? ServiceLifetime.Transient : ServiceLifetime.Singleton));
            }
        }
        EveryDoorSaysWhoMay(assembly.GetTypes());
    }

    /// <summary>A page or use case that does not say who may enter does not start the host.</summary>
    public static void EveryDoorSaysWhoMay(IEnumerable<Type> types)
    {
        foreach (var type in types.Where(t => !t.IsAbstract && (t.IsAssignableTo(typeof(IBaseRequest)) || t.IsAssignableTo(typeof(PageModel))) && Demand.Of(t) is null))
            throw new StartRefusedException($"{type.FullName} carries neither [Requires] nor [Open]. Every page and every use case says who may.");
    }
}
