using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Dossiers;

/// <summary>The number of an official report (PV) of the facts. A dossier may have several.</summary>
internal sealed class OfficialReport : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Sealed<string> Number { get; private set; } = "";
    public Guid KeyOwner => DossierId;

    public static OfficialReport Of(Guid dossier, string number, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Number = number };

    /// <summary>Notes it and makes it findable.</summary>
    public static void Add(ZoneDbContext zone, SearchKey key, Guid dossier, string number, DateTimeOffset now)
    {
        var report = Of(dossier, number, now);
        zone.Add(report);
        SearchToken.Add(zone, key, dossier, report.Id, [PvNumber.Part(number)]);
    }

    /// <summary>The same, where the dossier does not have it yet.</summary>
    public static async Task AddUnlessKnown(ZoneDbContext zone, Keyring keys, SearchKey key, Guid dossier, string number, DateTimeOffset now, CancellationToken ct)
    {
        var known = await zone.Set<OfficialReport>().AsNoTracking().Where(r => r.DossierId == dossier).ToListAsync(ct);
        await keys.Fetch([dossier], ct);
        if (known.All(r => PvNumber.Part(r.Number.Value) != PvNumber.Part(number))) Add(zone, key, dossier, number, now);
    }

    internal sealed class Mapping : IZoneMapping<OfficialReport>
    {
        public void Configure(EntityTypeBuilder<OfficialReport> b)
        {
            b.ToTable("official_report");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Sealed(r => r.Number, "official_report.number", Layer.Police);
            b.HasIndex(r => r.DossierId);
            b.Ignore(r => r.KeyOwner);
        }
    }
}
