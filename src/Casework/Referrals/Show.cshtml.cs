using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>A referral: how it came as far as it is, every version of what was agreed to, and what can be done next.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Show(IMediator pipeline, IAccounts accounts, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Referral { get; set; }
    [BindProperty] public Turn Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public bool MayChange => who.Caller.May(May.ChangeDossiers);
    public IReadOnlyList<Choice> Answers => [.. Turn.OfPartner.Select(s => new Choice(s.ToString(), Words.Of(s)))];
    public IReadOnlyList<Choice> Reasons => Choice.All<RefusalReason>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct) => await ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Referral), ct);
        Names = await accounts.Named(View.History.Select(m => m.By).Concat(View.Consents.Select(c => c.Consent.By)).Distinct(), ct);
    }

    public Task<IActionResult> OnPostAcceptAsync(CancellationToken ct) => Go(new Turn { To = ReferralState.Accepted }, ct);
    public Task<IActionResult> OnPostRefuseAsync(CancellationToken ct) => Go(new Turn { To = ReferralState.Refused, Reason = Form.Reason }, ct);
    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken ct) => Go(new Turn { To = ReferralState.Withdrawn }, ct);
    public Task<IActionResult> OnPostAnswerAsync(CancellationToken ct) => Go(new Turn { To = Form.To, SaidByPartner = true }, ct);

    public async Task<IActionResult> OnPostSeenAsync(CancellationToken ct)
    {
        await pipeline.Send(new Seen.Command(Dossier, Referral), ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage(new { Dossier, Referral });
    }

    public string Name(Guid account) => account == Milestone.ThePlatform ? Words.ThePlatform : Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    private async Task<IActionResult> Go(Turn turn, CancellationToken ct)
    {
        await pipeline.Send(turn with { Dossier = Dossier, Referral = Referral }, ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage(new { Dossier, Referral });
    }

    internal sealed record Agreed(Consent Consent, Disclosure Content);

    internal sealed record Answer(Referral Referral, string Person, PartnerEntry Partner, bool IsOpen, IReadOnlyList<Agreed> Consents, IReadOnlyList<Milestone> History, DateTimeOffset? LinkUntil, bool IsLocked)
    {
        /// <summary>Why somebody has to look at it, once for each time it came back; null: as the state says.</summary>
        public IReadOnlyList<string?> CameBack { get; init; } = [];

        /// <summary>Among them is that the partner must be told to erase.</summary>
        public bool IsToTell { get; init; }

        /// <summary>How and when it last went to the service outside, and when that first said anything since; null: nothing is out there.</summary>
        public (SentAs How, DateTimeOffset Sent, DateTimeOffset? Acknowledged)? Receipt
        {
            get
            {
                var sent = History.LastOrDefault(m => m is { Kind: MilestoneKind.Referral, Code: (int)ReferralState.Sent });
                return Referral.SentAs is { } how && sent is not null ? (how, sent.At, History.FirstOrDefault(m => m.Kind == MilestoneKind.PartnerAnswered && m.At >= sent.At)?.At) : null;
            }
        }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Referral) : IQuery<Answer>;

    /// <summary>Brings a referral further: the person accepts, refuses or withdraws, or the partner answered a colleague.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Turn : ICommand<bool>
    {
        /// <summary>What a partner may answer.</summary>
        public static readonly IReadOnlyList<ReferralState> OfPartner = [ReferralState.Received, ReferralState.TakenUp, ReferralState.CannotTakeUp, ReferralState.DidNotCome];

        public ReferralState? To { get; init; }
        public RefusalReason Reason { get; init; }
        internal bool SaidByPartner { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Referral { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Turn>
    {
        public Rules()
        {
            RuleFor(c => c.To).Must((c, to) => to is { } state && (c.SaidByPartner ? Turn.OfPartner.Contains(state) : state is ReferralState.Accepted or ReferralState.Refused or ReferralState.Withdrawn)).WithMessage(_ => Words.ReferralChooseAnswer);
            RuleFor(c => c.Reason).IsInEnum().WithMessage(_ => Words.ChooseReason);
        }
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, IPartners partners, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var referral = await Found.In(zone.Set<Referral>().AsNoTracking(), dossier, query.Referral, ct);
            var person = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == referral.PersonId && p.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            var consents = await zone.Set<Consent>().AsNoTracking().Where(c => c.ReferralId == referral.Id).OrderByDescending(c => c.Version).ToListAsync(ct);
            var history = await zone.Set<Milestone>().AsNoTracking().Where(m => m.DossierId == dossier.Id && m.About == referral.Id).OrderBy(m => m.At).ThenBy(m => m.Id).ToListAsync(ct);
            var link = referral.LinkId is { } id ? await zone.Set<Link>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == id, ct) : null;
            var alive = link?.IsAlive(clock.GetUtcNow()) == true;
            var back = await Answered.Unseen(zone.Set<FollowUp>().AsNoTracking(), referral, clock.GetUtcNow()).OrderBy(f => f.DueAt).ToListAsync(ct);
            return new Answer(referral, person.Identity.Value.FullName, (await partners.Of([referral.PartnerId], ct))[referral.PartnerId], dossier.IsOpen, [.. consents.Select(c => new Agreed(c, c.Content.Value))], history, alive ? link!.Expires : null, alive && link!.IsLocked) { CameBack = [.. back.Select(f => f.Text?.Value)], IsToTell = back.Exists(f => Seen.Tells(f.Id, referral)) };
        }
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IPartners partners, Tally tally, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Turn, bool>
    {
        public async Task<bool> Handle(Turn turn, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(turn.Dossier, ct), clock.GetUtcNow());
            var referral = await Found.In(zone.Set<Referral>(), dossier, turn.Referral, ct);
            var (to, before) = (turn.To!.Value, referral.State);
            if (before == to) return false; // pressed twice
            switch (to)
            {
                case ReferralState.Accepted or ReferralState.Refused when referral.State == ReferralState.Offered:
                    dossier.MayPlan(ActKind.Referral);
                    if (to == ReferralState.Accepted) referral.Accept(now);
                    else referral.Refuse(turn.Reason, now);
                    await tally.Refers(referral, ct);
                    break;
                // Nothing was agreed to yet: it is a refusal after all.
                case ReferralState.Refused when referral is { State: ReferralState.Accepted, ConsentId: null }:
                    referral.Refuse(turn.Reason, now);
                    break;
                case ReferralState.Withdrawn when referral.MayBeWithdrawn:
                    await Withdraw(referral, now, ct);
                    break;
                case var _ when turn.SaidByPartner && referral.IsAsked:
                    await Answered.By(zone, dossier, referral, to, caller.Self, (await settings.Of(here.InZone.Id, ct)).ReferralAnswerWithin, now, ct);
                    dossier.Touch();
                    return true;
                default:
                    throw new ValidationException([new ValidationFailure(nameof(Turn.To), Words.ReferralCameFurther(Words.Of(referral.State)))]);
            }
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Referral, caller.Self, now, code: (int)to, about: referral.Id));
            // What was planned ends before a partner is to be told: that is still to be done.
            await Standstill.Follow(zone, dossier, referral, before, caller.Self, now, ct);
            if (to == ReferralState.Withdrawn) await TellsThePartner(dossier, referral, now, ct);
            dossier.Touch();
            return true;
        }

        // At once, whatever else: the link is dead, what waits does not leave, and who got something is told to erase it.
        private async Task Withdraw(Referral referral, DateTimeOffset now, CancellationToken ct)
        {
            await Links.End(zone, referral, now, ct);
            foreach (var consent in await zone.Set<Consent>().Where(c => c.ReferralId == referral.Id && c.Withdrawn == null).ToListAsync(ct)) consent.Withdraw(now);
            referral.Withdraw(now);
        }

        private async Task TellsThePartner(Dossier dossier, Referral referral, DateTimeOffset now, CancellationToken ct)
        {
            if (!referral.WentOut) return;
            // A mail speaks of it by the reference that came with a link.
            if (referral.Reference is not null && (await partners.Of([referral.PartnerId], ct))[referral.PartnerId].HasMailbox)
            {
                zone.Add(referral.Stop(now));
                return;
            }
            // Nobody can write to it: somebody must tell it.
            await Answered.ComesBack(zone, dossier, referral, Words.TellPartnerToErase, now, ct);
        }
    }
}

/// <summary>What follows from an answer of a partner, or from none.</summary>
internal static class Answered
{
    /// <summary>The partner answered; what it cannot do, and who did not come, comes back to whoever works on the dossier.</summary>
    public static async Task By(ZoneDbContext zone, Dossier dossier, Referral referral, ReferralState state, Guid by, TimeSpan answerWithin, DateTimeOffset now, CancellationToken ct)
    {
        referral.Answered(state, answerWithin, now);
        zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.PartnerAnswered, by, now, code: (int)state, about: referral.Id));
        if (state is ReferralState.CannotTakeUp or ReferralState.DidNotCome) await ComesBack(zone, dossier, referral, null, now, ct);
    }

    /// <summary>Somebody has to look at it now. A closed dossier stands on no worklist: there whoever worked on it last is written to, else the coordinators, and it waits on the list of referrals.</summary>
    public static async Task ComesBack(ZoneDbContext zone, Dossier dossier, Referral referral, string? text, DateTimeOffset now, CancellationToken ct)
    {
        await Standstill.Forestalls(zone, referral, now, ct);
        var act = FollowUp.BringBack(dossier.Id, referral.PersonId, referral.Id, text, dossier.AssignedTo ?? referral.By, now);
        zone.Add(act);
        if (!dossier.IsOpen)
        {
            act.WasTold();
            zone.Add(OutboxMessage.New($"{Notices.ReferralCameBack} {act.Id}", Notices.ReferralCameBack, dossier.Id, dossier.AssignedTo, now));
        }
        await NextAct.Settle(zone, dossier, ct);
    }

    /// <summary>That a referral came back, and nobody has dealt with it. What is planned for one that waits for us has not come back before its day.</summary>
    public static IQueryable<FollowUp> Unseen(IQueryable<FollowUp> acts, Referral referral, DateTimeOffset now)
    {
        var open = acts.Where(f => f.About == referral.Id && f.Done == null);
        return referral.IsWithUs ? open.Where(f => f.DueAt <= now) : open;
    }
}
