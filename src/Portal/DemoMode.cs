namespace VictimSupport.Portal;

/// <summary>Demo mode: fictitious zones and a picker of accounts without password. Only in development; elsewhere asking for it stops the start.</summary>
internal static class DemoMode
{
    public static bool Is(IConfiguration configuration, IHostEnvironment environment) => environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", true);
}
