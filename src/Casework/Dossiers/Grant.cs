using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>A dossier is open to an account from, until: on call, named, in an emergency, as stand-in. Kept after it ended: who could see what on a day is answered from it.</summary>
internal sealed class Grant : IHoldSealed, IOfDossier
{
    /// <summary>How long a glass stays broken.</summary>
    public static readonly TimeSpan Emergency = TimeSpan.FromMinutes(60);

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid Account { get; private set; }
    public GrantKind Kind { get; private set; }
    public DateTimeOffset From { get; private set; }

    /// <summary>null: until somebody ends it.</summary>
    public DateTimeOffset? Until { get; private set; }
    public Guid By { get; private set; }
    public Sealed<string>? Reason { get; private set; }

    /// <summary>The review of a broken glass: who signed, when, what it came to.</summary>
    public Guid? ReviewedBy { get; private set; }
    public DateTimeOffset? Reviewed { get; private set; }
    public Finding? Finding { get; private set; }
    public Guid KeyOwner => DossierId;

    public static Grant Give(Guid dossier, Guid account, GrantKind kind, DateTimeOffset from, DateTimeOffset? until, Guid by, string? reason = null) => new()
    {
        Id = Guid.CreateVersion7(from), DossierId = dossier, Account = account, Kind = kind, From = from, Until = until, By = by, Reason = string.IsNullOrWhiteSpace(reason) ? null : (Sealed<string>)reason.Trim(),
    };

    /// <summary>The kind by which somebody with these roles is named.</summary>
    public static GrantKind NamingOf(IEnumerable<Role> roles) => roles.Any(r => r is Role.Coordinator or Role.Caseworker or Role.OnCall) ? GrantKind.Named : GrantKind.Trainee;

    public bool Counts(DateTimeOffset now) => From <= now && (Until is null || now < Until);
    public void End(DateTimeOffset now) => Until = Until is { } until && until < now ? until : now;

    /// <summary>Whoever was named in going about something that is taken back is named no more.</summary>
    /// <param name="since">Who was named before stays so.</param>
    public static async Task EndNamed(ZoneDbContext zone, Guid dossier, Guid account, DateTimeOffset since, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var named in (await zone.Set<Grant>().Where(g => g.DossierId == dossier && g.Account == account && g.Kind == GrantKind.Named && g.From >= since).ToListAsync(ct)).Where(g => g.Counts(now))) named.End(now);
    }

    /// <exception cref="RefusedException">Nobody signs what he did himself, and nobody signs twice.</exception>
    public void Sign(Finding finding, Guid by, DateTimeOffset now)
    {
        if (Kind != GrantKind.BreakGlass || by == Account || Reviewed is not null) throw new RefusedException("own", DossierId);
        (Finding, ReviewedBy, Reviewed) = (finding, by, now);
        End(now);
    }

    internal sealed class Mapping : IZoneMapping<Grant>
    {
        public void Configure(EntityTypeBuilder<Grant> b)
        {
            b.ToTable("dossier_grant");
            b.Property(g => g.Id).ValueGeneratedNever();
            b.Sealed(g => g.Reason, "dossier_grant.reason");
            b.HasIndex(g => new { g.Account, g.DossierId });
            b.HasIndex(g => g.DossierId);
            b.HasIndex(g => new { g.Kind, g.Reviewed });
            b.Ignore(g => g.KeyOwner);
        }
    }
}
