using System.Data.Common;
using System.Diagnostics;
using VictimSupport.Foundation.Persistence.Engines;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Whether the database server answers at all. A frozen server refuses nothing: its drivers wait half a minute and more, and a cancelled command waits for it too.
/// So whoever has waited a while asks here, and leaves the work to end by itself. Embedded mode has no server.</summary>
public sealed class Pulse
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5), Limit = TimeSpan.FromSeconds(2);
    private readonly Func<Task>? ask;
    private readonly Lock gate = new();
    private Task<bool> asked = Task.FromResult(true);
    private long since;

    internal Pulse(Engine engine) => ask = engine.IsEmbedded ? null : engine.Beat;

    /// <summary>For tests: asks this way.</summary>
    internal Pulse(Func<Task> ask) => this.ask = ask;

    /// <exception cref="SilentDatabaseException">The work is slow and the server says nothing, or no. The work goes on alone: it must own all that it uses.</exception>
    public Task<T> Wait<T>(Task<T> work) => ask is null || work.IsCompleted ? work : Watch(work);

    /// <inheritdoc cref="Wait{T}(Task{T})"/>
    public ValueTask<T> Wait<T>(ValueTask<T> work) => ask is null || work.IsCompleted ? work : new(Watch(work.AsTask()));

    private async Task<T> Watch<T>(Task<T> work)
    {
        while (true)
        {
            // Not by its exception: work that ends in the very moment in which patience does has ended.
            await ((Task)work).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsCompleted) return await work;
            if (await Answers()) continue; // slow, but alive
            if (work.IsCompleted) return await work;
            _ = work.ContinueWith(late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new SilentDatabaseException();
        }
    }

    // One question at a time: while the server is silent everybody waits for the same answer, and late comers not at all.
    private async Task<bool> Answers()
    {
        Task<bool> answer;
        TimeSpan left;
        lock (gate)
        {
            if (asked.IsCompleted) (asked, since) = (Task.Run(Ask), Stopwatch.GetTimestamp());
            (answer, left) = (asked, Limit - Stopwatch.GetElapsedTime(since));
        }
        if (left > TimeSpan.Zero) await Task.WhenAny(answer, Task.Delay(left));
        return answer.IsCompleted && await answer;
    }

    private async Task<bool> Ask()
    {
        try
        {
            await ask!();
            return true;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or TimeoutException)
        {
            return false; // it is shutting down, or starting, or takes nobody in: no use waiting
        }
    }
}

/// <summary>The database server has not answered for seconds; whether the work was done will only be known when it answers again.</summary>
public sealed class SilentDatabaseException() : TimeoutException("The database server does not answer.");
