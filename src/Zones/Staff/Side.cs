using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Staff;

/// <summary>On which side a session stands: in the zones, or on the platform. The first place it enters says so, for as long as it lives.</summary>
internal sealed class Side
{
    public Guid Session { get; init; }
    public bool OnPlatform { get; init; }

    internal sealed class Mapping : ICatalogMapping<Side>
    {
        public void Configure(EntityTypeBuilder<Side> b)
        {
            b.ToTable("session_side");
            b.HasKey(s => s.Session);
            b.Property(s => s.Session).ValueGeneratedNever();
        }
    }
}

/// <summary>Knows the sides. No platform role counts in a session that entered a zone, and no zone's role in one that entered the platform.</summary>
internal sealed class Sides(CatalogDatabase catalog)
{
    private readonly ConcurrentDictionary<Guid, bool> known = new(); // a side never changes, so what is known stays true

    /// <summary>Enters: takes the side where none was taken. false: the session stands on the other.</summary>
    public async Task<bool> Take(Guid session, bool onPlatform, CancellationToken ct)
    {
        if (await Of(session, ct) is { } taken) return taken == onPlatform;
        try
        {
            await catalog.WriteAsPlatform("Zones.TakeSide", null, async house =>
            {
                if (await house.Set<Side>().FindAsync([session], ct) is null) house.Add(new Side { Session = session, OnPlatform = onPlatform });
                return true;
            }, ct);
        }
        catch (DbUpdateException)
        {
            // Two places were entered at once: the first holds.
        }
        return await Of(session, ct) == onPlatform;
    }

    /// <summary>May roles of this side count in the session?</summary>
    public async ValueTask<bool> Allows(Guid session, bool onPlatform, CancellationToken ct) => await Of(session, ct) is not { } taken || taken == onPlatform;

    /// <summary>true: on the platform; null: no side was taken yet.</summary>
    public async ValueTask<bool?> Of(Guid session, CancellationToken ct)
    {
        if (known.TryGetValue(session, out var side)) return side;
        await using var house = catalog.Lease();
        if (await house.Set<Side>().AsNoTracking().SingleOrDefaultAsync(s => s.Session == session, ct) is not { } row) return null;
        if (known.Count > 10_000) known.Clear();
        return known[session] = row.OnPlatform;
    }
}
