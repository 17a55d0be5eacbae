using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace VictimSupport.Benchmarks;

/// <summary>What the kernel says of processes, from <c>/proc</c>.</summary>
internal static class Machine
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds of a process so far, its ended children included.</summary>
    public static double Cpu(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Resident memory in MB.</summary>
    public static double Resident(int pid) => Field($"/proc/{pid}/status", "VmRSS:") / 1024;

    /// <summary>Of that, what is the process's own: without the files the kernel maps for it, and takes back when it wants.</summary>
    public static double Own(int pid) => Field($"/proc/{pid}/status", "RssAnon:") / 1024;

    public static int Handles(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Length;

    public static IEnumerable<int> Children(int parent)
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText(folder + "/stat");
            }
            catch (IOException)
            {
                continue;
            }
            if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture)) yield return pid;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown CPU";
        return $"{Environment.ProcessorCount} × {model}, {Field("/proc/meminfo", "MemTotal:") / 1024 / 1024:0} GiB, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}";
    }

    private static double Field(string file, string name)
    {
        try
        {
            return double.Parse(File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

/// <summary>A process that this program started and will end, by its id.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringWriter errors = new();

    private Child(Process process) => this.process = process;

    public int Id => process.Id;
    public bool HasEnded => process.HasExited;

    public static Child Start(string program, IEnumerable<string> words, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder ?? Path.GetTempPath() };
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        var child = new Child(Process.Start(start)!);
        child.process.OutputDataReceived += (_, _) => { };
        child.process.ErrorDataReceived += (_, line) =>
        {
            lock (child.errors) child.errors.WriteLine(line.Data);
        };
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs to its end; throws where it does not end with 0.</summary>
    public static async Task Run(string program, IEnumerable<string> words, Dictionary<string, string>? environment = null, string? folder = null)
    {
        await using var child = Start(program, words, environment, folder);
        await child.process.WaitForExitAsync();
        if (child.process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {child.process.ExitCode}: {child.Errors}");
    }

    /// <summary>Runs to its end and gives back what it printed; throws, with that, where it does not end with 0.</summary>
    public static async Task<string> Read(string program, IEnumerable<string> words, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        using var running = Process.Start(start)!;
        var printed = await running.StandardOutput.ReadToEndAsync();
        await running.WaitForExitAsync();
        return running.ExitCode == 0 ? printed : throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {running.ExitCode}: {printed}");
    }

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    public void Signal(string signal) => Signal(Id, signal);

    public static void Signal(int id, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-" + signal, id.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false })!;
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal("TERM");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await Kill();
            }
        }
        process.Dispose();
    }
}

/// <summary>A PostgreSQL of our own, on a free port, with fsync on: started, stopped and thrown away here.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string folder, programs;

    private Cluster(string folder, string programs, int port) => (this.folder, this.programs, Port) = (folder, programs, port);

    public int Port { get; }
    public int Postmaster => int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
    public string Server => $"Host=127.0.0.1;Port={Port};Username=postgres;Password=x";

    public static async Task<Cluster> Start(string parent)
    {
        var found = Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).First() + "/bin";
        var cluster = new Cluster(Directory.CreateDirectory(Path.Combine(parent, "postgresql")).FullName, found, Machine.FreePort());
        await Child.Run("chown", ["-R", "postgres", cluster.folder]);
        await Child.Run("chmod", ["a+x", parent, Path.GetDirectoryName(parent)!]);
        await cluster.As("initdb", "-D", cluster.Data, "-A", "trust", "-U", "postgres");
        await File.AppendAllTextAsync(Path.Combine(cluster.Data, "postgresql.conf"), $"port={cluster.Port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nmax_connections=300\nshared_buffers=256MB\nautovacuum=off\nlogging_collector=off\n");
        await cluster.Up();
        return cluster;
    }

    public bool IsUp => File.Exists(Path.Combine(Data, "postmaster.pid")) && Directory.Exists($"/proc/{Postmaster}");

    public Task Up() => As("pg_ctl", "-D", Data, "-l", Path.Combine(folder, "log"), "-w", "start");
    public Task Stop(string mode) => As("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");
    public double Cpu() => Machine.Cpu(Postmaster) + Machine.Children(Postmaster).Sum(Machine.Cpu);
    public IReadOnlyList<int> Everyone() => [Postmaster, .. Machine.Children(Postmaster)];

    /// <summary>kill -9 of every process of the server.</summary>
    public async Task Crash()
    {
        var all = Everyone();
        foreach (var one in all) Child.Signal(one, "KILL");
        while (all.Any(one => Directory.Exists($"/proc/{one}"))) await Task.Delay(10); // its shared memory is theirs until the last is gone
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) await Stop("immediate");
    }

    private string Data => Path.Combine(folder, "data");

    // The server refuses to run as root.
    private Task As(string program, params string[] words) => Environment.UserName == "root"
        ? Child.Run("runuser", ["-u", "postgres", "--", Path.Combine(programs, program), .. words])
        : Child.Run(Path.Combine(programs, program), words);
}
