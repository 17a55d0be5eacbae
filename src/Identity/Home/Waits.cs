using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Identity.Home;

/// <summary>What waits for the caller in one zone, as all modules that have something to say of it say it: one use case, so one scope, one connection and one record.</summary>
internal static class Waits
{
    /// <returns>null: no module has anything to say to these roles, and nothing is recorded.</returns>
    [Requires(May.BeSignedIn)]
    internal sealed record Query : IQuery<Answer?>;

    /// <summary>Recorded as the worklist is: as a list. It names no dossier, for figures open none.</summary>
    internal sealed record Answer(IReadOnlyList<HomeLine> Lines) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => [];
    }

    internal sealed class Handler(IEnumerable<ITellAtHome> modules) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var lines = new List<HomeLine>();
            foreach (var module in modules.OrderBy(m => m.Order)) lines.AddRange(await module.Lines(ct));
            return lines.Count == 0 ? null : new Answer(lines);
        }
    }
}
