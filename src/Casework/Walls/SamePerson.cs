using VictimSupport.Casework.People;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Walls;

/// <summary>May these be the same person? Asked of walls, so it leans to yes: the same telephone, or a name that fits and no other day of birth.</summary>
internal static class SamePerson
{
    public static bool May(Particulars walled, Particulars met)
    {
        if (PhoneNumber.ToE164(walled.Phone) is { } phone && phone == PhoneNumber.ToE164(met.Phone)) return true;
        if (walled.FamilyName.Length == 0 || walled.GivenName.Length == 0) return false;
        if (walled.BirthDate is { } born && met.BirthDate is { } other && born != other) return false;
        return Name(walled).Matches(met.FamilyName, met.GivenName);
    }

    public static NameQuery Name(Particulars who) => NameQuery.Parse($"{who.GivenName} {who.FamilyName}");
}
