using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Sends what somebody agreed to: a link to the partner, by mail or on a sheet, and a code that is said by telephone. The code, and a link for paper, are shown once. What was said by telephone as a whole is noted, without either.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Send(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Referral { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>In the answer to the press that made it, and never again.</summary>
    public string? Code { get; private set; }

    /// <summary>The whole address, for the sheet.</summary>
    public string? Address { get; private set; }
    public DateTimeOffset? Until { get; private set; }

    /// <summary>The same press sent again: what was shown the first time stays good.</summary>
    public bool WasSent { get; private set; }
    public IReadOnlyList<Choice> Ways => [.. Choice.All<SentAs>(Words.Of).Where(c => c.Value != nameof(SentAs.Mail) || View.Partner.HasMailbox)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { How = View.Partner.HasMailbox ? SentAs.Mail : View.Partner.Channel == PartnerChannel.Phone ? SentAs.Phone : SentAs.Sheet, Consent = View.Consent?.Id ?? default };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Referral), ct);

    // Not by a redirect: code and link would have to be kept somewhere meanwhile.
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var sent = await pipeline.Send(Form with { Dossier = Dossier, Referral = Referral, Once = Once }, ct);
        if (Form.How == SentAs.Phone)
        {
            TempData["Done"] = Words.Noted;
            return RedirectToPage("/Casework/Referrals/Show", new { Dossier, Referral });
        }
        (Code, Until, WasSent) = (sent?.Code, sent?.Until, sent is null);
        if (sent?.Token is { } token) Address = portal.To($"/{who.Zone!.Code}{PartnerAnswers.Path}{token}");
        await ShowAgain(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        Code = await pipeline.Send(new NewCode(Dossier, Referral, Once), ct);
        WasSent = Code is null;
        await ShowAgain(ct);
        return Page();
    }

    /// <param name="Consent">null: nothing was agreed to, so nothing goes.</param>
    /// <param name="Content">What goes.</param>
    /// <param name="IsNew">It was agreed to after what was sent last.</param>
    /// <param name="IsOutdated">Today it would say something else than what was agreed to: it does not go.</param>
    internal sealed record Answer(ReferralState State, PartnerEntry Partner, Consent? Consent, Disclosure? Content, bool IsNew, string? Reference, bool HasLink, bool IsOutdated);

    /// <param name="Code">null: it was said by telephone, and there is nothing to open.</param>
    /// <param name="Token">null: a mail carries it, or there is none.</param>
    internal sealed record Sent(string? Code, string? Token, DateTimeOffset? Until)
    {
        // Whoever read it in a log could open what was sent.
        public override string ToString() => "•••";
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Referral) : IQuery<Answer>;

    /// <summary>Answers null where the same form was sent before.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Sent?>
    {
        public SentAs? How { get; init; }

        /// <summary>The consent that was before the sender's eyes.</summary>
        public Guid Consent { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Referral { get; init; }
        internal Guid Once { get; init; }
    }

    /// <summary>A new second code, where the one before was lost or guessed at too often; that one opens nothing any more.</summary>
    [Requires(May.ChangeDossiers)]
    internal sealed record NewCode(Guid Dossier, Guid Referral, Guid Once) : ICommand<string?>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.How).NotNull().WithMessage(_ => Words.ChooseSentAs).IsInEnum().WithMessage(_ => Words.ChooseSentAs);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Gate gate, IPartners partners, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var referral = await Found.In(zone.Set<Referral>().AsNoTracking(), dossier, query.Referral, ct);
            if (referral.IsOver) throw new RefusedException("absent", dossier.Id);
            var consent = referral.ConsentId is { } id ? await zone.Set<Consent>().AsNoTracking().SingleAsync(c => c.Id == id, ct) : null;
            var now = clock.GetUtcNow();
            var alive = referral.LinkId is { } link && await zone.Set<Link>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == link, ct) is { } found && found.IsAlive(now);
            var content = consent is null ? null : await Outdated.Goes(zone, gate, referral, consent, dossier, now, ct);
            return new Answer(referral.State, (await partners.Of([referral.PartnerId], ct))[referral.PartnerId], consent, content ?? consent?.Content.Value, referral.Waiting is null && referral.SentConsent is not null && referral.SentConsent != referral.ConsentId, referral.Reference, alive,
                consent is not null && content is null);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, UseCase here, IPartners partners, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, Sent?>, IRequestHandler<NewCode, string?>
    {
        public async Task<Sent?> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var referral = await Found.In(zone.Set<Referral>(), dossier, form.Referral, ct);
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return null;
            dossier.MayPlan(ActKind.Referral);
            // Nothing leaves without consent: the one in force, and the one that was looked at.
            if (referral.IsOver || referral.ConsentId is not { } agreed || await zone.Set<Consent>().SingleOrDefaultAsync(c => c.Id == agreed && c.ReferralId == referral.Id && c.Withdrawn == null, ct) is not { } consent) throw Wrong(Words.NothingAgreed);
            if (form.Consent != consent.Id) throw Wrong(Words.ConsentChanged);
            if (await Outdated.Goes(zone, gate, referral, consent, dossier, now, ct) is not { } content) throw Wrong(Words.ConsentOutdated);
            var partner = (await partners.Of([referral.PartnerId], ct))[referral.PartnerId];
            if (!partner.IsOffered) throw Wrong(Words.ReferralPartnerEnded);
            if (form.How == SentAs.Mail && !partner.HasMailbox) throw Wrong(Words.ChooseSentAs);
            await Links.End(zone, referral, now, ct);
            var before = referral.State;
            var sent = await Goes(referral, consent, content, form.How!.Value, dossier.Id, now, ct);
            await Standstill.Follow(zone, dossier, referral, before, caller.Self, now, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Referral, caller.Self, now, code: (int)ReferralState.Sent, about: referral.Id));
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = referral.Id });
            return sent;
        }

        private async Task<Sent> Goes(Referral referral, Consent consent, Disclosure content, SentAs how, Guid dossier, DateTimeOffset now, CancellationToken ct)
        {
            var answerWithin = (await settings.Of(here.InZone.Id, ct)).ReferralAnswerWithin;
            if (how == SentAs.Phone)
            {
                referral.Say(consent, answerWithin, now);
                return new Sent(null, null, null);
            }
            var (link, token) = Link.Make(PartnerAnswers.Purpose, referral.Id, dossier, referral.PersonId, content, now, Referrals.Referral.LinkGoodFor, referral.Reference);
            var code = link.GiveCode();
            zone.Add(link);
            referral.Send(link, token, how, consent, answerWithin, now);
            if (how == SentAs.Mail) zone.Add(referral.Outbox(now));
            return new Sent(code, how == SentAs.Sheet ? token : null, link.Expires);
        }

        public async Task<string?> Handle(NewCode command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var referral = await Found.In(zone.Set<Referral>(), dossier, command.Referral, ct);
            if (command.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == command.Once, ct)) return null;
            if (referral.IsOver || referral.LinkId is not { } id || await zone.Set<Link>().SingleOrDefaultAsync(l => l.Id == id, ct) is not { } link || !link.IsAlive(now)) throw new RefusedException("absent", dossier.Id);
            if (command.Once != default) zone.Add(new Submission { Id = command.Once, Made = referral.Id });
            return link.GiveCode();
        }

        private static ValidationException Wrong(string why) => new([new ValidationFailure(nameof(Command.How), why)]);
    }
}

/// <summary>The links of a referral.</summary>
internal static class Links
{
    /// <summary>They are dead from now on, and what could be read there is gone.</summary>
    public static async Task End(ZoneDbContext zone, Referral referral, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var link in await zone.Set<Link>().Where(l => l.Purpose == PartnerAnswers.Purpose && l.About == referral.Id && l.Revoked == null).ToListAsync(ct)) link.Revoke(now);
    }
}
