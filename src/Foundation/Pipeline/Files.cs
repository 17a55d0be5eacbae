using Microsoft.Extensions.Configuration;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>A page whose form takes a file. Its body may be as large as the house allows; the file stands last in the form, so that a larger one is refused before it is read and all else that was typed is kept.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TakesFilesAttribute : Attribute;

/// <summary>The largest file that the house takes: <c>Files:MostMegabytes</c>, 1 to 50, 10 where nothing is said.</summary>
public sealed class FileLimit(IConfiguration configuration)
{
    public int Megabytes { get; } = Math.Clamp(configuration.GetValue("Files:MostMegabytes", 10), 1, 50);
    public int Bytes => Megabytes * 1024 * 1024;

    /// <summary>The largest body of such a form, in bytes: the file, and room for all else that is typed.</summary>
    public long Body => Bytes + (1024 * 1024);
}

/// <summary>The form that arrived had a file over the limit, which was not read; what stood before it is in the form.</summary>
public sealed class FileTooLarge
{
    private FileTooLarge() { }

    public static readonly FileTooLarge Instance = new();
}
