using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>From a dossier's number to its id, for those who answer for the audit. Says nothing of what is in it.</summary>
internal sealed class NumbersOfDossiers(ZoneDbContext zone) : IFindDossiers
{
    async Task<Guid?> IFindDossiers.ByNumber(string number, CancellationToken ct) => DossierNumber.TryParse(number, out var read)
        ? await zone.Set<Dossier>().AsNoTracking().Where(d => d.Number == read.Text).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(ct) : null;
}
