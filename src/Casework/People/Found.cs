using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>A person bears another name than before: found by it from now on, and whoever is walled off from that name is walled off from here.</summary>
internal sealed class Found(ZoneDbContext zone, UseCase here, Masonry masonry)
{
    public async Task ByName(Dossier dossier, Person person, CancellationToken ct)
    {
        await masonry.Meets(dossier, person.Identity.Value, null, ct);
        await SearchToken.FindAgain(zone, here.InZone.Keys.Search, person, ct);
    }
}
