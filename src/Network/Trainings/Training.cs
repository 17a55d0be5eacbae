using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Papers;

namespace VictimSupport.Network.Trainings;

/// <summary>What is given: a training that teaches something, or a session that makes people aware of it.</summary>
internal enum TrainingKind { Training = 1, Awareness = 2 }

/// <summary>Where a training stands. Planned: a session of it is still to end, or it has none yet.</summary>
internal enum TrainingState { Planned = 1, Held = 2, Cancelled = 3 }

/// <summary>A training or an awareness session that the service gives to police staff. Nothing in it is about anybody who is helped, and whoever gives it gets no access to anything by that.</summary>
internal sealed class Training : IHavePapers
{
    /// <summary>The most seats, sessions and trainers one may have.</summary>
    public const int MostSeats = 500, MostSessions = 40, MostTrainers = 20;

    public Guid Id { get; private set; }
    public string Subject { get; private set; } = "";

    /// <summary>Code of a shipped topic.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>What the zone calls this topic, counted as the shipped one; null: by its shipped name.</summary>
    public string? OwnTopic { get; private set; }
    public TrainingKind Kind { get; private set; }

    /// <summary>For whom it is meant, such as a unit or a rank.</summary>
    public string? Audience { get; private set; }

    /// <summary>Names of those who give it, as they are printed.</summary>
    public List<string> Trainers { get; private set; } = [];

    /// <summary>Partners of the directory that give it too.</summary>
    public List<Guid> Partners { get; private set; } = [];

    /// <summary>How many may take part; null: as many as come.</summary>
    public int? Capacity { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public Guid AddedBy { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public DateTimeOffset? Cancelled { get; private set; }
    public int Version { get; private set; }

    /// <summary>Counts whatever changed about those who take part.</summary>
    public int Turn { get; private set; }

    /// <summary>Pools to whose zones it is open; none: to the own zone alone.</summary>
    public List<Guid> OpenTo { get; private set; } = [];

    /// <summary>The last day on which the zones of these pools register somebody; null: it was opened to none.</summary>
    public DateOnly? RegisterUntil { get; private set; }
    public string TopicInWords => OwnTopic ?? Words.Of("TrainingTopic_" + Topic);

    public static Training Plan(Particulars what, Guid once, Guid by, DateTimeOffset now)
    {
        var training = new Training { Id = Guid.CreateVersion7(now), Added = now, AddedBy = by, Once = once == default ? Guid.CreateVersion7(now) : once };
        training.Change(what);
        return training;
    }

    public void Change(Particulars what)
    {
        (Subject, Topic, OwnTopic, Kind, Audience, Capacity) = (what.Subject.Trim(), what.Topic, Said(what.OwnTopic), what.Kind, Said(what.Audience), what.Capacity);
        (Trainers, Partners) = ([.. what.Trainers.Select(t => t.Trim()).Where(t => t.Length > 0).Distinct(StringComparer.CurrentCultureIgnoreCase)], [.. what.Partners.Distinct()]);
        Version++;
    }

    public void Cancel(DateTimeOffset now)
    {
        Cancelled ??= now;
        Version++;
    }

    public void Revive()
    {
        Cancelled = null;
        Version++;
    }

    /// <summary>Opens it to the zones of these pools until a day. With no pool: whoever has a seat keeps it, nobody new is registered from elsewhere.</summary>
    public void Open(IReadOnlyCollection<Guid> pools, DateOnly? until) => (OpenTo, RegisterUntil) = ([.. pools.Distinct()], pools.Count == 0 ? RegisterUntil : until);

    /// <param name="sessions">Its own.</param>
    public TrainingState StateAt(IReadOnlyCollection<TrainingSession> sessions, DateTimeOffset now) =>
        Cancelled is not null ? TrainingState.Cancelled : sessions.Count > 0 && sessions.All(s => s.End <= now) ? TrainingState.Held : TrainingState.Planned;

    /// <summary>Whoever changes something about those who take part waits until the one before has finished: two never get the same seat. First in the command, before anything is read. Zones that were invited are told what came of it.</summary>
    /// <returns>false: there is no such training.</returns>
    public static async Task<bool> TakeTurn(ZoneDbContext zone, Guid training, DateTimeOffset now, CancellationToken ct)
    {
        if (await zone.Set<Training>().Where(t => t.Id == training).ExecuteUpdateAsync(set => set.SetProperty(t => t.Turn, t => t.Turn + 1), ct) != 1) return false;
        if (!await zone.Set<Invited>().AnyAsync(i => i.TrainingId == training, ct)) return true;
        var turn = await zone.Set<Training>().Where(t => t.Id == training).Select(t => t.Turn).SingleAsync(ct);
        zone.Add(TellInvited.New(training, $"{turn}", now));
        return true;
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal sealed record Particulars(string Subject, string Topic, string? OwnTopic, TrainingKind Kind, string? Audience, IReadOnlyList<string> Trainers, IReadOnlyList<Guid> Partners, int? Capacity);

    internal sealed class Mapping : IZoneMapping<Training>
    {
        public void Configure(EntityTypeBuilder<Training> b)
        {
            b.ToTable("training");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.Property(t => t.Subject).HasMaxLength(160);
            b.Property(t => t.Topic).HasMaxLength(40);
            b.Property(t => t.OwnTopic).HasMaxLength(120);
            b.Property(t => t.Audience).HasMaxLength(200);
            b.PrimitiveCollection(t => t.Trainers).HasMaxLength(4000);
            b.PrimitiveCollection(t => t.Partners).HasMaxLength(1000);
            b.PrimitiveCollection(t => t.OpenTo).HasMaxLength(1000);
            b.Property(t => t.Version).IsConcurrencyToken();
            b.HasIndex(t => t.Once).IsUnique();
            b.Ignore(t => t.TopicInWords);
        }
    }
}

/// <summary>One sitting of a training: a morning, an evening, the same again for another shift.</summary>
internal sealed class TrainingSession
{
    public Guid Id { get; private set; }
    public Guid TrainingId { get; private set; }
    public DateTimeOffset Start { get; private set; }
    public DateTimeOffset End { get; private set; }
    public string Place { get; private set; } = "";

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public int Minutes => (int)(End - Start).TotalMinutes;
    public DateOnly Day => Moment.Day(Start);

    public static TrainingSession Of(Guid training, DateTimeOffset start, DateTimeOffset end, string place, Guid once, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TrainingId = training, Start = start, End = end, Place = place.Trim(), Once = once == default ? Guid.CreateVersion7(now) : once };

    public void Change(DateTimeOffset start, DateTimeOffset end, string place) => (Start, End, Place) = (start, end, place.Trim());

    /// <summary>Other than what somebody saw, it was moved meanwhile.</summary>
    public string Print() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Start.UtcTicks} {End.UtcTicks} {Place}")));

    /// <summary>Its day and hours, on a Belgian clock.</summary>
    public string When() => $"{Moment.Show(Day)} {Moment.Clock(Start)}–{Moment.Clock(End)}";

    internal sealed class Mapping : IZoneMapping<TrainingSession>
    {
        public void Configure(EntityTypeBuilder<TrainingSession> b)
        {
            b.ToTable("training_session");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Property(s => s.Place).HasMaxLength(160);
            b.HasIndex(s => s.TrainingId);
            b.HasIndex(s => s.Start);
            b.HasIndex(s => s.Once).IsUnique();
            b.Ignore(s => s.Minutes);
            b.Ignore(s => s.Day);
        }
    }
}

/// <summary>A shipped topic of a training; its word is found under <c>TrainingTopic_</c> and the code.</summary>
/// <param name="Statistics">Its statistics code.</param>
internal sealed record TrainingTopic(string Code, int Statistics);

internal static class TrainingTopics
{
    public const string Other = "OTHER";

    public static readonly IReadOnlyList<TrainingTopic> All =
    [
        new("RECEPTION", 1), new("RIGHTS", 2), new("DEATH", 3), new("PARTNER", 4), new("SEXUAL", 5), new("CHILDREN", 6), new("ELDER", 7), new("HATE", 8), new("TRAFFICKING", 9), new("ONLINE", 10), new("ROAD", 11), new("DISASTER", 12), new("REFERRAL", 13), new("STRESS", 14), new(Other, 99),
    ];

    public static TrainingTopic? Find(string? code) => All.FirstOrDefault(t => t.Code == code);

    /// <summary>In the reader's language, the catch-all last.</summary>
    public static IReadOnlyList<Design.Tags.Choice> Choices => [.. All.Select(t => new Design.Tags.Choice(t.Code, Words.Of("TrainingTopic_" + t.Code))).OrderBy(c => c.Value == Other).ThenBy(c => c.Text, StringComparer.CurrentCulture)];
}
