using System.Security.Cryptography;
using System.Text;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Counting;

/// <summary>By what a person is recognised within a year and zone: a keyed hash of the letters of their name, in the order of the alphabet, so that accents, particles, spaces and the order of names do not matter.
/// Two people of one name are taken for one, on purpose: the figures promise that nobody counts more than twice. A spelling with other letters is not recognised.</summary>
internal static class Mark
{
    /// <returns>null: too little is known to recognise them by.</returns>
    public static Guid? Of(Particulars who, int year, byte[] key)
    {
        var (given, family, phone) = (Letters(who.GivenName), Letters(who.FamilyName), PhoneNumber.ToE164(who.Phone));
        // One name alone is shared by a whole family; with the telephone it is not.
        var known = given.Length > 0 && family.Length > 0 ? "name " + Sorted(given + family) : phone is not null ? $"phone {Sorted(given + family)} {phone}" : null;
        // A year is part of it: nothing leads from the marks of one year to those of another.
        return known is null ? null : new Guid(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{year} {known}")).AsSpan(0, 16));
    }

    private static string Letters(string name) => NameForms.Fold(name).Replace(" ", "", StringComparison.Ordinal);
    private static string Sorted(string letters) => string.Concat(letters.EnumerateRunes().Order());
}
