using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Carries the link to the partner. Asked when it leaves: what was withdrawn meanwhile does not, nor what is no longer as it was agreed to, nor anything to a partner that the zone has ended.</summary>
internal sealed class LinkMail(IWriteToPartners partners, PortalAddress portal, IMediator pipeline) : IDeliver
{
    public const string KindName = "referral-link";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } referral || await pipeline.Send(new Ask(referral), ct) is not { } leaving) return;
        var left = await partners.SendLink(leaving.Partner, message.Key, leaving.Reference, portal.To($"/{zone.Code}{PartnerAnswers.Path}{leaving.Token}"), leaving.Until, ct);
        await pipeline.Send(new Done(referral, leaving.Link, leaving.Consent, left), ct);
    }

    internal sealed record Leaving(Guid Partner, Guid Link, Guid Consent, string Reference, string Token, DateTimeOffset Until)
    {
        // The token is the key.
        public override string ToString() => "•••";
    }

    /// <summary>What shall leave; null: it left, or is not to leave any more.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Ask(Guid Referral) : ICommand<Leaving?>;

    /// <param name="Left">false: the partner has no mailbox any more. It comes back to whoever works on the dossier.</param>
    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Referral, Guid Link, Guid Consent, bool Left) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Gate gate, IPartners partners, Trail trail, TimeProvider clock) : IRequestHandler<Ask, Leaving?>, IRequestHandler<Done, bool>
    {
        public async Task<Leaving?> Handle(Ask command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == command.Referral, ct) is not { Waiting: { } token, ConsentId: { } agreed, IsOver: false, LinkId: { } id } referral) return null;
            if (await zone.Set<Link>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == id, ct) is not { } link || !link.IsAlive(now)) return null;
            trail.Concerns(referral.DossierId, "platform");
            var leaving = new Leaving(referral.PartnerId, id, agreed, link.Reference, token.Value, link.Expires);
            if (await Outdated.TakeBack(zone, gate, referral, Bar.Changed, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.ConsentAskAnew), Milestone.ThePlatform, now, ct)) return null;
            if ((await partners.Of([referral.PartnerId], ct))[referral.PartnerId].IsOffered) return leaving;
            await DoesNotLeave(referral, () => Words.ReferralPartnerEnded, now, ct);
            return null;
        }

        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == command.Referral, ct) is not { } referral) return false;
            var (first, now) = (!referral.WentOut, clock.GetUtcNow());
            if (!command.Left)
            {
                if (referral.Waiting is null || referral.LinkId != command.Link) return false; // taken back or sent anew meanwhile, or told before
                await DoesNotLeave(referral, () => Words.LinkDidNotLeave, now, ct);
                return true;
            }
            referral.Left(command.Link, command.Consent);
            // It was withdrawn while the mail was on its way: then the partner has something to erase after all.
            if (first && referral.State == ReferralState.Withdrawn) zone.Add(referral.Stop(now));
            return true;
        }

        private async Task DoesNotLeave(Referral referral, Func<string> why, DateTimeOffset now, CancellationToken ct)
        {
            var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct);
            await Links.End(zone, referral, now, ct);
            referral.DidNotLeave(now);
            await Answered.ComesBack(zone, dossier, referral, Spoken.In(here.InZone.Record.FirstLanguage, why), now, ct);
            dossier.Touch();
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
        var asked = await partners.AskToErase(stopping.Partner, message.Key, stopping.Reference, ct);
        await pipeline.Send(new Done(referral, message.Id, asked), ct);
    }

    internal sealed record Stopping(Guid Partner, string Reference);

    /// <summary>null: it was told.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Ask(Guid Referral) : IQuery<Stopping?>;

    /// <param name="Asked">false: the partner has no mailbox any more. Somebody must tell it.</param>
    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Referral, Guid Message, bool Asked) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, TimeProvider clock) : IRequestHandler<Ask, Stopping?>, IRequestHandler<Done, bool>
    {
        public async Task<Stopping?> Handle(Ask query, CancellationToken ct) => await zone.Set<Referral>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Referral, ct) is { Reference: { } reference } referral && !await WasTold(query.Referral, ct)
            ? new Stopping(referral.PartnerId, reference) : null;

        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            if (await WasTold(command.Referral, ct)) return false;
            var (referral, now) = (await zone.Set<Referral>().AsNoTracking().SingleAsync(r => r.Id == command.Referral, ct), clock.GetUtcNow());
            if (!command.Asked)
            {
                if (await zone.Set<Submission>().AnyAsync(s => s.Id == command.Message, ct)) return false; // a kill came between this and the end of the message
                var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct);
                zone.Add(new Submission { Id = command.Message, Made = referral.Id });
                await Answered.ComesBack(zone, dossier, referral, Spoken.In(here.InZone.Record.FirstLanguage, () => Words.TellPartnerToErase), now, ct);
                dossier.Touch();
                return true;
            }
            zone.Add(Milestone.Reached(referral.DossierId, MilestoneKind.PartnerTold, Milestone.ThePlatform, now, about: referral.Id));
            return true;
        }

        private Task<bool> WasTold(Guid referral, CancellationToken ct) => zone.Set<Milestone>().AnyAsync(m => m.About == referral && m.Kind == MilestoneKind.PartnerTold, ct);
    }
}
