namespace VictimSupport.Casework.Codes;

/// <summary>The code lists that are shipped; a zone adds entries of its own to those in <see cref="Lists.OfTheZone"/>.</summary>
internal enum CodeList { SubKind = 1, Trigger = 2, ClosingReason = 3, Capacity = 4, Sex = 5, Damage = 6, Place = 7, Service = 8, Topic = 9, Outcome = 10 }

internal static class Lists
{
    /// <summary>Where local words help and no figure suffers: every entry maps to a shipped code. Not services: their mapping to the figures is fixed, and the offers are the law's.</summary>
    public static readonly IReadOnlyList<CodeList> OfTheZone = [CodeList.SubKind, CodeList.Trigger, CodeList.ClosingReason];

    /// <summary>The word of a shipped code, in the reader's language.</summary>
    public static string Word(CodeList list, string code) => Words.Of($"{(list == CodeList.Service ? nameof(ServiceKind) : list.ToString())}_{code}");
}

/// <summary>A shipped code with what the figures call it, and from when to when it is offered. Codes are never taken out: one that ended stays readable.</summary>
/// <param name="Statistics">What the figures count it as; several codes may share one.</param>
/// <param name="Until">The last day on which it is offered; null: no end is set.</param>
internal sealed record ShippedCode(CodeList List, string Code, string Statistics, DateOnly From, DateOnly? Until = null)
{
    public bool Holds(DateOnly day) => From <= day && (Until is null || day <= Until);
}

internal static class ShippedCodes
{
    /// <summary>Rises with every change of the lists.</summary>
    public const int Version = 1;

    private static readonly DateOnly Beginning = new(2024, 1, 1);

    // The eight kinds of service of the figures: a hearing is one, and so is a death.
    private static readonly Dictionary<ServiceKind, string> Services = new() { [ServiceKind.PreparingHearing] = "Hearing", [ServiceKind.Accompanying] = "Hearing", [ServiceKind.DeathNotification] = "Death", [ServiceKind.LastFarewell] = "Death" };

    public static IReadOnlyList<ShippedCode> All { get; } =
    [
        .. SubKinds.All.Select(s => new ShippedCode(CodeList.SubKind, s.Code, s.Code, Beginning)),
        .. Of<Trigger>(CodeList.Trigger), .. Of<ClosingReason>(CodeList.ClosingReason), .. Of<Sex>(CodeList.Sex), .. Of<Damage>(CodeList.Damage).Where(d => d.Code != nameof(Damage.None)), .. Of<Topic>(CodeList.Topic), .. Of<Outcome>(CodeList.Outcome),
        .. Enum.GetValues<Capacity>().Select(c => new ShippedCode(CodeList.Capacity, c.ToString(), c.IsHelped() ? c.ToString() : "Mentioned", Beginning)),
        .. Enum.GetValues<Place>().Select(p => new ShippedCode(CodeList.Place, p.ToString(), p switch { Place.Office => "Office", Place.Home => "Home", Place.Phone or Place.Written => "PhoneOnly", _ => "Elsewhere" }, Beginning)),
        .. Enum.GetValues<ServiceKind>().Select(k => new ShippedCode(CodeList.Service, k.ToString(), Services.GetValueOrDefault(k, k.ToString()), Beginning)),
    ];

    private static readonly Dictionary<(CodeList, string), ShippedCode> ByCode = All.ToDictionary(c => (c.List, c.Code));

    /// <summary>null: there is no such code.</summary>
    public static ShippedCode? Find(CodeList list, string code) => ByCode.GetValueOrDefault((list, code));

    /// <summary>Those offered on a day.</summary>
    public static IEnumerable<ShippedCode> Offered(CodeList list, DateOnly day) => All.Where(c => c.List == list && c.Holds(day));

    private static IEnumerable<ShippedCode> Of<T>(CodeList list) where T : struct, Enum => Enum.GetValues<T>().Select(v => new ShippedCode(list, v.ToString(), v.ToString(), Beginning));
}
