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

/// <summary>Plans the first letter to a person of a dossier for today, where the gate would let it out unasked. It is asked again when the letter is prepared and when it is printed.</summary>
internal static class FirstLetter
{
    /// <param name="Bar">Why no letter goes out; <see cref="Bar.None"/>: one is planned.</param>
    /// <param name="IsNew">false: it was planned or written before.</param>
    internal sealed record Outcome(Bar Bar, bool IsNew);

    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier, Guid Person) : ICommand<Outcome>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, Caller caller, TimeProvider clock) : IRequestHandler<Command, Outcome>
    {
        public async Task<Outcome> Handle(Command command, CancellationToken ct)
        {
            var (dossier, person, now) = (await guard.Open(command.Dossier, ct), command.Person, clock.GetUtcNow());
            if (!dossier.IsOpen) return new Outcome(Bar.Nowhere, IsNew: false);
            var whom = await gate.Of(dossier, person, first: true, ct);
            var written = await zone.Set<Letter>().AnyAsync(l => l.PersonId == person && l.State != LetterState.Dropped, ct);
            if (written || (await zone.Set<FollowUp>().Where(f => f.DossierId == dossier.Id && f.Kind == ActKind.Letter && f.Done == null).ToListAsync(ct)).Exists(f => f.Persons.Contains(person))) return new Outcome(Bar.None, IsNew: false);
            if (Clearance.Look(whom, new Outgoing(Channel.Letter, Unattended: true, First: true), now).Bar is var bar and not Bar.None) return new Outcome(bar, IsNew: false);
            var act = FollowUp.Plan(dossier.Id, [person], ActKind.Letter, null, now, caller.Self, now);
            zone.Add(act);
            dossier.Awaits(act.DueAt);
            dossier.Touch();
            return new Outcome(Bar.None, IsNew: true);
        }
    }
}
