using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Worklist;

/// <summary>Puts a next act to a later moment.</summary>
internal static class PostponeTo
{
    /// <param name="Was">When it was due as the caller saw it; an act that somebody moved meanwhile stays where they put it.</param>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Act, DateTimeOffset Until, DateTimeOffset Was) : ICommand<bool>;

    /// <summary>The same of one act alone, remembered so that it can be taken back.</summary>
    /// <returns>What takes it back; null: somebody moved it meanwhile.</returns>
    [Requires(May.ChangeDossiers)]
    internal sealed record Alone(Guid Act, DateTimeOffset Until, DateTimeOffset Was) : ICommand<Guid?>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>, IRequestHandler<Alone, Guid?>
    {
        public Task<bool> Handle(Command command, CancellationToken ct) => Move(zone, guard, command.Act, command.Was, command.Until, ct);

        public async Task<Guid?> Handle(Alone command, CancellationToken ct)
        {
            if (!await Move(zone, guard, command.Act, command.Was, command.Until, ct)) return null;
            var act = await zone.Set<FollowUp>().SingleAsync(f => f.Id == command.Act, ct); // to the minute
            var turn = BulkTurn.Take(BulkAct.Postpone, [new BulkStep(act.DossierId, act.Id, BulkStep.Of(command.Was), BulkStep.Of(act.DueAt))], caller.Self, clock.GetUtcNow());
            zone.Add(turn);
            return turn.Id;
        }

        public static async Task<bool> Move(ZoneDbContext zone, Guard guard, Guid id, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
        {
            var about = await zone.Set<FollowUp>().Where(f => f.Id == id).Select(f => (Guid?)f.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
            var dossier = await guard.Open(about, ct);
            if (await zone.Set<FollowUp>().SingleOrDefaultAsync(f => f.Id == id && f.Done == null, ct) is not { } act || act.DueAt != from) return false;
            act.Postpone(to);
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            return true;
        }
    }
}

/// <summary>Takes back what was done to several dossiers; one that was changed since stays as it is.</summary>
internal static class Back
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Turn) : IQuery<Bulk.Turn>;

    /// <param name="Act">Which of its steps.</param>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Turn, Guid Act) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Going going, Caller caller, TimeProvider clock) : IRequestHandler<Query, Bulk.Turn>, IRequestHandler<Command, bool>
    {
        public async Task<Bulk.Turn> Handle(Query query, CancellationToken ct)
        {
            var turn = await Own(zone, caller.Self, clock.GetUtcNow(), query.Turn, ct);
            return new Bulk.Turn(turn.Id, turn.Act, [.. turn.All]);
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var turn = await Own(zone, caller.Self, clock.GetUtcNow(), command.Turn, ct);
            if (turn.Act == BulkAct.HandOver) throw new RefusedException("absent", command.Turn);
            var step = turn.All.SingleOrDefault(s => s.Act == command.Act) ?? throw new RefusedException("absent", command.Turn);
            if (turn.Act == BulkAct.Postpone) return await PostponeTo.Handler.Move(zone, guard, step.Act, BulkStep.Due(step.After), BulkStep.Due(step.Before), ct);
            var dossier = await guard.Open(step.Dossier, ct);
            var before = BulkStep.Worker(step.Before);
            if (!await guard.Leads(dossier, ct) || dossier.AssignedTo != BulkStep.Worker(step.After) || !dossier.IsOpen) return false;
            if (before is { } worker && !(await colleagues.WhoMayGet(dossier, ct)).Contains(worker)) return false; // left, or walled off, meanwhile
            dossier.Assign(before);
            if (BulkStep.Worker(step.After) is { } named) await Grant.EndNamed(zone, dossier.Id, named, turn.At, clock.GetUtcNow(), ct);
            // What they agreed on while they had it they go to.
            await going.Settle(dossier, ct, [.. new[] { BulkStep.Worker(step.After) }.OfType<Guid>()]);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, clock.GetUtcNow(), before));
            return true;
        }

        internal static async Task<BulkTurn> Own(ZoneDbContext zone, Guid self, DateTimeOffset now, Guid id, CancellationToken ct)
        {
            var since = now - BulkTurn.Undoable;
            return await zone.Set<BulkTurn>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.Account == self && t.At >= since, ct) ?? throw new RefusedException("absent", id);
        }
    }
}
