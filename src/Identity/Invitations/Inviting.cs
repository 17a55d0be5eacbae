using FluentValidation;
using FluentValidation.Results;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Invitations;

/// <summary>The part of the contract that other modules call.</summary>
internal sealed class Inviting(IDataProtectionProvider protection, PaperCodes codes, IKnowRoles roles, PortalAddress portal) : IInvite
{
    public const string Kind = "invitation", Path = "/account/invitation/";
    private readonly IDataProtector links = protection.CreateProtector("invitation link");

    public string Invite(CatalogDbContext house, string email, string displayName, Promise promise, Guid? by, DateTimeOffset now)
    {
        NotOneself(house, email, by);
        var (invitation, token) = Invitation.New(new Invitee(email, displayName, "fr"), promise, by, now);
        house.Add(invitation);
        return Path + token;
    }

    public void InviteByMail(CatalogDbContext house, Invitee invitee, Promise promise, Guid by, DateTimeOffset now)
    {
        NotOneself(house, invitee.Email, by);
        var (invitation, token) = Invitation.New(invitee, promise, by, now);
        house.Add(invitation);
        Post(house, invitation, token, now);
    }

    public async Task Resend(CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct)
    {
        var found = await Find(house, invitation, zone, ct);
        Post(house, found, found.Renew(now), now);
    }

    public async Task<string> CodeForPaper(CatalogDbContext house, Guid invitation, Guid? zone, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        var (found, code) = (await Find(house, invitation, zone, ct), PaperCodes.New());
        found.PutOnPaper(codes.Hash(found.Id, code), by, now);
        return code;
    }

    public async Task<IReadOnlyDictionary<string, AddressDoubt>> Doubts(CatalogDbContext house, IReadOnlyCollection<string> emails, Guid zone, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        var own = (await house.Set<Account>().FindAsync([by], ct))?.Email;
        var staff = (await roles.StaffOf(house, zone, now, ct)).Keys.ToList();
        var known = await house.Set<Account>().AsNoTracking().Where(a => staff.Contains(a.Id)).Select(a => a.NormalizedEmail!).ToListAsync(ct);
        known.AddRange(await house.Set<Invitation>().AsNoTracking().Where(i => i.Zone == zone && i.TakenUp == null && i.Revoked == null).Select(i => i.NormalizedEmail).ToListAsync(ct));
        var seen = known.ToLookup(Addresses.Looks, StringComparer.Ordinal);
        var (found, together) = (new Dictionary<string, AddressDoubt>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var email in emails)
        {
            var (normal, looks) = (Addresses.Normal(email), Addresses.Looks(email));
            if (!Addresses.IsPlain(email)) found[email] = AddressDoubt.NotPlain;
            else if (own is not null && Mailbox.AreOne(own, email)) found[email] = AddressDoubt.Oneself;
            else if (!seen[looks].Contains(normal) && (seen[looks].Any() || (together.TryGetValue(looks, out var other) && other != normal))) found[email] = AddressDoubt.LooksLikeAnother;
            together.TryAdd(looks, normal);
        }
        return found;
    }

    public async Task<IReadOnlyList<InvitationState>> Of(CatalogDbContext house, Guid? zone, CancellationToken ct)
    {
        var invitations = await house.Set<Invitation>().AsNoTracking().Where(i => i.Zone == zone).OrderByDescending(i => i.Created).Take(500).ToListAsync(ct);
        var ids = invitations.Select(i => (Guid?)i.Id).ToList();
        var failed = await house.Set<OutboxMessage>().AsNoTracking().Where(m => m.Kind == Kind && m.Delivered == null && m.Attempts > 0 && ids.Contains(m.About)).Select(m => m.About).ToListAsync(ct);
        return [.. invitations.Select(i => new InvitationState(i.Id, i.Email, i.DisplayName, i.Zone, i.Roles, i.Until, i.Created, i.Expires, i.Opened, i.TakenUp, i.Revoked,
            i.MailSent is not null ? InvitationMail.Sent : i.SealedLink is null ? InvitationMail.None : failed.Contains(i.Id) ? InvitationMail.Failed : InvitationMail.Waiting, i.CodeHash is not null))];
    }

    public async Task Revoke(CatalogDbContext house, Guid invitation, Guid? zone, DateTimeOffset now, CancellationToken ct) => (await Find(house, invitation, zone, ct)).Revoke(now);

    /// <summary>The link as it goes into the mail.</summary>
    public string Link(Invitation invitation) => links.Unprotect(invitation.SealedLink!);

    // Every way of inviting passes here. A mailbox under another name is the same person: nobody gives himself a role.
    private static void NotOneself(CatalogDbContext house, string email, Guid? by)
    {
        if (by is { } inviter && house.Find<Account>(inviter) is { Email: { } own } && Mailbox.AreOne(own, email)) throw new ValidationException([new ValidationFailure("Email", Words.NotYourself)]);
    }

    // An invitation of another zone is not there.
    private static async Task<Invitation> Find(CatalogDbContext house, Guid invitation, Guid? zone, CancellationToken ct) =>
        await house.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == invitation && i.Zone == zone, ct) ?? throw new RefusedException("absent", invitation);

    // The key names the link, so that each link leaves once.
    private void Post(CatalogDbContext house, Invitation invitation, string token, DateTimeOffset now)
    {
        invitation.WaitsForTheMail(links.Protect(portal.To(Path + token)));
        house.Add(OutboxMessage.New($"invitation {invitation.TokenHash[..32]}", Kind, invitation.Id, null, now, invitation.Zone));
    }
}

/// <summary>Carries the link to its address. It says nothing of a zone or a role, and the link is forgotten when it has left.</summary>
internal sealed class InvitationLetter(CatalogDatabase catalog, Inviting inviting, ISendMail mail, TimeProvider clock) : IDeliverForTheHouse
{
    public string Kind => Inviting.Kind;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        if (await Waiting(message, ct) is not { } invitation) return; // sent, renewed, revoked or too late by now
        await mail.Send(Spoken.In(invitation.Language, () => new Letter(message.Key, invitation.Email, Words.InvitationSubject, Words.InvitationMail(inviting.Link(invitation)))), ct);
        await catalog.WriteAsPlatform("Identity.InvitationSent", invitation.Id, async house =>
        {
            (await house.Set<Invitation>().SingleAsync(i => i.Id == invitation.Id, ct)).Sent(invitation.TokenHash, clock.GetUtcNow());
            return true;
        }, ct);
    }

    private async Task<Invitation?> Waiting(OutboxMessage message, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == message.About && i.SealedLink != null, ct) is { } found && found.IsOpen(clock.GetUtcNow()) ? found : null;
    }
}
