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
internal sealed record PossibleDuplicate(Guid? Dossier, string? Number, string? Name, string Initials, string Language, Danger Danger, Guid? DayWorker, SafeContact Safe)
{
    public ClosedChannels Closed { get; init; } = ClosedChannels.Nothing;

    /// <summary>What was agreed names somebody who is the alleged perpetrator by now: it holds as if nobody had been asked.</summary>
    public bool NamesAuthor { get; init; }

    /// <summary>What was agreed, or changed since, is to be asked again.</summary>
    public bool AskAgain { get; init; }

    /// <summary>On what condition: whoever reads "only if" at night reads of what.</summary>
    public SafeDetails Agreed => NamesAuthor ? Safe.Details.Value with { WhoMayAnswer = null, ThirdPerson = null } : Safe.Details.Value;

    /// <summary>The rule that holds of a channel, in words: as the gate would have it, not as it was ticked in this one dossier.</summary>
    public string Says(Channel channel) => Closed.Says(channel, Safe, NamesAuthor);
}

/// <summary>The cards shown, and whose they are: the dossier behind each is recorded as listed, also where it may not be opened.</summary>
internal sealed class Shown(IReadOnlyList<(Guid Dossier, PossibleDuplicate Card)> found) : List<PossibleDuplicate>(found.Select(f => f.Card)), IListDossiers
{
    IEnumerable<Guid> IListDossiers.Listed => found.Select(f => f.Dossier).Distinct();
}

/// <summary>Finds people of this zone with the same telephone, or a name that fits; the latest first. Never across zones, never blocking.</summary>
internal sealed class Duplicates(ZoneDbContext zone, Guard guard, Nevers nevers, Accused accused, UseCase here, Keyring keys, Caller caller, TimeProvider clock)
{
    private const int Most = 5, Candidates = 200, PerToken = 2000;
    private static readonly Compiled<List<Guid>, Person> People = Compiled.Query((ZoneDbContext z, List<Guid> ids) => z.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)));

    public async Task<IReadOnlyList<PossibleDuplicate>> Of(string familyName, string givenName, string? phone, Guid? except, CancellationToken ct)
    {
        var meant = await Meant(familyName, givenName, phone, except, ct);
        return meant.Count == 0 ? [] : await Cards([.. meant.Take(Most)], ct);
    }

    /// <summary>The same for a row of a list: whoever is alike, and the first of each dossier that has this official report.</summary>
    public async Task<IReadOnlyList<PossibleDuplicate>> Of(string familyName, string givenName, string report, CancellationToken ct)
    {
        var meant = (await Meant(familyName, givenName, null, null, ct)).Concat(await OfReport(report, ct)).DistinctBy(p => p.Id).ToList();
        return meant.Count == 0 ? [] : await Cards([.. meant.Take(Most)], ct);
    }

    /// <summary>Is somebody alike, or the report, known? Shows nothing and tells nobody.</summary>
    public async Task<bool> Any(string familyName, string givenName, string report, bool named, CancellationToken ct) =>
        (named && (await Meant(familyName, givenName, null, null, ct)).Count > 0) || (await OfReport(report, ct)).Count > 0;

    private async Task<IReadOnlyList<Person>> OfReport(string number, CancellationToken ct)
    {
        if (number.Length == 0) return [];
        var part = PvNumber.Part(number);
        var owners = (await SearchToken.OwnersOf(zone, here.InZone.Keys.Search, [part], Candidates, ct)).ToList();
        if (owners.Count == 0) return [];
        var reports = await zone.Set<OfficialReport>().AsNoTracking().Where(r => owners.Contains(r.Id)).ToListAsync(ct);
        var about = reports.Select(r => r.DossierId).Distinct().ToList();
        var there = (await zone.Set<Dossier>().AsNoTracking().Where(await guard.Exists(ct)).Where(d => about.Contains(d.Id) && d.Lead != null).Select(d => new { d.Id, d.Lead }).ToListAsync(ct)).ToDictionary(d => d.Id, d => d.Lead!.Value);
        await keys.Fetch(there.Keys, ct);
        var leads = reports.Where(r => there.ContainsKey(r.DossierId) && PvNumber.Part(r.Number.Value) == part).Select(r => there[r.DossierId]).Distinct().ToList();
        var people = await People.In(zone, leads, ct);
        await keys.Fetch(people.Select(p => p.KeyOwner), ct);
        return people;
    }

    /// <summary>Of whoever is alike, those who are helped in dossiers that go on and that the caller may open. Of the others it shows nothing, and tells nobody.</summary>
    public async Task<IReadOnlyList<(Person Person, Dossier Dossier)>> GoingOn(Particulars who, CancellationToken ct)
    {
        var meant = (await Meant(who.FamilyName, who.GivenName, who.Phone, null, ct)).Where(p => p.IsHelped).ToList();
        if (meant.Count == 0) return [];
        var ids = meant.Select(p => p.DossierId).Distinct().ToList();
        var open = await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed == null && ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        return [.. meant.Where(p => open.ContainsKey(p.DossierId)).Take(Most).Select(p => (p, open[p.DossierId]))];
    }

    /// <summary>Is somebody alike known? Shows nothing and tells nobody.</summary>
    public async Task<bool> Any(string familyName, string givenName, string? phone, CancellationToken ct) => (await Meant(familyName, givenName, phone, null, ct)).Count > 0;

    private async Task<IReadOnlyList<Person>> Meant(string familyName, string givenName, string? typedPhone, Guid? except, CancellationToken ct)
    {
        var (key, query, phone) = (here.InZone.Keys.Search, NameQuery.Parse($"{givenName} {familyName}"), PhoneNumber.ToE164(typedPhone));
        var owners = PhoneNumber.Part(typedPhone) is { } number ? await SearchToken.OwnersOf(zone, key, [number], PerToken, ct) : [];
        if (familyName.Length > 1 && givenName.Length > 0 && !query.IsEmpty) owners.UnionWith(await SearchToken.OwnersOfAll(zone, key, query.Groups, PerToken, ct));
        if (owners.Count == 0) return [];
        var candidates = owners.OrderDescending().Take(Candidates).ToList();
        // What is walled off or sealed is not there: no card, no count, and no place taken from others.
        var found = await People.In(zone, candidates, ct);
        var dossiers = found.Select(p => p.DossierId).Distinct().ToList();
        var there = (await zone.Set<Dossier>().Where(await guard.Exists(ct)).Where(d => dossiers.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
        var people = found.Where(p => p.DossierId != except && there.Contains(p.DossierId)).ToList();
        await keys.Fetch(people.Select(p => p.KeyOwner), ct);
        return [.. people.Where(p => (phone is not null && PhoneNumber.ToE164(p.Identity.Value.Phone) == phone) || (!query.IsEmpty && query.Matches(p.Identity.Value.FamilyName, p.Identity.Value.GivenName)))];
    }

    private async Task<IReadOnlyList<PossibleDuplicate>> Cards(IReadOnlyList<Person> meant, CancellationToken ct)
    {
        var (ids, dossierIds) = (meant.Select(p => p.Id).ToList(), meant.Select(p => p.DossierId).ToList());
        var safe = await zone.Set<SafeContact>().AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, ct);
        var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(d => dossierIds.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        var visible = (await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => dossierIds.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
        var rules = meant.ToDictionary(p => p.Id, p => safe.TryGetValue(p.Id, out var own) ? own : SafeContact.For(p));
        var closed = await nevers.Closed(meant.Select(p => (p, rules[p.Id])), ct);
        var named = await accused.NamedBy(meant.Select(p => (p, rules[p.Id])), ct);
        return new Shown([.. meant.Select(person =>
        {
            var (dossier, identity, own) = (dossiers[person.DossierId], person.Identity.Value, rules[person.Id]);
            var card = new PossibleDuplicate(null, null, null, identity.Initials, person.Language, dossier.Danger, dossier.AssignedTo, own)
            {
                Closed = closed.GetValueOrDefault(person.Id, ClosedChannels.Nothing), NamesAuthor = named.Contains(person.Id), AskAgain = own.MustBeAskedAgain(clock.GetUtcNow()),
            };
            if (visible.Contains(dossier.Id)) return (dossier.Id, card with { Dossier = dossier.Id, Number = dossier.Number, Name = identity.FullName });
            Tell(dossier);
            return (dossier.Id, card);
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
