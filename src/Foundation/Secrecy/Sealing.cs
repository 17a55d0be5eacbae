using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Attaches sealed fields to their row when an entity is read, and seals new values before they are saved. One instance for all: EF builds a
/// service provider for every other interceptor it meets.</summary>
internal sealed class Sealing : SaveChangesInterceptor
{
    public static readonly Sealing Instance = new();
    private readonly ConcurrentDictionary<IReadOnlyEntityType, SealedField[]> fields = new();
    private readonly ConcurrentDictionary<Type, SealedField[]> attached = new();

    private Sealing() { }

    /// <summary>Binds the row's boxes to where they stand, so that they open when they are read.</summary>
    internal void Attach(ZoneDbContext zone, IHoldSealed row)
    {
        var type = row.GetType();
        if (!attached.TryGetValue(type, out var sealedFields)) attached[type] = sealedFields = Of(zone.Model.FindEntityType(type)!);
        foreach (var field in sealedFields) field.Get(row)?.Attach(new Opening(zone.Keyring!, field.Name, row.Id).Open);
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) =>
        eventData.Context is ZoneDbContext ? throw new InvalidOperationException("A zone's data are saved asynchronously, by the pipeline.") : result;

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not ZoneDbContext zone) return result;
        if (zone.Database.CurrentTransaction is null) throw new InvalidOperationException("A zone's data are saved by the pipeline only, inside its transaction.");
        foreach (var entry in zone.ChangeTracker.Entries<IHoldSealed>())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified)) continue;
            foreach (var field in Of(entry.Metadata))
            {
                if (field.Get(entry.Entity) is not { IsSealed: false } value) continue;
                var key = await zone.Keyring!.ForSealing(entry.Entity.KeyOwner, cancellationToken);
                value.Seal(clear => Box.Seal(clear, key, entry.Entity.KeyOwner, Place(zone.Keyring.Zone, field.Name, entry.Entity.Id)));
                value.Attach(new Opening(zone.Keyring, field.Name, entry.Entity.Id).Open);
            }
        }
        return result;
    }

    /// <summary>The fields of an entity that are sealed, as declared in its mapping.</summary>
    internal SealedField[] Of(IReadOnlyEntityType type) => fields.GetOrAdd(type, static t =>
        [.. t.GetProperties().Where(p => p.FindAnnotation(SealedMapping.Name) is not null).Select(p => new SealedField(
            (string)p.FindAnnotation(SealedMapping.Name)!.Value!, p.FindAnnotation(SealedMapping.ByRow) is null ? (Layer)p.FindAnnotation(SealedMapping.LayerOf)!.Value! : null, Getter(t.ClrType, p.Name)))]);

    internal static byte[] Place(Guid zone, string field, Guid row)
    {
        var place = new byte[32 + Encoding.UTF8.GetByteCount(field)];
        zone.TryWriteBytes(place);
        row.TryWriteBytes(place.AsSpan(16));
        Encoding.UTF8.GetBytes(field, place.AsSpan(32));
        return place;
    }

    private static Func<object, ISealedValue?> Getter(Type entity, string property)
    {
        var row = Expression.Parameter(typeof(object));
        return Expression.Lambda<Func<object, ISealedValue?>>(Expression.Convert(Expression.Property(Expression.Convert(row, entity), property), typeof(ISealedValue)), row).Compile();
    }

    private sealed class Opening(Keyring keys, string field, Guid row)
    {
        public byte[] Open(byte[] box) => Box.Open(box, keys.Open(Box.KeyOf(box)), Place(keys.Zone, field, row));
    }
}

/// <summary>A sealed field of an entity.</summary>
/// <param name="Declared">null: the row says in which layer it lies.</param>
internal sealed record SealedField(string Name, Layer? Declared, Func<object, ISealedValue?> Get)
{
    public Layer LayerOf(IHoldSealed row) => Declared ?? ((ISayMyLayer)row).Layer;
}

/// <summary>Opens sealed values that a projection brought without their entity.</summary>
public static class SealedProjections
{
    /// <summary>Binds a projected value to its row so that it opens; the name is the one of the mapping.</summary>
    public static Sealed<T> Attach<T>(this Keyring keys, Sealed<T> value, string name, Guid row) where T : class
    {
        ((ISealedValue)value).Attach(box => Box.Open(box, keys.Open(Box.KeyOf(box)), Sealing.Place(keys.Zone, name, row)));
        return value;
    }
}
