using System.Globalization;
using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Letters without what keyboards, registers and alphabets do to them.</summary>
internal static class Folding
{
    /// <summary>Small letters and digits, words parted by one space; accents, apostrophes and invisible marks gone. Folding twice changes nothing.</summary>
    public static string Plain(string name)
    {
        // An acute accent standing alone is an apostrophe; normalisation would make a space of it. Half a surrogate pair would stop normalisation.
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)).Replace('´', '\'').Normalize(NormalizationForm.FormKD);
        var plain = new StringBuilder(whole.Length);
        foreach (var rune in whole.EnumerateRunes())
        {
            var small = Rune.ToLowerInvariant(rune); // after normalisation: only then is the Turkish İ an i
            if (Spelled(small.Value) is { } letters) plain.Append(letters);
            else if (Rune.GetUnicodeCategory(small) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter || (small.IsAscii && Rune.IsDigit(small))) plain.Append(small);
            else if (Parts(small) && plain is [.., not ' ']) plain.Append(' ');
        }
        return plain.ToString().TrimEnd();
    }

    /// <summary>The other way to write the same name without its accents: Müller as Mueller, Şahin as Shahin; the name itself when there is none.</summary>
    public static string SpelledOut(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)).Normalize(NormalizationForm.FormC))
            text.Append(char.ToLowerInvariant(c) switch { 'ä' => "ae", 'ö' or 'ø' => "oe", 'ü' => "ue", 'å' => "aa", 'ş' or 'ș' or 'š' => "sh", _ => c.ToString() });
        return text.ToString();
    }

    private static string? Spelled(int letter) => letter switch
    {
        'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'ł' => "l", 'đ' or 'ð' => "d", 'þ' => "th", 'ı' => "i", 'ħ' => "h", 'ŋ' => "ng", 'ə' => "e", 'ŧ' => "t",
        _ => null,
    };

    // An apostrophe never parts, any other punctuation does.
    private static bool Parts(Rune rune) => rune.Value is not ('\'' or '’' or '‘' or '`' or '′' or '"' or '“' or '”')
        && (Rune.IsWhiteSpace(rune) || Rune.IsPunctuation(rune) || rune.Value is '+' or '|');
}
