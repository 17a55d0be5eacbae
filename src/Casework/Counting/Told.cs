using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Counting;

/// <summary>The zone's answer to the figures: its counted cases in statistics codes. What was decided when a case was registered is told as it was decided; left out is only what is no case any more: a dossier opened in error,
/// and whoever is only mentioned by now.</summary>
internal sealed class Told(ZoneDbContext zone, Keyring keys, IPartners partners) : ITellFacts
{
    // The eight kinds of partner of the figures, by the statistics code of a partner's type.
    private static readonly Dictionary<int, string> Targets = new()
    {
        [2] = "VictimSupport", [3] = "Justice", [12] = "Justice", [15] = "Justice", [4] = "SexualViolence", [5] = "PartnerViolence", [6] = "PartnerViolence", [8] = "Youth", [7] = "Health", [10] = "Health", [9] = "Social", [11] = "Social",
    };

    private static readonly Damage[] Sorts = [Damage.Material, Damage.Physical, Damage.Moral];

    private static readonly HashSet<Guid> NothingHidden = [];

    public Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct) => Facts(asked, NothingHidden, ct);

    /// <param name="without">Dossiers that are told of to nobody who asks.</param>
    internal async Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, IReadOnlySet<Guid> without, CancellationToken ct)
    {
        var concerned = zone.Set<Case>().AsNoTracking().Where(c => c.Counts && c.RegisteredOn >= asked.From && c.RegisteredOn <= asked.Until).Select(c => c.DossierId);
        // All cases of these dossiers: one that does not count may be the one a referral belongs to.
        var cases = await zone.Set<Case>().AsNoTracking().Where(c => concerned.Contains(c.DossierId)).Select(c => new Known(c.Id, c.DossierId, c.RegisteredOn, c.Counts)).ToListAsync(ct);
        if (cases.Count == 0) return [];
        var dossiers = await zone.Set<Dossier>().AsNoTracking().Where(d => concerned.Contains(d.Id) && d.Reason != ClosingReason.OpenedInError).Select(d => new { d.Id, d.Kind, d.SubKind, d.RequestedAt, d.Reason, d.Outcome }).ToDictionaryAsync(d => d.Id, ct);
        var people = await People(concerned, asked.Ages, ct);
        var now = await NowCalled(concerned, cases, people, ct);
        var first = asked.Contacts ? await FirstContacts(concerned, ct) : [];
        var (given, referred) = asked.Given ? (await Given(concerned, ct), await Referred(concerned, cases, now, ct)) : (Nothing, Nothing);
        var offered = asked is { Given: true, Contacts: true } ? await OfferOfHelp.Of(zone, concerned, ct) : null;

        var (told, lists) = (new List<CaseFact>(), new Dictionary<string, string[]>(StringComparer.Ordinal));
        foreach (var one in cases.Where(c => c.Counts && c.RegisteredOn >= asked.From && c.RegisteredOn <= asked.Until && !without.Contains(c.DossierId)))
        {
            if (!dossiers.TryGetValue(one.DossierId, out var dossier) || !people.TryGetValue(now[one.Id], out var person) || !person.Capacity.IsHelped()) continue;
            var contact = first.GetValueOrDefault(now[one.Id]);
            told.Add(new CaseFact(new DateOnly(one.RegisteredOn.Year, one.RegisteredOn.Month, 1), dossier.Kind.ToString(), dossier.SubKind, SubKinds.IsAtHome(dossier.SubKind), person.Capacity.ToString(), person.Sex.ToString(), person.AgeOn(one.RegisteredOn),
                person.Damage == Damage.None ? nameof(Damage.None) : string.Concat(Sorts.Where(s => person.Damage.HasFlag(s))), person.Language, contact?.Place,
                contact is null ? null : Math.Max(0, Moment.Day(contact.At).DayNumber - Moment.Day(dossier.RequestedAt).DayNumber), Shared(given[one.Id]), Shared(referred[one.Id]),
                offered?.To((now[one.Id], one.Id), dossier.Reason, dossier.Outcome, contact is not null || given[one.Id].Any() || referred[one.Id].Any()).ToString(), offered is null ? null : offered.CalledOut.Contains(one.DossierId) ? "CallOut" : "NoCallOut"));
        }

        // The same few sets again and again: one list for each, also so that none tells when it was made.
        string[] Shared(IEnumerable<string> codes) => codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray() is var some && lists.TryGetValue(string.Join(',', some), out var list) ? list : lists[string.Join(',', some)] = some;

        // They stood in the order in which they were registered, which would tell of days.
        System.Security.Cryptography.RandomNumberGenerator.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(told));
        return told;
    }

    private static readonly ILookup<Guid, string> Nothing = Array.Empty<Guid>().ToLookup(g => g, _ => "");

    private async Task<Dictionary<Guid, Somebody>> People(IQueryable<Guid> concerned, bool ages, CancellationToken ct)
    {
        if (!ages) return await zone.Set<Person>().AsNoTracking().Where(p => concerned.Contains(p.DossierId)).Select(p => new { p.Id, p.Capacity, p.Sex, p.Damage, p.Language }).ToDictionaryAsync(p => p.Id, p => new Somebody(p.Capacity, p.Sex, p.Damage, p.Language, null, null), ct);
        var rows = await zone.Set<Person>().AsNoTracking().Where(p => concerned.Contains(p.DossierId)).ToListAsync(ct);
        await keys.Fetch(rows.Select(p => p.Id), ct);
        // The year of an estimate is that of the row: nobody grows older in an estimate.
        return rows.ToDictionary(p => p.Id, p => p.Identity.Value is var who ? new Somebody(p.Capacity, p.Sex, p.Damage, p.Language, who.BirthDate, who.EstimatedAge) : null!);
    }

    // A case keeps the id under which its person was registered; rows that became one go under the id of the one that stayed.
    private async Task<Dictionary<Guid, Guid>> NowCalled(IQueryable<Guid> concerned, List<Known> cases, Dictionary<Guid, Somebody> people, CancellationToken ct)
    {
        var merged = (await zone.Set<Merger>().AsNoTracking().Where(m => concerned.Contains(m.DossierId) && m.Undone == null).Select(m => new { m.Gone, m.Kept }).ToListAsync(ct)).ToDictionary(m => m.Gone, m => m.Kept);
        return cases.ToDictionary(c => c.Id, c =>
        {
            var id = c.Id;
            for (var steps = 0; steps <= merged.Count && !people.ContainsKey(id) && merged.TryGetValue(id, out var kept); steps++) id = kept;
            return id;
        });
    }

    // With the person, held, and as good as any other: a call to somebody else for them reached nobody yet.
    private async Task<Dictionary<Guid, FirstContact>> FirstContacts(IQueryable<Guid> concerned, CancellationToken ct)
    {
        var held = await zone.Set<Contact>().AsNoTracking().Where(c => concerned.Contains(c.DossierId) && c.State == ContactState.Held && !c.ForThem && (c.Signing == Signing.NotNeeded || c.Signing == Signing.Signed))
            .Select(c => new { c.Id, c.Persons, c.At, c.Place }).ToListAsync(ct);
        var first = new Dictionary<Guid, FirstContact>();
        foreach (var contact in held.OrderBy(c => c.At).ThenBy(c => c.Id))
        {
            var said = new FirstContact(contact.At, ShippedCodes.Find(CodeList.Place, contact.Place.ToString())!.Statistics);
            foreach (var person in contact.Persons) first.TryAdd(person, said);
        }
        return first;
    }

    private async Task<ILookup<Guid, string>> Given(IQueryable<Guid> concerned, CancellationToken ct) =>
        (await zone.Set<GivenService>().AsNoTracking().Where(s => s.Counts && concerned.Contains(s.DossierId)).Select(s => new { s.PersonId, s.Kind }).ToListAsync(ct))
            .ToLookup(s => s.PersonId, s => ShippedCodes.Find(CodeList.Service, s.Kind.ToString())!.Statistics);

    private async Task<ILookup<Guid, string>> Referred(IQueryable<Guid> concerned, List<Known> cases, Dictionary<Guid, Guid> now, CancellationToken ct)
    {
        var referrals = await zone.Set<Referral>().AsNoTracking().Where(r => r.Counts == true && concerned.Contains(r.DossierId)).Select(r => new { r.PersonId, r.PartnerId }).ToListAsync(ct);
        var entries = await partners.Of([.. referrals.Select(r => r.PartnerId)], ct);
        // Whoever is a case under their own id has their referrals there, as when they were counted.
        var whose = cases.Select(c => c.Id).ToHashSet();
        var under = cases.OrderByDescending(c => c.Id).GroupBy(c => now[c.Id]).ToDictionary(g => g.Key, g => g.Last().Id);
        return referrals.Where(r => whose.Contains(r.PersonId) || under.ContainsKey(r.PersonId))
            .ToLookup(r => whose.Contains(r.PersonId) ? r.PersonId : under[r.PersonId], r => TargetOf(entries.GetValueOrDefault(r.PartnerId)));
    }

    /// <summary>The kind of partner as the figures know it.</summary>
    internal static string TargetOf(PartnerEntry? partner) => Targets.GetValueOrDefault(partner?.Statistics ?? 0, "Other");

    private sealed record Known(Guid Id, Guid DossierId, DateOnly RegisteredOn, bool Counts);

    private sealed record FirstContact(DateTimeOffset At, string Place);

    private sealed record Somebody(Capacity Capacity, Sex Sex, Damage Damage, string Language, DateOnly? Born, int? Estimated)
    {
        /// <summary>In whole years; as estimated where the day of birth is not known.</summary>
        public int? AgeOn(DateOnly day)
        {
            if (Born is not { } born) return Estimated;
            var years = day.Year - born.Year;
            return Math.Max(0, born.AddYears(years) > day ? years - 1 : years);
        }
    }
}
