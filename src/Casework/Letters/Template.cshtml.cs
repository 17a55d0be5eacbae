using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Letters;

/// <summary>One kind of letter in the zone's own words, language by language. What says the same as the shipped text, or nothing, is the shipped text.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Template(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "kind")] public string Name { get; set; } = "";
    public LetterKind Of { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Read(Name) is not { } kind) return NotFound();
        (Of, Form) = (kind, await pipeline.Send(new Query(kind), ct));
        return Page();
    }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task ShowAgain(CancellationToken ct)
    {
        Of = Read(Name) ?? throw new RefusedException("absent");
        var now = await pipeline.Send(new Query(Of), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Read(Name) is not { } kind) return NotFound();
        await pipeline.Send(Form with { Kind = kind }, ct);
        TempData["Done"] = Words.LetterTextSaved;
        return RedirectToPage("/Casework/Letters/Templates");
    }

    private static LetterKind? Read(string name) => Enum.GetValues<LetterKind>().Where(k => string.Equals(k.ToString(), name, StringComparison.OrdinalIgnoreCase)).Select(k => (LetterKind?)k).FirstOrDefault();

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(LetterKind Kind) : IQuery<Command>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICommand<bool>, ISensitive
    {
        public string? Fr { get; init; }
        public string? Nl { get; init; }
        public string? De { get; init; }
        public string? En { get; init; }

        /// <summary>Of the zone's own wordings of this kind when the form was shown.</summary>
        public int Version { get; init; }
        internal LetterKind Kind { get; init; }

        public string In(string language) => (language switch { "fr" => Fr, "nl" => Nl, "de" => De, _ => En })?.ReplaceLineEndings("\n").Trim() ?? "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            foreach (var language in Wording.Languages)
            {
                RuleFor(c => c).Must(c => c.In(language).Length <= LetterTemplate.Longest).OverridePropertyName(FieldOf(language)).WithMessage(_ => Words.TooLong);
                // Leaflets, and letters of a batch, are read by nobody before they are printed: there a gap would stay one.
                RuleFor(c => c).Must(c => (!c.Kind.IsLeaflet() && c.Kind is not (LetterKind.First or LetterKind.Recontact or LetterKind.HandedOver)) || Gap(c, language) is null).OverridePropertyName(FieldOf(language)).WithMessage(c => Words.UnknownPlaceholder(Gap(c, language)));
            }
        }

        private static string? Gap(Command form, string language) => Wording.Gap(Wording.Placeholders(form.Kind).Aggregate(form.In(language), (whole, known) => whole.Replace(known, "", StringComparison.Ordinal)));
    }

    internal sealed class Handler(ZoneDbContext zone, Wording wording, Caller caller, TimeProvider clock) : IRequestHandler<Query, Command>, IRequestHandler<Command, bool>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct) => new()
        {
            Fr = await wording.Template(query.Kind, "fr", ct), Nl = await wording.Template(query.Kind, "nl", ct), De = await wording.Template(query.Kind, "de", ct), En = await wording.Template(query.Kind, "en", ct),
            Version = VersionOf(await zone.Set<LetterTemplate>().AsNoTracking().Where(t => t.Kind == query.Kind).ToListAsync(ct)),
        };

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (own, now) = (await zone.Set<LetterTemplate>().Where(t => t.Kind == form.Kind).ToListAsync(ct), clock.GetUtcNow());
            if (form.Version != VersionOf(own)) throw new ValidationException([new ValidationFailure(nameof(Command.Fr), Words.ChangedMeanwhile)]);
            foreach (var language in Wording.Languages)
            {
                var (text, template) = (form.In(language), own.Find(t => t.Language == language));
                // Whoever goes through a purse or a pocket reads it too.
                if (form.Kind == LetterKind.PocketCard && await wording.Telling(text, ct) is { } telling) throw new ValidationException([new ValidationFailure(FieldOf(language), Words.NotNeutral(telling))]);
                if (text.Length == 0 || text == Wording.Shipped(form.Kind, language).ReplaceLineEndings("\n").Trim())
                {
                    if (template is not null) zone.Remove(template);
                }
                else if (text != template?.Wording)
                {
                    if (template is null) zone.Add(template = LetterTemplate.Of(form.Kind, language, now));
                    template.Say(text, caller.Self, now);
                }
            }
            return true;
        }

        // Of which languages there are own wordings, and since when: one that was taken away is told by its absence.
        private static int VersionOf(IEnumerable<LetterTemplate> own) => own.OrderBy(t => t.Language, StringComparer.Ordinal).Aggregate(0, (version, t) => unchecked((version * 31) + t.Language[0] + (int)(t.At.UtcTicks / TimeSpan.TicksPerMillisecond)));
    }

    private static string FieldOf(string language) => char.ToUpperInvariant(language[0]) + language[1..];
}
