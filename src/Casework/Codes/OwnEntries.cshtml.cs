using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Codes;

/// <summary>The lists a zone may add to, and what it added: current, to come, ended. About the house, never about a person.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class OwnEntries(IMediator pipeline, TimeProvider clock) : PageModel
{
    public IReadOnlyList<OwnCode> Own { get; private set; } = [];
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    public async Task OnGetAsync(CancellationToken ct) => Own = await pipeline.Send(new Query(), ct);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : IQuery<IReadOnlyList<OwnCode>>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, IReadOnlyList<OwnCode>>
    {
        public async Task<IReadOnlyList<OwnCode>> Handle(Query query, CancellationToken ct) =>
            [.. (await zone.Set<OwnCode>().AsNoTracking().ToListAsync(ct)).OrderBy(c => c.List).ThenBy(c => c.Until is not null).ThenBy(c => c.Word, StringComparer.CurrentCulture)];
    }
}

internal sealed class CodesInMenu : IInMenu
{
    public int Order => 836;
    public May Deed => May.SetUpTheZone;
    public string Path => "/admin/codes";
    public string Text => Words.OwnCodesTitle;
}
