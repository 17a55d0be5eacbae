namespace VictimSupport.Benchmarks;

/// <summary>Product and reference as they would be installed: published, ReadyToRun.</summary>
internal static class Published
{
    /// <param name="kept">A folder where both lie already, or are kept for the next time; empty: thrown away afterwards.</param>
    public static async Task With(string kept, Func<string, string, string, Task> work)
    {
        var folder = Directory.CreateTempSubdirectory("vs-bench-").FullName;
        // The database server runs as somebody else and must pass through.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            var root = Root();
            var to = kept.Length > 0 ? kept : folder;
            if (!Directory.Exists(Path.Combine(to, "portal"))) await Publish(Path.Combine(root, "src", "Portal", "Portal.csproj"), Path.Combine(to, "portal"));
            if (!Directory.Exists(Path.Combine(to, "benchmarks"))) await Publish(Path.Combine(root, "tests", "Benchmarks", "Benchmarks.csproj"), Path.Combine(to, "benchmarks"));
            await work(Path.Combine(to, "portal", "VictimSupport.Portal"), Path.Combine(to, "benchmarks", "VictimSupport.Benchmarks"), folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task Publish(string project, string to)
    {
        Console.Error.WriteLine($"publishing {Path.GetFileName(project)}");
        // A lock file of its own: ReadyToRun adds a compiler package that the committed ones do not name.
        return Child.Run("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:NuGetLockFilePath=obj/published.lock.json", "-p:RestoreLockedMode=false", "-o", to, "-v", "q", "-nologo"]);
    }

    public static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "VictimSupport.Platform.sln"))) at = Path.GetDirectoryName(at.TrimEnd('/')) ?? throw new InvalidOperationException("Run it from the repository.");
        return at;
    }
}
