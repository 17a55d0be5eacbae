using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Trainings;

/// <summary>The list of a session for signature, to be printed: whoever has a seat, then whoever waits, and lines for whoever else comes.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Sheet(IMediator pipeline, TimeProvider clock) : PageModel
{
    /// <summary>Empty lines at the end.</summary>
    public const int More = 3;

    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Session { get; set; }
    public Attendance.Answer View { get; private set; } = null!;
    public DateTimeOffset Printed { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Printed, View) = (clock.GetUtcNow(), await pipeline.Send(new Query(Training, Session), ct));

    [Requires(May.SeeTrainings)]
    internal sealed record Query(Guid Training, Guid Session) : IQuery<Attendance.Answer>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Attendance.Answer>
    {
        public Task<Attendance.Answer> Handle(Query query, CancellationToken ct) => Attendance.Answer.Of(zone, query.Training, query.Session, ct);
    }
}
