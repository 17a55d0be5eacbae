using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VictimSupport.StatisticsAudit;

/// <summary>Listens to every measurement and every trace of the process, whoever makes it, for a text and a count.</summary>
internal sealed class Heard : IDisposable
{
    private readonly string marker;
    private readonly long count;
    private readonly MeterListener meters = new();
    private readonly ActivityListener traces;
    private int measured, traced, hits;

    public Heard(string marker, long count)
    {
        (this.marker, this.count) = (marker, count);
        meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        meters.SetMeasurementEventCallback<byte>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<short>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<int>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<float>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<double>((_, value, tags, _) => Measured(value, tags));
        meters.SetMeasurementEventCallback<decimal>((_, value, tags, _) => Measured((double)value, tags));
        meters.Start();
        traces = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = Traced };
        ActivitySource.AddActivityListener(traces);
    }

    /// <summary>How much was heard, and how often the text or the count was in it.</summary>
    public (int Measurements, int Traces, int Hits) Said => (measured, traced, hits);

    /// <summary>What is only measured when somebody asks: counters of the runtime and of the database.</summary>
    public void Ask() => meters.RecordObservableInstruments();

    public void Dispose()
    {
        meters.Dispose();
        traces.Dispose();
    }

    private void Measured(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Interlocked.Increment(ref measured);
        var tells = value == count;
        foreach (var tag in tags) tells |= Tells(tag.Value);
        if (tells) Interlocked.Increment(ref hits);
    }

    private void Traced(Activity activity)
    {
        Interlocked.Increment(ref traced);
        if (Tells(activity.DisplayName) || Tells(activity.StatusDescription) || activity.TagObjects.Any(t => Tells(t.Value)) || activity.Baggage.Any(b => Tells(b.Value)) || activity.Events.Any(e => Tells(e.Name) || e.Tags.Any(t => Tells(t.Value)))) Interlocked.Increment(ref hits);
    }

    private bool Tells(object? said) => said?.ToString() is { } text && (text.Contains(marker, StringComparison.Ordinal) || text == count.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
