using Microsoft.Extensions.Configuration;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Where embedded mode keeps everything: <c>Data:Directory</c>, else <c>.data</c> beside the program's working folder. Only its owner may enter.</summary>
public sealed class DataFolder
{
    public DataFolder(IConfiguration configuration)
    {
        Path = System.IO.Path.GetFullPath(configuration["Data:Directory"] ?? ".data");
        Make(Path);
    }

    public string Path { get; }

    /// <summary>A folder inside, made if it is missing.</summary>
    public string Sub(string name) => Make(System.IO.Path.Combine(Path, name));

    private static string Make(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
