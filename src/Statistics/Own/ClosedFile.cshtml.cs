using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Statistics.Own;

/// <summary>The figures of a quarter that is over as a file, with what is hidden hidden.</summary>
[Requires(May.SeeMaskedFigures), FreshFactor]
internal sealed class ClosedFile(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public string? Period { get; set; }

    /// <summary>csv or xlsx.</summary>
    [BindProperty(SupportsGet = true)] public string? Format { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        try
        {
            return Files.Result(this, await Draw.Of(pipeline, new Query { Period = Period }, ct), who.Zone!.Code, Moment.Day(clock.GetUtcNow()), Format);
        }
        catch (ValidationException)
        {
            return BadRequest(); // no page of ours links to it
        }
    }

    [Requires(May.SeeMaskedFigures), FreshFactor]
    internal sealed record Query : Closed.Asked, IQuery<Exact.Answer>;

    internal sealed class QueryRules : AbstractValidator<Query>
    {
        public QueryRules(TimeProvider clock) => Include(new Closed.Rules(clock));
    }

    internal sealed class Handler(Reading reading, TimeProvider clock) : IRequestHandler<Query, Exact.Answer>
    {
        public Task<Exact.Answer> Handle(Query query, CancellationToken ct) => reading.Whole(query.Days(Moment.Day(clock.GetUtcNow())), ct);
    }
}
