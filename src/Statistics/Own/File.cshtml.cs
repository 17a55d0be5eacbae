using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Statistics.Own;

/// <summary>The exact figures as a file for a spreadsheet.</summary>
[Requires(May.SeeExactFigures), FreshFactor]
internal sealed class ExactFile(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public string? Period { get; set; }
    [BindProperty(SupportsGet = true)] public DateOnly? From { get; set; }
    [BindProperty(SupportsGet = true)] public DateOnly? To { get; set; }
    [BindProperty(SupportsGet = true)] public bool Ages { get; set; }

    /// <summary>csv or xlsx.</summary>
    [BindProperty(SupportsGet = true)] public string? Format { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return BadRequest();
        try
        {
            var drawn = await Draw.Of(pipeline, new Query { Period = Period, From = From, To = To, Ages = Ages }, ct);
            return Files.Result(this, drawn, who.Zone!.Code, Moment.Day(clock.GetUtcNow()), Format);
        }
        catch (ValidationException)
        {
            return BadRequest(); // no page of ours links to it
        }
    }

    [Requires(May.SeeExactFigures), FreshFactor]
    internal sealed record Query : Exact.Asked, IQuery<Exact.Answer>;

    internal sealed class QueryRules : AbstractValidator<Query>
    {
        public QueryRules(TimeProvider clock) => Include(new Exact.Rules(clock));
    }

    internal sealed class Handler(Reading reading) : IRequestHandler<Query, Exact.Answer>
    {
        public Task<Exact.Answer> Handle(Query query, CancellationToken ct) => reading.Of(query, ct);
    }
}
