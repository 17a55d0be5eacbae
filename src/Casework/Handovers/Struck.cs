using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Handovers;

/// <summary>After violence at home, in whatever dossier, nobody knows what is safe any more; what lies with another zone still says it. So it comes back, to be proposed anew with what is asked now.
/// By the platform and not in the act that tells of the violence: the record of that act must not name dossiers that do not exist for whoever does it.</summary>
internal sealed class Struck : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        foreach (var handover in await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(handover), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => (await Since(zone, ct)).Select(s => (DateTimeOffset?)s.ViolenceAt).Min();

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    /// <returns>Did it come back?</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Handover) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Proposals proposals) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct) => [.. (await Since(zone, ct)).Select(s => s.Handover).Distinct()];

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var struck = (await Since(zone, ct)).Where(s => s.Handover == command.Handover).ToList();
            if (struck.Count == 0) return false;
            await proposals.AskBack([.. struck.Select(s => s.Person)], ct, before: struck.Max(s => s.ViolenceAt));
            foreach (var dossier in await zone.Set<Dossier>().Where(d => zone.Set<Handover>().Any(h => h.Id == command.Handover && h.DossierId == d.Id)).ToListAsync(ct)) dossier.Touch();
            return true;
        }
    }

    // Of what was proposed and not decided, whom violence has struck since.
    private static async Task<List<(Guid Handover, Guid Person, DateTimeOffset ViolenceAt)>> Since(ZoneDbContext zone, CancellationToken ct)
    {
        var open = await zone.Set<Handover>().AsNoTracking().Where(h => !h.CameIn && (h.State == HandoverState.Proposed || h.State == HandoverState.Delivered || h.State == HandoverState.Asked)).Select(h => new { h.Id, h.Persons, h.ProposedAt }).ToListAsync(ct);
        if (open.Count == 0) return [];
        var ids = open.SelectMany(h => h.Persons).Distinct().ToList();
        var struck = await zone.Set<SafeContact>().AsNoTracking().Where(s => ids.Contains(s.Id) && s.ViolenceAt != null).ToDictionaryAsync(s => s.Id, s => s.ViolenceAt!.Value, ct);
        return [.. open.SelectMany(h => h.Persons.Where(p => struck.TryGetValue(p, out var at) && at > h.ProposedAt).Select(p => (h.Id, p, struck[p])))];
    }
}
