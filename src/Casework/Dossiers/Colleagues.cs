using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Which colleagues a dossier may go to. One who is walled off from it is among nobody's choices.</summary>
internal sealed class Colleagues(ZoneDbContext zone, UseCase here, IStaff staff, TimeProvider clock)
{
    /// <summary>Roles whose holders may be named for a dossier.</summary>
    public static readonly Role[] Nameable = [Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee];

    private static readonly Compiled<Guid, Guid> Away = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<WalledOff>().Where(w => w.DossierId == dossier).Select(w => w.Account));

    /// <summary>Those a dossier may be assigned to: who works on dossiers, of a sealed one its named readers.</summary>
    public async Task<IReadOnlyList<Guid>> WhoMayGet(Dossier dossier, CancellationToken ct)
    {
        var (workers, walled) = (await staff.Holding(here.InZone.Id, [Role.Coordinator, Role.Caseworker], ct), await KeptAway(dossier.Id, ct));
        var readers = dossier.Protection == Protection.Sealed ? (await Named(dossier.Id, ct)).Select(g => g.Account).ToHashSet() : null;
        return [.. workers.Where(w => !walled.Contains(w) && readers?.Contains(w) != false)];
    }

    /// <summary>Those a message may be put to: who may open a dossier from it.</summary>
    public async Task<IReadOnlyList<Guid>> WhoMayTake(Guid message, CancellationToken ct)
    {
        var kept = await KeptAway(message, ct);
        return [.. (await staff.Holding(here.InZone.Id, Tray.PutTo.Workers, ct)).Where(w => !kept.Contains(w))];
    }

    public async Task<bool> AreNamed(Guid dossier, Guid account, CancellationToken ct) => (await Named(dossier, ct)).Any(g => g.Account == account);

    /// <summary>Who is named for a dossier now.</summary>
    public async Task<IReadOnlyList<Grant>> Named(Guid dossier, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return [.. (await zone.Set<Grant>().Where(g => g.DossierId == dossier && (g.Kind == GrantKind.Named || g.Kind == GrantKind.Trainee)).ToListAsync(ct)).Where(g => g.Counts(now))];
    }

    /// <summary>Who is walled off from a dossier, or from a message.</summary>
    public async Task<IReadOnlySet<Guid>> KeptAway(Guid dossier, CancellationToken ct) =>
        (await Away.In(zone, dossier, ct)).ToHashSet();

    /// <summary>Everybody with one of these roles, with all of those roles that they hold.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlySet<Role>>> Holding(IEnumerable<Role> roles, CancellationToken ct)
    {
        var held = new Dictionary<Guid, HashSet<Role>>();
        foreach (var role in roles)
        {
            foreach (var account in await staff.Holding(here.InZone.Id, [role], ct))
            {
                if (!held.TryGetValue(account, out var theirs)) held[account] = theirs = [];
                theirs.Add(role);
            }
        }
        return held.ToDictionary(h => h.Key, h => (IReadOnlySet<Role>)h.Value);
    }
}

/// <summary>Is a dossier still there for the caller, after what they just did to it?</summary>
internal static class StillMine
{
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<bool>;

    internal sealed class Handler(Guard guard) : MediatR.IRequestHandler<Query, bool>
    {
        public Task<bool> Handle(Query query, CancellationToken ct) => guard.Sees(query.Dossier, ct);
    }
}
