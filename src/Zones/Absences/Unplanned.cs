using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Absences;

/// <summary>A colleague did not come: one press by the coordinator, who replaces them from this instant, and whom they replaced too.</summary>
internal static class Unplanned
{
    [Requires(May.BelongToTheZone)]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Account { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, StandsIn standsIn, IStaff staff, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (zone, now, self) = (here.InZone.Id, clock.GetUtcNow(), caller.Self);
            if (command.Account == self || !await standsIn.MaySpeakForOthers(zone, ct) || !(await staff.Holding(zone, RoleTemplates.Given, ct)).Contains(command.Account)) throw new RefusedException("absent", command.Account);
            var ahead = await house.Set<Absence>().Where(a => a.Zone == zone && a.To > now).ToListAsync(ct);
            if (ahead.Any(a => a.Account == command.Account && a.Covers(now))) return false; // pressed twice, or planned for today
            // Whoever presses must be there to replace; an outside stand-in sees one dossier at a time and leaves it to the coordinators.
            Guid? by = Absence.MayReplace.Any(caller.Is) && !ahead.Any(a => a.Account == self && a.Covers(now)) ? self : null;
            var absence = Absence.Begin(zone, command.Account, by, self, now);
            // One that is planned for later begins where it was planned to.
            if (ahead.Where(a => a.Account == command.Account && absence.Overlaps(a)).Select(a => (DateTimeOffset?)a.From).Min() is { } planned) absence.Until(planned);
            house.Add(absence);
            foreach (var left in ahead.Where(a => a.Replacement == command.Account && a.Covers(now)))
            {
                if (left.ReplaceBy(left.Account == by ? null : by, now) is { } rest) house.Add(rest);
            }
            return true;
        }
    }
}
