using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Zones.Onboarding;

/// <summary>Step 1: code, names and official languages. Without a draft it begins one, and shows those that wait to be finished.</summary>
[Requires(May.RunThePlatform)]
internal sealed partial class Names(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(SupportsGet = true, Name = "draft")] public Guid? Id { get; set; }
    public IReadOnlyList<ZoneDraft> Unfinished { get; private set; } = [];
    public IReadOnlyList<Choice> Languages => [.. new[] { "fr", "nl", "de" }.Select(l => new Choice(l, InWords.Languages[l]))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (Id is not { } id) return;
        var draft = await pipeline.Send(new Draft.Query(id), ct);
        Form = new Command { Code = draft.Code, NameFr = draft.NameFr, NameNl = draft.NameNl, NameDe = draft.NameDe, Official = [.. Setting.Several(draft.Languages)] };
    }

    public async Task ShowAgain(CancellationToken ct) => Unfinished = Id is null ? await pipeline.Send(new Draft.OpenQuery(), ct) : [];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) => RedirectToPage(Draft.PageOf(Step.Place), new { draft = await pipeline.Send(Form with { Draft = Id }, ct) });

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        public string Code { get; init; } = "";
        public string? NameFr { get; init; }
        public string? NameNl { get; init; }
        public string? NameDe { get; init; }
        public List<string> Official { get; init; } = [];
        internal Guid? Draft { get; init; }
    }

    internal sealed partial class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Code).Must(c => FourDigits().IsMatch(c)).WithMessage(_ => Words.FourDigits);
            RuleFor(c => c.Official).Must(l => l.Count > 0 && l.All(o => o is "fr" or "nl" or "de")).WithMessage(_ => Words.ChooseOne);
            RuleFor(c => c.NameFr).MaximumLength(200).WithMessage(_ => Words.TooLong).Must((c, n) => Said(n) is not null || !c.Official.Contains("fr")).WithMessage(_ => Words.NameMissing("fr"));
            RuleFor(c => c.NameNl).MaximumLength(200).WithMessage(_ => Words.TooLong).Must((c, n) => Said(n) is not null || !c.Official.Contains("nl")).WithMessage(_ => Words.NameMissing("nl"));
            RuleFor(c => c.NameDe).MaximumLength(200).WithMessage(_ => Words.TooLong).Must((c, n) => Said(n) is not null || !c.Official.Contains("de")).WithMessage(_ => Words.NameMissing("de"));
        }

        [GeneratedRegex(@"\A[0-9]{4}\z", RegexOptions.None, 1000)]
        private static partial Regex FourDigits();
    }

    internal sealed class Handler(CatalogDbContext house, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var draft = form.Draft is { } id ? await Onboarding.Draft.Of(house, id, ct) : null;
            // A code belongs to one zone, and to one draft at a time.
            if (draft?.Begun != true && (await house.Set<ZoneRecord>().AnyAsync(z => z.Code == form.Code, ct) || await house.Set<ZoneDraft>().AnyAsync(d => d.Code == form.Code && d.Finished == null && d.Id != form.Draft, ct)))
                throw new ValidationException([new ValidationFailure(nameof(Command.Code), Words.CodeTaken)]);
            if (draft is null) house.Add(draft = ZoneDraft.New(caller.Self, clock.GetUtcNow()));
            draft.Name(form.Code, Said(form.NameFr), Said(form.NameNl), Said(form.NameDe), form.Official.Distinct(StringComparer.Ordinal));
            return draft.Id;
        }
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
