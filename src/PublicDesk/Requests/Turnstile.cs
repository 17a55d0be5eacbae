using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>Counts how often one address comes to one zone, and keeps no address: what is counted is a hash under a key that lives in memory for a day and is written nowhere. One process counts for itself.</summary>
internal sealed class Turnstile(TimeProvider clock)
{
    private const int Most = 100_000;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, (DateTimeOffset Until, int Times)> counts = [];
    private byte[] key = RandomNumberGenerator.GetBytes(32);
    private DateOnly day;

    /// <summary>Twenty an hour: a hospital or a shelter stands behind one address.</summary>
    public bool LetsSend(Guid zone, IPAddress? address) => Counts("send", zone, Of(address)) < 20;

    /// <summary>The same for what is said about these pages.</summary>
    public bool LetsSay(Guid zone, IPAddress? address) => Counts("say", zone, Of(address)) < 20;

    /// <summary>Ten wrong ones an hour from one address, and two hundred for one reference from wherever: eight signs are not guessed so, and nobody shuts another out of their own request from a place or two.</summary>
    public bool LetsTry(Guid zone, IPAddress? address, string reference) => Counts("try", zone, Of(address), 0) < 10 && Counts("reference", zone, reference, 0) < 200;

    /// <summary>Reference and code did not fit.</summary>
    public void Missed(Guid zone, IPAddress? address, string reference)
    {
        Counts("try", zone, Of(address));
        Counts("reference", zone, reference);
    }

    /// <summary>How often it was within the hour, before this time.</summary>
    private int Counts(string what, Guid zone, string who, int more = 1)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (DateOnly.FromDateTime(now.UtcDateTime) != day || counts.Count >= Most)
            {
                counts.Clear();
                (key, day) = (RandomNumberGenerator.GetBytes(32), DateOnly.FromDateTime(now.UtcDateTime));
            }
            var hash = new Guid(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{what} {zone} {who}")).AsSpan(0, 16));
            var (until, times) = counts.GetValueOrDefault(hash);
            if (until <= now) (until, times) = (now + TimeSpan.FromHours(1), 0);
            if (more > 0) counts[hash] = (until, Math.Min(times + more, 1000));
            return times;
        }
    }

    // A household has a whole /64 of IPv6.
    private static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
