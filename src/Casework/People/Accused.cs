using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>Whom somebody accuses in one dossier is no safe way to them in another. Which dossier it is, nobody is told.</summary>
internal sealed class Accused(ZoneDbContext zone, UseCase place, Keyring keys)
{
    /// <summary>The alleged perpetrators of the dossier in which somebody's row stands, and of every other of the zone in which they are helped.</summary>
    public async Task<IReadOnlyList<Particulars>> By(Person who, CancellationToken ct) => [.. (await By([who], here: true, ct))[who.Id]];

    /// <summary>The same of the others alone: for whoever knows the dossier itself better than its rows, with what was changed and not saved yet.</summary>
    public async Task<IReadOnlyList<Particulars>> Elsewhere(Person who, CancellationToken ct) => [.. (await By([who], here: false, ct))[who.Id]];

    /// <summary>Of these, whose agreement names one of them as who may answer, or as whom to ask. Three questions however many they are; none where nobody names anybody.</summary>
    public async Task<IReadOnlySet<Guid>> NamedBy(IEnumerable<(Person Who, SafeContact Safe)> some, CancellationToken ct)
    {
        var naming = some.Where(s => s.Safe.Details.Value.NamesSomebody).ToList();
        if (naming.Count == 0) return new HashSet<Guid>();
        var authors = await By(naming.ConvertAll(n => n.Who), here: true, ct);
        return naming.Where(n => n.Safe.Details.Value.Names(authors[n.Who.Id])).Select(n => n.Who.Id).ToHashSet();
    }

    private async Task<ILookup<Guid, Particulars>> By(IReadOnlyList<Person> some, bool here, CancellationToken ct)
    {
        var own = some.ToDictionary(p => p.Id, p => p.DossierId);
        var stands = new HashSet<(Guid Who, Guid DossierId)>(here ? own.Select(p => (p.Key, p.Value)) : []);
        var alike = await new Sought(place.InZone.Keys.Search, [.. some.Select(p => (p.Identity.Value, (SafeDetails?)null))]).In(zone, closed: false, ct);
        foreach (var those in alike.Where(a => a.Owner != some[a.Place].Id).GroupBy(a => a.Owner, a => some[a.Place]).Chunk(400))
        {
            // Opened only where somebody is accused.
            var ids = those.Select(g => g.Key).ToList();
            var others = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id) && zone.Set<Person>().Any(a => a.DossierId == p.DossierId && a.Capacity == Capacity.AllegedAuthor)).ToListAsync(ct);
            await keys.Fetch(others.Where(o => o.IsHelped).Select(o => o.KeyOwner), ct);
            foreach (var (who, other) in those.Join(others.Where(o => o.IsHelped), g => g.Key, o => o.Id, (g, o) => g.Select(who => (who, o))).SelectMany(p => p))
                if (other.DossierId != own[who.Id] && SamePerson.MayBeOne(who.Identity.Value, other.Identity.Value)) stands.Add((who.Id, other.DossierId));
        }
        var dossiers = stands.Select(s => s.DossierId).Distinct().ToList();
        var authors = await zone.Set<Person>().AsNoTracking().Where(p => dossiers.Contains(p.DossierId) && p.Capacity == Capacity.AllegedAuthor).ToListAsync(ct);
        await keys.Fetch(authors.Select(a => a.KeyOwner), ct);
        return stands.Join(authors, s => s.DossierId, a => a.DossierId, (s, a) => (s.Who, a.Identity.Value)).ToLookup(a => a.Who, a => a.Value);
    }
}
