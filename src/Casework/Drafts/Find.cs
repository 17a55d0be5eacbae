using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Drafts;

/// <summary>What the caller typed in a form and has not sent. One look-up by a key where there is nothing; a text that is found is opened, and that is recorded.</summary>
internal static class Find
{
    /// <param name="Others">What else they typed in the same place, in other tabs: the latest first.</param>
    internal sealed record Answer(Guid Draft, int Version, DateTimeOffset Saved, Filled Text, IReadOnlyList<(Guid Draft, DateTimeOffset Saved)> Others);

    /// <param name="Chosen">Which of several; null: the latest.</param>
    [Requires(May.BeSignedIn)]
    internal sealed record Query(string Place, Guid? Chosen) : IQuery<Answer?>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer?>
    {
        private static readonly Compiled<Guid, string, Draft> Unsent = Compiled.Query((ZoneDbContext z, Guid account, string place) =>
            z.Set<Draft>().AsNoTracking().Where(d => d.Account == account && d.Place == place && d.Gone == null).OrderByDescending(d => d.Saved));

        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            var kept = clock.GetUtcNow() - Draft.KeptIn(query.Place);
            var all = (await Unsent.In(zone, caller.Self, query.Place, ct)).Where(d => d.Saved > kept).ToList();
            if (all.Count == 0) return null;
            if (all[0].DossierId is { } about && !await guard.Sees(about, ct)) return null;
            var draft = all.Find(d => d.Id == query.Chosen) ?? all[0];
            try
            {
                var text = draft.Text!.Value;
                trail.Because("draft", draft.Id);
                return new Answer(draft.Id, draft.Version, draft.Saved, text, [.. all.Where(d => d != draft).Select(d => (d.Id, d.Saved))]);
            }
            catch (ErasedException)
            {
                return null;
            }
        }
    }
}
