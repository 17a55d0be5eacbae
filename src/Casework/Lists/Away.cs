using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Lists;

/// <summary>Throws a list away; what was made of it stays.</summary>
internal static class Away
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid List) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            (await PvList.Own(zone.Set<PvList>(), command.List, caller.Self, clock.GetUtcNow(), ct)).Throw(clock.GetUtcNow());
            return true;
        }
    }
}
