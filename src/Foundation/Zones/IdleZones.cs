using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace VictimSupport.Foundation.Zones;

/// <summary>Once a minute closes the zones that nobody has used for five: ten thousand that were visited by a sweep are not ten thousand that are held open.</summary>
internal sealed class IdleZones(ZoneRegistry zones) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1), Unused = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        for (var closed = 0; await timer.WaitForNextTickAsync(stoppingToken);)
        {
            // Those of a minute ago are closed by now.
            if (closed > 0) GiveBack();
            closed = zones.LetGoOfIdle(Unused);
        }
    }

    /// <summary>What SQLite freed lies with the C library, which keeps it for the next to come; given back, it is the machine's.</summary>
    /// <returns>false: the C library here is another, which knows no such call.</returns>
    internal static bool GiveBack()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "malloc_trim", out var trim)) return false;
        Marshal.GetDelegateForFunctionPointer<Trim>(trim)(0);
        return true;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Trim(nuint pad);
}
