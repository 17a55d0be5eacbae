using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Embedded mode is one process: whoever holds the lock file of the data folder. A second is told so at once.</summary>
public sealed class OneProcess : IDisposable
{
    private readonly FileStream held;

    /// <exception cref="StartRefusedException">Another process works on this data folder.</exception>
    public OneProcess(DataFolder folder)
    {
        try
        {
            held = new FileStream(Path.Combine(folder.Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartRefusedException($"Another process works on the data folder {folder.Path}. In embedded mode only one may; end it first, or use a server engine.");
        }
    }

    public void Dispose() => held.Dispose();
}
