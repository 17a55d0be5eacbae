using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Invitations;

/// <summary>A colleague is asked in: one link, good once, for 72 hours. Opening it uses nothing up; pressing the button does.</summary>
internal sealed class Invitation : IOfZone
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(72);

    public Guid Id { get; private set; }

    /// <summary>Of the link's 256 random bits only this hash is kept.</summary>
    public string TokenHash { get; private set; } = "";
    public string Email { get; private set; } = "";
    public string DisplayName { get; private set; } = "";
    public Guid? Zone { get; private set; }
    public Role Role { get; private set; }
    public DateOnly? Until { get; private set; }
    public Guid? By { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public DateTimeOffset Expires { get; private set; }
    public DateTimeOffset? TakenUp { get; private set; }
    public DateTimeOffset? Revoked { get; private set; }

    public Promise Promise => new(Zone, Role, Until);

    public static (Invitation Invitation, string Token) New(string email, string name, Promise promise, Guid? by, DateTimeOffset now)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        return (new Invitation
        {
            Id = Guid.CreateVersion7(now), TokenHash = Hash(token), Email = email.Trim(), DisplayName = name.Trim(), Zone = promise.Zone, Role = promise.Role, Until = promise.Until, By = by, Created = now, Expires = now + GoodFor,
        }, token);
    }

    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
    public bool IsOpen(DateTimeOffset now) => TakenUp is null && Revoked is null && now < Expires;

    /// <exception cref="RefusedException">It was used, revoked, or is too old.</exception>
    public void TakeUp(DateTimeOffset now) => TakenUp = IsOpen(now) ? now : throw new RefusedException("invitation", Id);
    public void Revoke(DateTimeOffset now) => Revoked = TakenUp is null ? now : Revoked;

    internal sealed class Mapping : ICatalogMapping<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> b)
        {
            b.ToTable("invitation");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Property(i => i.TokenHash).HasMaxLength(64);
            b.HasIndex(i => i.TokenHash).IsUnique();
            b.Property(i => i.Email).HasMaxLength(256);
            b.Property(i => i.DisplayName).HasMaxLength(200);
            b.HasIndex(i => i.Zone);
            b.Property(i => i.TakenUp).IsConcurrencyToken();
            b.Ignore(i => i.Promise);
        }
    }
}

/// <summary>The part of the contract that other modules call.</summary>
internal sealed class Inviting : IInvite
{
    public string Invite(CatalogDbContext house, string email, string displayName, Promise promise, Guid? by, DateTimeOffset now)
    {
        var (invitation, token) = Invitation.New(email, displayName, promise, by, now);
        house.Add(invitation);
        return "/account/invitation/" + token;
    }

    public async Task<IReadOnlyList<InvitationState>> Of(CatalogDbContext house, Guid? zone, CancellationToken ct) =>
        [.. (await house.Set<Invitation>().AsNoTracking().Where(i => i.Zone == zone).OrderByDescending(i => i.Id).Take(200).ToListAsync(ct))
            .Select(i => new InvitationState(i.Id, i.Email, i.DisplayName, i.Zone, i.Role, i.Expires, i.TakenUp, i.Revoked))];

    public async Task Revoke(CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct) =>
        (await house.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == invitation && i.Zone == zone, ct) ?? throw new RefusedException("absent", invitation)).Revoke(now);
}
