using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Tray;

/// <summary>Shows the number of a message to whoever has read what was said of it. Once the message is a dossier, the dossier's rules hold and this way is closed.</summary>
internal static class CallBack
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid Entry) : ICommand<Clearance>;

    internal sealed class Handler(ZoneDbContext zone, Nevers nevers, Caller caller, Trail trail) : IRequestHandler<Command, Clearance>
    {
        public async Task<Clearance> Handle(Command command, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).AsNoTracking().SingleOrDefaultAsync(e => e.Id == command.Entry && e.State != TrayState.Taken, ct) ?? throw new RefusedException("absent", command.Entry);
            trail.Concerns(entry.Id, "tray");
            var (leave, bar) = Clearance.Ask(entry, await nevers.IsNeverCalled(entry.Message.Value.Who, ct));
            return leave ?? throw new RefusedException(bar.Code(), entry.Id);
        }
    }
}
