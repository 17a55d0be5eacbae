using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Gives a dossier to a colleague. A coordinator to anyone who works on dossiers; a caseworker takes what is nobody's, or lets go of their own.</summary>
internal static class Assign
{
    /// <param name="Was">Whose it was as the caller saw it: one that changed hands meanwhile stays. null: whoever has it.</param>
    [Requires(May.CloseAndHandOver)]
    internal sealed record Command(Guid Dossier, Guid? To, Holder? Was = null) : ICommand<bool>;

    private static readonly TimeSpan Together = TimeSpan.FromMinutes(10);

    /// <param name="Worker">null: nobody.</param>
    /// <param name="IsOpen">It was open, and must be still.</param>
    internal sealed record Holder(Guid? Worker, bool IsOpen = false);

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Colleagues colleagues, Going going, IEnumerable<IRemind> kinds, IZoneSettings settings, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
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
            var before = dossier.AssignedTo;
            dossier.Assign(command.To);
            await going.Settle(dossier, ct);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Assigned, caller.Self, clock.GetUtcNow(), command.To));
            if (command.To is { } now && now != before && dossier.IsOpen) await Begins(dossier, before, now, ct);
            return true;
        }

        // What fell due while it was nobody's was told to the coordinators and to nobody else: it is for somebody now, and is told on if they do nothing.
        private async Task Begins(Dossier dossier, Guid? before, Guid worker, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (before is null)
            {
                var (codes, delay) = (kinds.Where(k => k.IsToldOn).Select(k => k.Kind).ToList(), (await settings.Of(here.InZone.Id, ct)).ToldOnAfter);
                foreach (var told in await zone.Set<Told>().Where(t => t.DossierId == dossier.Id && t.TellOnAt == null && t.ToldOn == null && codes.Contains(t.Kind)).ToListAsync(ct)) told.BeginsAnew(now + delay);
            }
            if (worker == caller.Account) return;
            // One mail for many dossiers: the first at once, and of all that follow within ten minutes one at their end.
            var turn = now.UtcTicks / Together.Ticks;
            if (!await Tell($"{turn}", now)) await Tell($"{turn} after", new DateTimeOffset((turn + 1) * Together.Ticks, TimeSpan.Zero));

            async Task<bool> Tell(string of, DateTimeOffset at)
            {
                var effect = Notices.Caseload(of, worker);
                if (await zone.Set<OutboxMessage>().AnyAsync(m => m.Key == effect, ct)) return false;
                zone.Add(OutboxMessage.New(effect, Notices.CaseloadReceived, null, worker, at));
                return true;
            }
        }
    }
}
