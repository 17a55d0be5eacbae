using System.Globalization;
using FluentValidation;

namespace VictimSupport.Privacy.Audit;

/// <summary>Which records somebody asks for. Posted, never in an address: a dossier's number is nobody else's business.</summary>
internal abstract record Filter
{
    /// <summary>Stands for the platform's own jobs, where a person would be named.</summary>
    public static readonly Guid Platform = Guid.Empty;

    public Guid? Person { get; init; }
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    public LineKind? Kind { get; init; }
    public string? Dossier { get; init; }
}

internal sealed class FilterRules : AbstractValidator<Filter>
{
    public FilterRules()
    {
        RuleFor(f => f.To).Must((f, to) => to is null || f.From is null || f.From <= to).WithMessage(_ => Words.EndBeforeStart);
        RuleFor(f => f.Kind).Must(kind => kind is null || Enum.IsDefined(kind.Value)).WithMessage(_ => Words.ChooseKind);
        RuleFor(f => f.Dossier).MaximumLength(20).WithMessage(_ => Words.TooLong);
        RuleFor(f => f.From).Must(InRange).WithMessage(_ => Words.NoSuchPeriod);
        RuleFor(f => f.To).Must(InRange).WithMessage(_ => Words.NoSuchPeriod);
    }

    /// <summary>Days that have a beginning and an end on a Belgian clock.</summary>
    internal static bool InRange(DateOnly? day) => day is null || day.Value.Year is > 1900 and < 9000;
}

/// <summary>From where on the list goes on: the instant of the last record shown, and how many of that instant were. Never its number: a gap in the numbers would tell of what is hidden.</summary>
internal sealed record Mark(DateTimeOffset At, int Shown)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}-{Shown}");

    /// <summary>Where the list stands after these.</summary>
    public static Mark After(IReadOnlyList<Line> shown, Mark? before)
    {
        var at = shown[^1].At;
        return new Mark(at, shown.Count(l => l.At == at) + (before?.At == at ? before.Shown : 0));
    }

    public static Mark? Read(string? text) => text?.Split('-') is [var ticks, var shown] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTime.MaxValue.Ticks
        && int.TryParse(shown, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new Mark(new DateTimeOffset(at, TimeSpan.Zero), number) : null;
}
