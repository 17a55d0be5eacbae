using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Accounts;

/// <summary>Wrong tries at one door under one name. Counted alike for names that nobody has, so that the count tells nothing; a passkey passes beside it,
/// so that nobody can keep a colleague out by typing wrong passwords.</summary>
internal sealed class Attempts
{
    public const int Allowed = 5;
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(15);

    /// <summary>Door and name, hashed.</summary>
    public string Key { get; private set; } = "";
    public int Count { get; private set; }
    public DateTimeOffset Since { get; private set; }
    public DateTimeOffset? RestsUntil { get; private set; }

    /// <summary>The counter of a door (<c>password</c>, <c>code</c>, <c>lost</c>) under a name.</summary>
    public static async Task<Attempts> At(CatalogDbContext house, string door, string name, DateTimeOffset now, CancellationToken ct)
    {
        var key = Keys.Hash(door + "|" + name);
        if (await house.Set<Attempts>().SingleOrDefaultAsync(a => a.Key == key, ct) is { } known) return known;
        var old = now - TimeSpan.FromDays(1);
        await house.Set<Attempts>().Where(a => a.Since < old).ExecuteDeleteAsync(ct);
        var first = new Attempts { Key = key, Since = now };
        house.Add(first);
        return first;
    }

    /// <summary>How long nothing is tried any more; null: go on.</summary>
    public TimeSpan? Resting(DateTimeOffset now) => RestsUntil is { } until && now < until ? until - now : null;

    public void Wrong(DateTimeOffset now)
    {
        if (now - Since > Rest) (Count, Since) = (0, now);
        if (++Count < Allowed) return;
        (Count, Since, RestsUntil) = (0, now, now + Rest);
    }

    public void Right(DateTimeOffset now) => (Count, Since, RestsUntil) = (0, now, null);

    internal sealed class Mapping : ICatalogMapping<Attempts>
    {
        public void Configure(EntityTypeBuilder<Attempts> b)
        {
            b.ToTable("attempts");
            b.HasKey(a => a.Key);
            b.Property(a => a.Key).HasMaxLength(64);
            b.Property(a => a.Count).IsConcurrencyToken();
            b.HasIndex(a => a.Since);
        }
    }
}

/// <summary>What was used and may not be used again: the challenge of a passkey. The key is unique, so of two that use it at once one is refused.</summary>
internal sealed class Spent
{
    public string Key { get; private set; } = "";
    public DateTimeOffset Until { get; private set; }

    /// <summary>false: it was used before.</summary>
    public static async Task<bool> Spend(CatalogDbContext house, string what, DateTimeOffset now, TimeSpan remembered, CancellationToken ct)
    {
        var key = Keys.Hash(what);
        if (await house.Set<Spent>().AnyAsync(s => s.Key == key, ct)) return false;
        await house.Set<Spent>().Where(s => s.Until < now).ExecuteDeleteAsync(ct);
        house.Add(new Spent { Key = key, Until = now + remembered });
        return true;
    }

    internal sealed class Mapping : ICatalogMapping<Spent>
    {
        public void Configure(EntityTypeBuilder<Spent> b)
        {
            b.ToTable("spent");
            b.HasKey(s => s.Key);
            b.Property(s => s.Key).HasMaxLength(64);
            b.HasIndex(s => s.Until);
        }
    }
}
