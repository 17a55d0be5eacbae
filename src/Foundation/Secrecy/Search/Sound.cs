using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>How a name sounds, over the spellings of French, Dutch and German as they meet in Belgium. Two names that sound alike have the same key;
/// vowels count, so that Maes, Moes and Mees stay apart.</summary>
internal static class Sound
{
    // Names that travel through several alphabets are written in so many ways that no rule holds them together.
    private static readonly Dictionary<string, string> Travelled = new[]
    {
        "mohamed mohammed mohamad mohammad muhammad muhammed muhamed mehmed", "youssef yousef yusuf youcef yousuf yossef josef joseph jozef", "ahmed ahmad ahmet achmed",
        "fatima fatma fatimah", "khadija khadidja hadija", "abdallah abdullah abdellah", "ali aly", "yassine yasin yassin yacine", "mustafa mostafa moustafa", "aicha aisha ayse aycha",
        "katarzyna catharina katharina catherine katrien katrin", "stephan stefan stephane", "johan johann", "nikolaas nicolas nicolaas nikolas niklas",
    }.SelectMany(line => line.Split(' ').Select(name => (name, line.Split(' ')[0]))).ToDictionary(p => p.name, p => p.Item2, StringComparer.Ordinal);

    // In order: the longer before the shorter.
    private static readonly (string From, string To)[] Rules =
    [
        ("bvr", "vr"), ("ckx", "ks"), ("cks", "ks"), ("cx", "ks"), ("x", "ks"), ("sch", "s"), ("sh", "s"), ("tsch", "ts"), ("tch", "ts"),
        ("eij", "y"), ("aey", "y"), ("ij", "y"), ("ey", "y"), ("ei", "y"), ("eau", "o"), ("ault", "o"), ("aux", "o"), ("aud", "o"), ("auw", "ouw"), ("au", "ou"),
        ("uij", "uy"), ("ui", "uy"), ("oe", "u"), ("oo", "o"), ("ou", "u"), ("aai", "ay"), ("ai", "e"), ("ae", "a"), ("ee", "e"), ("uu", "u"), ("aa", "a"), ("ie", "i"), ("ue", "u"),
        ("ph", "f"), ("th", "t"), ("dt", "t"), ("gh", "g"), ("gn", "n"), ("qu", "kw"), ("ck", "k"), ("ch", "k"), ("rh", "r"), ("dj", "j"), ("z", "s"), ("w", "v"),
    ];

    public static string Of(string form)
    {
        if (Travelled.TryGetValue(form, out var common)) form = common;
        var text = form;
        foreach (var (from, to) in Rules) text = text.Replace(from, to, StringComparison.Ordinal);
        var key = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == 'c') c = i + 1 < text.Length && "eiy".Contains(text[i + 1], StringComparison.Ordinal) ? 's' : 'k';
            if (c == 'y' && (i == text.Length - 1 || i == 0)) c = 'i';
            if (c == 'h' && i > 0) continue;
            if (key.Length == 0 || key[^1] != c) key.Append(c);
        }
        return Ending(key.ToString());
    }

    // At the end: a silent e, the s of a family, d said as t.
    private static string Ending(string key)
    {
        if (key.Length > 3 && key[^1] == 's') key = key[..^1];
        if (key.Length > 3 && key[^1] == 'e') key = key[..^1];
        if (key.Length > 2 && key[^1] == 'd') key = key[..^1] + "t";
        return key;
    }
}
