using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Carries the link to the partner. Asked when it leaves: what was withdrawn meanwhile does not.</summary>
internal sealed class LinkMail(IWriteToPartners partners, PortalAddress portal, IMediator pipeline) : IDeliver
{
    public const string KindName = "referral-link";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } referral || await pipeline.Send(new Ask(referral), ct) is not { } leaving) return;
        if (await partners.SendLink(leaving.Partner, message.Key, leaving.Reference, portal.To($"/{zone.Code}{PartnerAnswers.Path}{leaving.Token}"), leaving.Until, ct)) await pipeline.Send(new Done(referral), ct);
    }

    internal sealed record Leaving(Guid Partner, string Reference, string Token, DateTimeOffset Until)
    {
        // The token is the key.
        public override string ToString() => "•••";
    }

    /// <summary>What shall leave; null: it left, or is not to leave any more.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Ask(Guid Referral) : IQuery<Leaving?>;

    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Referral) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Ask, Leaving?>, IRequestHandler<Done, bool>
    {
        public async Task<Leaving?> Handle(Ask query, CancellationToken ct) =>
            await zone.Set<Referral>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Referral, ct) is { Waiting: { } token, ConsentId: not null, IsOver: false, LinkId: { } id } referral
                && await zone.Set<Link>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == id, ct) is { } link && link.IsAlive(clock.GetUtcNow())
                ? new Leaving(referral.PartnerId, link.Reference, token.Value, link.Expires) : null;

        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == command.Referral, ct) is not { } referral) return false;
            var first = !referral.WentOut;
            referral.Left();
            // It was withdrawn while the mail was on its way: then the partner has something to erase after all.
            if (first && referral.State == ReferralState.Withdrawn) zone.Add(referral.Stop(clock.GetUtcNow()));
            return true;
        }
    }
}

/// <summary>Asks the partner to stop and to erase, once.</summary>
internal sealed class StopMail(IWriteToPartners partners, IMediator pipeline) : IDeliver
{
    public const string KindName = "referral-stop";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } referral || await pipeline.Send(new Ask(referral), ct) is not { } stopping) return;
        await partners.AskToErase(stopping.Partner, message.Key, stopping.Reference, ct);
        await pipeline.Send(new Done(referral), ct);
    }

    internal sealed record Stopping(Guid Partner, string Reference);

    /// <summary>null: it was told.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Ask(Guid Referral) : IQuery<Stopping?>;

    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Referral) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Ask, Stopping?>, IRequestHandler<Done, bool>
    {
        public async Task<Stopping?> Handle(Ask query, CancellationToken ct) => await zone.Set<Referral>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Referral, ct) is { Reference: { } reference } referral && !await WasTold(query.Referral, ct)
            ? new Stopping(referral.PartnerId, reference) : null;

        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            if (await WasTold(command.Referral, ct)) return false;
            var referral = await zone.Set<Referral>().AsNoTracking().SingleAsync(r => r.Id == command.Referral, ct);
            zone.Add(Milestone.Reached(referral.DossierId, MilestoneKind.PartnerTold, Milestone.ThePlatform, clock.GetUtcNow(), about: referral.Id));
            return true;
        }

        private Task<bool> WasTold(Guid referral, CancellationToken ct) => zone.Set<Milestone>().AnyAsync(m => m.About == referral && m.Kind == MilestoneKind.PartnerTold, ct);
    }
}
