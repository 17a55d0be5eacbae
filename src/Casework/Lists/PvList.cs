using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Lists;

/// <summary>A list of official reports between its first reading and its taking: whoever pasted it alone sees it. Sealed under a key of its own, which is destroyed with it after a day.</summary>
internal sealed class PvList : IHoldSealed, IFallDue
{
    /// <summary>No list is kept longer.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>How the places of its forms begin: what is typed in them is kept no longer either.</summary>
    public const string Pages = "/Casework/Lists/";

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>When it was thrown away; nothing of it is kept then.</summary>
    public DateTimeOffset? Gone { get; private set; }
    public Sealed<PvSheet>? Sheet { get; private set; }

    /// <summary>Rises with every change: of two who save at once, the second reads again.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public DateTimeOffset? Due => Gone ?? At + Kept;

    public static PvList Of(PvSheet sheet, Guid account, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Account = account, At = now, Sheet = sheet };

    public void Change(PvSheet sheet)
    {
        Sheet = sheet;
        Version++;
    }

    public void Throw(DateTimeOffset now)
    {
        (Sheet, Gone) = (null, now);
        Version++;
    }

    /// <summary>One's own list that is still there.</summary>
    /// <exception cref="RefusedException">It is another's, or gone: the same to them.</exception>
    public static async Task<PvList> Own(IQueryable<PvList> lists, Guid id, Guid self, DateTimeOffset now, CancellationToken ct) =>
        await lists.SingleOrDefaultAsync(l => l.Id == id && l.Account == self && l.Gone == null && l.At > now - Kept, ct) ?? throw new Foundation.Access.RefusedException("absent", id);

    /// <summary>The one-time id of a row: taken twice, by a second press or after a kill, it makes one dossier.</summary>
    public static Guid OnceOf(Guid list, int row) => new(SHA256.HashData([.. list.ToByteArray(), .. BitConverter.GetBytes(row)]).AsSpan(0, 16));

    internal sealed class Mapping : IZoneMapping<PvList>
    {
        public void Configure(EntityTypeBuilder<PvList> b)
        {
            b.ToTable("pv_list");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Sealed(l => l.Sheet, "pv_list.sheet");
            b.Property(l => l.Version).IsConcurrencyToken();
            b.HasIndex(l => l.At);
            b.Ignore(l => l.KeyOwner);
            b.Ignore(l => l.Due);
        }
    }
}
