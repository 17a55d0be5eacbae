using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Zones.Operator;

/// <summary>The operator's list of zones, and where more come from: the wizard, a file. No content of any zone is to be had here.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Zones(IMediator pipeline) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    /// <summary>Zones that are noted and not made yet.</summary>
    public int Waiting => Rows.Count(r => r.State == ZoneState.Preparing);

    public async Task OnGetAsync(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    internal sealed record Row(string Code, string Name, string Languages, ZoneState State);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>>;

    internal sealed class QueryHandler(Provisioning provisioning) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
            return [.. (await provisioning.Zones(ct)).Select(z => new Row(z.Code, z.NameIn(language), z.Languages, z.State))];
        }
    }
}
