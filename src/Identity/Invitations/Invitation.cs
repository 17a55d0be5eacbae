using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Invitations;

/// <summary>A colleague is asked in: one link, good once, for 72 hours, and perhaps a code on paper. Opening the link uses nothing up; pressing the button does.</summary>
internal sealed class Invitation : IOfZone
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(72);

    /// <summary>So many wrong codes, and the code on paper is dead.</summary>
    public const int MostTries = 5;

    public Guid Id { get; private set; }

    /// <summary>Of the link's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";

    /// <summary>The whole link, protected, from the write until the mail has left; then null.</summary>
    public string? SealedLink { get; private set; }
    public DateTimeOffset? MailSent { get; private set; }

    /// <summary>Keyed hash of the code on paper; null: there is none.</summary>
    public string? CodeHash { get; private set; }
    public int CodeTries { get; private set; }

    /// <summary>Who made the code, and has seen it.</summary>
    public Guid? CodeBy { get; private set; }
    public string Email { get; private set; } = "";
    public string NormalizedEmail { get; private set; } = "";
    public string DisplayName { get; private set; } = "";
    public string Language { get; private set; } = "fr";
    public Guid? Zone { get; private set; }
    public List<Role> Roles { get; private set; } = [];
    public DateOnly? Until { get; private set; }
    public Guid? By { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public DateTimeOffset Expires { get; private set; }
    public DateTimeOffset? Opened { get; private set; }
    public DateTimeOffset? TakenUp { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    public Promise Promise => new(Zone, Roles, Until);

    public static (Invitation Invitation, string Token) New(Invitee who, Promise promise, Guid? by, DateTimeOffset now)
    {
        if (!Addresses.IsPlain(who.Email)) throw new RefusedException("address");
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now), Email = who.Email.Trim(), NormalizedEmail = Addresses.Normal(who.Email), DisplayName = who.DisplayName.Trim(), Language = who.Language,
            Zone = promise.Zone, Roles = [.. promise.Roles], Until = promise.Until, By = by, Created = now,
        };
        return (invitation, invitation.Renew(now));
    }

    /// <summary>Another link and 72 more hours: the old link and the code on paper are dead.</summary>
    /// <exception cref="RefusedException">It was taken up or revoked.</exception>
    public string Renew(DateTimeOffset now)
    {
        if (TakenUp is not null || Revoked is not null) throw new RefusedException("invitation", Id);
        var token = Keys.New();
        (TokenHash, Expires, CodeHash, CodeBy, CodeTries, Opened, MailSent, SealedLink) = (Keys.Hash(token), now + GoodFor, null, null, 0, null, null, null);
        return token;
    }

    public bool IsOpen(DateTimeOffset now) => TakenUp is null && Revoked is null && now < Expires;

    public void WaitsForTheMail(string sealedLink) => SealedLink = sealedLink;

    /// <summary>The mail with this link has left; one that was made meanwhile stays.</summary>
    public void Sent(string tokenHash, DateTimeOffset now)
    {
        if (TokenHash == tokenHash) (SealedLink, MailSent) = (null, now);
    }

    public void Open(DateTimeOffset now) => Opened ??= now;

    /// <exception cref="RefusedException">It is no longer open.</exception>
    public void PutOnPaper(string codeHash, Guid by, DateTimeOffset now) => (CodeHash, CodeBy, CodeTries) = IsOpen(now) ? (codeHash, by, 0) : throw new RefusedException("invitation", Id);

    /// <summary>Is it the code? A wrong one counts; after five the code is dead, whatever comes.</summary>
    public bool Try(string codeHash, DateTimeOffset now)
    {
        if (!IsGoodOnPaper(now)) return false;
        if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeHash!), Encoding.ASCII.GetBytes(codeHash))) return true;
        Miss();
        return false;
    }

    public bool IsGoodOnPaper(DateTimeOffset now) => CodeHash is not null && CodeTries < MostTries && IsOpen(now);

    /// <summary>A try that led to nothing.</summary>
    public void Miss() => CodeTries++;

    /// <exception cref="RefusedException">It was used, revoked, or is too old.</exception>
    public void TakeUp(DateTimeOffset now)
    {
        if (!IsOpen(now)) throw new RefusedException("invitation", Id);
        (TakenUp, SealedLink) = (now, null);
    }

    public void Revoke(DateTimeOffset now)
    {
        if (TakenUp is null) (Revoked, SealedLink) = (Revoked ?? now, null);
    }

    internal sealed class Mapping : ICatalogMapping<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> b)
        {
            b.ToTable("invitation");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Property(i => i.TokenHash).HasMaxLength(64).IsConcurrencyToken();
            b.HasIndex(i => i.TokenHash).IsUnique();
            b.Property(i => i.SealedLink).HasMaxLength(2000);
            b.Property(i => i.CodeHash).HasMaxLength(64);
            b.Property(i => i.CodeTries).IsConcurrencyToken(); // guesses sent at once are counted one by one
            b.Property(i => i.Email).HasMaxLength(256);
            b.Property(i => i.NormalizedEmail).HasMaxLength(256);
            b.HasIndex(i => i.NormalizedEmail);
            b.Property(i => i.DisplayName).HasMaxLength(200);
            b.Property(i => i.Language).HasMaxLength(2);
            b.PrimitiveCollection(i => i.Roles).HasMaxLength(100);
            b.HasIndex(i => i.Zone);
            b.Property(i => i.TakenUp).IsConcurrencyToken();
            b.Ignore(i => i.Promise);
        }
    }
}
