using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace VictimSupport.Foundation.Mail;

/// <summary>One message to several people: a mailbox that takes nothing keeps it from nobody else, and when the message is tried again those who have it do not get it once more. (What this process knows; another repeats under the same message id.)</summary>
public static class ToEach
{
    private static readonly ConcurrentDictionary<string, byte> Reached = new(StringComparer.Ordinal);

    /// <param name="key">Names the message to this one; <paramref name="send"/> is told it.</param>
    /// <exception cref="Exception">What the first of them threw, after all were tried.</exception>
    public static async Task Send<T>(IReadOnlyCollection<T> people, Func<T, string> key, Func<T, string, Task> send)
    {
        ExceptionDispatchInfo? fault = null;
        foreach (var one in people)
        {
            var name = key(one);
            if (Reached.ContainsKey(name)) continue;
            try
            {
                await send(one, name);
                Reached[name] = 0;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        if (Reached.Count > 10_000) Reached.Clear();
        fault?.Throw();
        foreach (var one in people) Reached.TryRemove(key(one), out _);
    }
}
