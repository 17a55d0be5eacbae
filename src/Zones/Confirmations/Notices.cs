using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Confirmations;

/// <summary>What is told of a role, written in the transaction that gave or confirmed it and carried out once: those who may confirm hear that something waits,
/// the data-protection officer that a role counts. Kinds, no names.</summary>
internal static class Notices
{
    public const string Waits = "role-waits", Counts = "role-counts";

    /// <summary>A role was given.</summary>
    public static void Given(CatalogDbContext house, RoleGrant grant, DateTimeOffset now) => Tell(house, grant, grant.IsUnconfirmed ? Waits : Counts, now);

    /// <summary>A second person said yes.</summary>
    public static void Confirmed(CatalogDbContext house, RoleGrant grant, DateTimeOffset now) => Tell(house, grant, Counts, now);

    private static void Tell(CatalogDbContext house, RoleGrant grant, string kind, DateTimeOffset now)
    {
        if (grant.Zone is not null) house.Add(OutboxMessage.New($"{kind} {grant.Id}", kind, grant.Id, null, now, grant.Zone));
    }
}

/// <summary>Writes to colleagues of a zone in their own language: that something is there, not what.</summary>
internal abstract class HouseMail(ISendMail mail, IAccounts accounts) : IDeliverForTheHouse
{
    public abstract string Kind { get; }
    protected abstract Task<IReadOnlyList<Guid>> To(OutboxMessage message, CancellationToken ct);
    protected abstract (string Subject, string Text) Say();

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(await To(message, ct), ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, Say);
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}

internal sealed class RoleWaitsMail(ISendMail mail, IAccounts accounts, CatalogDatabase catalog, TimeProvider clock) : HouseMail(mail, accounts)
{
    public override string Kind => Notices.Waits;
    protected override (string Subject, string Text) Say() => (Words.RoleWaitsSubject, Words.RoleWaitsText);

    protected override async Task<IReadOnlyList<Guid>> To(OutboxMessage message, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var place = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == message.Zone).ToListAsync(ct);
        return place.SingleOrDefault(g => g.Id == message.About) is { } grant && grant.IsWaiting(clock.GetUtcNow()) ? Vouching.MayConfirm(grant, place, clock.GetUtcNow()) : [];
    }
}

internal sealed class RoleCountsMail(ISendMail mail, IAccounts accounts, CatalogDatabase catalog, TimeProvider clock) : HouseMail(mail, accounts)
{
    public override string Kind => Notices.Counts;
    protected override (string Subject, string Text) Say() => (Words.RoleCountsSubject, Words.RoleCountsText);

    protected override async Task<IReadOnlyList<Guid>> To(OutboxMessage message, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return [.. (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == message.Zone && g.Role == Role.DataProtectionOfficer).ToListAsync(ct)).Where(g => g.Counts(clock.GetUtcNow())).Select(g => g.Account).Distinct()];
    }
}

internal sealed class ReviewOwedMail(ISendMail mail, IAccounts accounts) : HouseMail(mail, accounts)
{
    public override string Kind => Reviews.Reminders.Kind;
    protected override (string Subject, string Text) Say() => (Words.ReviewOwedSubject, Words.ReviewOwedText);
    protected override Task<IReadOnlyList<Guid>> To(OutboxMessage message, CancellationToken ct) => Task.FromResult<IReadOnlyList<Guid>>(message.To is { } one ? [one] : []);
}
