using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Bodies;

/// <summary>Names of people who are neither colleagues nor partners, as typed.</summary>
internal sealed record Names(IReadOnlyList<string> All)
{
    public static readonly Names None = new([]);
}

/// <summary>A consultation body in which the service sits: about policy and cooperation, about nobody who is helped. Names of people from outside are sealed under a key of the body's own, and so is all that is said in it:
/// somebody will write a name into minutes.</summary>
internal sealed class Body : IHoldSealed
{
    public const int MostPeople = 60;

    public Guid Id { get; private set; }

    /// <summary>What it calls itself here.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Code of a shipped kind.</summary>
    public string Kind { get; private set; } = "";
    public BodyLevel Level { get; private set; }

    /// <summary>Accounts of colleagues who sit in it, those who represent the zone among them.</summary>
    public List<Guid> Staff { get; private set; } = [];

    /// <summary>Who speaks for the zone.</summary>
    public List<Guid> Representing { get; private set; } = [];

    /// <summary>Partners of the directory.</summary>
    public List<Guid> Partners { get; private set; } = [];
    public Sealed<Names> Outside { get; private set; } = Names.None;
    public DateTimeOffset Added { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }

    /// <summary>It meets no more, or without the zone. It is kept: its meetings count.</summary>
    public DateTimeOffset? Ended { get; private set; }
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public bool IsOpen => Ended is null;

    public static Body Add(Particulars what, Guid once, DateTimeOffset now)
    {
        var body = new Body { Id = Guid.CreateVersion7(now), Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        body.Change(what);
        return body;
    }

    public void Change(Particulars what)
    {
        (Title, Kind, Level, Outside) = (what.Title.Trim(), what.Kind, what.Level, new Names([.. what.Outside]));
        (Representing, Partners) = ([.. what.Representing.Distinct()], [.. what.Partners.Distinct()]);
        Staff = [.. what.Staff.Concat(what.Representing).Distinct()];
        Version++;
    }

    public void End(DateTimeOffset now)
    {
        Ended ??= now;
        Version++;
    }

    public void Again()
    {
        Ended = null;
        Version++;
    }

    internal sealed record Particulars(string Title, string Kind, BodyLevel Level, IReadOnlyList<Guid> Staff, IReadOnlyList<Guid> Representing, IReadOnlyList<Guid> Partners, IReadOnlyList<string> Outside);

    internal sealed class Mapping : IZoneMapping<Body>
    {
        public void Configure(EntityTypeBuilder<Body> b)
        {
            b.ToTable("body");
            b.Property(x => x.Id).ValueGeneratedNever();
            b.Property(x => x.Title).HasMaxLength(160);
            b.Property(x => x.Kind).HasMaxLength(40);
            foreach (var people in new[] { nameof(Staff), nameof(Representing), nameof(Partners) }) b.PrimitiveCollection<List<Guid>>(people).HasMaxLength(3000);
            b.Sealed(x => x.Outside, "body.outside");
            b.Property(x => x.Version).IsConcurrencyToken();
            b.HasIndex(x => x.Once).IsUnique();
            b.Ignore(x => x.KeyOwner);
            b.Ignore(x => x.IsOpen);
        }
    }
}

/// <summary>What was typed, as it is kept: several names or topics stand in one box, one on a line.</summary>
internal static class Lines
{
    /// <summary>null: nothing was typed.</summary>
    public static Sealed<string>? Sealed(string? typed) => string.IsNullOrWhiteSpace(typed) ? (Sealed<string>?)null : typed.Trim();

    public static IReadOnlyList<string> Of(string? typed) => [.. (typed ?? "").Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    public static string Typed(IEnumerable<string> lines) => string.Join('\n', lines);
}
