using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What somebody searched for, so that the way back to it asks it again. Theirs alone, for half an hour, in the memory of this process and nowhere else.</summary>
internal sealed class Searches(TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(30);

    /// <summary>Of all zones together; characters. What is searched for beyond that has no way back.</summary>
    private const int Most = 2_000_000;

    private readonly MemoryCache texts = new(new MemoryCacheOptions { SizeLimit = Most, Clock = new Clock(clock) });

    /// <returns>The id by which whoever searched finds it again.</returns>
    public Guid Keep(Guid zone, Guid account, string text)
    {
        var id = Guid.CreateVersion7();
        texts.Set((zone, account, id), text, new MemoryCacheEntryOptions { Size = text.Length, AbsoluteExpirationRelativeToNow = Kept });
        return id;
    }

    /// <returns>null: kept no more, or somebody else's.</returns>
    public string? Find(Guid zone, Guid account, Guid id) => texts.Get<string>((zone, account, id));

    public void Dispose() => texts.Dispose();

    private sealed class Clock(TimeProvider clock) : ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }
}
