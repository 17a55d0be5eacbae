using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Operator;

/// <summary>What the job engine does, to look at only. Of a job that failed the type of the fault and a reference: a message may quote what was typed.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Jobs(IMediator pipeline) : PageModel
{
    public JobState State { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => State = await pipeline.Send(new Query(), ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<JobState>;

    internal sealed class Handler(JobBoard board) : IRequestHandler<Query, JobState>
    {
        public Task<JobState> Handle(Query query, CancellationToken ct) => Task.FromResult(board.Now());
    }
}
