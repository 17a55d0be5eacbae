using System.Diagnostics;

namespace VictimSupport.Tests.Design;

/// <summary>The build itself, on a module of two words: it fails where a language lacks one.</summary>
public sealed class WordsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vs-words-").FullName;

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("<data name=\"Bye\"><value>Au revoir</value></data>", "", "WORDS02")]
    [InlineData("<data name=\"Hello\"><value>Bonjour {0}</value></data>", "<data name=\"Hello\"><value>Bonjour {1}</value></data>", "WORDS04")]
    [InlineData("<data name=\"Hello\"><value>Bonjour {0}</value></data>", "<data name=\"Hello\"><value> </value></data>", "WORDS03")]
    public async Task A_build_fails_where_a_word_is_missing_in_a_language(string removed, string instead, object expected)
    {
        const string all = "<data name=\"Hello\"><value>Bonjour {0}</value></data><data name=\"Bye\"><value>Au revoir</value></data>";
        foreach (var language in new[] { "en", "nl", "de" }) Write(language, all);
        Write("fr", removed.Length == 0 ? all : all.Replace(removed, instead, StringComparison.Ordinal));
        var words = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Design", "build", "Words.targets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "Module.proj"), $"""<Project><PropertyGroup><RootNamespace>Module</RootNamespace><IntermediateOutputPath>obj/</IntermediateOutputPath></PropertyGroup><Import Project="{words}" /></Project>""", TestContext.Current.CancellationToken);
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", "Module.proj", "-t:WriteWords", "-nologo", "-nodeReuse:false"]) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (expected is string fault) Assert.Contains(fault, said, StringComparison.Ordinal);
        Assert.Equal(expected is 0, build.ExitCode == 0);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string language, string words) => File.WriteAllText(Path.Combine(folder, $"Words.{language}.resx"), $"<root>{words}</root>");
}
