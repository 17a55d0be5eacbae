using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Statistics.Own;

/// <summary>The zone's figures for those of it who open no dossier: quarters that are over, small numbers hidden. One length of period and no other: a month beside its quarter would tell what was hidden.</summary>
[Requires(May.SeeMaskedFigures)]
internal sealed class Closed(IMediator pipeline, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public string? Period { get; set; }
    public Drawing? Shown { get; private set; }
    public IReadOnlyList<Choice> Periods => [.. Interval.Over(Moment.Day(clock.GetUtcNow())).Select(p => new Choice(p.Code!, p.InWords))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Shown = await Draw.Of(pipeline, new Query { Period = Period }, ct);
        Period ??= Shown.Period.Code;
    }

    public Task ShowAgain(CancellationToken ct) => Task.CompletedTask;

    internal abstract record Asked
    {
        /// <summary>2026-Q3; nothing at all is the last that is over.</summary>
        public string? Period { get; init; }
        public Interval Days(DateOnly today) => string.IsNullOrEmpty(Period) ? Interval.Over(today)[0] : Interval.Parse(Period)!;
    }

    [Requires(May.SeeMaskedFigures)]
    internal sealed record Query : Asked, IQuery<Exact.Answer>;

    internal sealed class Rules : AbstractValidator<Asked>
    {
        public Rules(TimeProvider clock) => RuleFor(q => q.Period).Must(p => string.IsNullOrEmpty(p) || Interval.Over(Moment.Day(clock.GetUtcNow())).Any(over => over.Code == p)).WithMessage(_ => Words.NotOver);
    }

    internal sealed class QueryRules : AbstractValidator<Query>
    {
        public QueryRules(TimeProvider clock) => Include(new Rules(clock));
    }

    internal sealed class Handler(Reading reading, TimeProvider clock) : IRequestHandler<Query, Exact.Answer>
    {
        public Task<Exact.Answer> Handle(Query query, CancellationToken ct) => reading.Whole(query.Days(Moment.Day(clock.GetUtcNow())), ct);
    }
}
