using System.Globalization;
using FluentValidation;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Events;

/// <summary>What is typed of somebody in one line: in the quick list, at the line itself, and as a list that is taken in reads it.</summary>
internal abstract record LineForm
{
    public string GivenName { get; init; } = "";
    public string FamilyName { get; init; } = "";

    /// <summary>As people say it: 40, "± 40", "about 40".</summary>
    public string? Age { get; init; }
    public string? Phone { get; init; }
    public EventRole Role { get; init; } = EventRole.Involved;
    public EventState State { get; init; }
    public Guid? Place { get; init; }
    public string? Language { get; init; }
    public string? Seeks { get; init; }
    public string? SoughtBy { get; init; }
    public string? Note { get; init; }
    internal Guid Event { get; init; }

    /// <returns>Age and whether it is a guess; null: what was typed is no age.</returns>
    internal static (int? Years, bool About)? ReadAge(string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length == 0) return (null, false);
        var digits = string.Concat(text.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit));
        return text.Length <= 20 && digits.Length is > 0 and <= 3 && int.Parse(digits, CultureInfo.InvariantCulture) is var years and <= 120 && !text[(text.IndexOf(digits, StringComparison.Ordinal) + digits.Length)..].Any(char.IsAsciiDigit) ? (years, digits.Length < text.Length) : null;
    }

    internal LineSays Says()
    {
        var (years, about) = ReadAge(Age) ?? (null, false);
        return new LineSays(FamilyName.Trim(), GivenName.Trim(), years, about, Said(Phone), Said(Seeks), Said(SoughtBy), Said(Note));
    }

    /// <summary>What is wrong, each at its field.</summary>
    internal IEnumerable<(string Field, string Wrong)> Faults()
    {
        foreach (var (field, text, most) in new (string, string?, int)[] { (nameof(GivenName), GivenName, 200), (nameof(FamilyName), FamilyName, 200), (nameof(Seeks), Seeks, 200), (nameof(SoughtBy), SoughtBy, 200), (nameof(Note), Note, 2000) })
        {
            if (text?.Length > most) yield return (field, Words.TooLong);
        }
        if (ReadAge(Age) is null) yield return (nameof(Age), Words.NoAge);
        if (!string.IsNullOrWhiteSpace(Phone) && PhoneNumber.ToE164(Phone) is null) yield return (nameof(Phone), Words.NoPhoneNumber);
        if (!Enum.IsDefined(Role)) yield return (nameof(Role), Words.EventChooseRole);
        if (!Enum.IsDefined(State)) yield return (nameof(State), Words.EventChooseState);
        if (!string.IsNullOrEmpty(Language) && !Languages.All.Contains(Language)) yield return (nameof(Language), Words.ChooseLanguage);
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>The rules of a line, wherever it is typed.</summary>
internal static class LineRules
{
    public static void Apply<T>(AbstractValidator<T> rules) where T : LineForm => rules.RuleFor(c => c).Custom((form, context) =>
    {
        foreach (var (field, wrong) in form.Faults()) context.AddFailure(field, wrong);
    });
}
