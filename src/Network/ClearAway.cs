using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Activities;
using VictimSupport.Network.Papers;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network;

/// <summary>Destroys the keys of what was taken out (a contact, an entry, a file), then its row. A key goes only when what it sealed is durably gone; a visit that was killed in between is finished by the next.</summary>
internal sealed class ClearAway : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => new[]
    {
        await zone.Set<ContactPerson>().Where(c => c.Gone != null).OrderBy(c => c.Gone).Select(c => c.Gone).FirstOrDefaultAsync(ct),
        await zone.Set<Activity>().Where(a => a.Gone != null).OrderBy(a => a.Gone).Select(a => a.Gone).FirstOrDefaultAsync(ct),
        await zone.Set<Paper>().Where(f => f.Gone != null).OrderBy(f => f.Gone).Select(f => f.Gone).FirstOrDefaultAsync(ct),
    }.Min();

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys) : IRequestHandler<Command, int>
    {
        private const int InOneGo = 100;

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            List<IHoldSealed> gone =
            [
                .. await zone.Set<ContactPerson>().Where(c => c.Gone != null).OrderBy(c => c.Gone).Take(InOneGo).ToListAsync(ct),
                .. await zone.Set<Activity>().Where(a => a.Gone != null).OrderBy(a => a.Gone).Take(InOneGo).ToListAsync(ct),
                .. await zone.Set<Paper>().Where(f => f.Gone != null).OrderBy(f => f.Gone).Take(InOneGo).ToListAsync(ct),
            ];
            if (gone.Count == 0) return 0;
            await keys.Destroy([.. gone.Select(g => g.KeyOwner)], ct);
            zone.RemoveRange(gone);
            return gone.Count;
        }
    }
}
