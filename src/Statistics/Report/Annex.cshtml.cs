using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>The tables of a report as a workbook, equal to the page to the cell.</summary>
[Requires(May.SeeMaskedFigures), FreshFactor]
internal sealed class Annex(IMediator pipeline, WhereAndWho who, IZoneSettings settings) : PageModel
{
    [BindProperty(SupportsGet = true)] public int Year { get; set; }
    [BindProperty(SupportsGet = true)] public string? Edition { get; set; }
    [BindProperty(SupportsGet = true)] public string? Language { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return BadRequest();
        try
        {
            var facts = await pipeline.Send(Edition == Show.InternalEdition ? (IRequest<ReportFacts>)new Exact { Year = Year, Language = Language ?? "" } : new Rounded { Year = Year, Language = Language ?? "" }, ct);
            if (facts.Exact is null && facts.Rounded is null) return NotFound();
            var report = await Show.Draw(facts, who, settings, Language!, ct);
            return File(Drawn.In(Language!, () => AnnexFile.Of(report)), Xlsx.MediaType, $"{report.Code}-report-{report.Year}-{(report.IsPublic ? Show.PublicEdition : Show.InternalEdition)}-{Language}.xlsx");
        }
        catch (ValidationException)
        {
            return BadRequest(); // no page of ours links to it
        }
    }

    [Requires(May.SeeExactFigures), FreshFactor]
    internal sealed record Exact : Show.Asked, IQuery<ReportFacts>;

    [Requires(May.SeeMaskedFigures), FreshFactor]
    internal sealed record Rounded : Show.Asked, IQuery<ReportFacts>;

    internal sealed class ExactRules : AbstractValidator<Exact>
    {
        public ExactRules(TimeProvider clock) => Include(new Show.Rules(clock));
    }

    internal sealed class RoundedRules : AbstractValidator<Rounded>
    {
        public RoundedRules(TimeProvider clock) => Include(new Show.Rules(clock));
    }

    internal sealed class Handler(ReadReport reading) : IRequestHandler<Exact, ReportFacts>, IRequestHandler<Rounded, ReportFacts>
    {
        public Task<ReportFacts> Handle(Exact query, CancellationToken ct) => reading.Internal(query.Year, query.Language, ct);
        public Task<ReportFacts> Handle(Rounded query, CancellationToken ct) => reading.Public(query.Year, query.Language, ct);
    }
}
