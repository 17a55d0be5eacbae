using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Statistics.Own;

/// <summary>The zone's exact figures, live, over any period, for those who may open its dossiers. By person nothing but one's own open dossiers, and for a coordinator those of all.</summary>
[Requires(May.SeeExactFigures)]
internal sealed class Exact(IMediator pipeline, IAccounts accounts, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public string? Period { get; set; }
    [BindProperty(SupportsGet = true)] public DateOnly? From { get; set; }
    [BindProperty(SupportsGet = true)] public DateOnly? To { get; set; }
    [BindProperty(SupportsGet = true)] public bool Ages { get; set; }

    /// <summary>null: what was asked for could not be read.</summary>
    public Drawing? Shown { get; private set; }
    public IReadOnlyList<(string Name, int Open)> Loads { get; private set; } = [];
    public int Own { get; private set; }

    /// <summary>A period that has something to stand beside; null: this one has, or none does.</summary>
    public Interval? Released { get; private set; }
    public IReadOnlyList<Choice> Periods => [.. Interval.Offered(Moment.Day(clock.GetUtcNow())).Select(p => new Choice(p.Code!, p.InWords))];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        try
        {
            Shown = await Draw.Of(pipeline, new Query { Period = Period, From = From, To = To, Ages = Ages }, ct);
            if (Shown.Beside is null) Released = await pipeline.Send(new Beside.Last(), ct);
        }
        catch (RefusedException refused) when (refused.Code == ITellOwnFigures.Walled)
        {
            // For whom a wall stands, figures are those of quarters that are over, small ones hidden.
            return RedirectToPage("/Statistics/Own/Closed", new { period = (string?)null });
        }
        Period ??= From is null ? Shown.Period.Code : null;
        var loads = await pipeline.Send(new Caseload.Query(), ct);
        Own = loads.Where(l => l.IsOwn).Sum(l => l.Load.Open);
        var names = await accounts.Named(loads.Select(l => l.Load.Account).OfType<Guid>(), ct);
        Loads = [.. loads.Where(l => loads.Count > 1 || !l.IsOwn).Select(l => (l.Load.Account is not { } id ? Words.NobodysDossiers : names.TryGetValue(id, out var colleague) ? colleague.DisplayName : Words.UnknownColleague, l.Load.Open)).OrderBy(l => l.Item1, StringComparer.CurrentCulture)];
        return Page();
    }

    public Task ShowAgain(CancellationToken ct) => Task.CompletedTask;

    /// <summary>What is asked for: a period by its code, or two days; nothing at all is the year that runs.</summary>
    internal abstract record Asked
    {
        public string? Period { get; init; }
        public DateOnly? From { get; init; }
        public DateOnly? To { get; init; }

        /// <summary>Ages are opened and counted too.</summary>
        public bool Ages { get; init; }

        /// <summary>Called once the rules hold.</summary>
        public Interval Days(DateOnly today) => From is { } from && To is { } to ? new Interval(from, to) : string.IsNullOrEmpty(Period) ? Interval.Year(today) : Interval.Parse(Period)!;
    }

    [Requires(May.SeeExactFigures)]
    internal sealed record Query : Asked, IQuery<Answer>;

    /// <param name="Then">The same, as far as it has come, a year before.</param>
    internal sealed record Answer(Interval Period, Interval Before, OwnFacts Now, OwnFacts Then);

    internal sealed class Rules : AbstractValidator<Asked>
    {
        public Rules(TimeProvider clock)
        {
            var today = Moment.Day(clock.GetUtcNow());
            RuleFor(q => q.Period).Must(p => string.IsNullOrEmpty(p) || (Interval.Parse(p) is { } known && known.From <= today && known.From.Year >= 2000)).When(q => q.From is null && q.To is null).WithMessage(_ => Words.ChoosePeriod);
            RuleFor(q => q.From).NotNull().When(q => q.To is not null).WithMessage(_ => Words.FromAndTo);
            RuleFor(q => q.To).NotNull().When(q => q.From is not null).WithMessage(_ => Words.FromAndTo);
            RuleFor(q => q.From).Must(from => from is null || (from <= today && from.Value.Year >= 2000)).WithMessage(_ => Words.NotInTheFuture);
            RuleFor(q => q.To).Must((q, to) => to is null || q.From is null || to >= q.From).WithMessage(_ => Words.ToAfterFrom)
                .Must((q, to) => to is null || q.From is null || to.Value.Year <= q.From.Value.Year + Interval.MostYears).WithMessage(_ => Words.AtMostYears(Interval.MostYears));
        }
    }

    internal sealed class QueryRules : AbstractValidator<Query>
    {
        public QueryRules(TimeProvider clock) => Include(new Rules(clock));
    }

    internal sealed class Handler(Reading reading) : IRequestHandler<Query, Answer>
    {
        public Task<Answer> Handle(Query query, CancellationToken ct) => reading.Of(query, ct);
    }
}

/// <summary>Reads a zone's figures and those of a year before. That they were looked at, and which, is recorded.</summary>
internal sealed class Reading(ITellOwnFigures zone, Trail trail, TimeProvider clock)
{
    public Task<Exact.Answer> Of(Exact.Asked asked, CancellationToken ct) => Of(asked.Days(Moment.Day(clock.GetUtcNow())), asked.Ages, exact: true, ct);

    /// <summary>To be masked: the same for every reader.</summary>
    public Task<Exact.Answer> Whole(Interval period, CancellationToken ct) => Of(period, ages: false, exact: false, ct);

    private async Task<Exact.Answer> Of(Interval period, bool ages, bool exact, CancellationToken ct)
    {
        trail.Because("figures " + period.Said);
        var before = period.UpTo(Moment.Day(clock.GetUtcNow())).Before;
        return new Exact.Answer(period, before, await zone.Of(new OwnAsked(period.From, period.Until, ages, exact), ct), await zone.Of(new OwnAsked(before.From, before.Until, ages, exact), ct));
    }
}

/// <summary>Open dossiers now: one's own, and for a coordinator those of all.</summary>
internal static class Caseload
{
    [Requires(May.SeeExactFigures)]
    internal sealed record Query : IQuery<IReadOnlyList<(Load Load, bool IsOwn)>>;

    internal sealed class Handler(ITellOwnFigures zone, Trail trail, Caller caller) : IRequestHandler<Query, IReadOnlyList<(Load Load, bool IsOwn)>>
    {
        public async Task<IReadOnlyList<(Load Load, bool IsOwn)>> Handle(Query query, CancellationToken ct)
        {
            trail.Because("figures");
            return [.. (await zone.Loads(ct)).Select(l => (l, l.Account == caller.Account))];
        }
    }
}
