using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Privacy.Audit;
using VictimSupport.Privacy.Questions;
using VictimSupport.Privacy.Unusual;

namespace VictimSupport.Privacy;

/// <summary>Who looked at what, who could do what, and what was out of the ordinary: for those who answer for a zone's data. Opens no dossier.</summary>
public sealed class PrivacyModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<Lens>();
        services.AddScoped<People>();
        services.AddScoped<Reviewers>();
        services.AddScoped<ThatDay>();
        services.AddScoped<IDoWhatIsDue, Nightly>();
        services.AddSingleton<IInMenu, AuditInMenu>();
        services.AddSingleton<IInMenu, UnusualInMenu>();
    }

    private sealed class AuditInMenu : IInMenu
    {
        public int Order => 820;
        public May Deed => May.ReadTheAudit;
        public string Path => "/privacy/audit";
        public string Text => Words.AuditTitle;
    }

    private sealed class UnusualInMenu : IInMenu
    {
        public int Order => 830;
        public May Deed => May.ReviewUnusualOpenings;
        public string Path => "/privacy/unusual";
        public string Text => Words.UnusualTitle;
    }
}
