using System.Globalization;

namespace VictimSupport.OnCall;

/// <summary>Words in a reader's language, whatever the job's is.</summary>
internal static class Spoken
{
    public static T In<T>(string language, Func<T> say)
    {
        var (words, shapes) = (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture);
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language + "-BE");
        try { return say(); }
        finally { (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (words, shapes); }
    }
}
