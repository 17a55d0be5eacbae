using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>From a dossier's id to its number and back, for those who answer for the audit. Says nothing of what is in it.</summary>
internal sealed class NumbersOfDossiers(ZoneDbContext zone) : INameDossiers, IFindDossiers
{
    public async Task<IReadOnlyDictionary<Guid, string>> Numbers(IEnumerable<Guid> dossiers, CancellationToken ct)
    {
        var found = new Dictionary<Guid, string>();
        foreach (var some in dossiers.Distinct().Chunk(400))
        {
            var ids = some.ToList();
            foreach (var dossier in await zone.Set<Dossier>().AsNoTracking().Where(d => ids.Contains(d.Id)).Select(d => new { d.Id, d.Number }).ToListAsync(ct)) found[dossier.Id] = dossier.Number;
        }
        return found;
    }

    async Task<Guid?> IFindDossiers.ByNumber(string number, CancellationToken ct) => DossierNumber.TryParse(number, out var read)
        ? await zone.Set<Dossier>().AsNoTracking().Where(d => d.Number == read.Text).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(ct) : null;
}
