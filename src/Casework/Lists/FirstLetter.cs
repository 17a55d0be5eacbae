using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Lists;

/// <summary>Plans the first letter of a dossier for today, where the gate would let it out unasked. It is asked again when the letter is prepared and when it is printed.</summary>
internal static class FirstLetter
{
    /// <returns>Why no letter goes out; <see cref="Bar.None"/>: one is planned, or was already.</returns>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier) : ICommand<Bar>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Caller caller, TimeProvider clock) : IRequestHandler<Command, Bar>
    {
        public async Task<Bar> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            if (dossier.Lead is not { } lead || !dossier.IsOpen) return Bar.Nowhere;
            var written = await zone.Set<Letter>().AnyAsync(l => l.PersonId == lead && l.State != LetterState.Dropped, ct);
            if (written || (await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.Letter && f.Done == null).ToListAsync(ct)).Exists(f => f.Persons.Contains(lead))) return Bar.None;
            if (Clearance.Look(await gate.Of(dossier, lead, first: true, ct), new Outgoing(Channel.Letter, Unattended: true, First: true), now).Bar is var bar and not Bar.None) return bar;
            var act = FollowUp.Plan(dossier.Id, [lead], ActKind.Letter, null, now, caller.Self, now);
            zone.Add(act);
            dossier.Awaits(act.DueAt);
            dossier.Touch();
            return Bar.None;
        }
    }
}
