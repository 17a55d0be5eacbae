using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Partners;

/// <summary>The partners offered now as a file for a spreadsheet: organisations, none of the people who work there.</summary>
[Requires(May.SeePartners)]
internal sealed class Export(IMediator pipeline, WhereAndWho who) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => File(await pipeline.Send(new Query(), ct), "text/csv; charset=utf-8", $"{who.Zone!.Code}-partners.csv");

    [Requires(May.SeePartners)]
    internal sealed record Query : IQuery<byte[]>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, byte[]>
    {
        public async Task<byte[]> Handle(Query query, CancellationToken ct) => PartnerSheet.Write((await zone.Set<Partner>().AsNoTracking().Where(p => p.Ended == null).ToListAsync(ct)).OrderBy(p => p.Organisation, StringComparer.CurrentCulture));
    }
}
