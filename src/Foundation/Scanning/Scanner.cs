using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Scanning;

/// <summary>What a scanner said of a file.</summary>
public enum Scan { Clean, Found, Away }

/// <summary>Looks for malware in a file before anything of it is kept.</summary>
public interface IScanFiles
{
    /// <summary>false: it stands in for one and knows nothing but the test file.</summary>
    bool IsScanner { get; }

    /// <summary>Never throws for a scanner that is away: that is an answer, and nothing is stored then.</summary>
    Task<Scan> Look(ReadOnlyMemory<byte> file, CancellationToken ct);
}

/// <summary>No virus scanner: it recognises the harmless test file of the EICAR and nothing else, so that the way of a refused file can be walked where none is set up. The page says so in words.</summary>
public sealed class LookForTestFile : IScanFiles
{
    // In two halves, so that no scanner takes this program for the test file.
    private static readonly byte[] Test = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!");

    public bool IsScanner => false;
    public Task<Scan> Look(ReadOnlyMemory<byte> file, CancellationToken ct) => Task.FromResult(file.Span.IndexOf(Test) >= 0 ? Scan.Found : Scan.Clean);
}

/// <summary>A ClamAV daemon at <c>Scanner:ClamAv</c> (host:port), asked by its INSTREAM command. The file leaves this process in clear: the daemon belongs on the same machine or behind the same wall.</summary>
public sealed class ClamAv(string host, int port) : IScanFiles
{
    private const int Chunk = 64 * 1024, LongestAnswer = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public bool IsScanner => true;

    public async Task<Scan> Look(ReadOnlyMemory<byte> file, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, limit.Token);
            await using var stream = socket.GetStream();
            await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), limit.Token);
            var length = new byte[4];
            for (var rest = file; rest.Length > 0; rest = rest[Math.Min(Chunk, rest.Length)..])
            {
                BinaryPrimitives.WriteInt32BigEndian(length, Math.Min(Chunk, rest.Length));
                await stream.WriteAsync(length, limit.Token);
                await stream.WriteAsync(rest[..Math.Min(Chunk, rest.Length)], limit.Token);
            }
            await stream.WriteAsync(new byte[4], limit.Token);
            var (answer, read) = (new byte[LongestAnswer], 0);
            while (read < answer.Length && answer.AsSpan(0, read).IndexOf((byte)0) < 0 && await stream.ReadAsync(answer.AsMemory(read), limit.Token) is > 0 and var more) read += more;
            // "stream: OK", "stream: Name FOUND"; whatever else it says, it did not look.
            var said = Encoding.ASCII.GetString(answer, 0, read).TrimEnd('\0', '\n');
            return said.EndsWith(" FOUND", StringComparison.Ordinal) ? Scan.Found : said == "stream: OK" ? Scan.Clean : Scan.Away;
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Scan.Away;
        }
    }

    /// <summary>The scanner that the settings name, or the one that stands in.</summary>
    /// <exception cref="StartRefusedException">The setting is no host and port.</exception>
    public static IScanFiles Or(IConfiguration configuration)
    {
        if (configuration["Scanner:ClamAv"] is not { Length: > 0 } at) return new LookForTestFile();
        return at.LastIndexOf(':') is > 0 and var colon && int.TryParse(at[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? new ClamAv(at[..colon].Trim('[', ']'), port) : throw new StartRefusedException("Scanner:ClamAv is not host:port.");
    }
}
