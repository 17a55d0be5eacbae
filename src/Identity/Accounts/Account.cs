using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Accounts;

/// <summary>A colleague's account. What it may do is said by roles, per zone, elsewhere.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    public string DisplayName { get; set; } = "";

    /// <summary>fr, nl, de or en: the language of the screen and of mails.</summary>
    public string Language { get; set; } = "fr";

    /// <summary>auto, light or night.</summary>
    public string Theme { get; set; } = "auto";
    public DateTimeOffset Created { get; init; }
    public DateTimeOffset? LastSignIn { get; private set; }

    /// <summary>The one before: what the account's owner is shown, to know whether it was they.</summary>
    public DateTimeOffset? PreviousSignIn { get; private set; }

    /// <summary>The second factor's secret, protected; null until it is set up.</summary>
    public string? TotpSecret { get; set; }

    /// <summary>The last half minute whose code was used: a code is good once.</summary>
    public long LastTotpStep { get; set; }

    /// <summary>Hashes of the recovery codes not used yet.</summary>
    public List<string> RecoveryCodes { get; set; } = [];

    /// <summary>A demo account has no password and is entered by the picker, in demo mode only.</summary>
    public bool IsDemo { get; init; }

    public void SignedIn(DateTimeOffset now) => (PreviousSignIn, LastSignIn) = (LastSignIn, now);

    /// <summary>Uses a code of the second factor up: each is good once, and none older than the last.</summary>
    public bool UseTotp(byte[] secret, string code, DateTimeOffset now)
    {
        if (Totp.StepOf(secret, code, now) is not { } step || step <= LastTotpStep) return false;
        LastTotpStep = step;
        Touch();
        return true;
    }

    /// <summary>Uses up a code of the app or a recovery code.</summary>
    /// <returns>Which it was; null: neither.</returns>
    public string? UseCode(TotpSecrets secrets, string code, DateTimeOffset now) =>
        TotpSecret is { } secret && UseTotp(secrets.Open(secret), code, now) ? "totp" : UseRecoveryCode(code) ? "recovery" : null;

    public bool UseRecoveryCode(string code)
    {
        if (!RecoveryCodes.Remove(Keys.HashTyped(code))) return false;
        Touch();
        return true;
    }

    /// <summary>A new second factor; the code proves that the app has it, and is used up by it.</summary>
    public void TakeTotp(TotpSecrets secrets, INewApp form, DateTimeOffset now)
    {
        var secret = secrets.Offered(form.Totp) ?? throw new RefusedException("offer", Id);
        (TotpSecret, LastTotpStep) = (secrets.Protect(secret), Totp.StepOf(secret, form.Code, now)!.Value);
        Touch();
    }

    /// <summary>New recovery codes; the earlier ones are void.</summary>
    public void TakeRecoveryCodes(IEnumerable<string> codes)
    {
        RecoveryCodes = [.. codes.Select(Keys.HashTyped)];
        Touch();
    }

    /// <summary>Of two that use the same code or change the same factor at once, in whatever process, one finds the row changed, reads again and is refused.</summary>
    private void Touch() => ConcurrencyStamp = Guid.NewGuid().ToString("N");

    internal sealed class Mapping : ICatalogMapping<Account>
    {
        public void Configure(EntityTypeBuilder<Account> b)
        {
            b.ToTable("account");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.DisplayName).HasMaxLength(200);
            b.Property(a => a.Language).HasMaxLength(2);
            b.Property(a => a.Theme).HasMaxLength(5);
            b.Property(a => a.TotpSecret).HasMaxLength(400);
            b.PrimitiveCollection(a => a.RecoveryCodes).HasMaxLength(2000);
            b.Property(a => a.UserName).HasMaxLength(256);
            b.Property(a => a.NormalizedUserName).HasMaxLength(256);
            b.Property(a => a.Email).HasMaxLength(256);
            b.Property(a => a.NormalizedEmail).HasMaxLength(256);
            b.Property(a => a.ConcurrencyStamp).HasMaxLength(64).IsConcurrencyToken();
            b.HasIndex(a => a.NormalizedEmail).IsUnique();
            b.HasMany<IdentityUserClaim<Guid>>().WithOne().HasForeignKey(c => c.UserId).IsRequired();
            b.HasMany<IdentityUserLogin<Guid>>().WithOne().HasForeignKey(c => c.UserId).IsRequired();
            b.HasMany<IdentityUserToken<Guid>>().WithOne().HasForeignKey(c => c.UserId).IsRequired();
            b.HasMany<IdentityUserPasskey<Guid>>().WithOne().HasForeignKey(c => c.UserId).IsRequired();
        }
    }

    // The tables that the framework's user store expects beside the account.
    internal sealed class Claims : ICatalogMapping<IdentityUserClaim<Guid>>
    {
        public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> b) => b.ToTable("account_claim").HasKey(c => c.Id);
    }

    internal sealed class Logins : ICatalogMapping<IdentityUserLogin<Guid>>
    {
        public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> b)
        {
            b.ToTable("account_login").HasKey(l => new { l.LoginProvider, l.ProviderKey });
            b.Property(l => l.LoginProvider).HasMaxLength(128);
            b.Property(l => l.ProviderKey).HasMaxLength(128);
        }
    }

    internal sealed class Tokens : ICatalogMapping<IdentityUserToken<Guid>>
    {
        public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> b)
        {
            b.ToTable("account_token").HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
            b.Property(t => t.LoginProvider).HasMaxLength(128);
            b.Property(t => t.Name).HasMaxLength(128);
        }
    }

    internal sealed class Passkeys : ICatalogMapping<IdentityUserPasskey<Guid>>
    {
        public void Configure(EntityTypeBuilder<IdentityUserPasskey<Guid>> b)
        {
            b.ToTable("account_passkey").HasKey(p => p.CredentialId);
            b.Property(p => p.CredentialId).HasMaxLength(1024);
            b.OwnsOne(p => p.Data).ToJson();
        }
    }
}
