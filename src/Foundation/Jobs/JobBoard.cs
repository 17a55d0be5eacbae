using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.Storage;

namespace VictimSupport.Foundation.Jobs;

/// <summary>What the job engine is doing, to look at only: names of jobs, times and types of faults. What a message of an exception says, and what a job was given, stays where it is.</summary>
/// <param name="Waiting">In the queues now.</param>
public sealed record JobState(int Servers, long Waiting, long Running, long Scheduled, long Failed, long Succeeded, IReadOnlyList<QueueState> Queues, IReadOnlyList<RecurringState> Recurring, IReadOnlyList<FailedJob> Failures);

public sealed record QueueState(string Name, long Waiting, long Running);

/// <param name="Schedule">Five or six fields, as the job engine reads them.</param>
public sealed record RecurringState(string Name, string Schedule, DateTimeOffset? Last, DateTimeOffset? Next);

/// <param name="Reference">By which the log and the job engine know it.</param>
/// <param name="Zone">The code of the zone it was for; null where it was for none.</param>
/// <param name="Fault">The type of the exception.</param>
public sealed record FailedJob(string Reference, string Name, string? Zone, string Fault, DateTimeOffset? At);

/// <summary>Reads the job engine's own monitoring.</summary>
public sealed partial class JobBoard(JobStorage storage)
{
    private const int MostFailures = 100;

    public JobState Now()
    {
        var monitoring = storage.GetMonitoringApi();
        var statistics = monitoring.GetStatistics();
        using var connection = storage.GetReadOnlyConnection();
        return new JobState((int)statistics.Servers, statistics.Enqueued, statistics.Processing, statistics.Scheduled, statistics.Failed, statistics.Succeeded,
            [.. monitoring.Queues().Select(q => new QueueState(Code(q.Name), q.Length, q.Fetched ?? 0))],
            [.. connection.GetRecurringJobs().Select(r => new RecurringState(Code(r.Id), r.Cron, At(r.LastExecution), At(r.NextExecution)))],
            [.. monitoring.FailedJobs(0, MostFailures).Select(f => new FailedJob(Code(f.Key), Name(f.Value?.Job), ZoneOf(f.Value?.Job), FaultOf(f.Value?.ExceptionType, f.Value?.ExceptionMessage), At(f.Value?.FailedAt)))]);
    }

    private static DateTimeOffset? At(DateTime? instant) => instant is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
    private static string Name(Job? job) => job is null ? "–" : $"{job.Type.Name}.{job.Method.Name}";
    private static string? ZoneOf(Job? job) => job?.Args is [string code, ..] && ZoneCode().IsMatch(code) ? code : null;

    // What a quieted fault says is the type of what really happened; anything else is let through only if it can be nothing but the name of a type.
    private static string FaultOf(string? type, string? message) => Code(type == typeof(JobFaultException).FullName ? message : type);
    private static string Code(string? text) => text is not null && TypeName().IsMatch(text) ? text : "–";

    [GeneratedRegex(@"^\d{4}$", RegexOptions.None, 100)]
    private static partial Regex ZoneCode();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.+`:-]{0,199}$", RegexOptions.None, 100)]
    private static partial Regex TypeName();
}

/// <summary>Stands for the exception that stopped a job; says its type and nothing else.</summary>
public sealed class JobFaultException(string type) : Exception(type);

/// <summary>The job engine keeps the message and the trace of what stopped a job in its own tables, and writes them to the log. Either may quote what was typed, so it is given only the type.</summary>
public sealed class QuietFaults : IServerFilter
{
    public void OnPerforming(PerformingContext context)
    {
        // Nothing has gone wrong yet.
    }

    public void OnPerformed(PerformedContext context)
    {
        // What is given up because the server stops is for the engine to put back into the queue.
        if (context.Exception is null or OperationCanceledException) return;
        var stopped = context.Exception is JobPerformanceException { InnerException: { } inner } ? inner : context.Exception;
        if (stopped is not JobFaultException) throw new JobFaultException(stopped.GetType().FullName ?? nameof(Exception));
    }
}
