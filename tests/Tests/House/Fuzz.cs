using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Tests.House;

/// <summary>What came of it.</summary>
/// <param name="ByStatus">0: the server hung up on something it was right to hang up on.</param>
/// <param name="Faults">Answers of 500 and above, answers that did not come in time, connections that broke; each with what makes it again.</param>
internal sealed record Fuzzed(int Sent, TimeSpan Took, TimeSpan Slowest, IReadOnlyDictionary<int, int> ByStatus, IReadOnlyList<string> Faults)
{
    public override string ToString() => $"{Sent} requests in {Took.TotalSeconds:0.0} s, slowest {Slowest.TotalSeconds:0.00} s; by status {string.Join(", ", ByStatus.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"))}; {Faults.Count} faults";
}

/// <summary>Sends what the generator makes to a server over the wire, from many addresses, so that a limit by address stops none of it.</summary>
internal sealed class Fuzz : IDisposable
{
    private const int Addresses = 64, AtOnce = 6;
    private readonly IReadOnlyList<Door> doors;
    private readonly Uri address;
    private readonly HttpClient[] clients;

    public Fuzz(IReadOnlyList<Door> doors, Uri address)
    {
        (this.doors, this.address) = ([.. doors.Where(d => d.Knocks.Count > 0).SelectMany(d => Enumerable.Repeat(d, Weight(d)))], address);
        clients = [.. Enumerable.Range(0, Addresses).Select(i => new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1, MaxConnectionsPerServer = 4,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            ConnectCallback = async (_, ct) => new NetworkStream(await Connect(i, ct), ownsSocket: true),
        }) { Timeout = Timeout.InfiniteTimeSpan })];
    }

    /// <param name="world">The zone, senders and ids that request number n meets.</param>
    public async Task<Fuzzed> Run(int seed, int from, int count, TimeSpan limit, Func<int, (string Zone, IReadOnlyList<Sender> Senders, Func<string, Random, string> Id)> world)
    {
        var (statuses, faults, started, slowest) = (new ConcurrentDictionary<int, int>(), new ConcurrentQueue<string>(), Stopwatch.StartNew(), 0L);
        await Parallel.ForAsync(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (n, stop) =>
        {
            var random = new Random(unchecked((seed * 1_000_003) + n));
            var (zone, senders, id) = world(n);
            var door = doors[random.Next(doors.Count)];
            // Two of three come from somebody who may: behind the door is more to break than before it.
            var may = senders.Where(s => random.Next(3) > 0 && door.Demand?.Deed is { } deed && (deed == May.HoldAnAccount ? s.Said is not null : AccessMatrix.Allows(deed, s.Roles))).ToList();
            var shot = Shot.At(door, may.Count > 0 ? may : senders, zone, id, random);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(limit);
            var clock = Stopwatch.GetTimestamp();
            try
            {
                var (status, answer) = n % 97 == 0 ? await Raw(random, zone, shot, patience.Token) : await Send(shot, clients[n % Addresses], patience.Token);
                statuses.AddOrUpdate(status, 1, (_, old) => old + 1);
                if (status >= 500) faults.Enqueue($"seed {seed}, request {n}: {status} {answer} to {shot}");
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                faults.Enqueue($"seed {seed}, request {n}: no answer within {limit.TotalSeconds:0.#} s to {shot}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                statuses.AddOrUpdate(0, 1, (_, old) => old + 1);
                if (!shot.MayBreak) faults.Enqueue($"seed {seed}, request {n}: {e.GetBaseException().GetType().Name} {e.GetBaseException().Message} to {shot}");
            }
            finally
            {
                var took = Stopwatch.GetElapsedTime(clock).Ticks;
                for (var known = Volatile.Read(ref slowest); took > known && Interlocked.CompareExchange(ref slowest, took, known) != known; known = Volatile.Read(ref slowest)) { }
            }
        });
        return new Fuzzed(count, started.Elapsed, TimeSpan.FromTicks(slowest), new Dictionary<int, int>(statuses), [.. faults]);
    }

    /// <summary>Each connection from another address.</summary>
    public static HttpMessageHandler FromEverywhere(Uri address) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (OperatingSystem.IsLinux()) socket.Bind(new IPEndPoint(new IPAddress([127, 8, (byte)Random.Shared.Next(1, 250), (byte)Random.Shared.Next(1, 250)]), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public void Dispose()
    {
        foreach (var client in clients) client.Dispose();
    }

    private async Task<(int, string)> Send(Shot shot, HttpClient client, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(shot.Method), new Uri(address.GetLeftPart(UriPartial.Authority) + shot.Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (shot.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", shot.ContentType);
        }
        if (shot.Sender.Said is { } said) request.Headers.TryAddWithoutValidation(Kit.Visit.Header, said);
        foreach (var (name, value) in shot.Headers) request.Headers.TryAddWithoutValidation(name, Sendable(value));
        using var response = await client.SendAsync(request, ct);
        var status = (int)response.StatusCode;
        return (status, status >= 500 ? await response.Content.ReadAsStringAsync(ct) is { Length: > 0 } text ? Reference(text) : "" : "");
    }

    // What no client library would send.
    private async Task<(int, string)> Raw(Random random, string zone, Shot shot, CancellationToken ct)
    {
        using var socket = await Connect(random.Next(Addresses), ct);
        var (host, said) = ($"Host: {address.Authority}\r\n", shot.Sender.Said is { } who ? $"{Kit.Visit.Header}: {who}\r\n" : "");
        var head = random.Next(10) switch
        {
            0 => $"GET /{zone}/%zz%u0041 HTTP/1.1\r\n{host}{said}\r\n",
            1 => $"GET /{zone}/\u00ff\u0001 HTTP/1.1\r\n{host}{said}\r\n",
            2 => $"POST /{zone}/intake HTTP/1.1\r\n{host}{said}Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nzz\r\nForm\r\n",
            3 => $"POST /{zone}/intake HTTP/1.1\r\n{host}{said}Content-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nForm.Note=x",
            4 => $"POST /{zone}/search HTTP/1.1\r\n{host}{said}Content-Length: 400\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"Form.Text\"\r\n\r\nabc",
            5 => $"POST /{zone}/search HTTP/1.1\r\n{host}{said}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            6 => $"GET /{zone}/worklist HTTP/1.1\r\n{host}{said}X-Large: {new string('x', 40_000)}\r\n\r\n",
            7 => $"GET /{zone}/worklist HTTP/1.1\r\n{said}\r\n",
            8 => $"GET http://other.example/{zone}/worklist HTTP/1.1\r\n{host}Host: other.example\r\n\r\n",
            _ => $"GET /{zone}/worklist HTTP/1.1\r\n{host}{said}Cookie: \u00ff\u00fe=\u0001;;;=\r\nAccept-Language: \u00ff\r\n\r\n",
        };
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(head), ct);
            socket.Shutdown(SocketShutdown.Send);
            var (answer, length) = (new byte[4096], 0);
            while (length < 12 && await socket.ReceiveAsync(answer.AsMemory(length), ct) is > 0 and var more) length += more;
            return length < 12 ? (0, "") : (int.Parse(Encoding.ASCII.GetString(answer, 9, 3), System.Globalization.CultureInfo.InvariantCulture), head.Split('\r')[0]);
        }
        catch (SocketException)
        {
            return (0, ""); // it hung up, as it should
        }
    }

    // Every client comes from a loopback address of its own.
    private async Task<Socket> Connect(int client, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (OperatingSystem.IsLinux()) socket.Bind(new IPEndPoint(new IPAddress([127, 7, (byte)Random.Shared.Next(1, 250), (byte)(client + 1)]), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Files are all alike, and a password is hashed slowly on purpose.
    private static int Weight(Door door) => door.Text.StartsWith("/assets", StringComparison.Ordinal) ? 1 : door.Knocks.Any(k => k.Boxes.Any(b => b.Name.EndsWith(".Secret", StringComparison.Ordinal))) ? 2 : 10;

    private static string Sendable(string value) => string.Concat(value.Where(c => c is not ('\r' or '\n' or '\0') && c <= 0xFF));

    private static string Reference(string page) => page.IndexOf("<code>", StringComparison.Ordinal) is >= 0 and var at ? page[(at + 6)..Math.Min(page.Length, at + 38)] : page[..Math.Min(page.Length, 200)];
}
