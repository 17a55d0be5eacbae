using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Statistics.Report;

/// <summary>The zone's own words in its report, in one language. A new year begins with those of the year before.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class Write(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public int Year { get; set; }
    [BindProperty(SupportsGet = true)] public string Language { get; set; } = "";
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>The year for which the words were written; null: there are none.</summary>
    public int? From { get; private set; }

    /// <summary>What stands there now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Form, From) = await pipeline.Send(new Query(Year, Language), ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        (var now, From) = await pipeline.Send(new Query(Year, Language), ct);
        if (now.Version != Form.Version) (Meanwhile, Form) = (now, Form with { Version = now.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Year = Year, Language = Language }, ct);
        TempData["Done"] = Words.ReportWordsSaved;
        return RedirectToPage("/Statistics/Report/Show", new { Year, Language });
    }

    [Requires(May.SetUpTheZone)]
    internal sealed record Query(int Year, string Language) : IQuery<(Command Form, int? From)>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Command : ICommand<bool>
    {
        public string? Foreword { get; init; }
        public string? Done { get; init; }
        public string? Together { get; init; }
        public string? Plans { get; init; }
        public string? OwnTitle { get; init; }
        public string? Own { get; init; }
        public int Version { get; init; }
        internal int Year { get; init; }
        internal string Language { get; init; } = "";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            foreach (var box in new System.Linq.Expressions.Expression<Func<Command, string?>>[] { c => c.Foreword, c => c.Done, c => c.Together, c => c.Plans, c => c.Own })
                RuleFor(box).MaximumLength(ReportSays.LongestText).WithMessage(_ => Words.ReportTooLong(ReportSays.LongestText));
            RuleFor(c => c.OwnTitle).MaximumLength(ReportSays.LongestTitle).WithMessage(_ => Words.ReportTooLong(ReportSays.LongestTitle)).NotEmpty().When(c => !string.IsNullOrWhiteSpace(c.Own)).WithMessage(_ => Words.ReportOwnNeedsTitle);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, (Command Form, int? From)>, IRequestHandler<Command, bool>
    {
        public async Task<(Command Form, int? From)> Handle(Query query, CancellationToken ct)
        {
            Demand(query.Year, query.Language);
            var text = await ReportText.For(zone, query.Year, query.Language, ct);
            var says = text?.Says ?? new ReportSays();
            return (new Command { Foreword = says.Foreword, Done = says.Done, Together = says.Together, Plans = says.Plans, OwnTitle = says.OwnTitle, Own = says.Own, Version = text?.Year == query.Year ? text.Version : 0 }, text?.Year);
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            Demand(form.Year, form.Language);
            trail.Because($"report {form.Year} words {form.Language}");
            var last = await ReportText.For(zone, form.Year, form.Language, ct);
            var version = last?.Year == form.Year ? last.Version : 0;
            if (version != form.Version) throw new ValidationException([new ValidationFailure("", Words.ReportChangedMeanwhile)]);
            zone.Add(ReportText.Next(form.Year, form.Language, version, new ReportSays { Foreword = Said(form.Foreword), Done = Said(form.Done), Together = Said(form.Together), Plans = Said(form.Plans), OwnTitle = Said(form.OwnTitle), Own = Said(form.Own) }, caller.Self, clock.GetUtcNow()));
            return true;
        }

        private void Demand(int year, string language)
        {
            if (year < 2000 || year > Moment.Day(clock.GetUtcNow()).Year || !ReportLanguages.All.Contains(language)) throw new RefusedException("absent");
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.ReplaceLineEndings("\n").Trim().Normalize();
    }
}
