using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>The work with partners in a year, in a few small tables. About no one.</summary>
[Requires(May.SeePartners)]
internal sealed class Figures(IMediator pipeline, TimeProvider clock) : PageModel
{
    // Nothing is older than the first orders on victim support; and nobody scrolls further.
    private const int YearsBack = 10;

    [BindProperty(SupportsGet = true)] public int Year { get; set; }
    public IReadOnlyList<Choice> Years => [.. Enumerable.Range(0, YearsBack + 1).Select(back => (ThisYear - back).ToString(CultureInfo.InvariantCulture)).Select(y => new Choice(y, y))];
    public IReadOnlyList<(string Name, IReadOnlyList<(string Row, int Count)> Rows)> Tables { get; private set; } = [];
    private int ThisYear => Moment.Day(clock.GetUtcNow()).Year;

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (Year < ThisYear - YearsBack || Year > ThisYear) Year = ThisYear;
        Tables = [.. (await pipeline.Send(new Query(Year), ct)).GroupBy(c => c.Table).Select(t => (Words.Of("PartnerTable_" + t.Key.Replace('-', '_')), (IReadOnlyList<(string, int)>)[.. t.Select(c => (RowOf(c), c.Count))]))];
    }

    /// <summary>A row in the reader's language.</summary>
    internal static string RowOf(StructuralCount count) => count.Table switch
    {
        PartnershipCounts.ByType => Words.Of("Type_" + count.Row),
        PartnershipCounts.ByLevel => Words.Of(nameof(PartnerLevel) + "_" + count.Row),
        PartnershipCounts.BySphere => Words.Of(nameof(PartnerSphere) + "_" + count.Row),
        PartnershipCounts.Done => Words.Of(nameof(ActivityKind) + "_" + count.Row),
        _ => Words.Of("AgreementFigure_" + count.Row.Replace('-', '_')),
    };

    [Requires(May.SeePartners)]
    internal sealed record Query(int Year) : IQuery<IReadOnlyList<StructuralCount>>;

    internal sealed class Handler(PartnershipCounts counts) : IRequestHandler<Query, IReadOnlyList<StructuralCount>>
    {
        public Task<IReadOnlyList<StructuralCount>> Handle(Query query, CancellationToken ct) => counts.In(query.Year, ct);
    }
}
