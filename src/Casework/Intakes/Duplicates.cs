using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Intakes;

/// <summary>Somebody who may be known already. With a link where the dossier may be opened; else the safety card, which tells what not to do.</summary>
internal sealed record PossibleDuplicate(Guid? Dossier, string? Number, string? Name, string Initials, string Language, Danger Danger, Guid? DayWorker, SafeContact Safe);

/// <summary>The cards shown, and whose they are: the dossier behind each is recorded as listed, also where it may not be opened.</summary>
internal sealed class Alike(IReadOnlyList<(Guid Dossier, PossibleDuplicate Card)> found) : List<PossibleDuplicate>(found.Select(f => f.Card)), IListDossiers
{
    IEnumerable<Guid> IListDossiers.Listed => found.Select(f => f.Dossier).Distinct();
}

/// <summary>Finds people of this zone with the same telephone, or a name that fits; the latest first. Never across zones, never blocking.</summary>
internal sealed class Duplicates(ZoneDbContext zone, Guard guard, UseCase here, Keyring keys, Caller caller, TimeProvider clock)
{
    private const int Most = 5, Candidates = 200, PerToken = 2000;

    public async Task<IReadOnlyList<PossibleDuplicate>> Of(string familyName, string givenName, string? phone, Guid? except, CancellationToken ct)
    {
        var key = new SearchKey(here.InZone.Keys.SearchRoot);
        var found = new HashSet<Guid>();
        if (PhoneNumber.Part(phone) is { } number) found.UnionWith(await Owners(key, [number], ct));
        var query = NameQuery.Parse($"{givenName} {familyName}");
        if (familyName.Length > 1 && givenName.Length > 0 && !query.IsEmpty)
        {
            HashSet<Guid>? all = null;
            foreach (var group in query.Groups)
            {
                var owners = await Owners(key, group, ct);
                if (all is null) all = owners;
                else all.IntersectWith(owners);
            }
            found.UnionWith(all ?? []);
        }
        return found.Count == 0 ? [] : await Cards([.. found.OrderDescending().Take(Candidates)], query, PhoneNumber.ToE164(phone), except, ct);
    }

    private async Task<HashSet<Guid>> Owners(SearchKey key, IReadOnlyList<SearchPart> parts, CancellationToken ct)
    {
        var owners = new HashSet<Guid>();
        foreach (var part in parts)
        {
            var token = key.Token(part);
            owners.UnionWith(await zone.Set<SearchToken>().AsNoTracking().Where(t => t.Token == token && t.Kind == part.Kind).OrderByDescending(t => t.Owner).Select(t => t.Owner).Take(PerToken).ToListAsync(ct));
        }
        return owners;
    }

    private async Task<IReadOnlyList<PossibleDuplicate>> Cards(List<Guid> candidates, NameQuery query, string? phone, Guid? except, CancellationToken ct)
    {
        var people = await zone.Set<Person>().AsNoTracking().Where(p => candidates.Contains(p.Id) && p.DossierId != except).ToListAsync(ct);
        await keys.Fetch(people.Select(p => p.KeyOwner), ct);
        var meant = people.Where(p => (phone is not null && PhoneNumber.ToE164(p.Identity.Value.Phone) == phone) || (!query.IsEmpty && query.Matches(p.Identity.Value.FamilyName, p.Identity.Value.GivenName))).Take(Most).ToList();
        var (ids, dossierIds) = (meant.Select(p => p.Id).ToList(), meant.Select(p => p.DossierId).ToList());
        var safe = await zone.Set<SafeContact>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, ct);
        var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(d => dossierIds.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        var visible = (await zone.Set<Dossier>().AsNoTracking().Where(guard.Visible()).Where(d => dossierIds.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
        return new Alike([.. meant.Select(person =>
        {
            var (dossier, identity) = (dossiers[person.DossierId], person.Identity.Value);
            var rules = safe.TryGetValue(person.Id, out var own) ? own : SafeContact.For(person);
            if (visible.Contains(dossier.Id)) return (dossier.Id, new PossibleDuplicate(dossier.Id, dossier.Number, identity.FullName, identity.Initials, person.Language, dossier.Danger, dossier.AssignedTo, rules));
            Tell(dossier);
            return (dossier.Id, new PossibleDuplicate(null, null, null, identity.Initials, person.Language, dossier.Danger, dossier.AssignedTo, rules));
        })]);
    }

    // The worker of the dossier is told that its card was shown: once per dossier, reader and day.
    private void Tell(Dossier dossier)
    {
        var (now, effect) = (clock.GetUtcNow(), $"safety-card {dossier.Id} {caller.Self} {clock.GetUtcNow():yyyyMMdd}");
        if (!zone.Set<OutboxMessage>().Local.Any(m => m.Key == effect) && !zone.Set<OutboxMessage>().Any(m => m.Key == effect))
            zone.Add(OutboxMessage.New(effect, SafetyCardMail.KindName, dossier.Id, dossier.AssignedTo, now));
    }
}
