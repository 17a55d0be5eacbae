using System.Text.RegularExpressions;

namespace VictimSupport.Zones.Staff;

/// <summary>What is asked of a colleague's name, address and end date, in a form and in a file alike. Each says what is wrong, or null.</summary>
internal static partial class StaffRules
{
    // A spreadsheet takes a cell that begins so for a formula.
    private const string Formula = "=+-@\t\r＝＋－＠";

    public static bool BeginsFormula(string cell) => cell.Length > 0 && Formula.Contains(cell[0], StringComparison.Ordinal);

    public static string? WrongName(string name) =>
        string.IsNullOrWhiteSpace(name) ? Words.EnterName
        : name.Length > 200 ? Words.TooLong
        : name.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format) ? Words.ControlCharacters
        : BeginsFormula(name) ? Words.BeginsFormula
        : null;

    /// <summary>Latin letters without accents only: an address in which another alphabet's letter looks like one of them belongs to somebody else.</summary>
    public static string? WrongEmail(string email) =>
        string.IsNullOrWhiteSpace(email) ? Words.EnterEmail
        : email.Any(c => c > '~') ? Words.LooksAlike(email.First(c => c > '~'))
        : email.Trim().Length > 254 ? Words.TooLong
        : Plain().IsMatch(email.Trim()) ? null : Words.EnterEmail;

    public static string? WrongUntil(DateOnly? until, DateOnly today) => until is not { } day ? null : day <= today ? Words.UntilInPast : day > today.AddYears(5) ? Words.TooFarAway : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();
}
