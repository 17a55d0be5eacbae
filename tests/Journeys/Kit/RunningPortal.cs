using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(VictimSupport.Journeys.Kit.RunningPortal))]

namespace VictimSupport.Journeys.Kit;

/// <summary>The program as a newcomer starts it: a process of its own on an empty data folder, with demo zones, and a real browser in front of it.</summary>
public sealed class RunningPortal : IAsyncLifetime
{
    private Process? process;
    private IPlaywright? playwright;
    private readonly System.Text.StringBuilder printed = new();

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "vs-journeys-" + Guid.NewGuid().ToString("N")[..8]);
    public string Address { get; private set; } = "";
    public IBrowser Browser { get; private set; } = null!;
    public TimeSpan ToFirstPage { get; private set; }

    /// <summary>Settings on top of those a newcomer has.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>All that the process printed: logs in which no name may stand.</summary>
    public string Output { get { lock (printed) return printed.ToString(); } }

    public async ValueTask InitializeAsync()
    {
        Address = $"http://localhost:{FreePort()}";
        await Run();
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("VS_TEST_CHROMIUM") ?? "/usr/bin/chromium-headless-shell",
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--lang=fr-BE"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.CloseAsync();
        playwright?.Dispose();
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The process dies as by <c>kill -9</c>.</summary>
    public async Task Kill()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>The same program on the same data, at the same address.</summary>
    public Task StartAgain() => Run();

    /// <summary>A command of the operator's on the same data, as he gives it while the portal is stopped.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<string> Command(params string[] words)
    {
        var start = Program(words);
        start.Environment["Data__Directory"] = Folder;
        using var command = Process.Start(start)!;
        var (said, errors) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? await said : throw new InvalidOperationException($"{string.Join(' ', words)}: {await said}{await errors}");
    }

    private static ProcessStartInfo Program(IEnumerable<string> words)
    {
        // The product's own output, as `dotnet run` starts it: tests/Journeys/bin/{configuration}/{framework} has it beside.
        var (framework, configuration) = (new DirectoryInfo(AppContext.BaseDirectory), new DirectoryInfo(AppContext.BaseDirectory).Parent!);
        var output = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Portal", "bin", configuration.Name, framework.Name));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(output, "VictimSupport.Portal.dll"), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = output };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return start;
    }

    private async Task Run()
    {
        var clock = Stopwatch.StartNew();
        process = Process.Start(Program(["--Urls", Address, "--Data:Directory", Folder, .. Settings]))!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await UntilItAnswers();
        ToFirstPage = clock.Elapsed;
    }

    private async Task UntilItAnswers()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var i = 0; i < 600; i++)
        {
            if (process!.HasExited) throw new InvalidOperationException("The portal ended before it answered:\n" + Output);
            try
            {
                if ((await http.GetAsync(Address + "/demo")).StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // not listening yet
            }
            await Task.Delay(100);
        }
        throw new TimeoutException("The portal did not answer within 60 s:\n" + Output);
    }

    private void Keep(object sender, DataReceivedEventArgs line) { lock (printed) printed.AppendLine(line.Data); }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
