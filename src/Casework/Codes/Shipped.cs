using FluentValidation;
using FluentValidation.Results;
using VictimSupport.Design.Tags;

namespace VictimSupport.Casework.Codes;

/// <summary>The code lists that are shipped; a zone adds entries of its own to those in <see cref="Lists.OfTheZone"/>.</summary>
internal enum CodeList { SubKind = 1, Trigger = 2, ClosingReason = 3, Capacity = 4, Sex = 5, Damage = 6, Place = 7, Service = 8, Topic = 9, Outcome = 10 }

internal static class Lists
{
    /// <summary>Where local words help and no figure suffers: every entry maps to a shipped code. Not services: their mapping to the figures is fixed, and the offers are the law's.</summary>
    public static readonly IReadOnlyList<CodeList> OfTheZone = [CodeList.SubKind, CodeList.Trigger, CodeList.ClosingReason];

    /// <summary>The word of a shipped code, in the reader's language.</summary>
    public static string Word(CodeList list, string code) => Words.Of($"{(list == CodeList.Service ? nameof(ServiceKind) : list.ToString())}_{code}");

    /// <summary>The list whose codes these are.</summary>
    public static CodeList Of<T>() where T : struct, Enum => typeof(T) == typeof(ServiceKind) ? CodeList.Service : Enum.Parse<CodeList>(typeof(T).Name);
}

/// <summary>A shipped code with what the figures call it, and from when to when it is offered. Codes are never taken out: one that ended stays readable.</summary>
/// <param name="Statistics">What the figures count it as; several codes may share one.</param>
/// <param name="Until">The last day on which it is offered; null: no end is set.</param>
internal sealed record ShippedCode(CodeList List, string Code, string Statistics, DateOnly From, DateOnly? Until = null)
{
    public bool Holds(DateOnly day) => From <= day && (Until is null || day <= Until);
}

/// <summary>The shipped lists. A form offers what <c>Choices</c> gives, and whoever saves it asks <c>Must</c>. What the platform puts itself, such as a preset or what an act of a call-out stands for, is changed with the lists.</summary>
internal static class ShippedCodes
{
    /// <summary>Rises with every change of the lists.</summary>
    public const int Version = 1;

    /// <summary>Other dates, for a test and what it sends: no shipped code has ended yet.</summary>
    internal static readonly AsyncLocal<Func<ShippedCode, ShippedCode>?> Dated = new();

    private static readonly DateOnly Beginning = new(2024, 1, 1);

    // The eight kinds of service of the figures: a hearing is one, and so is a death.
    private static readonly Dictionary<ServiceKind, string> Services = new() { [ServiceKind.PreparingHearing] = "Hearing", [ServiceKind.Accompanying] = "Hearing", [ServiceKind.DeathNotification] = "Death", [ServiceKind.LastFarewell] = "Death" };

    public static IReadOnlyList<ShippedCode> All => Dated.Value is { } dated ? [.. Shipped.Select(dated)] : Shipped;

    private static readonly IReadOnlyList<ShippedCode> Shipped =
    [
        .. SubKinds.All.Select(s => new ShippedCode(CodeList.SubKind, s.Code, s.Code, Beginning)),
        .. Of<Trigger>(CodeList.Trigger), .. Of<ClosingReason>(CodeList.ClosingReason), .. Of<Sex>(CodeList.Sex), .. Of<Damage>(CodeList.Damage).Where(d => d.Code != nameof(Damage.None)), .. Of<Topic>(CodeList.Topic), .. Of<Outcome>(CodeList.Outcome),
        .. Enum.GetValues<Capacity>().Select(c => new ShippedCode(CodeList.Capacity, c.ToString(), c.IsHelped() ? c.ToString() : "Mentioned", Beginning)),
        .. Enum.GetValues<Place>().Select(p => new ShippedCode(CodeList.Place, p.ToString(), p switch { Place.Office => "Office", Place.Home => "Home", Place.Phone or Place.Written => "PhoneOnly", _ => "Elsewhere" }, Beginning)),
        .. Enum.GetValues<ServiceKind>().Select(k => new ShippedCode(CodeList.Service, k.ToString(), Services.GetValueOrDefault(k, k.ToString()), Beginning)),
    ];

    private static readonly Dictionary<(CodeList, string), ShippedCode> ByCode = Shipped.ToDictionary(c => (c.List, c.Code));

    /// <summary>null: there is no such code.</summary>
    public static ShippedCode? Find(CodeList list, string code) => ByCode.GetValueOrDefault((list, code)) is { } found ? Dated.Value?.Invoke(found) ?? found : null;

    public static bool Holds(CodeList list, string code, DateOnly day) => Find(list, code)?.Holds(day) == true;

    /// <summary>What a form offers of a list on a day.</summary>
    /// <param name="kept">What stands there now: offered though it ended, so that saving something else does not change it.</param>
    public static IReadOnlyList<Choice> Choices(CodeList list, DateOnly day, params IReadOnlyCollection<string> kept) =>
        [.. All.Where(c => c.List == list && (c.Holds(day) || kept.Contains(c.Code))).Select(c => new Choice(c.Code, Lists.Word(list, c.Code)))];

    /// <inheritdoc cref="Choices(CodeList, DateOnly, IReadOnlyCollection{string})"/>
    public static IReadOnlyList<Choice> Choices<T>(DateOnly day, T? kept = null) where T : struct, Enum => Choices<T>(day, kept is { } one ? [one] : []);

    /// <inheritdoc cref="Choices(CodeList, DateOnly, IReadOnlyCollection{string})"/>
    public static IReadOnlyList<Choice> Choices<T>(DateOnly day, IEnumerable<T> kept) where T : struct, Enum => Choices(Lists.Of<T>(), day, [.. Codes(kept)]);

    /// <summary>Refuses, at its field, what is not offered on a day and does not stand there already.</summary>
    public static void Must(CodeList list, DateOnly day, string field, string say, IEnumerable<string> chosen, IReadOnlyCollection<string> kept)
    {
        if (chosen.Any(c => !kept.Contains(c) && !Holds(list, c, day))) throw new ValidationException([new ValidationFailure(field, say)]);
    }

    /// <inheritdoc cref="Must(CodeList, DateOnly, string, string, IEnumerable{string}, IReadOnlyCollection{string})"/>
    public static void Must<T>(DateOnly day, string field, string say, T? chosen, T? kept = null) where T : struct, Enum => Must<T>(day, field, say, chosen is { } one ? [one] : [], kept is { } stands ? [stands] : []);

    /// <inheritdoc cref="Must(CodeList, DateOnly, string, string, IEnumerable{string}, IReadOnlyCollection{string})"/>
    public static void Must<T>(DateOnly day, string field, string say, IEnumerable<T> chosen, IEnumerable<T> kept) where T : struct, Enum => Must(Lists.Of<T>(), day, field, say, Codes(chosen), [.. Codes(kept)]);

    private static IEnumerable<string> Codes<T>(IEnumerable<T> codes) where T : struct, Enum => codes.Select(c => c.ToString());

    private static IEnumerable<ShippedCode> Of<T>(CodeList list) where T : struct, Enum => Enum.GetValues<T>().Select(v => new ShippedCode(list, v.ToString(), v.ToString(), Beginning));
}
