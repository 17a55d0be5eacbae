namespace VictimSupport.Portal.CommandLine;

/// <summary>How far a long command is: a bar on a terminal, a line every tenth where the output goes to a file.</summary>
internal sealed class ProgressBar(TextWriter errors, int total)
{
    private const int Width = 40;
    private int done;
#pragma warning disable RS0030 // asks whether it is a terminal; prints nothing
    private readonly bool terminal = !Console.IsErrorRedirected;
#pragma warning restore RS0030

    public async Task Next(string what)
    {
        done++;
        if (terminal)
        {
            var filled = done * Width / total;
            await errors.WriteAsync($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {done}/{total} {what}");
            if (done == total) await errors.WriteLineAsync();
        }
        else if (done == total || done * 10 / total > (done - 1) * 10 / total)
        {
            await errors.WriteLineAsync($"{done}/{total}");
        }
    }
}
