using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>Helplines on the public page: those of the house with the day they were last looked at, and the zone's own.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Lines(IMediator pipeline, PublicPages pages, WhereAndWho who, TimeProvider clock) : PageModel, IShowAgain
{
    public const int Most = 10;

    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<OwnHelpline> Own { get; private set; } = [];
    public DateOnly Today => Design.Html.Moment.Day(clock.GetUtcNow());
    public bool IsOld(OwnHelpline line) => line.Checked < Today.AddMonths(-Helpline.MonthsFresh);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = Form with { Checked = Today };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var (own, version) = await pipeline.Send(new Query(), ct);
        (Own, Form) = (own, Form with { Version = version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        return Published();
    }

    public async Task<IActionResult> OnPostAwayAsync(Away away, CancellationToken ct)
    {
        await pipeline.Send(away, ct);
        return Published();
    }

    private RedirectToPageResult Published()
    {
        pages.Forget(who.Zone!.Id);
        TempData["Done"] = Words.PagePublished;
        return RedirectToPage();
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : ICatalogQuery<(IReadOnlyList<OwnHelpline> Own, int Version)>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public string? Called { get; init; }
        public string? Number { get; init; }
        public string? Hours { get; init; }
        public DateOnly? Checked { get; init; }
        public int Version { get; init; }
    }

    /// <summary>Takes one away.</summary>
    /// <param name="Place">Its place in the list, as it was shown.</param>
    [Requires(May.SetUpTheZone)]
    internal sealed record Away(int Place, int Shown) : ICatalogCommand<bool>, ISensitive;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Called).Must(c => !string.IsNullOrWhiteSpace(c)).WithMessage(_ => Words.NameTheLine).MaximumLength(80).WithMessage(_ => Words.TooLong(80));
            RuleFor(c => c.Number).Must(n => !string.IsNullOrWhiteSpace(n) && Reach.Rules.IsNumber(n)).WithMessage(_ => Words.NoTelephoneNumber);
            RuleFor(c => c.Hours).MaximumLength(80).WithMessage(_ => Words.TooLong(80));
            RuleFor(c => c.Checked).Must(d => d is { } on && on <= Design.Html.Moment.Day(clock.GetUtcNow()) && on.Year >= 2000).WithMessage(_ => Words.CheckedWhen);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, (IReadOnlyList<OwnHelpline> Own, int Version)>, IRequestHandler<Command, bool>, IRequestHandler<Away, bool>
    {
        public async Task<(IReadOnlyList<OwnHelpline> Own, int Version)> Handle(Query query, CancellationToken ct)
        {
            var last = await PublishedPage.Last(house, here.InZone.Id, ct);
            return (last?.Content.Helplines ?? [], last?.Version ?? 0);
        }

        // One of the same number is corrected by it.
        public Task<bool> Handle(Command form, CancellationToken ct)
        {
            var line = new OwnHelpline(form.Called!.Trim(), form.Number!.Trim(), string.IsNullOrWhiteSpace(form.Hours) ? null : form.Hours.Trim(), form.Checked!.Value);
            return Publish.Next(house, trail, here.InZone.Id, form.Version, content =>
            {
                var others = content.Helplines.Where(h => Digits(h.Number) != Digits(line.Number)).ToList();
                return others.Count < Most ? content with { Helplines = [.. others, line] } : throw new ValidationException([new ValidationFailure(nameof(Command.Called), Words.EnoughLines(Most))]);
            }, "lines", caller.Self, clock.GetUtcNow(), ct);
        }

        public Task<bool> Handle(Away form, CancellationToken ct) =>
            Publish.Next(house, trail, here.InZone.Id, form.Shown, content => content with { Helplines = [.. content.Helplines.Where((_, place) => place != form.Place)] }, "lines", caller.Self, clock.GetUtcNow(), ct);

        private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));
    }
}
