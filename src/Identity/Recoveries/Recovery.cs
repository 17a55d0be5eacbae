using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;

namespace VictimSupport.Identity.Recoveries;

/// <summary>A colleague has lost every factor. Two people confirm: two administrators of the zone, one and the data-protection officer, or operator and officer,
/// then with a day's delay. Never one alone, never the operator without the zone, never oneself. Afterwards a link by mail and a paper code, each useless without the other.</summary>
internal sealed class Recovery
{
    public static readonly TimeSpan Waits = TimeSpan.FromDays(7), LinkGoodFor = TimeSpan.FromHours(72), OperatorsDelay = TimeSpan.FromHours(24);
    private const int PaperTriesAllowed = 5;

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Asked { get; private set; }

    /// <summary>null: its holder asked, at the sign-in page.</summary>
    public Guid? AskedBy { get; private set; }
    public Guid? First { get; private set; }

    /// <summary>In which zone the first one confirmed; null: as operator.</summary>
    public Guid? FirstZone { get; private set; }
    public Guid? Second { get; private set; }

    /// <summary>The zone whose staff is told where the operator took part.</summary>
    public Guid? ToldZone { get; private set; }
    public DateTimeOffset? Granted { get; private set; }

    /// <summary>When the link goes out.</summary>
    public DateTimeOffset? Begins { get; private set; }
    public DateTimeOffset? Done { get; private set; }
    public DateTimeOffset? Stopped { get; private set; }
    public string? LinkHash { get; private set; }
    public string? PaperHash { get; private set; }
    public int PaperTries { get; private set; }

    /// <summary>Renewed by every change: of two decisions at once one is read again.</summary>
    public Guid Stamp { get; private set; }

    public static Recovery Ask(Guid account, Guid? by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Account = account, Asked = now, AskedBy = by, Stamp = Guid.NewGuid() };

    public bool IsOpen(DateTimeOffset now) => Done is null && Stopped is null && now < (Begins is { } begins ? begins + LinkGoodFor : Asked + Waits);
    public bool IsWaiting(DateTimeOffset now) => Granted is null && IsOpen(now);
    public bool MayBeTakenUp(DateTimeOffset now) => Begins <= now && IsOpen(now);

    /// <summary>May somebody with these roles confirm, after somebody with those? Without a first one: be the first?</summary>
    public static bool Fits(IReadOnlySet<Role>? first, IReadOnlySet<Role> second) => first is null
        ? second.Contains(Role.ZoneAdministrator) || second.Contains(Role.DataProtectionOfficer) || second.Contains(Role.Operator)
        : (first.Contains(Role.ZoneAdministrator) && (second.Contains(Role.ZoneAdministrator) || second.Contains(Role.DataProtectionOfficer)))
            || (first.Contains(Role.DataProtectionOfficer) && (second.Contains(Role.ZoneAdministrator) || second.Contains(Role.Operator)))
            || (first.Contains(Role.Operator) && second.Contains(Role.DataProtectionOfficer));

    /// <param name="zone">Where <paramref name="by"/> acts; null: as operator.</param>
    /// <param name="roles">What he holds there.</param>
    /// <param name="firsts">What the first one holds now where he confirmed; a role lost meanwhile no longer counts.</param>
    /// <exception cref="RefusedException">It does not wait, he asks for himself, confirmed before, or the two do not make a pair.</exception>
    /// <param name="ofThePlatform">The account holds a role on the platform: then it takes a day, whoever confirms.</param>
    public void Confirm(Guid by, Guid? zone, IReadOnlySet<Role> roles, IReadOnlySet<Role>? firsts, DateTimeOffset now, bool ofThePlatform = false)
    {
        if (!IsWaiting(now)) throw new RefusedException("absent", Id);
        if (by == Account || by == First) throw new RefusedException("own", Id);
        // A first one who lost the role since does not count: the next one is the first.
        var pair = First is not null && Fits(null, firsts!);
        if (!Fits(pair ? firsts : null, roles)) throw new RefusedException("role", Id);
        // Two of one zone know the colleague; one here and one there may know nobody.
        if (pair && zone is not null && FirstZone is not null && zone != FirstZone) throw new RefusedException("zone", Id);
        Stamp = Guid.NewGuid();
        if (!pair)
        {
            (First, FirstZone) = (by, zone);
            return;
        }
        var byOperator = zone is null || FirstZone is null;
        (Second, Granted, Begins) = (by, now, byOperator || ofThePlatform ? now + OperatorsDelay : now);
        if (byOperator) ToldZone = zone ?? FirstZone;
    }

    public void Stop(DateTimeOffset now) => (Stopped, Stamp) = (Stopped ?? now, Guid.NewGuid());

    /// <summary>The link's secret, kept as a hash; an earlier one is void.</summary>
    public string MakeLink()
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        (LinkHash, Stamp) = (Hash(token), Guid.NewGuid());
        return token;
    }

    /// <summary>The code on paper, for one of the two who confirmed to hand over face to face or by a telephone number long known; an earlier one is void.</summary>
    /// <exception cref="RefusedException">It is not granted, or somebody else asks.</exception>
    public string MakePaper(Guid by, DateTimeOffset now)
    {
        if (Granted is null || !IsOpen(now) || (by != First && by != Second)) throw new RefusedException("absent", Id);
        var code = Totp.Show(RandomNumberGenerator.GetBytes(10));
        (PaperHash, PaperTries, Stamp) = (Totp.Hash(code), 0, Guid.NewGuid());
        return $"{code[..4]}-{code[4..8]}-{code[8..12]}-{code[12..]}";
    }

    /// <summary>Is this the paper's code? Five wrong ones stop the recovery.</summary>
    public bool IsPaper(string code, DateTimeOffset now)
    {
        if (PaperHash is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(PaperHash), Encoding.ASCII.GetBytes(Totp.Hash(code)))) return true;
        Stamp = Guid.NewGuid();
        if (++PaperTries >= PaperTriesAllowed) Stop(now);
        return false;
    }

    public void TakeUp(DateTimeOffset now) => (Done, Stamp) = (now, Guid.NewGuid());

    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    internal sealed class Mapping : ICatalogMapping<Recovery>
    {
        public void Configure(EntityTypeBuilder<Recovery> b)
        {
            b.ToTable("recovery");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Property(r => r.LinkHash).HasMaxLength(64);
            b.Property(r => r.PaperHash).HasMaxLength(64);
            b.Property(r => r.Stamp).IsConcurrencyToken();
            b.HasIndex(r => r.LinkHash);
            b.HasIndex(r => r.Account);
        }
    }
}
