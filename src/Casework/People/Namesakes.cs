using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>Tells whose name occurs among the people of a dossier, by the tokens of the search and nothing else: no person is opened for it.
/// Every name of two words and more must be found word for word with one and the same person; that other words share all their tokens happens once in some ten million.</summary>
internal sealed class Namesakes(ZoneDbContext zone, UseCase here) : IRecogniseColleagues
{
    public async Task<IReadOnlyDictionary<Guid, IReadOnlySet<Guid>>> In(IReadOnlyCollection<Guid> dossiers, IReadOnlyDictionary<Guid, string> names, CancellationToken ct)
    {
        var key = here.InZone.Keys.Search;
        var wanted = names.Select(n => (Account: n.Key, Words: Words(key, n.Value))).Where(n => n.Words.Count > 1).ToList();
        var found = new Dictionary<Guid, IReadOnlySet<Guid>>();
        if (wanted.Count == 0) return found;
        foreach (var some in dossiers.Chunk(200))
        {
            var ids = some.ToList();
            var tokens = await zone.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.DossierId)).Join(zone.Set<SearchToken>().Where(t => t.Kind == PartKind.Word), p => p.Id, t => t.Owner, (p, t) => new { p.DossierId, t.Owner, t.Token }).ToListAsync(ct);
            foreach (var dossier in tokens.GroupBy(t => t.DossierId))
            {
                var people = dossier.GroupBy(t => t.Owner).Select(p => p.Select(t => t.Token).ToHashSet()).ToList();
                var bearing = wanted.Where(n => people.Any(person => n.Words.All(word => word.Any(person.Contains)))).Select(n => n.Account).ToHashSet();
                if (bearing.Count > 0) found[dossier.Key] = bearing;
            }
        }
        return found;
    }

    // For each word of the name the tokens of which a person has one.
    private static List<HashSet<long>> Words(SearchKey key, string name) =>
        [.. NameQuery.Parse(name).ToTheLetter.Select(words => words.Select(word => SearchToken.Of(key, word)).ToHashSet())];
}
