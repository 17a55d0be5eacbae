using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>What the public page says in one language: over the house's own words, looked at, then published.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Texts(IMediator pipeline, PublicPages pages, IZoneSettings settings, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true)] public string Language { get; set; } = "";

    /// <summary>The page with what was typed, before anybody else sees it.</summary>
    public PageNow Preview { get; private set; } = null!;

    /// <summary>What is published by now, where somebody else did while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public static string? Default(Block block, string language) => PublicPage.Default(block, language);

    public async Task OnGetAsync(CancellationToken ct) => Form = await pipeline.Send(new Query(Language), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(Language), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var changed = await pipeline.Send(Form with { Language = Language }, ct);
        pages.Forget(who.Zone!.Id);
        TempData["Done"] = changed ? Words.PagePublished : Words.NothingChanged;
        return RedirectToPage("/PublicDesk/Desk/Edit");
    }

    /// <summary>Nothing is published by it.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken ct)
    {
        if (!PublicContent.Languages.Contains(Language)) return NotFound();
        if (await new Rules().ValidateAsync(Form, ct) is { IsValid: false } wrong) throw new ValidationException(wrong.Errors);
        var here = await settings.Of(who.Zone!.Id, ct);
        var content = (await pipeline.Send(new Published(), ct)).With(Language, Form.Own);
        var page = new PublicPage(who.Zone.Record, here, content, Form.Version);
        Preview = new PageNow(page, Language, OpenState.At(page.Hours, clock.GetUtcNow()));
        return Partial("/PublicDesk/Desk/_Preview.cshtml", this);
    }

    /// <summary>From the page that was looked at, back to the form.</summary>
    public IActionResult OnPostAgain() => PublicContent.Languages.Contains(Language) ? Page() : NotFound();

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(string Language) : ICatalogQuery<Command>;

    /// <summary>All that is published.</summary>
    [Requires(May.SetUpTheZone)]
    internal sealed record Published : ICatalogQuery<PublicContent>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string? Intro { get; init; }
        public string? Confidentiality { get; init; }
        public string? Reach { get; init; }
        public string? Message { get; init; }
        public string? AccessibilityContact { get; init; }
        public string? PrivacyContact { get; init; }
        public int Version { get; init; }
        internal string Language { get; init; } = "";

        /// <summary>What is the zone's own: an empty box leaves the word to the house, and so does the house's own text.</summary>
        internal IReadOnlyDictionary<string, string> Own => new (Block Block, string? Text)[]
        {
            (Block.Intro, Intro), (Block.Confidentiality, Confidentiality), (Block.Reach, Reach), (Block.Message, Message), (Block.AccessibilityContact, AccessibilityContact), (Block.PrivacyContact, PrivacyContact),
        }.Where(t => !string.IsNullOrWhiteSpace(t.Text)).ToDictionary(t => t.Block.ToString(), t => t.Text!.ReplaceLineEndings("\n").Trim().Normalize(), StringComparer.Ordinal);

        public static Command Of(PublicContent content, string language, int version) => new()
        {
            Intro = content.Own(Block.Intro, language), Confidentiality = content.Own(Block.Confidentiality, language), Reach = content.Own(Block.Reach, language), Message = content.Own(Block.Message, language),
            AccessibilityContact = content.Own(Block.AccessibilityContact, language), PrivacyContact = content.Own(Block.PrivacyContact, language), Version = version,
        };
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            foreach (var box in new System.Linq.Expressions.Expression<Func<Command, string?>>[] { c => c.Intro, c => c.Confidentiality, c => c.Reach, c => c.Message, c => c.AccessibilityContact, c => c.PrivacyContact })
                RuleFor(box).MaximumLength(PublicContent.LongestText).WithMessage(_ => Words.TooLong(PublicContent.LongestText));
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Command>, IRequestHandler<Published, PublicContent>, IRequestHandler<Command, bool>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            if (!PublicContent.Languages.Contains(query.Language)) throw new RefusedException("absent", here.InZone.Id);
            var last = await PublishedPage.Last(house, here.InZone.Id, ct);
            return Command.Of(last?.Content ?? new PublicContent(), query.Language, last?.Version ?? 0);
        }

        public async Task<PublicContent> Handle(Published query, CancellationToken ct) => (await PublishedPage.Last(house, here.InZone.Id, ct))?.Content ?? new PublicContent();

        public Task<bool> Handle(Command form, CancellationToken ct) => !PublicContent.Languages.Contains(form.Language)
            ? throw new RefusedException("absent", here.InZone.Id)
            : Publish.Next(house, trail, here.InZone.Id, form.Version, content => content.With(form.Language, form.Own), "texts " + form.Language, caller.Self, clock.GetUtcNow(), ct);
    }
}
