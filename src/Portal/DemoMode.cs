using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Portal;

/// <summary>Demo mode: fictitious zones and a picker of accounts without password. Only in development; elsewhere asking for it stops the start.</summary>
internal static class DemoMode
{
    /// <exception cref="StartRefusedException">It is asked for outside development.</exception>
    public static bool Is(IConfiguration configuration, IHostEnvironment environment)
    {
        var asked = configuration.GetValue("Demo:Enabled", environment.IsDevelopment());
        if (asked && !environment.IsDevelopment())
            throw new StartRefusedException("Demo:Enabled is true outside development. Demo mode lets anybody in: it is never on where real people are.");
        return asked;
    }
}
