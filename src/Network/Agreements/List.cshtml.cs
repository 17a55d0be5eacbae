using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Agreements;

/// <summary>What the zone agreed with partners, what is to be renewed first.</summary>
[Requires(May.SeePartners)]
internal sealed class List(IMediator pipeline, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public AgreementState? State { get; set; }
    public IReadOnlyList<AgreementRow> Rows { get; private set; } = [];
    public bool MayKeep => who.Caller.May(May.KeepPartners);
    public IReadOnlyList<Choice> States => Choice.All<AgreementState>(Words.Of);

    public async Task OnGetAsync(CancellationToken ct) => Rows = [.. (await pipeline.Send(new Query(), ct)).Where(r => (State ?? r.State) == r.State)];

    [Requires(May.SeePartners)]
    internal sealed record Query : IQuery<IReadOnlyList<AgreementRow>>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<AgreementRow>>
    {
        public Task<IReadOnlyList<AgreementRow>> Handle(Query query, CancellationToken ct) => AgreementRow.Of(zone, null, Moment.Day(clock.GetUtcNow()), ct);
    }
}
