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
    public bool LetsSend(Guid zone, IPAddress? address) => Lets("send", zone, Of(address), 20, TimeSpan.FromHours(1));

    /// <summary>Ten in a quarter of an hour from one address, and twenty an hour for one reference from wherever: eight signs are not guessed so.</summary>
    public bool LetsTry(Guid zone, IPAddress? address, string reference) => Lets("try", zone, Of(address), 10, TimeSpan.FromMinutes(15)) && Lets("reference", zone, reference, 20, TimeSpan.FromHours(1));

    private bool Lets(string what, Guid zone, string who, int most, TimeSpan window)
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
            if (until <= now) (until, times) = (now + window, 0);
            counts[hash] = (until, Math.Min(times + 1, most + 1));
            return times < most;
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
