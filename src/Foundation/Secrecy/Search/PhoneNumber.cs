using PhoneNumbers;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Telephone numbers as people write them in Belgium.</summary>
public static class PhoneNumber
{
    private const string Home = "BE";
    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();

    /// <summary>The number in international form (E.164, <c>+32470123456</c>); null when it cannot be one. Short numbers such as 101 are nobody's.</summary>
    public static string? ToE164(string? typed)
    {
        if (Read(typed) is not { } number) return null;
        return Util.Format(number, PhoneNumberFormat.E164);
    }

    /// <summary>As it is read aloud: national for Belgium, international else; what cannot be read is shown as it was typed.</summary>
    public static string Show(string typed) =>
        Read(typed) is { } number ? Util.Format(number, number.CountryCode == 32 ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL) : typed;

    /// <summary>The part under which a number is found; null when it is none.</summary>
    public static SearchPart? Part(string? typed) => ToE164(typed) is { } number ? new SearchPart(PartKind.Phone, number) : null;

    private static PhoneNumbers.PhoneNumber? Read(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed) || typed.Length > 40) return null;
        try
        {
            var number = Util.Parse(typed.Replace("(0)", "", StringComparison.Ordinal), Home);
            return Util.IsValidNumber(number) ? number : null;
        }
        catch (NumberParseException)
        {
            return null; // not a number is an answer
        }
    }
}
