using System.Collections.Concurrent;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Whether a campaign asks the zone, and whether nobody has answered it: in the menu and on the bell of the coordinators. From the day of the final figures on it asks nobody any more.</summary>
internal sealed class Waits(IMediator pipeline, WhereAndWho who, WaitsNow known) : IInMenuAtTimes, IRing
{
    public int Order => 63;
    public May Deed => May.SettlePublicFigures;
    public string Path => "/our-figures/campaign";
    public string Text => Words.CampaignTitle;

    public async ValueTask<bool> IsNow(CancellationToken ct) => await Now(ct) != CampaignIs.Not;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => who.Caller.May(Deed) ? [new RingLine(Words.RingCampaign, Path, await Now(ct) == CampaignIs.Unanswered ? 1 : 0)] : [];

    private ValueTask<CampaignIs> Now(CancellationToken ct) => known.Of(who.Zone!, () => pipeline.Send(new Query(), ct));

    [Requires(May.SettlePublicFigures)]
    internal sealed record Query : IQuery<CampaignIs>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, CampaignIs>
    {
        private sealed record Asked
        {
            public int Year { get; init; }
            public bool IsAnswered { get; init; }
        }

        private static readonly Compiled<int, Asked> Last = Compiled.Query((ZoneDbContext z, int since) => z.Set<YearAsked>().Where(y => y.Year >= since).OrderByDescending(y => y.Year).Select(y => new Asked { Year = y.Year, IsAnswered = y.Validated != null }).Take(1));

        public async Task<CampaignIs> Handle(Query query, CancellationToken ct)
        {
            var today = Moment.Day(clock.GetUtcNow());
            return (await Last.In(zone, today.Year - 1, ct)).SingleOrDefault() is not { } last || today >= Releases.Calendar.Opens(Edition.OfYear(last.Year)) ? CampaignIs.Not : last.IsAnswered ? CampaignIs.Answered : CampaignIs.Unanswered;
        }
    }
}

/// <summary>Where a zone stands with the campaign.</summary>
internal enum CampaignIs { Not = 1, Unanswered, Answered }

/// <summary>The same as of a few seconds ago, for every page asks; what was written in the zone by this process shows at once.</summary>
internal sealed class WaitsNow(TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, (CampaignIs Is, long Writes, long Read)> known = new();

    public async ValueTask<CampaignIs> Of(Foundation.Zones.ZoneHandle zone, Func<Task<CampaignIs>> read)
    {
        if (known.TryGetValue(zone.Id, out var entry) && entry.Writes == zone.Writes && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Is;
        var (writes, at) = (zone.Writes, clock.GetTimestamp());
        var now = await read();
        if (known.Count > 20_000) known.Clear();
        known[zone.Id] = (now, writes, at);
        return now;
    }
}
