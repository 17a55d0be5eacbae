using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Who looks: all that the rules need to know of them.</summary>
/// <param name="Team">The zone lets caseworkers see each other's dossiers.</param>
/// <param name="Replaced">Colleagues who are absent and whom this one replaces.</param>
internal sealed record Reader(Guid Self, IReadOnlySet<Role> Roles, bool Team, IReadOnlyList<Guid> Replaced, DateTimeOffset Now)
{
    public bool Leads => AccessMatrix.Allows(May.OpenAnyDossierOfTheZone, Roles);
    public bool Works => Roles.Contains(Role.Caseworker);

    /// <summary>Sees here what was given to them from outside, and nothing else.</summary>
    public bool OnlyStandsIn => Roles.Contains(Role.OutsideStandIn) && !Roles.Any(r => r is Role.Coordinator or Role.Caseworker or Role.OnCall);

    /// <summary>Is it theirs, or of somebody they replace?</summary>
    public bool Owns(Dossier dossier) => dossier.AssignedTo is { } worker && (worker == Self || Replaced.Contains(worker));

    /// <summary>The grants that open anything to these roles.</summary>
    public GrantKind Grants => (Roles.Any(r => r is Role.Coordinator or Role.Caseworker or Role.OnCall) ? GrantKind.CallOut | GrantKind.BreakGlass | GrantKind.Named | GrantKind.Going : GrantKind.None)
        | (Roles.Contains(Role.Visitor) ? GrantKind.CallOut : GrantKind.None)
        | (Roles.Contains(Role.Trainee) ? GrantKind.Trainee : GrantKind.None) | (Roles.Contains(Role.OutsideStandIn) ? GrantKind.StandIn : GrantKind.None);
}

/// <summary>The rules of who sees which dossier, as conditions on its row. A wall comes before all; a seal before every role; then the role's own rule, or a grant.</summary>
internal static class Sight
{
    /// <summary>What there is for this reader at all, whether they may open it or not: nothing behind a wall, nothing sealed that they are not named for.</summary>
    public static Expression<Func<Dossier, bool>> Exists(ZoneDbContext zone, Reader reader)
    {
        var (self, now, grants) = (reader.Self, reader.Now, reader.Grants);
        return d => !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id)
            && (d.Protection != Protection.Sealed
                || zone.Set<Grant>().Any(g => g.Account == self && g.DossierId == d.Id && (g.Kind & grants) != GrantKind.None && (g.Kind == GrantKind.Named || g.Kind == GrantKind.StandIn) && g.From <= now && (g.Until == null || g.Until > now)));
    }

    /// <summary>What this reader may open.</summary>
    public static Expression<Func<Dossier, bool>> Of(ZoneDbContext zone, Reader reader)
    {
        if (reader.Leads) return Exists(zone, reader);
        // No nullable ones in the list: EF would look into it and write the SQL anew each time.
        var (self, now, grants, team, replaced) = (reader.Self, reader.Now, reader.Grants, reader.Team, reader.Replaced.ToList());
        if (grants == GrantKind.None) return d => false;
        if (!reader.Works)
        {
            return d => !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id)
                && zone.Set<Grant>().Any(g => g.Account == self && g.DossierId == d.Id && (g.Kind & grants) != GrantKind.None && g.From <= now && (g.Until == null || g.Until > now)
                    && (d.Protection == Protection.None || (d.Protection == Protection.Restricted && g.Kind != GrantKind.CallOut) || g.Kind == GrantKind.Named || g.Kind == GrantKind.StandIn));
        }
        return d => !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id)
            && ((d.Protection == Protection.None && (d.AssignedTo == self || d.AssignedTo == null || d.OpenedBy == self || team || replaced.Contains(d.AssignedTo!.Value)))
                || zone.Set<Grant>().Any(g => g.Account == self && g.DossierId == d.Id && (g.Kind & grants) != GrantKind.None && g.From <= now && (g.Until == null || g.Until > now)
                    && (d.Protection == Protection.None || (d.Protection == Protection.Restricted && g.Kind != GrantKind.CallOut) || g.Kind == GrantKind.Named || g.Kind == GrantKind.StandIn)));
    }

    // The two who open pages all day, in one compiled question each. What these do not show is asked again by the whole rule: they may show less, never more.
    internal static readonly Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>> ToLead = (z, id, self) =>
        z.Set<Dossier>().AsNoTracking().Where(d => d.Id == id && d.Protection != Protection.Sealed && !z.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id));

    internal static readonly Expression<Func<ZoneDbContext, Guid, Guid, IQueryable<Dossier>>> ToWork = (z, id, self) =>
        z.Set<Dossier>().AsNoTracking().Where(d => d.Id == id && d.Protection == Protection.None && (d.AssignedTo == self || d.AssignedTo == null || d.OpenedBy == self) && !z.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == d.Id));

    /// <summary>The same rule over what is not saved yet: may this reader open a dossier with these walls and grants?</summary>
    public static bool Sees(Reader reader, Dossier dossier, IReadOnlySet<Guid> walled, IEnumerable<Grant> grants)
    {
        if (walled.Contains(reader.Self)) return false;
        var held = grants.Where(g => g.Account == reader.Self && (g.Kind & reader.Grants) != GrantKind.None && g.Counts(reader.Now)).Select(g => g.Kind).ToList();
        return dossier.Protection switch
        {
            Protection.Sealed => held.Any(k => k is GrantKind.Named or GrantKind.StandIn),
            Protection.Restricted => reader.Leads || held.Any(k => k != GrantKind.CallOut),
            _ => reader.Leads || held.Count > 0 || (reader.Works && (reader.Team || dossier.AssignedTo is not { } worker || worker == reader.Self || dossier.OpenedBy == reader.Self || reader.Replaced.Contains(worker))),
        };
    }
}
