using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Passkeys;

/// <summary>What a browser needs to ask an authenticator, and what must come back with the answer.</summary>
/// <param name="Options">For <c>navigator.credentials</c>, as JSON.</param>
/// <param name="Challenge">Sealed: what was asked, of whom, when.</param>
internal sealed record Asked(string Options, string Challenge);

/// <summary>The two acts of a passkey, on the framework's handler: made once, shown at each sign-in. Bound to our domain and to a challenge that is good once;
/// the authenticator must have verified its user, so a passkey is possession and knowledge (or a finger) in one.</summary>
internal sealed class Ceremony(IPasskeyHandler<Account> handler, UserManager<Account> accounts, CatalogDbContext house, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>How long a page with a challenge may stand open: somebody fetches the telephone, or coffee.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly IDataProtector protector = protection.CreateProtector("passkey challenge");

    /// <summary>To make a passkey for this account.</summary>
    public async Task<Asked> AskToMake(Account account)
    {
        var entity = new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.Email!, DisplayName = account.DisplayName };
        var asked = await handler.MakeCreationOptionsAsync(entity, new DefaultHttpContext());
        return new Asked(asked.CreationOptionsJson, Seal("make", asked.AttestationState));
    }

    /// <summary>To show one: of this account, or of whoever sits there.</summary>
    public async Task<Asked> AskToShow(Account? account)
    {
        var asked = await handler.MakeRequestOptionsAsync(account, new DefaultHttpContext());
        return new Asked(asked.RequestOptionsJson, Seal("show", asked.AssertionState));
    }

    /// <summary>The new passkey; null: the answer is not to our question.</summary>
    public async Task<UserPasskeyInfo?> Made(Account account, string answer, string challenge, string origin, CancellationToken ct)
    {
        if (Open("make", challenge) is not { } state || !await Spend(state, ct)) return null;
        var made = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = At(origin), CredentialJson = answer, AttestationState = state });
        return made.Succeeded && made.UserEntity?.Id == account.Id.ToString() ? made.Passkey : null;
    }

    /// <summary>Whose passkey was shown, its counter moved on; null: the answer is not to our question.</summary>
    /// <param name="of">Only this account's, where one is known.</param>
    public async Task<Account?> Shown(string answer, string challenge, string origin, Guid? of, CancellationToken ct)
    {
        if (Open("show", challenge) is not { } state) return null;
        var shown = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = At(origin), CredentialJson = answer, AssertionState = state });
        if (!shown.Succeeded || (of is { } expected && shown.User!.Id != expected) || !await Spend(state, ct)) return null;
        await accounts.AddOrUpdatePasskeyAsync(shown.User!, shown.Passkey!);
        return shown.User;
    }

    // What was sealed, not how it was spelled: one text has several spellings.
    private Task<bool> Spend(string state, CancellationToken ct) => Spent.Spend(house, "passkey " + state, clock.GetUtcNow(), GoodFor, ct);

    private string Seal(string purpose, string? state) => protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{purpose} {clock.GetUtcNow().ToUnixTimeSeconds()} {state}"));

    private string? Open(string purpose, string challenge)
    {
        try
        {
            var parts = protector.Unprotect(challenge).Split(' ', 3);
            var since = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture));
            return parts[0] == purpose && clock.GetUtcNow() - since < GoodFor ? parts[2] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The handler asks a request only where it was sent to.</summary>
    private static DefaultHttpContext At(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var at)
        ? new DefaultHttpContext { Request = { Scheme = at.Scheme, Host = new HostString(at.Authority) } }
        : new DefaultHttpContext();

    /// <summary>Is this where our pages stand? The browser says under which origin it asked; it must be the one the answer was sent to, in our domain, and encrypted unless it never leaves the machine.</summary>
    public static bool IsOurs(PasskeyOriginValidationContext said, string domain) => !said.CrossOrigin && Uri.TryCreate(said.Origin, UriKind.Absolute, out var origin)
        && origin.Authority == said.HttpContext.Request.Host.Value && (origin.Host == domain || origin.Host.EndsWith("." + domain, StringComparison.Ordinal))
        && (origin.Scheme == Uri.UriSchemeHttps || origin.Host == "localhost");
}
