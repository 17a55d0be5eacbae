using System.Globalization;
using PhoneNumbers;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>What came of reading a telephone number.</summary>
public enum PhoneReading { Read, Empty, NotANumber, TooShort, TooLong, NobodysNumber }

/// <summary>Telephone numbers as people write them in Belgium.</summary>
public static class PhoneNumber
{
    private const string Home = "BE";
    private const int Belgium = 32, MostTyped = 40;
    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();

    /// <summary>The number in international form (E.164, <c>+32470123456</c>); null when it cannot be one. Short numbers such as 101 are nobody's.</summary>
    public static string? ToE164(string? typed) => Read(typed, out var e164) == PhoneReading.Read ? e164 : null;

    /// <summary>Reads a number and says why when it cannot: the form's message follows from it.</summary>
    public static PhoneReading Read(string? typed, out string? e164)
    {
        var reading = Parse(typed, out var number);
        e164 = reading == PhoneReading.Read ? Util.Format(number, PhoneNumberFormat.E164) : null;
        return reading;
    }

    /// <summary>As it is read aloud: national for Belgium, international else; what cannot be read is shown as it was typed.</summary>
    public static string Show(string typed) =>
        Parse(typed, out var number) == PhoneReading.Read ? Util.Format(number, number.CountryCode == Belgium ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL) : typed;

    /// <summary>A number that takes no text message, as far as its digits tell.</summary>
    public static bool IsLandline(string? typed) => Parse(typed, out var number) == PhoneReading.Read && Util.GetNumberType(number) == PhoneNumberType.FIXED_LINE;

    /// <summary>The part under which a number is found; null when it is none.</summary>
    public static SearchPart? Part(string? typed) => ToE164(typed) is { } number ? new SearchPart(PartKind.Phone, number) : null;

    private static PhoneReading Parse(string? typed, out PhoneNumbers.PhoneNumber number)
    {
        number = new PhoneNumbers.PhoneNumber();
        if (string.IsNullOrWhiteSpace(typed)) return PhoneReading.Empty;
        if (typed.Length > MostTyped) return PhoneReading.TooLong;
        if (!typed.Any(char.IsDigit)) return PhoneReading.NotANumber; // a name that is searched for: the library would throw
        // Numbers copied from an address book carry invisible direction marks.
        var plain = string.Concat(typed.Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.Format && !char.IsWhiteSpace(c))).Replace("(0)", "", StringComparison.Ordinal);
        try
        {
            number = Util.Parse(plain, Home);
        }
        catch (NumberParseException problem)
        {
            // Not a number is an answer.
            return problem.ErrorType switch { ErrorType.TOO_LONG => PhoneReading.TooLong, ErrorType.TOO_SHORT_NSN or ErrorType.TOO_SHORT_AFTER_IDD => PhoneReading.TooShort, _ => PhoneReading.NotANumber };
        }
        // Belgium dials no letters: read as keys of a telephone, a name with digits in it would be somebody's number.
        if (!number.HasExtension && plain.SkipWhile(c => !char.IsDigit(c)).Any(char.IsLetter)) return PhoneReading.NotANumber;
        if (Util.IsValidNumber(number)) return PhoneReading.Read;
        return Util.IsPossibleNumberWithReason(number) switch
        {
            PhoneNumberUtil.ValidationResult.TOO_SHORT or PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => PhoneReading.TooShort,
            PhoneNumberUtil.ValidationResult.TOO_LONG => PhoneReading.TooLong,
            _ => PhoneReading.NobodysNumber,
        };
    }
}
