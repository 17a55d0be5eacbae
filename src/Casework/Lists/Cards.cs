using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Lists;

/// <summary>Who may be known, for the rows that are looked at. A command: of a dossier that is a colleague's only the safety card is shown, and they are told.</summary>
internal static class Cards
{
    internal sealed record Answer(IReadOnlyDictionary<int, IReadOnlyList<PossibleDuplicate>> Rows) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Rows.Values.OfType<IListDossiers>().SelectMany(l => l.Listed).Distinct();
    }

    [Requires(May.SeeSafetyCards)]
    internal sealed record Command(Guid List, IReadOnlyList<int> Rows) : ICommand<Answer>, IBesideTheForm;

    internal sealed class Handler(ZoneDbContext zone, Duplicates duplicates, Caller caller, TimeProvider clock) : IRequestHandler<Command, Answer>
    {
        public async Task<Answer> Handle(Command command, CancellationToken ct)
        {
            var rows = (await PvList.Own(zone.Set<PvList>().AsNoTracking(), command.List, caller.Self, clock.GetUtcNow(), ct)).Sheet!.Value.Rows;
            var found = new Dictionary<int, IReadOnlyList<PossibleDuplicate>>();
            foreach (var row in command.Rows.Where(r => r > 0 && r <= rows.Count).Distinct().Take(Check.Answer.PerPage))
            {
                var cells = rows[row - 1].Cells;
                var unknown = PvReading.IsUnknown(cells);
                found[row] = await duplicates.Of(unknown ? "" : cells.FamilyName, unknown ? "" : cells.GivenName, cells.Number, ct);
            }
            return new Answer(found);
        }
    }
}
