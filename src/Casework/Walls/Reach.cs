using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Walls;

/// <summary>Of which dossiers and walls somebody who builds walls may know: the data-protection officer of all but what is hidden from them; a coordinator, or a stand-in, of what they may open.</summary>
internal sealed class Reach(ZoneDbContext zone, Guard guard, IHideDossiers hidden, Caller caller)
{
    public async Task<Known> Of(CancellationToken ct)
    {
        var away = await hidden.From(caller, ct);
        if (caller.Is(Role.DataProtectionOfficer) || caller.May(May.OpenAnyDossierOfTheZone)) return new Known(away, null);
        return new Known(away, (await zone.Set<Dossier>().Where(await guard.Visible(ct)).Select(d => d.Id).ToListAsync(ct)).ToHashSet());
    }

    /// <param name="Only">null: all that is not hidden.</param>
    internal sealed record Known(IReadOnlySet<Guid> Hidden, IReadOnlySet<Guid>? Only)
    {
        public bool Knows(Guid dossier) => !Hidden.Contains(dossier) && Only?.Contains(dossier) != false;
        public bool Knows(Wall wall, IEnumerable<Guid> stands) => !Hidden.Contains(wall.Id) && (Only is null || stands.Any(Knows));
    }
}
