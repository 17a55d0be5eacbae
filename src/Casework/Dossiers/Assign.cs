using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Gives a dossier to a colleague. A coordinator to anyone who works on dossiers; a caseworker takes what is nobody's, or lets go of their own.</summary>
internal static class Assign
{
    /// <param name="Was">Whose it was as the caller saw it: one that changed hands meanwhile stays. null: whoever has it.</param>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Dossier, Guid? To, Holder? Was = null) : ICommand<bool>;

    /// <param name="Worker">null: nobody.</param>
    /// <param name="IsOpen">It was open, and must be still.</param>
    internal sealed record Holder(Guid? Worker, bool IsOpen = false);

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Going going, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            if (command.Was is { } was && (dossier.AssignedTo != was.Worker || (was.IsOpen && !dossier.IsOpen))) return false;
            var leads = await guard.Leads(dossier, ct);
            if (!leads)
            {
                var takes = dossier.AssignedTo is null && command.To == caller.Account;
                var letsGo = dossier.AssignedTo == caller.Account && command.To is null;
                if (!takes && !letsGo) throw new RefusedException("assign", dossier.Id);
            }
            if (command.To is { } to && (to != caller.Account || caller.Is(Role.OutsideStandIn)) && !(await colleagues.WhoMayGet(dossier, ct)).Contains(to)) throw new RefusedException("absent", dossier.Id);
            // Whoever gets a restricted dossier is named by it.
            if (command.To is { } worker && leads && dossier.Protection == Protection.Restricted && !await colleagues.AreNamed(dossier.Id, worker, ct))
                zone.Add(Grant.Give(dossier.Id, worker, GrantKind.Named, clock.GetUtcNow(), null, caller.Self));
            dossier.Assign(command.To);
            await going.Settle(dossier, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, clock.GetUtcNow(), command.To));
            return true;
        }
    }
}
