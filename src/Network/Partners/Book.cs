using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>What the casework asks of the directory. A zone has some dozens of partners: they are read and sorted here, in the reader's language.</summary>
internal sealed class Book(ZoneDbContext zone, TimeProvider clock) : IPartners
{
    public async Task<IReadOnlyList<PartnerEntry>> Fitting(Need need, string? language, string? municipality, CancellationToken ct) =>
        [.. (await zone.Set<Partner>().AsNoTracking().Where(p => p.Ended == null).ToListAsync(ct)).Where(p => p.HelpsWith(need) && p.Speaks(language) && p.Serves(municipality))
            .OrderByDescending(p => p.Names(municipality)).ThenByDescending(p => p.CheckedOn).ThenBy(p => p.Organisation, StringComparer.CurrentCulture).Select(Entry)];

    public async Task<IReadOnlyDictionary<Guid, PartnerEntry>> Of(IReadOnlyCollection<Guid> partners, CancellationToken ct)
    {
        var ids = partners.Distinct().ToList();
        return ids.Count == 0 ? new Dictionary<Guid, PartnerEntry>() : (await zone.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(ct)).ToDictionary(p => p.Id, Entry);
    }

    private PartnerEntry Entry(Partner p) => new(p.Id, p.Organisation, p.Type, (int)(PartnerTypes.Find(p.Type)?.Kind ?? PartnerKind.Other), TypeOf(p), p.Languages, p.Hours, p.Channel, p.Telephone, p.Mailbox is not null, p.TakesForm, Written(p.Languages))
    {
        CheckedOn = p.CheckedOn, IsStale = p.IsStale(clock.GetUtcNow()), IsOffered = p.IsOffered,
    };

    public static string TypeOf(Partner p) => p.OwnType ?? Words.Of("Type_" + p.Type);

    /// <summary>In which of the portal's languages somebody is written to.</summary>
    public static string Written(IEnumerable<string> languages) => languages.FirstOrDefault(PartnerLanguages.Written.Contains) ?? PartnerLanguages.Written[0];
}
