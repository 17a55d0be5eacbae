using System.Globalization;
using System.Text;

namespace VictimSupport.Identity.Invitations;

/// <summary>Whether two addresses lead to one mailbox, or are written so that a reader takes one for the other: other case, tags after a plus, dots,
/// accents, invisible characters, letters of another alphabet.</summary>
internal static class Mailbox
{
    private const string Foreign = "аеорсухіјѕһԁԛԝкмтвнɡɑοανρτυικεγıłøß", Latin = "aeopcyxijshdqwkmtbhgaoavptuikeyilos";

    public static bool AreOne(string one, string other) => Bones(one) == Bones(other);

    private static string Bones(string address)
    {
        var plain = new StringBuilder();
        foreach (var letter in address.Trim().Normalize(NormalizationForm.FormKD).ToLowerInvariant())
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator) continue;
            var at = Foreign.IndexOf(letter, StringComparison.Ordinal);
            plain.Append(at < 0 ? letter : Latin[at]);
        }
        var whole = plain.ToString();
        var end = whole.LastIndexOf('@');
        if (end < 0) return whole;
        var local = whole[..end].Split('+')[0].Replace(".", "", StringComparison.Ordinal);
        return local + whole[end..];
    }
}
