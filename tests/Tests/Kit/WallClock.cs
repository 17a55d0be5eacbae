namespace VictimSupport.Tests.Kit;

/// <summary>The clock of the tests, as a machine reads it whose own clock is wrong: two workers on one platform, minutes apart.</summary>
internal sealed class WallClock(TestClock clock) : TimeProvider
{
    private static readonly AsyncLocal<TimeSpan> Wrong = new();

    /// <summary>Does it on a machine whose clock is so far ahead.</summary>
    public static async Task Ahead(TimeSpan by, Func<Task> deed)
    {
        Wrong.Value = by;
        await deed();
    }

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Wrong.Value;
    public override long GetTimestamp() => clock.GetTimestamp();
    public override long TimestampFrequency => clock.TimestampFrequency;
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
