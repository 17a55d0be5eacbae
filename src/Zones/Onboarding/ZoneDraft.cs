using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Zones.Onboarding;

/// <summary>The steps of the wizard, in their order.</summary>
internal enum Step { Names = 1, Place, People, SignIn, Check }

/// <summary>How a zone's people will sign in.</summary>
internal enum SignInWay
{
    /// <summary>Passkey, or password and code.</summary>
    Portal = 1,

    /// <summary>With the zone's own provider, which its administrator sets up.</summary>
    OwnProvider,
}

/// <summary>A zone that an operator is about to bring in. Each step is kept when it is sent: whatever breaks off, the next page goes on from there.</summary>
internal sealed class ZoneDraft
{
    public Guid Id { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public string Code { get; private set; } = "";
    public string? NameFr { get; private set; }
    public string? NameNl { get; private set; }
    public string? NameDe { get; private set; }

    /// <summary>Official languages, the first is the default; joined by <c>;</c>.</summary>
    public string Languages { get; private set; } = "";
    public string? Province { get; private set; }
    public string? Arrondissement { get; private set; }
    public string Municipalities { get; private set; } = "";

    /// <summary>Postcodes with the names of the places, joined by <c>;</c>; nothing: not said.</summary>
    public string Places { get; private set; } = "";
    public string AdministratorName { get; private set; } = "";
    public string AdministratorEmail { get; private set; } = "";
    public string OfficerName { get; private set; } = "";
    public string OfficerEmail { get; private set; } = "";

    /// <summary>A small service: its administrator coordinates as well.</summary>
    public bool AdministratorCoordinates { get; private set; }
    public SignInWay? SignIn { get; private set; }

    /// <summary>The zone is being made: from here on the code is this draft's.</summary>
    public bool Begun { get; private set; }
    public DateTimeOffset? Finished { get; private set; }

    public static ZoneDraft New(Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), By = by, Created = now };

    /// <summary>The first step that still lacks an answer.</summary>
    public Step Next => Code.Length == 0 ? Step.Names : Municipalities.Length == 0 ? Step.Place : AdministratorEmail.Length == 0 ? Step.People : SignIn is null ? Step.SignIn : Step.Check;

    public ZoneFacts Facts => new(Code, NameFr, NameNl, NameDe, Languages.Split(';'), Province, Arrondissement, Municipalities.Split(';', StringSplitOptions.RemoveEmptyEntries)) { Places = Places.Length == 0 ? null : Places.Split(';') };

    public void Name(string code, string? fr, string? nl, string? de, IEnumerable<string> languages)
    {
        // What is being made keeps its code.
        if (Begun && code != Code) throw new RefusedException("begun", Id);
        (Code, NameFr, NameNl, NameDe, Languages) = (code, fr, nl, de, string.Join(';', languages));
    }

    public void Lie(string? province, string? arrondissement, IEnumerable<string> municipalities, IEnumerable<string> places) =>
        (Province, Arrondissement, Municipalities, Places) = (province, arrondissement, string.Join(';', municipalities), string.Join(';', places));

    public void BeginWith((string Name, string Email) administrator, (string Name, string Email) officer, bool coordinates) =>
        (AdministratorName, AdministratorEmail, OfficerName, OfficerEmail, AdministratorCoordinates) = (administrator.Name, administrator.Email, officer.Name, officer.Email, coordinates);

    public void SignInBy(SignInWay way) => SignIn = way;
    public void Begin() => Begun = true;
    public void Finish(DateTimeOffset now) => Finished ??= now;

    internal sealed class Mapping : ICatalogMapping<ZoneDraft>
    {
        public void Configure(EntityTypeBuilder<ZoneDraft> b)
        {
            b.ToTable("zone_draft");
            b.Property(d => d.Id).ValueGeneratedNever();
            b.Property(d => d.Code).HasMaxLength(4);
            b.Property(d => d.NameFr).HasMaxLength(200);
            b.Property(d => d.NameNl).HasMaxLength(200);
            b.Property(d => d.NameDe).HasMaxLength(200);
            b.Property(d => d.Languages).HasMaxLength(20);
            b.Property(d => d.Province).HasMaxLength(4);
            b.Property(d => d.Arrondissement).HasMaxLength(4);
            b.Property(d => d.Municipalities).HasMaxLength(1200);
            b.Property(d => d.Places).HasMaxLength(-1);
            b.Property(d => d.AdministratorName).HasMaxLength(200);
            b.Property(d => d.AdministratorEmail).HasMaxLength(256);
            b.Property(d => d.OfficerName).HasMaxLength(200);
            b.Property(d => d.OfficerEmail).HasMaxLength(256);
            b.Ignore(d => d.Next);
            b.Ignore(d => d.Facts);
        }
    }
}
