using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Documents;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>Two rows of one person in one dossier became one. What was there before is kept under that person's key until it is undone: it can be, as long as nobody changed what came of it.</summary>
internal sealed class Merger : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>The row that stayed.</summary>
    public Guid Kept { get; private set; }

    /// <summary>The row that went.</summary>
    public Guid Gone { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid? UndoneBy { get; private set; }
    public DateTimeOffset? Undone { get; private set; }

    /// <summary>null: it was undone, each row has its own again.</summary>
    public Sealed<WhatWas>? Was { get; private set; }
    public Guid KeyOwner => Kept;

    public static Merger Of(Guid dossier, Guid kept, Guid gone, WhatWas was, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Kept = kept, Gone = gone, Was = was, By = by, At = now };

    public void Undo(Guid by, DateTimeOffset now) => (Undone, UndoneBy, Was) = (now, by, null);

    internal sealed class Mapping : IZoneMapping<Merger>
    {
        public void Configure(EntityTypeBuilder<Merger> b)
        {
            b.ToTable("merger");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Sealed(m => m.Was, "merger.was");
            b.HasIndex(m => m.DossierId);
            b.HasIndex(m => m.Kept);
            b.Ignore(m => m.KeyOwner);
        }
    }
}

/// <summary>Both rows before, what came of them, and all that pointed at the one that went.</summary>
internal sealed record WhatWas(Person.Kept Gone, Person.Kept Before, Person.Kept After, RulesAsTheyStood GoneRules, RulesAsTheyStood RulesBefore, RulesAsTheyStood RulesAfter, Interpreter.Kept? GoneInterpreter, Interpreter.Kept? InterpreterBefore, Interpreter.Kept? InterpreterAfter,
    IReadOnlyList<Standing.Kept> StandingsBefore, IReadOnlyList<Standing.Kept> StandingsAfter, IReadOnlyList<Pointer> Pointers, Guid? Lead)
{
    /// <summary>Consents that the one who went gave in somebody's place; null: merged before these were looked after.</summary>
    public IReadOnlyList<Guid>? Agreed { get; init; }

    /// <summary>Waits for a first contact that ended, as the other row had been reached.</summary>
    public IReadOnlyList<Guid>? Ended { get; init; }
}

/// <summary>A row that pointed at the person who went.</summary>
/// <param name="Entity">The full name of its type.</param>
/// <param name="Before">Those it named, where it names several; null: it names one.</param>
internal sealed record Pointer(string Entity, Guid Id, IReadOnlyList<Guid>? Before, IReadOnlyList<Guid>? After);

/// <summary>All rows of a dossier that name its people, found by what the model says: a list <c>Persons</c>, or a <c>PersonId</c>. A new entity with either is repointed the minute it exists.</summary>
internal sealed class Pointers(ZoneDbContext zone)
{
    public const string Several = "Persons", One = "PersonId";

    // They name two people, and the merge looks after them itself; or they say what counts, which no merge decides anew.
    private static readonly HashSet<Type> Apart = [typeof(Standing), typeof(Counting.GivenService)];

    private static readonly MethodInfo Typed = typeof(Pointers).GetMethod(nameof(Rows), BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>Points all that names one person at another; what is sealed under the one's key is sealed anew.</summary>
    public async Task<IReadOnlyList<Pointer>> Turn(Guid dossier, Guid from, Guid to, CancellationToken ct)
    {
        var turned = new List<Pointer>();
        foreach (var type in Types())
        {
            foreach (var row in await Of(type, dossier, ct))
            {
                var (entry, id) = (zone.Entry(row), (Guid)zone.Entry(row).Property("Id").CurrentValue!);
                if (entry.Metadata.FindProperty(Several) is not null)
                {
                    var before = (List<Guid>)entry.Property(Several).CurrentValue!;
                    if (!before.Contains(from)) continue;
                    List<Guid> after = [.. before.Select(p => p == from ? to : p).Distinct()];
                    entry.Property(Several).CurrentValue = after;
                    await Reown(row, from, to, ct);
                    turned.Add(new Pointer(type.Name, id, [.. before], after));
                }
                else if (Equals(entry.Property(One).CurrentValue, from))
                {
                    Point(entry, to);
                    turned.Add(new Pointer(type.Name, id, null, null));
                }
            }
        }
        return turned;
    }

    /// <summary>Points them back as they were.</summary>
    /// <returns>Did all of them still say what the merge had made of them? If not, nothing may be saved.</returns>
    public async Task<bool> TurnBack(Guid dossier, IReadOnlyList<Pointer> pointers, Guid from, Guid to, CancellationToken ct)
    {
        foreach (var some in pointers.GroupBy(p => p.Entity))
        {
            if (Types().FirstOrDefault(t => t.Name == some.Key) is not { } type) return false;
            var rows = (await Of(type, dossier, ct)).ToDictionary(r => (Guid)zone.Entry(r).Property("Id").CurrentValue!);
            foreach (var pointer in some)
            {
                // What was thrown away meanwhile points at nobody.
                if (!rows.TryGetValue(pointer.Id, out var row)) continue;
                var entry = zone.Entry(row);
                if (pointer.Before is { } before)
                {
                    if (!((List<Guid>)entry.Property(Several).CurrentValue!).SequenceEqual(pointer.After!)) return false;
                    entry.Property(Several).CurrentValue = before.ToList();
                    await Reown(row, from, to, ct);
                }
                else
                {
                    if (!Equals(entry.Property(One).CurrentValue, from)) return false;
                    Point(entry, to);
                }
            }
        }
        return true;
    }

    // A document about one person stands under that person's key: it goes with them, and is erased with them.
    private async Task Reown(object row, Guid from, Guid to, CancellationToken ct)
    {
        if (row is not Document document || document.KeyOwner != from) return;
        var parts = await zone.Set<DocumentPart>().Where(p => p.DocumentId == document.Id).ToListAsync(ct);
        zone.Entry(document).SealAnew();
        foreach (var part in parts) zone.Entry(part).SealAnew();
        document.GoTo(to, parts);
    }

    private static void Point(Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry entry, Guid to)
    {
        entry.SealAnew();
        entry.Property(One).CurrentValue = to;
    }

    internal static IEnumerable<IEntityType> TypesOf(IModel model) => model.GetEntityTypes().Where(t => t.ClrType.IsAssignableTo(typeof(IOfDossier)) && !Apart.Contains(t.ClrType) && (t.FindProperty(Several) is not null || t.FindProperty(One) is not null));

    private IEnumerable<IEntityType> Types() => TypesOf(zone.Model);

    private Task<List<object>> Of(IEntityType type, Guid dossier, CancellationToken ct) => (Task<List<object>>)Typed.MakeGenericMethod(type.ClrType).Invoke(this, [dossier, ct])!;

    private async Task<List<object>> Rows<T>(Guid dossier, CancellationToken ct) where T : class, IOfDossier => [.. await zone.Set<T>().Where(r => EF.Property<Guid>(r, nameof(IOfDossier.DossierId)) == dossier).ToListAsync(ct)];
}
