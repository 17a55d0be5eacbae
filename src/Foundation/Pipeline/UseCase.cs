using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>One deed of one caller in at most one zone: what the scope of a single use case holds. The contexts are leased when they are
/// first asked for, so a request that is refused never opens a connection.</summary>
public sealed class UseCase(IServiceProvider services, CatalogDatabase catalog)
{
    private ZoneDbContext? zone;
    private CatalogDbContext? house;
    private Keyring? keyring;
    private bool givenUp;

    public Caller Caller { get; internal set; } = Caller.Nobody;

    /// <summary>The form whose sending this deed answers, where a draft of it is kept.</summary>
    public SentForm? Sent { get; internal set; }
    internal ZoneHandle? Place { get; set; }
    internal bool Begun { get; set; }

    /// <summary>Nobody waits for it any more: it may end, but not be saved.</summary>
    internal bool IsGivenUp { get => Volatile.Read(ref givenUp); set => Volatile.Write(ref givenUp, value); }
    internal Trail Trail { get; } = new();

    /// <summary>The handle of the zone this use case stands in.</summary>
    /// <exception cref="InvalidOperationException">It stands in none: then there is no zone's data to be had.</exception>
    public ZoneHandle InZone => Place ?? throw new InvalidOperationException("No zone here: a use case outside a zone cannot reach a zone's data.");

    public Keyring Keys => keyring ??= new Keyring(InZone.Keys);
    internal Keyring? KeysIfUsed => keyring;

    internal ZoneDbContext Zone => zone ??= InZone.Database.Lease(Keys);
    internal CatalogDbContext House => house ??= catalog.Lease();

    internal void Write(ZoneDbContext context) => zone = zone is null ? context : throw TooLate();
    internal void Write(CatalogDbContext context) => house = house is null ? context : throw TooLate();

    private static InvalidOperationException TooLate() =>
        new("A behaviour or validator asked for the context before the transaction began; ask in the handler.");

    internal IServiceProvider Services => services;
}
