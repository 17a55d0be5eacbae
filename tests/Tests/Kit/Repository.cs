namespace VictimSupport.Tests.Kit;

/// <summary>The source the tests were built from, for rules that read it.</summary>
internal static class Repository
{
    public static string Root { get; } = Up(new DirectoryInfo(AppContext.BaseDirectory));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Up(DirectoryInfo from) => File.Exists(Path.Combine(from.FullName, "VictimSupport.Platform.sln")) ? from.FullName : Up(from.Parent!);
}
