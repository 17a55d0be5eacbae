using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Network.Bodies;

/// <summary>The service showed itself at an event: a fair, a study day, a school. Who went, and before how many.</summary>
internal sealed class Representation
{
    public const int LargestAudience = 100_000;

    public Guid Id { get; private set; }
    public DateOnly On { get; private set; }
    public string Title { get; private set; } = "";
    public string? Place { get; private set; }
    public List<Guid> Staff { get; private set; } = [];

    /// <summary>How many people were reached, roughly; null: nobody counted.</summary>
    public int? Audience { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public Guid Once { get; private set; }
    public int Version { get; private set; }

    public static Representation Add(Particulars what, Guid once, DateTimeOffset now)
    {
        var representation = new Representation { Id = Guid.CreateVersion7(now), Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        representation.Change(what);
        return representation;
    }

    public void Change(Particulars what)
    {
        (On, Title, Place, Audience) = (what.On, what.Title.Trim(), string.IsNullOrWhiteSpace(what.Place) ? null : what.Place.Trim(), what.Audience);
        Staff = [.. what.Staff.Distinct()];
        Version++;
    }

    internal sealed record Particulars(DateOnly On, string Title, string? Place, IReadOnlyList<Guid> Staff, int? Audience);

    internal sealed class Mapping : IZoneMapping<Representation>
    {
        public void Configure(EntityTypeBuilder<Representation> b)
        {
            b.ToTable("representation");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Property(r => r.Title).HasMaxLength(160);
            b.Property(r => r.Place).HasMaxLength(160);
            b.PrimitiveCollection(r => r.Staff).HasMaxLength(3000);
            b.Property(r => r.Version).IsConcurrencyToken();
            b.HasIndex(r => r.Once).IsUnique();
            b.HasIndex(r => r.On);
        }
    }
}
