using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>An officer asks the service to reach somebody, at the zone's secret address, without an account. What is sent lands in the tray; nothing of it, and nothing of anybody, is ever shown here.
/// An address that was revoked, never was, or was made up: not there.</summary>
[Open("the address is the key; it takes and never shows")]
internal sealed class Ask(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public string? Reference { get; private set; }
    public IReadOnlyList<Choice> SafeRules => Choice.All<Rule>(Words.Of);
    public IReadOnlyList<Choice> Urgencies => Choice.All<Urgency>(Words.Of);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct)
    {
        if (!await IsOpen(token, ct)) return NotFound();
        Reference = TempData["Reference"] as string;
        Form = new Command { Language = who.Zone!.Record.FirstLanguage };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (!await IsOpen(token, ct)) return NotFound();
        TempData["Reference"] = await pipeline.Send(Form with { Token = token, Once = Once }, ct);
        return RedirectToPage(new { token });
    }

    /// <exception cref="RefusedException">The address leads nowhere: whatever was sent there, nothing is there.</exception>
    public async Task ShowAgain(CancellationToken ct)
    {
        if (!await IsOpen(RouteData.Values["token"] as string ?? "", ct)) throw new RefusedException("absent");
    }

    private async Task<bool> IsOpen(string token, CancellationToken ct) => who.Zone is not null && token.Length < 100 && await pipeline.Send(new Query(token), ct);

    [Open("shows whether the address is good")]
    internal sealed record Query(string Token) : IQuery<bool>;

    [Open("the address is the key")]
    internal sealed record Command : ICommand<string>
    {
        public string Unit { get; init; } = "";
        public string Officer { get; init; } = "";
        public string OfficerPhone { get; init; } = "";
        public string? OfficialReport { get; init; }
        public string About { get; init; } = "";
        public string GivenName { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public string? Phone { get; init; }
        public Rule? MayCall { get; init; }
        public string? Condition { get; init; }
        public string Language { get; init; } = "";
        public Urgency? Urgency { get; init; }
        internal string Token { get; init; } = "";

        /// <summary>One-time id of the form: sent twice, it is one message.</summary>
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Unit).Must(Said).WithMessage(_ => Words.OfficerMissing).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Officer).Must(Said).WithMessage(_ => Words.OfficerMissing).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficerPhone).Must(p => Said(p) && p.Count(char.IsAsciiDigit) >= 3).WithMessage(_ => Words.NoPhoneNumber).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.OfficialReport).MaximumLength(60).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.About).Must(Said).WithMessage(_ => Words.SayWhatAbout).MaximumLength(Put.Rules.FewWords).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.FamilyName).Must((c, name) => Said(name) || Said(c.GivenName) || Said(c.Phone)).WithMessage(_ => Words.NameOrPhone).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.GivenName).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Phone).Must(p => !Said(p) || PhoneNumber.ToE164(p) is not null).WithMessage(_ => Words.NoPhoneNumber);
            RuleFor(c => c.MayCall).NotNull().When(c => Said(c.Phone)).WithMessage(_ => Words.ChooseSafeRule).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Condition).Must(Said).When(c => c.MayCall == Rule.OnlyIf).WithMessage(_ => Words.OnlyIfWhat).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Language).Must(Languages.All.Contains).WithMessage(_ => Words.ChooseLanguage);
            RuleFor(c => c.Urgency).NotNull().WithMessage(_ => Words.ChooseUrgency).IsInEnum().WithMessage(_ => Words.ChooseUrgency);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Trail trail, Masonry masonry, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Query, bool>, IRequestHandler<Command, string>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct) => await Link(query.Token, ct) is not null;

        public async Task<string> Handle(Command form, CancellationToken ct)
        {
            // Revoked a moment ago: not there, as ever.
            var link = await Link(form.Token, ct) ?? throw new RefusedException("absent");
            if (form.Once != default && await zone.Set<Submission>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before)
                return (await zone.Set<TrayEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == before.Made && e.ByLink == link.Id, ct) ?? throw new RefusedException("absent")).Reference;
            var officer = new TrayOfficer(form.Unit.Trim(), form.Officer.Trim(), form.OfficerPhone.Trim());
            var message = new TrayMessage(form.FamilyName.Trim(), form.GivenName.Trim(), Said(form.Phone), Said(form.Condition), form.About.Trim(), Said(form.OfficialReport), officer);
            var entry = TrayEntry.Put(message, form.MayCall ?? Rule.NotAsked, form.Language, form.Urgency!.Value, Guid.Empty, (await settings.Of(here.InZone.Id, ct)).FirstContactWithin, clock.GetUtcNow(), link.Id);
            trail.Concerns(entry.Id, "tray");
            zone.Add(entry);
            await masonry.Meets(entry, ct);
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = entry.Id });
            return entry.Reference;
        }

        private Task<RequestLink?> Link(string token, CancellationToken ct)
        {
            var hash = RequestLink.Hash(token);
            return zone.Set<RequestLink>().AsNoTracking().SingleOrDefaultAsync(l => l.TokenHash == hash && l.Revoked == null, ct);
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
