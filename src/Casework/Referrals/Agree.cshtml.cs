using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Somebody agrees to what one partner may be told: ticked, shown line by line, then agreed to. What was shown is what is kept, and what goes.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Agree(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Referral { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>What would go; null: nothing was ticked yet.</summary>
    public Disclosure? Preview => View.Preview;
    public string Shown => Preview is { } preview ? Disclosing.Print(preview) : "";
    public IReadOnlyList<Choice> Fields => [.. View.Possible.Select(f => new Choice(f.ToString(), Words.Of(f)))];
    public IReadOnlyList<Choice> Agreeing => [.. Choice.All<AgreedBy>(Words.Of).Where(c => c.Value != nameof(AgreedBy.Representative) || View.Representatives.Count > 0)];
    public IReadOnlyList<Choice> Representatives => [.. View.Representatives.Select(p => new Choice(p.Id.ToString(), p.Name))];
    public IReadOnlyList<Choice> Ways => Choice.All<AgreedHow>(Words.Of);
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Referral, [], null), ct);
        Form = new Command { Fields = [.. View.Before], AgreedBy = AgreedBy.Person, On = Today };
    }

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Referral, [.. Form.Fields], Form.Message), ct);

    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (Form.Fields.Count == 0) ModelState.AddModelError("Form.Fields", Words.TickSomething);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Referral = Referral, Once = Once }, ct);
        TempData["Done"] = Words.ConsentNoted;
        return RedirectToPage("/Casework/Referrals/Send", new { Dossier, Referral });
    }

    /// <param name="Before">What was ticked in the version before.</param>
    internal sealed record Answer(string Person, PartnerEntry Partner, IReadOnlyList<SharedField> Possible, IReadOnlyList<SharedField> Before, IReadOnlyList<(Guid Id, string Name)> Representatives, bool IsMinor, int Version, Disclosure? Preview);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Referral, IReadOnlyList<SharedField> Fields, string? Message) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<Guid>
    {
        public List<SharedField> Fields { get; init; } = [];

        /// <summary>What the person wants the partner to know, in words.</summary>
        public string? Message { get; init; }
        public AgreedBy? AgreedBy { get; init; }
        public Guid? Representative { get; init; }
        public AgreedHow? How { get; init; }
        public DateOnly? On { get; init; }

        /// <summary>The print of what was shown; what would go must be just that.</summary>
        public string? Shown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Referral { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Fields).NotEmpty().WithMessage(_ => Words.TickSomething);
            RuleForEach(c => c.Fields).IsInEnum().WithMessage(_ => Words.TickSomething);
            RuleFor(c => c.Message).MaximumLength(4000).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Message).NotEmpty().When(c => c.Fields.Contains(SharedField.Message)).WithMessage(_ => Words.WriteSharedMessage);
            RuleFor(c => c.AgreedBy).NotNull().WithMessage(_ => Words.ChooseAgreedBy).IsInEnum().WithMessage(_ => Words.ChooseAgreedBy);
            RuleFor(c => c.Representative).NotNull().When(c => c.AgreedBy == AgreedBy.Representative).WithMessage(_ => Words.ConsentChooseRepresentative);
            RuleFor(c => c.How).NotNull().WithMessage(_ => Words.ChooseAgreedHow).IsInEnum().WithMessage(_ => Words.ChooseAgreedHow);
            RuleFor(c => c.On).Must(d => d is { } day && day <= Moment.Day(clock.GetUtcNow()) && day > Moment.Day(clock.GetUtcNow()).AddYears(-1)).WithMessage(_ => Words.EnterConsentDay);
        }
    }

    private static async Task<IReadOnlyList<Person>> InTheirPlace(ZoneDbContext zone, Keyring keys, Guid dossier, Guid person, DateTimeOffset now, CancellationToken ct)
    {
        var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier).ToListAsync(ct);
        await keys.Fetch(people.Select(p => p.Id), ct);
        return WhoMayAgree.For(person, people, await zone.Set<Standing>().AsNoTracking().Where(s => s.PersonId == person).ToListAsync(ct), now);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard, Gate gate, IPartners partners, Keyring keys, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var referral = await Found.In(zone.Set<Referral>().AsNoTracking(), dossier, query.Referral, ct);
            if (referral.IsOver) throw new RefusedException("absent", dossier.Id);
            var partner = (await partners.Of([referral.PartnerId], ct))[referral.PartnerId];
            var now = clock.GetUtcNow();
            var (person, safe) = await Found.Person(zone, gate, referral, now, ct);
            var representatives = await InTheirPlace(zone, keys, dossier.Id, person.Id, now, ct);
            var before = await zone.Set<Consent>().AsNoTracking().Where(c => c.PersonId == person.Id && c.PartnerId == referral.PartnerId).OrderByDescending(c => c.Version).FirstOrDefaultAsync(ct);
            var possible = Disclosing.Possible(person, safe, dossier);
            var fields = query.Fields.Where(f => Enum.IsDefined(f) && (f != SharedField.Message || !string.IsNullOrWhiteSpace(query.Message))).ToList();
            // Ticked anew each time: what was agreed to before is shown as it was, and not taken as agreed to again, once it was withdrawn.
            var ticked = before is { Withdrawn: null } ? before.Fields.Where(f => f != SharedField.Message && possible.Contains(f)).ToList() : [];
            return new Answer(person.Identity.Value.FullName, partner, possible, ticked, [.. representatives.Select(p => (p.Id, p.Identity.Value.FullName))], person.IsMinorAt(now), (before?.Version ?? 0) + 1,
                fields.Count == 0 ? null : Disclosing.Write(fields, person, safe, dossier, referral.Need, query.Message, partner.Language));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, IPartners partners, Keyring keys, Tally tally, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var referral = await Found.In(zone.Set<Referral>(), dossier, form.Referral, ct);
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } sent) return sent.Made;
            dossier.MayPlan(ActKind.Referral);
            if (referral.IsOver) throw Wrong(nameof(Command.Fields), Words.ReferralIsOver);
            var (person, safe) = await Found.Person(zone, gate, referral, now, ct);
            if (!person.IsHelped) throw new RefusedException("mentioned", dossier.Id);
            if (form.AgreedBy == AgreedBy.Representative && (await InTheirPlace(zone, keys, dossier.Id, person.Id, now, ct)).All(p => p.Id != form.Representative)) throw new RefusedException("absent", dossier.Id);
            var partner = (await partners.Of([referral.PartnerId], ct))[referral.PartnerId];
            if (!partner.IsOffered) throw Wrong(nameof(Command.Fields), Words.ReferralPartnerEnded);
            var content = Disclosing.Write(form.Fields, person, safe, dossier, referral.Need, form.Message, partner.Language);
            if (content.Lines.Count == 0) throw Wrong(nameof(Command.Fields), Words.TickSomething);
            if (Disclosing.Print(content) != form.Shown) throw Wrong(nameof(Command.Fields), Words.LookAtItFirst);
            var version = await zone.Set<Consent>().Where(c => c.PersonId == person.Id && c.PartnerId == referral.PartnerId).MaxAsync(c => (int?)c.Version, ct) ?? 0;
            var consent = Consent.Give(referral, version + 1, form.Fields, content, form.AgreedBy!.Value, form.Representative, form.How!.Value, form.On!.Value, caller.Self, now);
            zone.Add(consent);
            // What goes is another thing now: what was sent before can be read no longer.
            await Links.End(zone, referral, now, ct);
            var before = referral.State;
            referral.Agrees(consent, now);
            await tally.Refers(referral, ct);
            await Standstill.Follow(zone, dossier, referral, before, caller.Self, now, ct);
            // Who thought about it and consents has accepted: the history says both.
            if (before == ReferralState.Offered) zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Referral, caller.Self, now, code: (int)ReferralState.Accepted, about: referral.Id));
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.ConsentGiven, caller.Self, now, code: consent.Version, about: referral.Id));
            dossier.Touch();
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = consent.Id });
            return consent.Id;
        }

        private static ValidationException Wrong(string field, string why) => new([new ValidationFailure(field, why)]);
    }
}
