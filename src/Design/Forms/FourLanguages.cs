using System.Globalization;
using System.Text;
using VictimSupport.Design.Html;

namespace VictimSupport.Design.Forms;

/// <summary>Words of codes and headings as they stand in a list from elsewhere, in whichever language of the portal it was written.</summary>
public static class FourLanguages
{
    /// <summary>Codes by their words, folded, in every language of the portal; a word that two share is the first's.</summary>
    /// <param name="word">The text of a key in the current language.</param>
    /// <param name="several">A text is several words, parted by semicolons.</param>
    public static Dictionary<string, T> Known<T>(IEnumerable<(T Code, string Key)> codes, Func<string, string> word, bool several = false)
    {
        var (before, known) = (CultureInfo.CurrentUICulture, new Dictionary<string, T>(StringComparer.Ordinal));
        try
        {
            foreach (var culture in Moment.Cultures)
            {
                CultureInfo.CurrentUICulture = culture;
                foreach (var (code, key) in codes)
                {
                    foreach (var one in several ? word(key).Split(';') : [word(key)]) known.TryAdd(Fold(one), code);
                }
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
        return known;
    }

    /// <summary>Small letters and digits, without accents and signs: what two spellings of one word have in common.</summary>
    public static string Fold(string word)
    {
        var plain = new StringBuilder(word.Length);
        foreach (var c in word.Normalize(NormalizationForm.FormKD)) if (char.IsLetterOrDigit(c)) plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }
}
