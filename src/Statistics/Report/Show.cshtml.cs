using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>The report of a year: exact for those who open dossiers, rounded for all who may take it out of the house. The same as long as nothing changed.</summary>
[Requires(May.SeeMaskedFigures)]
internal sealed class Show(IMediator pipeline, WhereAndWho who, IZoneSettings settings, TimeProvider clock) : PageModel, IShowAgain
{
    public const string InternalEdition = "internal", PublicEdition = "public";

    [BindProperty(SupportsGet = true)] public int? Year { get; set; }
    [BindProperty(SupportsGet = true)] public string? Edition { get; set; }
    [BindProperty(SupportsGet = true)] public string? Language { get; set; }

    /// <summary>null: the public figures of the year are not settled yet, and this reader sees no draft.</summary>
    public Drawn? Report { get; private set; }
    public IReadOnlyList<Choice> Years { get; private set; } = [];
    public IReadOnlyList<Choice> Editions { get; private set; } = [];
    public IReadOnlyList<Choice> Languages { get; private set; } = [];
    public bool MayWrite => who.Caller.May(May.SetUpTheZone);
    // For whom a wall stands there is no draft; what is settled is the same whoever does it.
    public bool MaySettle => (Report is { IsPublic: true, Facts.Settled: null } || (Report is null && Edition == PublicEdition && Year < ThisYear)) && who.Caller.May(May.SettlePublicFigures);
    public bool IsBehind => Report is { IsPublic: true, Facts.IsBehind: true };
    public bool MaySayAnew => IsBehind && who.Caller.May(May.SettlePublicFigures);
    private const int MostBack = 10;
    private int ThisYear => Moment.Day(clock.GetUtcNow()).Year;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        if (!ModelState.IsValid) return BadRequest(); // no page of ours links to it
        try
        {
            var facts = await pipeline.Send(Edition == InternalEdition ? (IRequest<ReportFacts>)new Exact { Year = Year!.Value, Language = Language! } : new Rounded { Year = Year!.Value, Language = Language! }, ct);
            if (facts.Exact is not null || facts.Rounded is not null) Report = await Draw(facts, who, settings, Language!, ct);
        }
        catch (RefusedException refused) when (refused.Code == ITellOwnFigures.Walled)
        {
            // For whom a wall stands there are no exact figures.
            return RedirectToPage(new { Year = Year < ThisYear ? Year : ThisYear - 1, Edition = PublicEdition, Language });
        }
        return Page();
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        var exact = who.Caller.May(May.SeeExactFigures);
        var known = ReportLanguages.Of(who, await settings.Of(who.Zone!.Id, ct));
        (Year, Edition, Language) = (Year ?? ThisYear - 1, Edition ?? (exact ? InternalEdition : PublicEdition), Language ?? known[0]);
        Years = [.. Enumerable.Range(0, MostBack + 1).Select(back => ThisYear - back).Where(y => y < ThisYear || exact).Union(await pipeline.Send(new Settled(), ct)).OrderDescending().Select(y => new Choice(y.ToString(System.Globalization.CultureInfo.InvariantCulture), y == ThisYear ? Words.ReportRunning(y) : Words.YearOf(y)))];
        Editions = [.. exact ? new[] { new Choice(InternalEdition, Words.ReportInternal) } : [], new Choice(PublicEdition, Words.ReportPublic)];
        Languages = [.. known.Select(l => new Choice(l, ReportLanguages.Called(l)))];
    }

    internal static async Task<Drawn> Draw(ReportFacts facts, WhereAndWho who, IZoneSettings settings, string language, CancellationToken ct)
    {
        var (zone, here) = (who.Zone!.Record, await settings.Of(who.Zone.Id, ct));
        return Drawn.In(language, () => Drawn.Of(facts, zone, (facts.Names is { } names ? names.Service : here.ServiceNames.GetValueOrDefault(language)) ?? Words.ReportService, language));
    }

    internal abstract record Asked
    {
        public int Year { get; init; }
        public string Language { get; init; } = "";
    }

    /// <summary>The internal edition; of the year that runs a preview.</summary>
    [Requires(May.SeeExactFigures)]
    internal sealed record Exact : Asked, IQuery<ReportFacts>;

    /// <summary>The public edition, of a year that is over.</summary>
    [Requires(May.SeeMaskedFigures)]
    internal sealed record Rounded : Asked, IQuery<ReportFacts>;

    /// <summary>The years whose public figures are settled: their report is there however long ago they were.</summary>
    [Requires(May.SeeMaskedFigures)]
    internal sealed record Settled : IQuery<IReadOnlyList<int>>;

    internal sealed class Rules : AbstractValidator<Asked>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(q => q.Year).Must((q, year) => year >= 2000 && year <= Moment.Day(clock.GetUtcNow()).Year - (q is Rounded or Annex.Rounded ? 1 : 0)).WithMessage(_ => Words.ReportChooseYear);
            RuleFor(q => q.Language).Must(ReportLanguages.All.Contains).WithMessage(_ => Words.ReportChooseLanguage);
        }
    }

    internal sealed class ExactRules : AbstractValidator<Exact>
    {
        public ExactRules(TimeProvider clock) => Include(new Rules(clock));
    }

    internal sealed class RoundedRules : AbstractValidator<Rounded>
    {
        public RoundedRules(TimeProvider clock) => Include(new Rules(clock));
    }

    internal sealed class Handler(ReadReport reading, ZoneDbContext zone) : IRequestHandler<Exact, ReportFacts>, IRequestHandler<Rounded, ReportFacts>, IRequestHandler<Settled, IReadOnlyList<int>>
    {
        public async Task<IReadOnlyList<int>> Handle(Settled query, CancellationToken ct) => await zone.Set<SettledYear>().Select(y => y.Year).ToListAsync(ct);
        public Task<ReportFacts> Handle(Exact query, CancellationToken ct) => reading.Internal(query.Year, query.Language, ct);
        public Task<ReportFacts> Handle(Rounded query, CancellationToken ct) => reading.Public(query.Year, query.Language, ct);
    }
}

/// <summary>The languages a report may be in: those the service works in, the zone's own first.</summary>
internal static class ReportLanguages
{
    public static readonly IReadOnlyList<string> All = ["fr", "nl", "de"];

    public static IReadOnlyList<string> Of(WhereAndWho who, ZoneSettings settings) => [.. All.Where(l => settings.Languages.Contains(l) || who.Zone!.Record.Languages.Contains(l, StringComparison.Ordinal)).OrderBy(l => l == who.Zone!.Record.FirstLanguage ? 0 : 1)];

    public static string Called(string language) => language switch { "fr" => "Français", "nl" => "Nederlands", _ => "Deutsch" };
}
