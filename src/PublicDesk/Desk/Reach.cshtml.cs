using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The numbers on the public page, and where its way out leads in each language.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Reach(IMediator pipeline, PublicPages pages, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>What is published by now, where somebody else did while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    /// <summary>Where one can be led to, in a language.</summary>
    public static IReadOnlyList<Choice> GoalsIn(string language) => [.. Leaving.Goals.All.Where(g => g.Language == language).Select(g => new Choice(g.Code, Words.Of("Goal_" + g.Code), new Uri(g.Address).Host))];

    public async Task OnGetAsync(CancellationToken ct) => Form = await pipeline.Send(new Query(), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        var now = await pipeline.Send(new Query(), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var changed = await pipeline.Send(Form, ct);
        pages.Forget(who.Zone!.Id);
        TempData["Done"] = changed ? Words.PagePublished : Words.NothingChanged;
        return RedirectToPage("/PublicDesk/Desk/Edit");
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<Command>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string? Telephone { get; init; }
        public string? Sms { get; init; }
        public string GoalFr { get; init; } = "";
        public string GoalNl { get; init; } = "";
        public string GoalDe { get; init; } = "";
        public string GoalEn { get; init; } = "";
        public int Version { get; init; }

        /// <summary>Those that are not the first of the list: whoever keeps to it follows it.</summary>
        internal IReadOnlyDictionary<string, string> Goals => new[] { ("fr", GoalFr), ("nl", GoalNl), ("de", GoalDe), ("en", GoalEn) }.Where(g => g.Item2 != Leaving.Goals.All[0].Code).ToDictionary(g => g.Item1, g => g.Item2, StringComparer.Ordinal);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Telephone).Must(IsNumber).WithMessage(_ => Words.NoTelephoneNumber);
            RuleFor(c => c.Sms).Must(IsNumber).WithMessage(_ => Words.NoTelephoneNumber);
            RuleFor(c => c.GoalFr).Must(Leaving.Goals.Codes.Contains).WithMessage(_ => Words.ChooseFromTheList);
            RuleFor(c => c.GoalNl).Must(Leaving.Goals.Codes.Contains).WithMessage(_ => Words.ChooseFromTheList);
            RuleFor(c => c.GoalDe).Must(Leaving.Goals.Codes.Contains).WithMessage(_ => Words.ChooseFromTheList);
            RuleFor(c => c.GoalEn).Must(Leaving.Goals.Codes.Contains).WithMessage(_ => Words.ChooseFromTheList);
        }

        /// <summary>Short numbers are numbers too; nothing is none.</summary>
        public static bool IsNumber(string? typed) => string.IsNullOrWhiteSpace(typed)
            || (typed.Length <= 30 && typed.Count(char.IsAsciiDigit) is >= 3 and <= 15 && typed.Trim().All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '/' or '.' or '-' or '(' or ')'));
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Command>, IRequestHandler<Command, bool>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var last = await PublishedPage.Last(house, here.InZone.Id, ct);
            var content = last?.Content ?? new PublicContent();
            string Goal(string language) => content.Goals.GetValueOrDefault(language) ?? Leaving.Goals.All[0].Code;
            return new Command { Telephone = content.Telephone, Sms = content.Sms, GoalFr = Goal("fr"), GoalNl = Goal("nl"), GoalDe = Goal("de"), GoalEn = Goal("en"), Version = last?.Version ?? 0 };
        }

        public Task<bool> Handle(Command form, CancellationToken ct) =>
            Publish.Next(house, trail, here.InZone.Id, form.Version, content => content with { Telephone = Said(form.Telephone), Sms = Said(form.Sms), Goals = form.Goals }, "reach", caller.Self, clock.GetUtcNow(), ct);

        private static string? Said(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
    }
}
