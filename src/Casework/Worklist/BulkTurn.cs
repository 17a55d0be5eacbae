using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Worklist;

internal enum BulkAct
{
    Assign = 1, Postpone = 2,

    /// <summary>A caseload goes to colleagues, with its appointments.</summary>
    HandOver = 3,
}

/// <summary>What one dossier was before, and what it was made.</summary>
/// <param name="Act">The next act that was postponed, or the appointment that changed hands; the dossier itself where it was assigned.</param>
/// <param name="Before">A worker's id or ticks of a due instant; empty: nobody's.</param>
internal sealed record BulkStep(Guid Dossier, Guid Act, string Before, string After)
{
    public static string Of(Guid? worker) => worker?.ToString() ?? "";
    public static string Of(DateTimeOffset due) => due.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture);
    public static Guid? Worker(string said) => Guid.TryParse(said, out var id) ? id : null;
    public static DateTimeOffset Due(string said) => new(long.Parse(said, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}

/// <summary>One deed done to several dossiers, remembered so that it can be taken back: ids and codes only.</summary>
internal sealed class BulkTurn
{
    /// <summary>How long it can be taken back.</summary>
    public static readonly TimeSpan Undoable = TimeSpan.FromMinutes(10);

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }
    public DateTimeOffset At { get; private set; }
    public BulkAct Act { get; private set; }
    public List<string> Steps { get; private set; } = [];

    public static BulkTurn Take(BulkAct act, IEnumerable<BulkStep> steps, Guid account, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, At = now, Act = act, Steps = [.. steps.Select(s => $"{s.Dossier} {s.Act} {s.Before} {s.After}")] };

    public IEnumerable<BulkStep> All => Steps.Select(step => step.Split(' ')).Select(part => new BulkStep(Guid.Parse(part[0]), Guid.Parse(part[1]), part[2], part[3]));

    internal sealed class Mapping : IZoneMapping<BulkTurn>
    {
        public void Configure(EntityTypeBuilder<BulkTurn> b)
        {
            b.ToTable("bulk_turn");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.PrimitiveCollection(t => t.Steps).HasMaxLength(-1);
            b.HasIndex(t => t.At);
            b.Ignore(t => t.All);
        }
    }
}
