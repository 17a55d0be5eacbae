using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Once a day, in a zone that has looked: are these still its figures? Where they changed, its word has lapsed. The platform is told so, and the coordinators are asked again.</summary>
internal sealed class Recheck : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        foreach (var year in await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(year), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await zone.Set<YearAsked>().MinAsync(y => y.CheckAt, ct);

    /// <summary>The years that are to be looked up now.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<int>>;

    /// <returns>true: the figures are others, and the zone is asked again.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command(int Year) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<int>>, IRequestHandler<Command, bool>
    {
        public async Task<IReadOnlyList<int>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return await zone.Set<YearAsked>().Where(y => y.CheckAt <= now).Select(y => y.Year).ToListAsync(ct);
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (!caller.IsPlatform) throw new RefusedException("role"); // no person asks a zone from outside it
            trail.Because($"campaign {command.Year}");
            var (year, now) = (await zone.Set<YearAsked>().SingleAsync(y => y.Year == command.Year, ct), clock.GetUtcNow());
            if (!year.Check(await Digest.Of(figures, structural, year.Period, ct), now)) return false;
            zone.Add(TellThatWeLooked.New(year, now));
            return true;
        }
    }
}
