using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Worklist;

/// <summary>One dossier of a caseload goes to a colleague, with the appointments that were chosen to go along.</summary>
internal static class HandOne
{
    /// <param name="Turn">What was decided.</param>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Turn, Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Diary diary, Going going, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var steps = (await Back.Handler.Own(zone, caller.Self, now, command.Turn, ct)).All.Where(s => s.Dossier == command.Dossier).ToList();
            if (steps.Count == 0) throw new RefusedException("absent", command.Dossier);
            var (dossier, from) = (await guard.Open(command.Dossier, ct), BulkStep.Worker(steps[0].Before)!.Value);
            var leads = await guard.Leads(dossier, ct);
            if (from != caller.Self && !leads) throw new RefusedException("not-theirs", dossier.Id);
            var (mayGet, got) = (await colleagues.WhoMayGet(dossier, ct), new HashSet<Guid>());
            if (!dossier.IsOpen) return false;
            if (steps.Find(s => s.Act == dossier.Id) is { } whole)
            {
                var to = BulkStep.Worker(whole.After)!.Value;
                if (dossier.AssignedTo != from || !mayGet.Contains(to)) return false; // somebody else's already; left, or walled off, meanwhile
                // Who is named by a restricted dossier is not for whoever has it to say.
                if (dossier.Protection == Protection.Restricted && !leads) return false;
                if (dossier.Protection == Protection.Restricted && !await colleagues.AreNamed(dossier.Id, to, ct)) zone.Add(Grant.Give(dossier.Id, to, GrantKind.Named, now, null, caller.Self));
                dossier.Assign(to);
                zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, now, to));
                if (to != caller.Self) await Tell(command.Turn, to, now, ct);
                got.Add(to);
            }
            var mayGo = await diary.WhoMayGo(dossier, null, ct);
            var meetings = steps.Where(s => s.Act != dossier.Id).ToDictionary(s => s.Act, s => BulkStep.Worker(s.After)!.Value);
            var ids = meetings.Keys.ToList();
            foreach (var meeting in await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && ids.Contains(c.Id)).ToListAsync(ct))
            {
                var (to, before) = (meetings[meeting.Id], Going.Agreement.Of(meeting));
                if (!(mayGo.Contains(to) || got.Contains(to)) || !meeting.PassOn(from, to)) continue;
                await going.Tell(meeting, before, ct, command.Turn);
                got.Add(to);
            }
            if (got.Count == 0) return false;
            await going.Settle(dossier, ct, got);
            dossier.Touch();
            return true;
        }

        // Once a receiver, however many dossiers come.
        private async Task Tell(Guid turn, Guid to, DateTimeOffset now, CancellationToken ct)
        {
            var effect = Notices.Caseload(turn, to);
            if (!await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == effect, ct)) zone.Add(OutboxMessage.New(effect, Notices.CaseloadReceived, null, to, now));
        }
    }
}

/// <summary>Gives one dossier of a caseload back to whoever had it, with its appointments; what was changed since stays as it is. Whoever handed over their own may see it no more, and takes it back all the same.</summary>
internal static class TakeBack
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Turn, Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Colleagues colleagues, Going going, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var turn = await Back.Handler.Own(zone, caller.Self, now, command.Turn, ct);
            var steps = turn.All.Where(s => s.Dossier == command.Dossier).ToList();
            if (turn.Act != BulkAct.HandOver || steps.Count == 0) throw new RefusedException("absent", command.Dossier);
            var from = BulkStep.Worker(steps[0].Before)!.Value;
            var dossier = await Open(command.Dossier, own: from == caller.Self, ct);
            var went = false;
            if (steps.Find(s => s.Act == dossier.Id) is { } whole)
            {
                var to = BulkStep.Worker(whole.After)!.Value;
                if (!dossier.IsOpen || dossier.AssignedTo != to || !(await colleagues.WhoMayGet(dossier, ct)).Contains(from)) return false;
                dossier.Assign(from);
                await Grant.EndNamed(zone, dossier.Id, to, turn.At, now, ct);
                zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, now, from));
                went = true;
            }
            var meetings = steps.Where(s => s.Act != dossier.Id).ToDictionary(s => s.Act, s => BulkStep.Worker(s.After)!.Value);
            var ids = meetings.Keys.ToList();
            foreach (var meeting in await zone.Set<Contact>().Where(c => c.DossierId == dossier.Id && ids.Contains(c.Id)).ToListAsync(ct))
            {
                var before = Going.Agreement.Of(meeting);
                if (before.Who.Contains(from) || !meeting.PassOn(meetings[meeting.Id], from)) continue;
                await going.Tell(meeting, before, ct, command.Turn);
                went = true;
            }
            if (!went) return false;
            await going.Settle(dossier, ct);
            dossier.Touch();
            return true;
        }

        // Nothing of it is shown: what is walled off or sealed is not there for them either.
        private async Task<Dossier> Open(Guid id, bool own, CancellationToken ct)
        {
            if (!own || await guard.Sees(id, ct)) return await guard.Open(id, ct);
            var there = zone.Set<Dossier>().Where(await guard.Exists(ct)).Where(d => d.Id == id && d.Protection != Protection.Sealed);
            await there.ExecuteUpdateAsync(set => set.SetProperty(d => d.Version, d => d.Version), ct);
            trail.Concerns(id, "own");
            return await there.SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
        }
    }
}
