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

    private static readonly Compiled<Guid, Dossier> Any = Compiled.Query((ZoneDbContext z, Guid id) => z.Set<Dossier>().AsNoTracking().Where(d => d.Id == id));
    private static readonly Compiled<Guid, Guid, Dossier> OfCaseworker = Compiled.Query((ZoneDbContext z, Guid id, Guid self) => z.Set<Dossier>().AsNoTracking().Where(d => d.Id == id && (d.AssignedTo == self || d.AssignedTo == null || d.OpenedBy == self)));

    /// <summary>The dossiers this caller may see: a coordinator all, a caseworker those assigned to them, opened by them or to nobody, one on call those they opened in the last days.</summary>
    public Expression<Func<Dossier, bool>> Visible()
    {
        if (SeesAll) return d => true;
        var (self, since) = (caller.Self, clock.GetUtcNow() - AfterCallOut);
        if (caller.Is(Role.Caseworker)) return d => d.AssignedTo == self || d.AssignedTo == null || d.OpenedBy == self;
        if (caller.Is(Role.OnCall)) return d => d.OpenedBy == self && d.Opened > since;
        return d => false;
    }

    private bool SeesAll => caller.IsPlatform || caller.May(May.OpenAnyDossierOfTheZone);

    /// <summary>Opens a dossier to work on it. Its row stays locked until the transaction ends: those who work on it at once take turns.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see: the same to them.</exception>
    public async Task<Dossier> Open(Guid id, CancellationToken ct)
    {
        await zone.Set<Dossier>().Where(Visible()).Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Version, d => d.Version), ct);
        return Concerns(await zone.Set<Dossier>().Where(Visible()).SingleOrDefaultAsync(d => d.Id == id, ct), id);
    }

    /// <summary>Opens a dossier to read it.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see.</exception>
    public async Task<Dossier> Read(Guid id, CancellationToken ct)
    {
        // The same rule as Visible, compiled for the two who open pages all day; a test holds them against each other.
        var found = SeesAll ? await Any.In(zone, id, ct) : caller.Is(Role.Caseworker) ? await OfCaseworker.In(zone, id, caller.Self, ct) : await zone.Set<Dossier>().AsNoTracking().Where(Visible()).Where(d => d.Id == id).ToListAsync(ct);
        return Concerns(found.SingleOrDefault(), id);
    }

    private Dossier Concerns(Dossier? dossier, Guid id)
    {
        if (dossier is null) throw new RefusedException("absent", id);
        trail.Concerns(dossier.Id, Why(dossier));
        return dossier;
    }

    private string Why(Dossier dossier) => caller.IsPlatform ? "platform" : dossier.AssignedTo == caller.Account ? "assigned" : dossier.OpenedBy == caller.Account ? "own" : dossier.AssignedTo is null ? "unassigned" : "control";
}
