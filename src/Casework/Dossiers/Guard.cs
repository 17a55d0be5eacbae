using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Who may see which dossier, and why it opened. The one place that knows; lists, search and pages all ask here. A dossier one may not see does not exist.</summary>
internal sealed class Guard(ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock)
{
    /// <summary>How long a colleague on call keeps the dossiers they opened.</summary>
    private static readonly TimeSpan AfterCallOut = TimeSpan.FromHours(72);

    /// <summary>The dossiers this caller may see: a coordinator all, a caseworker those assigned to them, opened by them or to nobody, one on call those they opened in the last days.</summary>
    public Expression<Func<Dossier, bool>> Visible()
    {
        if (caller.IsPlatform || caller.May(May.OpenAnyDossierOfTheZone)) return d => true;
        var (self, since) = (caller.Self, clock.GetUtcNow() - AfterCallOut);
        if (caller.Is(Role.Caseworker)) return d => d.AssignedTo == self || d.AssignedTo == null || d.OpenedBy == self;
        if (caller.Is(Role.OnCall)) return d => d.OpenedBy == self && d.Opened > since;
        return d => false;
    }

    /// <summary>Opens a dossier to work on it. Its row stays locked until the transaction ends: those who work on it at once take turns.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see: the same to them.</exception>
    public async Task<Dossier> Open(Guid id, CancellationToken ct)
    {
        await zone.Set<Dossier>().Where(Visible()).Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Version, d => d.Version), ct);
        return await Find(zone.Set<Dossier>(), id, ct);
    }

    /// <summary>Opens a dossier to read it.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see.</exception>
    public Task<Dossier> Read(Guid id, CancellationToken ct) => Find(zone.Set<Dossier>().AsNoTracking(), id, ct);

    private async Task<Dossier> Find(IQueryable<Dossier> dossiers, Guid id, CancellationToken ct)
    {
        var dossier = await dossiers.Where(Visible()).SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw new RefusedException("absent", id);
        trail.Concerns(dossier.Id, Why(dossier));
        return dossier;
    }

    private string Why(Dossier dossier) => caller.IsPlatform ? "platform" : dossier.AssignedTo == caller.Account ? "assigned" : dossier.OpenedBy == caller.Account ? "own" : dossier.AssignedTo is null ? "unassigned" : "control";
}
