using System.Globalization;
using System.Net.Mail;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>Somebody asks for an appointment, without an account. The five short pages are parts of one document, led through by links to its parts: nothing leaves the browser before the answers are checked, its Back works,
/// and with style or script off all stands on one page. What is checked comes back sealed in a hidden field; nothing is kept before it is sent.</summary>
[Open("anybody may ask for an appointment")]
[OwnSite]
internal sealed class Ask(IMediator pipeline, WhereAndWho who, PublicPages pages, Seal seal, Turnstile turnstile, IZoneSettings settings, TimeProvider clock) : PageModel, IShowAgain
{
    /// <summary>Nobody answers faster; what fills in forms by itself does.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    /// <summary>What the page shows.</summary>
    internal enum Part { Form, Check, Done, Over }

    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = "state")] public string? State { get; set; }

    /// <summary>Nobody sees this field, so nobody fills it in.</summary>
    [BindProperty] public string? Website { get; set; }
    public Part Shows { get; private set; }

    /// <summary>All pages under each other: something is to be mended.</summary>
    public bool IsWhole { get; private set; }
    public Receipt? Sent { get; private set; }

    /// <summary>null: the zone gave no hours.</summary>
    public DateTimeOffset? ReadNext { get; private set; }
    public bool ReadsNow => ReadNext is { } next && next <= clock.GetUtcNow();
    public int AnswerHours { get; private set; }
    public string Here => Request.PathBase + Request.Path;
    public string Beside(string page) => $"{Request.PathBase}/{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}/{page}";
    public IReadOnlyList<Choice> Needs => [.. Enum.GetValues<Need>().Select(n => new Choice(n.ToString(), Words.Of(n)))];
    public IReadOnlyList<Choice> Ways => [.. Enum.GetValues<Way>().Select(w => new Choice(w.ToString(), Words.Of(w), w == Way.Self ? Words.AskSelfHint : null))];
    public IReadOnlyList<Choice> Carefuls => [new("False", Words.AskSafeAlways), new("True", Words.AskSafeOnlyIf)];
    public IReadOnlyList<Choice> Spots => [.. Enum.GetValues<Spot>().Select(s => new Choice(s.ToString(), Words.Of(s))), new Choice("", Words.AskRatherNot)];
    public IReadOnlyList<Choice> Hastes => [.. Enum.GetValues<Haste>().Select(h => new Choice(h.ToString(), Words.Of(h))), new Choice("", Words.AskRatherNot)];
    public IReadOnlyList<Choice> Times => [.. Enum.GetValues<DayParts>().Where(p => p != DayParts.Any).Select(p => new Choice(p.ToString(), Words.Of(p)))];
    public IReadOnlyList<Choice> Languages => [.. Tongues.All.Select(t => new Choice(t.Code, t.Own)), new Choice(Tongues.Other, Words.AskOtherLanguage)];

    private Guid Zone => who.Zone!.Id;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) return NotFound();
        Form = new Command { Need = Need.Appointment, Language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName };
        State = seal.Close(Zone, seal.New());
        return await Show(Part.Form, ct);
    }

    /// <summary>The answers, to be checked. Nothing is kept yet.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) return NotFound();
        var ticket = seal.Open(Zone, State);
        if (!string.IsNullOrEmpty(Website)) return await Again(nameof(Website), Words.AskLeaveEmpty, ct);
        if (ticket is null || !seal.IsGood(ticket)) return await Again("", Words.AskOld, ct);
        if (clock.GetUtcNow() - ticket.Born < Least) return await Again("", Words.AskQuick, ct);
        if (new Rules().Validate(Form) is { IsValid: false } found) throw new ValidationException(found.Errors);
        State = seal.Close(Zone, ticket with { Said = Form });
        return await Show(Part.Check, ct);
    }

    /// <summary>Back from the check to the questions, with all that was answered.</summary>
    public async Task<IActionResult> OnPostChangeAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) return NotFound();
        if (seal.Open(Zone, State) is not { Said: { } said } ticket) return await Show(Part.Over, ct);
        Form = said;
        State = seal.Close(Zone, ticket with { Said = null });
        return await Show(Part.Form, ct);
    }

    public async Task<IActionResult> OnPostSendAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) return NotFound();
        if (seal.Open(Zone, State) is not { Said: { } said } ticket) return await Show(Part.Over, ct);
        Form = said;
        if (!seal.IsGood(ticket))
        {
            State = seal.Close(Zone, ticket with { Said = null });
            return await Again("", Words.AskOld, ct);
        }
        if (!turnstile.LetsSend(Zone, HttpContext.Connection.RemoteIpAddress))
        {
            ModelState.AddModelError("", Words.AskMany);
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return await Show(Part.Check, ct);
        }
        try
        {
            Sent = await pipeline.Send(Form with { Once = ticket.Once, Secret = ticket.Secret }, ct);
        }
        catch (Exception e) when (DatabaseAway.Is(e) || e is IOException)
        {
            // What was answered lies sealed in the page: it is shown once more, and the same press sends it.
            ModelState.AddModelError("", Words.AskAway);
            (Shows, Response.StatusCode) = (Part.Check, StatusCodes.Status503ServiceUnavailable);
            return Page();
        }
        return await Show(Sent is null ? Part.Over : Part.Done, ct);
    }

    /// <exception cref="RefusedException">Nobody asks this zone.</exception>
    public async Task ShowAgain(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is null) throw new RefusedException("absent");
        IsWhole = true;
        // Another's seal, or one of yesterday, is no reason to lose what stands in the fields.
        var ticket = seal.Open(Zone, State) is { } known && seal.IsGood(known) ? known with { Said = null } : seal.New();
        State = seal.Close(Zone, ticket);
        await Show(Part.Form, ct);
    }

    private async Task<IActionResult> Again(string field, string why, CancellationToken ct)
    {
        ModelState.AddModelError(field, why);
        await ShowAgain(ct);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<IActionResult> Show(Part part, CancellationToken ct)
    {
        var rules = await settings.Of(Zone, ct);
        (Shows, ReadNext, AnswerHours) = (part, NextReading.After(clock.GetUtcNow(), rules.Hours), (int)rules.RequestAnswerWithin.TotalHours);
        return Page();
    }

    /// <summary>What whoever sent it keeps, and what happens next. Nothing of what they said.</summary>
    internal sealed record Receipt(string Reference, string Code, bool TheyComeForward);

    [Open("anybody may ask for an appointment")]
    internal sealed record Command : ICommand<Receipt?>
    {
        public Need? Need { get; init; }
        public Way? Way { get; init; }
        public string? Reach { get; init; }

        /// <summary>null: not said; needed unless they come forward themselves.</summary>
        public bool? OnlyIf { get; init; }
        public string? Hours { get; init; }
        public string? MayBeSaid { get; init; }
        public string? CodeWord { get; init; }
        public string? Called { get; init; }
        public string? Language { get; init; }
        public bool Interpreter { get; init; }
        public Spot? Place { get; init; }
        public Haste? When { get; init; }
        public List<string> Parts { get; init; } = [];
        public string? More { get; init; }

        internal Guid Once { get; init; }
        internal byte[] Secret { get; init; } = [];

        /// <summary>What was said, in order; whatever the way does not need is left out.</summary>
        internal Asked Asks()
        {
            var (way, only) = (Way!.Value, OnlyIf == true && Way != Contracts.Way.Self);
            return new Asked(Need!.Value, way, way == Contracts.Way.Self ? null : Trimmed(Reach), only, only ? Trimmed(Hours) : null, only ? Trimmed(MayBeSaid) : null, only ? Trimmed(CodeWord) : null,
                Called!.Trim(), Language!, Interpreter, Place, When, Parts.Aggregate(DayParts.Any, (all, part) => all | Enum.Parse<DayParts>(part)), Trimmed(More));
        }

        private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Need).NotNull().WithMessage(_ => Words.AskNeedMissing).IsInEnum().WithMessage(_ => Words.AskNeedMissing);
            RuleFor(c => c.Way).NotNull().WithMessage(_ => Words.AskWayMissing).IsInEnum().WithMessage(_ => Words.AskWayMissing);
            When(c => c.Way is not null and not Way.Self, () =>
            {
                RuleFor(c => c.Reach).Must(Said).WithMessage(_ => Words.AskReachMissing).MaximumLength(300).WithMessage(_ => Words.AskTooLong);
                RuleFor(c => c.Reach).Must(r => PhoneNumber.ToE164(r) is not null).When(c => c.Way is Way.Sms or Way.Call && Said(c.Reach)).WithMessage(_ => Words.AskNotAPhone);
                RuleFor(c => c.Reach).Must(IsMail).When(c => c.Way is Way.Mail or Way.Video && Said(c.Reach)).WithMessage(_ => Words.AskNotAMail);
                RuleFor(c => c.OnlyIf).NotNull().WithMessage(_ => Words.AskSafeMissing);
                RuleFor(c => c.Hours).Must((c, hours) => Said(hours) || Said(c.MayBeSaid) || Said(c.CodeWord)).When(c => c.OnlyIf == true).WithMessage(_ => Words.AskOnlyIfWhat);
            });
            RuleFor(c => c.Hours).MaximumLength(200).WithMessage(_ => Words.AskTooLong);
            RuleFor(c => c.MayBeSaid).MaximumLength(300).WithMessage(_ => Words.AskTooLong);
            RuleFor(c => c.CodeWord).MaximumLength(60).WithMessage(_ => Words.AskTooLong);
            RuleFor(c => c.Called).Must(Said).WithMessage(_ => Words.AskCalledMissing).MaximumLength(100).WithMessage(_ => Words.AskTooLong);
            RuleFor(c => c.Language).Must(Tongues.Has).WithMessage(_ => Words.AskLanguageMissing);
            RuleFor(c => c.Place).IsInEnum().WithMessage(_ => Words.AskChooseOne);
            RuleFor(c => c.When).IsInEnum().WithMessage(_ => Words.AskChooseOne);
            RuleFor(c => c.Parts).Must(parts => parts.All(p => Enum.GetNames<DayParts>().Contains(p))).WithMessage(_ => Words.AskChooseOne);
            RuleFor(c => c.More).MaximumLength(2000).WithMessage(_ => Words.AskTooLong);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
        private static bool IsMail(string? text) => text!.Trim() is var mail && MailAddress.TryCreate(mail, out var read) && read.Address == mail && read.Host.Contains('.');
    }

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IEnumerable<IHearRequests> hearers, IZoneSettings settings, Trail trail, TimeProvider clock) : IRequestHandler<Command, Receipt?>
    {
        /// <returns>null: it was withdrawn meanwhile, and the same form does not bring it back.</returns>
        public async Task<Receipt?> Handle(Command form, CancellationToken ct)
        {
            var (code, theyCome) = (Slip.CodeOf(form.Secret), form.Way == Way.Self);
            if (await zone.Set<Slip>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Once, ct) is { } before) return before.State == SlipState.Withdrawn ? null : new Receipt(before.Reference, code, theyCome);
            var slip = Slip.For(form.Once, code, here.InZone.Keys.SearchRoot, clock.GetUtcNow());
            trail.Because("public-desk", slip.Id);
            zone.Add(slip);
            var within = (await settings.Of(here.InZone.Id, ct)).RequestAnswerWithin;
            foreach (var hearer in hearers) await hearer.Came(slip.Id, form.Asks(), within, ct);
            return new Receipt(slip.Reference, code, theyCome);
        }
    }
}
