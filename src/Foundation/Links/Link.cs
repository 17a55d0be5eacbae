using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Links;

/// <summary>A way in for somebody without an account: for one purpose, until a day, revocable at any moment. What may be read there opens only after a second code that came by another way.</summary>
public sealed class Link : IHoldSealed, IOfDossier, IFallDue
{
    /// <summary>After so many wrong codes nothing opens any more until a new code is given.</summary>
    public const int MostWrongCodes = 5;

    private const int TokenBytes = 32, SaltBytes = 16, CodeRounds = 100_000;

    public Guid Id { get; private set; }

    /// <summary>What it is for, as a code of the module that made it.</summary>
    public string Purpose { get; private set; } = "";

    /// <summary>The thing it is about, such as a referral.</summary>
    public Guid About { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>Whose key seals what may be read.</summary>
    public Guid KeyOwner { get; private set; }

    /// <summary>Of the address's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";

    /// <summary>By which both sides speak of it: eight characters that tell nothing.</summary>
    public string Reference { get; private set; } = "";
    public DateTimeOffset Made { get; private set; }
    public DateTimeOffset Expires { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    /// <summary>What opens after the second code; gone once the link has ended.</summary>
    public Sealed<Disclosure>? Content { get; private set; }

    /// <summary>Salt and slow hash of the second code; null: none was given.</summary>
    public byte[]? CodeHash { get; private set; }
    public int WrongCodes { get; private set; }

    /// <summary>No code opens it until a new one is given.</summary>
    public bool IsLocked => WrongCodes >= MostWrongCodes;
    public bool IsAlive(DateTimeOffset now) => Revoked is null && now < Expires;
    public DateTimeOffset? Due => Content is null ? null : Expires;

    /// <param name="reference">The one both sides know already, where a link takes the place of another.</param>
    /// <returns>The link, and its token: known here only.</returns>
    public static (Link Link, string Token) Make(string purpose, Guid about, Guid dossier, Guid owner, Disclosure? content, DateTimeOffset now, TimeSpan goodFor, string? reference = null)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        return (new Link
        {
            Id = Guid.CreateVersion7(now), Purpose = purpose, About = about, DossierId = dossier, KeyOwner = owner, TokenHash = Hash(token), Reference = reference ?? RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 8),
            Made = now, Expires = now + goodFor, Content = content is null ? null : (Sealed<Disclosure>)content,
        }, token);
    }

    /// <summary>So many random bits need no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>A new second code of eight digits, to be said and not sent; the one before opens nothing any more.</summary>
    public string GiveCode()
    {
        var (code, salt) = (RandomNumberGenerator.GetString("0123456789", 8), RandomNumberGenerator.GetBytes(SaltBytes));
        (CodeHash, WrongCodes) = ([.. salt, .. Slowly(code, salt)], 0);
        return code;
    }

    /// <summary>Tries a code; a wrong one is counted.</summary>
    /// <param name="code">As it was typed: spaces and points do not matter.</param>
    /// <returns>What may be read; null: it was wrong, or nothing opens any more.</returns>
    public Disclosure? Open(string code)
    {
        var digits = string.Concat(code.Where(char.IsAsciiDigit));
        if (IsLocked || Content is not { } content || CodeHash is not { } hash) return null;
        if (digits.Length == 8 && CryptographicOperations.FixedTimeEquals(Slowly(digits, hash[..SaltBytes]), hash.AsSpan(SaltBytes)))
        {
            WrongCodes = 0;
            return content.Value;
        }
        WrongCodes++;
        return null;
    }

    /// <summary>Dead from now on; what could be read there is gone.</summary>
    public void Revoke(DateTimeOffset now) => (Revoked, Content, CodeHash) = (Revoked ?? now, null, null);

    /// <summary>Its time is over: what could be read there is gone.</summary>
    internal void Empty() => (Content, CodeHash) = (null, null);

    // Eight digits are few: each try shall cost.
    private static byte[] Slowly(string code, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(code, salt, CodeRounds, HashAlgorithmName.SHA256, 32);

    internal sealed class Mapping : IZoneMapping<Link>
    {
        public void Configure(EntityTypeBuilder<Link> b)
        {
            b.ToTable("link");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.Purpose).HasMaxLength(40);
            b.Property(l => l.TokenHash).HasMaxLength(64);
            b.HasIndex(l => l.TokenHash).IsUnique();
            b.Property(l => l.Reference).HasMaxLength(8);
            b.Sealed(l => l.Content, "link.content");
            b.Property(l => l.CodeHash).HasMaxLength(64);
            b.Property(l => l.WrongCodes).IsConcurrencyToken(); // two guesses at once: one finds that the other was counted
            b.HasIndex(l => new { l.Purpose, l.About });
            b.HasIndex(l => l.Expires);
            b.Ignore(l => l.IsLocked);
            b.Ignore(l => l.Due);
        }
    }
}

/// <summary>What came in by a link: it waits here until the module whose link it was collects it. Nobody without an account writes anywhere else.</summary>
public sealed class LinkAnswer : IOfDossier, IFallDue
{
    public Guid Id { get; private set; }
    public Guid LinkId { get; private set; }
    public string Purpose { get; private set; } = "";
    public Guid About { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>A code, never words of whoever answered.</summary>
    public string Answer { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset? Collected { get; private set; }
    public DateTimeOffset? Due => Collected is null ? At : null;

    public static LinkAnswer To(Link link, string answer, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), LinkId = link.Id, Purpose = link.Purpose, About = link.About, DossierId = link.DossierId, Answer = answer, At = now };

    public void Collect(DateTimeOffset now) => Collected = now;

    internal sealed class Mapping : IZoneMapping<LinkAnswer>
    {
        public void Configure(EntityTypeBuilder<LinkAnswer> b)
        {
            b.ToTable("link_answer");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.Purpose).HasMaxLength(40);
            b.Property(a => a.Answer).HasMaxLength(40);
            b.HasIndex(a => new { a.Purpose, a.Collected });
            b.HasIndex(a => a.LinkId);
            b.Ignore(a => a.Due);
        }
    }
}
