using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Opens a closed dossier again; its next act is to get in touch.</summary>
internal static class Reopen
{
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            if (dossier.IsOpen) return false;
            dossier.Reopen();
            // Its time begins anew.
            dossier.PutOff(now + (await settings.Of(here.InZone.Id, ct)).ShortTerm);
            var act = FollowUp.Plan(dossier.Id, dossier.Lead is { } lead ? [lead] : [], ActKind.CallBack, null, now.AddDays(1), caller.Self, now);
            zone.AddRange(act, Milestone.Reached(dossier.Id, MilestoneKind.Reopened, caller.Self, now));
            await NextAct.Settle(zone, dossier, ct); // a referral may have come back meanwhile
            return true;
        }
    }
}
