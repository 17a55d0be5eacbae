using FluentValidation;
using Microsoft.AspNetCore.Identity;

namespace VictimSupport.Identity.Accounts;

/// <summary>Refuses the passwords that everybody tries first, and those made of one's own address.</summary>
internal sealed class Passwords : IPasswordValidator<Account>
{
    public const int Shortest = 12;

    private static readonly string[] Commonest =
    [
        "password", "passwort", "wachtwoord", "motdepasse", "azerty", "qwerty", "qwertz", "123456789", "1234567890", "welkom", "bienvenue", "willkommen", "welcome", "politie", "police", "polizei", "slachtoffer", "victime", "letmein", "iloveyou",
    ];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(password is null || IsCommon(password) || IsOwnAddress(password, user.Email) ? IdentityResult.Failed(new IdentityError { Code = "PasswordTooCommon" }) : IdentityResult.Success);

    // What remains when the common words, digits and signs are taken out must still be something.
    private static bool IsCommon(string password)
    {
        var rest = password.ToLowerInvariant();
        foreach (var word in Commonest) rest = rest.Replace(word, "", StringComparison.Ordinal);
        return rest.Length < password.Length && rest.Count(char.IsLetter) < 4;
    }

    private static bool IsOwnAddress(string password, string? mail) => mail?.Split('@')[0] is { Length: > 3 } name && password.Contains(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What every form asks of a new password and of a code of the app that was just set up.</summary>
internal static class NewFactors
{
    public static void NewPassword<T>(this AbstractValidator<T> rules, System.Linq.Expressions.Expression<Func<T, string>> secret, System.Linq.Expressions.Expression<Func<T, string>> again)
    {
        var typed = secret.Compile();
        rules.RuleFor(secret).MinimumLength(Passwords.Shortest).WithMessage(_ => Words.PasswordTooShort).MaximumLength(512).WithMessage(_ => Words.TooLong);
        rules.RuleFor(again).Must((form, text) => text == typed(form)).WithMessage(_ => Words.PasswordsDiffer);
    }

    public static void NewTotp<T>(this AbstractValidator<T> rules, TotpSecrets secrets, TimeProvider clock) where T : INewApp =>
        rules.RuleFor(c => c.Code).Must((form, typed) => secrets.Offered(form.Totp) is { } secret && Totp.StepOf(secret, typed, clock.GetUtcNow()) is not null).WithMessage(_ => Words.WrongCode);
}
