using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Gives a dossier to a colleague. A coordinator to anyone who works on dossiers; a caseworker takes what is nobody's, or lets go of their own.</summary>
internal static class Assign
{
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Dossier, Guid? To) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, IStaff staff, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            if (!caller.May(May.OpenAnyDossierOfTheZone))
            {
                var takes = dossier.AssignedTo is null && command.To == caller.Account;
                var letsGo = dossier.AssignedTo == caller.Account && command.To is null;
                if (!takes && !letsGo) throw new RefusedException("assign", dossier.Id);
            }
            else if (command.To is { } to && to != caller.Account && !(await staff.Holding(here.InZone.Id, [Role.Coordinator, Role.Caseworker], ct)).Contains(to))
            {
                throw new RefusedException("absent", dossier.Id);
            }
            dossier.Assign(command.To);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, clock.GetUtcNow(), command.To));
            return true;
        }
    }
}
