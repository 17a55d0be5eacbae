using System.Text;
using Microsoft.AspNetCore.Identity;

namespace VictimSupport.Identity.Accounts;

/// <summary>One address, one account: however it is capitalised or composed. Letters outside ASCII are refused where an address enters, so none can pass for another.</summary>
internal sealed class Addresses : ILookupNormalizer
{
    public string? NormalizeEmail(string? email) => email is null ? null : Normal(email);
    public string? NormalizeName(string? name) => name is null ? null : Normal(name);

    /// <summary>What an address is looked up by.</summary>
    public static string Normal(string email)
    {
        try
        {
            return email.Trim().Normalize(NormalizationForm.FormKC).ToUpperInvariant();
        }
        catch (ArgumentException)
        {
            return email.Trim().ToUpperInvariant(); // half a character: no address of anybody
        }
    }

    /// <summary>Only letters, digits and signs that look like nothing else: a work address is written so, and a Cyrillic а is not an a.</summary>
    public static bool IsPlain(string email) => email.Trim().All(c => c is > ' ' and < (char)127);

    /// <summary>What the eye reads: two addresses with the same are mistaken for each other.</summary>
    public static string Looks(string email) => Normal(email).Replace("RN", "M", StringComparison.Ordinal).Replace("VV", "W", StringComparison.Ordinal)
        .Replace('0', 'O').Replace('1', 'L').Replace('I', 'L').Replace('5', 'S').Replace('-', '.').Replace('_', '.');
}
