using System.Diagnostics;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Embedded mode is one process: whoever holds the lock file of the data folder. A second is refused; one that is just ending is waited for.</summary>
public sealed class OneProcess : IDisposable
{
    /// <summary>What a process needs at most to put its lock down once it serves nobody any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FileStream held;

    /// <exception cref="StartRefusedException">Another process works on this data folder, and goes on.</exception>
    public OneProcess(DataFolder folder)
    {
        for (var waiting = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                held = new FileStream(Path.Combine(folder.Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (waiting.Elapsed < Patience)
            {
                // asked again
            }
            catch (IOException)
            {
                throw new StartRefusedException($"Another process works on the data folder {folder.Path}. In embedded mode only one may; end it first, or use a server engine.");
            }
        }
    }

    public void Dispose() => held.Dispose();
}
