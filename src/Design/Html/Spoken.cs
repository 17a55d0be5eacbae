using System.Globalization;

namespace VictimSupport.Design.Html;

/// <summary>Words and dates in a reader's language, whatever the request's or the job's is.</summary>
public static class Spoken
{
    /// <param name="language">One of the portal's: fr, nl, de, en.</param>
    /// <param name="say">What is said in it.</param>
    public static T In<T>(string language, Func<T> say)
    {
        var (words, shapes) = (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture);
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language + "-BE");
        try { return say(); }
        finally { (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (words, shapes); }
    }
}
