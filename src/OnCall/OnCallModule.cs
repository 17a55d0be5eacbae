using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Contracts;

namespace VictimSupport.OnCall;

/// <summary>What zones share when nobody is at the office: pools, rota, swaps, who is on call now. Knows nobody who is helped.</summary>
public sealed class OnCallModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddSingleton<IKnowPools, Pools.PoolBook>();
        services.AddScoped<Pools.OurPools>();
        services.AddScoped<Rotas.Staff>();
        services.AddScoped<Rotas.Book>();
        services.AddScoped<CallOuts.Goes>();
        services.AddScoped<IKnowCallOuts, CallOuts.Known>();
        services.AddSingleton<IDeliverForTheHouse, CallOuts.PassedOnMail>();
        services.AddSingleton<IDeliverForTheHouse, CallOuts.CalledOutMail>();
        services.AddSingleton<IDeliverForTheHouse, CallOuts.NobodyGoesMail>();
        services.AddScoped<Warnings.Bell>();
        services.AddScoped<IRing>(s => s.GetRequiredService<Warnings.Bell>());
        services.AddScoped<ITellAtHome, Now.AtHome>();
        services.AddSingleton<Warnings.OnTheBell>();
        services.AddSingleton<IKnowDuty>(s => s.GetRequiredService<Warnings.OnTheBell>());
        services.AddScoped<IDoWhatIsDue, Rotas.Leavers>();
        services.AddScoped<IDoWhatIsDue, Rotas.ClearShiftNews>();
        services.AddScoped<IDoWhatIsDue, Warnings.Gaps>();
        services.AddScoped<IDoWhatIsDue, Now.ForgetNotes>();
        services.AddSingleton<IDeliverForTheHouse, Warnings.GapMail>();
        services.AddSingleton<IDeliverForTheHouse, Pools.PoolAskedMail>();
        services.AddSingleton<IDeliverForTheHouse, Swaps.SwapAskedMail>();
        services.AddSingleton<IDeliverForTheHouse, Swaps.SwapAnsweredMail>();
        services.AddSingleton<IDeliverForTheHouse, Rotas.ShiftMail>();
        services.AddSingleton<ITellRota, Demo.StoryRota>();
        services.AddSingleton<IInMenu, OnCallInMenu>();
        services.AddSingleton<IInMenu, PoolsInMenu>();
        services.AddSingleton<IInMenu, DutyLinkInMenu>();
    }

    public void Map(WebApplication app) => Calendars.ReadFeed.Map(app);

    private sealed class OnCallInMenu : IInMenu
    {
        public int Order => 26;
        public May Deed => May.SeeWhoIsOnCall;
        public string Path => "/on-call";
        public string Text => Words.OnCallTitle;
    }

    private sealed class PoolsInMenu : IInMenu
    {
        public int Order => 837;
        public May Deed => May.KeepPools;
        public string Path => "/admin/pools";
        public string Text => Words.PoolsTitle;
    }

    private sealed class DutyLinkInMenu : IInMenu
    {
        public int Order => 838;
        public May Deed => May.KeepRota;
        public string Path => "/admin/duty-link";
        public string Text => Words.DutyLinkTitle;
    }
}
