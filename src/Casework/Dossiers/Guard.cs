using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Who may see which dossier, and why it opened. The one place that asks <see cref="Sight"/>; lists, search and pages all ask here. A dossier one may not see does not exist.</summary>
internal sealed class Guard(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, IStaff staff, IZoneSettings settings, TimeProvider clock)
{
    private static readonly Compiled<Guid, Dossier> Any = Compiled.Query((ZoneDbContext z, Guid id) => z.Set<Dossier>().AsNoTracking().Where(d => d.Id == id));
    private static readonly Compiled<Guid, Guid, Dossier> ToLead = Compiled.Query(Sight.ToLead), ToWork = Compiled.Query(Sight.ToWork);
    private static readonly Compiled<Guid, Guid, Grant> Held = Compiled.Query((ZoneDbContext z, Guid id, Guid account) => z.Set<Grant>().AsNoTracking().Where(g => g.Account == account && g.DossierId == id));

    private Reader? reader;

    /// <summary>The dossiers this caller may open.</summary>
    public async ValueTask<Expression<Func<Dossier, bool>>> Visible(CancellationToken ct) => caller.IsPlatform ? d => true : Sight.Of(zone, await Looks(ct));

    /// <summary>The dossiers that are there for this caller, also those they may not open: of a possible duplicate among them a safety card is shown.</summary>
    public async ValueTask<Expression<Func<Dossier, bool>>> Exists(CancellationToken ct) => caller.IsPlatform ? d => true : Sight.Exists(zone, await Looks(ct));

    /// <summary>Who looks.</summary>
    public async ValueTask<Reader> Looks(CancellationToken ct) => reader ??= await As(caller.Self, caller.Roles, ct);

    /// <summary>How a colleague would look.</summary>
    public async ValueTask<Reader> As(Guid account, IReadOnlySet<Role> roles, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!roles.Contains(Role.Caseworker) && !roles.Contains(Role.Coordinator)) return new Reader(account, roles, false, [], now);
        var place = here.InZone.Id;
        return new Reader(account, roles, (await settings.Of(place, ct)).TeamSeesAll, await staff.ReplacedBy(place, account, ct), now);
    }

    /// <summary>May the caller open it? Asked where nothing of it is shown, so nothing is recorded.</summary>
    public async Task<bool> Sees(Guid id, CancellationToken ct) => await zone.Set<Dossier>().Where(await Visible(ct)).AnyAsync(d => d.Id == id, ct);

    /// <summary>Does the caller decide over this dossier as a coordinator does: as one, or as the stand-in it was given to?</summary>
    public async Task<bool> Leads(Dossier dossier, CancellationToken ct) => caller.May(May.OpenAnyDossierOfTheZone) || (caller.Is(Role.OutsideStandIn) && (await Grants(dossier.Id, ct)).Any(g => g.Kind == GrantKind.StandIn));

    /// <summary>Is it the caller's own: theirs, or of somebody they replace, or one over which they decide? Closing it, and who opened it, are for no other.</summary>
    public async Task<bool> Owns(Dossier dossier, CancellationToken ct) => (await Looks(ct)).Owns(dossier) || await Leads(dossier, ct);

    /// <exception cref="RefusedException">It is another's. Not the code of what one may not do to oneself: who tries this again and again is noticed.</exception>
    public async Task MustOwn(Dossier dossier, CancellationToken ct)
    {
        if (!await Owns(dossier, ct)) throw new RefusedException("not-theirs", dossier.Id);
    }

    /// <summary>Opens a dossier to work on it. Its row stays locked until the transaction ends: those who work on it at once take turns.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see: the same to them.</exception>
    public async Task<Dossier> Open(Guid id, CancellationToken ct)
    {
        var visible = await Visible(ct);
        await zone.Set<Dossier>().Where(visible).Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Version, d => d.Version), ct);
        return await Concerns(await zone.Set<Dossier>().Where(visible).SingleOrDefaultAsync(d => d.Id == id, ct), id, ct);
    }

    /// <summary>Opens a dossier to read it.</summary>
    /// <exception cref="RefusedException">It is absent, or not this caller's to see.</exception>
    /// <exception cref="StaleFactorException">It is sealed, and the caller showed a factor too long ago.</exception>
    public async Task<Dossier> Read(Guid id, CancellationToken ct)
    {
        var found = caller.IsPlatform ? await Any.In(zone, id, ct)
            : caller.May(May.OpenAnyDossierOfTheZone) ? await ToLead.In(zone, id, caller.Self, ct)
            : caller.Is(Role.Caseworker) ? await ToWork.In(zone, id, caller.Self, ct) : [];
        if (found.Count == 0) found = await zone.Set<Dossier>().AsNoTracking().Where(await Visible(ct)).Where(d => d.Id == id).ToListAsync(ct);
        return await Concerns(found.SingleOrDefault(), id, ct);
    }

    private async Task<Dossier> Concerns(Dossier? dossier, Guid id, CancellationToken ct)
    {
        if (dossier is null) throw new RefusedException("absent", id);
        // Only now: whoever may not open it is never asked for anything.
        if (dossier.Protection == Protection.Sealed && !caller.IsFresh(clock.GetUtcNow())) throw new StaleFactorException();
        var (why, until) = await Why(dossier, ct);
        trail.Concerns(dossier.Id, why, until);
        return dossier;
    }

    // What the row itself explains first; a grant is looked up only where it explains nothing.
    private async ValueTask<(string Why, DateTimeOffset? Until)> Why(Dossier dossier, CancellationToken ct)
    {
        if (caller.IsPlatform) return ("platform", null);
        var leads = caller.May(May.OpenAnyDossierOfTheZone);
        if (dossier.Protection == Protection.None || (leads && dossier.Protection == Protection.Restricted))
        {
            if (leads || caller.Is(Role.Caseworker))
            {
                if (dossier.AssignedTo == caller.Account) return ("assigned", null);
                if (dossier.AssignedTo is { } worker && (await Looks(ct)).Replaced.Contains(worker)) return ($"replacing {worker}", null);
                if (dossier.OpenedBy == caller.Account) return ("own", null);
                if (dossier.AssignedTo is null) return ("unassigned", null);
            }
            if (leads) return ("control", null);
        }
        var granted = (await Grants(dossier.Id, ct)).ToDictionary(g => g.Kind, g => g.Until);
        if (granted.ContainsKey(GrantKind.Named)) return (dossier.AssignedTo == caller.Account ? "assigned" : "named", null);
        if (granted.ContainsKey(GrantKind.CallOut) && dossier.Protection == Protection.None) return ("on duty", null);
        if (granted.ContainsKey(GrantKind.Going)) return ("goes there", null);
        if (granted.ContainsKey(GrantKind.Trainee)) return ("named", null);
        if (granted.ContainsKey(GrantKind.StandIn)) return ("stand-in", null);
        if (dossier.Protection == Protection.None && caller.Is(Role.Caseworker) && (await Looks(ct)).Team) return ("team", null);
        return granted.TryGetValue(GrantKind.BreakGlass, out var until) ? (BreakGlass.Why, until) : ("control", null);
    }

    /// <summary>The caller's grants on a dossier that count now; of a kind the longest.</summary>
    private async Task<IEnumerable<Grant>> Grants(Guid id, CancellationToken ct)
    {
        var who = await Looks(ct);
        return (await Held.In(zone, id, who.Self, ct)).Where(g => g.Counts(who.Now) && (g.Kind & who.Grants) != GrantKind.None).OrderByDescending(g => g.Until ?? DateTimeOffset.MaxValue).DistinctBy(g => g.Kind);
    }
}
