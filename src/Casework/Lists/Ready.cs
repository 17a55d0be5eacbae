using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Lists;

/// <summary>The rows that are in order and wait to be taken, and what was made of the list so far.</summary>
internal static class Ready
{
    /// <param name="Intake">null: it is added to a dossier.</param>
    internal sealed record Row(int Number, Register.Command? Intake, Guid? AddTo);

    [Requires(May.OpenCallOuts)]
    internal sealed record Query(Guid List) : IQuery<IReadOnlyList<Row>>;

    /// <param name="Person">Whom a letter would be for; null: the row names nobody of that dossier.</param>
    internal sealed record Taken(Guid Dossier, Guid? Person);

    /// <summary>The dossiers that were made of it, or got a report of it, each with whom the row is about.</summary>
    [Requires(May.OpenCallOuts)]
    internal sealed record Made(Guid List) : IQuery<IReadOnlyList<Taken>>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>>, IRequestHandler<Made, IReadOnlyList<Taken>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var list = await PvList.Own(zone.Set<PvList>().AsNoTracking(), query.List, caller.Self, now, ct);
            var (made, rows) = (await MadeOf(zone, list, ct), list.Sheet!.Value.Rows);
            var owns = await OwnFacts.In(zone, now, ct);
            return [.. rows.Select((r, i) => (Row: i + 1, Of: r, Reading: PvReading.Of(r.Cells, here.InZone.Record.FirstLanguage, owns, now)))
                .Where(r => !made.ContainsKey(r.Row) && r.Of.Choice is PvChoice.Take or PvChoice.Add && r.Reading.Faults.Count == 0)
                .Select(r => new Row(r.Row, r.Of.Choice == PvChoice.Add ? null : IntakeOf(list, r.Row, r.Of.Cells, r.Reading), r.Of.Choice == PvChoice.Add ? r.Of.AddTo : null))];
        }

        public async Task<IReadOnlyList<Taken>> Handle(Made query, CancellationToken ct)
        {
            var list = await PvList.Own(zone.Set<PvList>().AsNoTracking(), query.List, caller.Self, clock.GetUtcNow(), ct);
            var (made, rows, leads) = (await MadeOf(zone, list, ct), list.Sheet!.Value.Rows, new Dictionary<Guid, Guid?>());
            foreach (var some in made.Where(m => rows[m.Key - 1].Choice != PvChoice.Add).Select(m => m.Value).Distinct().Chunk(400))
            {
                var ids = some.ToList();
                foreach (var dossier in await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).Select(d => new { d.Id, d.Lead }).ToListAsync(ct)) leads[dossier.Id] = dossier.Lead;
            }
            // In a dossier that was there already the lead is somebody else, who may not be in the list at all.
            return [.. made.Select(m => new Taken(m.Value, rows[m.Key - 1] is { Choice: PvChoice.Add } added ? added.Person : leads.GetValueOrDefault(m.Value))).Distinct()];
        }

        /// <summary>By row, counted from 1.</summary>
        public static async Task<IReadOnlyDictionary<int, Guid>> MadeOf(ZoneDbContext zone, PvList list, CancellationToken ct)
        {
            var made = new Dictionary<int, Guid>();
            foreach (var some in Enumerable.Range(1, list.Sheet!.Value.Rows.Count).Select(r => (Row: r, Once: PvList.OnceOf(list.Id, r))).Chunk(400))
            {
                var ids = some.Select(s => s.Once).ToList();
                var done = await zone.Set<Submission>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Made, ct);
                foreach (var (row, once) in some.Where(s => done.ContainsKey(s.Once))) made[row] = done[once];
            }
            return made;
        }

        private static Register.Command IntakeOf(PvList list, int row, PvCells cells, PvReading reading) => new()
        {
            Trigger = Trigger.OfficialReport, When = reading.When, SubKind = reading.Facts!, Unknown = reading.Unknown, GivenName = reading.Unknown ? "" : cells.GivenName, FamilyName = reading.Unknown ? "" : cells.FamilyName,
            Language = reading.Language, OfficialReport = cells.Number, Address = cells.Address, RequestedAt = list.At, Once = PvList.OnceOf(list.Id, row), OfferFollowUp = PvReading.OffersFollowUp(cells),
        };
    }
}
