using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>What people said of the public pages, the latest first, until it is forgotten. That it was read is recorded: somebody may have written of themselves.</summary>
[Requires(May.SetUpTheZone)]
internal sealed class FeedbackList(IMediator pipeline, IZoneSettings settings, WhereAndWho who) : PageModel
{
    private const int Most = 200;

    public IReadOnlyList<Row> Rows { get; private set; } = [];
    public int Days { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Rows = await pipeline.Send(new Query(), ct);
        Days = (int)(await settings.Of(who.Zone!.Id, ct)).FeedbackKept.TotalDays;
    }

    internal sealed record Row(DateTimeOffset At, string Language, FeedbackOn? On, string Said);

    [Requires(May.SetUpTheZone)]
    internal sealed record Query : IQuery<IReadOnlyList<Row>>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, Trail trail) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            trail.Because("feedback");
            var notes = await zone.Set<FeedbackNote>().AsNoTracking().Where(n => n.Gone == null).OrderByDescending(n => n.At).Take(Most).ToListAsync(ct);
            await keys.Fetch(notes.Select(n => n.Id), ct);
            return [.. notes.Where(n => n.Text is not null).Select(n => new Row(n.At, n.Language, n.On, n.Text!.Value))];
        }
    }
}
