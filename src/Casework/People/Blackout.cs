using System.Text;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>Puts, in a text that is printed for one person, the capacity of everybody else in place of their name, and nothing in place of their telephone, e-mail or address. It knows the people of the dossier and no others: what is printed is read before it is handed over.</summary>
internal sealed class Blackout
{
    private readonly List<(string[] Words, string Instead)> names = [];
    private readonly List<string> numbers = [], lines = [];

    /// <param name="person">Whose print it is: their own name stays.</param>
    /// <param name="others">Everybody else in the dossier.</param>
    public Blackout(Particulars person, IEnumerable<(Particulars Who, Capacity Capacity)> others)
    {
        var own = Split(person.FullName).Concat(Split(Apart(person.FullName))).ToHashSet(StringComparer.Ordinal);
        foreach (var (who, capacity) in others)
        {
            var instead = $"[{Words.Of(capacity)}]";
            // With and without the apostrophe that the text may have or not: L'Inventé, Linventé.
            foreach (var (family, given) in new[] { (Split(who.FamilyName), Split(who.GivenName)), (Split(Apart(who.FamilyName)), Split(Apart(who.GivenName))) })
            {
                if (given.Length > 0 && family.Length > 0)
                {
                    names.Add(([.. given, .. family], instead));
                    names.Add(([.. family, .. given], instead));
                }
                if (given.Length > 0) names.Add((given, instead));
                if (family.Length > 0) names.Add((family, instead));
                // A double name is often said by one of its parts.
                foreach (var part in given.Concat(family).Where(p => p.Length > 3)) names.Add(([part], instead));
            }
            if (PhoneNumber.ToE164(who.Phone) is { } phone && phone != PhoneNumber.ToE164(person.Phone)) numbers.Add(phone);
            foreach (var line in new[] { who.Mail, who.Address }.OfType<string>().SelectMany(l => l.Split('\n', ',')).Select(l => l.Trim()).Where(l => l.Length > 5 && !Holds(person, l))) lines.Add(line);
        }
        // Alone, a word the person bears too is theirs; with others beside it, it names somebody else.
        names.RemoveAll(n => n.Words.All(own.Contains));
        names.Sort((a, b) => b.Words.Length.CompareTo(a.Words.Length));
        lines.Sort((a, b) => b.Length.CompareTo(a.Length));
    }

    /// <summary>The text as the person may have it.</summary>
    public string Of(string text)
    {
        var said = text;
        foreach (var line in lines) said = said.Replace(line, Nothing, StringComparison.OrdinalIgnoreCase);
        foreach (var number in numbers) said = WithoutNumber(said, number);
        return WithoutNames(said);
    }

    /// <summary>The same of the words behind the rules.</summary>
    public SafeDetails Of(SafeDetails details) => details with { Hours = May(details.Hours), WhoMayAnswer = May(details.WhoMayAnswer), WhatMayBeSaid = May(details.WhatMayBeSaid), ThirdPerson = May(details.ThirdPerson), CodeWord = May(details.CodeWord), MinorReason = May(details.MinorReason) };

    public string? May(string? text) => text is null ? null : Of(text);

    private const string Nothing = "[…]";

    // However the digits are set apart: nine of them in a row that end as the number ends.
    private static string WithoutNumber(string text, string number)
    {
        const int Telling = 8;
        var (tail, said) = (number[^Math.Min(Telling, number.Length)..], new StringBuilder(text));
        for (var start = 0; start < said.Length; start++)
        {
            if (!char.IsAsciiDigit(said[start]) && said[start] != '+') continue;
            var (digits, end) = (new StringBuilder(), start);
            for (var i = start; i < said.Length && (char.IsAsciiDigit(said[i]) || said[i] is '+' or ' ' or '.' or '/' or '-' or '(' or ')' or '\u00a0'); i++)
            {
                if (!char.IsAsciiDigit(said[i])) continue;
                digits.Append(said[i]);
                end = i + 1;
                if (digits.ToString().EndsWith(tail, StringComparison.Ordinal)) break;
            }
            if (digits.ToString().EndsWith(tail, StringComparison.Ordinal))
            {
                said.Remove(start, end - start).Insert(start, Nothing);
                start += Nothing.Length;
            }
            else
            {
                start = end;
            }
        }
        return said.ToString();
    }

    private string WithoutNames(string text)
    {
        var words = Spans(text);
        var said = new StringBuilder();
        var (at, i) = (0, 0);
        while (i < words.Count)
        {
            var hit = names.Find(n => i + n.Words.Length <= words.Count && Enumerable.Range(0, n.Words.Length).All(k => words[i + k].Folded == n.Words[k]));
            if (hit.Words is null)
            {
                i++;
                continue;
            }
            said.Append(text, at, words[i].Start - at).Append(hit.Instead);
            at = words[i + hit.Words.Length - 1].End;
            i += hit.Words.Length;
        }
        return said.Append(text, at, text.Length - at).ToString();
    }

    // Words as the names are folded: a hyphen or an apostrophe parts them.
    private static List<(int Start, int End, string Folded)> Spans(string text)
    {
        var spans = new List<(int, int, string)>();
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsOfAWord(text, i)) continue;
            var start = i;
            while (i < text.Length && IsOfAWord(text, i)) i++;
            spans.Add((start, i, Fold(text[start..i])));
        }
        return spans;
    }

    private static bool IsOfAWord(string text, int i) => char.IsLetterOrDigit(text[i]) || char.GetUnicodeCategory(text[i]) == System.Globalization.UnicodeCategory.NonSpacingMark;
    private static bool Holds(Particulars person, string line) => new[] { person.Mail, person.Address }.Any(own => own?.Contains(line, StringComparison.OrdinalIgnoreCase) == true);
    private static string Fold(string text) => NameForms.Fold(text);

    private static string[] Split(string name) => Fold(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // The folding joins what stands on both sides of an apostrophe; in a text it parts (d'Ada, Noah's).
    private static string Apart(string name) => new([.. name.Select(c => char.IsLetterOrDigit(c) ? c : ' ')]);
}
