using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Under which rules a sealed field lives: retention, access route and export follow it.</summary>
public enum Layer
{
    /// <summary>Assistance: professional secrecy, the default everywhere.</summary>
    Assistance,

    /// <summary>Facts for the police file.</summary>
    Police,
}

/// <summary>Which law a sealed field lies under; it follows from its layer.</summary>
public enum Regime
{
    /// <summary>Help to a person: the general data-protection rules, the right of access straight to the zone.</summary>
    Assistance,

    /// <summary>Operational police data: the law on police information, access by its own route.</summary>
    PoliceOperational,
}

/// <summary>An entity of which each row says in which layer it lies; a row never changes its layer, it is copied.</summary>
public interface ISayMyLayer
{
    /// <summary>The layer of this row's fields that are declared to follow it.</summary>
    Layer Layer { get; }
}

/// <summary>A sealed field as its entity declares it.</summary>
/// <param name="Name">The stable name, such as <c>note.text</c>.</param>
/// <param name="Layer">null: each row says so itself.</param>
public sealed record DeclaredField(string Name, Layer? Layer);

/// <summary>Layers and regimes of what is sealed: retention, access route and export ask here.</summary>
public static class Layers
{
    /// <summary>The regime of a layer.</summary>
    public static Regime Regime(this Layer layer) => layer == Layer.Police ? Secrecy.Regime.PoliceOperational : Secrecy.Regime.Assistance;

    /// <summary>Every sealed field of a model.</summary>
    public static IReadOnlyList<DeclaredField> Declared(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyModel model) =>
        [.. model.GetEntityTypes().SelectMany(Sealing.Instance.Of).Select(f => new DeclaredField(f.Name, f.Declared)).OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>In which layer a field of this row lies.</summary>
    /// <param name="name">As declared in the mapping.</param>
    /// <exception cref="InvalidOperationException">The row has no such field.</exception>
    public static Layer Of(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyModel model, IHoldSealed row, string name) =>
        Sealing.Instance.Of(model.FindEntityType(row.GetType())!).Single(f => f.Name == name).LayerOf(row);
}

/// <summary>An entity with sealed fields: whose data key seals them.</summary>
public interface IHoldSealed
{
    /// <summary>The row's own id; part of what binds a box to its place.</summary>
    Guid Id { get; }

    /// <summary>The person, dossier or tray request whose key seals this row.</summary>
    Guid KeyOwner { get; }
}

/// <summary>A value that is encrypted before it reaches the database and opened only when it is read. It prints as dots, so a log line betrays nothing.</summary>
/// <typeparam name="T">A string, bytes, or a record that JSON can carry.</typeparam>
public sealed class Sealed<T> : ISealedValue where T : class
{
    private T? clear;
    private byte[]? box;
    private Func<byte[], byte[]>? open;

    private Sealed() { }

    /// <exception cref="ErasedException">Its owner was erased.</exception>
    /// <exception cref="InvalidOperationException">It came from a projection and was not attached to its row.</exception>
    public T Value => clear ??= Read((open ?? throw new InvalidOperationException("A sealed value from a projection needs its row: attach it first."))(box!));

    public static implicit operator Sealed<T>(T value) => new() { clear = value };
    public override string ToString() => "•••";

    internal static Sealed<T> FromBox(byte[] box) => new() { box = box };
    internal byte[] ToBox() => box ?? throw new InvalidOperationException("A value reached the database without being sealed.");

    ISealedValue ISealedValue.Anew() => (Sealed<T>)Value;
    bool ISealedValue.IsSealed => box is not null;
    void ISealedValue.Attach(Func<byte[], byte[]> how) => open = how;
    void ISealedValue.Prove() => _ = Value;
    void ISealedValue.Seal(Func<byte[], byte[]> how) => box = how(Write(clear!));

    private static byte[] Write(T value) => value switch { string text => Encoding.UTF8.GetBytes(text), byte[] bytes => bytes, _ => JsonSerializer.SerializeToUtf8Bytes(value) };
    private static T Read(byte[] bytes) => typeof(T) == typeof(string) ? (T)(object)Encoding.UTF8.GetString(bytes) : typeof(T) == typeof(byte[]) ? (T)(object)bytes : JsonSerializer.Deserialize<T>(bytes)!;
}

/// <summary>What the interceptor needs of a sealed value, whatever it holds.</summary>
internal interface ISealedValue
{
    bool IsSealed { get; }
    void Attach(Func<byte[], byte[]> how);
    void Seal(Func<byte[], byte[]> how);

    /// <summary>Opens it, to prove that it opens.</summary>
    void Prove();

    /// <summary>The same value, to be sealed once more.</summary>
    ISealedValue Anew();
}

/// <summary>Seals what a row holds once more, because another key owns it now.</summary>
public static class Resealing
{
    /// <summary>Opens every sealed field of a row under the key that sealed it; the next saving seals it under the key of its owner then.</summary>
    /// <exception cref="ErasedException">Its owner was erased.</exception>
    public static void SealAnew(this EntityEntry entry)
    {
        foreach (var field in entry.Metadata.GetProperties().Where(p => p.FindAnnotation(SealedMapping.Name) is not null))
            if (entry.Property(field.Name).CurrentValue is ISealedValue value) entry.Property(field.Name).CurrentValue = value.Anew();
    }
}

/// <summary>How a sealed field is declared in an entity's mapping.</summary>
public static class SealedMapping
{
    internal const string Name = "Sealed:Name", LayerOf = "Sealed:Layer", ByRow = "Sealed:ByRow";

    /// <summary>Seals a property.</summary>
    /// <param name="name">Stable name of the field; part of what binds a box to its place, so never change it.</param>
    public static PropertyBuilder<Sealed<T>> Sealed<TEntity, T>(this EntityTypeBuilder<TEntity> entity, System.Linq.Expressions.Expression<Func<TEntity, Sealed<T>?>> field, string name,
        Layer layer = Layer.Assistance) where TEntity : class, IHoldSealed where T : class =>
        entity.Property((System.Linq.Expressions.Expression<Func<TEntity, Sealed<T>>>)(object)field).HasConversion(new ValueConverter<Sealed<T>, byte[]>(value => value.ToBox(), bytes => Secrecy.Sealed<T>.FromBox(bytes)),
            new ValueComparer<Sealed<T>>((a, b) => ReferenceEquals(a, b), v => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(v), v => v))
            .HasMaxLength(-1).HasAnnotation(Name, name).HasAnnotation(LayerOf, layer);

    /// <summary>Seals a property that lies in the layer its row says.</summary>
    /// <param name="name">Stable name of the field; part of what binds a box to its place, so never change it.</param>
    public static PropertyBuilder<Sealed<T>> SealedInItsLayer<TEntity, T>(this EntityTypeBuilder<TEntity> entity, System.Linq.Expressions.Expression<Func<TEntity, Sealed<T>?>> field, string name)
        where TEntity : class, IHoldSealed, ISayMyLayer where T : class => entity.Sealed(field, name).HasAnnotation(ByRow, true);
}
