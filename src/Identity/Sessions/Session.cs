using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Identity.Sessions;

/// <summary>A sign-in that is good until it is ended, idle for too long, or too old.</summary>
internal sealed class Session
{
    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset Created { get; private set; }
    public DateTimeOffset LastSeen { get; set; }
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>How it was begun: <c>passkey</c>, <c>totp</c>, <c>recovery</c>, <c>demo</c>.</summary>
    public string Factors { get; private set; } = "";

    /// <summary>When a factor was last shown: at the beginning, and each time one is asked again.</summary>
    public DateTimeOffset LastFactor { get; private set; }

    /// <summary>Browser and system in coarse words, so that its owner knows it again; nothing that tells two machines of a kind apart.</summary>
    public string Device { get; private set; } = "";

    /// <param name="shown">A factor was shown just now, so that we know of it; a provider's word from this morning is none.</param>
    public static Session Begin(Guid account, string factors, DateTimeOffset now, string device = "", bool shown = true) =>
        new() { Id = Guid.NewGuid(), Account = account, Created = now, LastSeen = now, Factors = factors, LastFactor = shown ? now : DateTimeOffset.UnixEpoch, Device = device };

    public void ShowFactor(DateTimeOffset now) => LastFactor = now;
    public void End(DateTimeOffset now) => Ended ??= now;
    public bool IsAlive(DateTimeOffset now, SessionLimits limits) => Ended is null && WasAlive(now, limits);

    /// <summary>Neither too old nor too long idle, whether ended or not.</summary>
    public bool WasAlive(DateTimeOffset now, SessionLimits limits) => now < Ends(limits);

    /// <summary>When it ends if nothing more is asked of it.</summary>
    public DateTimeOffset Ends(SessionLimits limits) => Created + limits.Absolute < LastSeen + limits.Idle ? Created + limits.Absolute : LastSeen + limits.Idle;

    internal sealed class Mapping : ICatalogMapping<Session>
    {
        public void Configure(EntityTypeBuilder<Session> b)
        {
            b.ToTable("session");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Factors).HasMaxLength(20);
            b.Property(s => s.Device).HasMaxLength(40);
            b.HasIndex(s => s.Account);
        }
    }
}

/// <summary>How long a session lasts without use, and at all. <c>Identity:Idle</c> and <c>Identity:Absolute</c> may shorten the limits of the house, never lengthen them.</summary>
internal sealed record SessionLimits(TimeSpan Idle, TimeSpan Absolute)
{
    public static readonly SessionLimits OfTheHouse = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(12));

    public static SessionLimits Read(Microsoft.Extensions.Configuration.IConfiguration configuration) =>
        new(Shorter(configuration["Identity:Idle"], OfTheHouse.Idle), Shorter(configuration["Identity:Absolute"], OfTheHouse.Absolute));

    private static TimeSpan Shorter(string? said, TimeSpan limit) =>
        TimeSpan.TryParse(said, System.Globalization.CultureInfo.InvariantCulture, out var wished) && wished > TimeSpan.Zero && wished < limit ? wished : limit;
}
