using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace VictimSupport.Tests.Kit;

/// <summary>The clock of a platform. On the platforms that the whole run shares, each test moves it for itself alone: what is "today" for one does not end because another waits a month.</summary>
public sealed class TestClock(bool shared) : TimeProvider
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromTicks(10) };
    private readonly ConcurrentDictionary<string, TimeSpan> ahead = new(StringComparer.Ordinal);

    private TimeSpan Ahead => shared && TestContext.Current.Test is { } test ? ahead.GetValueOrDefault(test.UniqueID) : TimeSpan.Zero;

    /// <summary>How far each reading moves the clock by itself.</summary>
    public TimeSpan AutoAdvanceAmount
    {
        set => clock.AutoAdvanceAmount = shared ? throw new InvalidOperationException("A clock that others read cannot be stopped: the test needs a platform of its own.") : value;
    }

    public void Advance(TimeSpan by)
    {
        if (!shared) clock.Advance(by);
        else if (TestContext.Current.Test is { } test) ahead.AddOrUpdate(test.UniqueID, by, (_, before) => before + by);
        else throw new InvalidOperationException("Nobody's test moves a clock that all share.");
    }

    public void SetUtcNow(DateTimeOffset now)
    {
        if (shared) Advance(now - GetUtcNow());
        else clock.SetUtcNow(now);
    }

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Ahead;
    public override long GetTimestamp() => clock.GetTimestamp() + (long)(Ahead.TotalSeconds * clock.TimestampFrequency);
    public override long TimestampFrequency => clock.TimestampFrequency;
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
