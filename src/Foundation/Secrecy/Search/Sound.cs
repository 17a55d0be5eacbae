using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>How a name sounds, over the spellings of French, Dutch and German as they meet in Belgium. Two names that sound alike have the same key;
/// vowels count, so that Maes, Moes and Mees stay apart. Capitals in a key are sounds that one letter cannot write.</summary>
internal static class Sound
{
    // Names that travel through several alphabets are written in so many ways that no rule holds them together. Spellings of one name, not its translations:
    // who types Joseph does not mean Youssef.
    private static readonly Dictionary<string, string> Travelled = new[]
    {
        "mohamed mohammed mohamad mohammad muhammad muhammed muhamed mohamet", "youssef yousef yusuf youcef yousuf youssouf", "ahmed ahmad ahmet achmed achmad",
        "fatima fatma fatimah", "abdallah abdullah abdellah", "yassine yasin yassin yacine", "mustafa mostafa moustafa mustapha mostapha", "aicha aisha aycha aysha",
        "khadija khadidja hadija chadija", "hussein hussain hossein houssein husein", "stephan stefan stephane", "jozef joseph josef",
    }.SelectMany(line => line.Split(' ').Select(name => (name, line.Split(' ')[0]))).ToDictionary(p => p.name, p => p.Item2, StringComparer.Ordinal);

    private static readonly string[] FrenchO = ["eaux", "ault", "aulx", "eau", "aux", "aud", "aut"];

    // In order: the longer before the shorter, and a sound before the letters that it is made of.
    private static readonly (string From, string To)[] Rules =
    [
        ("tsch", "X"), ("tch", "X"), ("sch", "s"), ("chr", "kr"), ("cht", "gt"), ("ch", "X"), ("sh", "X"), ("cz", "X"),
        ("ckx", "ks"), ("cks", "ks"), ("kx", "ks"), ("cx", "ks"), ("x", "ks"), ("bvr", "vr"), ("cqu", "k"), ("qu", "k"), ("q", "k"), ("gue", "ge"), ("gui", "gi"),
        ("ph", "f"), ("th", "t"), ("dt", "t"), ("gh", "g"), ("kh", "k"), ("rh", "r"), ("dj", "j"), ("ck", "k"),
        ("wau", "wou"), ("auw", "ow"), ("ouw", "ow"), ("eau", "o"),
        ("ayer", "Yer"), ("aier", "Yer"), ("aeij", "Y"), ("aey", "Y"), ("aei", "Y"), ("eij", "Y"), ("ey", "Y"), ("ei", "Y"), ("uij", "U"), ("uy", "U"), ("ui", "U"),
        ("ij", "i"), ("y", "i"), ("aai", "ai"), ("ai", "e"), ("ie", "i"), ("oeu", "eu"), ("oe", "u"), ("ou", "u"), ("ue", "u"), ("au", "o"), ("ae", "a"),
        ("z", "s"), ("w", "v"),
    ];

    public static string Of(string form)
    {
        if (form.Length <= 2) return form.Replace('y', 'i'); // Wu is not Vu
        var text = Start(End(Travelled.GetValueOrDefault(form, form)));
        foreach (var (from, to) in Rules) text = text.Replace(from, to, StringComparison.Ordinal);
        var key = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == 'c') c = i + 1 < text.Length && text[i + 1] is 'e' or 'i' or 'Y' ? 's' : 'k';
            if (c == 'h' && i > 0) continue;
            if (key.Length == 0 || key[^1] != c) key.Append(c);
        }
        return Ending(key.ToString());
    }

    // Vanden and Vande before a consonant are one in speech.
    private static string Start(string text) =>
        text.StartsWith("qu", StringComparison.Ordinal) ? "kw" + text[2..]
        : text.StartsWith("vanden", StringComparison.Ordinal) && text.Length > 8 && !"aeiouyh".Contains(text[6], StringComparison.Ordinal) ? "vande" + text[6..]
        : text;

    private static string End(string text) => Array.Find(FrenchO, e => text.Length > e.Length + 1 && text.EndsWith(e, StringComparison.Ordinal)) is { } end ? text[..^end.Length] + "o" : text;

    // At the end: the s of a family (Janssen, Janssens), a silent es or e, d said as t.
    private static string Ending(string key)
    {
        if (key.Length > 4 && key[^1] == 's' && key[^2] is 'n' or 'r' or 'm' or 'l' or 'e') key = key[..^1];
        if (key.Length > 2 && key[^1] == 'e') key = key[..^1];
        if (key.Length > 2 && key[^1] == 'd') key = key[..^1] + "t";
        return key;
    }
}
