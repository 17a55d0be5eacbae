using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Collects what partners answered at their links, and brings back what none answered in time, received or not. A command for each, so that each is recorded under its own dossier.</summary>
internal sealed class Collect : IDoWhatIsDue
{
    private const int InOneGo = 500;

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        var waiting = await pipeline.Send(new Query(), ct);
        foreach (var answer in waiting.Answers) await pipeline.Send(new Command(answer), ct);
        foreach (var referral in waiting.Silent) await pipeline.Send(new Chase(referral), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var answer = await zone.Set<LinkAnswer>().Where(a => a.Purpose == PartnerAnswers.Purpose && a.Collected == null).OrderBy(a => a.At).Select(a => (DateTimeOffset?)a.At).FirstOrDefaultAsync(ct);
        var silent = await zone.Set<Referral>().Where(r => (r.State == ReferralState.Sent || r.State == ReferralState.Received) && r.AnswerBy != null).OrderBy(r => r.AnswerBy).Select(r => r.AnswerBy).FirstOrDefaultAsync(ct);
        return answer is null || silent < answer ? silent : answer;
    }

    internal sealed record Waiting(IReadOnlyList<Guid> Answers, IReadOnlyList<Guid> Silent);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<Waiting>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Answer) : ICommand<bool>;

    /// <summary>Nobody answered: somebody has to ask.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Chase(Guid Referral) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, Waiting>, IRequestHandler<Command, bool>, IRequestHandler<Chase, bool>
    {
        public async Task<Waiting> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return new Waiting(await zone.Set<LinkAnswer>().Where(a => a.Purpose == PartnerAnswers.Purpose && a.Collected == null).OrderBy(a => a.At).ThenBy(a => a.Id).Take(InOneGo).Select(a => a.Id).ToListAsync(ct),
                await zone.Set<Referral>().Where(r => (r.State == ReferralState.Sent || r.State == ReferralState.Received) && r.AnswerBy <= now).OrderBy(r => r.AnswerBy).Take(InOneGo).Select(r => r.Id).ToListAsync(ct));
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (await zone.Set<LinkAnswer>().SingleOrDefaultAsync(a => a.Id == command.Answer && a.Collected == null, ct) is not { } answer) return false;
            answer.Collect(clock.GetUtcNow());
            // What came by a link that another took the place of, or after a withdrawal, changes nothing.
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == answer.About, ct) is not { } referral || referral.LinkId != answer.LinkId || !referral.IsAsked) return true;
            var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct);
            switch (answer.Answer)
            {
                case PartnerAnswers.Read:
                    // Nothing that somebody has open in a form changed by it: who is just writing is not told that the dossier did.
                    zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.PartnerRead, Milestone.ThePlatform, answer.At, about: referral.Id));
                    return true;
                case PartnerAnswers.Locked:
                    zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.PartnerLocked, Milestone.ThePlatform, answer.At, about: referral.Id));
                    await Answered.ComesBack(zone, dossier, referral, null, clock.GetUtcNow(), ct);
                    break;
                default:
                    if (StateOf(answer.Answer) is { } state && state != referral.State) await Answered.By(zone, dossier, referral, state, Milestone.ThePlatform, (await settings.Of(here.InZone.Id, ct)).ReferralAnswerWithin, answer.At, ct);
                    break;
            }
            dossier.Touch();
            return true;
        }

        public async Task<bool> Handle(Chase command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == command.Referral && (r.State == ReferralState.Sent || r.State == ReferralState.Received) && r.AnswerBy <= now, ct) is not { } referral) return false;
            var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == referral.DossierId, ct);
            referral.Chase(now);
            var received = referral.State == ReferralState.Received;
            if (!received) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Referral, Milestone.ThePlatform, now, code: (int)ReferralState.NoAnswer, about: referral.Id));
            await Answered.ComesBack(zone, dossier, referral, received ? Spoken.In(here.InZone.Record.FirstLanguage, () => Words.ReceivedAndSilent) : null, now, ct);
            dossier.Touch();
            return true;
        }

        private static ReferralState? StateOf(string answer) => answer switch
        {
            PartnerAnswers.Received => ReferralState.Received,
            PartnerAnswers.TakenUp => ReferralState.TakenUp,
            PartnerAnswers.CannotTakeUp => ReferralState.CannotTakeUp,
            PartnerAnswers.DidNotCome => ReferralState.DidNotCome,
            _ => null,
        };
    }
}
